"""Broadcasts: what they are, their life cycle as one literal table, and their commands."""

from datetime import datetime
from enum import StrEnum
from secrets import token_hex

from pydantic import BaseModel, ConfigDict, Field

from assent.consent.model import Channel
from assent.messaging.model import Place, contact_thread
from assent.platform.clock import stamp
from assent.platform.queues import Command


class State(StrEnum):
    """Where a broadcast stands in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PLANNING = "planning"  # its recipients are being chosen; the first may be sent to already
    RUNNING = "running"
    PAUSED = "paused"
    FINISHING = "finishing"  # everybody had a turn; some wait for their own hours
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Event(StrEnum):
    """What happens to a broadcast."""

    EDITED = "edited"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    RECURRED = "recurred"  # one of its turns was started, and the next is scheduled
    STARTED = "started"
    PLANNED = "planned"
    PAUSED = "paused"
    RESUMED = "resumed"
    WAITING = "waiting"
    ENDED = "ended"
    CANCELLED = "cancelled"
    FAILED = "failed"


class IllegalTransition(Exception):
    """This event cannot happen in this state; nothing was changed."""


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.DRAFT, Event.EDITED): State.DRAFT,
    (State.DRAFT, Event.SCHEDULED): State.SCHEDULED,
    (State.DRAFT, Event.CANCELLED): State.CANCELLED,
    # Until it starts, it can be changed and given another time.
    (State.SCHEDULED, Event.EDITED): State.SCHEDULED,
    (State.SCHEDULED, Event.SCHEDULED): State.SCHEDULED,
    (State.SCHEDULED, Event.UNSCHEDULED): State.DRAFT,
    (State.SCHEDULED, Event.RECURRED): State.SCHEDULED,
    (State.SCHEDULED, Event.STARTED): State.PLANNING,
    (State.SCHEDULED, Event.CANCELLED): State.CANCELLED,
    (State.SCHEDULED, Event.FAILED): State.FAILED,
    (State.PLANNING, Event.PLANNED): State.RUNNING,
    (State.PLANNING, Event.PAUSED): State.PAUSED,
    (State.PLANNING, Event.CANCELLED): State.CANCELLED,
    (State.RUNNING, Event.PLANNED): State.RUNNING,  # it was paused and resumed meanwhile
    (State.RUNNING, Event.PAUSED): State.PAUSED,
    (State.RUNNING, Event.WAITING): State.FINISHING,
    (State.RUNNING, Event.ENDED): State.FINISHED,
    (State.RUNNING, Event.CANCELLED): State.CANCELLED,
    (State.PAUSED, Event.PLANNED): State.PAUSED,
    (State.PAUSED, Event.RESUMED): State.RUNNING,
    (State.PAUSED, Event.CANCELLED): State.CANCELLED,
    (State.FINISHING, Event.PAUSED): State.PAUSED,
    (State.FINISHING, Event.ENDED): State.FINISHED,
    (State.FINISHING, Event.CANCELLED): State.CANCELLED,
}

STARTED = frozenset({State.PLANNING, State.RUNNING, State.PAUSED, State.FINISHING})
"""States in which recipients are chosen and not all of them had their turn."""
SENDS = STARTED - {State.PAUSED}


def next_state(state: State, event: Event) -> State:
    """Look the transition up, or raise `IllegalTransition`."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen to a broadcast that is {state}") from None


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Otherwise(StrEnum):
    """What becomes of who cannot be sent to now, for the hour or for having had enough."""

    DEFER = "defer"
    DROP = "drop"
    # No solicitation, such as a notice that a service ends: the rule is not for it.
    EXEMPT = "exempt"


class Recurrence(_Frozen):
    """Turns of a broadcast that comes again: at a time of the account's day, on some weekdays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    weekdays: list[int] = Field(default=[0, 1, 2, 3, 4, 5, 6], min_length=1, max_length=7)
    """From 0 for Monday to 6 for Sunday."""


class NewBroadcast(BaseModel):
    """What a user writes to make a broadcast; without a sender, the account's own is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    channel: str = Channel.SMS.value
    sender_id: str = ""
    groups: list[str]
    minus_groups: list[str] = []
    template: str
    # Where nothing is chosen, the account's own choice holds.
    quiet_hours: Otherwise | None = None
    caps: Otherwise | None = None


class Sketch(NewBroadcast):
    """A broadcast that is still being written: it may have no name and no text yet."""

    name: str = ""
    template: str = ""


class Broadcast(_Frozen):
    """One text to the members of some groups, minus those of others."""

    id: str
    account_id: str
    name: str
    channel: Channel
    sender_id: str
    groups: list[str]
    minus_groups: list[str]
    template: str
    quiet_hours: Otherwise = Otherwise.DEFER
    caps: Otherwise = Otherwise.DEFER
    # Messages that one copy counts as, where a carrier counts segments.
    segments: int = 1
    state: State
    created_by: str
    created_at: datetime
    schedule_at: datetime | None = None
    # A wall time, `2026-03-08T10:00`, at which each recipient gets it where it is.
    local_at: str = ""
    recurrence: Recurrence | None = None
    # The recurring broadcast whose turn this is.
    parent_id: str = ""
    # Names the one start that counts: what an earlier schedule still sends is out of date.
    run: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    # What it shares a rate with, from its start on, whatever becomes of its sender.
    pace: str = ""
    # How many chunks the plan has, known when it is complete.
    chunks: int | None = None
    reason: str = ""  # why it failed, or who or what paused it
    # A threshold that paused it once does not pause it again.
    unguarded: list[str] = []


def place_of(broadcast: Broadcast, contact_id: str) -> Place:
    """Return where the message of a broadcast to a contact is kept: the same, however often."""
    if broadcast.started_at is None:
        raise ValueError("a broadcast that has not started sends nothing")
    return Place(
        thread=contact_thread(broadcast.account_id, contact_id),
        sort=f"{stamp(broadcast.started_at)}#{broadcast.id}",
    )


class PlanBroadcast(Command):
    """Choose the recipients of a broadcast, from where its plan has come to."""

    account_id: str
    broadcast_id: str
    run: str


class WakeSlot(Command):
    """Send to those who were deferred to this moment (`stamp`), once it has come."""

    account_id: str
    broadcast_id: str
    slot: str


class ReleaseWork(Command):
    """Hand out the next work of all broadcasts that share a pace."""

    pace: str
    turn: int
    # What the turn before let go was sent on: whoever sent that sent this.
    handed_on: bool = False
    # Tells one that comes back, since its worker ended, from others of the same turn.
    id: str = Field(default_factory=lambda: token_hex(4))


class SendChunk(Command):
    """Send to the recipients of a chunk as far as the pacer has let them go."""

    account_id: str
    broadcast_id: str
    chunk: str
    upto: int
    attempt: int = 0  # how often the provider was too busy for some of it
    day: str = ""  # the carriers' day on which it was let go, and counted
    at: datetime | None = None  # before which it does nothing
    each: float = 0.0  # seconds for which a recipient keeps the sender busy


class CheckSchedules(Command):
    """Look for schedules of broadcasts that are over, from a page of the list on."""

    page: str  # as Scheduler names it; empty for the first


class CheckDue(Command):
    """Look for schedules that are missing, of what is due, from a position on."""

    due: str  # `<day>#<schedule>`; empty for the first
