"""The list of contacts: searched, filtered, sorted, counted."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Permission
from assent.api.context import member, services
from assent.api.status import compliance, senders, statuses_of_many
from assent.api.views import ChannelStatus, ComplianceView, CountView
from assent.consent.model import Channel
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter, Overall, Sort, overall
from assent.contacts.model import Contact, Origin, QueueState
from assent.sms.numbers import LineType, PhoneNumber

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Contacts"]
_COUNT_BOUND = 100_000
_MOST = 100  # contacts on a page
_LONGEST_CURSOR = 400


class ContactRow(BaseModel):
    """A contact in the list."""

    id: str
    phone: str
    first_name: str
    last_name: str
    email: str
    created_at: datetime
    status: Overall
    sms: ChannelStatus
    voice: ChannelStatus
    compliance: ComplianceView
    groups: list[str]
    labels: list[str]
    favourite: bool
    opt_in: str
    queued: bool
    origin: Origin
    integration_id: str
    import_id: str
    line_type: str
    # Where the contact may be: its own zone, or those of its number.
    zones: list[str]
    version: int


class ContactPage(BaseModel):
    """A page of contacts. It may be short, even empty, and have a cursor: there is more to see."""

    items: list[ContactRow]
    cursor: str | None
    # False: more contacts matched the search than were looked through; type more of it.
    complete: bool


class ContactSearch(BaseModel):
    """Which contacts, in which order, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    filter: Filter = Filter()
    sort: Sort = Sort.NEWEST
    cursor: str | None = Field(default=None, max_length=_LONGEST_CURSOR)
    limit: int = Field(default=50, ge=1, le=_MOST)


class ContactsToCount(BaseModel):
    """Which contacts are to be counted."""

    model_config = ConfigDict(extra="forbid")

    filter: Filter = Filter()


def rows(account: Account, contacts: list[Contact]) -> list[ContactRow]:
    """Show contacts with the status of each channel."""
    own = senders(account, services().accounts.senders_of(account.id))
    shown = statuses_of_many(contacts, account, own, services().clock.now())
    return [_row(contact, shown[contact.id]) for contact in contacts]


def _row(contact: Contact, shown: dict[Channel, ChannelStatus]) -> ContactRow:
    plain = set(ContactRow.model_fields) & set(Contact.model_fields)
    values = contact.model_dump(include=plain - {"groups", "labels", "compliance"})
    return ContactRow(
        **values,
        status=overall(contact),
        sms=shown[Channel.SMS],
        voice=shown[Channel.VOICE],
        compliance=compliance(contact),
        groups=sorted(contact.groups),
        labels=sorted(contact.labels),
        queued=contact.queue.state == QueueState.QUEUED,
        zones=zones(contact),
    )


def zones(contact: Contact) -> list[str]:
    """Name the time zones that a contact may be in: its own, or those of its number."""
    if contact.zone or contact.erased_at:
        return [contact.zone] if contact.zone else []
    line_type = LineType(contact.line_type or LineType.unknown)
    return list(PhoneNumber(contact.phone, "", line_type).zones)


@router.get("/api/v1/contacts", summary="Contacts", tags=_TAGS)
def list_contacts(
    cursor: Annotated[str | None, Query(max_length=_LONGEST_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
) -> ContactPage:
    """List all contacts, newest first."""
    return _page(ContactSearch(cursor=cursor, limit=limit))


@router.post("/api/v1/contacts/search", summary="Search contacts", tags=_TAGS)
def search_contacts(wanted: ContactSearch) -> ContactPage:
    """List the contacts for whom all of a filter holds; what is left out of it takes all.

    It comes in the body: names and numbers are not to stand in addresses, which are kept in logs.
    """
    return _page(wanted)


def _page(wanted: ContactSearch) -> ContactPage:
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    page = directory.page(account, wanted.filter, wanted.sort, wanted.cursor, wanted.limit)
    return ContactPage(
        items=rows(account, page.contacts), cursor=page.cursor, complete=page.complete
    )


@router.post("/api/v1/contacts/count", summary="How many contacts match", tags=_TAGS)
def count_contacts(wanted: ContactsToCount) -> CountView:
    """Count the contacts that a filter takes; counting stops when it has looked at enough."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    now = services().clock.now()
    found, capped = directory.count(account, wanted.filter, _COUNT_BOUND, now)
    return CountView(count=found, capped=capped)
