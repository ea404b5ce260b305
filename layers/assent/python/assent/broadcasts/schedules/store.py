"""Notes of schedules in the `broadcasts` table, by the day on which they go off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from assent.platform.clock import stamp
from assent.platform.tables import Record, Stretch, along


class DueRecord(Record):
    """`due#<day>` / `<schedule>`: what a schedule sends, and when; gone when it was looked for."""

    class Meta:
        table_name = "broadcasts_table"

    broadcast_id = UnicodeAttribute()
    run = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    command = UnicodeAttribute()


@dataclass(frozen=True)
class Due:
    """A schedule as it was asked for: its name, what it is about, the command that it sends."""

    name: str
    broadcast_id: str
    run: str
    at: datetime
    command: str


def put_due(due: Due) -> None:
    """Note a schedule; writing it again changes nothing."""
    DueRecord(
        *_key(due), broadcast_id=due.broadcast_id, run=due.run, at=due.at, command=due.command
    ).save()


def due_on(day: date, after: str, page_size: int) -> Iterator[Due]:
    """Walk what is noted for a day, in UTC, from beyond the name `after`."""
    found = along(DueRecord, f"due#{day}", Stretch(page_size, after=after or None))
    return (Due(one.sk, one.broadcast_id, one.run, one.at, one.command) for one in found)


def delete_due(due: Due) -> None:
    """Forget a schedule; doing it again changes nothing."""
    DueRecord(*_key(due)).delete()


def _key(due: Due) -> tuple[str, str]:
    return f"due#{stamp(due.at)[:10]}", due.name
