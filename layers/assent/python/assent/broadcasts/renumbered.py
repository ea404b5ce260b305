"""A contact gets another number while broadcasts to it are on their way.

A claim does not ask whether the number is still the contact's. So the edit takes the places of the
copies that nobody has claimed yet, in its own transaction.
"""

from datetime import datetime
from functools import partial

from assent.broadcasts.model import Broadcast
from assent.broadcasts.results import Exclusion
from assent.broadcasts.text import fill_in
from assent.broadcasts.under_way import add_taken
from assent.contacts.model import Contact
from assent.platform.tables import Transaction
from assent.sms import templates


def take_places(transaction: Transaction, contact: Contact, at: datetime) -> None:
    """Take the places of a contact's unclaimed copies, within the transaction of its new number.

    The new number has agreed to nothing.
    """
    add_taken(transaction, contact, at, Exclusion.NO_CONSENT, partial(_body, contact))


def _body(contact: Contact, broadcast: Broadcast) -> str:
    """Return the text that the contact does not get, for its history."""
    try:
        return fill_in(templates.compile(broadcast.template), contact)
    except templates.TemplateError:
        return ""
