"""Ten thousand contacts in seconds: copies of one that is there, written straight to its table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from assent.platform.ids import derived_id, shard_of
from assent.platform.settings import Settings
from local.testing import RunningStack

_AT_ONCE = 25
_WRITERS = 8
_FIRST = ("Ada", "Bruno", "Chen", "Dana", "Elif", "Femi", "Gita", "Hugo", "Ines", "Juan", "Kofi")
_LAST = ("Abbott", "Baker", "Castro", "Diaz", "Evans", "Fischer", "Gupta", "Haddad", "Ito")


def gather(stack: RunningStack, account: str, pattern: str, count: int) -> None:
    """Add `count` contacts like the one of the id `pattern`, each a second older than the next."""
    database = stack.client("dynamodb")
    table = stack.outputs["ContactsTableName"]
    shards = Settings.model_fields["contact_shards"].default
    key = {"pk": {"S": _partition(account, pattern, shards)}, "sk": {"S": pattern}}
    like = database.get_item(TableName=table, Key=key)["Item"]
    now = datetime.now(UTC) - timedelta(hours=1)
    items = [
        item
        for index in range(count)
        for item in _copy(like, account, now - timedelta(seconds=index), index, shards)
    ]

    def write(start: int) -> None:
        part = items[start : start + _AT_ONCE]
        puts = [{"PutRequest": {"Item": item}} for item in part]
        database.batch_write_item(RequestItems={table: puts})

    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(write, range(0, len(items), _AT_ONCE)))


def _partition(account: str, contact: str, shards: int) -> str:
    return f"{account}#contacts#{shard_of(contact, shards)}"


def _copy(
    like: dict[str, Any], account: str, made: datetime, index: int, shards: int
) -> list[dict[str, Any]]:
    """Make a contact with its entry in the order of names, by which contacts are counted."""
    contact = derived_id("ct", made, "crowd", str(index))
    first, last = _FIRST[index % len(_FIRST)], _LAST[index // len(_FIRST) % len(_LAST)]
    made_of_it = like | {
        "pk": {"S": _partition(account, contact, shards)},
        "sk": {"S": contact},
        "phone": {"S": f"+1303{5550100 + index:07}"},
        "subject": {"S": f"crowd{index}"},
        "first_name": {"S": first},
        "last_name": {"S": f"{last} {index}"},
        "created_at": {"S": made.strftime("%Y-%m-%dT%H:%M:%S.%f+0000")},
    }
    names = f"{account}#names#{shard_of(contact, shards)}"
    entry = {"pk": {"S": names}, "sk": {"S": f"{first} {last} {index}".casefold() + f"#{contact}"}}
    return [made_of_it, entry]
