"""The opt-in queue: list, count, move."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Permission
from assent.api.context import member, services
from assent.api.groups import view as group_view
from assent.api.status import compliance, senders, statuses_of_many
from assent.api.views import (
    CountView,
    MovesView,
    Page,
    QueueEntry,
    RefusalView,
)
from assent.consent.model import Channel
from assent.contacts import store
from assent.contacts.groups import service as group_service
from assent.contacts.groups.model import Group
from assent.contacts.model import Contact
from assent.contacts.queue import service as queue
from assent.contacts.queue import store as queue_store
from assent.platform.clock import stamp
from assent.platform.errors import AssentError

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_MOST_MOVES = 25


class Moves(BaseModel):
    """Contacts to be moved, and the group: one that is there, or a new one by its name."""

    model_config = ConfigDict(extra="forbid")

    contact_ids: list[str] = Field(min_length=1, max_length=_MOST_MOVES)
    group_id: str | None = None
    new_group_name: str | None = None


@router.get("/api/v1/queue", summary="The opt-in queue", tags=["Queue"])
def list_queue(
    sort: Annotated[str, Query(pattern="^(newest|oldest)$")] = "newest",
    limit: Annotated[int, Query(ge=1, le=50)] = 50,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[QueueEntry]:
    """List leads in the order of their arrival."""
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    places = queue_store.page(account.id, newest_first=sort == "newest", after=cursor, limit=limit)
    found = store.contacts(account.id, [contact_id for contact_id, _ in places])
    own = senders(account, services().accounts.senders_of(account.id))
    shown = statuses_of_many(list(found.values()), account, own, services().clock.now())
    names = {one.id: one.name for one in services().integrations.all(account.id)}
    entries = []
    for contact_id, arrived_at in places:
        contact = found.get(contact_id)
        if contact is None:
            continue
        marks = shown[contact_id]
        entries.append(
            QueueEntry(
                contact_id=contact_id,
                arrived_at=arrived_at,
                integration_name=names.get(contact.integration_id, ""),
                compliance=compliance(contact),
                sms=marks[Channel.SMS],
                voice=marks[Channel.VOICE],
                **_profile(contact),
            )
        )
    last = places[-1] if len(places) == limit else None
    return Page(items=entries, cursor=f"{stamp(last[1])}#{last[0]}" if last else None)


def _profile(contact: Contact) -> dict[str, str]:
    return contact.model_dump(
        include={"phone", "first_name", "last_name", "email", "integration_id"}
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


def _target(account: Account, moves: Moves) -> Group:
    if (moves.group_id is None) == (moves.new_group_name is None):
        raise AssentError("which_group", "Give either group_id or new_group_name.")
    if moves.group_id:
        return group_service.group(account.id, moves.group_id)
    return group_service.create_group(account, moves.new_group_name or "", services().clock)
