"""Time is passed in: a rule that asks the machine for the time cannot be tested."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is, always in UTC."""

    def now(self) -> datetime:
        """Return the present moment, with the UTC zone attached."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved; for tests and for replays."""

    at: datetime = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self.at

    def advance(self, **by: float) -> datetime:
        """Move the clock by a `timedelta` given by its parts, and return the new moment."""
        self.at += timedelta(**by)
        return self.at


def stamp(at: datetime) -> str:
    """Write a moment as sortable text of fixed width, in UTC: `2026-01-05T15:00:00.000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def from_stamp(text: str) -> datetime:
    """Read what `stamp` wrote."""
    return datetime.fromisoformat(text)
