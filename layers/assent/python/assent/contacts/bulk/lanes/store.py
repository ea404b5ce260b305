"""Lanes, their steps and what these refused, in the `contacts` table."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.condition import Condition

from assent.contacts.bulk.model import Job, Lane, Progress, Refused
from assent.platform.tables import Record, Transaction, changed, get

_WIDTH = 8  # digits of a step's number


class LaneRecord(Record):
    """`<ac>#<jb>#lanes` / `<lane>`: how far one lane has come; written with each of its steps."""

    class Meta:
        table_name = "contacts_table"

    position = UnicodeAttribute(null=True)
    steps = NumberAttribute(default=0)
    looked = NumberAttribute(default=0)
    done = NumberAttribute(default=0)
    unchanged = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    ended = BooleanAttribute(default=False)
    run = UnicodeAttribute(default="")
    todo = ListAttribute[str](null=True)
    begun = ListAttribute[str](null=True)
    begun_to = UnicodeAttribute(default="")
    begun_looked = NumberAttribute(default=0)
    begun_last = BooleanAttribute(default=False)
    closed = BooleanAttribute(null=True)  # no step is taken any more: what was done is undone
    expires_at = NumberAttribute()


class StepRecord(Record):
    """`<ac>#<jb>#done#<lane>` / `<step>`: the contacts that one step changed, for undoing it."""

    class Meta:
        table_name = "contacts_table"

    contact_ids = ListAttribute[str]()
    at = UTCDateTimeAttribute()
    expires_at = NumberAttribute()


class RefusedRecord(Record):
    """`<ac>#<jb>#refused#<lane>` / `<step>`: the contacts that one step left as they were."""

    class Meta:
        table_name = "contacts_table"

    refused = JSONAttribute()
    expires_at = NumberAttribute()


def _lane_key(job: Job, number: int) -> tuple[str, str]:
    return f"{job.account_id}#{job.id}#lanes", f"{number:03}"


def lane(job: Job, number: int) -> Lane:
    """Read how far a lane has come, strongly consistent."""
    record = get(LaneRecord, *_lane_key(job, number), consistent=True)
    return _lane(record) if record else Lane(number=number)


def lanes(job: Job) -> list[Lane]:
    """Read how far the lanes that have begun have come, strongly consistent."""
    found = LaneRecord.query(f"{job.account_id}#{job.id}#lanes", consistent_read=True)
    return [_lane(record) for record in found]


def _lane(record: LaneRecord) -> Lane:
    return Lane(
        number=int(record.sk),
        position=record.position,
        steps=int(record.steps),
        progress=Progress(
            looked=int(record.looked),
            done=int(record.done),
            unchanged=int(record.unchanged),
            refused=int(record.refused),
        ),
        ended=record.ended,
        run=record.run,
        todo=tuple(record.todo or ()),
        begun=tuple(record.begun or ()),
        begun_to=record.begun_to,
        begun_looked=int(record.begun_looked),
        begun_last=record.begun_last,
    )


def begin_step(job: Job, lane: Lane) -> bool:
    """Note what a step of a deletion is about before it begins; false when another has begun."""
    return changed(
        LaneRecord(*_lane_key(job, lane.number)),
        [
            LaneRecord.begun.set(list(lane.begun)),
            LaneRecord.begun_to.set(lane.begun_to),
            LaneRecord.begun_looked.set(lane.begun_looked),
            LaneRecord.begun_last.set(lane.begun_last),
            LaneRecord.steps.set(lane.steps),
            LaneRecord.expires_at.set(job.expires_at),
        ],
        LaneRecord.begun.does_not_exist() & _untaken(lane),
    )


def close_lane(job: Job, number: int) -> None:
    """Let no further step of a lane be taken, not even one on its way; safe to repeat."""
    LaneRecord(*_lane_key(job, number)).update(
        actions=[LaneRecord.closed.set(True), LaneRecord.expires_at.set(job.expires_at)]
    )


def _untaken(lane: Lane) -> Condition:
    taken = LaneRecord.steps == lane.steps
    untaken = taken if lane.steps else LaneRecord.steps.does_not_exist() | taken
    open_still: Condition = untaken & LaneRecord.closed.does_not_exist()
    return open_still


def add_step(
    transaction: Transaction,
    job: Job,
    before: Lane,
    after: Lane,
    changed_ids: Iterable[str],
    refused: Iterable[Refused],
    at: datetime,
) -> None:
    """Write one step of a lane within the transaction that changes its contacts.

    On condition that nobody else has taken this step: so each is taken and counted once.
    """
    expires_at = job.expires_at
    record = LaneRecord(
        *_lane_key(job, after.number),
        position=after.position,
        steps=after.steps,
        **after.progress.model_dump(),
        ended=after.ended,
        run=after.run,
        todo=list(after.todo) or None,
        expires_at=expires_at,
    )
    transaction.put("lane", record, _untaken(before))
    base, step = f"{job.account_id}#{job.id}", f"{before.steps:0{_WIDTH}}"
    if ids := list(changed_ids):
        key = f"{base}#done#{after.number}", step
        transaction.put("done", StepRecord(*key, contact_ids=ids, at=at, expires_at=expires_at))
    if refusals := [one.model_dump(exclude_defaults=True) for one in refused]:
        key = f"{base}#refused#{after.number}", step
        transaction.put("refused", RefusedRecord(*key, refused=refusals, expires_at=expires_at))


def steps(
    account_id: str, job_id: str, lane_number: int, after: str | None
) -> Iterator[tuple[str, datetime, list[str]]]:
    """Walk what a lane's steps changed: `<step>`, when, and the contacts; from a step on."""
    beyond = StepRecord.sk >= after if after else None
    pk = f"{account_id}#{job_id}#done#{lane_number}"
    for record in StepRecord.query(pk, beyond, consistent_read=True, page_size=50):
        yield record.sk, record.at, list(record.contact_ids)


def refused(
    job: Job, lane_number: int, after: str | None, limit: int
) -> list[tuple[str, list[Refused]]]:
    """List what a lane's steps refused, by step, beyond the step `after`."""
    beyond = RefusedRecord.sk > after if after else None
    pk = f"{job.account_id}#{job.id}#refused#{lane_number}"
    found = RefusedRecord.query(pk, beyond, limit=limit)
    return [(record.sk, [Refused(**one) for one in record.refused]) for record in found]
