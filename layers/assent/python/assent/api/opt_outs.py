"""The opt-out list: look, export, add, take back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Member, Permission
from assent.api.context import member, services
from assent.api.opt_out_imports import ImportView
from assent.api.opt_out_views import OptOutView, views
from assent.api.views import Page
from assent.consent.model import Channel, Kind, Source
from assent.contacts import service as contacts
from assent.contacts.groups import service as group_service
from assent.contacts.groups import store as group_store
from assent.contacts.imports.model import Purpose
from assent.contacts.imports.opt_outs import options
from assent.contacts.model import FinishRemoval
from assent.contacts.opt_outs import Filters, Listed, Wanted
from assent.contacts.refusals import erased
from assent.messaging.model import ApplyEffects
from assent.platform.errors import FieldError, Invalid
from assent.sms.numbers import InvalidNumber, parse

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Opt-outs"]
_LATER = 5  # seconds, in which whoever changes a record has tidied, or ended
_MOST = 100  # lines on a page
_LONGEST_CURSOR = 200


class OptOutFilter(BaseModel):
    """Which lines of the list; what is left out takes all. All of it has to hold."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(default="", max_length=40, description="In any spelling.")
    sender_id: str = Field(default="", max_length=40)
    channel: Channel | None = None
    kind: Literal["soft", "hard"] | None = None
    source: Source | None = None
    since: datetime | None = Field(
        default=None, description="From this moment on; UTC without a zone."
    )
    until: datetime | None = Field(default=None, description="Up to this moment; likewise.")

    def read(self, account: Account) -> Filters:
        """Read it as the account means it; raises `Invalid` for what is no number."""
        return Filters(
            number=e164(account, self.number, "number") if self.number else "",
            sender_id=self.sender_id,
            channel=self.channel,
            kind=Kind(self.kind) if self.kind else None,
            source=self.source,
            since=_utc(self.since),
            until=_utc(self.until),
        )


