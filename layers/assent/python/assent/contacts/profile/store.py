"""Edits of the profile in the `contacts` table; contacts themselves are `contacts.store`'s."""

from pynamodb.expressions.update import Action

from assent.contacts.model import Contact, QueueState
from assent.contacts.queue.store import QueueRecord, queue_key
from assent.contacts.store import ContactRecord, contact_key, same_labels, unedited
from assent.platform.tables import Transaction

_TEXTS = ("first_name", "last_name", "email", "zone", "edited_by")


def add_profile(transaction: Transaction, before: Contact, after: Contact) -> None:
    """Write an edited profile, on condition that nobody edited it since it was read."""
    _add(transaction, before, after, [])


def _add(transaction: Transaction, before: Contact, after: Contact, more: list[Action]) -> None:
    custom, at = ContactRecord.custom, after.edited_at
    if at is None:
        raise ValueError("an edit has a time")
    condition = unedited(before)
    if more:
        condition &= ContactRecord.queue_state == before.queue.state.value
    transaction.update(
        "profile",
        ContactRecord(*contact_key(after.account_id, after.id)),
        [
            *(getattr(ContactRecord, name).set(getattr(after, name)) for name in _TEXTS),
            custom.set(after.custom) if after.custom else custom.remove(),
            ContactRecord.version.set(after.version),
            ContactRecord.edited_at.set(at),
            *more,
        ],
        condition,
    )


def add_renumbered(transaction: Transaction, before: Contact, after: Contact) -> None:
    """Write a profile with another number, out of the queue if it was there or on its way there.

    On condition that nobody edited it, and that its place in the queue is as it was read.
    """
    place = after.queue
    _add(
        transaction,
        before,
        after,
        [
            ContactRecord.phone.set(after.phone),
            ContactRecord.subject.set(after.subject),
            ContactRecord.line_type.set(after.line_type),
            ContactRecord.former.set({str(one) for one in after.former}),
            # Added to, not set: whoever worked marks out of the old number's records gives way.
            ContactRecord.marked.add(1),
            ContactRecord.queue_state.set(place.state.value),
            ContactRecord.left_by.set(place.left_by),
            ContactRecord.left_reason.set(place.left_reason),
            *([ContactRecord.left_at.set(place.left_at)] if place.left_at else []),
        ],
    )
    if before.queue.state == QueueState.QUEUED and before.queue.arrived_at:
        transaction.delete(
            "place", QueueRecord(*queue_key(before.account_id, before.id, before.queue.arrived_at))
        )


def add_tags(transaction: Transaction, before: Contact, after: Contact) -> None:
    """Write which labels a contact has and whether it is a favourite, as it was read but for them.

    Edits of the profile go on beside this: neither looks at the other's fields.
    """
    labels = ContactRecord.labels
    transaction.update(
        "tags",
        ContactRecord(*contact_key(after.account_id, after.id)),
        [
            ContactRecord.favourite.set(after.favourite),
            labels.set(set(after.labels)) if after.labels else labels.remove(),
        ],
        ContactRecord.pk.exists() & ContactRecord.erased_at.does_not_exist() & same_labels(before),
    )
