"""The opt-in queue in the `contacts` table: places in line, and what they change of a contact."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from heapq import merge
from itertools import islice

from pynamodb.expressions.update import Action

from assent.consent.model import Channel, Status
from assent.contacts.model import COMPLIANCE_RANK, ComplianceState, Contact, QueueState
from assent.contacts.store import ContactRecord, compliance_actions, contact_key, mark_actions
from assent.platform import settings
from assent.platform.clock import stamp
from assent.platform.ids import shard_of
from assent.platform.tables import Record, Stretch, Transaction, along, changed, count, get

COUNT_BOUND = 99
OPTED_OUT = "opted_out"
"""Why a lead left the queue, when an opt-out took it out."""


class QueueRecord(Record):
    """`<ac>#queue#<shard>` / `<arrived_at>#<ct>`: a place in line and nothing else."""

    class Meta:
        table_name = "contacts_table"


def queue_key(account_id: str, contact_id: str, arrived_at: datetime) -> tuple[str, str]:
    """Return the key of a place in line."""
    shard = shard_of(contact_id, settings.current().queue_shards)
    return f"{account_id}#queue#{shard}", f"{stamp(arrived_at)}#{contact_id}"


def add_queue_entry(
    transaction: Transaction, waiting: Contact, at: datetime, *, delivered: bool
) -> None:
    """Put a waiting lead in line, on condition that it still waits and nothing failed.

    With `delivered`, note in the same write that its compliance message was.
    """
    notes = compliance_actions(ComplianceState.DELIVERED, "", at) if delivered else []
    transaction.update(
        "waiting",
        ContactRecord(*contact_key(waiting.account_id, waiting.id)),
        [
            ContactRecord.queue_state.set(QueueState.QUEUED.value),
            ContactRecord.arrived_at.set(at),
            *notes,
        ],
        (ContactRecord.queue_state == QueueState.WAITING.value)
        & (ContactRecord.compliance_rank < COMPLIANCE_RANK[ComplianceState.FAILED]),
    )
    transaction.put("entry", QueueRecord(*queue_key(waiting.account_id, waiting.id, at)))


def add_move(
    transaction: Transaction, queued: Contact, group_id: str, by: str, at: datetime
) -> None:
    """Take a contact out of the queue and into a group, on condition that it is in the queue."""
    if queued.queue.arrived_at is None:
        raise ValueError("a contact that never arrived cannot be moved")
    transaction.update(
        "queued",
        ContactRecord(*contact_key(queued.account_id, queued.id)),
        [
            ContactRecord.queue_state.set(QueueState.MOVED.value),
            ContactRecord.left_at.set(at),
            ContactRecord.left_by.set(by),
            ContactRecord.moved_to.set(group_id),
            ContactRecord.groups.add([group_id]),
        ],
        (ContactRecord.queue_state == QueueState.QUEUED.value)
        # The membership written along with this is for the number that was read.
        & (ContactRecord.subject == queued.subject),
    )
    transaction.delete(
        "entry", QueueRecord(*queue_key(queued.account_id, queued.id, queued.queue.arrived_at))
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
        ContactRecord(*contact_key(joining.account_id, joining.id)),
        actions,
        (ContactRecord.queue_state == joining.queue.state.value)
        & (ContactRecord.subject == joining.subject)
        & ContactRecord.erased_at.does_not_exist(),
    )


def leave_queue(
    contact: Contact, reason: str, at: datetime, marks: Mapping[Channel, Status] | None = None
) -> bool:
    """Take a lead out of the queue for good; false when it is not in it.

    The contact first, with its new marks if they are given, then its place in line: a crash
    between the two is mended by the next try.
    """
    condition = ContactRecord.queue_state.is_in(QueueState.WAITING.value, QueueState.QUEUED.value)
    if marks:
        condition &= ContactRecord.marked == contact.marked
    left = changed(
        ContactRecord(*contact_key(contact.account_id, contact.id)),
        [
            ContactRecord.queue_state.set(QueueState.REMOVED.value),
            ContactRecord.left_at.set(at),
            ContactRecord.left_reason.set(reason),
            *(mark_actions(contact, marks) if marks else ()),
        ],
        condition,
    )
    now = get(ContactRecord, *contact_key(contact.account_id, contact.id), consistent=True)
    if now and now.queue_state == QueueState.REMOVED and now.arrived_at is not None:
        QueueRecord(*queue_key(contact.account_id, contact.id, now.arrived_at)).delete()
    return left


def add_return(transaction: Transaction, removed: Contact, at: datetime) -> None:
    """Put a lead that an opt-out took out of the queue back in its old place."""
    transaction.update(
        "removed",
        ContactRecord(*contact_key(removed.account_id, removed.id)),
        [
            ContactRecord.queue_state.set(QueueState.QUEUED.value),
            ContactRecord.arrived_at.set(at),
            ContactRecord.left_at.remove(),
            ContactRecord.left_reason.set(""),
        ],
        (ContactRecord.queue_state == QueueState.REMOVED.value)
        & (ContactRecord.left_reason == OPTED_OUT),
    )
    transaction.put("entry", QueueRecord(*queue_key(removed.account_id, removed.id, at)))


def page(
    account_id: str, *, newest_first: bool, after: str | None, limit: int
) -> list[tuple[str, datetime]]:
    """List contact ids in the queue with their arrival, in order, beyond the key `after`."""
    stretch = Stretch(page_size=limit, newest_first=newest_first, after=after)
    shards = [
        places(account_id, number, stretch) for number in range(settings.current().queue_shards)
    ]
    keys = islice(merge(*shards, reverse=newest_first), limit)
    split = (key.partition("#") for key in keys)
    return [(contact_id, datetime.fromisoformat(at)) for at, _, contact_id in split]


def places(account_id: str, shard: int, stretch: Stretch) -> Iterator[str]:
    """Walk one shard of the queue, `<arrived_at>#<ct>`, in the order of arrival."""
    return (record.sk for record in along(QueueRecord, f"{account_id}#queue#{shard}", stretch))


def size(account_id: str) -> int:
    """Count the queue, no further than one past `COUNT_BOUND`."""
    total = 0
    for number in range(settings.current().queue_shards):
        total += count(QueueRecord, f"{account_id}#queue#{number}", COUNT_BOUND + 1 - total)
        if total > COUNT_BOUND:
            break
    return total
