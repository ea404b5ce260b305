"""Whose a message is: the accounts that know a phone, and the one that it is shown to."""

from collections.abc import Iterator

from assent.accounts.model import Sender
from assent.consent import store as consent
from assent.consent.listing import store as listing_store
from assent.consent.model import Consent
from assent.messaging import store
from assent.messaging.model import contact_thread

_PAGE = 100


def knowing(sender_id: str, subject: str) -> Iterator[Consent]:
    """Walk the accounts of a sender that have this phone on record."""
    after: str | None = None
    while page := listing_store.knowing(sender_id, subject, after, _PAGE):
        for account_id in page:
            yield consent.consent(account_id, subject)
        after = page[-1]


def recipient(sender: Sender, subject: str) -> str:
    """Say which account a free text goes to: who texted this phone last, else the owner."""
    threads = {
        known.account_id: contact_thread(known.account_id, known.contact_id)
        for known in knowing(sender.id, subject)
        if known.contact_id
    }
    sent = {account: store.last_sent(thread) for account, thread in threads.items()}
    return max(
        (account for account in threads if sent[account]),
        key=lambda account: str(sent[account]),
        default=sender.owner_id,
    )
