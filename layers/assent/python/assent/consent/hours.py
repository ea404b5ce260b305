"""When messages and calls may go to somebody: the one rule of hours, for all that asks. Pure.

Hours are those of the place of the number, from the dated rules, and must hold in every zone in
which the person may be; a zone of its own is the only one it may be in. Not legal advice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from assent.consent import rules
from assent.consent.places import UNKNOWN, place_of
from assent.consent.rulebook import Cap
from assent.platform.wall_time import instant
from assent.sms import numbers

_AREA = len("+1415")
_AHEAD = 9  # days that are looked through for an hour at which all is open


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody may be: the place whose rules hold, and the zones.

    Where no zone is known, no hour is known to be allowed.
    """

    place: str
    zones: tuple[str, ...]

    def cap(self, now: datetime) -> Cap | None:
        """Return how often the place allows messages, by the strictest of its days now."""
        found = [_hours(self.place, day).cap for day in self._days(now)]
        return min((cap for cap in found if cap), key=lambda c: c.messages / c.hours, default=None)

    def rules(self, now: datetime) -> list[str]:
        """Name the rules that hold at a moment."""
        return sorted({r for day in self._days(now) for r in _hours(self.place, day).rules})

    def _days(self, now: datetime) -> set[date]:
        return {now.astimezone(ZoneInfo(zone)).date() for zone in self.zones}


def whereabouts(phone: str, zone: str = "") -> Whereabouts:
    """Say where somebody may be, by the number and, if it is known, the zone."""
    try:
        number = numbers.parse(phone)
    except numbers.InvalidNumber:
        return Whereabouts(UNKNOWN, _own(zone))
    if number.area:
        # All numbers of an area are in one place, and thousands of recipients have one area.
        number = numbers.PhoneNumber(number.e164[:_AREA], number.region, number.line_type)
    return _of(number, zone)


@lru_cache(maxsize=10_000)
def _of(number: numbers.PhoneNumber, zone: str) -> Whereabouts:
    zones = tuple(one for one in number.zones if one in _zones())
    return Whereabouts(place_of(number), _own(zone) or zones)


def _own(zone: str) -> tuple[str, ...]:
    return (zone,) if zone in _zones() else ()


def opens_at(where: Whereabouts, now: datetime) -> datetime | None:
    """Return the first moment from now on that is open in all zones; nothing within nine days."""
    found = window(where, now)
    return found[0] if found else None


def window(where: Whereabouts, now: datetime) -> tuple[datetime, datetime] | None:
    """Return from when to when it is open in all zones next, now included; as `opens_at`."""
    for start, end in _open(where, now.astimezone(UTC).date()):
        if now < end:
            return max(start, now), end
    return None


def is_open(where: Whereabouts, now: datetime) -> bool:
    """Tell whether a moment is open in all zones."""
    return opens_at(where, now) == now


@lru_cache(maxsize=1_000)
def _hours(place: str, day: date) -> rules.Hours:
    """Return a place's hours on a day; thousands of recipients ask for the same."""
    return rules.quiet_hours(place, day)


@cache
def _zones() -> frozenset[str]:
    """Return all zones there are; finding out reads hundreds of files."""
    return frozenset(available_timezones())


@lru_cache(maxsize=2_000)
def _open(where: Whereabouts, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return when it is open in all zones, in UTC, from the day before one on."""
    common: list[tuple[datetime, datetime]] | None = None
    for zone in where.zones:
        found = list(_open_in(where.place, zone, day))
        common = found if common is None else list(_overlap(common, found))
    return tuple(common or ())


def _open_in(place: str, zone: str, day: date) -> Iterable[tuple[datetime, datetime]]:
    for ahead in range(-1, _AHEAD):
        local = day + timedelta(days=ahead)
        window = _hours(place, local).on(local)
        if window is None:
            continue
        start = instant(datetime.combine(local, window.start), zone)
        # A window to the last moment of the day ends with it.
        whole = window.end >= time(23, 59)
        end_day = local + timedelta(days=1) if whole else local
        end = instant(datetime.combine(end_day, time() if whole else window.end), zone)
        yield start, end


def _overlap(
    one: list[tuple[datetime, datetime]], other: list[tuple[datetime, datetime]]
) -> Iterable[tuple[datetime, datetime]]:
    for start, end in one:
        for begin, stop in other:
            if max(start, begin) < min(end, stop):
                yield max(start, begin), min(end, stop)
