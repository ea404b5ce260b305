"""Contacts and queue entries in the `contacts` table."""

from collections.abc import Iterable
from datetime import datetime
from heapq import merge
from itertools import islice

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.update import Action

from assent.contacts.model import (
    COMPLIANCE_RANK,
    Compliance,
    ComplianceState,
    Contact,
    QueuePlace,
    QueueState,
)
from assent.platform import settings
from assent.platform.clock import stamp
from assent.platform.ids import shard_of
from assent.platform.tables import Record, Transaction, changed, count, get

COUNT_BOUND = 99
OPTED_OUT = "opted_out"
"""Why a lead left the queue, when an opt-out took it out."""
_PROFILE = {"phone", "subject", "first_name", "last_name", "email", "created_at", "integration_id"}
_PLACE = {"arrived_at", "left_at", "left_by", "left_reason", "moved_to"}


class ContactRecord(Record):
    """`<ac>#<ct>` / `contact`."""

    class Meta:
        table_name = "contacts_table"

    phone = UnicodeAttribute()
    subject = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    email = UnicodeAttribute(default="")
    custom = JSONAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    integration_id = UnicodeAttribute(default="")
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
    groups = UnicodeSetAttribute(null=True)
    erased_at = UTCDateTimeAttribute(null=True)
    erase_through = NumberAttribute(null=True)


class QueueRecord(Record):
    """`<ac>#queue#<shard>` / `<arrived_at>#<ct>`: a place in line and nothing else."""

    class Meta:
        table_name = "contacts_table"


def _contact_key(account_id: str, contact_id: str) -> tuple[str, str]:
    return f"{account_id}#{contact_id}", "contact"


def _queue_key(account_id: str, contact_id: str, arrived_at: datetime) -> tuple[str, str]:
    shard = shard_of(contact_id, settings.current().queue_shards)
    return f"{account_id}#queue#{shard}", f"{stamp(arrived_at)}#{contact_id}"


# Contacts


def add_contact(transaction: Transaction, contact: Contact) -> None:
    """Write a new contact."""
    record = ContactRecord(
        *_contact_key(contact.account_id, contact.id),
        **contact.model_dump(include=_PROFILE),
        custom=contact.custom or None,
        compliance_state=contact.compliance.state.value,
        compliance_rank=COMPLIANCE_RANK[contact.compliance.state],
        compliance_reason=contact.compliance.reason,
        compliance_at=contact.compliance.at,
        queue_state=contact.queue.state.value,
    )
    transaction.put("contact", record, ContactRecord.pk.does_not_exist())


def contact(account_id: str, contact_id: str, *, consistent: bool = False) -> Contact | None:
    """Read one contact."""
    record = get(ContactRecord, *_contact_key(account_id, contact_id), consistent=consistent)
    return _contact(record) if record else None


def contacts(account_id: str, contact_ids: Iterable[str]) -> dict[str, Contact]:
    """Read many contacts, eventually consistent; those that are gone are left out."""
    keys = [_contact_key(account_id, contact_id) for contact_id in contact_ids]
    found = (_contact(record) for record in ContactRecord.batch_get(keys))
    return {one.id: one for one in found}


def _contact(record: ContactRecord) -> Contact:
    account_id, _, contact_id = record.pk.partition("#")
    values = record.attribute_values
    return Contact(
        id=contact_id,
        account_id=account_id,
        compliance=Compliance(
            state=ComplianceState(record.compliance_state),
            reason=record.compliance_reason,
            at=record.compliance_at,
        ),
        queue=QueuePlace(
            state=QueueState(record.queue_state),
            **{name: values[name] for name in _PLACE if values.get(name)},
        ),
        custom=record.custom or {},
        groups=frozenset(record.groups or ()),
        erased_at=record.erased_at,
        erase_through=values.get("erase_through"),
        **{name: values[name] for name in _PROFILE},
    )


def set_compliance(
    account_id: str, contact_id: str, state: ComplianceState, reason: str, at: datetime
) -> bool:
    """Report how the compliance message fares; false when a later report is already known."""
    rank = COMPLIANCE_RANK[state]
    return changed(
        ContactRecord(*_contact_key(account_id, contact_id)),
        [
            ContactRecord.compliance_state.set(state.value),
            ContactRecord.compliance_rank.set(rank),
            ContactRecord.compliance_reason.set(reason),
            ContactRecord.compliance_at.set(at),
        ],
        ContactRecord.compliance_rank < rank,
    )


def add_erased(transaction: Transaction, contact: Contact, through: int, at: datetime) -> None:
    """Blank a contact within a transaction, noting up to which event its chain is to be erased.

    Groups and place in the queue stay until what they lead to is gone.
    """
    blank = ("phone", "first_name", "last_name", "email", "compliance_reason")
    transaction.update(
        "contact",
        ContactRecord(*_contact_key(contact.account_id, contact.id)),
        [
            *(getattr(ContactRecord, name).set("") for name in blank),
            ContactRecord.custom.remove(),
            ContactRecord.erased_at.set(at),
            ContactRecord.erase_through.set(through),
        ],
        ContactRecord.pk.exists() & ContactRecord.erased_at.does_not_exist(),
    )


def end_erasing(contact: Contact) -> None:
    """Say that nothing of an erased contact is left anywhere."""
    ContactRecord(*_contact_key(contact.account_id, contact.id)).update(
        actions=[ContactRecord.erase_through.remove(), ContactRecord.groups.remove()],
        condition=ContactRecord.pk.exists(),
    )


