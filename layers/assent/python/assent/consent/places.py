"""When and how often messages may go, by the place of the number: dated data.

Hours are in the recipient's time. In a state of the United States its own rules and the federal one
hold together. What only secondary tables say is unconfirmed: strict by default, and an account can
switch each such rule off by its id. Not legal advice.
"""

import re
from datetime import date, time
from typing import TYPE_CHECKING

from assent.consent.rulebook import Cap, Rule, Subject, Unit, Week, Window
from assent.sms.words import POLICY

if TYPE_CHECKING:
    from assent.sms.numbers import PhoneNumber  # slow to load, and only named here

UNKNOWN = "unknown"
"""The place of a number that could be in several, or nowhere in particular (toll-free)."""
ELSEWHERE = "elsewhere"
"""Any place outside the United States."""
FEDERAL = "US"

STATES = frozenset(
    re.findall(
        r"\w+",
        """
AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM
NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY AS GU MP PR VI
""",
    )
)
"""Postal codes of the states and territories of the United States."""

_THREE_A_DAY = Cap(messages=3, hours=24)
_SECONDARY = "Secondary tables of calling hours"


def _window(hours: str) -> Window | None:
    """Read `09-20`; a dash alone is a day without messages."""
    start, _, end = hours.partition("-")
    return Window(time(int(start)), time(int(end))) if start else None


def _week(
    weekdays: str,
    saturday: str = "",
    sunday: str = "",
    *,
    cap: Cap | None = None,
) -> Week:
    """Make a week; a day that is not given is like the one before it."""
    saturday = saturday or weekdays
    days = [weekdays] * 5 + [saturday, sunday or saturday]
    return Week(tuple(_window(day) for day in days), cap)


def _hours(
    place: str, week: Week, source: str, note: str = "", *, from_: date | None = None
) -> Rule:
    return Rule(
        f"hours_{place.lower()}",
        Subject.TIMES,
        value=week,
        source=source,
        note=note,
        place=place,
        from_=from_,
        confirmed=source != _SECONDARY,
    )


def _no_holidays(place: str) -> Rule:
    return Rule(
        f"holidays_{place.lower()}",
        Subject.TIMES,
        value=Week((Window(time.min, time.max),) * 7, holidays=False),
        source=_SECONDARY,
        note="Nothing on public holidays; those of the state alone are not listed.",
        place=place,
        confirmed=False,
    )


_STRICT_READING = "By the strict reading."

HOURS = (
    _hours(FEDERAL, _week("08-21"), "47 CFR 64.1200(c)(1)", "In every state and territory."),
    _hours(
        "FL",
        _week("08-20", cap=Cap(messages=3, hours=24, per_subject=True)),
        "Fla. Stat. 501.059 and 501.616",
        "The cap counts each subject apart.",
        from_=date(2021, 7, 1),
    ),
    _hours(
        "OK",
        _week("08-20", cap=_THREE_A_DAY),
        "Okla. Stat. tit. 15, 775C",
        from_=date(2022, 11, 1),
    ),
    _hours(
        "OR",
        _week("08-20", cap=_THREE_A_DAY),
        "Oregon HB 3865 of 2025",
        _STRICT_READING,
        from_=date(2026, 1, 1),
    ),
    _hours(
        "MD",
        _week("08-20", cap=_THREE_A_DAY),
        "Maryland Stop the Spam Calls Act of 2023",
        _STRICT_READING,
        from_=date(2024, 1, 1),
    ),
    _hours("WA", _week("08-20", cap=_THREE_A_DAY), "RCW 80.36.390", _STRICT_READING),
    _hours("CT", _week("09-20"), "Conn. Gen. Stat. 42-288a", from_=date(2023, 10, 1)),
    _hours(
        "TX",
        _week("09-21", sunday="12-21"),
        "Texas SB 140 of 2025",
        from_=date(2025, 9, 1),
    ),
    _hours("NV", _week("09-20"), _SECONDARY),
    _hours("KY", _week("10-21"), _SECONDARY),
    _hours("AL", _week("08-20", sunday="-"), _SECONDARY),
    _hours("LA", _week("08-20", sunday="-"), _SECONDARY),
    _hours("MS", _week("08-20", sunday="-"), _SECONDARY),
    _hours(
        "RI",
        _week("09-18", "10-17", "-"),
        _SECONDARY,
        "Weekdays to 18:00; the hours of Saturday are from the same tables.",
    ),
    *map(_no_holidays, ("AL", "LA", "MS", "RI")),
    _hours(
        UNKNOWN,
        _week("09-20", sunday="12-20", cap=_THREE_A_DAY),
        POLICY,
        "Must hold in every zone in which the number could be.",
    ),
    _hours(ELSEWHERE, _week("09-20", cap=_THREE_A_DAY), POLICY),
)
"""Hours and caps, one rule a place; unconfirmed ones can be switched off by their id."""

EXEMPTIONS = (
    Rule(
        "compliance_exempt_from_quiet_hours",
        Subject.TIMES,
        value=15,
        source=POLICY,
        note="After the form was sent: the compliance message answers it. Later it is deferred.",
        unit=Unit.MINUTES,
    ),
    Rule(
        "answers_exempt_from_quiet_hours",
        Subject.TIMES,
        value=True,
        source=POLICY,
        note="Answers to the contact's own message: STOP, HELP, a confirmation.",
    ),
)


def place_of(number: "PhoneNumber") -> str:
    """Name the place whose hours hold for a number, by where it was issued."""
    if number.area is None:
        return ELSEWHERE
    if number.state in STATES:
        return number.state or UNKNOWN
    canadian = number.states and STATES.isdisjoint(number.states)
    return ELSEWHERE if canadian else UNKNOWN
