"""The look-up that tells landlines from mobile phones (behaviour Q2)."""

import pytest

from assent.sms.line_types import LineTypes, NoLineTypes, line_type
from assent.sms.numbers import LineType, PhoneNumber, parse

AMERICAN = parse("+1 415 555 2671")
BRITISH_LANDLINE = parse("+44 20 7946 0018")


class Carrier:
    """A look-up that knows some numbers, and keeps what it was asked."""

    def __init__(self, **known: LineType) -> None:
        self.known = known
        self.asked: list[str] = []

    def of(self, number: PhoneNumber) -> LineType:
        self.asked.append(number.e164)
        return self.known.get(number.e164[1:], LineType.unknown)


@pytest.mark.parametrize("kind", [LineType.fixed_line, LineType.mobile, LineType.voip])
def test_a_look_up_tells_what_the_numbering_plan_does_not(kind: LineType) -> None:
    """Q2."""
    assert AMERICAN.line_type is LineType.fixed_line_or_mobile
    assert line_type(AMERICAN, Carrier(**{"14155552671": kind})) is kind


def test_without_a_look_up_the_numbering_plan_counts() -> None:
    """Q2."""
    nobody: LineTypes = NoLineTypes()

    assert nobody.of(AMERICAN) is LineType.unknown
    assert line_type(AMERICAN, nobody) is LineType.fixed_line_or_mobile
    assert line_type(BRITISH_LANDLINE, nobody) is LineType.fixed_line


def test_a_look_up_that_says_nothing_changes_nothing() -> None:
    """Q2."""
    assert line_type(AMERICAN, Carrier()) is LineType.fixed_line_or_mobile


def test_nobody_is_asked_about_what_the_plan_says() -> None:
    carrier = Carrier(**{"442079460018": LineType.mobile})

    assert line_type(BRITISH_LANDLINE, carrier) is LineType.fixed_line
    assert carrier.asked == []
    line_type(AMERICAN, carrier)
    assert carrier.asked == ["+14155552671"]
