"""Contacts in the `contacts` table."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from assent.consent.model import Channel, Status
from assent.contacts.model import (
    COMPLIANCE_RANK,
    Compliance,
    ComplianceState,
    Contact,
    Former,
    Origin,
    QueuePlace,
    QueueState,
    Undone,
)
from assent.platform import settings
from assent.platform.ids import shard_of
from assent.platform.tables import (
    Record,
    Stretch,
    Transaction,
    along,
    changed,
    failed_condition,
    get,
)

_PLAIN = {
    "phone", "subject", "first_name", "last_name", "email", "created_at", "integration_id",
    "import_id", "made_by", "line_type", "zone", "favourite", "opt_in", "version", "edited_at",
    "edited_by",
}  # fmt: skip
"""Attributes that are stored as they are."""
_PLACE = {"arrived_at", "left_at", "left_by", "left_reason", "moved_to"}


class ContactRecord(Record):
    """`<ac>#contacts#<shard>` / `<ct>`. Ids sort by time, so a shard lies in order of arrival."""

    class Meta:
        table_name = "contacts_table"

    phone = UnicodeAttribute()
    subject = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    email = UnicodeAttribute(default="")
    custom = JSONAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    origin = UnicodeAttribute(default=Origin.LEAD.value)
    integration_id = UnicodeAttribute(default="")
    import_id = UnicodeAttribute(default="")
    made_by = UnicodeAttribute(default="")
    line_type = UnicodeAttribute(default="")
    zone = UnicodeAttribute(default="")
    labels = UnicodeSetAttribute(null=True)
    favourite = BooleanAttribute(default=False)
    opt_in = UnicodeAttribute(default="")
    former = UnicodeSetAttribute(null=True)
    version = NumberAttribute(default=1)
    edited_at = UTCDateTimeAttribute(null=True)
    edited_by = UnicodeAttribute(default="")
    sms_mark = UnicodeAttribute(default=Status.NONE.value)
    voice_mark = UnicodeAttribute(default=Status.NONE.value)
    marked = NumberAttribute(default=0)
    compliance_state = UnicodeAttribute()
    compliance_rank = NumberAttribute()
    compliance_reason = UnicodeAttribute(default="")
    compliance_at = UTCDateTimeAttribute(null=True)
    queue_state = UnicodeAttribute()
    arrived_at = UTCDateTimeAttribute(null=True)
    left_at = UTCDateTimeAttribute(null=True)
    left_by = UnicodeAttribute(default="")
    left_reason = UnicodeAttribute(default="")
    moved_to = UnicodeAttribute(default="")
    undone = JSONAttribute(null=True)
    groups = UnicodeSetAttribute(null=True)
    erased_at = UTCDateTimeAttribute(null=True)
    erase_through = NumberAttribute(null=True)


def contact_key(account_id: str, contact_id: str) -> tuple[str, str]:
    """Return the key of a contact."""
    shard = shard_of(contact_id, settings.current().contact_shards)
    return f"{account_id}#contacts#{shard}", contact_id


# Contacts


def add_contact(transaction: Transaction, contact: Contact) -> None:
    """Write a new contact within a transaction."""
    transaction.put("contact", _record(contact), ContactRecord.pk.does_not_exist())


def put_new(contact: Contact) -> bool:
    """Write a new contact by itself; false when there is one by that id."""
    try:
        _record(contact).save(condition=ContactRecord.pk.does_not_exist())
    except PutError as error:
        if failed_condition(error):
            return False
        raise
    return True


def put_all_new(contacts: Iterable[Contact]) -> None:
    """Write new contacts that nobody else can have made: whoever writes them claimed their ids."""
    with ContactRecord.batch_write() as batch:
        for contact in contacts:
            batch.save(_record(contact))


def _record(contact: Contact) -> ContactRecord:
    return ContactRecord(
        *contact_key(contact.account_id, contact.id),
        **contact.model_dump(include=_PLAIN),
        origin=contact.origin.value,
        custom=contact.custom or None,
        labels=contact.labels or None,
        groups=contact.groups or None,
        former={str(one) for one in contact.former} or None,
        sms_mark=contact.mark(Channel.SMS).value,
        voice_mark=contact.mark(Channel.VOICE).value,
        compliance_state=contact.compliance.state.value,
        compliance_rank=COMPLIANCE_RANK[contact.compliance.state],
        compliance_reason=contact.compliance.reason,
        compliance_at=contact.compliance.at,
        queue_state=contact.queue.state.value,
    )


def contact(account_id: str, contact_id: str, *, consistent: bool = False) -> Contact | None:
    """Read one contact."""
    record = get(ContactRecord, *contact_key(account_id, contact_id), consistent=consistent)
    return _contact(record) if record else None


def contacts(account_id: str, contact_ids: Iterable[str]) -> dict[str, Contact]:
    """Read many contacts, eventually consistent; those that are gone are left out."""
    keys = [contact_key(account_id, contact_id) for contact_id in contact_ids]
    found = (_contact(record) for record in ContactRecord.batch_get(keys))
    return {one.id: one for one in found}


def _contact(record: ContactRecord) -> Contact:
    values = record.attribute_values
    return Contact(
        id=record.sk,
        account_id=record.pk.partition("#")[0],
        compliance=Compliance(
            state=ComplianceState(record.compliance_state),
            reason=record.compliance_reason,
            at=record.compliance_at,
        ),
        queue=QueuePlace(
            state=QueueState(record.queue_state),
            undone=Undone.model_validate(record.undone) if record.undone else None,
            **{name: values[name] for name in _PLACE if values.get(name)},
        ),
        custom=record.custom or {},
        origin=Origin(record.origin),
        labels=frozenset(record.labels or ()),
        groups=frozenset(record.groups or ()),
        former=tuple(Former.read(text) for text in sorted(record.former or ())),
        marks={
            Channel.SMS: Status(record.sms_mark),
            Channel.VOICE: Status(record.voice_mark),
        },
        marked=int(record.marked),
        erased_at=record.erased_at,
        erase_through=values.get("erase_through"),
        **{name: values[name] for name in _PLAIN if name in values},
    )


def contacts_of_shard(account_id: str, shard: int, stretch: Stretch) -> Iterator[Contact]:
    """Walk one shard of an account's contacts in the order of arrival."""
    found = along(ContactRecord, f"{account_id}#contacts#{shard}", stretch)
    return (_contact(record) for record in found)


