"""The opt-in queue: how a lead enters it, and how an operator moves it on."""

from dataclasses import dataclass
from datetime import datetime

from assent.accounts.model import Account
from assent.consent import store as consent
from assent.contacts import reach, store
from assent.contacts.groups import store as group_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.history import service as history
from assent.contacts.history.model import Person, What, event
from assent.contacts.model import (
    COMPLIANCE_RANK,
    ComplianceState,
    Contact,
    EnterQueue,
    QueueState,
    WhyEnter,
)
from assent.contacts.queue import store as queue_store
from assent.contacts.refusals import erased
from assent.contacts.service import holding
from assent.platform.clock import Clock
from assent.platform.errors import Conflict
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5


@dataclass(frozen=True)
class Refusal:
    """Why one contact was not moved: a code, plain words, and who was faster."""

    contact_id: str
    code: str
    message: str
    by: str = ""
    group: str = ""


def enter(command: EnterQueue, sender_id: str, clock: Clock) -> str:
    """Let a lead into the queue unless it failed, left or opted out meanwhile; says which."""
    waiting = store.contact(command.account_id, command.contact_id, consistent=True)
    if waiting is None:
        return "no_contact"
    delivered = command.why == WhyEnter.DELIVERED
    if waiting.queue.state != QueueState.WAITING:
        if delivered:
            _note_delivered(waiting, clock)
        return f"already_{waiting.queue.state}"
    if command.why == WhyEnter.NO_RECEIPT and not _was_handed_over(waiting):
        # The provider was busy. The send that it takes at last brings a wait of its own.
        return "not_sent_yet"
    transaction = Transaction()
    queue_store.add_queue_entry(transaction, waiting, clock.now(), delivered=delivered)
    consent.check_open(
        transaction, sender_id, waiting.subject, waiting.account_id, holding(waiting)
    )
    try:
        transaction.commit()
    except ConditionFailed as failure:
        if delivered:
            _note_delivered(waiting, clock)
        if "not_opted_out" in failure.failed:
            queue_store.leave_queue(waiting, queue_store.OPTED_OUT, clock.now())
            return "opted_out"
        # Its compliance message failed, or another worker let it in.
        return "no_longer_waiting"
    return "entered"


def _note_delivered(contact: Contact, clock: Clock) -> None:
    store.set_compliance(contact.account_id, contact.id, ComplianceState.DELIVERED, "", clock.now())


def _was_handed_over(contact: Contact) -> bool:
    return COMPLIANCE_RANK[contact.compliance.state] >= COMPLIANCE_RANK[ComplianceState.UNKNOWN]


def move(account: Account, contact_id: str, group: Group, by: str, clock: Clock) -> Refusal | None:
    """Move one contact from the queue to a group in one transaction, or say why not."""
    for _ in range(_ATTEMPTS):
        try:
            return _move(account, contact_id, group, by, clock)
        except Contention:
            # Another operator's move, or a STOP, is at the same contact: look again at how it is.
            continue
    raise Contention


def _move(account: Account, contact_id: str, group: Group, by: str, clock: Clock) -> Refusal | None:
    queued = store.contact(account.id, contact_id, consistent=True)
    if queued is None:
        return _unknown(contact_id)
    refusal = why_not_moved(account, queued)
    if refusal:
        return refusal
    transaction = Transaction()
    queue_store.add_move(transaction, queued, group.id, by, clock.now())
    member_store.add_membership(
        transaction,
        account.id,
        Membership(
            group_id=group.id,
            contact_id=contact_id,
            phone=queued.phone,
            subject=queued.subject,
            channels=reach.channels(queued, group.sender_id),
        ),
    )
    consent.check_open(transaction, group.sender_id, queued.subject, account.id, holding(queued))
    try:
        transaction.commit()
    except ConditionFailed as failure:
        if "not_opted_out" in failure.failed:
            return opted_out(contact_id)
        now = store.contact(account.id, contact_id, consistent=True) or queued
        return why_not_moved(account, now) or not_queued(account, now)
    return None


