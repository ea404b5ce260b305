"""Groups: list, make, rename, archive, delete, and who is in them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts import store as accounts_store
from assent.accounts.model import Account, Member, Permission
from assent.api.contacts import view as contact_view
from assent.api.context import member, services
from assent.api.jobs import JobView
from assent.api.views import ContactView, GroupView, Page
from assent.broadcasts.definitions import store as broadcasts
from assent.broadcasts.model import State
from assent.contacts.groups import members
from assent.contacts.groups import service as group_service
from assent.contacts.groups.members import Act
from assent.contacts.groups.model import Group
from assent.contacts.history.model import Person
from assent.platform.errors import Conflict

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Groups"]
_ONE = "/api/v1/groups/<group_id>"
_LIVE = frozenset({State.SCHEDULED, State.PLANNING, State.RUNNING})
_COUNTED = 25  # groups that are counted while somebody waits
_LONGEST_CURSOR = 250
_BROADCASTS = 500  # of the latest, that are looked through


class GroupSearch(BaseModel):
    """How the names of groups begin, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    search: str = Field(default="", max_length=100, description="In whatever spelling.")
    cursor: str | None = Field(default=None, max_length=_LONGEST_CURSOR)
    limit: int = Field(default=_COUNTED, ge=1, le=_COUNTED)


class NewGroup(BaseModel):
    """A group to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str
    sender_id: str = Field(
        default="", max_length=40, description="Its home sender; the account's own by default."
    )


class GroupChange(BaseModel):
    """What may be changed of a group; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    archived: bool | None = Field(
        default=None, description="Archived groups keep their members, but cannot be chosen."
    )


class GroupName(BaseModel):
    """A group to choose."""

    id: str
    name: str
    sender_id: str
    archived: bool


class NewMember(BaseModel):
    """Who is to join."""

    model_config = ConfigDict(extra="forbid")

    contact_id: str = Field(min_length=1, max_length=40)


class BroadcastOfGroup(BaseModel):
    """A broadcast that uses a group."""

    id: str
    name: str
    state: State


class WordOfGroup(BaseModel):
    """A JOIN word that leads to a group."""

    sender_id: str
    word: str


class GroupDeletionView(BaseModel):
    """What deleting a group would do. With broadcasts or words that need it, it is refused."""

    group: GroupView
    broadcasts: list[BroadcastOfGroup]
    join_words: list[WordOfGroup]
    can_delete: bool


def view(group: Group) -> GroupView:
    """Show a group with the count of its members."""
    return GroupView.of(group, services().counts.of_group(group))


_Cursor = Annotated[str | None, Query(max_length=_LONGEST_CURSOR)]


@router.get("/api/v1/groups", summary="Groups", tags=_TAGS)
def list_groups(
    limit: Annotated[int, Query(ge=1, le=_COUNTED)] = _COUNTED, cursor: _Cursor = None
) -> Page[GroupView]:
    """List all groups with their sizes, by name, also those that are archived.

    Pages are small since each group is counted; `/group-names` gives many at once.
    """
    return _page(GroupSearch(limit=limit, cursor=cursor))


@router.post("/api/v1/groups/search", summary="Search groups", tags=_TAGS)
def search_groups(wanted: GroupSearch) -> Page[GroupView]:
    """List groups whose names begin like this, with their sizes. A page may be short."""
    return _page(wanted)


def _page(wanted: GroupSearch) -> Page[GroupView]:
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    found, after = group_service.page(account.id, wanted.search, wanted.cursor, wanted.limit)
    counted = services().counts.of_groups(account.id, found)
    return Page(items=[GroupView.of(one, counted[one.id]) for one in found], cursor=after)


