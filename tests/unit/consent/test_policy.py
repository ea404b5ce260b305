"""The gates before every send, in their order."""

from datetime import UTC, datetime
from itertools import product

import pytest

from assent.consent.model import Agreement, Channel, Entry, Source, Standing, Suppression
from assent.consent.policy import (
    EXPLANATIONS,
    Decision,
    Purpose,
    Reason,
    may_send,
    way_back,
)

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
ANSWERS = {Purpose.STOP_REPLY, Purpose.START_REPLY, Purpose.HELP_REPLY, Purpose.JOIN_REQUEST}
FIRST = {Purpose.COMPLIANCE, Purpose.CONFIRMATION_REQUEST, Purpose.VERIFICATION, Purpose.TEST}
WORSE = [Suppression.HELD, Suppression.SOFT, Suppression.HARD]


def closes(purpose: Purpose, against: Suppression | None) -> Reason | None:
    """Say what the opt-out gate should answer."""
    match against:
        case Suppression.HARD:
            return Reason.HARD_OPT_OUT
        case Suppression.SOFT:
            # A contact may be asked whether it wants to come back from a user's own decision.
            return None if purpose == Purpose.CONFIRMATION_REQUEST else Reason.SOFT_OPT_OUT
        case Suppression.HELD:
            return Reason.NEEDS_DECISION if purpose == Purpose.BROADCAST else None
    return None


def decide(
    purpose: Purpose,
    *,
    registered: bool = True,
    against: Suppression | None = None,
    standing: Standing = Standing.SUBSCRIBED,
) -> Decision:
    entry = None
    if against:
        entry = Entry(suppression=against, source=Source.KEYWORD, effective_at=AT, recorded_at=AT)
    return may_send(
        purpose,
        Channel.SMS,
        sender_registered=registered,
        against=entry,
        agreement=Agreement(standing=standing),
    )


@pytest.mark.parametrize(
    ("purpose", "registered", "against", "standing"),
    list(product(Purpose, [True, False], [None, *WORSE], Standing)),
)
def test_the_first_closed_gate_decides(
    purpose: Purpose, against: Suppression | None, standing: Standing, *, registered: bool
) -> None:
    """S0, S7, K4, K7, O10: the whole table, for every purpose."""
    decision = decide(purpose, registered=registered, against=against, standing=standing)
    if not registered:
        wanted: Reason | None = Reason.SENDER_NOT_REGISTERED
    elif purpose in ANSWERS:
        wanted = None
    elif closed := closes(purpose, against):
        wanted = closed
    elif purpose in FIRST or standing == Standing.SUBSCRIBED:
        wanted = None
    else:
        wanted = Reason.NO_CONSENT
    assert (decision.allowed, decision.reason) == (wanted is None, wanted)


def test_the_gates_stand_in_their_order_with_what_they_saw() -> None:
    """S7."""
    gates = decide(
        Purpose.BROADCAST, registered=False, against=Suppression.HARD, standing=Standing.NONE
    ).gates
    assert [(gate.name, gate.passed) for gate in gates] == [
        ("sender", False),
        ("opt_out", False),
        ("consent", False),
    ]
    assert gates[1].evidence == {
        "kind": "hard",
        "source": "Keyword",
        "effective_at": AT.isoformat(),
    }
    assert gates[2].evidence == {"channel": "sms", "standing": "none"}


def test_every_reason_is_explained_in_a_sentence() -> None:
    assert set(EXPLANATIONS) == set(Reason)
    assert all(words.endswith(".") for words in EXPLANATIONS.values())


@pytest.mark.parametrize(
    ("channel", "words"),
    [(Channel.SMS, "texts START to +18885550100"), (Channel.VOICE, "presses 1 when calling")],
)
def test_the_way_back_is_the_contacts_own(channel: Channel, words: str) -> None:
    """S5."""
    assert words in way_back(channel, "+18885550100")
