"""Copies of broadcasts that are on their way to a contact, and what takes their places.

Workers read contacts ahead of their claims, and a claim asks for nothing but its own row. So
whoever changes a contact so that a copy must not go out any more takes the places of the copies
that nobody has claimed yet: whoever comes to one of them finds it taken and sends nothing. What was
claimed before goes out as what it was, and nothing else does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import STARTED, Broadcast, place_of
from assent.broadcasts.results import Exclusion
from assent.consent.policy import Purpose
from assent.contacts.history import store as history
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.claims import store as claims
from assent.messaging.model import MessageState, SendMessage
from assent.platform.tables import Stretch, Transaction

_LOOKED_THROUGH = 500
"""How many of an account's latest broadcasts may be on their way."""
_PAGE = 100
_MOST = 25  # broadcasts at once; a transaction has no room for many more
_SKEW = timedelta(minutes=1)  # by which the clocks of two processes may differ


def on_their_way(account_id: str) -> list[Broadcast]:
    """List the broadcasts of an account that have started and are not over."""
    found: list[Broadcast] = []
    after: str | None = None
    for _ in range(_LOOKED_THROUGH // _PAGE):
        page = definitions.broadcasts(account_id, after, _PAGE)
        found += (one for one in page if one.state in STARTED and one.started_at)
        if len(page) < _PAGE:
            break
        after = page[-1].id
    return found


def add_taken(
    transaction: Transaction,
    contact: Contact,
    at: datetime,
    reason: Exclusion,
    body: Callable[[Broadcast], str],
) -> None:
    """Take the places of a contact's unclaimed copies within a transaction.

    A copy that is claimed meanwhile lets the transaction fail; it is tried again, and finds it. Of
    broadcasts that a contact has no part in nothing is written. `body` says what the contact does
    not get, for its history.
    """
    started = on_their_way(contact.account_id)
    recipient_of = {one.id for one in _to_get(contact, started)}
    taken = 0
    for broadcast in started:
        row = messages.row(place_of(broadcast, contact.id))
        given_back = row is not None and row.state == MessageState.RELEASED
        if given_back or (row is None and broadcast.id in recipient_of):
            copy = _copy(broadcast, contact, at, body(broadcast))
            claims.add_taken_place(transaction, copy, at, reason)
            taken += 1
        if taken == _MOST:
            return


def _to_get(contact: Contact, started: Sequence[Broadcast]) -> Iterator[Broadcast]:
    """Yield the broadcasts that a contact may be a recipient of: who left a group since is one."""
    groups: set[str] = set(contact.groups)
    if started:
        since = min(one.started_at for one in started if one.started_at) - _SKEW
        groups.update(_groups_since(contact, since))
    return (one for one in started if not groups.isdisjoint(one.groups))


def _groups_since(contact: Contact, since: datetime) -> Iterator[str]:
    """Yield the groups that a contact's history names since a moment."""
    latest = Stretch(page_size=20, newest_first=True)
    for entry in history.entries(contact.account_id, contact.id, latest):
        if entry.at < since:
            return
        if group_id := entry.detail.get("group_id"):
            yield group_id


def _copy(broadcast: Broadcast, contact: Contact, at: datetime, body: str) -> SendMessage:
    return SendMessage(
        place=place_of(broadcast, contact.id),
        account_id=contact.account_id,
        contact_id=contact.id,
        sender_id=broadcast.sender_id,
        phone="",
        subject=contact.subject,
        purpose=Purpose.BROADCAST,
        channel=broadcast.channel,
        body=body,
        created_at=at,
        broadcast_id=broadcast.id,
    )


@dataclass(frozen=True)
class CopiesUnderWay:
    """Withdraws the copies of contacts that are deleted or erased, for `assent.contacts`."""

    def number(self, account_id: str) -> int:
        """Say how many of an account's broadcasts are on their way."""
        return len(on_their_way(account_id))

    def withdraw(self, contacts: Iterable[Contact], at: datetime) -> None:
        """Take the places of these contacts' unclaimed copies; doing it again changes nothing.

        One account's contacts, before their history is deleted. One write for each contact and
        broadcast that it may be a recipient of.
        """
        those = list(contacts)
        started = on_their_way(those[0].account_id) if those else []
        for contact in those if started else ():
            for broadcast in _to_get(contact, started):
                copy = _copy(broadcast, contact, at, "")
                claims.take_place(copy, at, Exclusion.CONTACT_GONE)

    def add_withdrawn(self, transaction: Transaction, contact: Contact, at: datetime) -> None:
        """Take the places of a contact's unclaimed copies within a transaction."""
        add_taken(transaction, contact, at, Exclusion.CONTACT_GONE, lambda _: "")
