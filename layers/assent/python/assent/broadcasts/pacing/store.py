"""The lease of each pace, and work that met a pause, in the `broadcasts` table."""

from datetime import datetime

from pydantic import TypeAdapter
from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.update import Action

from assent.broadcasts.pacing.model import Lane, Lease, Left
from assent.platform.tables import Contention, Record, changed, get

_LEASE = "lease"
_LANES = TypeAdapter(list[Lane])


class LeaseRecord(Record):
    """`pace#<sn>` / `lease`: what was let go of a sender's work, and what waits for its turn."""

    class Meta:
        table_name = "broadcasts_table"

    version = NumberAttribute()
    turn = NumberAttribute()
    until = UTCDateTimeAttribute(null=True)
    day = UnicodeAttribute(default="")
    used = NumberAttribute(default=0)
    returned = NumberAttribute(default=0)
    lanes = JSONAttribute()
    released = ListAttribute[str]()
    taken_by = UnicodeAttribute(default="")


class LeftRecord(Record):
    """`<bc>#left` / `<chunk>`: work that was let go and met a pause; taken up when it resumes."""

    class Meta:
        table_name = "broadcasts_table"

    upto = NumberAttribute()
    waiting = NumberAttribute()


def lease(pace: str) -> Lease:
    """Read a pace's lease, strongly consistent; nothing yet is an empty one."""
    record = get(LeaseRecord, f"pace#{pace}", _LEASE, consistent=True)
    if record is None:
        return Lease(pace=pace)
    values = dict(record.attribute_values)
    values.pop("pk")
    values.pop("sk")
    lanes = _LANES.validate_python(values.pop("lanes", []))
    return Lease(pace=pace, lanes=lanes, **values)


def replace(before: Lease, after: Lease) -> bool:
    """Change a lease; false when somebody else changed it since `before` was read."""
    actions: list[Action] = [
        LeaseRecord.version.set(before.version + 1),
        LeaseRecord.turn.set(after.turn),
        LeaseRecord.day.set(after.day),
        LeaseRecord.used.set(after.used),
        LeaseRecord.lanes.set(
            [lane.model_dump(mode="json", exclude_defaults=True) for lane in after.lanes]
        ),
        LeaseRecord.released.set(after.released),
        LeaseRecord.taken_by.set(after.taken_by),
        # Others return what they did not use at any time, so it is taken away, not written over.
        LeaseRecord.returned.add(-(before.returned - after.returned)),
    ]
    if after.until:
        actions.append(LeaseRecord.until.set(after.until))
    unmoved = (
        LeaseRecord.version == before.version
        if before.version
        else LeaseRecord.version.does_not_exist()
    )
    return changed(LeaseRecord(f"pace#{before.pace}", _LEASE), actions, unmoved)


def note_handed_on(lease: Lease) -> None:
    """Note that all of a turn was sent on, unless the next has been taken since."""
    changed(
        LeaseRecord(f"pace#{lease.pace}", _LEASE),
        [LeaseRecord.released.set([])],
        LeaseRecord.turn == lease.turn,
    )


def give_back(pace: str, day: str, messages: int) -> None:
    """Return what was let go of a day's messages and not sent."""
    changed(
        LeaseRecord(f"pace#{pace}", _LEASE),
        [LeaseRecord.returned.add(messages)],
        LeaseRecord.day == day,
    )


def hold(pace: str, until: datetime) -> None:
    """Let nothing more go before a moment: the provider is too busy."""
    changed(
        LeaseRecord(f"pace#{pace}", _LEASE),
        [LeaseRecord.until.set(until)],
        LeaseRecord.pk.exists() & (LeaseRecord.until < until),
    )


# Work that met a pause


def put_left(broadcast_id: str, left: Left) -> int | None:
    """Note work that met a pause; the furthest that it was let go counts.

    Returns how many more wait by it than was noted before, or nothing when it was known.
    """
    kept = get(LeftRecord, f"{broadcast_id}#left", left.chunk, consistent=True)
    if kept and kept.upto >= left.upto:
        return None
    noted = changed(
        LeftRecord(f"{broadcast_id}#left", left.chunk),
        [LeftRecord.upto.set(left.upto), LeftRecord.waiting.set(left.waiting)],
        LeftRecord.upto == kept.upto if kept else LeftRecord.pk.does_not_exist(),
    )
    if not noted:
        raise Contention
    return left.waiting - int(kept.waiting if kept else 0)


def left(broadcast_id: str) -> list[Left]:
    """List the work that met a pause."""
    found = LeftRecord.query(f"{broadcast_id}#left", consistent_read=True)
    return [Left(record.sk, int(record.upto), int(record.waiting)) for record in found]


def end_left(broadcast_id: str, chunk: str) -> None:
    """Strike a piece of work off the list; it is under way again."""
    LeftRecord(f"{broadcast_id}#left", chunk).delete()
