"""DynamoDB as dictionaries, at the one door through which the product reaches it.

Only what broadcasts need: conditions, updates, queries and transactions as PynamoDB writes them.
Counts calls and the units that AWS would charge, as `bench.units` does from outside.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from bench.units import item_size

Item = dict[str, dict[str, Any]]
Test = Callable[[Item, dict[str, str], dict[str, Any]], bool]
_TOKENS = re.compile(r"\(|\)|,|[#:]\w+|[<>=]+|\w+")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<": lambda a, b: bool(a < b),
    ">": lambda a, b: bool(a > b),
    "<=": lambda a, b: bool(a <= b),
    ">=": lambda a, b: bool(a >= b),
}
_PUT, _READ = 1024, 4096


class ConditionFailed(Exception):
    """A condition did not hold."""


def plain(value: dict[str, Any]) -> Any:  # noqa: ANN401 -- whatever an attribute holds
    """Return an attribute's value as it compares."""
    ((kind, content),) = value.items()
    return float(content) if kind == "N" else content


@cache
def condition(expression: str) -> Test:
    """Read a condition once; the test takes an item, the names and the values."""
    tokens = _TOKENS.findall(expression)
    test, rest = _either(tokens)
    if rest:
        raise ValueError(expression)
    return test


def _either(tokens: list[str]) -> tuple[Test, list[str]]:
    one, rest = _both(tokens)
    while rest[:1] == ["OR"]:
        other, rest = _both(rest[1:])
        one = _or(one, other)
    return one, rest


def _or(one: Test, other: Test) -> Test:
    return lambda item, names, values: one(item, names, values) or other(item, names, values)


def _both(tokens: list[str]) -> tuple[Test, list[str]]:
    one, rest = _single(tokens)
    while rest[:1] == ["AND"]:
        other, rest = _single(rest[1:])
        one = _and(one, other)
    return one, rest


def _and(one: Test, other: Test) -> Test:
    return lambda item, names, values: one(item, names, values) and other(item, names, values)


def _single(tokens: list[str]) -> tuple[Test, list[str]]:
    head = tokens[0]
    if head == "(":
        test, rest = _either(tokens[1:])
        return test, rest[1:]
    if head in ("attribute_exists", "attribute_not_exists"):
        name, there = tokens[2], head == "attribute_exists"
        return lambda item, names, _: (names[name] in item) == there, tokens[4:]
    if head == "begins_with":
        name, value = tokens[2], tokens[4]
        return (
            lambda item, names, values: item[names[name]]["S"].startswith(values[value]["S"]),
            tokens[6:],
        )
    if tokens[1] == "BETWEEN":
        low, high = tokens[2], tokens[4]
        return (
            lambda item, names, values: (
                plain(values[low]) <= plain(item[names[head]]) <= plain(values[high])
            ),
            tokens[5:],
        )
    compare, value = _ORDER[tokens[1]], tokens[2]
    return (
        lambda item, names, values: (
            names[head] in item and compare(plain(item[names[head]]), plain(values[value]))
        ),
        tokens[3:],
    )


@cache
def update(expression: str) -> list[tuple[str, str, str]]:
    """Read an update once: what is done, to which name, with which value."""
    done, found, tokens = "", [], [one for one in _TOKENS.findall(expression) if one != ","]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token in {"SET", "ADD", "REMOVE"}:
            done, at = token, at + 1
        elif done == "REMOVE":
            found.append((done, token, ""))
            at += 1
        else:
            step = 3 if done == "SET" else 2
            found.append((done, token, tokens[at + step - 1]))
            at += step
    return found


