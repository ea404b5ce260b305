"""May this message be sent? One pure function; every path that sends asks it."""

from enum import StrEnum
from itertools import takewhile

from pydantic import BaseModel, ConfigDict

from assent.consent.model import Agreement, Channel, Entry, Standing, Suppression


class Purpose(StrEnum):
    """Why a message is sent; some purposes need less consent than others."""

    COMPLIANCE = "compliance"  # tells a new lead who will text, and how to stop
    CONFIRMATION_REQUEST = "confirmation_request"  # asks for YES
    JOIN_REQUEST = "join_request"  # asks for YES, in answer to the person's own JOIN word
    CONFIRMED = "confirmed"  # says thank you for YES
    STOP_REPLY = "stop_reply"
    START_REPLY = "start_reply"
    HELP_REPLY = "help_reply"
    BROADCAST = "broadcast"
    VERIFICATION = "verification"  # a code for a user's own phone
    TEST = "test"  # a broadcast's text, to a user's own verified phone


ANSWERS = frozenset(
    {Purpose.STOP_REPLY, Purpose.START_REPLY, Purpose.HELP_REPLY, Purpose.JOIN_REQUEST}
)
"""Answers to the person's own keyword: always allowed, even to an opted-out number."""

BEFORE_CONSENT = frozenset(
    {Purpose.COMPLIANCE, Purpose.CONFIRMATION_REQUEST, Purpose.VERIFICATION, Purpose.TEST}
)
"""What may go to a person whose consent is not on record yet; users ask for their own phones."""

ASKS_BACK = frozenset({Purpose.CONFIRMATION_REQUEST})
"""What may go past a user's own opt-out: the question whether the contact wants to come back."""

WAITS_FOR_DECISIONS = frozenset({Purpose.BROADCAST})
"""What is held while a message that may be an opt-out waits for a person's decision."""


class Reason(StrEnum):
    """Why a message is not sent."""

    SENDER_NOT_REGISTERED = "sender_not_registered"
    HARD_OPT_OUT = "hard_opt_out"
    SOFT_OPT_OUT = "soft_opt_out"
    NEEDS_DECISION = "needs_decision"
    NO_CONSENT = "no_consent"


EXPLANATIONS: dict[Reason, str] = {
    Reason.SENDER_NOT_REGISTERED: "The sender is not registered with its carriers yet.",
    Reason.HARD_OPT_OUT: "The contact opted out. Only the contact can undo it, by texting START.",
    Reason.SOFT_OPT_OUT: "A user of this account opted the contact out, and can undo it.",
    Reason.NEEDS_DECISION: (
        "The contact wrote something that may be an opt-out. Decide about it first."
    ),
    Reason.NO_CONSENT: "There is no consent on record for this channel.",
}


_OF_CALLS: dict[Reason, str] = {
    Reason.HARD_OPT_OUT: (
        "The contact opted out of calls. Only the contact can undo it, by calling the sender and"
        " pressing 1."
    ),
}


def explanation(reason: Reason, channel: Channel) -> str:
    """Say in plain words why nothing is sent by this channel."""
    of_calls = _OF_CALLS.get(reason) if channel == Channel.VOICE else None
    return of_calls or EXPLANATIONS[reason]


def way_back(channel: Channel, address: str) -> str:
    """Say how a contact itself undoes its opt-out from the sender with this address."""
    if channel == Channel.VOICE:
        return f"The contact presses 1 when calling {address}."
    return f"The contact texts START to {address}."


class Gate(BaseModel):
    """One gate with what it saw."""

    model_config = ConfigDict(frozen=True)

    name: str
    passed: bool
    evidence: dict[str, str]


class Decision(BaseModel):
    """The answer, with every gate that was looked at, in order; the first closed one decides."""

    model_config = ConfigDict(frozen=True)

    allowed: bool
    reason: Reason | None
    gates: list[Gate]

    @property
    def evidence(self) -> dict[str, str]:
        """Return what the first closed gate saw; nothing where none was closed."""
        return next((gate.evidence for gate in self.gates if not gate.passed), {})

    @property
    def passed(self) -> list[Gate]:
        """Return the gates before the first closed one, in order."""
        return list(takewhile(lambda gate: gate.passed, self.gates))


def may_send(
    purpose: Purpose,
    channel: Channel,
    *,
    sender_registered: bool,
    against: Entry | None,
    agreement: Agreement,
) -> Decision:
    """Decide whether a message may go to a phone, by all gates in their order."""
    gates = [
        Gate(
            name="sender", passed=sender_registered, evidence={"registered": str(sender_registered)}
        )
    ]
    reasons: list[Reason | None] = [None if sender_registered else Reason.SENDER_NOT_REGISTERED]
    if purpose not in ANSWERS:
        reasons.append(_opt_out_reason(purpose, against))
        gates.append(_opt_out_gate(against, passed=reasons[-1] is None))
        gates.append(_consent_gate(purpose, channel, agreement))
        reasons.append(None if gates[-1].passed else Reason.NO_CONSENT)
    reason = next((r for r in reasons if r), None)
    return Decision(allowed=reason is None, reason=reason, gates=gates)


def _opt_out_reason(purpose: Purpose, against: Entry | None) -> Reason | None:
    if against is None:
        return None
    if against.suppression == Suppression.HARD:
        return Reason.HARD_OPT_OUT
    if against.suppression == Suppression.SOFT:
        return None if purpose in ASKS_BACK else Reason.SOFT_OPT_OUT
    return Reason.NEEDS_DECISION if purpose in WAITS_FOR_DECISIONS else None


def _opt_out_gate(against: Entry | None, *, passed: bool) -> Gate:
    evidence = {}
    if against:
        evidence = {
            "kind": against.suppression.value,
            "source": against.source.value,
            "effective_at": against.effective_at.isoformat(),
        }
    return Gate(name="opt_out", passed=passed, evidence=evidence)


def _consent_gate(purpose: Purpose, channel: Channel, agreement: Agreement) -> Gate:
    passed = purpose in BEFORE_CONSENT or agreement.standing == Standing.SUBSCRIBED
    return Gate(
        name="consent",
        passed=passed,
        evidence={"channel": channel.value, "standing": agreement.standing.value},
    )
