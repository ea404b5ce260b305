"""New contacts, with what they are found by."""

from collections.abc import Mapping

from assent.contacts import store
from assent.contacts.directory import store as directory
from assent.contacts.model import Contact
from assent.contacts.profile import store as profile
from assent.contacts.profile.model import MOST_CUSTOM
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5


def add(transaction: Transaction, contact: Contact) -> None:
    """Write a new contact with its entries in the directory within a transaction."""
    store.add_contact(transaction, contact)
    directory.add_entries(transaction, None, contact)


def complete(lead: Contact) -> None:
    """Let a contact that is there take over what a lead says and nobody has written yet."""
    for _ in range(_ATTEMPTS):
        found = store.contact(lead.account_id, lead.id, consistent=True)
        if found is None or found.erased_at:
            return
        said: dict[str, object] = {
            name: getattr(lead, name)
            for name in ("first_name", "last_name", "email")
            if not getattr(found, name) and getattr(lead, name)
        }
        custom = _filled_up(found.custom, lead.custom)
        if custom != found.custom:
            said["custom"] = custom
        if not said:
            return
        counted = {"version": found.version + 1, "edited_at": lead.created_at, "edited_by": ""}
        after = found.model_copy(update={**said, **counted})
        transaction = Transaction()
        profile.add_profile(transaction, found, after)
        directory.add_entries(transaction, found, after)
        try:
            transaction.commit()
        except (ConditionFailed, Contention):
            continue  # somebody edits it: look again at how it is
        return
    raise Contention


def _filled_up(fields: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Take over further fields of the account's own, as many as a contact may have."""
    filled = dict(fields)
    for name, value in more.items():
        if len(filled) < MOST_CUSTOM:
            filled.setdefault(name, value)
    return filled


def put(contact: Contact) -> bool:
    """Write a new contact with its entries by itself, each for one write unit.

    False when it was there: by an earlier try, since this is safe to repeat, or for long.
    """
    made = store.put_new(contact)
    directory.put_entries([contact])
    # A user may have edited it before this was repeated, or just now.
    settle(contact)
    return made


def settle(contact: Contact) -> None:
    """Bring the entries that were put for a contact to what is stored of it.

    Entries of what it was, beside those of what it is, would lead to it for ever.
    """
    for _ in range(_ATTEMPTS):
        stored = store.contact(contact.account_id, contact.id, consistent=True)
        if stored is not None and directory.entries(stored) == directory.entries(contact):
            return
        directory.change_entries(contact, stored)
        if stored is None:
            return
        contact = stored
    raise Contention
