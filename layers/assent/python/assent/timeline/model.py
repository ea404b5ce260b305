"""Items of a timeline, and how far its sources were read; no input or output."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from assent.platform.clock import from_stamp, stamp
from assent.platform.errors import FieldError, Invalid


class Kind(StrEnum):
    """What an item is about."""

    MESSAGE_IN = "message_in"
    MESSAGE_OUT = "message_out"
    CALL_OUT = "call_out"
    CONSENT = "consent"
    CREATED = "created"
    QUEUE = "queue"
    GROUP = "group"
    NOTE = "note"
    EDIT = "edit"
    IMPORT = "import"


class Told(StrEnum):
    """What is told of a contact's own record and memberships, beside what its history keeps."""

    ARRIVED = "arrived"
    QUEUE_ENTERED = "queue_entered"
    CHANNEL_ENDED = "channel_ended"  # one channel of a membership


@dataclass(frozen=True)
class Item:
    """One thing that happened; `by` is the user who did it.

    `text` says it in English. `detail["what"]` is its code, with what it is about beside it, for
    those who have words of their own.
    """

    id: str
    at: datetime
    kind: Kind
    text: str
    detail: dict[str, str]
    by: str = ""
    edited_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """One step along a source: where it has come to, and what is to be shown of it, if anything.

    `at` sorts, newest first; `position` is the source's own, and gets smaller from step to step.
    """

    at: str
    position: str
    item: Item | None = None


_Position = Annotated[str, StringConstraints(min_length=1, max_length=1000)]  # a sort key


class Cursor(BaseModel):
    """How far each source was read, and the time that was reached.

    A source without a position is still to be read from that time on. What is newer came later:
    it belongs above what was shown already, and is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: str
    read: dict[str, _Position]

    def __str__(self) -> str:
        text = json.dumps([self.at, self.read], separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read what `str` wrote; raises `Invalid` for anything else."""
        try:
            padded = text + "=" * (-len(text) % 4)
            at, read = json.loads(urlsafe_b64decode(padded.encode()))
            if stamp(from_stamp(at)) != at:
                raise spoilt()
            json.dumps(read, ensure_ascii=False).encode()  # no half of a surrogate pair
            return cls(at=at, read=read)
        except (binascii.Error, ValueError, TypeError, AttributeError):
            raise spoilt() from None


def spoilt() -> Invalid:
    """Refuse a cursor that this timeline did not give."""
    message = "This cursor belongs to another list, or was changed. Ask for the first page again."
    field = FieldError(field="cursor", code="invalid", message=message)
    return Invalid("invalid_cursor", message, fields=[field])
