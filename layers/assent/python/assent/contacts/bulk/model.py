"""What a job is: what it does to whom, its states, its lanes, and the message that moves it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assent.consent.model import Channel, Kind
from assent.contacts.directory.model import Filter
from assent.contacts.history.model import Person
from assent.contacts.model import Contact
from assent.platform.queues import Command
from assent.platform.transitions import following

STEP = 24
"""Contacts of one step: with four operations for each, the most that one transaction takes."""
MOST_IDS = 500
"""Contacts that a job can be given one by one; for more there are filters."""
UNDO_WINDOW = timedelta(seconds=30)
"""How long a deletion waits, to be thought better of."""
GROUP_WINDOW = timedelta(seconds=45)
"""The same for a group: longer than a function lives, so that whoever still adds has ended."""
_KEPT = timedelta(days=90)
PROPOSAL = timedelta(minutes=15)
"""How long a deletion that was looked at can be confirmed."""


class Action(StrEnum):
    """What is done to each contact."""

    MOVE = "move"  # from the opt-in queue to a group
    ADD_TO_GROUP = "add_to_group"
    REMOVE_FROM_GROUP = "remove_from_group"
    ADD_LABEL = "add_label"
    REMOVE_LABEL = "remove_label"
    FAVOURITE = "favourite"
    UNFAVOURITE = "unfavourite"
    OPT_OUT = "opt_out"  # on all senders of the account, for this account alone
    DELETE = "delete"
    DELETE_GROUP = "delete_group"  # memberships, then the group
    UNDO = "undo"  # of another job


class OptOutTerms(BaseModel):
    """How contacts are opted out: whose decision it is, on which channels, and why."""

    model_config = ConfigDict(frozen=True)

    kind: Kind = Kind.SOFT
    channels: tuple[Channel, ...]
    reason: str = ""


UNDOABLE = frozenset(Action) - {Action.DELETE, Action.DELETE_GROUP, Action.UNDO}


class JobState(StrEnum):
    """Where a job stands."""

    PROPOSED = "proposed"  # a deletion that was looked at, and waits to be confirmed
    WAITING = "waiting"  # a deletion that can still be thought better of
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What happens to a job."""

    CONFIRMED = "confirmed"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"


TRANSITIONS: dict[tuple[JobState, Event], JobState] = {
    (JobState.PROPOSED, Event.CONFIRMED): JobState.WAITING,
    (JobState.PROPOSED, Event.CANCELLED): JobState.CANCELLED,
    (JobState.WAITING, Event.STARTED): JobState.RUNNING,
    (JobState.WAITING, Event.CANCELLED): JobState.CANCELLED,
    (JobState.RUNNING, Event.ENDED): JobState.FINISHED,
    (JobState.RUNNING, Event.CANCELLED): JobState.CANCELLED,
}


def next_state(state: JobState, event: Event) -> JobState:
    """Look the next state up in the one table, or raise `IllegalTransition`."""
    return following(TRANSITIONS, state, event, "a job")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Job(_Frozen):
    """One thing that is done to many contacts."""

    id: str
    account_id: str
    action: Action
    state: JobState
    contact_ids: tuple[str, ...] = ()  # those that were named one by one
    filter: Filter | None = None  # or all that match, of those that were there by `until`
    until: datetime
    group_id: str = ""
    group_name: str = ""
    label_id: str = ""
    opt_out: OptOutTerms | None = None
    undoes: str = ""  # the job that this one takes back
    undone_by: str = ""  # the job that takes this one back
    lanes: int  # parts that are worked on side by side
    expected: int  # contacts that matched when it was made, counted to a bound
    expected_capped: bool = False
    actor: str  # the user's id
    created_by: str
    created_at: datetime
    starts_at: datetime
    finished_at: datetime | None = None

    @property
    def person(self) -> Person:
        """Who made it."""
        return Person(id=self.actor, name=self.created_by)

    @property
    def expires_at(self) -> int:
        """When it is forgotten, with what belongs to it."""
        return int((self.created_at + _KEPT).timestamp())

    @property
    def can_ever_be_undone(self) -> bool:
        """Tell whether what it does can be taken back; what contacts asked for never is (S5)."""
        of_contacts = self.opt_out is not None and self.opt_out.kind == Kind.HARD
        return self.action in UNDOABLE and not of_contacts

    @property
    def is_undoable(self) -> bool:
        """Tell whether what it did can be taken back, and was not yet."""
        ended = self.state in (JobState.FINISHED, JobState.CANCELLED)
        return self.can_ever_be_undone and ended and not self.undone_by


class Refused(_Frozen):
    """Why nothing was done to one contact: a code, plain words, and who was faster."""

    contact_id: str
    code: str
    message: str
    by: str = ""
    group: str = ""


@dataclass(frozen=True)
class Candidate:
    """A contact on a job's way, with the position to go on from; nothing where it is gone."""

    position: str
    contact_id: str
    contact: Contact | None
    at: datetime | None = None  # when the job that is undone changed it


class Outcome(StrEnum):
    """What came of one contact."""

    DONE = "done"
    UNCHANGED = "unchanged"  # it was so already
    REFUSED = "refused"


@dataclass(frozen=True)
class Decision:
    """What is to be done with one contact."""

    candidate: Candidate
    outcome: Outcome
    refused: Refused | None = None


class Progress(_Frozen):
    """What came of the contacts so far."""

    looked: int = 0  # contacts that the walk came past, whether they match or not
    done: int = 0
    unchanged: int = 0
    refused: int = 0

    def plus(self, looked: int, decisions: Sequence[Decision]) -> "Progress":
        """Add what came of one step."""
        outcomes = [one.outcome for one in decisions]
        return Progress(
            looked=self.looked + looked,
            done=self.done + outcomes.count(Outcome.DONE),
            unchanged=self.unchanged + outcomes.count(Outcome.UNCHANGED),
            refused=self.refused + outcomes.count(Outcome.REFUSED),
        )


class Lane(_Frozen):
    """How far one part of a job has come."""

    number: int
    position: str | None = None
    steps: int = 0
    progress: Progress = Progress()
    ended: bool = False
    run: str = ""  # who took the last step
    # Contacts that the last step changed, while what follows for them may still be to do.
    todo: tuple[str, ...] = ()
    # A step of a deletion that has begun: contacts lose what they are found by before they go.
    begun: tuple[str, ...] = ()
    begun_to: str = ""  # the position behind it
    begun_looked: int = 0
    begun_last: bool = False


class WorkOnJob(Command):
    """Begin a job, or go on with one of its lanes."""

    account_id: str
    job_id: str
    lane: int | None = None
