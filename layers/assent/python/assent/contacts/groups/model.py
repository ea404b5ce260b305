"""Groups and memberships: what they are, with no input or output."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from assent.consent.model import Channel
from assent.platform.clock import from_stamp, stamp
from assent.platform.queues import Command


class Group(BaseModel):
    """A list of contacts of one account, with a home sender."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    name: str = Field(min_length=1, max_length=100)
    sender_id: str
    created_at: datetime
    # Kept for its members and its history, but not to be chosen any more.
    archived_at: datetime | None = None


class EndedBy(StrEnum):
    """What took a channel out of a membership, from the weakest to the strongest."""

    SOFT = "soft"  # a user's opt-out, which gives back what it took when it is reversed
    HARD = "hard"  # the contact's own will
    REASSIGNED = "reassigned"  # somebody else has the number now


class Ended(BaseModel):
    """Why a channel was taken out of a membership, and since when."""

    model_config = ConfigDict(frozen=True)

    why: EndedBy
    at: datetime

    @classmethod
    def read(cls, text: str) -> "Ended":
        """Read `<why>|<time>`."""
        why, _, at = text.partition("|")
        return cls(why=EndedBy(why), at=from_stamp(at))

    def __str__(self) -> str:
        return f"{self.why}|{stamp(self.at)}"


class Membership(BaseModel):
    """A contact's place in a group, with the channels it may be reached by there."""

    model_config = ConfigDict(frozen=True)

    group_id: str
    contact_id: str
    phone: str
    subject: str
    channels: frozenset[Channel]
    ended: dict[Channel, Ended] = {}


class Member(NamedTuple):
    """A membership as far as a plan reads it, which reads millions."""

    contact_id: str
    subject: str
    channels: frozenset[Channel]


class CountGroup(Command):
    """Go on counting the members of a large group, from where the count has come to."""

    account_id: str
    counted_group_id: str
    since: datetime  # when it was begun; another that began later takes its place
    shard: int = 0
    after: str | None = None
    members: int = 0


class KeptCount(BaseModel):
    """How many members a group had at some time."""

    model_config = ConfigDict(frozen=True)

    group_id: str
    members: int
    at: datetime


_LONGEST_FOLDED = 250  # of four bytes each at most, where a key has 1,024


def folded(name: str) -> str:
    """Fold a name so that spellings which look alike are one: case, Unicode form, spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_name(name: str, longest: int) -> bool:
    """Tell whether a group or a label can have a name of at most so many characters.

    Some letters become many when they are folded, and what is folded has to fit into a key.
    """
    return 0 < len(folded(name)) <= _LONGEST_FOLDED and len(name) <= longest
