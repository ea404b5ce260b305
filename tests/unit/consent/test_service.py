"""What an event does to a record: prepared into a transaction, which these tests never commit."""

from datetime import UTC, datetime, timedelta

import pytest

from assent.consent import service
from assent.consent.ledger import Happening
from assent.consent.model import (
    ALL_ACCOUNTS,
    Channel,
    Consent,
    EventType,
    Kind,
    OptOut,
    Source,
    Standing,
    Status,
    Suppression,
    status_of,
)
from assent.consent.transitions import IllegalTransition
from assent.platform.tables import Transaction

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
SENDER, SUBJECT, PHONE = "sn_18885550100", "0123456789abcdef0123456789abcdef", "+12125550101"
A, B = "ac_A", "ac_B"
SMS, VOICE = Channel.SMS, Channel.VOICE


def at(minutes: float) -> datetime:
    return AT + timedelta(minutes=minutes)


def happening(
    event: EventType, minutes: float = 0, scope: str = ALL_ACCOUNTS, *channels: Channel
) -> Happening:
    return Happening(
        type=event,
        effective_at=at(minutes),
        recorded_at=at(minutes),
        channels=list(channels) or [SMS],
        sender_id=SENDER,
        scope=scope,
        source=Source.ADMIN,
    )


def laid(before: OptOut, event: EventType, minutes: float, scope: str = ALL_ACCOUNTS) -> OptOut:
    after = service.lay(Transaction(), before, happening(event, minutes, scope), PHONE)
    return before if after is None else after


def lifted(before: OptOut, event: EventType, minutes: float, scope: str = ALL_ACCOUNTS) -> OptOut:
    after = service.lift(Transaction(), before, happening(event, minutes, scope), PHONE)
    return before if after is None else after


def agreed(before: Consent, event: EventType, minutes: float, *channels: Channel) -> Consent:
    return service.agree(Transaction(), before, happening(event, minutes, A, *channels))


@pytest.fixture
def nothing() -> OptOut:
    return OptOut(sender_id=SENDER, subject=SUBJECT)


@pytest.fixture
def nobody() -> Consent:
    return Consent(account_id=A, subject=SUBJECT)


def test_a_late_start_leaves_a_later_opt_out_by_a_user_as_what_it_is(nothing: OptOut) -> None:
    """K2, S4: STOP, START and a user's own opt-out, of which the START arrives last."""
    known = laid(nothing, EventType.STOPPED, 1)
    known = laid(known, EventType.OPTED_OUT_BY_USER, 5, A)
    assert known.state(SMS, ALL_ACCOUNTS) == Suppression.HARD
    known = lifted(known, EventType.STARTED, 3)
    assert known.state(SMS, ALL_ACCOUNTS) == Suppression.CLEAR
    entry = known.opted_out(SMS, A)
    assert entry is not None
    assert entry.suppression == Suppression.SOFT
    assert known.opted_out(SMS, B) is None


def test_a_stop_and_a_start_of_the_same_moment_are_a_stop(nothing: OptOut) -> None:
    """K2: ties go to STOP, whichever comes first."""
    first = lifted(laid(nothing, EventType.STOPPED, 1), EventType.STARTED, 1)
    second = laid(lifted(nothing, EventType.STARTED, 1), EventType.STOPPED, 1)
    assert first.state(SMS, ALL_ACCOUNTS) == second.state(SMS, ALL_ACCOUNTS) == Suppression.HARD


def test_an_opt_out_of_one_account_concerns_no_other(nothing: OptOut) -> None:
    """O9: and START lifts it, hard or soft."""
    known = laid(nothing, EventType.OPTED_OUT_ON_REQUEST, 1, A)
    assert known.opted_out(SMS, A) is not None
    assert known.opted_out(SMS, B) is None
    assert known.blocked_scopes(SMS) == {A}
    assert lifted(known, EventType.STARTED, 2).opted_out(SMS, A) is None


def test_only_what_a_user_laid_down_is_taken_back_by_a_user(nothing: OptOut) -> None:
    """S5, O5: a hard one cannot be, a soft one can, and the ledger says which kind it was."""
    back = happening(EventType.OPT_OUT_REVERSED, 2, A)
    hard = laid(nothing, EventType.OPTED_OUT_ON_REQUEST, 1, A)
    for known in (nothing, hard):
        with pytest.raises(IllegalTransition):
            service.withdraw(Transaction(), known, back)
    soft = laid(nothing, EventType.OPTED_OUT_BY_USER, 1, A)
    assert service.withdraw(Transaction(), soft, back).opted_out(SMS, A) is None


def test_what_is_taken_back_counts_as_later_whatever_the_clocks_say(nothing: OptOut) -> None:
    """S4: whoever takes it back has seen it."""
    soft = laid(nothing, EventType.OPTED_OUT_BY_USER, 5, A)
    after = service.withdraw(Transaction(), soft, happening(EventType.OPT_OUT_REVERSED, 1, A))
    assert after.opted_out(SMS, A) is None
    entry = after.entry(SMS, A, Kind.SOFT)
    assert entry is not None
    assert entry.effective_at > at(5)


