"""What each gate of `may_send` says of itself: why a message was or was not sent (behaviour S7)."""

from datetime import UTC, datetime

import pytest

from assent.consent.model import Agreement, Channel, Entry, Source, Standing, Suppression
from assent.consent.policy import Decision, Purpose, Reason, may_send

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
STOP = Entry(suppression=Suppression.HARD, source=Source.KEYWORD, effective_at=AT, recorded_at=AT)


def decide(*, registered: bool, against: Entry | None, standing: Standing) -> Decision:
    return may_send(
        Purpose.BROADCAST,
        Channel.SMS,
        sender_registered=registered,
        against=against,
        agreement=Agreement(standing=standing),
    )


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("against", [STOP, None], ids=["stopped", "not stopped"])
@pytest.mark.parametrize("standing", [Standing.SUBSCRIBED, Standing.NONE])
def test_each_gate_answers_for_itself_alone(
    registered: bool, against: Entry | None, standing: Standing
) -> None:
    """S7."""
    found = decide(registered=registered, against=against, standing=standing)

    assert [(gate.name, gate.passed) for gate in found.gates] == [
        ("sender", registered),
        ("opt_out", against is None),
        ("consent", standing == Standing.SUBSCRIBED),
    ]


def test_each_gate_shows_what_it_saw() -> None:
    """S7."""
    found = decide(registered=False, against=STOP, standing=Standing.NONE)

    assert [gate.evidence for gate in found.gates] == [
        {"registered": "False"},
        {"kind": "hard", "source": "Keyword", "effective_at": AT.isoformat()},
        {"channel": "sms", "standing": "none"},
    ]
    assert found.reason is Reason.SENDER_NOT_REGISTERED


def test_without_an_opt_out_its_gate_shows_nothing() -> None:
    """S7."""
    found = decide(registered=True, against=None, standing=Standing.SUBSCRIBED)

    assert [gate.evidence for gate in found.gates] == [
        {"registered": "True"},
        {},
        {"channel": "sms", "standing": "subscribed"},
    ]
    assert found.allowed