# The opt-in queue


def add_queue_entry(transaction: Transaction, waiting: Contact, at: datetime) -> None:
    """Put a waiting lead in line, on condition that it still waits and nothing failed."""
    transaction.update(
        "waiting",
        ContactRecord(*_contact_key(waiting.account_id, waiting.id)),
        [
            ContactRecord.queue_state.set(QueueState.QUEUED.value),
            ContactRecord.arrived_at.set(at),
        ],
        (ContactRecord.queue_state == QueueState.WAITING.value)
        & (ContactRecord.compliance_rank < COMPLIANCE_RANK[ComplianceState.FAILED]),
    )
    transaction.put("entry", QueueRecord(*_queue_key(waiting.account_id, waiting.id, at)))


def add_move(
    transaction: Transaction, queued: Contact, group_id: str, by: str, at: datetime
) -> None:
    """Take a contact out of the queue and into a group, on condition that it is in the queue."""
    if queued.queue.arrived_at is None:
        raise ValueError("a contact that never arrived cannot be moved")
    transaction.update(
        "queued",
        ContactRecord(*_contact_key(queued.account_id, queued.id)),
        [
            ContactRecord.queue_state.set(QueueState.MOVED.value),
            ContactRecord.left_at.set(at),
            ContactRecord.left_by.set(by),
            ContactRecord.moved_to.set(group_id),
            ContactRecord.groups.add([group_id]),
        ],
        ContactRecord.queue_state == QueueState.QUEUED.value,
    )
    transaction.delete(
        "entry", QueueRecord(*_queue_key(queued.account_id, queued.id, queued.queue.arrived_at))
    )


def add_joining(
    transaction: Transaction, joining: Contact, group_id: str, by: str, at: datetime
) -> None:
    """Put a contact into a group by its own word; a lead leaves the queue, or never enters it."""
    if joining.queue.state == QueueState.QUEUED:
        add_move(transaction, joining, group_id, by, at)
        return
    actions: list[Action] = [ContactRecord.groups.add([group_id])]
    if joining.queue.state == QueueState.WAITING:
        actions += [
            ContactRecord.queue_state.set(QueueState.MOVED.value),
            ContactRecord.left_at.set(at),
            ContactRecord.left_by.set(by),
            ContactRecord.moved_to.set(group_id),
        ]
    transaction.update(
        "joining",
        ContactRecord(*_contact_key(joining.account_id, joining.id)),
        actions,
        (ContactRecord.queue_state == joining.queue.state.value)
        & ContactRecord.erased_at.does_not_exist(),
    )


def leave_queue(contact: Contact, reason: str, at: datetime) -> bool:
    """Take a lead out of the queue for good; false when it is not in it.

    The contact first, then its place in line: a crash between the two is mended by the next try.
    """
    left = changed(
        ContactRecord(*_contact_key(contact.account_id, contact.id)),
        [
            ContactRecord.queue_state.set(QueueState.REMOVED.value),
            ContactRecord.left_at.set(at),
            ContactRecord.left_reason.set(reason),
        ],
        ContactRecord.queue_state.is_in(QueueState.WAITING.value, QueueState.QUEUED.value),
    )
    now = get(ContactRecord, *_contact_key(contact.account_id, contact.id), consistent=True)
    if now and now.queue_state == QueueState.REMOVED and now.arrived_at is not None:
        QueueRecord(*_queue_key(contact.account_id, contact.id, now.arrived_at)).delete()
    return left


def add_return(transaction: Transaction, removed: Contact, at: datetime) -> None:
    """Put a lead that an opt-out took out of the queue back in its old place."""
    transaction.update(
        "removed",
        ContactRecord(*_contact_key(removed.account_id, removed.id)),
        [
            ContactRecord.queue_state.set(QueueState.QUEUED.value),
            ContactRecord.arrived_at.set(at),
            ContactRecord.left_at.remove(),
            ContactRecord.left_reason.set(""),
        ],
        (ContactRecord.queue_state == QueueState.REMOVED.value)
        & (ContactRecord.left_reason == OPTED_OUT),
    )
    transaction.put("entry", QueueRecord(*_queue_key(removed.account_id, removed.id, at)))


def queue_page(
    account_id: str, *, newest_first: bool, after: str | None, limit: int
) -> list[tuple[str, datetime]]:
    """List contact ids in the queue with their arrival, in order, beyond the key `after`."""

    def shard(number: int) -> Iterable[str]:
        key = f"{account_id}#queue#{number}"
        beyond = None
        if after:
            beyond = QueueRecord.sk < after if newest_first else QueueRecord.sk > after
        found = QueueRecord.query(
            key, beyond, scan_index_forward=not newest_first, limit=limit, page_size=limit
        )
        return (record.sk for record in found)

    shards = [shard(number) for number in range(settings.current().queue_shards)]
    keys = islice(merge(*shards, reverse=newest_first), limit)
    split = (key.partition("#") for key in keys)
    return [(contact_id, datetime.fromisoformat(at)) for at, _, contact_id in split]


def queue_count(account_id: str) -> int:
    """Count the queue, no further than one past `COUNT_BOUND`."""
    total = 0
    for number in range(settings.current().queue_shards):
        total += count(QueueRecord, f"{account_id}#queue#{number}", COUNT_BOUND + 1 - total)
        if total > COUNT_BOUND:
            break
    return total
