"""YES and NO: the answer to the question that was asked last, by whichever account asked it."""

from datetime import datetime

from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.model import Channel, Consent, EventType, OptOut
from assent.messaging.effects import effects_of
from assent.messaging.received import Meaning, Received
from assent.messaging.routing import knowing
from assent.platform.tables import Transaction
from assent.sms.keywords import Intent


def answer(transaction: Transaction, message: Received) -> Meaning | None:
    """Take YES or NO as the answer to the question asked last, if one is open."""
    if message.intent not in (Intent.yes, Intent.no):
        return None
    against = consent_store.opt_out(message.sender_id, message.subject)
    asking = _asked_last(against, message.command.effective_at)
    if asking is None:
        return None
    channels = consent.answerable(asking, against, message.command.effective_at)
    yes = message.intent == Intent.yes
    event = EventType.CONFIRMED if yes else EventType.DECLINED
    consent.agree(transaction, asking, message.happening(event, channels))
    copy = f"copy:{asking.account_id}"
    if not yes:
        return Meaning("declined", [f"marks:{asking.account_id}", copy])
    groups = {asking.agreement(against.sender_id, channel).group_id for channel in channels}
    return Meaning(
        "confirmed",
        [
            *_rejoin(transaction, message, asking, against, channels),
            f"confirmed:{asking.account_id}",
            *(f"join:{asking.account_id}:{group}" for group in sorted(groups) if group),
            copy,
        ],
    )


def _asked_last(against: OptOut, at: datetime) -> Consent | None:
    """Find the account that asked this phone last, of those whose question is open."""
    waiting = [
        known
        for known in knowing(against.sender_id, against.subject)
        if consent.answerable(known, against, at)
    ]
    return max(waiting, key=lambda known: _asked_at(known, against.sender_id), default=None)


def _asked_at(known: Consent, sender_id: str) -> datetime:
    asked = (known.agreement(sender_id, channel).asked_at for channel in Channel)
    return max(at for at in asked if at)


def _rejoin(
    transaction: Transaction,
    message: Received,
    asking: Consent,
    against: OptOut,
    channels: list[Channel],
) -> list[str]:
    """Lift what stood against the account before it was asked; return the follow-ups."""
    stood = [channel for channel in channels if against.opted_out(channel, asking.account_id)]
    if not stood:
        return []
    asked_at = max(
        at for channel in stood if (at := asking.agreement(against.sender_id, channel).asked_at)
    )
    happening = message.happening(EventType.REJOINED, stood).model_copy(
        update={"scope": asking.account_id, "effective_at": asked_at}
    )
    consent.lift(transaction, against, happening, message.command.phone)
    return [
        f"effects:{effects_of(against, stood, asking.account_id).model_dump_json()}",
        "doubt",  # one that was hidden by what is lifted now has to be decided
    ]
