"""The present state, made again from the chains by the time at which each event took effect."""

from datetime import UTC, datetime, timedelta

import pytest

from assent.consent.events import LedgerEvent, append
from assent.consent.history import (
    differences_of_consent,
    differences_of_opt_out,
    rebuild_standings,
    rebuild_suppressions,
)
from assent.consent.ledger import Happening
from assent.consent.model import (
    Agreement,
    Channel,
    Consent,
    EventType,
    OptOut,
    Source,
    Standing,
    Suppression,
)

pytestmark = pytest.mark.thorough

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
A, B, SN, SUBJECT = "ac_A", "ac_B", "sn_1", "0" * 32
SMS, VOICE = Channel.SMS, Channel.VOICE
CLEAR, HELD, SOFT, HARD = Suppression
E = EventType


def chain(*happened: tuple[EventType, int, str], channel: Channel = SMS) -> list[LedgerEvent]:
    """Record events in the order given, each with the minute at which it took effect."""
    events: list[LedgerEvent] = []
    head = (0, "")
    for kind, minute, scope in happened:
        happening = Happening(
            type=kind,
            effective_at=AT + timedelta(minutes=minute),
            recorded_at=AT,
            channels=[channel],
            sender_id=SN,
            scope=scope,
            source=Source.KEYWORD,
        )
        made = append(SN, SUBJECT, head, happening)
        head = (made.sequence, made.hash)
        events.append(made)
    return events


@pytest.mark.parametrize(
    ("happened", "all_accounts", "for_a"),
    [
        ([(E.STOPPED, 1, "*")], HARD, None),
        ([(E.STOPPED, 1, "*"), (E.STARTED, 2, "*")], CLEAR, None),
        # Late: recorded last, but it took effect before.
        ([(E.STARTED, 2, "*"), (E.STOPPED, 1, "*")], CLEAR, None),
        # At the same moment the opt-out wins, whichever was recorded first.
        ([(E.STARTED, 1, "*"), (E.STOPPED, 1, "*")], HARD, None),
        ([(E.STOPPED, 1, "*"), (E.STARTED, 1, "*")], HARD, None),
        ([(E.DOUBTED, 1, "*")], HELD, None),
        ([(E.DOUBTED, 1, "*"), (E.DOUBT_DISMISSED, 2, "*")], CLEAR, None),
        # A user takes back a doubt, not the STOP that came meanwhile.
        ([(E.DOUBTED, 1, "*"), (E.STOPPED, 2, "*"), (E.DOUBT_DISMISSED, 3, "*")], HARD, None),
        ([(E.OPTED_OUT_BY_USER, 1, A)], None, SOFT),
        ([(E.OPTED_OUT_BY_USER, 1, A), (E.OPT_OUT_REVERSED, 2, A)], None, CLEAR),
        ([(E.OPTED_OUT_BY_USER, 1, A), (E.STOPPED, 2, "*")], HARD, HARD),
        # The soft line comes to light again when nothing but the hard one was lifted; START lifts
        # both.
        ([(E.OPTED_OUT_BY_USER, 1, A), (E.STOPPED, 2, "*"), (E.STARTED, 3, "*")], CLEAR, CLEAR),
        ([(E.STOPPED, 1, "*"), (E.STARTED, 2, "*"), (E.OPTED_OUT_BY_USER, 3, A)], CLEAR, SOFT),
        # A JOIN opens one account; the STOP stands for the others.
        ([(E.STOPPED, 1, "*"), (E.REJOINED, 2, A)], HARD, CLEAR),
        ([(E.STOPPED, 3, "*"), (E.REJOINED, 2, A)], HARD, HARD),
        ([(E.OPTED_OUT_ON_REQUEST, 1, A), (E.OPT_OUT_REVERSED, 2, A)], None, HARD),
    ],
)
def test_suppressions_are_rebuilt_by_effective_time(
    happened: list[tuple[EventType, int, str]],
    all_accounts: Suppression | None,
    for_a: Suppression | None,
) -> None:
    """P3, K2, O10."""
    rebuilt = rebuild_suppressions(chain(*happened))
    assert rebuilt.get((SMS, "*")) == all_accounts
    assert rebuilt.get((SMS, A)) == for_a
    assert (VOICE, "*") not in rebuilt


