"""A JOIN word: the account's group that it leads to, and the one question before it does."""

from datetime import datetime, timedelta

from assent.accounts.model import JoinWord
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.model import Agreement, Channel, Consent, EventType, Status
from assent.contacts import adding
from assent.contacts.model import Contact, Origin, QueuePlace, QueueState
from assent.messaging.model import ApplyEffects
from assent.messaging.received import Meaning, Received
from assent.platform.ids import new_id
from assent.platform.tables import Transaction

_ASK_EVERY = timedelta(hours=24)


def ask(transaction: Transaction, message: Received, word: JoinWord) -> Meaning:
    """Ask the person who texted a JOIN word for a YES, also one that opted out before.

    Whoever is unknown becomes a contact without a name, outside the opt-in queue.
    """
    known = consent_store.consent(word.account_id, message.subject)
    agreement = known.agreement(message.sender_id, Channel.SMS)
    against = consent_store.opt_out(message.sender_id, message.subject)
    out_at = against.opted_out_at(Channel.SMS, word.account_id)
    copy = f"copy:{word.account_id}"
    if _is_outdated(message, agreement, out_at):
        return Meaning("outdated_join", [copy])
    if _is_repeated(message, agreement, out_at, word):
        return Meaning("repeated_join", [copy])
    contact_id = known.contact_id or new_id("ct", message.now)
    asked = consent.agree(
        transaction,
        known,
        message.happening(EventType.JOIN_REQUESTED, [Channel.SMS]),
        {"contact_id": contact_id},
        group_id=word.group_id,
    )
    if known.contact_id is None:
        adding.add(transaction, _contact(message, asked))
    listing = ApplyEffects(
        sender_id=message.sender_id,
        subject=message.subject,
        channels=list(Channel),
        account_id=word.account_id,
    )
    return Meaning(
        "join_requested",
        [f"ask:{word.account_id}", f"effects:{listing.model_dump_json()}", copy],
    )


def _is_outdated(message: Received, agreement: Agreement, out_at: datetime | None) -> bool:
    """Tell whether something that came later in time has settled the matter already."""
    at = message.command.effective_at
    ended = agreement.ended_at is not None and at <= agreement.ended_at
    return ended or (out_at is not None and out_at >= at)


def _is_repeated(
    message: Received, agreement: Agreement, out_at: datetime | None, word: JoinWord
) -> bool:
    """Tell whether the same question was asked within the day, and can still be answered."""
    asked = agreement.asked_at
    return (
        asked is not None
        and agreement.asked_through == EventType.JOIN_REQUESTED
        and agreement.group_id == word.group_id
        and message.command.effective_at - asked < _ASK_EVERY
        and (out_at is None or out_at < asked)
    )


def _contact(message: Received, asked: Consent) -> Contact:
    return Contact(
        id=asked.contact_id or "",
        account_id=asked.account_id,
        phone=message.command.phone,
        subject=message.subject,
        first_name="",
        last_name="",
        created_at=message.now,
        origin=Origin.JOIN,
        marks={Channel.SMS: Status.PENDING},
        queue=QueuePlace(state=QueueState.OUTSIDE),
    )
