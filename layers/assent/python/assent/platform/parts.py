"""Parts of items, for whoever reads millions: only what is asked for, left as DynamoDB gives it.

Of what reading an item takes, most is making a record of it, and then parsing attributes that
nobody looks at. What an answer costs in units stays the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from time import sleep
from typing import Any

from pynamodb.exceptions import GetError
from pynamodb.expressions.condition import Condition

from assent.platform.tables import Record, connection

Item = Mapping[str, Mapping[str, Any]]
"""Attributes by name, each a value by its type: `{"sk": {"S": "ct_…"}}`."""

_MOST = 100  # keys of one request
_TRIES, _MOMENT = 5, 0.02  # for what a table that throttles left out; seconds


def text(item: Item, name: str) -> str:
    """Return a text of an item; empty where it has none."""
    value = item.get(name)
    return str(value["S"]) if value else ""


def get_parts(
    model: type[Record], key: tuple[str, str], names: Collection[str], *, consistent: bool = False
) -> Item | None:
    """Read some attributes of one item, or nothing."""
    answer = connection().get_item(
        model.Meta.table_name, *key, consistent_read=consistent, attributes_to_get=sorted(names)
    )
    found: Item | None = answer.get("Item")
    return found


def batch_get_parts(
    model: type[Record], keys: Iterable[tuple[str, str]], names: Collection[str]
) -> Iterator[Item]:
    """Read some attributes of many items, in no order; those that are gone are left out.

    Raises `GetError` when the table throttles for longer than a moment.
    """
    left = list(dict.fromkeys(keys))
    table, wanted = model.Meta.table_name, sorted(names)
    tries = 0
    while left:
        asked = [{"pk": pk, "sk": sk} for pk, sk in left[:_MOST]]
        answer = connection().batch_get_item(
            table,
            asked,  # type: ignore[arg-type]  # keys, as PynamoDB itself gives them
            attributes_to_get=wanted,
        )
        found = answer["Responses"].get(table, ())
        yield from found
        unread = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", ())
        left = left[_MOST:] + [(key["pk"]["S"], key["sk"]["S"]) for key in unread]
        tries = tries + 1 if unread and not found else 0
        if tries == _TRIES:
            raise GetError(f"{table} throttles: {len(left)} items were not read")
        if tries:
            sleep(_MOMENT * tries)


def query_parts(
    model: type[Record], pk: str, within: Condition | None, names: Collection[str], limit: int
) -> Sequence[Item]:
    """Read some attributes of a partition's next items: up to a limit, or 1 MB of them."""
    answer = connection().query(
        model.Meta.table_name, pk, within, limit=limit, attributes_to_get=sorted(names)
    )
    found: Sequence[Item] = answer["Items"]
    return found