def undo(
    account: Account, contact_id: str, group_id: str, by: Person, clock: Clock
) -> Refusal | None:
    """Put one contact back from the group it was moved to, in its old place, or say why not.

    Only while it is where the move put it and nowhere else, and nothing stands against it. Who asks
    again after it was done is told `already_undone`.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _undo(account, contact_id, group_id, by, clock)
        except Contention:
            continue
    raise Contention


def _undo(
    account: Account, contact_id: str, group_id: str, by: Person, clock: Clock
) -> Refusal | None:
    moved = store.contact(account.id, contact_id, consistent=True)
    if moved is None:
        return _unknown(contact_id)
    refusal = why_not_undone(account, moved, group_id)
    if refusal:
        return refusal
    target = group_store.group(account.id, group_id)
    sender_id = target.sender_id if target else account.sender_id
    transaction = Transaction()
    add_undo(transaction, moved, sender_id, by, clock.now())
    try:
        transaction.commit()
    except ConditionFailed as failure:
        if "not_opted_out" in failure.failed:
            return opted_out(contact_id)
        found = store.contact(account.id, contact_id, consistent=True)
        return why_not_undone(account, found or moved, group_id) or changed_since(moved)
    return None


def add_undo(
    transaction: Transaction, moved: Contact, sender_id: str, by: Person, at: datetime
) -> None:
    """Put a contact back into its old place within a transaction, unless an opt-out came."""
    account_id, group_id = moved.account_id, moved.queue.moved_to
    queue_store.add_undo(transaction, moved, by.name, at)
    history.keep_place(transaction, moved)
    back = event(What.QUEUE_BACK, at, by, group_id=group_id)
    history.record(transaction, account_id, moved.id, back)
    member_store.add_leaving(transaction, account_id, group_id, moved.id)
    consent.check_open(transaction, sender_id, moved.subject, account_id, holding(moved))


def why_not_undone(account: Account, contact: Contact, group_id: str) -> Refusal | None:
    """Say why a contact cannot go back to the queue from a group, if it cannot."""
    place = contact.queue
    if place.state == QueueState.QUEUED and place.undone and place.undone.moved_to == group_id:
        return Refusal(
            contact.id,
            "already_undone",
            f"{place.undone.by} put this contact back into the queue already.",
            by=place.undone.by,
        )
    if place.state != QueueState.MOVED or place.arrived_at is None:
        return Refusal(contact.id, "not_moved", "No move from the queue is there to be undone.")
    if place.moved_to != group_id:
        return not_queued(account, contact)
    if contact.groups != {group_id}:
        return changed_since(contact)
    if contact.compliance.state in (ComplianceState.FAILED, ComplianceState.EXCLUDED):
        return Refusal(
            contact.id,
            "compliance_failed",
            "The compliance message of this contact failed since, so it is not for the queue.",
        )
    return None


def changed_since(contact: Contact) -> Refusal:
    """Say that a move is no longer what happened last."""
    return Refusal(
        contact.id,
        "changed_since",
        "This contact was put into another group, or taken out of this one, since the move.",
    )


def _unknown(contact_id: str) -> Refusal:
    return Refusal(contact_id, "unknown_contact", "This account has no such contact.")


def opted_out(contact_id: str) -> Refusal:
    """Say that an opt-out came before."""
    return Refusal(
        contact_id,
        "opted_out",
        "This contact has opted out, so it is on the opt-out list.",
    )


def refuse_queued(contact: Contact) -> None:
    """Raise `Conflict` for a contact that waits in the queue: only a move gets it into a group."""
    if contact.queue.state == QueueState.QUEUED:
        raise Conflict(
            "in_opt_in_queue",
            "This contact waits in the opt-in queue. Move it from there to a group first.",
        )


def why_not_moved(account: Account, contact: Contact) -> Refusal | None:
    """Say why a contact cannot be moved from the queue, if it cannot."""
    if contact.erased_at:
        # It stays in line for a moment, until what is left of it is cleared away.
        return Refusal(contact.id, erased().code, erased().message)
    return None if contact.queue.state == QueueState.QUEUED else not_queued(account, contact)


def not_queued(account: Account, contact: Contact) -> Refusal:
    """Say why a contact that is not in the queue is not, and who was faster."""
    if contact.queue.state == QueueState.MOVED:
        target = group_store.group(account.id, contact.queue.moved_to)
        name = target.name if target else "a group"
        return Refusal(
            contact.id,
            "already_moved",
            f"{contact.queue.left_by} moved this contact to “{name}” already.",
            by=contact.queue.left_by,
            group=name,
        )
    if contact.queue.state == QueueState.REMOVED:
        return Refusal(
            contact.id,
            contact.queue.left_reason,
            "This contact left the queue: it opted out, or its compliance message failed.",
        )
    return Refusal(
        contact.id,
        "not_in_queue",
        "This contact is not in the opt-in queue yet: its compliance message is on its way.",
    )
