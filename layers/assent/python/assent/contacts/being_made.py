"""Numbers that an import has taken and whose contacts it is about to write.

An import takes up to fifty numbers in one transaction and writes their contacts right behind it,
in batches, which know no conditions (docs/adr/0013). Whoever comes to one of these numbers within
that moment waits, or what it wrote of the contact would be written over.
"""

from datetime import datetime, timedelta

from assent.consent.model import Consent
from assent.contacts import store
from assent.platform.clock import stamp

LIFE = timedelta(seconds=90)
"""By when an import that took a number has written its contact, or has ended: its function lives
for 60 s, and clocks differ."""


class BeingMade(Exception):
    """The contact of this number is about to be written by an import; come again in a moment."""


def note(at: datetime) -> str:
    """Say in a consent record when an import took the number."""
    return stamp(at)


def wait_for_contact(known: Consent, now: datetime) -> None:
    """Raise `BeingMade` while the contact that a number leads to is about to be written."""
    since = stamp(now - LIFE)
    taken = known.contact_id and any(at > since for at in known.imported_by.values())
    if taken and store.contact(known.account_id, known.contact_id or "", consistent=True) is None:
        raise BeingMade
