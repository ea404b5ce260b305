"""The opt-in status of each channel as it is kept with a contact, for filters to look at.

It repeats what consent and opt-out records say. Whatever changes those refreshes it; what is shown
for a page of contacts, and what decides on a send, is read from the records themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from assent.accounts import store as accounts
from assent.consent import store as consent
from assent.consent.model import Channel, Consent, OptOut, Status, status_of
from assent.contacts import store
from assent.contacts.model import Contact
from assent.platform.clock import Clock
from assent.platform.tables import Contention

_ATTEMPTS = 5
_SEVERITY: dict[Status, int] = {
    Status.SUBSCRIBED: 0,
    Status.PENDING: 1,
    Status.NONE: 2,
    Status.SOFT_OPT_OUT: 3,
    Status.HARD_OPT_OUT: 4,
}
"""Where senders differ, the mark shows the worst."""


def severity(status: Status) -> int:
    """Rank a status; the higher, the worse."""
    return _SEVERITY[status]


def says_something(
    sender_id: str, own_sender: str, known: Consent, against: OptOut, channel: Channel
) -> bool:
    """Tell whether a sender counts for a mark: one by which nothing is on record does not."""
    if sender_id == own_sender or sender_id in known.senders():
        return True
    return against.standing_against(channel, known.account_id) is not None


def of(
    known: Consent,
    against: Mapping[str, OptOut],
    senders: Sequence[str],
    own_sender: str,
    at: datetime,
) -> dict[Channel, Status]:
    """Work the marks out of what is on record; `against` is by sender."""

    def mark(channel: Channel) -> Status:
        shown = []
        for sender_id in senders:
            stands = against.get(sender_id) or OptOut(sender_id=sender_id, subject=known.subject)
            if says_something(sender_id, own_sender, known, stands, channel):
                entry = stands.standing_against(channel, known.account_id)
                shown.append(status_of(known.agreement(sender_id, channel), entry, at))
        return max(shown, key=severity, default=Status.NONE)

    return {channel: mark(channel) for channel in Channel}


def read(account_id: str, subject: str, at: datetime) -> dict[Channel, Status]:
    """Read what is on record of a phone, strongly consistent, and work its marks out."""
    known = consent.consent(account_id, subject)
    account = accounts.account(account_id)
    senders = sorted({*accounts.senders_of(account_id), *known.senders()})
    found = consent.opt_outs(((one, subject) for one in senders), consistent=True)
    against = {sender_id: one for (sender_id, _), one in found.items()}
    return of(known, against, senders, account.sender_id if account else "", at)


def refresh(account_id: str, contact_id: str, clock: Clock) -> None:
    """Bring a contact's marks up to date; what is right already is not written again.

    The contact is read before the records, and written only if nobody wrote the marks since: of
    two that refresh at once, the one that read older records gives way and looks again.
    """
    for _ in range(_ATTEMPTS):
        found = store.contact(account_id, contact_id, consistent=True)
        if found is None or found.erased_at:
            return
        marks = read(account_id, found.subject, clock.now())
        if _are_right(found, marks) or store.set_marks(found, marks):
            return
    raise Contention


def _are_right(contact: Contact, marks: Mapping[Channel, Status]) -> bool:
    return all(contact.mark(channel) == marks[channel] for channel in Channel)
