"""Definitions and states of broadcasts in the `broadcasts` table."""

from datetime import datetime

from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.update import Action

from assent.broadcasts.model import Broadcast, Event, State, next_state
from assent.platform.parts import get_parts, text
from assent.platform.tables import Record, failed_condition, get


class BroadcastRecord(Record):
    """`<ac>#broadcasts` / `<bc>`: definition and state; written a handful of times."""

    class Meta:
        table_name = "broadcasts_table"

    name = UnicodeAttribute()
    channel = UnicodeAttribute()
    sender_id = UnicodeAttribute()
    groups = ListAttribute[str]()
    minus_groups = ListAttribute[str]()
    template = UnicodeAttribute()
    quiet_hours = UnicodeAttribute(default="defer")
    caps = UnicodeAttribute(default="defer")
    segments = NumberAttribute(default=1)
    state = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    schedule_at = UTCDateTimeAttribute(null=True)
    local_at = UnicodeAttribute(default="")
    recurrence = JSONAttribute(null=True)
    parent_id = UnicodeAttribute(default="")
    run = UnicodeAttribute(default="")
    started_at = UTCDateTimeAttribute(null=True)
    finished_at = UTCDateTimeAttribute(null=True)
    pace = UnicodeAttribute(default="")
    chunks = NumberAttribute(null=True)
    reason = UnicodeAttribute(default="")
    unguarded = ListAttribute[str](null=True)


_TEXTS = ("name", "channel", "sender_id", "groups", "minus_groups", "template")
_DEFINITION = (*_TEXTS, "quiet_hours", "caps", "segments")


def _key(account_id: str, broadcast_id: str) -> tuple[str, str]:
    return f"{account_id}#broadcasts", broadcast_id


def put_broadcast(made: Broadcast) -> bool:
    """Write a new broadcast; false when it is there already."""
    values = made.model_dump(exclude={"id", "account_id"}, mode="python")
    values["state"], values["channel"] = made.state.value, made.channel.value
    values["quiet_hours"], values["caps"] = made.quiet_hours.value, made.caps.value
    values["unguarded"] = made.unguarded or None
    record = BroadcastRecord(*_key(made.account_id, made.id), **values)
    try:
        record.save(condition=BroadcastRecord.pk.does_not_exist())
    except PutError as error:
        if failed_condition(error):
            return False
        raise
    return True


def broadcast(account_id: str, broadcast_id: str) -> Broadcast | None:
    """Read one broadcast, strongly consistent: its state must be true when it is acted on."""
    record = get(BroadcastRecord, *_key(account_id, broadcast_id), consistent=True)
    return _broadcast(record) if record else None


def state(account_id: str, broadcast_id: str) -> State | None:
    """Read where a broadcast stands, strongly consistent, and nothing else of it."""
    key = _key(account_id, broadcast_id)
    found = get_parts(BroadcastRecord, key, {"state"}, consistent=True)
    return State(text(found, "state")) if found else None


def broadcasts(account_id: str, after: str | None, limit: int) -> list[Broadcast]:
    """List an account's broadcasts, newest first, from beyond the id `after`."""
    beyond = BroadcastRecord.sk < after if after else None
    found = BroadcastRecord.query(
        f"{account_id}#broadcasts", beyond, scan_index_forward=False, limit=limit
    )
    return [_broadcast(record) for record in found]


def _broadcast(record: BroadcastRecord) -> Broadcast:
    values = {name: value for name, value in record.attribute_values.items() if value is not None}
    values.pop("pk")
    values.pop("sk")
    return Broadcast(id=record.sk, account_id=record.pk.partition("#")[0], **values)


def edit(before: Broadcast, after: Broadcast) -> Broadcast | None:
    """Write another definition over one that has not started; nothing when it moved meanwhile."""
    actions = [
        getattr(BroadcastRecord, name).set(value)
        for name, value in after.model_dump(include=set(_DEFINITION), mode="json").items()
    ]
    return after if _update(before, actions) else None


Change = datetime | int | str | list[str] | dict[str, object] | None


def advance(before: Broadcast, event: Event, **changes: Change) -> Broadcast | None:
    """Move a broadcast through its life and return it as it is then.

    Returns nothing when it has moved on from `before` meanwhile; raises `IllegalTransition`.
    """
    state = next_state(before.state, event)
    actions: list[Action] = [BroadcastRecord.state.set(state.value)]
    for name, value in changes.items():
        attribute = getattr(BroadcastRecord, name)
        actions.append(attribute.remove() if value is None else attribute.set(value))
    if not _update(before, actions):
        return None
    return Broadcast.model_validate({**before.model_dump(), **changes, "state": state})


def _update(before: Broadcast, actions: list[Action]) -> bool:
    try:
        BroadcastRecord(*_key(before.account_id, before.id)).update(
            actions=actions,
            condition=(BroadcastRecord.state == before.state.value)
            & (BroadcastRecord.run == before.run),
        )
    except UpdateError as error:
        if failed_condition(error):
            return False
        raise
    return True