def contacts_within(
    account_id: str, shard: int, beginning: str, stretch: Stretch
) -> Iterator[Contact]:
    """Walk the contacts of a shard whose ids begin like this: those of one moment."""
    low, high = beginning, f"{beginning}~"
    if stretch.after:
        if stretch.newest_first:
            high = min(high, stretch.after)
        else:
            low = max(low, stretch.after)
    if low > high:
        return iter(())
    found = ContactRecord.query(
        f"{account_id}#contacts#{shard}",
        ContactRecord.sk.between(low, high),
        scan_index_forward=not stretch.newest_first,
        page_size=stretch.page_size,
    )
    return (_contact(record) for record in found if record.sk != stretch.after)


def set_line_type(account_id: str, contact_id: str, line_type: str) -> bool:
    """Note what kind of line a number is; false when the contact is gone, or erased."""
    return changed(
        ContactRecord(*contact_key(account_id, contact_id)),
        [ContactRecord.line_type.set(line_type)],
        ContactRecord.pk.exists() & ContactRecord.erased_at.does_not_exist(),
    )


def set_marks(contact: Contact, marks: Mapping[Channel, Status]) -> bool:
    """Write the marks, unless somebody else has written them since the contact was read."""
    return changed(
        ContactRecord(*contact_key(contact.account_id, contact.id)),
        mark_actions(contact, marks),
        ContactRecord.pk.exists() & (ContactRecord.marked == contact.marked),
    )


