"""The port to a carrier's line-type look-up, which tells landlines where numbering plans cannot.

North America's plan does not tell mobile from fixed (Q2). Without a look-up only what the plan says
counts, and a landline shows by the provider's error for it.
"""

from typing import Protocol

from assent.sms.numbers import LineType, PhoneNumber

_UNDECIDED = frozenset({LineType.fixed_line_or_mobile, LineType.unknown})


class LineTypes(Protocol):
    """A look-up of what kind of line a number is today."""

    def of(self, number: PhoneNumber) -> LineType:
        """Return what the carrier says, `LineType.unknown` if it says nothing."""
        ...


class NoLineTypes:
    """The look-up of a sender that has none: it never says anything."""

    def of(self, number: PhoneNumber) -> LineType:  # noqa: ARG002 - a port's implementation
        """Say nothing."""
        return LineType.unknown


def line_type(number: PhoneNumber, look_up: LineTypes) -> LineType:
    """Return the kind of line: what the numbering plan says, asking further only if it must."""
    if number.line_type not in _UNDECIDED:
        return number.line_type
    found = look_up.of(number)
    return number.line_type if found == LineType.unknown else found
