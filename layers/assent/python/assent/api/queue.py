"""The opt-in queue: list, count, move, undo, and why a contact is not in it."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Permission
from assent.api.context import member, services
from assent.api.directory import zones
from assent.api.groups import view as group_view
from assent.api.status import compliance, senders, statuses_of_many
from assent.api.views import (
    ChannelStatus,
    CountView,
    FactView,
    MovesView,
    Page,
    QueueDiagnosis,
    QueueEntry,
    RefusalView,
    UndoView,
)
from assent.consent.model import Channel
from assent.contacts import service as contact_service
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.groups import service as group_service
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Group
from assent.contacts.history.model import Person
from assent.contacts.model import Contact
from assent.contacts.queue import diagnosis
from assent.contacts.queue import service as queue
from assent.contacts.queue import store as queue_store
from assent.platform.errors import AssentError

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_MOST_MOVES = 25
_MOST = 50  # leads on a page
_LONGEST_CURSOR = 400
QueueSort = Literal["newest", "oldest", "favourites"]


class LeadFilter(BaseModel):
    """What a lead must be; what is left out takes all. All of it has to hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    search: str = Field(
        default="",
        max_length=100,
        description="Any part: name, e-mail, number, its last 4 digits.",
    )
    label_id: str = Field(default="", max_length=40)
    favourite: bool | None = None
    integration_id: str = Field(default="", max_length=40)


class LeadSearch(BaseModel):
    """Which leads, in which order, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    filter: LeadFilter = LeadFilter()
    sort: QueueSort = "newest"
    cursor: str | None = Field(default=None, max_length=_LONGEST_CURSOR)
    limit: int = Field(default=_MOST, ge=1, le=_MOST)


class Moves(BaseModel):
    """Contacts to be moved, and the group: one that is there, or a new one by its name."""

    model_config = ConfigDict(extra="forbid")

    contact_ids: list[str] = Field(min_length=1, max_length=_MOST_MOVES)
    group_id: str | None = None
    new_group_name: str | None = None


class Undoing(BaseModel):
    """Contacts to be put back, and the group that they were moved to."""

    model_config = ConfigDict(extra="forbid")

    contact_ids: list[str] = Field(min_length=1, max_length=_MOST_MOVES)
    group_id: str


@router.get("/api/v1/queue", summary="The opt-in queue", tags=["Queue"])
def list_queue(
    sort: Annotated[QueueSort, Query()] = "newest",
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _MOST,
    cursor: Annotated[str | None, Query(max_length=_LONGEST_CURSOR)] = None,
) -> Page[QueueEntry]:
    """List all leads in the order of their arrival. A page may be short and have a cursor."""
    return _page(LeadSearch(sort=sort, limit=limit, cursor=cursor))


@router.post("/api/v1/queue/search", summary="Search the opt-in queue", tags=["Queue"])
def search_queue(wanted: LeadSearch) -> Page[QueueEntry]:
    """List the leads for whom all of a filter holds, in the order of their arrival.

    It comes in the body: names and numbers are not to stand in addresses, which are kept in logs.
    """
    return _page(wanted)


def _page(wanted: LeadSearch) -> Page[QueueEntry]:
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    asked = Filter(queued=True, **wanted.filter.model_dump())
    sort = Sort(wanted.sort)
    order = Sort.NEWEST if asked.favourite is False and sort == Sort.FAVOURITES else sort
    found = directory.page(account, asked, order, wanted.cursor, wanted.limit)
    own = senders(account, services().accounts.senders_of(account.id))
    shown = statuses_of_many(found.contacts, account, own, services().clock.now())
    names = services().integrations.names(account.id)
    entries = [_entry(one, names, shown[one.id]) for one in found.contacts]
    return Page(items=entries, cursor=found.cursor)


def _entry(
    contact: Contact, names: dict[str, str], marks: dict[Channel, ChannelStatus]
) -> QueueEntry:
    if contact.queue.arrived_at is None:
        raise ValueError("a contact in the queue has arrived")
    profile = {
        "phone", "first_name", "last_name", "email", "integration_id", "favourite", "line_type",
        "zone",
    }  # fmt: skip
    return QueueEntry(
        contact_id=contact.id,
        arrived_at=contact.queue.arrived_at,
        integration_name=names.get(contact.integration_id, ""),
        compliance=compliance(contact),
        sms=marks[Channel.SMS],
        voice=marks[Channel.VOICE],
        labels=sorted(contact.labels),
        textable=contact.textable,
        zones=zones(contact),
        **contact.model_dump(include=profile),
    )


@router.get("/api/v1/queue/count", summary="How many leads wait", tags=["Queue"])
def count_queue() -> CountView:
    """Count the queue for the badge; counting stops at 99."""
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    return CountView.up_to(queue_store.COUNT_BOUND, queue_store.size(account.id))


@router.post("/api/v1/queue/moves", summary="Move leads to a group", tags=["Queue"])
def move_leads(moves: Moves) -> MovesView:
    """Move leads to a group. Each moves or is refused on its own, with the reason."""
    person, account = member(router.current_event, Permission.QUEUE_MOVE)
    group = _target(account, moves)
    moved: list[str] = []
    refused: list[RefusalView] = []
    for contact_id in dict.fromkeys(moves.contact_ids):
        refusal = queue.move(account, contact_id, group, person.name, services().clock)
        if refusal is None:
            moved.append(contact_id)
        else:
            refused.append(RefusalView(**refusal.__dict__))
    return MovesView(group=group_view(group), moved=moved, refused=refused)


@router.post("/api/v1/queue/moves/undo", summary="Undo moves", tags=["Queue"])
def undo_moves(undoing: Undoing) -> UndoView:
    """Put moved leads back in line, where they stood before. Each is put back or refused alone.

    Only while a lead is where the move put it, and nothing stands against it.
    """
    person, account = member(router.current_event, Permission.QUEUE_MOVE)
    group = group_service.group(account.id, undoing.group_id)
    by = Person(id=person.user_id, name=person.name)
    undone: list[str] = []
    refused: list[RefusalView] = []
    for contact_id in dict.fromkeys(undoing.contact_ids):
        refusal = queue.undo(account, contact_id, group.id, by, services().clock)
        if refusal is None:
            undone.append(contact_id)
        else:
            refused.append(RefusalView(**refusal.__dict__))
    return UndoView(undone=undone, refused=refused)


@router.get(
    "/api/v1/contacts/<contact_id>/queue-diagnosis",
    summary="Why is this contact not in the queue?",
    tags=["Queue"],
)
def diagnose(contact_id: str) -> QueueDiagnosis:
    """Answer from what is stored, with the evidence."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    contact = contact_service.contact(account.id, contact_id)
    names = {group.id: group.name for group in group_store.groups(account.id)}
    found = diagnosis.diagnose(account, contact, names, services().clock.now())
    facts = [FactView(**fact.__dict__) for fact in found.evidence]
    return QueueDiagnosis(**{**found.__dict__, "evidence": facts})


def _target(account: Account, moves: Moves) -> Group:
    if (moves.group_id is None) == (moves.new_group_name is None):
        raise AssentError("which_group", "Give either group_id or new_group_name.")
    if moves.group_id:
        return group_service.choosable(account.id, moves.group_id)
    return group_service.create_group(account, moves.new_group_name or "", services().clock)