def test_an_opt_out_of_one_account_is_none_of_another() -> None:
    """O9."""
    rebuilt = rebuild_suppressions(
        chain((E.OPTED_OUT_ON_REQUEST, 1, A), (E.OPTED_OUT_BY_USER, 2, B))
    )
    assert rebuilt == {(SMS, A): HARD, (SMS, B): SOFT}


def test_channels_are_apart() -> None:
    """S2."""
    assert rebuild_suppressions(chain((E.STOPPED, 1, "*"), channel=VOICE)) == {(VOICE, "*"): HARD}


NONE, PENDING, SUBSCRIBED = Standing


@pytest.mark.parametrize(
    ("happened", "standing"),
    [
        ([E.LEAD_RECEIVED], SUBSCRIBED),
        ([E.CONFIRMATION_REQUESTED], PENDING),
        ([E.CONFIRMATION_REQUESTED, E.CONFIRMED], SUBSCRIBED),
        ([E.CONFIRMATION_REQUESTED, E.DECLINED], NONE),
        ([E.CONFIRMATION_REQUESTED, E.EXPIRED, E.JOIN_REQUESTED], PENDING),
        ([E.LEAD_RECEIVED, E.CONFIRMATION_REQUESTED], SUBSCRIBED),
        ([E.LEAD_RECEIVED, E.NUMBER_REASSIGNED], NONE),
        ([E.LEAD_RECEIVED, E.ERASED, E.LEAD_RECEIVED], SUBSCRIBED),
        ([E.CONFIRMED], NONE),
    ],
)
def test_standings_are_rebuilt_in_the_order_of_time(
    happened: list[EventType], standing: Standing
) -> None:
    """P3, S0."""
    events = chain(*((kind, minute, A) for minute, kind in enumerate(happened)))
    assert rebuild_standings(events) == {(SN, SMS): standing}
    assert rebuild_standings(reversed(events)) == {(SN, SMS): standing}


def test_what_is_recorded_late_is_put_where_it_belongs() -> None:
    """K2."""
    late = chain((E.CONFIRMATION_REQUESTED, 5, A), (E.LEAD_RECEIVED, 1, A))
    assert rebuild_standings(late) == {(SN, SMS): SUBSCRIBED}


def test_what_is_recorded_after_consent_has_ended_revives_nothing() -> None:
    """C11."""
    late = chain((E.LEAD_RECEIVED, 1, A), (E.NUMBER_REASSIGNED, 9, A), (E.LEAD_RECEIVED, 5, A))
    assert rebuild_standings(late) == {(SN, SMS): NONE}
    at_once = chain((E.NUMBER_REASSIGNED, 9, A), (E.LEAD_RECEIVED, 9, A))
    assert rebuild_standings(at_once) == {(SN, SMS): NONE}


def test_each_difference_of_a_consent_record_is_named() -> None:
    """P3."""
    events = chain((E.LEAD_RECEIVED, 1, A))
    kept = {f"{SN}|voice": Agreement(standing=SUBSCRIBED)}
    assert differences_of_consent(events, Consent(account_id=A, subject=SUBJECT)) == [
        "sms of sn_1: the record says none, the chain says subscribed"
    ]
    record = Consent(account_id=A, subject=SUBJECT, agreements=kept)
    assert differences_of_consent(events, record) == [
        "sms of sn_1: the record says none, the chain says subscribed",
        "voice of sn_1: the record says subscribed, the chain says none",
    ]


def test_each_difference_of_an_opt_out_record_is_named() -> None:
    """P3."""
    record = OptOut(sender_id=SN, subject=SUBJECT, lifts={"sms|ac_B": AT})
    assert differences_of_opt_out(chain((E.STOPPED, 1, "*")), record) == [
        "sms for *: the record says clear, the chain says hard",
        "line sms|*|hard: only the chain has it",
        "return sms|ac_B: the record and the chain differ in its time",
    ]
    assert differences_of_opt_out([], OptOut(sender_id=SN, subject=SUBJECT)) == []
