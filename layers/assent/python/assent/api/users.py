"""The account's users: who they are, what they may do, and what was changed of them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from assent.accounts.model import Permission, Role
from assent.accounts.team.model import Fixed, Switched, TeamChange, UserChange
from assent.accounts.team.service import Standing
from assent.api.context import member, services
from assent.api.views import Page

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Users"]
_ALL = "/api/v1/users"
_ONE = f"{_ALL}/<user_id>"


class AccountUserView(BaseModel):
    """A user of the account: the role, the switches, what follows, and what can be changed."""

    id: str
    name: str
    email: str
    role: Role
    you: bool
    delete: Switched
    delete_all: Switched
    may_delete: bool
    may_delete_all: bool
    roles: list[Role]
    removable: bool
    fixed: Fixed | None

    @classmethod
    def of(cls, standing: Standing, asking: str) -> "AccountUserView":
        """Show a user to the one who asks."""
        one, switches = standing.member, standing.switches
        return cls(
            id=one.user_id,
            name=one.name,
            email=one.email,
            role=one.role,
            you=one.user_id == asking,
            delete=Switched.of(switches.delete),
            delete_all=Switched.of(switches.delete_all),
            may_delete=Permission.CONTACTS_DELETE in standing.permissions,
            may_delete_all=Permission.CONTACTS_DELETE_ALL in standing.permissions,
            roles=standing.roles,
            removable=standing.fixed is None,
            fixed=standing.fixed,
        )


class RemovedUserView(BaseModel):
    """A user who was taken out of the account."""

    id: str
    name: str


@router.get(_ALL, summary="The account's users", tags=_TAGS)
def list_users() -> Page[AccountUserView]:
    """List the account's users with their roles and switches."""
    person, _ = member(router.current_event, Permission.ACCOUNT_EDIT)
    found = services().team.standings(person)
    return Page(items=[AccountUserView.of(one, person.user_id) for one in found])


@router.get(f"{_ALL}/changes", summary="What was changed of users", tags=_TAGS)
def list_changes(
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[TeamChange]:
    """List changes of roles and switches, newest first, with who made them."""
    _, account = member(router.current_event, Permission.ACCOUNT_EDIT)
    found, after = services().team.changes(account.id, cursor, limit)
    return Page(items=found, cursor=after)


@router.patch(_ONE, summary="Change a user", tags=_TAGS)
def change_user(user_id: str, change: UserChange) -> AccountUserView:
    """Change a user's role and switches; it counts everywhere within a minute.

    Owners are made and unmade by owners, and the last owner or administrator stays one.
    """
    person, _ = member(router.current_event, Permission.ACCOUNT_EDIT)
    return AccountUserView.of(services().team.change(person, user_id, change), person.user_id)


@router.delete(_ONE, summary="Take a user out of the account", tags=_TAGS)
def remove_user(user_id: str) -> RemovedUserView:
    """Take a user out of the account; what they did keeps their name."""
    person, _ = member(router.current_event, Permission.ACCOUNT_EDIT)
    removed = services().team.remove(person, user_id)
    return RemovedUserView(id=removed.user_id, name=removed.name)
