"""Wall time: the moment that a clock on a wall means, and the turns of what comes again. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from assent.broadcasts.model import Recurrence

_MINUTE = timedelta(minutes=1)
_WEEK = 8  # days in which each weekday comes at least once after a moment


def instant(wall: datetime, zone: str) -> datetime:
    """Return the moment, in UTC, at which a clock in this zone shows a time.

    A time that comes twice is the first of the two; one that is skipped is the next minute that
    is not (B2).
    """
    place, utc = ZoneInfo(zone), ZoneInfo("UTC")
    wall = wall.replace(tzinfo=None)
    while True:
        moment = wall.replace(tzinfo=place, fold=0).astimezone(utc)
        if moment.astimezone(place).replace(tzinfo=None) == wall:
            return moment
        wall = wall.replace(second=0, microsecond=0) + _MINUTE


def latest(wall: datetime, zones: tuple[str, ...]) -> datetime:
    """Return the first moment at which no clock in any of these zones is before a time."""
    return max(instant(wall, zone) for zone in zones)


def next_turn(recurrence: Recurrence, zone: str, after: datetime) -> datetime:
    """Return the first turn beyond a moment, in UTC."""
    at = time.fromisoformat(recurrence.time)
    today = after.astimezone(ZoneInfo(zone)).date()
    turns = (
        instant(datetime.combine(_day(today, ahead), at), zone)
        for ahead in range(_WEEK + 1)
        if _day(today, ahead).weekday() in recurrence.weekdays
    )
    return next(turn for turn in turns if turn > after)


def _day(today: date, ahead: int) -> date:
    return today + timedelta(days=ahead)
