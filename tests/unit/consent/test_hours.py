"""The one rule of hours, which texts and calls keep."""

from datetime import UTC, datetime

import pytest

from assent.consent.hours import is_open, opens_at, whereabouts

NOON = datetime(2026, 1, 7, 17, tzinfo=UTC)  # in New York, a Wednesday
NEW_YORK, TOLL_FREE, LONDON = "+12125550101", "+18885550123", "+442079460018"


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
def test_nothing_goes_out_outside_the_hours_of_every_place_the_number_may_be_in(
    phone: str, hour: int, *, allowed: bool
) -> None:
    """B4: for texts, calls and calls made again alike."""
    assert is_open(whereabouts(phone), NOON.replace(hour=hour)) is allowed


def test_summer_time_is_kept() -> None:
    """B4: at 12:30 UTC it is 07:30 in New York in winter, and 08:30 in summer."""
    half_past = NOON.replace(hour=12, minute=30)
    assert not is_open(whereabouts(NEW_YORK), half_past.replace(month=3, day=6))
    assert is_open(whereabouts(NEW_YORK), half_past.replace(month=3, day=9))


def test_a_zone_of_its_own_is_the_only_one_that_counts() -> None:
    """B4: a toll-free number could be anywhere, and its contact is in Chicago."""
    assert not is_open(whereabouts(TOLL_FREE), NOON)
    assert is_open(whereabouts(TOLL_FREE, "America/Chicago"), NOON)


def test_where_nothing_is_known_nothing_ever_opens() -> None:
    """B4: it could be night there."""
    assert opens_at(whereabouts("no number"), NOON) is None
