"""Notes and events of a contact's life: what they are, with no input or output.

An event names what was done, by whom and when. Of what was edited it names the fields, never what
stood in them, so that it need not be erased with the person.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from ulid import ULID

from assent.platform.clock import stamp
from assent.platform.ids import derived_id, new_id

LONGEST_NOTE = 5000


class What(StrEnum):
    """What an entry of the history is about."""

    NOTE = "note"
    EDITED = "edited"
    NUMBER_CHANGED = "number_changed"
    GROUP_JOINED = "group_joined"
    GROUP_LEFT = "group_left"
    GROUP_DELETED = "group_deleted"  # a group that it was in
    QUEUE_LEFT = "queue_left"  # it was moved to a group, or taken out
    QUEUE_BACK = "queue_back"  # a move was undone, or an opt-out was
    IMPORTED = "imported"  # an import changed it


class Entry(BaseModel):
    """One entry: an event, or a note with its text."""

    model_config = ConfigDict(frozen=True)

    id: str
    what: What
    at: datetime
    by: str = ""  # the name that people see
    actor: str = ""  # the user's id
    text: str = ""
    detail: dict[str, str] = {}
    edited_at: datetime | None = None

    @property
    def position(self) -> str:
        """Where it stands among the others: by its time, then by its id."""
        return f"{stamp(self.at)}#{self.id}"


class Person(BaseModel):
    """The user who does something: the id, and the name that people see."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str


def note(at: datetime, by: Person, text: str) -> Entry:
    """Make a note; its id tells its time, so that the id alone leads to it."""
    made = new_id("nt", at)
    return Entry(
        id=made, what=What.NOTE, at=time_of(made) or at, by=by.name, actor=by.id, text=text
    )


def time_of(entry_id: str) -> datetime | None:
    """Read the time of a note from its id; nothing when it is none."""
    try:
        return ULID.from_str(entry_id.partition("_")[2]).datetime
    except ValueError:
        return None


def event(
    what: What,
    at: datetime,
    by: Person | None = None,
    *,
    once: tuple[str, ...] = (),
    **detail: str,
) -> Entry:
    """Make an event.

    With `once` (a contact's id, and what tells the event from others of that moment) it is the
    same entry however often it is made, and recording it again changes nothing.
    """
    made = derived_id("hi", at, what, *once) if once else new_id("hi", at)
    return Entry(
        id=made,
        what=what,
        at=at,
        by=by.name if by else "",
        actor=by.id if by else "",
        detail={name: value for name, value in detail.items() if value},
    )
