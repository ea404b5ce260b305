"""By which channels phones may be reached from a sender, as things stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assent.consent import store as consent
from assent.consent.model import Channel, Consent, OptOut, Standing
from assent.contacts.model import Contact


@dataclass(frozen=True)
class Reach:
    """By which channels a contact may be reached from a sender, as it was read.

    `open` are those against which nothing stands, whether there is consent or not.
    """

    channels: frozenset[Channel]
    open: frozenset[Channel]

    @property
    def is_listed(self) -> bool:
        """Tell whether the opt-out list leaves no channel (O6)."""
        return not self.channels and self.open != frozenset(Channel)


def of_phones(account_id: str, sender_id: str, subjects: Iterable[str]) -> Mapping[str, Reach]:
    """Read how many phones may be reached, by pseudonym, strongly consistent."""
    wanted = sorted(set(subjects))
    known = consent.consents(account_id, wanted, consistent=True)
    against = consent.opt_outs([(sender_id, one) for one in wanted], consistent=True)
    return {
        one: _reach(
            known.get(one) or Consent(account_id=account_id, subject=one),
            against.get((sender_id, one)) or OptOut(sender_id=sender_id, subject=one),
        )
        for one in wanted
    }


def channels(contact: Contact, sender_id: str) -> frozenset[Channel]:
    """Name the channels by which one contact may be reached, strongly consistent."""
    known = consent.consent(contact.account_id, contact.subject)
    return _reach(known, consent.opt_out(sender_id, contact.subject)).channels


def _reach(known: Consent, against: OptOut) -> Reach:
    free = frozenset(c for c in Channel if against.opted_out(c, known.account_id) is None)
    agreed = frozenset(
        c for c in free if known.agreement(against.sender_id, c).standing == Standing.SUBSCRIBED
    )
    return Reach(channels=agreed, open=free)
