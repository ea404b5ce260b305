"""Exports in the `contacts` table."""

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
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from assent.contacts.exports.model import Event, Export, ExportState, next_state
from assent.platform.tables import Record, changed, get


class ExportRecord(Record):
    """`<ac>#exports` / `<ex>`: one export; written with each part of its file."""

    class Meta:
        table_name = "contacts_table"

    content = UnicodeAttribute()
    state = UnicodeAttribute()
    asked = JSONAttribute()
    sort = UnicodeAttribute(default="")
    expected = NumberAttribute(default=0)
    expected_capped = BooleanAttribute(default=False)
    actor = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    finished_at = UTCDateTimeAttribute(null=True)
    fields = ListAttribute[str](null=True)
    looked_to = UnicodeAttribute(default="")
    looked = BooleanAttribute(default=False)
    upload_id = UnicodeAttribute(default="")
    cursor = UnicodeAttribute(default="")
    parts = JSONAttribute()
    tried = NumberAttribute(default=0)  # the highest number that a part was given
    held = NumberAttribute(default=0)
    complete = BooleanAttribute(default=False)
    rows = NumberAttribute(default=0)
    size = NumberAttribute(default=0)
    expires_at = NumberAttribute()


_PLAIN = set(Export.model_fields) - {"id", "account_id", "content", "state", "parts", "fields"}


def _key(account_id: str, export_id: str) -> tuple[str, str]:
    return f"{account_id}#exports", export_id


def put_export(job: Export, expires_at: datetime) -> None:
    """Store a new export."""
    ExportRecord(
        *_key(job.account_id, job.id),
        **job.model_dump(include=_PLAIN),
        content=job.content.value,
        state=job.state.value,
        parts=[],
        expires_at=int(expires_at.timestamp()),
    ).save(condition=ExportRecord.pk.does_not_exist())


def find(account_id: str, export_id: str) -> Export | None:
    """Read one export as it stands, strongly consistent."""
    record = get(ExportRecord, *_key(account_id, export_id), consistent=True)
    return _export(record) if record else None


def exports(account_id: str, after: str | None, limit: int) -> list[Export]:
    """List an account's exports, newest first, beyond the id `after`."""
    beyond = ExportRecord.sk < after if after else None
    found = ExportRecord.query(
        f"{account_id}#exports", beyond, scan_index_forward=False, limit=limit
    )
    return [_export(record) for record in found]


def _export(record: ExportRecord) -> Export:
    values: dict[str, Any] = record.attribute_values
    return Export(
        id=record.sk,
        account_id=record.pk.partition("#")[0],
        content=values["content"],
        state=values["state"],
        fields=tuple(record.fields or ()),
        parts=tuple((int(number), tag) for number, tag in record.parts),
        **{name: values[name] for name in _PLAIN if values.get(name) is not None},
    )


def note_fields(job: Export, after: Export) -> bool:
    """Note which fields were found so far; false when another has noted more."""
    return changed(
        ExportRecord(*_key(job.account_id, job.id)),
        [
            ExportRecord.fields.set(list(after.fields)),
            ExportRecord.looked_to.set(after.looked_to),
            ExportRecord.looked.set(after.looked),
        ],
        _running() & (ExportRecord.looked_to == job.looked_to) & (ExportRecord.looked == False),  # noqa: E712
    )


def set_upload(job: Export, upload_id: str) -> bool:
    """Note the upload that takes the parts; false when another was noted before."""
    record = ExportRecord(*_key(job.account_id, job.id))
    unnoted = ExportRecord.upload_id == ""
    return changed(record, [ExportRecord.upload_id.set(upload_id)], _running() & unnoted)


def next_number(job: Export) -> int:
    """Take a number for a part, higher than any before: no two writers ever have the same."""
    record = ExportRecord(*_key(job.account_id, job.id))
    record.update(actions=[ExportRecord.tried.add(1)], condition=ExportRecord.pk.exists())
    return int(record.tried)


def add_part(job: Export, after: Export) -> bool:
    """Let a part count, with where the next begins; false when another was first."""
    return changed(
        ExportRecord(*_key(job.account_id, job.id)),
        [
            ExportRecord.parts.set([list(one) for one in after.parts]),
            ExportRecord.cursor.set(after.cursor),
            ExportRecord.rows.set(after.rows),
            ExportRecord.size.set(after.size),
            ExportRecord.held.set(after.held),
            ExportRecord.complete.set(after.complete),
        ],
        _running() & (ExportRecord.cursor == job.cursor) & (ExportRecord.rows == job.rows),
    )


def advance(job: Export, event: Event, at: datetime) -> Export | None:
    """Apply an event, or raise `IllegalTransition`; nothing when it changed under our hands."""
    state = next_state(job.state, event)
    actions: list[Action] = [
        ExportRecord.state.set(state.value),
        ExportRecord.finished_at.set(at),
    ]
    record = ExportRecord(*_key(job.account_id, job.id))
    if not changed(record, actions, ExportRecord.state == job.state.value):
        return None
    return job.model_copy(update={"state": state, "finished_at": at})


def _running() -> Condition:
    running: Condition = ExportRecord.state == ExportState.RUNNING.value
    return running
