"""What came of a broadcast: outcomes, exclusions, and how they are counted. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, computed_field

from assent.broadcasts.checkpoints import GateName, GateSeen
from assent.consent.policy import EXPLANATIONS, Reason
from assent.messaging.providers.base import Failure


class Outcome(StrEnum):
    """What became of one contact in a broadcast."""

    PLANNED = "planned"
    DEFERRED = "deferred"
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
    QUIET_HOURS = "quiet_hours"
    CAP_REACHED = "cap_reached"
    PLANNED_TWICE = "planned_twice"
    CANCELLED = "cancelled"
    OTHER = "other"
    NOT_TEXTABLE = "not_textable"


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
    Exclusion.QUIET_HOURS: (
        "It was not an hour at which messages may go to where the contact may be, and the"
        " broadcast drops those. Let it defer them to reach them."
    ),
    Exclusion.CAP_REACHED: (
        "The contact had got as many broadcasts as are allowed where it may be, and the broadcast"
        " drops those. Let it defer them to reach them."
    ),
    Exclusion.PLANNED_TWICE: (
        "The contact changed groups while the recipients were chosen and was met twice. It is"
        " counted once under what became of its one copy, and once here."
    ),
    Exclusion.CANCELLED: "The broadcast was cancelled before this contact's turn came.",
    Exclusion.OTHER: "The message was held back by a rule of the sending side.",
    Exclusion.NOT_TEXTABLE: "The number is a landline and gets no texts. Reach it by voice.",
}
"""Each exclusion in plain words; those of the sending policy are the policy's own words."""


def exclusion(reason: str) -> Exclusion:
    """Read a reason of the sending side; one that has no count of its own is `other`."""
    try:
        return Exclusion(reason)
    except ValueError:
        return Exclusion.OTHER


CLOSES: dict[Exclusion, GateName] = {
    Exclusion.HARD_OPT_OUT: GateName.OPT_OUT,
    Exclusion.SOFT_OPT_OUT: GateName.OPT_OUT,
    Exclusion.NEEDS_DECISION: GateName.OPT_OUT,
    Exclusion.NO_CONSENT: GateName.CONSENT,
    Exclusion.SENDER_NOT_REGISTERED: GateName.SENDER,
    Exclusion.UNKNOWN_SENDER: GateName.SENDER,
    Exclusion.MINUS_GROUP: GateName.AUDIENCE,
    Exclusion.NOT_BACK_IN_GROUP: GateName.MEMBERSHIP,
    Exclusion.CONTACT_GONE: GateName.CONTACT,
    Exclusion.NO_TEXT: GateName.TEXT,
    Exclusion.QUIET_HOURS: GateName.QUIET_HOURS,
    Exclusion.CAP_REACHED: GateName.CAP,
    Exclusion.NOT_TEXTABLE: GateName.LINE,
}
"""The gate that an exclusion closes. The others are no gates: nobody looked at the contact."""


class Excluded(BaseModel):
    """One contact that is not sent the broadcast, with what the closed gate saw.

    `passed` are the gates before it with what they saw; nothing where that was not kept.
    """

    model_config = ConfigDict(frozen=True)

    contact_id: str
    reason: Exclusion
    evidence: dict[str, str] = {}
    passed: list[GateSeen] | None = None
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
    "deferred",
    "ended",  # chunks
    "opt_outs",
    *(excluded_column(reason) for reason in Exclusion),
)

# One letter for what became of each recipient, so that a chunk's outcomes are one short text.
PENDING = "."
SENT, FAILED, UNKNOWN = "+", "-", "?"
# Written for good: a new exclusion is the last of them, and gets a letter that nothing has.
EXCLUDED: dict[Exclusion, str] = dict(zip(Exclusion, "0123456789:;<=>@", strict=True))
_WAITS, _WAITING = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
MOST_SLOTS = len(_WAITS)
_COLUMN: dict[str, str] = {
    SENT: "sent",
    FAILED: "failed",
    UNKNOWN: "unknown",
    **{letter: excluded_column(reason) for reason, letter in EXCLUDED.items()},
    **dict.fromkeys(_WAITS + _WAITING, "deferred"),
}


