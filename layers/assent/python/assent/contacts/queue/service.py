"""The opt-in queue: how a lead enters it, and how an operator moves it on."""

from dataclasses import dataclass

from assent.accounts.model import Account
from assent.consent import store as consent
from assent.consent.model import Channel
from assent.contacts import store
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.model import (
    COMPLIANCE_RANK,
    ComplianceState,
    Contact,
    EnterQueue,
    QueueState,
    WhyEnter,
)
from assent.contacts.queue import store as queue_store
from assent.contacts.service import reachable
from assent.platform.clock import Clock
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
    consent.check_not_blocked(
        transaction, sender_id, waiting.subject, waiting.account_id, Channel.SMS
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
        return Refusal(contact_id, "unknown_contact", "This account has no such contact.")
    if queued.queue.state != QueueState.QUEUED:
        return _not_queued(account, queued)
    transaction = Transaction()
    queue_store.add_move(transaction, queued, group.id, by, clock.now())
    group_store.add_membership(
        transaction,
        account.id,
        Membership(
            group_id=group.id,
            contact_id=contact_id,
            phone=queued.phone,
            subject=queued.subject,
            channels=reachable(queued, group.sender_id),
        ),
    )
    consent.check_not_blocked(transaction, group.sender_id, queued.subject, account.id, Channel.SMS)
    try:
        transaction.commit()
    except ConditionFailed as failure:
        if "not_opted_out" in failure.failed:
            return Refusal(
                contact_id,
                "opted_out",
                "This contact has just opted out of SMS, so it is on the opt-out list.",
            )
        now = store.contact(account.id, contact_id, consistent=True)
        return _not_queued(account, now or queued)
    return None


def _not_queued(account: Account, contact: Contact) -> Refusal:
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
