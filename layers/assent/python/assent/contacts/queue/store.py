"""The opt-in queue in the `contacts` table: places in line, and what they change of a contact."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.condition import size as size_of
from pynamodb.expressions.update import Action

from assent.consent.model import Channel, Status
from assent.contacts.directory import words
from assent.contacts.model import COMPLIANCE_RANK, ComplianceState, Contact, QueueState, Undone
from assent.contacts.store import ContactRecord, compliance_actions, contact_key, mark_actions
from assent.platform import settings
from assent.platform.clock import stamp
from assent.platform.ids import shard_of
from assent.platform.tables import (
    ConditionFailed,
    Record,
    Stretch,
    Transaction,
    along,
    changed,
    count,
    get,
)

COUNT_BOUND = 99
OPTED_OUT = "opted_out"
"""Why a lead left the queue, when an opt-out took it out."""


class QueueRecord(Record):
    """`<ac>#queue#<shard>` / `<arrived_at>#<ct>`: a place in line.

    With what the lead was found by when it arrived, so that a search walks the line and reads only
    those whom it finds. What was edited since is found by the directory's entries.
    """

    class Meta:
        table_name = "contacts_table"

    words = UnicodeAttribute(default="")
    email = UnicodeAttribute(default="")
    digits = UnicodeAttribute(default="")
    integration_id = UnicodeAttribute(default="")


@dataclass(frozen=True)
class Place:
    """A place in line: `<arrived_at>#<ct>`, and what is known of who stands there."""

    key: str
    words: str = ""
    email: str = ""
    digits: str = ""
    integration_id: str = ""

    @property
    def contact_id(self) -> str:
        """Who stands there."""
        return self.key.partition("#")[2]


def queue_key(account_id: str, contact_id: str, arrived_at: datetime) -> tuple[str, str]:
    """Return the key of a place in line."""
    shard = shard_of(contact_id, settings.current().queue_shards)
    return f"{account_id}#queue#{shard}", f"{stamp(arrived_at)}#{contact_id}"


def position(contact: Contact) -> str:
    """Return where a contact stands, or stood, in line: `<arrived_at>#<ct>`."""
    if contact.queue.arrived_at is None:
        raise ValueError("a contact that never arrived stands nowhere")
    return queue_key(contact.account_id, contact.id, contact.queue.arrived_at)[1]


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
        (ContactRecord.queue_state == QueueState.WAITING.value) & _came_or_may_come(),
    )
    transaction.put("entry", place_in_line(waiting, at))


def _came_or_may_come() -> Condition:
    """Require that the compliance message did not fail, or that none is due to a landline."""
    not_failed: Condition = ContactRecord.compliance_rank < COMPLIANCE_RANK[ComplianceState.FAILED]
    landline: Condition = ContactRecord.compliance_state == ComplianceState.NOT_TEXTABLE.value
    either: Condition = not_failed | landline
    return either


def place_in_line(contact: Contact, at: datetime) -> QueueRecord:
    """Describe a contact's place, with what it is found by in the queue."""
    return QueueRecord(
        *queue_key(contact.account_id, contact.id, at),
        words=" ".join(words.of_name(contact)),
        email=words.email(contact.email),
        digits=words.digits(contact.phone),
        integration_id=contact.integration_id,
    )


