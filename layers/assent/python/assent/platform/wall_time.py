"""Wall time: the moment that a clock on a wall means. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


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
