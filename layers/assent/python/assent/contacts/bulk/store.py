"""Jobs in the `contacts` table."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.update import Action as Change

from assent.contacts.bulk.model import (
    Event,
    Job,
    JobState,
    next_state,
)
from assent.platform.tables import Record, Transaction, changed, get


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


_PLAIN = set(Job.model_fields) - {
    "id", "account_id", "action", "state", "contact_ids", "filter", "opt_out",
}  # fmt: skip


def _key(account_id: str, job_id: str) -> tuple[str, str]:
    return f"{account_id}#jobs", job_id


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
        expires_at=job.expires_at,
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
