"""Looks up the dated rules: what held on a given day, in a given place. Pure functions.

A day is a `date`; for a moment take its date where the person is. The rules themselves, with their
sources, are in `terms` and `places`, and as a document in `docs/rules.md`. Not legal advice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from assent.consent.holidays import is_holiday
from assent.consent.places import ELSEWHERE, EXEMPTIONS, FEDERAL, HOURS, STATES, UNKNOWN
from assent.consent.rulebook import Cap, Rule, Unit, Week, Window
from assent.consent.terms import TERMS

RULES = (*TERMS, *EXEMPTIONS, *HOURS)
"""Every rule of every day."""


class NoRule(LookupError):
    """No rule of this name was in force on that day, or it counts something else."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When messages may go to a place, and how many; `rules` are the ids it was made of."""

    windows: tuple[Window | None, ...]
    cap: Cap | None
    holidays: bool
    rules: tuple[str, ...]

    def on(self, day: date) -> Window | None:
        """Return the window of a day in the recipient's place, nothing if none may be sent."""
        if not self.holidays and is_holiday(day):
            return None
        return self.windows[day.weekday()]


def in_force(day: date) -> tuple[Rule, ...]:
    """Return every rule that holds on a day."""
    return tuple(rule for rule in RULES if rule.in_force(day))


def rule(rule_id: str, day: date) -> Rule:
    """Return the rule of that id that holds on a day; raises `NoRule`."""
    for each in RULES:
        if each.id == rule_id and each.in_force(day):
            return each
    raise NoRule(f"No rule {rule_id} was in force on {day.isoformat()}")


def minutes(rule_id: str, day: date) -> timedelta:
    """Return a span that a rule gives in minutes; raises `NoRule`."""
    return timedelta(minutes=_number(rule_id, day, Unit.MINUTES))


def hours(rule_id: str, day: date) -> timedelta:
    """Return a span that a rule gives in hours; raises `NoRule`."""
    return timedelta(hours=_number(rule_id, day, Unit.HOURS))


def days(rule_id: str, day: date) -> timedelta:
    """Return a span that a rule gives in days; raises `NoRule`."""
    return timedelta(days=_number(rule_id, day, Unit.DAYS))


def business_days(rule_id: str, day: date) -> int:
    """Return how many business days a rule gives; raises `NoRule`."""
    return _number(rule_id, day, Unit.BUSINESS_DAYS)


def years(rule_id: str, day: date) -> int:
    """Return how many years a rule gives; raises `NoRule`."""
    return _number(rule_id, day, Unit.YEARS)


def is_so(rule_id: str, day: date) -> bool:
    """Return what a rule of yes or no says; raises `NoRule`."""
    value = rule(rule_id, day).value
    if not isinstance(value, bool):
        raise NoRule(f"The rule {rule_id} is not one of yes or no")
    return value


def listed(rule_id: str, day: date) -> tuple[str, ...]:
    """Return what a rule lists, such as words or elements of a text; raises `NoRule`."""
    value = rule(rule_id, day).value
    if not isinstance(value, tuple):
        raise NoRule(f"The rule {rule_id} is no list")
    return value


def _number(rule_id: str, day: date, unit: Unit) -> int:
    found = rule(rule_id, day)
    if found.unit != unit or not isinstance(found.value, int):
        raise NoRule(f"The rule {rule_id} does not count {unit}")
    return found.value


def quiet_hours(
    state: str | None, day: date, *, switched_off: Iterable[str] = frozenset()
) -> Hours:
    """Return when messages may go to a place, by all rules that hold there on a day.

    `state` is a postal code, `places.ELSEWHERE`, or nothing where the place is not known.
    `switched_off` are ids of unconfirmed rules that the account does not want; only those can be
    switched off, others raise `ValueError`.
    """
    off = frozenset(switched_off)
    refused = sorted(each.id for each in HOURS if each.confirmed and each.id in off)
    if refused:
        raise ValueError(f"These rules cannot be switched off: {', '.join(refused)}")
    places = _places(state)
    found = [r for r in HOURS if r.place in places and r.id not in off and r.in_force(day)]
    weeks = [each.value for each in found if isinstance(each.value, Week)]
    return Hours(
        windows=tuple(_strictest(each) for each in zip(*(w.windows for w in weeks), strict=True)),
        cap=min((w.cap for w in weeks if w.cap), key=_pace, default=None),
        holidays=all(week.holidays for week in weeks),
        rules=tuple(each.id for each in found),
    )


def _places(state: str | None) -> frozenset[str]:
    if state is None:
        return frozenset({UNKNOWN})
    if state in STATES:
        return frozenset({FEDERAL, state})
    # A state of another country, which has no rule of its own here.
    return frozenset({UNKNOWN if state == UNKNOWN else ELSEWHERE})


def _pace(cap: Cap) -> float:
    return cap.messages / cap.hours


def _strictest(windows: tuple[Window | None, ...]) -> Window | None:
    """Return the time that lies in all windows."""
    start = max((w.start for w in windows if w), default=None)
    end = min((w.end for w in windows if w), default=None)
    if None in windows or start is None or end is None or start >= end:
        return None
    return Window(start, end)
