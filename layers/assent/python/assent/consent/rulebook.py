"""The rules of the field as dated data, so that any day is judged by the rules then in force.

Each rule has a source and says whether its text was seen (`confirmed`). `from_` is the first day in
force, `until` the first day that no longer is; nothing means that no such day is known. The rules
are defaults of this product, not legal advice. They stand in `terms`, those of hours and caps by
place in `places`; `rules` looks them up.
"""

from dataclasses import KW_ONLY, dataclass
from datetime import date, time
from enum import StrEnum


class Subject(StrEnum):
    """What a rule is about."""

    WORDS = "Words that people text"
    OPT_OUT = "Opting out"
    OPT_IN = "Opting in"
    KEEPING = "What is kept"
    TIMES = "When and how often"


class Unit(StrEnum):
    """What a rule's number counts."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business days"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a day in the recipient's time: from `start` on, and before `end`."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        """Tell whether a local time is inside."""
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages within so many hours; of each subject apart, or in all."""

    messages: int
    hours: int
    per_subject: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """When messages may go: a window for each day from Monday on, nothing where none may."""

    windows: tuple[Window | None, ...]
    cap: Cap | None = None
    holidays: bool = True
    """Whether messages may go on public holidays."""


Value = int | bool | str | tuple[str, ...] | Week


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what holds, where, from when until when, and who says so."""

    id: str
    subject: Subject
    _: KW_ONLY
    value: Value
    source: str
    note: str = ""
    unit: Unit | None = None
    place: str = ""
    """A state's postal code, or nothing where the rule holds everywhere."""
    from_: date | None = None
    until: date | None = None
    confirmed: bool = True

    def in_force(self, day: date) -> bool:
        """Tell whether the rule holds on a day."""
        return (self.from_ is None or self.from_ <= day) and (
            self.until is None or day < self.until
        )
