"""Broadcasts: their life cycle as one literal table, their commands, and what came of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assent.consent.model import Channel
from assent.consent.policy import EXPLANATIONS, Reason
from assent.messaging.model import Place, contact_thread
from assent.platform.clock import stamp
from assent.platform.queues import Command

CHUNK = 100
"""How many members are looked at in one step of planning, so the most that one chunk holds."""

SLICE = 10
"""How many recipients are recorded together, and how often a cancellation is looked for."""


class State(StrEnum):
    """Where a broadcast stands in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Event(StrEnum):
    """What happens to a broadcast."""

    SCHEDULED = "scheduled"
    STARTED = "started"
    PLANNED = "planned"
    ENDED = "ended"
    CANCELLED = "cancelled"
    FAILED = "failed"


class IllegalTransition(Exception):
    """This event cannot happen in this state; nothing was changed."""


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.DRAFT, Event.SCHEDULED): State.SCHEDULED,
    (State.DRAFT, Event.CANCELLED): State.CANCELLED,
    # Until it starts, it can be given another time.
    (State.SCHEDULED, Event.SCHEDULED): State.SCHEDULED,
    (State.SCHEDULED, Event.CANCELLED): State.CANCELLED,
    (State.SCHEDULED, Event.STARTED): State.PLANNING,
    (State.SCHEDULED, Event.FAILED): State.FAILED,
    (State.PLANNING, Event.PLANNED): State.RUNNING,
    (State.PLANNING, Event.CANCELLED): State.CANCELLED,
    (State.RUNNING, Event.CANCELLED): State.CANCELLED,
    (State.RUNNING, Event.ENDED): State.FINISHED,
}


def next_state(state: State, event: Event) -> State:
    """Look the transition up, or raise `IllegalTransition`."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen to a broadcast that is {state}") from None


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class NewBroadcast(BaseModel):
    """What a user writes to make a broadcast; without a sender, the account's own is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    channel: str = Channel.SMS.value
    sender_id: str = ""
    groups: list[str]
    minus_groups: list[str] = []
    template: str


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
    state: State
    created_by: str
    created_at: datetime
    schedule_at: datetime | None = None
    # Names the one start that counts: what an earlier schedule still sends is out of date.
    run: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    # How many chunks the plan has, known when it is complete.
    chunks: int | None = None
    reason: str = ""  # why it failed


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


class SendChunk(Command):
    """Send one chunk of a broadcast, not before it is due."""

    account_id: str
    broadcast_id: str
    chunk: int
    due_at: datetime
    attempt: int = 0  # how often the provider was too busy for some of it


class Cursor(_Frozen):
    """How far a plan has come: the next member to look at, and the chunks made and sent on."""

    step: int = 0
    group: int = 0
    shard: int = 0
    after: str | None = None
    chunks: int = 0
    announced: int = 0
    done: bool = False


class Chunk(_Frozen):
    """Some recipients of a broadcast, by their contacts' ids."""

    number: int
    members: list[str]

    def slices(self) -> list[list[str]]:
        """Cut the members into the parts that are recorded together."""
        return [self.members[at : at + SLICE] for at in range(0, len(self.members), SLICE)]


class Outcome(StrEnum):
    """What became of one contact in a broadcast."""

    PLANNED = "planned"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"


class Exclusion(StrEnum):
    """Why a member of a chosen group is not sent the broadcast."""

    HARD_OPT_OUT = "hard_opt_out"
    SOFT_OPT_OUT = "soft_opt_out"
    NEEDS_DECISION = "needs_decision"
    NO_CONSENT = "no_consent"
    SENDER_NOT_REGISTERED = "sender_not_registered"
    UNKNOWN_SENDER = "unknown_sender"
    MINUS_GROUP = "minus_group"
    NOT_BACK_IN_GROUP = "not_back_in_group"
    CONTACT_GONE = "contact_gone"
    NO_TEXT = "no_text"
    CANCELLED = "cancelled"
    OTHER = "other"


EXCLUSIONS: dict[Exclusion, str] = {
    **{Exclusion(reason.value): EXPLANATIONS[reason] for reason in Reason},
    Exclusion.UNKNOWN_SENDER: "The sender of this broadcast does not exist any more.",
    Exclusion.MINUS_GROUP: "The contact is in a group that this broadcast leaves out.",
    Exclusion.NOT_BACK_IN_GROUP: (
        "The contact had opted out and agreed again since, but nobody has put it back into the"
        " group. Put it back to reach it next time."
    ),
    Exclusion.CONTACT_GONE: "The contact was deleted before its turn came.",
    Exclusion.NO_TEXT: (
        "The text needs something of the contact that is not known. Fill it in, or give the text a"
        " fallback."
    ),
    Exclusion.CANCELLED: "The broadcast was cancelled before this contact's turn came.",
    Exclusion.OTHER: "The message was held back by a rule of the sending side.",
}
"""Each exclusion in plain words; those of the sending policy are the policy's own words."""


def exclusion(reason: str) -> Exclusion:
    """Read a reason of the sending side; one that has no count of its own is `other`."""
    try:
        return Exclusion(reason)
    except ValueError:
        return Exclusion.OTHER


class Result(_Frozen):
    """What became of one recipient of a chunk, as far as the sending side knows."""

    contact_id: str
    outcome: Outcome
    reason: str = ""


class Excluded(_Frozen):
    """One contact that is not sent the broadcast, with what the closed gate saw."""

    contact_id: str
    reason: Exclusion
    evidence: dict[str, str] = {}
    at: datetime


Counts = dict[str, int]
"""Numbers by the name of their column: `planned`, `sent`, `excluded_no_consent`, `ended`…"""


def excluded_column(reason: Exclusion) -> str:
    """Return the name under which an exclusion is counted."""
    return f"excluded_{reason}"


COLUMNS: tuple[str, ...] = (
    "planned",
    "sent",
    "delivered",
    "failed",
    "unknown",
    "ended",  # chunks
    *(excluded_column(reason) for reason in Exclusion),
)


def tally(results: Iterable[Result]) -> Counts:
    """Count results by their column."""
    counts: Counts = {}
    for result in results:
        column = result.outcome.value
        if result.outcome == Outcome.EXCLUDED:
            column = excluded_column(exclusion(result.reason))
        counts[column] = counts.get(column, 0) + 1
    return counts


class Report(_Frozen):
    """What came of a broadcast.

    When all is done, `planned` = `sent` + `failed` + `unknown` + every exclusion; `delivered` is
    a part of `sent`. What is missing from the sum is still to come.
    """

    planned: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    unknown: int = 0
    excluded: dict[str, int] = {}

    @classmethod
    def of(cls, totals: Mapping[str, int]) -> "Report":
        """Build the report from the totals of the counters.

        A receipt may be counted before the chunk that it belongs to, so until that chunk ends
        the figures are held within their bounds.
        """
        sent = max(0, totals.get("sent", 0))
        return cls(
            planned=totals.get("planned", 0),
            sent=sent,
            delivered=min(sent, max(0, totals.get("delivered", 0))),
            failed=max(0, totals.get("failed", 0)),
            unknown=max(0, totals.get("unknown", 0)),
            excluded={
                reason.value: count
                for reason in Exclusion
                if (count := totals.get(excluded_column(reason), 0))
            },
        )


class Why(_Frozen):
    """Why a contact was, or was not, sent a broadcast: the answer, with its evidence."""

    contact_id: str
    outcome: Outcome
    reason: str | None
    message: str
    evidence: dict[str, str]
    at: datetime | None
