"""The list of contacts: searched, filtered, sorted, counted."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

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

_Asked = Annotated[Filter, Query()]


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
    asked: _Asked,
    sort: Annotated[Sort, Query()] = Sort.NEWEST,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ContactPage:
    """List the contacts for whom all of this holds; what is left out takes all."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    page = directory.page(account, asked, sort, cursor, limit)
    return ContactPage(
        items=rows(account, page.contacts), cursor=page.cursor, complete=page.complete
    )


@router.get("/api/v1/contacts/count", summary="How many contacts match", tags=_TAGS)
def count_contacts(asked: _Asked) -> CountView:
    """Count the contacts that a filter takes; counting stops when it has looked at enough."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    found, capped = directory.count(account, asked, _COUNT_BOUND, services().clock.now())
    return CountView(count=found, capped=capped)
