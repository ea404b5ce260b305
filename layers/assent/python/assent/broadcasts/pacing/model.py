"""The pace of a sender: what has been let go, until when that keeps it busy, what waits. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from assent.accounts.model import Sender
from assent.broadcasts.model import Broadcast
from assent.broadcasts.plans.model import CHUNK, PLANNED

_SHORTEST, _LONGEST = timedelta(seconds=60), timedelta(seconds=300)
AHEAD = timedelta(seconds=5)
"""How long before the sender has nothing to do any more its next turn comes."""

# Carriers that limit a day's messages count from midnight there (T-Mobile, 10DLC).
_CARRIERS_DAY = ZoneInfo("America/Los_Angeles")


class Lane(BaseModel):
    """One broadcast's waiting chunks of one kind: those of its plan, or of a later moment."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    broadcast_id: str
    sender_id: str
    prefix: str = PLANNED
    segments: int = 1
    # Recipients are only sorted by their own hours; nothing of it is sent yet.
    sorts: bool = False
    after: str = ""  # the last chunk that was let go whole
    upto: int = 0  # how much of the next one was
    paused: bool = False
    resumed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Return what a lane is known by."""
        return self.broadcast_id, self.prefix


class Lease(BaseModel):
    """Who may send what from a sender: one item, changed by one worker at a time."""

    model_config = ConfigDict(frozen=True)

    pace: str
    version: int = 0
    turn: int = 0
    until: datetime | None = None
    """What was let go keeps the sender busy until then."""
    day: str = ""
    used: int = 0  # of the day's messages
    returned: int = 0  # of them, those that were not sent after all
    lanes: list[Lane] = []
    released: list[str] = []
    """What the last turn let go, so that another can send it on, should its own worker end."""
    taken_by: str = ""
    """The command that took the last turn; when it comes again, its worker may have ended."""


@dataclass(frozen=True)
class Left:
    """Work that was let go and met a pause: how far into a chunk, and how many of those wait."""

    chunk: str
    upto: int
    waiting: int


def pace_of(sender: Sender) -> str:
    """Return what shares a rate: a campaign where carriers count so, otherwise the sender."""
    return sender.campaign or sender.id


def pace_for(broadcast: Broadcast, sender: Sender | None) -> str:
    """Return what a broadcast shares its rate with: what it began with, whatever changed since."""
    return broadcast.pace or (pace_of(sender) if sender else broadcast.sender_id)


def horizon_of(rate: float) -> timedelta:
    """Return how far ahead work is let go at so many messages a second.

    A minute; at a slow pace what a chunk takes, but five minutes at most. What is let go that far
    ahead goes out in pieces of a minute; each step costs the same however few it lets go. Another
    broadcast waits no longer than that for its turn.
    """
    chunk = timedelta(seconds=min(CHUNK / rate, _LONGEST.total_seconds()))
    return max(_SHORTEST, chunk) + AHEAD


def day_of(now: datetime) -> str:
    """Name the day on which carriers count a message."""
    return now.astimezone(_CARRIERS_DAY).date().isoformat()


def next_day(now: datetime) -> datetime:
    """Return the moment at which carriers begin to count anew."""
    local = now.astimezone(_CARRIERS_DAY)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), _CARRIERS_DAY)
    return midnight.astimezone(now.tzinfo)
