"""Groups and memberships: what they are, with no input or output."""

import unicodedata
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from assent.consent.model import Channel
from assent.platform.clock import from_stamp, stamp


class Group(BaseModel):
    """A list of contacts of one account, with a home sender."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    name: str = Field(min_length=1, max_length=100)
    sender_id: str
    created_at: datetime


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


def folded(name: str) -> str:
    """Fold a name so that spellings which look alike are one: case, Unicode form, spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
