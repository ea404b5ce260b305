"""What users stick onto a contact: labels and the favourites' star.

Each is set or taken away by itself, whatever somebody else edits meanwhile, and the entries of the
directory change in the same transaction.
"""

from collections.abc import Callable

from assent.contacts import store as contact_store
from assent.contacts.directory import store as directory
from assent.contacts.model import Contact
from assent.contacts.profile import store
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 10


def _nothing(_: Transaction, __: Contact) -> None:
    return


def _ignored(_: list[str]) -> None:
    return


def change(
    account_id: str,
    contact_id: str,
    wanted: Callable[[Contact], Contact],
    also: Callable[[Transaction, Contact], None] = _nothing,
    refused: Callable[[list[str]], None] = _ignored,
) -> Contact | None:
    """Bring labels and star to what is wanted of them; nothing for one who is gone or erased.

    `also` adds to the transaction, given the contact before; `refused` is told which conditions
    did not hold before it is tried again.
    """
    for _ in range(_ATTEMPTS):
        before = contact_store.contact(account_id, contact_id, consistent=True)
        if before is None or before.erased_at:
            return None
        after = wanted(before)
        if (after.labels, after.favourite) == (before.labels, before.favourite):
            return before
        transaction = Transaction()
        add(transaction, before, after)
        also(transaction, before)
        try:
            transaction.commit()
        except ConditionFailed as failure:
            refused(failure.failed)
            continue
        except Contention:
            continue
        return after
    raise Contention


def add(transaction: Transaction, before: Contact, after: Contact) -> None:
    """Write labels and star with their entries, on condition that both are as they were read."""
    store.add_tags(transaction, before, after)
    directory.add_entries(transaction, before, after)


def set_favourite(account_id: str, contact_id: str, *, on: bool) -> Contact | None:
    """Make a contact a favourite, or none; doing it again changes nothing."""
    return change(account_id, contact_id, lambda found: found.model_copy(update={"favourite": on}))
