"""What an import is: its states, its slices, and the message that moves it on."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from assent.platform.queues import Command
from assent.platform.transitions import following

PART = 4 * 1024 * 1024
"""Bytes of each part but the last: as base64 it stays below the 6 MB that a function is given."""
LARGEST = 50 * PART
"""Bytes of the largest file."""
MOST_ROWS = 2_000_000
"""Rows of the longest file: so many numbers are compared with each other within 256 MB."""
MOST_SAMPLES = 20
"""Bad lines that are shown with the import itself; all of them are in its error file."""


class ImportState(StrEnum):
    """Where an import stands."""

    UPLOADING = "uploading"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Event(StrEnum):
    """What happens to an import."""

    CHECK_STARTED = "check_started"
    CHECK_ENDED = "check_ended"
    REFUSED = "refused"
    COMMITTED = "committed"
    ENDED = "ended"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


TRANSITIONS: dict[tuple[ImportState, Event], ImportState] = {
    (ImportState.UPLOADING, Event.CHECK_STARTED): ImportState.CHECKING,
    (ImportState.UPLOADING, Event.CANCELLED): ImportState.CANCELLED,
    (ImportState.CHECKING, Event.CHECK_ENDED): ImportState.CHECKED,
    (ImportState.CHECKING, Event.REFUSED): ImportState.FAILED,
    (ImportState.CHECKING, Event.CANCELLED): ImportState.CANCELLED,
    (ImportState.CHECKED, Event.COMMITTED): ImportState.RUNNING,
    (ImportState.CHECKED, Event.CANCELLED): ImportState.CANCELLED,
    # Another choice of how the file is read, or of what is done with its rows.
    (ImportState.CHECKED, Event.REOPENED): ImportState.UPLOADING,
    (ImportState.FAILED, Event.REOPENED): ImportState.UPLOADING,
    (ImportState.RUNNING, Event.ENDED): ImportState.FINISHED,
    (ImportState.RUNNING, Event.CANCELLED): ImportState.CANCELLED,
}


def next_state(state: ImportState, event: Event) -> ImportState:
    """Look the next state up in the one table, or raise `IllegalTransition`."""
    return following(TRANSITIONS, state, event, "an import")


class Phase(StrEnum):
    """The two times that each slice is worked on."""

    CHECK = "check"
    COMMIT = "commit"


class Purpose(StrEnum):
    """What an import is for."""

    OPT_OUTS = "opt_outs"
    CONTACTS = "contacts"


class RowOutcome(StrEnum):
    """What becomes of one row, or would."""

    ADDED = "added"
    RAISED = "raised"
    ALREADY = "already"
    UPDATED = "updated"  # a contact that was there, joined to the group or changed as well
    EXISTING = "existing"  # a contact that was there, and is left as it is
    OPTED_OUT = "opted_out"
    DUPLICATE = "duplicate"
    INVALID = "invalid"


CHANGES = frozenset({RowOutcome.ADDED, RowOutcome.RAISED, RowOutcome.UPDATED, RowOutcome.OPTED_OUT})
"""Outcomes for which something is written; of one who opted out, that it was tried to add it."""

Counts = dict[RowOutcome, int]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Sample(_Frozen):
    """A line that cannot be taken, with the reason."""

    line: int
    value: str
    code: str
    message: str


class FileProblem(_Frozen):
    """Why a whole file cannot be taken."""

    code: str
    message: str


class Import(_Frozen):
    """One import, from the first part of its file to its end."""

    id: str
    account_id: str
    purpose: Purpose
    state: ImportState = ImportState.UPLOADING
    file_name: str
    size: int  # bytes; 0 where the rows come from a group
    group_id: str = ""
    region: str  # of numbers without a country code
    asked_encoding: str = ""  # what the file is said to be; empty: found out
    options: dict[str, Any] = {}  # how to read the file, what to do with its rows, by the purpose
    attempt: int = 0  # how often it was opened again
    actor: str  # the user's id
    created_by: str
    created_at: datetime
    parts: frozenset[int] = frozenset()
    encoding: str = ""
    slices: int | None = None  # known once the file was cut
    numbers: str = ""  # the name under which the numbers of its slices are kept
    total: int = 0  # rows with content
    # Slices with numbers that an earlier slice has, with the bytes of their errors since then.
    repeating: dict[int, int] = {}
    counts: Counts = {}
    samples: tuple[Sample, ...] = ()
    has_errors: bool = False
    committed: bool = False
    committed_at: datetime | None = None
    problem: FileProblem | None = None
    finished_at: datetime | None = None

    @property
    def parts_expected(self) -> int:
        """How many parts the file comes in, numbered from 1."""
        return -(-self.size // PART)

    def part_size(self, number: int) -> int:
        """Bytes of one part: the last holds what is left."""
        return min(PART, self.size - (number - 1) * PART)

    @property
    def phase(self) -> Phase:
        """The phase that it is in, or was when it ended."""
        return Phase.COMMIT if self.committed else Phase.CHECK


class SliceResult(_Frozen):
    """What came of one slice in one phase; recorded once."""

    number: int
    rows: int
    counts: Counts
    samples: tuple[Sample, ...] = ()
    error_bytes: int = 0


class Progress(_Frozen):
    """How far a phase has come."""

    slices: int = 0
    rows: int = 0
    counts: Counts = {}


class Step(StrEnum):
    """What a message asks for."""

    START = "start"  # cut the file, or gather the group; then hand out the slices
    SLICE = "slice"
    COMPARE = "compare"  # find the numbers that several slices have; ends the check


class WorkOnImport(Command):
    """Move an import on by one step."""

    account_id: str
    import_id: str
    step: Step
    phase: Phase = Phase.CHECK
    attempt: int = 0
    number: int = 0  # of the slice; of a comparison, the first that is still to be written
