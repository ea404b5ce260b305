"""Who am I, which account is this, and how is it set up."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from assent.accounts.model import AccountChange, DeletionRights, Permission
from assent.accounts.team import store as team_store
from assent.api.context import member, services, user
from assent.api.views import AccountView, MembershipView, MeView, UserView

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


@router.get("/api/v1/me", summary="The signed-in person", tags=["Account"])
def me() -> MeView:
    """Return the signed-in person with their accounts and what they may do in each."""
    person = user(router.current_event)
    accounts = services().accounts
    members = accounts.members(person.id)
    for one in members:
        services().team.introduce(one, person.name, person.email)
    return MeView(
        user=UserView(id=person.id, email=person.email, name=person.name),
        accounts=[
            MembershipView(
                id=one.account_id,
                name=accounts.account(one.account_id).name,
                role=one.role,
                permissions=sorted(team_store.deletion_rights(one.account_id).permissions(one)),
            )
            for one in members
        ],
    )


@router.get("/api/v1/account", summary="Account settings", tags=["Account"])
def show_account() -> AccountView:
    """Return the account's settings."""
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    return AccountView.of(account)


@router.patch("/api/v1/account", summary="Change account settings", tags=["Account"])
def change_account(change: AccountChange) -> AccountView:
    """Change the account's settings; what is left out stays as it is."""
    _, account = member(router.current_event, Permission.ACCOUNT_EDIT)
    return AccountView.of(services().accounts.change(account.id, change))


@router.get("/api/v1/account/deletion-rights", summary="Who may delete contacts", tags=["Account"])
def show_deletion_rights() -> DeletionRights:
    """Return what administrators have switched; what is left open is decided by the role."""
    _, account = member(router.current_event, Permission.ACCOUNT_EDIT)
    return team_store.deletion_rights(account.id)


@router.patch(
    "/api/v1/account/deletion-rights", summary="Switch who may delete contacts", tags=["Account"]
)
def change_deletion_rights(rights: DeletionRights) -> DeletionRights:
    """Switch deleting on or off for the account, for roles and for users; it counts at once.

    What is left out stays as it is; `null` leaves it to the role, or to its usual rights.
    """
    person, _ = member(router.current_event, Permission.ACCOUNT_EDIT)
    return services().team.switch(person, rights)