def begin_waiting(lead: Contact) -> bool:
    """Let a contact that never was a lead wait like one that is new; false where it may not.

    It was made by hand or by an import, has had no compliance message, and is in no group.
    """
    return changed(
        ContactRecord(*contact_key(lead.account_id, lead.id)),
        [
            ContactRecord.queue_state.set(QueueState.WAITING.value),
            ContactRecord.integration_id.set(lead.integration_id),
            ContactRecord.line_type.set(lead.line_type),
            *compliance_actions(lead.compliance.state, lead.compliance.reason, lead.created_at),
        ],
        (ContactRecord.queue_state == QueueState.OUTSIDE.value)
        & (ContactRecord.compliance_state == ComplianceState.NOT_SENT.value)
        & (ContactRecord.subject == lead.subject)
        & ContactRecord.groups.does_not_exist()
        & ContactRecord.erased_at.does_not_exist(),
    )


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
        & (ContactRecord.subject == queued.subject)
        # Whoever erases a person takes out the memberships that there were when that began.
        & ContactRecord.erased_at.does_not_exist(),
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
    key = contact_key(contact.account_id, contact.id)
    now = get(ContactRecord, *key, consistent=True)
    if now and now.queue_state == QueueState.REMOVED and now.arrived_at is not None:
        QueueRecord(*queue_key(contact.account_id, contact.id, now.arrived_at)).delete()
        again = get(ContactRecord, *key, consistent=True)
        if again and again.queue_state == QueueState.QUEUED:
            _restore(contact, again.arrived_at)
    return left


def _restore(contact: Contact, at: datetime) -> None:
    """Give a place back that was taken from a contact which had just been put back into it."""
    transaction = Transaction()
    transaction.put("entry", place_in_line(contact, at))
    transaction.check(
        "queued",
        ContactRecord,
        contact_key(contact.account_id, contact.id),
        ContactRecord.queue_state == QueueState.QUEUED.value,
    )
    with suppress(ConditionFailed):  # it has left again since
        transaction.commit()


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
    transaction.put("entry", place_in_line(removed, at))


def add_undo(transaction: Transaction, moved: Contact, by: str, at: datetime) -> None:
    """Put a contact back from where a move took it, if it is there still and nowhere else."""
    place = moved.queue
    if place.arrived_at is None or place.left_at is None:
        raise ValueError("a contact that was not moved out of the queue cannot be put back")
    undone = Undone(
        at=at, by=by, moved_at=place.left_at, moved_by=place.left_by, moved_to=place.moved_to
    )
    transaction.update(
        "moved",
        ContactRecord(*contact_key(moved.account_id, moved.id)),
        [
            ContactRecord.queue_state.set(QueueState.QUEUED.value),
            ContactRecord.left_at.remove(),
            ContactRecord.left_by.set(""),
            ContactRecord.moved_to.set(""),
            ContactRecord.undone.set(undone.model_dump(mode="json")),
            ContactRecord.groups.delete([place.moved_to]),
        ],
        (ContactRecord.queue_state == QueueState.MOVED.value)
        & (ContactRecord.left_at == place.left_at)
        & (ContactRecord.moved_to == place.moved_to)
        & ContactRecord.groups.contains(place.moved_to)
        & (size_of(ContactRecord.groups) == 1)  # type: ignore[no-untyped-call]
        & ContactRecord.erased_at.does_not_exist()
        & _came_or_may_come(),
    )
    transaction.put("entry", place_in_line(moved, place.arrived_at))


def delete_places(contacts: Iterable[Contact]) -> None:
    """Remove the places in line of contacts that are to be deleted."""
    with QueueRecord.batch_write() as batch:
        for one in contacts:
            if one.queue.arrived_at is not None:
                batch.delete(QueueRecord(*queue_key(one.account_id, one.id, one.queue.arrived_at)))


def places(account_id: str, shard: int, stretch: Stretch) -> Iterator[Place]:
    """Walk one shard of the queue in the order of arrival."""
    found = along(QueueRecord, f"{account_id}#queue#{shard}", stretch)
    return (
        Place(record.sk, record.words, record.email, record.digits, record.integration_id)
        for record in found
    )


def size(account_id: str) -> int:
    """Count the queue, no further than one past `COUNT_BOUND`."""
    total = 0
    for number in range(settings.current().queue_shards):
        total += count(QueueRecord, f"{account_id}#queue#{number}", COUNT_BOUND + 1 - total)
        if total > COUNT_BOUND:
            break
    return total