def waits(slot: int) -> str:
    """Return the letter of a recipient deferred to this slot, who is in no chunk of it yet."""
    return _WAITS[slot]


def slot_of(letter: str) -> int | None:
    """Return the slot that a recipient waits for and is in no chunk of yet, if so."""
    found = _WAITS.find(letter)
    return found if found >= 0 else None


def handed_on(outcomes: str) -> str:
    """Note that all who wait are in chunks of their slots now."""
    return outcomes.translate(str.maketrans(_WAITS, _WAITING))


def tally(outcomes: str) -> Counts:
    """Count outcomes by their column; who is pending is not counted."""
    counts: Counts = {}
    for letter in set(outcomes) - {PENDING}:
        column = _COLUMN[letter]
        counts[column] = counts.get(column, 0) + outcomes.count(letter)
    return counts


def outcome_of(letter: str) -> tuple[Outcome, Exclusion | None]:
    """Read a letter."""
    column = _COLUMN.get(letter, Outcome.PLANNED.value)
    if column.startswith("excluded_"):
        return Outcome.EXCLUDED, Exclusion(column.removeprefix("excluded_"))
    return Outcome(column), None


class FailureCount(BaseModel):
    """So many recipients failed for this reason: its code, the plain cause and what to do."""

    model_config = ConfigDict(frozen=True)

    code: str
    count: int
    kind: Failure = Failure.OTHER
    message: str
    next_step: str


class Report(BaseModel):
    """What came of a broadcast.

    When all is done, `planned` = `sent` + `failed` + `unknown` + every exclusion; `delivered` is
    a part of `sent`. Until then `deferred` wait for their own hours, and what is missing from the
    sum is still to come. `opt_outs` are those who texted STOP after they got it. `failures` are
    the failed ones by code, and add up to them; lists of broadcasts leave them out.
    """

    model_config = ConfigDict(frozen=True)

    planned: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    unknown: int = 0
    deferred: int = 0
    opt_outs: int = 0
    opt_out_rate: float = 0.0
    excluded: dict[str, int] = {}
    failures: list[FailureCount] = []

    @computed_field  # type: ignore[prop-decorator]
    @property
    def to_come(self) -> int:
        """Those of whom nothing is decided yet, as far as the plan has come."""
        known = self.sent + self.failed + self.unknown + self.deferred
        return max(0, self.planned - known - sum(self.excluded.values()))

    @classmethod
    def of(cls, totals: Mapping[str, int], *, cancelled: bool = False) -> "Report":
        """Build the report from the totals of the counters.

        A receipt may be counted before the chunk that it belongs to, so until that chunk ends
        the figures are held within their bounds. In a cancelled broadcast whoever has no outcome
        is counted as cancelled, without anybody going to each of them.
        """
        sent = max(0, totals.get("sent", 0))
        failed, unknown = max(0, totals.get("failed", 0)), max(0, totals.get("unknown", 0))
        excluded = {
            reason.value: count
            for reason in Exclusion
            if (count := totals.get(excluded_column(reason), 0))
        }
        planned = totals.get("planned", 0)
        deferred = max(0, totals.get("deferred", 0))
        if cancelled:
            rest = planned - sent - failed - unknown - sum(excluded.values())
            deferred = 0
            if rest > 0:
                excluded[Exclusion.CANCELLED] = excluded.get(Exclusion.CANCELLED, 0) + rest
        opt_outs = totals.get("opt_outs", 0)
        return cls(
            planned=planned,
            sent=sent,
            delivered=min(sent, max(0, totals.get("delivered", 0))),
            failed=failed,
            unknown=unknown,
            deferred=deferred,
            opt_outs=opt_outs,
            opt_out_rate=round(opt_outs / sent, 4) if sent else 0.0,
            excluded=excluded,
        )


class Why(BaseModel):
    """Why a contact was, or was not, sent a broadcast: the answer, with its evidence.

    `gates` are those that the copy came to, in order: passed, or the one that closed.
    """

    model_config = ConfigDict(frozen=True)

    contact_id: str
    outcome: Outcome
    reason: str | None
    message: str
    evidence: dict[str, str]
    at: datetime | None
    gates: list[GateSeen]
