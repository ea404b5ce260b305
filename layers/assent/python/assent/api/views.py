"""The shapes that the API answers with; the console's types are generated from these."""

from datetime import datetime
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from assent.accounts.model import Account, Role, Sender
from assent.api.integration_views import IntegrationView
from assent.broadcasts.costs import Cost
from assent.broadcasts.model import Otherwise, Recurrence, State
from assent.broadcasts.results import Report
from assent.consent.model import Channel, Source, Status
from assent.contacts.directory.model import Overall
from assent.contacts.groups.counting.service import Members
from assent.contacts.groups.model import Group
from assent.contacts.model import ComplianceState, Origin, QueueState, Textable

_T = TypeVar("_T")


class Page(BaseModel, Generic[_T]):
    """A page of items, and the cursor of the next one."""

    items: list[_T]
    cursor: str | None = None


class UserView(BaseModel):
    """The signed-in person."""

    id: str
    email: str
    name: str


class MembershipView(BaseModel):
    """An account that the person may switch to."""

    id: str
    name: str
    role: Role
    permissions: list[str]


class MeView(BaseModel):
    """The signed-in person with their accounts."""

    user: UserView
    accounts: list[MembershipView]


class AccountView(BaseModel):
    """An account's settings."""

    id: str
    name: str
    time_zone: str
    default_region: str
    terms_url: str
    privacy_url: str
    sender_id: str
    stop_ends_calls: bool
    quiet_hours: str
    caps: str

    @classmethod
    def of(cls, account: Account) -> "AccountView":
        """Show an account."""
        return cls(**account.model_dump())


class SenderView(BaseModel):
    """A sender as its accounts see it."""

    id: str
    address: str
    program_name: str
    help_text: str
    stop_text: str
    start_text: str
    keyword_replies: str
    support_contact: str
    registered: bool
    messages_per_second: float
    daily_cap: int | None
    campaign: str
    segment_price_micros: int | None
    minute_price_micros: int | None
    is_owner: bool

    @classmethod
    def of(cls, sender: Sender, account: Account) -> "SenderView":
        """Show a sender."""
        return cls(
            **sender.model_dump(exclude={"owner_id"}, mode="json"),
            is_owner=sender.owner_id == account.id,
        )


class ComplianceView(BaseModel):
    """How the compliance message fares."""

    state: ComplianceState
    reason: str
    at: datetime | None


class SenderStatus(BaseModel):
    """The opt-in status of one channel of one sender, with who, when and how."""

    status: Status
    sender_id: str
    sender_address: str = ""
    kind: Literal["soft", "hard"] | None = None
    source: Source | None = None
    at: datetime | None = None
    by: str = ""
    reason: str = ""
    scope: str = ""
    opt_out_id: str | None = None
    removable: bool = False
    way_back: str = ""
    # A message that may be an opt-out waits for a decision; broadcasts hold this number.
    held: bool = False
    # A question that was asked and may still be answered.
    asked_at: datetime | None = None


class ChannelStatus(SenderStatus):
    """The opt-in status of one channel: where senders differ the worst, and then each of them."""

    by_sender: list[SenderStatus] = Field(default_factory=list)


class QueueEntry(BaseModel):
    """A lead in the opt-in queue."""

    contact_id: str
    phone: str
    first_name: str
    last_name: str
    email: str
    arrived_at: datetime
    integration_id: str
    integration_name: str
    compliance: ComplianceView
    sms: ChannelStatus
    voice: ChannelStatus
    labels: list[str]  # ids
    favourite: bool
    line_type: str
    textable: Textable
    zone: str  # the contact's own time zone, if it is known
    zones: list[str]  # those that it may be in


class CountView(BaseModel):
    """A count that stops at a bound."""

    count: int
    capped: bool

    @classmethod
    def up_to(cls, bound: int, counted: int) -> "CountView":
        """Show what was counted, no further than one past the bound."""
        return cls(count=min(counted, bound), capped=counted > bound)


class GroupView(BaseModel):
    """A group, and how many members it has.

    `members` is exact up to some hundreds. Of larger groups it is what was last counted, with
    `members_at`; before that, `members_capped` says that there are more.
    """

    id: str
    name: str
    sender_id: str
    created_at: datetime
    archived: bool = False
    members: int
    members_capped: bool
    members_at: datetime | None = None

    @classmethod
    def of(cls, group: Group, members: Members) -> "GroupView":
        """Show a group with its count."""
        return cls(
            **group.model_dump(include={"id", "name", "sender_id", "created_at"}),
            archived=group.archived_at is not None,
            members=members.count,
            members_capped=not members.exact and members.at is None,
            members_at=members.at,
        )


