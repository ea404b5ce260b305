"""A contact's profile and timeline, and what is done with the contact itself."""

from dataclasses import asdict
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Permission, Sender
from assent.api.context import member, services
from assent.api.directory import zones
from assent.api.status import compliance, senders, statuses
from assent.api.views import (
    ChannelStatus,
    ContactGroup,
    ContactView,
    EndedView,
    Page,
    QueuePlaceView,
    TimelineItem,
)
from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.model import Channel, Status
from assent.contacts import erasure, put_back, reassigned, service
from assent.contacts.directory.model import overall
from assent.contacts.groups import store as group_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import EndedBy, Group, Membership
from assent.contacts.history.model import Person
from assent.contacts.model import Contact, EraseContact, FinishReassigning
from assent.platform.errors import FieldError, Invalid
from assent.timeline import feed
from assent.timeline.feed import origin_name

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_PATH = "/api/v1/contacts/<contact_id>"
_TAGS = ["Contacts"]
_LATER = 5  # seconds, in which whoever changes a record has tidied, or ended
_DIGITS = 4
_WHY = {
    EndedBy.SOFT: "soft_opt_out",
    EndedBy.HARD: "hard_opt_out",
    EndedBy.REASSIGNED: "number_reassigned",
}


class Erase(BaseModel):
    """Whom to forget, said once more."""

    model_config = ConfigDict(extra="forbid")

    confirm: str = Field(description="The last four digits of the contact's number.")


def view(account: Account, contact: Contact) -> ContactView:
    """Show a contact with the status of each channel and what may be done with it."""
    own = _senders(account)
    groups = {group.id: group for group in group_store.groups(account.id)}
    # An erased contact is in no group any more, whatever is still to be cleared away.
    found = [] if contact.erased_at else member_store.memberships(account.id, contact)
    shown = statuses(contact.subject, account, own, services().clock.now())
    special = {"groups", "queue", "compliance", "labels"}
    plain = set(ContactView.model_fields) & set(Contact.model_fields) - special
    return ContactView(
        **contact.model_dump(include=plain),
        status=overall(contact),
        origin_name=origin_name(contact),
        zones=zones(contact),
        labels=sorted(contact.labels),
        groups=[_group(one, groups.get(one.group_id)) for one in found],
        queue=QueuePlaceView(**contact.queue.model_dump()),
        compliance=compliance(contact),
        channels=shown,
        erased=contact.erased_at is not None,
        can_put_back=not contact.erased_at
        and _can_put_back(account, contact, found, groups, shown),
    )


def _senders(account: Account) -> list[Sender]:
    return senders(account, services().accounts.senders_of(account.id))


def _group(one: Membership, group: Group | None) -> ContactGroup:
    return ContactGroup(
        id=one.group_id,
        name=group.name if group else "",
        channels=sorted(one.channels),
        ended={
            channel: EndedView.model_validate({"at": ended.at, "why": _WHY[ended.why]})
            for channel, ended in one.ended.items()
        },
    )


def _can_put_back(
    account: Account,
    contact: Contact,
    memberships: list[Membership],
    groups: dict[str, Group],
    shown: dict[Channel, ChannelStatus],
) -> bool:
    """Tell whether an opt-out took something that may be given back now."""
    out = (Status.SOFT_OPT_OUT, Status.HARD_OPT_OUT)

    def status(channel: Channel, sender_id: str) -> Status:
        both = [shown[channel], *shown[channel].by_sender]
        return next((one.status for one in both if one.sender_id == sender_id), Status.NONE)

    for one, channel in put_back.taken(memberships):
        group = groups.get(one.group_id)
        if group and status(channel, group.sender_id) == Status.SUBSCRIBED:
            return True
    return put_back.left_by_opt_out(contact) and not any(
        status(channel, account.sender_id) in out for channel in service.holding(contact)
    )


@router.get(_PATH, summary="A contact", tags=_TAGS)
def show_contact(contact_id: str) -> ContactView:
    """Return a contact's profile with the status of each channel."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    return view(account, service.contact(account.id, contact_id))


@router.get(f"{_PATH}/timeline", summary="A contact's timeline", tags=_TAGS)
def show_timeline(
    contact_id: str,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=8000)] = None,
) -> Page[TimelineItem]:
    """Return what happened to a contact, newest first: messages, consent, notes, queue, groups."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    contact = service.contact(account.id, contact_id)
    scene = feed.scene(contact, (sender.id for sender in _senders(account)))
    items, following = feed.page(scene, cursor, limit)
    return Page(items=[TimelineItem(**asdict(one)) for one in items], cursor=following)


@router.post(f"{_PATH}/put-back", summary="Put a contact back after an opt-out", tags=_TAGS)
def put_contact_back(contact_id: str) -> ContactView:
    """Give back the groups and the place in the queue that an opt-out took; 409 says why not."""
    person, account = member(router.current_event, Permission.QUEUE_MOVE)
    by = Person(id=person.user_id, name=person.name)
    return view(account, put_back.put_back(account, contact_id, services().clock, by))


@router.post(f"{_PATH}/number-reassigned", summary="The number has a new owner", tags=_TAGS)
def report_reassigned(contact_id: str) -> ContactView:
    """End all consent of the number's last owner; opt-outs stay."""
    person, account = member(router.current_event, Permission.OPT_OUTS_EDIT)
    service.contact(account.id, contact_id)
    services().commands.send(
        FinishReassigning(account_id=account.id, contact_id=contact_id), _LATER
    )
    found = reassigned.reassign(account, contact_id, person.user_id, person.name, services().clock)
    return view(account, found)


@router.post(f"{_PATH}/erase", summary="Forget a person", tags=_TAGS)
def erase_contact(contact_id: str, erase: Erase) -> tuple[ContactView, int]:
    """Erase all that is personal; opt-outs stay, and the chains verify. The rest follows soon."""
    person, account = member(router.current_event, Permission.CONTACTS_ERASE)
    contact = service.contact(account.id, contact_id)
    if not contact.erased_at and erase.confirm != contact.phone[-_DIGITS:]:
        message = "Enter the last four digits of the contact's number."
        field = FieldError(field="confirm", code="differs", message=message)
        raise Invalid("not_confirmed", message, fields=[field])
    # From here on it is done, whatever becomes of this process.
    command = EraseContact(
        account_id=account.id, contact_id=contact_id, actor=person.user_id, by=person.name
    )
    services().commands.send(command)
    done = erasure.begin(
        account, contact_id, person.user_id, person.name, services().clock, CopiesUnderWay()
    )
    return view(account, done), 202