def test_joining_again_lifts_a_stop_for_the_account_that_was_joined(nothing: OptOut) -> None:
    """O10: and for no other; a STOP after the JOIN stays."""
    stopped = laid(nothing, EventType.STOPPED, 1)
    joined = lifted(stopped, EventType.REJOINED, 2, A)
    assert joined.opted_out(SMS, A) is None
    assert joined.opted_out(SMS, B) is not None
    assert joined.blocked_scopes(SMS) == {ALL_ACCOUNTS}
    assert joined.open_scopes(SMS) == {A}
    again = laid(joined, EventType.STOPPED, 3)
    assert again.opted_out(SMS, A) is not None
    assert again.open_scopes(SMS) == set()
    late = lifted(laid(nothing, EventType.STOPPED, 2), EventType.REJOINED, 2, A)
    assert late.opted_out(SMS, A) is not None


def test_a_doubt_holds_broadcasts_and_is_no_opt_out(nothing: OptOut) -> None:
    """K7: it blocks no scope, and START or a decision ends it."""
    known = laid(nothing, EventType.DOUBTED, 1)
    standing = known.standing_against(SMS, A)
    assert standing is not None
    assert standing.suppression == Suppression.HELD
    assert known.opted_out(SMS, A) is None
    assert known.blocked_scopes(SMS) == set()
    dismissed = service.withdraw(Transaction(), known, happening(EventType.DOUBT_DISMISSED, 2))
    assert dismissed.standing_against(SMS, A) is None
    assert lifted(known, EventType.STARTED, 2).standing_against(SMS, A) is None
    assert laid(known, EventType.STOPPED, 2).state(SMS, ALL_ACCOUNTS) == Suppression.HARD


def test_a_stop_is_confirmed_once_a_day_and_again_after_a_start(nothing: OptOut) -> None:
    """K3: no other opt-out asks for a confirmation."""
    assert laid(nothing, EventType.OPTED_OUT_BY_USER, 0, A).replied_at is None
    known = laid(nothing, EventType.STOPPED, 1)
    assert known.replied_at == at(1)
    assert laid(known, EventType.STOPPED, 24 * 60).replied_at == at(1)
    assert laid(known, EventType.STOPPED, 24 * 60 + 1).replied_at == at(24 * 60 + 1)
    assert lifted(known, EventType.STARTED, 2).replied_at is None


@pytest.mark.usefixtures("aws")
def test_a_question_lapses_after_thirty_days(nobody: Consent) -> None:
    """S0: read as none from that moment, and recorded before the next event."""
    asked = agreed(nobody, EventType.CONFIRMATION_REQUESTED, 0)
    lapses = at(30 * 24 * 60)
    agreement = asked.agreement(SENDER, SMS)
    assert agreement.lapses_at() == lapses
    before = lapses - timedelta(seconds=1)
    assert status_of(agreement, None, before) == Status.PENDING
    assert status_of(agreement, None, lapses) == Status.NONE
    nothing = OptOut(sender_id=SENDER, subject=SUBJECT)
    assert service.answerable(asked, nothing, before) == [SMS]
    assert service.answerable(asked, nothing, lapses) == []
    again = agreed(asked, EventType.CONFIRMATION_REQUESTED, 31 * 24 * 60)
    assert again.sequence == asked.sequence + 2
    assert again.agreement(SENDER, SMS).standing == Standing.PENDING
    assert again.agreement(SENDER, SMS).ended_at == lapses


@pytest.mark.usefixtures("aws")
def test_only_an_own_join_is_answered_over_a_hard_opt_out(nobody: Consent, nothing: OptOut) -> None:
    """O10: YES alone never lifts a hard stop; it may lift a soft one that was asked about."""
    hard = laid(nothing, EventType.STOPPED, 1)
    soft = laid(nothing, EventType.OPTED_OUT_BY_USER, 1, A)
    asked = agreed(nobody, EventType.CONFIRMATION_REQUESTED, 2)
    joined = agreed(nobody, EventType.JOIN_REQUESTED, 2)
    assert service.answerable(asked, hard, at(3)) == []
    assert service.answerable(asked, soft, at(3)) == [SMS]
    assert service.answerable(joined, hard, at(3)) == [SMS]
    stopped_since = laid(nothing, EventType.STOPPED, 2)
    assert service.answerable(joined, stopped_since, at(3)) == []
    answered = agreed(joined, EventType.CONFIRMED, 3)
    assert service.answerable(answered, nothing, at(4)) == []


@pytest.mark.usefixtures("aws")
def test_a_number_that_was_reassigned_has_no_consent_left(nobody: Consent) -> None:
    """C11: on no channel of no sender, and a lead from before revives none."""
    known = agreed(nobody, EventType.LEAD_RECEIVED, 0, SMS, VOICE)
    ended = service.end_all(
        Transaction(), known, happening(EventType.NUMBER_REASSIGNED, 2, A, SMS, VOICE)
    )
    assert {ended.agreement(SENDER, c).standing for c in Channel} == {Standing.NONE}
    late = agreed(ended, EventType.LEAD_RECEIVED, 1)
    assert late.agreement(SENDER, SMS).standing == Standing.NONE
    assert late.sequence == ended.sequence + 1
    assert agreed(ended, EventType.LEAD_RECEIVED, 3).agreement(SENDER, SMS).standing == (
        Standing.SUBSCRIBED
    )
