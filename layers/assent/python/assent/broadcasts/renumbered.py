"""A contact gets another number while broadcasts to it are on their way.

Workers read contacts by the ten, and a claim does not ask whether the number is still the
contact's. So the edit takes the places of the copies that nobody has claimed yet, in its own
transaction: whoever comes to one of them finds it taken and sends nothing. What was claimed before
the edit goes out as what it was, and nothing else does. Of broadcasts that a contact has no part in
nothing is written.
"""

from collections.abc import Iterator
from datetime import datetime

from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import STARTED, Broadcast, place_of
from assent.broadcasts.text import fill_in
from assent.consent.policy import Purpose
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.claims import store as claims
from assent.messaging.model import MessageState, SendMessage
from assent.platform.tables import Transaction
from assent.sms import templates

_LOOKED_THROUGH = 500
"""How many of an account's latest broadcasts may be on their way."""
_PAGE = 100
_MOST = 25  # broadcasts at once; a transaction has no room for many more


def take_places(transaction: Transaction, contact: Contact, at: datetime) -> None:
    """Take the places of a contact's unclaimed copies, within the transaction of its new number.

    A copy that is claimed meanwhile lets the transaction fail; it is tried again, and finds it.
    """
    taken = 0
    for broadcast in _on_their_way(contact.account_id):
        place = place_of(broadcast, contact.id)
        row = messages.row(place)
        given_back = row is not None and row.state == MessageState.RELEASED
        to_come = row is None and not contact.groups.isdisjoint(broadcast.groups)
        if not (given_back or to_come):
            continue
        claims.add_taken_place(transaction, _copy(broadcast, contact, at), at)
        taken += 1
        if taken == _MOST:
            return


def _on_their_way(account_id: str) -> Iterator[Broadcast]:
    after: str | None = None
    for _ in range(_LOOKED_THROUGH // _PAGE):
        page = definitions.broadcasts(account_id, after, _PAGE)
        yield from (one for one in page if one.state in STARTED and one.started_at)
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _copy(broadcast: Broadcast, contact: Contact, at: datetime) -> SendMessage:
    return SendMessage(
        place=place_of(broadcast, contact.id),
        account_id=contact.account_id,
        contact_id=contact.id,
        sender_id=broadcast.sender_id,
        phone="",
        subject=contact.subject,
        purpose=Purpose.BROADCAST,
        channel=broadcast.channel,
        body=_body(broadcast, contact),
        created_at=at,
        broadcast_id=broadcast.id,
    )


def _body(broadcast: Broadcast, contact: Contact) -> str:
    """Return the text that the contact does not get, for its history."""
    try:
        return fill_in(templates.compile(broadcast.template), contact)
    except templates.TemplateError:
        return ""
