"""Public holidays, on their day and on the weekday on which they are observed."""

import re
from datetime import date, timedelta

import pytest

from assent.consent.holidays import is_holiday

# The calendar of the federal government for two years, observed days included.
HOLIDAYS = re.findall(
    r"\S+",
    """
2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-07-04 2026-09-07 2026-10-12
2026-11-11 2026-11-26 2026-12-25
2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-06-19 2027-07-04 2027-07-05 2027-09-06
2027-10-11 2027-11-11 2027-11-25 2027-12-24 2027-12-25 2027-12-31
""",
)


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_holidays_of_a_year(year: int) -> None:
    """B4."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))

    found = [day.isoformat() for day in days if is_holiday(day)]

    assert found == [day for day in HOLIDAYS if day.startswith(str(year))]


def test_a_new_year_on_a_saturday_is_observed_in_the_old_year() -> None:
    assert date(2028, 1, 1).strftime("%A") == "Saturday"
    assert is_holiday(date(2027, 12, 31))
    assert is_holiday(date(2028, 1, 1))
    assert not is_holiday(date(2028, 1, 3))


def test_a_new_year_on_a_sunday_is_observed_on_monday() -> None:
    assert date(2023, 1, 1).strftime("%A") == "Sunday"
    assert is_holiday(date(2023, 1, 2))
    assert not is_holiday(date(2022, 12, 31))