def mark_actions(contact: Contact, marks: Mapping[Channel, Status]) -> list[Action]:
    """Write marks along with another change of a contact."""
    return [
        ContactRecord.sms_mark.set(marks[Channel.SMS].value),
        ContactRecord.voice_mark.set(marks[Channel.VOICE].value),
        ContactRecord.marked.set(contact.marked + 1),
    ]


def set_compliance(
    account_id: str, contact_id: str, state: ComplianceState, reason: str, at: datetime
) -> bool:
    """Report how the compliance message fares; false when a later report is already known."""
    return changed(
        ContactRecord(*contact_key(account_id, contact_id)),
        compliance_actions(state, reason, at),
        ContactRecord.compliance_rank < COMPLIANCE_RANK[state],
    )


def compliance_actions(state: ComplianceState, reason: str, at: datetime) -> list[Action]:
    """Write how the compliance message fares along with another change of a contact."""
    return [
        ContactRecord.compliance_state.set(state.value),
        ContactRecord.compliance_rank.set(COMPLIANCE_RANK[state]),
        ContactRecord.compliance_reason.set(reason),
        ContactRecord.compliance_at.set(at),
    ]


def add_erased(transaction: Transaction, contact: Contact, through: int, at: datetime) -> None:
    """Blank a contact within a transaction, noting up to which event its chain is to be erased.

    Groups and place in the queue stay until what they lead to is gone.
    """
    blank = ("phone", "first_name", "last_name", "email", "compliance_reason", "zone")
    transaction.update(
        "contact",
        ContactRecord(*contact_key(contact.account_id, contact.id)),
        [
            *(getattr(ContactRecord, name).set("") for name in blank),
            ContactRecord.custom.remove(),
            ContactRecord.labels.remove(),
            ContactRecord.favourite.set(False),
            ContactRecord.erased_at.set(at),
            ContactRecord.erase_through.set(through),
        ],
        # Its entries are removed as they were read: nobody may have made others meanwhile.
        unedited(contact) & same_labels(contact),
    )


def unedited(contact: Contact) -> Condition:
    """Require of a contact that it is neither erased nor edited since it was read."""
    same: Condition = (
        ContactRecord.erased_at.does_not_exist()
        & (ContactRecord.version == contact.version)
        & (ContactRecord.subject == contact.subject)
    )
    return same


def same_labels(contact: Contact) -> Condition:
    """Require of a contact that its labels, and whether it is a favourite, are as it was read."""
    path = ContactRecord.labels
    labels = path == set(contact.labels) if contact.labels else path.does_not_exist()
    same: Condition = labels & (ContactRecord.favourite == contact.favourite)
    return same


def end_erasing(contact: Contact) -> None:
    """Say that nothing of an erased contact is left anywhere."""
    ContactRecord(*contact_key(contact.account_id, contact.id)).update(
        actions=[ContactRecord.erase_through.remove(), ContactRecord.groups.remove()],
        condition=ContactRecord.pk.exists(),
    )


def add_deleted(transaction: Transaction, contact: Contact) -> None:
    """Remove a contact within a transaction, on condition that it is as it was read.

    What it was found by must be gone before; a change meanwhile may have brought some of it back.
    """

    def same(path: UnicodeSetAttribute, values: frozenset[str]) -> Condition:
        return path == set(values) if values else path.does_not_exist()

    transaction.delete(
        "contact",
        ContactRecord(*contact_key(contact.account_id, contact.id)),
        (ContactRecord.version == contact.version)
        & (ContactRecord.queue_state == contact.queue.state.value)
        & (ContactRecord.favourite == contact.favourite)
        & same(ContactRecord.groups, contact.groups)
        & same(ContactRecord.labels, contact.labels),
    )
