"""DynamoDB's expressions, as far as PynamoDB writes them for this product: read once, then run."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

Item = dict[str, dict[str, Any]]
Names = dict[str, str]
Values = dict[str, Any]
Test = Callable[[Item, Names, Values], bool]

_TOKENS = re.compile(r"\(|\)|,|:\w+|#\w+(?:\.#\w+)*|[<>=]+|[-+]|\w+")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<>": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    ">": lambda a, b: bool(a > b),
    "<=": lambda a, b: bool(a <= b),
    ">=": lambda a, b: bool(a >= b),
}
_FUNCTIONS: dict[str, Callable[[dict[str, Any] | None, Any], bool]] = {
    "attribute_exists": lambda found, _: found is not None,
    "attribute_not_exists": lambda found, _: found is None,
    "begins_with": lambda found, value: found is not None and found["S"].startswith(value["S"]),
    "contains": lambda found, value: found is not None and plain(value) in plain(found),
}


def plain(value: dict[str, Any]) -> Any:  # noqa: ANN401 -- whatever an attribute holds
    """Return an attribute's value as it compares."""
    ((kind, content),) = value.items()
    return float(content) if kind == "N" else content


def at(item: Item, path: str, names: Names) -> dict[str, Any] | None:
    """Return what lies at a path in an item, such as `#0` or `#0.#1`; nothing when missing."""
    first, *further = path.split(".")
    found = item.get(names[first])
    for part in further:
        found = found["M"].get(names[part]) if found else None
    return found


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


def _single(tokens: list[str]) -> tuple[Test, list[str]]:  # noqa: PLR0911 -- one for each form
    head = tokens[0]
    if head == "(":
        test, rest = _either(tokens[1:])
        return test, rest[1:]
    if head == "NOT":
        test, rest = _single(tokens[1:])
        return lambda item, names, values: not test(item, names, values), rest
    if head in _FUNCTIONS:
        end = tokens.index(")")
        return _call(head, [one for one in tokens[2:end] if one != ","]), tokens[end + 1 :]
    if head == "size":
        return _size(tokens[2], tokens[4], tokens[5]), tokens[6:]
    if tokens[1] == "BETWEEN":
        return _between(head, tokens[2], tokens[4]), tokens[5:]
    if tokens[1] == "IN":
        end = tokens.index(")")
        return _within(head, [one for one in tokens[3:end] if one != ","]), tokens[end + 1 :]
    return _compare(head, tokens[1], tokens[2]), tokens[3:]


def _call(name: str, arguments: list[str]) -> Test:
    function, path, value = _FUNCTIONS[name], arguments[0], arguments[-1]
    return lambda item, names, values: function(at(item, path, names), values.get(value))


def _between(path: str, low: str, high: str) -> Test:
    def test(item: Item, names: Names, values: Values) -> bool:
        found = at(item, path, names)
        return found is not None and bool(plain(values[low]) <= plain(found) <= plain(values[high]))

    return test


def _size(path: str, operator: str, value: str) -> Test:
    def test(item: Item, names: Names, values: Values) -> bool:
        found = at(item, path, names)
        return found is not None and _ORDER[operator](
            len(next(iter(found.values()))), plain(values[value])
        )

    return test


def _within(path: str, members: list[str]) -> Test:
    def test(item: Item, names: Names, values: Values) -> bool:
        return at(item, path, names) in [values[one] for one in members]

    return test


def _compare(path: str, operator: str, value: str) -> Test:
    compare = _ORDER[operator]

    def test(item: Item, names: Names, values: Values) -> bool:
        found = at(item, path, names)
        if found is None:
            return operator == "<>"
        return compare(plain(found), plain(values[value]))

    return test


@cache
def _update(expression: str) -> list[tuple[str, str, str]]:
    """Read an update once: what is done, to which path, with which value."""
    done, found, tokens = "", [], [one for one in _TOKENS.findall(expression) if one != ","]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token in {"SET", "ADD", "REMOVE", "DELETE"}:
            done, position = token, position + 1
        elif done == "REMOVE":
            found.append((done, token, ""))
            position += 1
        else:
            step = 3 if done == "SET" else 2
            value = tokens[position + step - 1]
            if not value.startswith(":"):
                raise ValueError(expression)
            found.append((done, token, value))
            position += step
    return found


def updated(item: Item, expression: str, names: Names, values: Values) -> Item:
    """Return an item as an update leaves it."""
    after = dict(item)
    for done, path, value in _update(expression):
        first, *further = path.split(".")
        if further:
            # One level is all there is: the entries of a map.
            inside = dict(after[names[first]]["M"])
            _do(inside, names[further[0]], done, values.get(value))
            after[names[first]] = {"M": inside}
        else:
            _do(after, names[first], done, values.get(value))
    return after


def _do(item: dict[str, Any], name: str, done: str, value: Any) -> None:  # noqa: ANN401 -- as stored
    if done == "SET":
        item[name] = value
    elif done == "REMOVE":
        item.pop(name, None)
    elif "N" in value:
        number = plain(item.get(name, {"N": "0"})) + plain(value)
        item[name] = {"N": f"{number:g}" if number % 1 else str(int(number))}
    else:
        ((kind, members),) = value.items()
        before = item.get(name, {kind: []})[kind]
        if done == "ADD":
            item[name] = {kind: sorted({*before, *members})}
        elif left := sorted({*before} - {*members}):
            item[name] = {kind: left}
        else:
            item.pop(name, None)