@router.get("/api/v1/group-names", summary="Names of groups, to choose from", tags=_TAGS)
def list_group_names(
    limit: Annotated[int, Query(ge=1, le=500)] = 500, cursor: _Cursor = None
) -> Page[GroupName]:
    """List groups by name, also those that are archived, without counting. A page may be short."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    found, after = group_service.page(account.id, "", cursor, limit)
    shown = {"id", "name", "sender_id"}
    names = [
        GroupName(**one.model_dump(include=shown), archived=one.archived_at is not None)
        for one in found
    ]
    return Page(items=names, cursor=after)


@router.post("/api/v1/groups", summary="Make a group", tags=_TAGS)
def create_group(group: NewGroup) -> tuple[GroupView, int]:
    """Make a group; 409 when there is one by that name."""
    _, account = member(router.current_event, Permission.GROUPS_EDIT)
    if group.sender_id:
        services().accounts.sender_for(account.id, group.sender_id)
    made = group_service.create_group(account, group.name, services().clock, group.sender_id)
    return view(made), 201


@router.get(_ONE, summary="A group", tags=_TAGS)
def show_group(group_id: str) -> GroupView:
    """Return one group."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    return view(group_service.group(account.id, group_id))


@router.patch(_ONE, summary="Rename or archive a group", tags=_TAGS)
def change_group(group_id: str, change: GroupChange) -> GroupView:
    """Change a group; 409 when another has that name, in whatever spelling."""
    _, account = member(router.current_event, Permission.GROUPS_EDIT)
    found = group_service.group(account.id, group_id)
    if change.name is not None:
        found = group_service.rename(account.id, group_id, change.name)
    if change.archived is not None:
        at = services().clock.now() if change.archived else None
        found = group_service.archive(account.id, group_id, at)
    return view(found)


@router.get(f"{_ONE}/deletion", summary="What deleting a group would do", tags=_TAGS)
def show_group_deletion(group_id: str) -> GroupDeletionView:
    """Return its members, the broadcasts that are to use it, and the words that lead to it."""
    _, account = member(router.current_event, Permission.GROUPS_EDIT)
    return _effect(account, group_service.group(account.id, group_id))


@router.delete(_ONE, summary="Delete a group", tags=_TAGS)
def delete_group(group_id: str) -> tuple[JobView, int]:
    """Delete a group; its contacts stay. Cancelling the job before it starts brings it back.

    409 while a broadcast that is under way, or a JOIN word, needs it.
    """
    person, account = member(router.current_event, Permission.GROUPS_EDIT)
    group = group_service.group(account.id, group_id, consistent=True)
    effect = _effect(account, group)
    if not effect.can_delete:
        names = [f"“{one.name}”" for one in effect.broadcasts]
        words = [one.word for one in effect.join_words]
        raise Conflict(
            "group_in_use",
            "Broadcasts or JOIN words need this group. Cancel them or take them off first: "
            f"{', '.join([*names, *words])}.",
        )
    return JobView.of(services().jobs.delete_group(account, group, person)), 202


def _effect(account: Account, group: Group) -> GroupDeletionView:
    under_way = [
        BroadcastOfGroup(id=one.id, name=one.name, state=one.state)
        for one in broadcasts.broadcasts(account.id, None, _BROADCASTS)
        if one.state in _LIVE and group.id in (*one.groups, *one.minus_groups)
    ]
    words = [
        WordOfGroup(sender_id=sender.id, word=word.word)
        for sender in services().accounts.senders_of(account.id)
        for word in accounts_store.join_words(sender.id, account.id)
        if word.group_id == group.id
    ]
    return GroupDeletionView(
        group=view(group),
        broadcasts=under_way,
        join_words=words,
        can_delete=not under_way and not words,
    )


@router.post(f"{_ONE}/members", summary="Put a contact into a group", tags=_TAGS)
def add_member(group_id: str, new: NewMember) -> ContactView:
    """Put one contact into a group; 409 `opted_out` when no channel is left to reach it by."""
    person, account = member(router.current_event, Permission.GROUPS_EDIT)
    group = group_service.choosable(account.id, group_id)
    return contact_view(account, members.add(account, new.contact_id, group, _act(person)))


@router.delete(f"{_ONE}/members/<contact_id>", summary="Take a contact out of a group", tags=_TAGS)
def remove_member(group_id: str, contact_id: str) -> ContactView:
    """Take one contact out of a group."""
    person, account = member(router.current_event, Permission.GROUPS_EDIT)
    group = group_service.group(account.id, group_id)
    return contact_view(account, members.remove(account, contact_id, group, _act(person)))


def _act(person: Member) -> Act:
    by = Person(id=person.user_id, name=person.name)
    return Act(by, services().clock.now())