class RefusalView(BaseModel):
    """Why one contact was not moved."""

    contact_id: str
    code: str
    message: str
    by: str = ""
    group: str = ""


class MovesView(BaseModel):
    """What became of a move."""

    group: GroupView
    moved: list[str]
    refused: list[RefusalView]


class UndoView(BaseModel):
    """What became of undoing a move."""

    undone: list[str]
    refused: list[RefusalView]


class FactView(BaseModel):
    """One stored thing that an answer rests on."""

    what: str
    text: str
    at: datetime | None


class QueueDiagnosis(BaseModel):
    """Why a contact is or is not in the opt-in queue."""

    in_queue: bool
    code: str
    answer: str
    next_step: str
    evidence: list[FactView]


class EndedView(BaseModel):
    """When and why a channel was taken out of a membership."""

    at: datetime
    why: Literal["soft_opt_out", "hard_opt_out", "number_reassigned"]


class ContactGroup(BaseModel):
    """A group that a contact is in, and the channels it is reached by there."""

    id: str
    name: str
    channels: list[Channel]
    ended: dict[Channel, EndedView] = Field(default_factory=dict)


class QueuePlaceView(BaseModel):
    """Where a contact stands towards the queue, and why."""

    state: QueueState
    arrived_at: datetime | None
    left_at: datetime | None
    left_by: str
    left_reason: str
    moved_to: str


class ContactView(BaseModel):
    """A contact's profile."""

    id: str
    phone: str
    first_name: str
    last_name: str
    email: str
    custom: dict[str, str]
    created_at: datetime
    # Derived from what else is known: active, opted out (both channels), unreachable, erased.
    status: Overall
    origin: Origin
    integration_id: str
    import_id: str
    origin_name: str = Field(description="Of the integration, or of the import's file.")
    line_type: str
    zone: str = Field(description="The contact's own time zone; empty where none was given.")
    zones: list[str] = Field(description="Where it may be: its own zone, or those of its number.")
    labels: list[str]
    favourite: bool
    opt_in: str = Field(description="The answer to an opt-in flow: Y, N, or empty.")
    # An edit names the version that it is based on.
    version: int
    edited_at: datetime | None
    edited_by: str
    groups: list[ContactGroup]
    queue: QueuePlaceView
    compliance: ComplianceView
    channels: dict[Channel, ChannelStatus]
    # Personal data was erased; what stands against sending was kept.
    erased: bool = False
    # An opt-out took it out of a group or the queue, and it may go back there now.
    can_put_back: bool = False


class TimelineItem(BaseModel):
    """One thing that happened to a contact; `by` is the user who did it, where one did."""

    id: str
    at: datetime
    kind: str
    text: str
    by: str
    # When a note was edited last.
    edited_at: datetime | None
    detail: dict[str, str] = Field(default_factory=dict)


class BroadcastView(BaseModel):
    """A broadcast with its report."""

    id: str
    name: str
    channel: Channel
    sender_id: str
    groups: list[str]
    minus_groups: list[str]
    template: str
    quiet_hours: Otherwise
    caps: Otherwise
    segments: int
    state: State
    created_by: str
    created_at: datetime
    schedule_at: datetime | None
    local_at: str
    recurrence: Recurrence | None
    parent_id: str
    started_at: datetime | None
    finished_at: datetime | None
    reason: str
    # The reason as a code; empty where it is a person's pause, which says by whom.
    reason_code: str
    # What paused it by itself, as a code; empty where a person did.
    guard: str
    # All recipients are chosen: `planned` does not grow any more.
    plan_complete: bool
    report: Report
    # In a broadcast that is asked for by itself: what the copies that were sent cost, and when the
    # last of those would be sent to who need not wait for their hours.
    cost: Cost | None = None
    expected_end: datetime | None = None


class OverviewView(BaseModel):
    """What an operator wants to know first."""

    queue: CountView
    groups: int
    integrations: list[IntegrationView]
    senders: list[SenderView]
    broadcasts: list[BroadcastView]
