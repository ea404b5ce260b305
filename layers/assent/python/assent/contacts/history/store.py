"""The history of each contact in the `contacts` table."""

from collections.abc import Iterator
from datetime import datetime

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UTCDateTimeAttribute

from assent.contacts.history.model import Entry, What, time_of
from assent.contacts.store import ContactRecord, contact_key
from assent.platform.clock import stamp
from assent.platform.tables import Record, Stretch, Transaction, along, changed, get


class HistoryRecord(Record):
    """`<ac>#<ct>#history` / `<at>#<entry>`: a note or an event."""

    class Meta:
        table_name = "contacts_table"

    what = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    by = UnicodeAttribute(default="")
    actor = UnicodeAttribute(default="")
    text = UnicodeAttribute(default="")
    detail = JSONAttribute(null=True)
    edited_at = UTCDateTimeAttribute(null=True)


def _key(account_id: str, contact_id: str) -> str:
    return f"{account_id}#{contact_id}#history"


def _record(account_id: str, contact_id: str, entry: Entry) -> HistoryRecord:
    return HistoryRecord(
        _key(account_id, contact_id),
        entry.position,
        **entry.model_dump(include={"at", "by", "actor", "text", "edited_at"}),
        what=entry.what.value,
        detail=entry.detail or None,
    )


def _entry(record: HistoryRecord) -> Entry:
    values = record.attribute_values
    return Entry(
        id=record.sk.partition("#")[2],
        what=What(record.what),
        detail=record.detail or {},
        **{name: values.get(name) for name in ("at", "by", "actor", "text", "edited_at")},
    )


def add(transaction: Transaction, account_id: str, contact_id: str, entry: Entry) -> None:
    """Write an entry within a transaction."""
    transaction.put("history", _record(account_id, contact_id, entry))


def put(account_id: str, contact_id: str, entry: Entry) -> None:
    """Write an entry by itself; writing it again changes nothing."""
    _record(account_id, contact_id, entry).save()


def add_note(transaction: Transaction, account_id: str, contact_id: str, entry: Entry) -> None:
    """Write a note within a transaction, on condition that its contact is there, not erased."""
    add(transaction, account_id, contact_id, entry)
    transaction.check(
        "contact",
        ContactRecord,
        contact_key(account_id, contact_id),
        ContactRecord.pk.exists() & ContactRecord.erased_at.does_not_exist(),
    )


def note(account_id: str, contact_id: str, note_id: str) -> Entry | None:
    """Read one note by its id, which holds its time."""
    at = time_of(note_id)
    if at is None:
        return None
    key = f"{stamp(at)}#{note_id}"
    record = get(HistoryRecord, _key(account_id, contact_id), key, consistent=True)
    return _entry(record) if record and record.what == What.NOTE else None


def change_note(account_id: str, contact_id: str, before: Entry, text: str, at: datetime) -> bool:
    """Write another text for a note; false when it is gone, or was changed meanwhile."""
    return changed(
        HistoryRecord(_key(account_id, contact_id), before.position),
        [HistoryRecord.text.set(text), HistoryRecord.edited_at.set(at)],
        HistoryRecord.pk.exists() & (HistoryRecord.text == before.text),
    )


def delete_entry(account_id: str, contact_id: str, entry: Entry) -> None:
    """Remove an entry; doing it again changes nothing."""
    HistoryRecord(_key(account_id, contact_id), entry.position).delete()


def entries(account_id: str, contact_id: str, stretch: Stretch) -> Iterator[Entry]:
    """Walk a contact's history."""
    found = along(HistoryRecord, _key(account_id, contact_id), stretch)
    return (_entry(record) for record in found)


def delete_notes(account_id: str, contact_id: str) -> None:
    """Remove what users wrote about a contact; its events stay. Doing it again changes nothing."""
    for record in HistoryRecord.query(_key(account_id, contact_id), consistent_read=True):
        if record.what == What.NOTE:
            record.delete()


def delete_all(account_id: str, contact_id: str) -> None:
    """Remove a contact's whole history; doing it again changes nothing."""
    for record in HistoryRecord.query(_key(account_id, contact_id), consistent_read=True):
        record.delete()
