"""Wall time over several zones, and the turns of what comes again. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from assent.broadcasts.model import Recurrence
from assent.platform.wall_time import instant

_WEEK = 8  # days in which each weekday comes at least once after a moment


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
