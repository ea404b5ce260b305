"""New contacts, with what they are found by."""

from assent.contacts import store
from assent.contacts.directory import store as directory
from assent.contacts.model import Contact
from assent.platform.tables import Contention, Transaction

_ATTEMPTS = 5


def add(transaction: Transaction, contact: Contact) -> None:
    """Write a new contact with its entries in the directory within a transaction."""
    store.add_contact(transaction, contact)
    directory.add_entries(transaction, None, contact)


def put(contact: Contact) -> bool:
    """Write a new contact with its entries by itself, each for one write unit.

    False when it was there: by an earlier try, since this is safe to repeat, or for long.
    """
    made = store.put_new(contact)
    directory.put_entries([contact])
    # A user may have edited it before this was repeated, or just now: entries of what it was, put
    # beside those of what it is, would lead to it for ever.
    for _ in range(_ATTEMPTS):
        stored = store.contact(contact.account_id, contact.id, consistent=True)
        if stored is not None and directory.entries(stored) == directory.entries(contact):
            return made
        directory.change_entries(contact, stored)
        if stored is None:
            return made
        contact = stored
    raise Contention