class OptOutSearch(BaseModel):
    """Which lines of the list, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    filter: OptOutFilter = OptOutFilter()
    cursor: str | None = Field(default=None, max_length=_LONGEST_CURSOR)
    limit: int = Field(default=50, ge=1, le=_MOST)


class NewOptOut(BaseModel):
    """Whom to opt out: a number, a contact or a whole group; and whose decision it is."""

    model_config = ConfigDict(extra="forbid")

    phone: str | None = Field(default=None, max_length=40)
    contact_id: str | None = None
    group_id: str | None = None
    channels: list[Channel] = Field(min_length=1, max_length=2)
    kind: Literal["soft", "hard"] = Field(
        default="soft", description="`hard` says that the contact asked, and only it undoes that."
    )
    reason: str = Field(default="", max_length=500)


class AddedView(BaseModel):
    """What stands against the number now, and how many of these lines stood before."""

    items: list[OptOutView]
    unchanged: int


class GroupAddedView(BaseModel):
    """A group is opted out in the background; `import` says how far it is."""

    import_: ImportView = Field(alias="import")


class RestoredGroup(BaseModel):
    """A group that the contact is back in."""

    id: str
    name: str


class RemovedView(BaseModel):
    """The groups that the contact is back in, with the channel that the opt-out had taken."""

    restored: list[RestoredGroup]


@router.get("/api/v1/opt-outs", summary="The opt-out list", tags=_TAGS)
def list_opt_outs(
    cursor: Annotated[str | None, Query(max_length=_LONGEST_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
) -> Page[OptOutView]:
    """List all opt-outs, newest first. A short page may carry a cursor: there is more."""
    return _page(OptOutSearch(cursor=cursor, limit=limit))


@router.post("/api/v1/opt-outs/search", summary="Search the opt-out list", tags=_TAGS)
def search_opt_outs(wanted: OptOutSearch) -> Page[OptOutView]:
    """List the opt-outs that a filter takes, newest first. A page may be short and have a cursor.

    It comes in the body: numbers are not to stand in addresses, which are kept in logs.
    """
    return _page(wanted)


def _page(wanted: OptOutSearch) -> Page[OptOutView]:
    _, account = member(router.current_event, Permission.OPT_OUTS_VIEW)
    asked = wanted.filter.read(account)
    found, after = services().opt_outs.page(account, asked, wanted.cursor, wanted.limit)
    return Page(items=views(account, found), cursor=after)


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def e164(account: Account, number: str, field: str) -> str:
    """Read a number in any spelling, or say which field is no number and why."""
    try:
        return parse(number, account.default_region).e164
    except InvalidNumber as error:
        problem = FieldError(field=field, code=error.code, message=str(error))
        raise Invalid("invalid_number", str(error), fields=[problem]) from error


@router.post(
    "/api/v1/opt-outs",
    summary="Opt somebody out",
    tags=_TAGS,
    responses={
        201: {
            "description": "A number or contact is on the list",
            "content": {"application/json": {"model": AddedView}},
        },
        202: {
            "description": "A group is opted out in the background",
            "content": {"application/json": {"model": GroupAddedView}},
        },
    },
)
def add_opt_out(new: NewOptOut) -> tuple[AddedView | GroupAddedView, int]:
    """Opt a number, a contact or all members of a group out, on all senders of this account."""
    person, account = member(router.current_event, Permission.OPT_OUTS_EDIT)
    given = [name for name in ("phone", "contact_id", "group_id") if getattr(new, name)]
    if len(given) != 1:
        message = "Give one of phone, contact_id and group_id."
        fields = given or ["phone"]
        raise Invalid(
            "which_number",
            message,
            fields=[FieldError(field=name, code="which", message=message) for name in fields],
        )
    if new.group_id:
        return _add_group(account, new, person), 202
    wanted = Wanted(
        kind=Kind(new.kind),
        channels=list(dict.fromkeys(new.channels)),
        source=Source.ADMIN,
        actor=person.user_id,
        by=person.name,
        reason=new.reason.strip(),
    )
    return add(account, _phone(account, new), wanted), 201


def _phone(account: Account, new: NewOptOut) -> str:
    if new.phone:
        return e164(account, new.phone, "phone")
    found = contacts.contact(account.id, new.contact_id or "")
    if found.erased_at:
        raise erased()
    return found.phone


def _add_group(account: Account, new: NewOptOut, person: Member) -> GroupAddedView:
    group = group_service.group(account.id, new.group_id or "")
    job = services().imports.of_group(
        account,
        Purpose.OPT_OUTS,
        (group.id, group.name),
        options(Kind(new.kind), list(dict.fromkeys(new.channels)), new.reason.strip()),
        person.user_id,
        person.name,
    )
    return GroupAddedView.model_validate({"import": ImportView.of(job)})


def add(account: Account, phone: str, wanted: Wanted) -> AddedView:
    """Opt one number (E.164) out, and say what stands against it now.

    The effects are on their way before the opt-out is: should this process end after the commit,
    memberships and queue are tidied all the same.
    """
    subject = services().pseudonyms.of(phone)
    for sender in services().accounts.senders_of(account.id):
        command = ApplyEffects(
            sender_id=sender.id, subject=subject, channels=wanted.channels, account_id=account.id
        )
        services().effects.send(command, _LATER)
    stood = {one.id: one for one in _standing(account, phone, wanted.channels)}
    services().opt_outs.add_many(account, [phone], wanted)
    stands = _standing(account, phone, wanted.channels)
    unchanged = sum(1 for one in stands if stood.get(one.id) == one)
    return AddedView(items=views(account, stands), unchanged=unchanged)


def _standing(account: Account, phone: str, channels: Sequence[Channel]) -> list[Listed]:
    [found] = services().opt_outs.preview(account, [phone], consistent=True).values()
    return [one for one in found if one.channel in channels]


@router.delete("/api/v1/opt-outs/<opt_out_id>", summary="Take an opt-out back", tags=_TAGS)
def remove_opt_out(opt_out_id: str) -> RemovedView:
    """Take a user's opt-out back, with the memberships that it took.

    409 for what the contact laid down itself, saying how the contact undoes it.
    """
    person, account = member(router.current_event, Permission.OPT_OUTS_EDIT)
    line = services().opt_outs.find(account, opt_out_id)
    if line.removable:
        # Should this process end half-way, what it took is given back all the same.
        at = line.entry.effective_at
        services().commands.send(
            FinishRemoval(account_id=account.id, opt_out_id=opt_out_id, at=at), _LATER
        )
    _, restored = services().opt_outs.remove(account, opt_out_id, person.user_id, person.name)
    names = {one.id: one.name for one in group_store.groups(account.id)} if restored else {}
    return RemovedView(restored=[RestoredGroup(id=one, name=names[one]) for one in restored])
