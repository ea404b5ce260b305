"""Recording what happens to contacts, and the notes that users write about them."""

from assent.contacts.history import store
from assent.contacts.history.model import LONGEST_NOTE, Entry, Person, What, event, note
from assent.contacts.model import Contact, QueueState
from assent.contacts.refusals import erased
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5


def record(
    transaction: Transaction | None, account_id: str, contact_id: str, happened: Entry
) -> None:
    """Record an event, within a transaction or by itself; with `once`, safe to repeat."""
    if transaction is None:
        store.put(account_id, contact_id, happened)
    else:
        store.add(transaction, account_id, contact_id, happened)


def left_queue(contact: Contact) -> Entry | None:
    """Say how a contact left the queue, as its place tells; always the same entry of one leaving.

    While the place tells it, the timeline shows it from there: a move need not write it twice.
    """
    place = contact.queue
    if place.left_at is None or place.state not in (QueueState.MOVED, QueueState.REMOVED):
        return None
    moved = place.state == QueueState.MOVED
    return event(
        What.QUEUE_LEFT,
        place.left_at,
        Person(id="", name=place.left_by) if place.left_by else None,
        once=(contact.id,),
        # A place that was written over may still name what it told before.
        group_id=place.moved_to if moved else "",
        reason="" if moved else place.left_reason,
    )


def keep_place(transaction: Transaction, contact: Contact) -> None:
    """Keep how a contact left the queue, within the transaction that writes over its place (Q11).

    Whatever brings a contact back to the queue calls this: undoing a move, putting it back.
    """
    left = left_queue(contact)
    if left:
        store.add(transaction, contact.account_id, contact.id, left)


# Notes


def add_note(account_id: str, contact: Contact, text: str, by: Person, clock: Clock) -> Entry:
    """Write a note about a contact."""
    made = note(clock.now(), by, _checked(text))
    for _ in range(_ATTEMPTS):
        transaction = Transaction()
        store.add_note(transaction, account_id, contact.id, made)
        try:
            transaction.commit()
        except ConditionFailed:
            raise erased() from None
        except Contention:
            continue
        return made
    raise Contention


def _checked(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        message = f"Write a note of 1 to {LONGEST_NOTE:,} characters."
        field = FieldError(field="text", code="length", message=message)
        raise Invalid("invalid_note", message, fields=[field])
    return text


def find_note(account_id: str, contact_id: str, note_id: str) -> Entry:
    """Return a note, or raise `NotFound`."""
    found = store.note(account_id, contact_id, note_id)
    if found is None:
        raise NotFound("unknown_note", "This contact has no such note.")
    return found


def edit_note(
    account_id: str, contact_id: str, note_id: str, text: str, by: Person, clock: Clock
) -> Entry:
    """Change one's own note; that it was edited stays to be seen."""
    found = find_note(account_id, contact_id, note_id)
    if found.actor != by.id:
        raise Forbidden("not_your_note", f"{found.by} wrote this note. Only its author edits it.")
    text = _checked(text)
    if text == found.text:
        return found
    at = clock.now()
    if not store.change_note(account_id, contact_id, found, text, at):
        raise Conflict("edited_meanwhile", "This note was changed or deleted meanwhile.")
    return found.model_copy(update={"text": text, "edited_at": at})


def delete_note(
    account_id: str, contact_id: str, note_id: str, by: Person, *, any_author: bool
) -> None:
    """Delete one's own note, or with `any_author` anybody's; one that is gone is `NotFound`."""
    found = find_note(account_id, contact_id, note_id)
    if found.actor != by.id and not any_author:
        raise Forbidden(
            "not_your_note",
            f"{found.by} wrote this note. Its author or an administrator deletes it.",
        )
    store.delete_entry(account_id, contact_id, found)
