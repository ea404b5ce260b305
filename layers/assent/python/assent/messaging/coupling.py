"""An account's choice that STOP also ends calls, and START allows them again.

It is the account's alone, so it is laid for that account, as an effect of the STOP: with the time
of the STOP, so that it makes no difference when it is carried out, or how often.
"""

from datetime import datetime

from assent.consent import service as consent
from assent.consent.ledger import Happening
from assent.consent.listing import store as listing_store
from assent.consent.model import (
    ALL_ACCOUNTS,
    Channel,
    Entry,
    EventType,
    Kind,
    OptOut,
    Source,
    Suppression,
)
from assent.platform.clock import Clock
from assent.platform.tables import Transaction

_EVIDENCE = {"because": "The account's setting: STOP also ends calls, START allows them again."}


def couple(against: OptOut, account_id: str, clock: Clock) -> OptOut:
    """Let an account's calls follow its texts; returns the record as it is afterwards.

    Raises `ConditionFailed` or `Contention` when somebody else was faster; try again then.
    """
    calls = against.opted_out(Channel.VOICE, account_id)
    due = _due(against, calls, account_id)
    if due is None:
        return against
    event, at = due
    change = consent.lay if event == EventType.STOPPED else consent.lift
    transaction = Transaction()
    after = change(
        transaction, against, _happening(against, event, at, account_id, clock), against.phone
    )
    if after is None:
        return against
    line = after.entry(Channel.VOICE, account_id, Kind.HARD)
    if after.opted_out(Channel.VOICE, account_id) and line:
        listing_store.add_listed(
            transaction,
            account_id,
            against.sender_id,
            against.subject,
            Channel.VOICE,
            line.effective_at,
        )
    transaction.commit()
    if calls and after.opted_out(Channel.VOICE, account_id) is None:
        listing_store.end_listed(
            account_id, against.sender_id, against.subject, Channel.VOICE, calls.effective_at
        )
    return after


def _due(
    against: OptOut, calls: Entry | None, account_id: str
) -> tuple[EventType, datetime] | None:
    """Say what the calls have to follow, and since when; nothing when they do already."""
    texts = against.standing(Channel.SMS, ALL_ACCOUNTS, account_id)
    if texts and texts.suppression == Suppression.HARD:
        ended = calls is not None and calls.suppression == Suppression.HARD
        by_keyword = texts.source == Source.KEYWORD
        return (EventType.STOPPED, texts.effective_at) if by_keyword and not ended else None
    started = against.lifted_at(Channel.SMS, account_id)
    if calls and started and calls.effective_at < started:
        return EventType.STARTED, started
    return None


def _happening(
    against: OptOut, event: EventType, at: datetime, account_id: str, clock: Clock
) -> Happening:
    return Happening(
        type=event,
        effective_at=at,
        recorded_at=clock.now(),
        channels=[Channel.VOICE],
        sender_id=against.sender_id,
        scope=account_id,
        source=Source.KEYWORD,
        evidence=_EVIDENCE,
    )
