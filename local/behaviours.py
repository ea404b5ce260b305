"""How a simulated phone, or the carrier before it, takes a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What happens to a message for a phone."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    NO_RECEIPT = "no_receipt"
    LANDLINE = "landline"
    OPTED_OUT = "opted_out"
    SLOW = "slow"
    TOO_MANY = "too_many"
    SERVER_ERROR = "server_error"


UNREACHABLE = 30003
LANDLINE = 30006


@dataclass(frozen=True)
class Refusal:
    """The provider's answer to a message it does not take."""

    status: int
    code: int
    message: str

    def body(self) -> dict[str, Any]:
        """Return the answer's JSON."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


_REFUSALS = {
    Kind.OPTED_OUT: Refusal(400, 21610, "Attempt to send to unsubscribed recipient"),
    Kind.TOO_MANY: Refusal(429, 20429, "Too many requests"),
    Kind.SERVER_ERROR: Refusal(500, 20500, "Internal server error"),
}


@dataclass(frozen=True)
class Behaviour:
    """A phone's behaviour; with `times`, only for that many messages from now on."""

    kind: Kind = Kind.DELIVERED
    error_code: int | None = None
    seconds: float = 5.0
    times: int | None = None

    @classmethod
    def parse(cls, given: dict[str, Any]) -> Self:
        """Read a behaviour; raises `ValueError` with a sentence for the caller."""
        try:
            kind = Kind(given.get("kind", Kind.DELIVERED))
        except ValueError:
            raise ValueError(f"kind must be one of: {', '.join(Kind)}") from None
        times = given.get("times")
        code = given.get("error_code")
        seconds = given.get("seconds", 5.0)
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError("times must be a whole number above 0")
        if code is not None and not isinstance(code, int):
            raise ValueError("error_code must be a number, as 30003")
        if not isinstance(seconds, int | float) or not 0 <= seconds <= 60:  # noqa: PLR2004
            raise ValueError("seconds must be between 0 and 60")
        return cls(kind, code, float(seconds), times)

    def stored(self) -> dict[str, Any]:
        """Return the behaviour as plain data, which `parse` reads."""
        return {
            "kind": self.kind.value,
            "error_code": self.error_code,
            "seconds": self.seconds,
            "times": self.times,
        }

    def refusal(self) -> Refusal | None:
        """Return how the provider refuses the message, None where it takes it."""
        return _REFUSALS.get(self.kind)

    def receipts(self) -> list[tuple[float, str, int | None]]:
        """Return the receipts to come: seconds after acceptance, status, error code."""
        if self.kind is Kind.NO_RECEIPT:
            return []
        pace = 4.0 if self.kind is Kind.SLOW else 1.0
        first = [(0.05 * pace, "queued", None), (0.2 * pace, "sent", None)]
        if self.kind is Kind.UNDELIVERED:
            return [*first, (0.5, "undelivered", self.error_code or UNREACHABLE)]
        if self.kind is Kind.LANDLINE:
            return [*first, (0.5, "undelivered", LANDLINE)]
        return [*first, (0.5 * pace, "delivered", None)]


class CallKind(StrEnum):
    """What happens when a phone is called."""

    RINGS = "rings"
    NO_VOICEMAIL = "no_voicemail"
    PERSON = "person"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True)
class CallBehaviour:
    """How a phone takes calls; with `times`, only that many from now on."""

    kind: CallKind = CallKind.RINGS
    times: int | None = None

    @classmethod
    def parse(cls, given: dict[str, Any]) -> Self:
        """Read a behaviour; raises `ValueError` with a sentence for the caller."""
        try:
            kind = CallKind(given.get("kind", CallKind.RINGS))
        except ValueError:
            raise ValueError(f"kind must be one of: {', '.join(CallKind)}") from None
        times = given.get("times")
        if times is not None and (not isinstance(times, int) or times < 1):
            raise ValueError("times must be a whole number above 0")
        return cls(kind, times)

    def stored(self) -> dict[str, Any]:
        """Return the behaviour as plain data, which `parse` reads."""
        return {"kind": self.kind.value, "times": self.times}
