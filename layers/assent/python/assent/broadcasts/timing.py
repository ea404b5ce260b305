"""May this recipient be sent a broadcast now, and if not, when? Pure, from the dated rules.

Hours are those of the place of the number, and must hold in every zone in which the contact may
be; a contact's own zone is the only one it may be in. Not legal advice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from assent.broadcasts.local_times import instant, latest
from assent.broadcasts.model import Broadcast, Otherwise
from assent.consent import rules
from assent.consent.places import UNKNOWN, place_of
from assent.consent.rulebook import Cap
from assent.sms import numbers

_AHEAD = 9  # days that are looked through for an hour at which all is open
_SLOT, _EXACT = timedelta(minutes=15), timedelta(minutes=1)


SOONEST = timedelta(minutes=2)
"""How far ahead the moment is, at least, to which somebody is deferred."""


class Hold(StrEnum):
    """What holds a message back for a while."""

    QUIET_HOURS = "quiet_hours"
    CAP_REACHED = "cap_reached"
    LOCAL_TIME = "local_time"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a contact may be: the place whose rules hold, and the zones, at least one."""

    place: str
    zones: tuple[str, ...]

    def cap(self, now: datetime) -> Cap | None:
        """Return how often the place allows messages, by the strictest of its days now."""
        found = [_hours(self.place, day).cap for day in _days(self.zones, now)]
        return min((cap for cap in found if cap), key=lambda c: c.messages / c.hours, default=None)


@dataclass(frozen=True, slots=True)
class Wait:
    """Why not now, and from when on it may go; nothing where that cannot be said."""

    hold: Hold
    until: datetime | None
    evidence: dict[str, str]


@lru_cache(maxsize=1_000)
def _hours(place: str, day: date) -> rules.Hours:
    """Return a place's hours on a day; thousands of recipients ask for the same."""
    return rules.quiet_hours(place, day)


@cache
def _zones() -> frozenset[str]:
    """Return all zones there are; finding out reads hundreds of files."""
    return frozenset(available_timezones())


@lru_cache(maxsize=10_000)
def whereabouts(phone: str, zone: str = "") -> Whereabouts:
    """Say where a contact may be, by its number and, if it is known, its own zone."""
    own = (zone,) if zone in _zones() else ()
    try:
        number = numbers.parse(phone)
    except numbers.InvalidNumber:
        return Whereabouts(UNKNOWN, own or ("UTC",))
    zones = tuple(one for one in number.zones if one in _zones())
    return Whereabouts(place_of(number), own or zones or ("UTC",))


def wait(
    broadcast: Broadcast, where: Whereabouts, now: datetime, sent: Sequence[datetime]
) -> Wait | None:
    """Say what holds a copy back now, or nothing. `sent` are the contact's latest broadcasts."""
    if broadcast.local_at:
        then = latest(datetime.fromisoformat(broadcast.local_at), where.zones)
        if now < then:
            return Wait(Hold.LOCAL_TIME, then, {"zones": _named(where.zones)})
    if broadcast.quiet_hours != Otherwise.EXEMPT:
        opens = opens_at(where, now)
        if opens is None or opens > now:
            return Wait(Hold.QUIET_HOURS, opens, _evidence(where, now))
    if broadcast.caps != Otherwise.EXEMPT:
        cap = where.cap(now)
        free = _free_at(cap, sent, now) if cap else None
        if cap and free and free > now:
            evidence = _evidence(where, now)
            return Wait(
                Hold.CAP_REACHED, free, evidence | {"cap": f"{cap.messages} in {cap.hours} h"}
            )
    return None


def _free_at(cap: Cap, sent: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when the cap allows another, if it does not now."""
    span = timedelta(hours=cap.hours)
    counted = sorted(at for at in sent if at > now - span)
    # Where the rule counts each subject apart, all count here: nobody says what a text is about.
    return counted[-cap.messages] + span if len(counted) >= cap.messages else None


def opens_at(where: Whereabouts, now: datetime) -> datetime | None:
    """Return the first moment from now on that is open in all zones; nothing within nine days."""
    for start, end in _open(where, now.astimezone(UTC).date()):
        if now < end:
            return max(start, now)
    return None


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


def slot(held: Wait, then: datetime, now: datetime) -> datetime:
    """Return the quarter of an hour, or for a local time the minute, in which to wake somebody.

    At least two minutes ahead: what is to be woken has to be written before.
    """
    step = (_EXACT if held.hold == Hold.LOCAL_TIME else _SLOT).total_seconds()
    earliest = max(then, now + SOONEST)
    beyond = earliest.timestamp() % step
    return earliest + timedelta(seconds=step - beyond if beyond else 0)


def _days(zones: tuple[str, ...], now: datetime) -> set[date]:
    return {now.astimezone(ZoneInfo(zone)).date() for zone in zones}


def _named(zones: tuple[str, ...]) -> str:
    most = 3
    more = f" and {len(zones) - most} more" if len(zones) > most else ""
    return ", ".join(zones[:most]) + more


def _evidence(where: Whereabouts, now: datetime) -> dict[str, str]:
    found = {r for day in _days(where.zones, now) for r in _hours(where.place, day).rules}
    return {"place": where.place, "zones": _named(where.zones), "rules": ", ".join(sorted(found))}
