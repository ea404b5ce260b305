"""Jobs, how far their lanes have come, and what came of each step, in the `contacts` table."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as Change

from assent.contacts.bulk.model import (
    Event,
    Job,
    JobState,
    Lane,
    Progress,
    Refused,
    next_state,
)
from assent.platform.tables import Record, Transaction, changed, get

_KEPT = timedelta(days=90)
_WIDTH = 8  # digits of a step's number


class JobRecord(Record):
    """`<ac>#jobs` / `<jb>`: one job; written when its state changes."""

    class Meta:
        table_name = "contacts_table"

    action = UnicodeAttribute()
    state = UnicodeAttribute()
    contact_ids = ListAttribute[str](null=True)
    filter = JSONAttribute(null=True)
    until = UTCDateTimeAttribute()
    group_id = UnicodeAttribute(default="")
    group_name = UnicodeAttribute(default="")
    label_id = UnicodeAttribute(default="")
    opt_out = JSONAttribute(null=True)
    undoes = UnicodeAttribute(default="")
    undone_by = UnicodeAttribute(default="")
    lanes = NumberAttribute()
    expected = NumberAttribute()
    expected_capped = BooleanAttribute(default=False)
    actor = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    starts_at = UTCDateTimeAttribute()
    finished_at = UTCDateTimeAttribute(null=True)
    expires_at = NumberAttribute()


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


_PLAIN = set(Job.model_fields) - {
    "id", "account_id", "action", "state", "contact_ids", "filter", "opt_out",
}  # fmt: skip


def _key(account_id: str, job_id: str) -> tuple[str, str]:
    return f"{account_id}#jobs", job_id


def _expires(job: Job) -> int:
    return int((job.created_at + _KEPT).timestamp())


def add_job(transaction: Transaction, job: Job) -> None:
    """Store a new job within a transaction."""
    record = JobRecord(
        *_key(job.account_id, job.id),
        **job.model_dump(include=_PLAIN),
        action=job.action.value,
        state=job.state.value,
        contact_ids=list(job.contact_ids) or None,
        filter=job.filter.model_dump(mode="json", exclude_defaults=True) if job.filter else None,
        opt_out=job.opt_out.model_dump(mode="json") if job.opt_out else None,
        expires_at=_expires(job),
    )
    transaction.put("job", record, JobRecord.pk.does_not_exist())


def add_undone(transaction: Transaction, job: Job, by: str) -> None:
    """Note by which job another is taken back, within a transaction; once."""
    transaction.update(
        "undone",
        JobRecord(*_key(job.account_id, job.id)),
        [JobRecord.undone_by.set(by)],
        (JobRecord.state == job.state.value) & (JobRecord.undone_by == ""),
    )


def find(account_id: str, job_id: str) -> Job | None:
    """Read one job as it stands, strongly consistent: its state decides what is done."""
    record = get(JobRecord, *_key(account_id, job_id), consistent=True)
    return _job(record) if record else None


def jobs(account_id: str, after: str | None, limit: int) -> tuple[list[Job], str | None]:
    """List an account's jobs, newest first, beyond the id `after`, and the next such id.

    Deletions that were only looked at are left out, so that a page may be short.
    """
    beyond = JobRecord.sk < after if after else None
    found = JobRecord.query(f"{account_id}#jobs", beyond, scan_index_forward=False, limit=limit)
    listed = [_job(record) for record in found]
    shown = [one for one in listed if one.state != JobState.PROPOSED]
    return shown, listed[-1].id if len(listed) == limit else None


def _job(record: JobRecord) -> Job:
    values: dict[str, Any] = record.attribute_values
    return Job(
        id=record.sk,
        account_id=record.pk.partition("#")[0],
        action=values["action"],
        state=values["state"],
        contact_ids=tuple(record.contact_ids or ()),
        filter=record.filter,
        opt_out=record.opt_out,
        **{name: values[name] for name in _PLAIN if values.get(name) is not None},
    )


def advance(job: Job, event: Event, **changes: datetime) -> Job | None:
    """Apply an event, or raise `IllegalTransition`; nothing when it changed under our hands."""
    after, record, actions = _advanced(job, event, changes)
    return after if changed(record, actions, JobRecord.state == job.state.value) else None


def add_advance(transaction: Transaction, job: Job, event: Event, **changes: datetime) -> Job:
    """Apply an event within a transaction, on condition that the job is as it was."""
    after, record, actions = _advanced(job, event, changes)
    transaction.update("job", record, actions, JobRecord.state == job.state.value)
    return after


def _advanced(
    job: Job, event: Event, changes: dict[str, datetime]
) -> tuple[Job, JobRecord, list[Change]]:
    state = next_state(job.state, event)
    actions: list[Change] = [
        JobRecord.state.set(state.value),
        *(getattr(JobRecord, name).set(value) for name, value in changes.items()),
    ]
    after = job.model_copy(update={"state": state, **changes})
    return after, JobRecord(*_key(job.account_id, job.id)), actions


# Lanes and their steps


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
            LaneRecord.expires_at.set(_expires(job)),
        ],
        LaneRecord.begun.does_not_exist() & _untaken(lane),
    )


def close_lane(job: Job, number: int) -> None:
    """Let no further step of a lane be taken, not even one on its way; safe to repeat."""
    LaneRecord(*_lane_key(job, number)).update(
        actions=[LaneRecord.closed.set(True), LaneRecord.expires_at.set(_expires(job))]
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
    expires_at = _expires(job)
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
