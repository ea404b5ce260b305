"""What an export is: what it holds, its states, and the message that moves it on."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from assent.platform.queues import Command
from assent.platform.transitions import following

PART = 5 * 1024 * 1024
"""Bytes of each part of the file but the last: the least that S3 takes."""
KEPT_DAYS = 7
"""How long S3 keeps the file."""


class Content(StrEnum):
    """What an export holds."""

    CONTACTS = "contacts"
    OPT_OUTS = "opt_outs"


class ExportState(StrEnum):
    """Where an export stands."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What happens to an export."""

    ENDED = "ended"
    CANCELLED = "cancelled"


TRANSITIONS: dict[tuple[ExportState, Event], ExportState] = {
    (ExportState.RUNNING, Event.ENDED): ExportState.FINISHED,
    (ExportState.RUNNING, Event.CANCELLED): ExportState.CANCELLED,
}


def next_state(state: ExportState, event: Event) -> ExportState:
    """Look the next state up in the one table, or raise `IllegalTransition`."""
    return following(TRANSITIONS, state, event, "an export")


class Export(BaseModel):
    """One export, and how far it has come."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    content: Content
    state: ExportState = ExportState.RUNNING
    asked: dict[str, Any] = {}  # the filter, as the content reads it
    sort: str = ""
    expected: int = 0
    expected_capped: bool = False
    actor: str
    created_by: str
    created_at: datetime
    finished_at: datetime | None = None
    # The account's own fields among what is exported are looked for first: each gets a column.
    fields: tuple[str, ...] = ()
    looked_to: str = ""  # where to go on looking
    looked: bool = False  # all of it has been looked through
    upload_id: str = ""
    cursor: str = ""  # where the next part begins
    parts: tuple[tuple[int, str], ...] = ()  # number and tag of each that counts
    held: int = 0  # the number of what is written of a part that is not full yet; 0 without one
    complete: bool = False  # the last part is in
    rows: int = 0
    size: int = 0  # bytes

    @property
    def key(self) -> str:
        """Where its file is kept."""
        return f"exports/{self.account_id}/{self.id}.csv"

    @property
    def held_key(self) -> str:
        """Where that is kept which is no part yet."""
        return f"{self.key}.held-{self.held}"

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"{self.content.replace('_', '-')}-{self.created_at:%Y-%m-%d-%H%M}.csv"


class WorkOnExport(Command):
    """Go on with an export, from where it has come to."""

    account_id: str
    export_id: str
