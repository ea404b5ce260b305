"""Public holidays of the United States, on which some places want no messages.

The legal holidays of 5 U.S.C. 6103, on their day and on the weekday on which they are observed.
Holidays of a single state are not listed.
"""

from datetime import date, timedelta
from functools import cache

_MONDAY, _THURSDAY = 0, 3
_SATURDAY, _SUNDAY = 5, 6
_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
# Month, weekday, and which of the month; the last one is counted from the end.
_MOVING = (
    (1, _MONDAY, 3),
    (2, _MONDAY, 3),
    (5, _MONDAY, -1),
    (9, _MONDAY, 1),
    (10, _MONDAY, 2),
    (11, _THURSDAY, 4),
)


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday, or the weekday on which one is observed."""
    return day in _holidays(day.year) or day in _observed(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    fixed = {date(year, month, day) for month, day in _FIXED}
    return frozenset(fixed | {_nth(year, *each) for each in _MOVING})


@cache
def _observed(year: int) -> frozenset[date]:
    # New Year's Day of the next year may be observed on the last day of this one.
    days = [date(year, month, day) for month, day in _FIXED] + [date(year + 1, 1, 1)]
    shift = {_SATURDAY: timedelta(days=-1), _SUNDAY: timedelta(days=1)}
    return frozenset(day + shift.get(day.weekday(), timedelta()) for day in days)


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    if which < 0:
        last = date(year, month + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=which - 1)
