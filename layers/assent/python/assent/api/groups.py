"""Groups: list, make."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict

from assent.accounts.model import Permission
from assent.api.context import member, services
from assent.api.views import GroupView, Page
from assent.contacts.groups import service as group_service
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Group

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_COUNT_BOUND = 999


class NewGroup(BaseModel):
    """A group to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str


def view(group: Group) -> GroupView:
    """Show a group; counting its members stops at a bound."""
    members = group_store.members_count(group.account_id, group.id, _COUNT_BOUND)
    return GroupView.of(group, members, _COUNT_BOUND)


@router.get("/api/v1/groups", summary="Groups", tags=["Groups"])
def list_groups() -> Page[GroupView]:
    """List the account's groups, oldest first."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    return Page(items=[view(group) for group in group_store.groups(account.id)])


@router.post("/api/v1/groups", summary="Make a group", tags=["Groups"])
def create_group(group: NewGroup) -> tuple[GroupView, int]:
    """Make a group; 409 when there is one by that name."""
    _, account = member(router.current_event, Permission.GROUPS_EDIT)
    return view(group_service.create_group(account, group.name, services().clock)), 201
