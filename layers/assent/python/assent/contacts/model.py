"""Contacts and their places in the queue: what they are, with no input or output."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assent.consent.model import Channel, Status
from assent.platform.clock import from_stamp, stamp
from assent.platform.queues import Command

# As `sms.numbers` names it, whose tables workers that only send need not load.
_FIXED_LINE = "fixed_line"


class ComplianceState(StrEnum):
    """How far the compliance message of a lead has come."""

    QUEUED = "queued"
    SENT = "sent"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXCLUDED = "excluded"
    NOT_SENT = "not_sent"
    # The number gets no texts: a look-up or the numbering plan said so, or the provider's error.
    NOT_TEXTABLE = "not_textable"


COMPLIANCE_RANK: dict[ComplianceState, int] = {
    ComplianceState.NOT_SENT: 0,
    ComplianceState.QUEUED: 1,
    ComplianceState.UNKNOWN: 2,
    ComplianceState.SENT: 3,
    ComplianceState.DELIVERED: 4,
    # A failure that is reported after a delivery is the carrier's last word.
    ComplianceState.FAILED: 5,
    ComplianceState.EXCLUDED: 5,
    ComplianceState.NOT_TEXTABLE: 5,
}
"""Reports come late and twice: a state only ever gives way to one of higher rank."""


class QueueState(StrEnum):
    """Where a lead stands towards the opt-in queue."""

    OUTSIDE = "outside"  # never was a lead: it came by a JOIN word, which leads past the queue
    WAITING = "waiting"  # its compliance message is on its way
    QUEUED = "queued"
    MOVED = "moved"
    REMOVED = "removed"  # opted out, or its compliance message failed after all


class Textable(StrEnum):
    """Whether a number gets texts."""

    YES = "yes"
    SUSPECT = "suspect"  # the provider says: a landline, or a carrier that cannot be reached
    NO = "no"  # a landline, by the numbering plan or a look-up


class Compliance(BaseModel):
    """The compliance message of a contact: state, plain reason, and since when."""

    model_config = ConfigDict(frozen=True)

    state: ComplianceState = ComplianceState.NOT_SENT
    reason: str = ""
    at: datetime | None = None


class Undone(BaseModel):
    """A move out of the queue that somebody undid."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    by: str
    moved_at: datetime
    moved_by: str
    moved_to: str  # a group's id


class QueuePlace(BaseModel):
    """A contact's place in the queue, and why it left."""

    model_config = ConfigDict(frozen=True)

    state: QueueState
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    left_by: str = ""
    left_reason: str = ""
    moved_to: str = ""  # a group's id
    undone: Undone | None = None  # the latest move that was undone


class Origin(StrEnum):
    """How a contact came into the account."""

    LEAD = "lead"  # by an opt-in integration
    IMPORT = "import"
    MANUAL = "manual"
    JOIN = "join"  # it texted a JOIN word
    SUBSCRIPTION = "subscription"  # a program subscribed it


class Former(BaseModel):
    """A number that a contact had before: its pseudonym, until when, and how long its chain was."""

    model_config = ConfigDict(frozen=True)

    subject: str
    until: datetime
    through: int  # the last event of the account's chain that was this contact's

    @classmethod
    def read(cls, text: str) -> "Former":
        """Read `<until>|<subject>|<through>`."""
        until, subject, through = text.split("|")
        return cls(subject=subject, until=from_stamp(until), through=int(through))

    def __str__(self) -> str:
        return f"{stamp(self.until)}|{self.subject}|{self.through}"


class Recipient(BaseModel):
    """What has to be known of a contact before it is sent something."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    phone: str
    subject: str  # the phone's pseudonym, the key of its consent
    first_name: str
    last_name: str
    email: str = ""
    custom: dict[str, str] = {}
    line_type: str = ""  # as `sms.numbers` names it; empty where nobody looked
    zone: str = ""  # the contact's own time zone; empty: those that its number may be in
    # The status of each channel, the worst over the account's senders. Filters look at it; what
    # decides on a send is the consent and the opt-out record.
    marks: dict[Channel, Status] = {}
    compliance: Compliance = Compliance()
    groups: frozenset[str] = frozenset()
    # A person who was forgotten: what remains is an id, and the way to what is still to be erased.
    erased_at: datetime | None = None

    @property
    def textable(self) -> Textable:
        """Whether the number gets texts."""
        if self.line_type == _FIXED_LINE:
            return Textable.NO
        said_no = self.compliance.state == ComplianceState.NOT_TEXTABLE
        return Textable.SUSPECT if said_no else Textable.YES

    def mark(self, channel: Channel) -> Status:
        """Say how a channel is marked."""
        return self.marks.get(channel, Status.NONE)


class Contact(Recipient):
    """One phone number in one account."""

    created_at: datetime
    origin: Origin = Origin.LEAD
    integration_id: str = ""  # of a lead
    import_id: str = ""  # of the import that made it
    made_by: str = ""  # the user who made it by hand or began the import; nobody made a lead
    labels: frozenset[str] = frozenset()
    favourite: bool = False
    opt_in: str = ""  # the last answer to an opt-in flow: Y, N or none yet
    queue: QueuePlace
    marked: int = 0  # how often the marks were written
    former: tuple[Former, ...] = ()  # numbers that it had before, the first one first
    # Counts edits of the profile, so that of two at once one is told; consent has its own count.
    version: int = 1
    edited_at: datetime | None = None
    edited_by: str = ""
    erase_through: int | None = None  # the last event of the account's chain that is to be erased


class WhyEnter(StrEnum):
    """What lets a lead into the queue."""

    DELIVERED = "delivered"
    NO_RECEIPT = "no_receipt"  # ten minutes after the provider accepted, and no word since
    NOT_TEXTABLE = "not_textable"  # landlines get no compliance message


class EnterQueue(Command):
    """Let a lead into the opt-in queue, if it still may."""

    account_id: str
    contact_id: str
    why: WhyEnter


class FinishRemoval(Command):
    """Tidy after an opt-out that a user took back, should the one who did it have ended."""

    account_id: str
    opt_out_id: str
    at: datetime  # since when the line stood


class FinishReassigning(Command):
    """Tidy after a number was reported as reassigned, should the one who did it have ended."""

    account_id: str
    contact_id: str


class FinishRenumbering(Command):
    """Let memberships follow a contact's new number, should the one who changed it have ended."""

    account_id: str
    renumbered_id: str  # the contact's id


class EraseContact(Command):
    """Forget a person; safe to repeat from wherever it ended."""

    account_id: str
    contact_id: str
    actor: str
    by: str
