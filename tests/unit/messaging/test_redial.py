"""When a call that nobody took is made again: how often, how far apart, in whose hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assent.messaging.redial import REDIALS, Redial, next_call

NOON = datetime(2026, 1, 7, 17, tzinfo=UTC)  # in New York, a Wednesday
NEW_YORK, TOLL_FREE, LONDON = "+12125550101", "+18885550123", "+442079460018"


@pytest.mark.parametrize(
    ("code", "attempt", "minutes"),
    [
        ("no-answer", 1, 30),
        ("no-answer", 2, 120),
        ("no-answer", 3, None),
        ("busy", 1, 5),
        ("busy", 2, 30),
        ("busy", 3, None),
        ("failed", 1, None),
        ("canceled", 1, None),
        ("fax", 1, None),
        ("hard_opt_out", 1, None),
        ("", 1, None),
    ],
)
def test_a_call_is_made_again_a_few_times_and_further_apart(
    code: str, attempt: int, minutes: int | None
) -> None:
    due = next_call(code, attempt, NOON)
    assert due == (NOON + timedelta(minutes=minutes) if minutes else None)


def test_every_day_has_one_policy() -> None:
    for day in (date(1990, 1, 1), date(2026, 11, 26), date(2100, 1, 1)):
        assert len([one for one in REDIALS if one.in_force(day)]) == 1


def test_a_policy_holds_from_its_first_day_and_not_on_its_last() -> None:
    policy = Redial(waits={}, source="x", from_=date(2026, 1, 1), until=date(2027, 1, 1))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [policy.in_force(day) for day in days] == [False, True, True, False]
