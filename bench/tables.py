"""DynamoDB as dictionaries, in the process: partitions by key, of items by sort key.

Calls come as PynamoDB makes them, at its own door or at botocore's. What they use is counted as
AWS would charge it, as `bench.units` does it from outside; a test holds the two together.
"""

import math
import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bench.expressions import Item, condition, updated
from bench.units import item_size
from tests.partiql import inserted

_PUT, _READ = 1024, 4096
_MOST_READ = 1024 * 1024  # bytes, at which an answer to a query ends
_DUPLICATE = {"Code": "DuplicateItem", "Message": "it is there already"}
_EQUALS = re.compile(r"= ?(:\w+)")


class ConditionFailed(Exception):
    """A condition did not hold; `reasons` has a code for each part of a transaction."""

    def __init__(self, reasons: list[str] | None = None) -> None:
        self.reasons = reasons or []
        cancelled = "TransactionCanceledException"
        self.code = cancelled if reasons else "ConditionalCheckFailedException"
        super().__init__(self.code)


class Partition:
    """Items of one partition key, in the order of their sort keys."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self._order: list[str] = []
        self._sorted = True

    def put(self, sk: str, item: Item) -> None:
        """Put an item."""
        if sk not in self.items:
            if self._sorted and len(self._order) > 1:
                insort(self._order, sk)
            else:
                self._order.append(sk)
        self.items[sk] = item

    def fill(self, items: Iterable[tuple[str, Item]]) -> None:
        """Put many items."""
        self.items.update(items)
        self._order = list(self.items)
        self._sorted = False

    def delete(self, sk: str) -> None:
        """Delete an item, if it is there."""
        if self.items.pop(sk, None) is not None:
            self._order.remove(sk)

    def keys(self) -> list[str]:
        """Return all sort keys, in order."""
        if not self._sorted or len(self._order) <= 2:  # noqa: PLR2004 -- put as they came
            self._order.sort()
            self._sorted = True
        return self._order

    def walk(self, low: str, start: str, *, forward: bool) -> Iterator[Item]:
        """Walk items from a sort key on, or from beyond where a page ended."""
        keys = self.keys()
        if forward:
            first = bisect_right(keys, start) if start else bisect_left(keys, low)
            places = range(first, len(keys))
        else:
            last = bisect_left(keys, start) if start else len(keys)
            places = range(last - 1, -1, -1)
        return (self.items[keys[place]] for place in places)


class Tables:
    """Tables by name, of partitions by key."""

    def __init__(self) -> None:
        self.partitions: dict[str, dict[str, Partition]] = {}
        self.calls: Counter[str] = Counter()
        self.write_units = self.read_units = 0.0

    def call(self, _: object, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer a call as DynamoDB does; raises `ConditionFailed`."""
        self.calls[name] += 1
        answer: dict[str, Any] = getattr(self, f"on_{name}")(arguments)
        return answer

    def forget(self) -> None:
        """Begin to count anew."""
        self.calls.clear()
        self.write_units = self.read_units = 0.0

    def partition(self, table: str, pk: str) -> Partition:
        """Return a partition."""
        of_table = self.partitions.setdefault(table, {})
        found = of_table.get(pk)
        if found is None:
            found = of_table[pk] = Partition()
        return found

    def item(self, table: str, pk: str, sk: str) -> Item | None:
        """Return an item; others may work theirs out."""
        return self.partition(table, pk).items.get(sk)

    def items(self, table: str, pk: str, low: str, start: str, *, forward: bool) -> Iterator[Item]:
        """Walk a partition in the order of its keys; others may work theirs out."""
        return self.partition(table, pk).walk(low, start, forward=forward)

    def _before(self, asked: dict[str, Any]) -> Item:
        key = asked.get("Key") or asked["Item"]
        return self.item(asked["TableName"], key["pk"]["S"], key["sk"]["S"]) or {}

    @staticmethod
    def _holds(asked: dict[str, Any], item: Item) -> bool:
        expression = asked.get("ConditionExpression")
        return not expression or condition(expression)(
            item,
            asked.get("ExpressionAttributeNames", {}),
            asked.get("ExpressionAttributeValues", {}),
        )

    def _wrote(self, size: int, weight: int = 1) -> None:
        self.write_units += weight * max(1, math.ceil(size / _PUT))

    def _read(self, size: int, *, consistent: bool) -> None:
        self.read_units += max(1, math.ceil(size / _READ)) * (1.0 if consistent else 0.5)

    # Writing

    def on_PutItem(self, asked: dict[str, Any], weight: int = 1) -> dict[str, Any]:  # noqa: N802
        """Put an item, if its condition holds."""
        before, item = self._before(asked), asked["Item"]
        self._wrote(max(item_size(item), item_size(before)), weight)
        if not self._holds(asked, before):
            raise ConditionFailed
        self.partition(asked["TableName"], item["pk"]["S"]).put(item["sk"]["S"], item)
        return {}

    def on_DeleteItem(self, asked: dict[str, Any], weight: int = 1) -> dict[str, Any]:  # noqa: N802
        """Delete an item, if its condition holds."""
        before, key = self._before(asked), asked["Key"]
        self._wrote(item_size(before), weight)
        if not self._holds(asked, before):
            raise ConditionFailed
        self.partition(asked["TableName"], key["pk"]["S"]).delete(key["sk"]["S"])
        return {}

    def on_UpdateItem(self, asked: dict[str, Any], weight: int = 1) -> dict[str, Any]:  # noqa: N802
        """Change an item, if its condition holds."""
        before, key = self._before(asked), asked["Key"]
        after = updated(
            {**key, **before},
            asked["UpdateExpression"],
            asked.get("ExpressionAttributeNames", {}),
            asked.get("ExpressionAttributeValues", {}),
        )
        self._wrote(max(item_size(before), item_size(after)), weight)
        if not self._holds(asked, before):
            raise ConditionFailed
        self.partition(asked["TableName"], key["pk"]["S"]).put(key["sk"]["S"], after)
        return {"Attributes": after}

    def on_ConditionCheckItem(self, asked: dict[str, Any], weight: int = 1) -> dict[str, Any]:  # noqa: N802
        """Require something of an item."""
        before = self._before(asked)
        self._wrote(item_size(before), weight)
        if not self._holds(asked, before):
            raise ConditionFailed
        return {}

    def on_TransactWriteItems(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Do all or nothing; each part costs two units."""
        parts = [next(iter(part.items())) for part in asked["TransactItems"]]
        reasons = [
            "None" if self._holds(one, self._before(one)) else "ConditionalCheckFailed"
            for _, one in parts
        ]
        if any(reason != "None" for reason in reasons):
            for kind, one in parts:
                size = max(item_size(one.get("Item", {})), item_size(self._before(one)))
                self._wrote(size, 2 if kind else 0)
            raise ConditionFailed(reasons)
        for kind, one in parts:
            name = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
            getattr(self, f"on_{name}")(one, 2)
        return {}

    def on_BatchWriteItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Put and delete many."""
        for table, requests in asked["RequestItems"].items():
            for request in requests:
                if "PutRequest" in request:
                    self.on_PutItem({"TableName": table, **request["PutRequest"]})
                else:
                    self.on_DeleteItem({"TableName": table, **request["DeleteRequest"]})
        return {"UnprocessedItems": {}}

    def on_BatchExecuteStatement(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Create items where there are none; one that is there already is charged all the same."""
        answers: list[dict[str, Any]] = []
        for statement in asked["Statements"]:
            table, item = inserted(statement)
            self._wrote(item_size(item))
            answers.append(
                {"TableName": table} if self.insert(table, item) else {"Error": dict(_DUPLICATE)}
            )
        return {"Responses": answers}

    def insert(self, table: str, item: Item) -> bool:
        """Create an item, if there is none."""
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        if self.item(table, pk, sk):
            return False
        self.partition(table, pk).put(sk, item)
        return True

    # Reading

    def on_GetItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Get an item."""
        found = self._before(asked)
        self._read(item_size(found), consistent=asked.get("ConsistentRead", False))
        return {"Item": projected(asked, [found])[0]} if found else {}

    def on_BatchGetItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Get many; what is not there is charged like the smallest item."""
        answer: dict[str, list[Item]] = {}
        for table, wanted in asked["RequestItems"].items():
            found = answer.setdefault(table, [])
            for key in wanted["Keys"]:
                item = self.item(table, key["pk"]["S"], key["sk"]["S"])
                consistent = wanted.get("ConsistentRead", False)
                self._read(item_size(item) if item else 0, consistent=consistent)
                if item:
                    found += projected(wanted, [item])
        return {"Responses": answer, "UnprocessedKeys": {}}

    def on_Query(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Walk a partition, as far as a page goes."""
        names = asked.get("ExpressionAttributeNames", {})
        values = asked.get("ExpressionAttributeValues", {})
        expression = asked["KeyConditionExpression"]
        key, wanted = condition(expression), asked.get("FilterExpression")
        start = asked.get("ExclusiveStartKey", {}).get("sk", {}).get("S", "")
        forward = asked.get("ScanIndexForward", True)
        pk = values[_EQUALS.findall(expression)[0]]["S"]
        low = _lowest(expression, values) if forward else ""
        found: list[Item] = []
        scanned, size, last = 0, 0, None
        for item in self.items(asked["TableName"], pk, low, start, forward=forward):
            if not key(item, names, values):
                if scanned:
                    break  # what a key condition takes lies together
                continue
            scanned += 1
            size += item_size(item)
            if not wanted or condition(wanted)(item, names, values):
                found.append(item)
            if scanned == asked.get("Limit") or size >= _MOST_READ:
                last = {"pk": item["pk"], "sk": item["sk"]}
                break
        self._read(size, consistent=asked.get("ConsistentRead", False))
        answer: dict[str, Any] = {"Count": len(found), "ScannedCount": scanned}
        if asked.get("Select") != "COUNT":
            answer["Items"] = projected(asked, found)
        return answer | ({"LastEvaluatedKey": last} if last else {})


def projected(asked: dict[str, Any], items: list[Item]) -> list[Item]:
    """Leave in items what was asked for, which is charged like all of them."""
    if "ProjectionExpression" not in asked:
        return items
    names = asked.get("ExpressionAttributeNames", {})
    wanted = {names.get(one.strip(), one) for one in asked["ProjectionExpression"].split(",")}
    return [{name: value for name, value in one.items() if name in wanted} for one in items]


def _lowest(expression: str, values: dict[str, Any]) -> str:
    """Return a sort key before which nothing is asked for, so that a walk can begin there."""
    head = re.search(r"(?:begins_with \(#\w+, |>=? |BETWEEN )(:\w+)", expression)
    return str(values[head[1]]["S"]) if head else ""
