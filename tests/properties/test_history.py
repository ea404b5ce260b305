"""The stored records, however events arrive, are what the chains say when put in order of time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.consent import service
from assent.consent.chains import store as chain_store
from assent.consent.events import LedgerEvent
from assent.consent.history import differences_of_consent, differences_of_opt_out
from assent.consent.ledger import Happening
from assent.consent.model import ALL_ACCOUNTS, Channel, Consent, EventType, OptOut, Source
from assent.consent.transitions import ASKS, LAYS, LIFTS, WITHDRAWS, IllegalTransition
from assent.platform.tables import Transaction

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
SENDER, SUBJECT, A, B = "sn_1", "0" * 32, "ac_A", "ac_B"
SCOPES = {
    EventType.STOPPED: (ALL_ACCOUNTS,),
    EventType.PROVIDER_REPORTED: (ALL_ACCOUNTS,),
    EventType.DOUBTED: (ALL_ACCOUNTS,),
    EventType.DOUBT_DISMISSED: (ALL_ACCOUNTS,),
    EventType.STARTED: (ALL_ACCOUNTS,),
    EventType.OPTED_OUT_ON_REQUEST: (A, B),
    EventType.OPTED_OUT_BY_USER: (A, B),
    EventType.OPT_OUT_REVERSED: (A, B),
    EventType.REJOINED: (A, B),
}
minutes = st.integers(0, 4)
channels = st.sampled_from([[Channel.SMS], [Channel.VOICE], [Channel.SMS, Channel.VOICE]])


def happening(kind: EventType, at: datetime, scope: str, on: list[Channel]) -> Happening:
    return Happening(
        type=kind,
        effective_at=at,
        recorded_at=AT,
        channels=on,
        sender_id=SENDER,
        scope=scope,
        source=Source.KEYWORD,
    )


@dataclass
class Recorded:
    """What the services would have committed: nothing is written anywhere."""

    events: list[LedgerEvent] = field(default_factory=list)


@contextmanager
def recording() -> Iterator[Recorded]:
    recorded = Recorded()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain_store, "add_event", lambda _, event: recorded.events.append(event))
        yield recorded


@st.composite
def of_sender(draw: st.DrawFn) -> Happening:
    kind = draw(st.sampled_from(sorted(SCOPES)))
    at = AT + timedelta(minutes=draw(minutes))
    return happening(kind, at, draw(st.sampled_from(SCOPES[kind])), draw(channels))


def apply(record: OptOut, happened: Happening) -> OptOut:
    transaction = Transaction()
    try:
        if happened.type in LAYS:
            return service.lay(transaction, record, happened, "+1") or record
        if happened.type in LIFTS:
            return service.lift(transaction, record, happened, "+1") or record
        assert happened.type in WITHDRAWS
        return service.withdraw(transaction, record, happened)
    except IllegalTransition:
        return record


@settings(max_examples=400, deadline=None)
@given(st.lists(of_sender(), max_size=12))
def test_an_opt_out_record_is_the_fold_of_its_chain(drawn: list[Happening]) -> None:
    """P3, K2: events arrive in any order; compared after each."""
    record = OptOut(sender_id=SENDER, subject=SUBJECT)
    with recording() as recorded:
        for happened in drawn:
            record = apply(record, happened)
            assert differences_of_opt_out(recorded.events, record) == []
    note(f"{min(len(recorded.events), 6)} events")


@st.composite
def of_account(draw: st.DrawFn) -> tuple[EventType, int, list[Channel]]:
    kinds = [
        EventType.LEAD_RECEIVED,
        EventType.CONFIRMATION_REQUESTED,
        EventType.JOIN_REQUESTED,
        EventType.CONFIRMED,
        EventType.DECLINED,
        EventType.NUMBER_REASSIGNED,
    ]
    return draw(st.sampled_from(kinds)), draw(st.integers(0, 40)), draw(channels)


def agree(record: Consent, kind: EventType, day: int, on: list[Channel]) -> Consent:
    transaction = Transaction()
    at = AT + timedelta(days=day)
    if kind == EventType.NUMBER_REASSIGNED:
        return service.end_all(transaction, record, happening(kind, at, A, on))
    if kind in (EventType.CONFIRMED, EventType.DECLINED):
        against = OptOut(sender_id=SENDER, subject=SUBJECT)
        # What was said before the question is no answer to it.
        on = [
            channel
            for channel in service.answerable(record, against, at)
            if (asked := record.agreement(SENDER, channel).asked_at) and asked <= at
        ]
        if not on:
            return record
    return service.agree(transaction, record, happening(kind, at, A, on), noted=True)


@settings(max_examples=400, deadline=None)
@given(st.lists(of_account(), max_size=10), st.booleans())
def test_a_consent_record_is_the_fold_of_its_chain(
    drawn: list[tuple[EventType, int, list[Channel]]], in_order: bool
) -> None:
    """P3, K2."""
    record = Consent(account_id=A, subject=SUBJECT)
    with recording() as recorded:
        latest = 0
        for kind, drawn_day, on in sorted(drawn, key=lambda one: one[1]) if in_order else drawn:
            latest = max(latest, drawn_day)
            # A user acts on what is known, and questions are asked one after the other.
            day = latest if kind in {EventType.NUMBER_REASSIGNED, *ASKS} else drawn_day
            record = agree(record, kind, day, on)
            assert differences_of_consent(recorded.events, record) == []
