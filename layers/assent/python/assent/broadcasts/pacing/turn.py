"""One turn of a pace, as it is worked out: what is let go, and until when that takes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor

from assent.broadcasts.model import SendChunk
from assent.broadcasts.pacing.model import AHEAD, Lane, Lease, next_day
from assent.broadcasts.pacing.pieces import Part, pieces, read

_UNCUT = 0.25
"""How much of a step more a chunk may take that would be cut off: each cut costs a visit more."""
_DAY_IS_FULL = timedelta(minutes=10)  # until it is looked whether there is more room in it by now
_WAIT = timedelta(seconds=5)  # until a plan is asked again for chunks, while it has none
_A_HAIR = 1e-6  # seconds are floating


@dataclass(frozen=True)
class Pace:
    """Messages a second, and how many of them a copy counts as."""

    rate: float
    segments: int

    @property
    def each(self) -> float:
        """Return for how many seconds a copy keeps the sender busy."""
        return self.segments / self.rate


@dataclass
class Turn:
    """What one turn lets go."""

    now: datetime
    until: datetime  # what is let go keeps the sender busy until then
    end: datetime  # beyond which nothing is let go yet
    latest: datetime  # until when a chunk may last that would be cut off
    day: str
    left: int | None  # of the day's messages; nothing where there is no limit
    used: int = 0
    work: list[Part] = field(default_factory=list)
    taken_up: list[tuple[str, str]] = field(default_factory=list)  # what had met a pause

    @classmethod
    def of(cls, lease: Lease, now: datetime, step: timedelta, day: str, cap: int | None) -> "Turn":
        """Begin a turn of a lease: at most a step ahead, and no more than the day's cap allows."""
        used = max(0, lease.used - lease.returned) if lease.day == day else 0
        # What is let go today is sent today, and counted there.
        midnight = next_day(now) if cap is not None else datetime.max.replace(tzinfo=now.tzinfo)
        return cls(
            now=now,
            until=max(now, lease.until or now),
            end=min(now + step, midnight),
            latest=min(now + step * (1 + _UNCUT), midnight),
            day=day,
            left=None if cap is None else max(0, cap - used),
            used=used,
        )

    @property
    def full(self) -> bool:
        """Tell whether the time ahead, or the day, has no room any more."""
        return self.until >= self.end or self.left == 0

    def room(self, wanted: int, pace: Pace) -> int:
        """Say how many of so many recipients may be let go."""
        if self.full:
            return 0
        if self.left is not None and self.left < pace.segments:
            self.left = 0
            return 0
        fits = max(1, self._until(self.end, pace))
        if wanted <= self._until(self.latest, pace):
            fits = max(fits, wanted)
        elif self.work:
            return 0  # the next turn has room for more of it
        return fits if self.left is None else min(fits, self.left // pace.segments)

    def _until(self, end: datetime, pace: Pace) -> int:
        return floor((end - self.until).total_seconds() / pace.each + _A_HAIR)

    def let_go(self, lane: Lane, chunk: str, stretch: tuple[int, int], pace: Pace) -> None:
        """Let go of a stretch of a chunk's recipients, and take the time and the day's messages."""
        begin, upto = stretch
        self.add(lane, chunk, stretch, pace.each)
        messages = (upto - begin) * pace.segments
        self.until += timedelta(seconds=messages / pace.rate)
        self.used += messages
        if self.left is not None:
            self.left = max(0, self.left - messages)

    def add(self, lane: Lane, chunk: str, stretch: tuple[int, int], each: float = 0.0) -> None:
        """Add work that takes the sender no time, unless it is said how long `each` does."""
        ids = lane.account_id, lane.broadcast_id
        self.work.append(Part(*ids, chunk, *stretch, self.until, each))

    def next_at(self) -> datetime:
        """Return when the next turn is due."""
        if self.work or self.until >= self.end:
            return self.until - AHEAD
        if self.left == 0:
            return min(next_day(self.now), self.now + _DAY_IS_FULL)
        return self.now + _WAIT


def released(lease: Lease) -> Iterator[tuple[SendChunk, datetime]]:
    """Yield what the last turn let go, in pieces, each with its time."""
    for written in lease.released:
        yield from pieces(read(written), lease.day)
