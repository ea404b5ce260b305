"""What the routes work with: services composed once, and who is asking."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from assent.accounts.model import Account, Member, Permission
from assent.accounts.service import AccountService
from assent.accounts.team import store as team_store
from assent.accounts.team.service import TeamService
from assent.broadcasts.renumbered import take_places
from assent.contacts.bulk.service import JobService
from assent.contacts.exports.service import ExportService
from assent.contacts.groups.counting.service import CountService
from assent.contacts.imports.leading import ContactImportService
from assent.contacts.imports.service import ImportService
from assent.contacts.opt_outs import OptOutService
from assent.contacts.profile.service import ProfileService
from assent.integrations.health.tally import Tally
from assent.integrations.service import IntegrationService
from assent.integrations.subscriptions import SubscriptionService
from assent.platform import pseudonyms, settings
from assent.platform.clock import Clock, SystemClock
from assent.platform.errors import Forbidden, Unauthorised
from assent.platform.objects import Bucket
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.queues import Queue, Sink
from assent.platform.settings import Settings

_ACCOUNT_HEADER = "assent-account"


@dataclass(frozen=True)
class Services:
    """Everything that the routes call."""

    settings: Settings
    clock: Clock
    accounts: AccountService
    integrations: IntegrationService
    imports: ImportService
    commands: Sink
    effects: Sink
    outbound: Sink

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        """The deployment's pseudonyms; their secret is read only by routes that need it."""
        return pseudonyms.stored(self.settings.pseudonym_secret)

    @cached_property
    def team(self) -> TeamService:
        """The users of accounts."""
        return TeamService(self.clock, self.accounts)

    @cached_property
    def jobs(self) -> JobService:
        """Jobs over many contacts."""
        return JobService(self.clock, self.commands)

    @cached_property
    def exports(self) -> ExportService:
        """Exports of contacts and of the opt-out list."""
        bucket = Bucket(self.settings.imports_bucket)
        return ExportService(self.clock, bucket, Queue(self.settings.imports_queue))

    @cached_property
    def counts(self) -> CountService:
        """Counts of groups' members."""
        return CountService(self.clock, self.commands)

    @cached_property
    def opt_outs(self) -> OptOutService:
        """The opt-out list."""
        return OptOutService(self.clock, self.accounts, self.pseudonyms)

    @cached_property
    def profiles(self) -> ProfileService:
        """Contacts as users make and edit them."""
        return ProfileService(self.clock, self.accounts, self.pseudonyms, take_places)

    @cached_property
    def tally(self) -> Tally:
        """What this process has seen of integrations."""
        return Tally()

    @cached_property
    def contact_imports(self) -> ContactImportService:
        """What carries imports of contacts out."""
        return ContactImportService(self.clock, self.imports)

    @cached_property
    def subscriptions(self) -> SubscriptionService:
        """What programs subscribe and unsubscribe through."""
        return SubscriptionService(self.clock, self.accounts, self.pseudonyms, self.outbound)


@cache
def services() -> Services:
    """Compose the services, once per process."""
    names = settings.current()
    clock = SystemClock()
    return Services(
        settings=names,
        clock=clock,
        accounts=AccountService(clock),
        integrations=IntegrationService(clock),
        imports=ImportService(
            clock=clock,
            objects=Bucket(names.imports_bucket),
            queue=Queue(names.imports_queue),
        ),
        commands=Queue(names.commands_queue),
        effects=Queue(names.effects_queue),
        outbound=Queue(names.outbound_queue),
    )


@dataclass(frozen=True)
class User:
    """The signed-in person, as the verified token says."""

    id: str
    email: str
    name: str


def user(event: Any) -> User:  # noqa: ANN401 -- Powertools' event class is untyped here
    """Read the signed-in person from the token that the authorizer verified."""
    context = event.get("requestContext") or {}
    claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims") or {}
    if not claims.get("sub") or claims.get("token_use") != "id":
        raise Unauthorised("no_token", "Sign in, and send the ID token as Authorization: Bearer.")
    email = claims.get("email", "")
    return User(id=claims["sub"], email=email, name=claims.get("name") or email)


def member(event: Any, permission: Permission) -> tuple[Member, Account]:  # noqa: ANN401 -- as above
    """Say in which account the request is, and that this person may do this there.

    The account is asked for in a header and granted by the membership; no body is believed.
    """
    sent = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    person = user(event)
    found = services().accounts.member(person.id, sent.get(_ACCOUNT_HEADER) or None)
    if not permits(found, permission):
        raise Forbidden(
            "not_permitted",
            f"Your role here, {found.role}, does not permit this ({permission}).",
        )
    named = found.model_copy(update={"name": person.name})
    return named, services().accounts.account(found.account_id)


def permits(found: Member, permission: Permission) -> bool:
    """Look a permission up: in the one table, and for deleting in the account's switches (C8)."""
    if permission in (Permission.CONTACTS_DELETE, Permission.CONTACTS_DELETE_ALL):
        return team_store.deletion_rights(found.account_id).may(found, permission)
    return found.may(permission)
