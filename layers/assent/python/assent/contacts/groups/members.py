"""Who can be put into a group, and putting in and taking out one contact."""

from dataclasses import dataclass
from datetime import datetime

from assent.accounts.model import Account
from assent.consent import store as consent
from assent.contacts import reach
from assent.contacts import store as contacts
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.history import service as history
from assent.contacts.history.model import Person, What, event
from assent.contacts.model import Contact, QueueState
from assent.contacts.reach import Reach
from assent.contacts.refusals import erased
from assent.platform.errors import AssentError, Conflict, NotFound
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5


@dataclass(frozen=True)
class Act:
    """Who puts somebody in or takes somebody out, and when."""

    by: Person
    at: datetime


def add_member(
    transaction: Transaction, contact: Contact, group: Group, found: Reach, act: Act
) -> None:
    """Put a contact into a group, on condition that no opt-out came since its reach was read."""
    member_store.add_joined(transaction, contact, membership(contact, group, found))
    check_open(transaction, contact, group, found)
    joined = event(What.GROUP_JOINED, act.at, act.by, group_id=group.id)
    history.record(transaction, contact.account_id, contact.id, joined)


def add_left(transaction: Transaction, contact: Contact, group_id: str, act: Act) -> None:
    """Take a contact out of a group."""
    member_store.add_left(transaction, contact.account_id, contact.id, group_id)
    left = event(What.GROUP_LEFT, act.at, act.by, group_id=group_id)
    history.record(transaction, contact.account_id, contact.id, left)


def check_open(transaction: Transaction, contact: Contact, group: Group, found: Reach) -> None:
    """Require that nothing stands now against a channel that was open when it was read."""
    if found.open:
        consent.check_open(
            transaction, group.sender_id, contact.subject, contact.account_id, found.open
        )


def membership(contact: Contact, group: Group, found: Reach) -> Membership:
    """Describe a contact's place in a group."""
    return Membership(
        group_id=group.id,
        contact_id=contact.id,
        phone=contact.phone,
        subject=contact.subject,
        channels=found.channels,
    )


def refusal(contact: Contact, found: Reach | None) -> AssentError | None:
    """Say why a contact cannot be put into a group, if it cannot."""
    if contact.erased_at:
        return erased()
    if contact.queue.state in (QueueState.QUEUED, QueueState.WAITING):
        return Conflict(
            "in_opt_in_queue",
            "This contact is in the opt-in queue, or on its way there. Move it from there.",
        )
    if found and found.is_listed:
        return opted_out()
    return None


def opted_out() -> Conflict:
    """Refuse a number that is on the opt-out list."""
    return Conflict(
        "opted_out",
        "This number is on the opt-out list, so no channel is left to reach it by in this group.",
    )


def add(account: Account, contact_id: str, group: Group, act: Act) -> Contact:
    """Put one contact into a group; who is in it already stays as it is. Raises the refusal."""
    for _ in range(_ATTEMPTS):
        contact = _contact(account.id, contact_id)
        if group.id in contact.groups:
            return contact
        found = reach.of_phones(account.id, group.sender_id, [contact.subject])[contact.subject]
        if refused := refusal(contact, found):
            raise refused
        transaction = Transaction()
        add_member(transaction, contact, group, found, act)
        try:
            transaction.commit()
        except (ConditionFailed, Contention):
            continue  # an opt-out, or somebody else, was at it: look again at how it is
        return _contact(account.id, contact_id)
    raise Contention


def remove(account: Account, contact_id: str, group: Group, act: Act) -> Contact:
    """Take one contact out of a group; who is not in it stays as it is."""
    for _ in range(_ATTEMPTS):
        contact = _contact(account.id, contact_id)
        if group.id not in contact.groups:
            return contact
        transaction = Transaction()
        add_left(transaction, contact, group.id, act)
        try:
            transaction.commit()
        except (ConditionFailed, Contention):
            continue
        return _contact(account.id, contact_id)
    raise Contention


def _contact(account_id: str, contact_id: str) -> Contact:
    found = contacts.contact(account_id, contact_id, consistent=True)
    if found is None:
        raise NotFound("unknown_contact", "This account has no such contact.")
    return found
