"""When a call that nobody took is made again: how often, how far apart, in whose hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assent.messaging.redial import REDIALS, Redial, may_call, next_call

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


@pytest.mark.parametrize(
    ("phone", "hour", "allowed"),
    [
        (NEW_YORK, 13, True),  # 08:00 there
        (NEW_YORK, 12, False),
        (NEW_YORK, 1, True),  # 20:00 the evening before
        (NEW_YORK, 2, False),
        (LONDON, 9, True),
        (LONDON, 8, False),
        (LONDON, 20, False),
        (TOLL_FREE, 10, False),  # somewhere it is night
        ("no number", 17, False),
    ],
)
def test_nobody_is_called_outside_the_hours_of_every_place_the_number_may_be_in(
    phone: str, hour: int, *, allowed: bool
) -> None:
    """B4: calls keep the hours that texts keep."""
    assert may_call(phone, NOON.replace(hour=hour)) is allowed


def test_summer_time_is_kept() -> None:
    """B4: at 12:30 UTC it is 07:30 in New York in winter, and 08:30 in summer."""
    half_past = NOON.replace(hour=12, minute=30)
    assert not may_call(NEW_YORK, half_past.replace(month=3, day=6))
    assert may_call(NEW_YORK, half_past.replace(month=3, day=9))