class Tables:
    """Tables by name, of partitions by key, of items by sort key."""

    def __init__(self) -> None:
        self.partitions: dict[str, dict[str, dict[str, Item]]] = {}
        self.calls: Counter[str] = Counter()
        self.write_units = self.read_units = 0.0

    def call(self, _: object, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer a call as DynamoDB does."""
        self.calls[name] += 1
        answer: dict[str, Any] = getattr(self, f"on_{name}")(arguments)
        return answer

    def partition(self, table: str, pk: str) -> dict[str, Item]:
        """Return a partition's items by sort key."""
        return self.partitions.setdefault(table, {}).setdefault(pk, {})

    def _place(self, table: str, key: Item) -> tuple[dict[str, Item], str]:
        return self.partition(table, key["pk"]["S"]), key["sk"]["S"]

    @staticmethod
    def _check(asked: dict[str, Any], item: Item) -> None:
        expression = asked.get("ConditionExpression")
        if expression and not condition(expression)(
            item,
            asked.get("ExpressionAttributeNames", {}),
            asked.get("ExpressionAttributeValues", {}),
        ):
            raise ConditionFailed

    def _wrote(self, item: Item, weight: int = 1) -> None:
        self.write_units += weight * max(1, math.ceil(item_size(item) / _PUT))

    def _read(self, size: int, *, consistent: bool) -> None:
        self.read_units += max(1, math.ceil(size / _READ)) * (1.0 if consistent else 0.5)

    def on_PutItem(self, asked: dict[str, Any], weight: int = 1) -> dict[str, Any]:  # noqa: N802
        """Put an item, if its condition holds."""
        items, sk = self._place(asked["TableName"], asked["Item"])
        self._wrote(asked["Item"], weight)
        self._check(asked, items.get(sk, {}))
        items[sk] = asked["Item"]
        return {}

    def on_GetItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Get an item."""
        items, sk = self._place(asked["TableName"], asked["Key"])
        found = items.get(sk)
        self._read(item_size(found) if found else 0, consistent=asked.get("ConsistentRead", False))
        return {"Item": found} if found else {}

    def on_DeleteItem(self, asked: dict[str, Any], weight: int = 1) -> dict[str, Any]:  # noqa: N802
        """Delete an item."""
        items, sk = self._place(asked["TableName"], asked["Key"])
        self.write_units += weight
        items.pop(sk, None)
        return {}

    def on_UpdateItem(self, asked: dict[str, Any], weight: int = 1) -> dict[str, Any]:  # noqa: N802
        """Change an item, if its condition holds."""
        items, sk = self._place(asked["TableName"], asked["Key"])
        before = items.get(sk, {})
        names = asked.get("ExpressionAttributeNames", {})
        values = asked.get("ExpressionAttributeValues", {})
        self._check(asked, before)
        after = {**asked["Key"], **before}
        for done, name, value in update(asked["UpdateExpression"]):
            if done == "SET":
                after[names[name]] = values[value]
            elif done == "REMOVE":
                after.pop(names[name], None)
            else:
                number = plain(after.get(names[name], {"N": "0"})) + plain(values[value])
                after[names[name]] = {"N": f"{number:g}" if number % 1 else str(int(number))}
        self._wrote(max(before, after, key=item_size), weight)
        items[sk] = after
        return {"Attributes": after}

    def on_TransactWriteItems(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Do all; nothing here is done side by side, so the first failure undoes nothing else."""
        for part in asked["TransactItems"]:
            ((kind, operation),) = part.items()
            getattr(self, f"on_{kind}Item")(operation, 2)
        return {}

    def on_BatchWriteItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Put many."""
        for table, requests in asked["RequestItems"].items():
            for request in requests:
                self.on_PutItem({"TableName": table, **request["PutRequest"]})
        return {}

    def on_BatchGetItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Get many, eventually consistent."""
        answer: dict[str, list[Item]] = {}
        for table, wanted in asked["RequestItems"].items():
            found = answer.setdefault(table, [])
            for key in wanted["Keys"]:
                item = self.item(table, key["pk"]["S"], key["sk"]["S"])
                self._read(item_size(item) if item else 0, consistent=False)
                if item:
                    found.append(item)
        return {"Responses": answer, "UnprocessedKeys": {}}

    def item(self, table: str, pk: str, sk: str) -> Item | None:
        """Return an item; others may work theirs out."""
        return self.partition(table, pk).get(sk)

    def items(self, table: str, pk: str) -> Iterator[Item]:
        """Walk a partition in the order of its keys; others may work theirs out."""
        items = self.partition(table, pk)
        return (items[sk] for sk in sorted(items))

    def on_Query(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Walk a partition."""
        names = asked.get("ExpressionAttributeNames", {})
        values = asked.get("ExpressionAttributeValues", {})
        key = condition(asked["KeyConditionExpression"])
        wanted = asked.get("FilterExpression")
        start = asked.get("ExclusiveStartKey", {}).get("sk", {}).get("S", "")
        pk = values[re.findall(r"= ?(:\w+)", asked["KeyConditionExpression"])[0]]["S"]
        found, size, last = [], 0, None
        for item in self.items(asked["TableName"], pk):
            if (start and item["sk"]["S"] <= start) or not key(item, names, values):
                continue
            size += item_size(item)
            if not wanted or condition(wanted)(item, names, values):
                found.append(item)
            if len(found) == asked.get("Limit"):
                last = {"pk": item["pk"], "sk": item["sk"]}
                break
        self._read(size, consistent=asked.get("ConsistentRead", False))
        answer: dict[str, Any] = {"Items": found, "Count": len(found), "ScannedCount": len(found)}
        return answer | ({"LastEvaluatedKey": last} if last else {})
