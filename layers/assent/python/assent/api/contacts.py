"""A contact's profile and timeline."""

from collections.abc import Iterable
from heapq import nlargest

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from assent.accounts.model import Permission, Sender
from assent.api.context import member, services
from assent.api.views import (
    ContactGroup,
    ContactView,
    Page,
    QueuePlaceView,
    TimelineItem,
    compliance,
    statuses,
)
from assent.consent import store as consent_store
from assent.consent.ledger import LedgerEvent
from assent.consent.model import EventType
from assent.contacts import service, store
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.dispatch import explain
from assent.messaging.model import Message, contact_thread, sender_thread

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_MOST_ITEMS = 100

_EVENTS: dict[EventType, str] = {
    EventType.LEAD_RECEIVED: "Agreed to get messages",
    EventType.CONFIRMATION_REQUESTED: "Was asked to confirm",
    EventType.CONFIRMED: "Confirmed with YES",
    EventType.DECLINED: "Declined with NO",
    EventType.EXPIRED: "Did not answer in time",
    EventType.STOPPED: "Opted out with STOP",
    EventType.STARTED: "Opted in again with START",
    EventType.OPTED_OUT_BY_USER: "Was opted out by a user",
    EventType.OPT_OUT_REVERSED: "A user undid the opt-out",
    EventType.PROVIDER_REPORTED: "The provider reported an opt-out",
}


@router.get("/api/v1/contacts/<contact_id>", summary="A contact", tags=["Contacts"])
def show_contact(contact_id: str) -> ContactView:
    """Return a contact's profile with the status of each channel."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    contact = service.contact(account.id, contact_id)
    sender = services().accounts.sender_for(account.id, account.sender_id)
    names = {group.id: group.name for group in store.groups(account.id)}
    return ContactView(
        **contact.model_dump(
            include={
                "id",
                "phone",
                "first_name",
                "last_name",
                "email",
                "created_at",
                "integration_id",
            }
        ),
        groups=[
            ContactGroup(
                id=one.group_id,
                name=names.get(one.group_id, ""),
                channels=sorted(one.channels),
            )
            for one in store.memberships(account.id, contact)
        ],
        queue=QueuePlaceView(**contact.queue.model_dump()),
        compliance=compliance(contact),
        channels=statuses(contact, account, sender),
    )


@router.get(
    "/api/v1/contacts/<contact_id>/timeline", summary="A contact's timeline", tags=["Contacts"]
)
def show_timeline(contact_id: str) -> Page[TimelineItem]:
    """Return what happened to a contact, newest first: messages, consent, queue."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    contact = service.contact(account.id, contact_id)
    sender = services().accounts.sender_for(account.id, account.sender_id)
    items = [
        *_messages(contact, sender),
        *_consent(contact, sender),
        *_queue(contact),
    ]
    return Page(items=nlargest(_MOST_ITEMS, items, key=lambda item: item.at))


def _messages(contact: Contact, sender: Sender) -> Iterable[TimelineItem]:
    """Join the contact's own thread with the sender's answers to its keywords."""
    own = messages.thread(contact_thread(contact.account_id, contact.id), limit=_MOST_ITEMS)
    answers = messages.thread(
        sender_thread(sender.id, contact.subject), before=messages.RECEIVED, limit=_MOST_ITEMS
    )
    return (_message(message) for message in [*own, *answers])


def _message(message: Message) -> TimelineItem:
    detail = {"purpose": message.purpose}
    if message.state:
        detail["state"] = message.state
    if message.reason:
        detail["reason"] = explain(message.reason)
    if message.broadcast_id:
        detail["broadcast_id"] = message.broadcast_id
    kind = "message_in" if message.inbound else "message_out"
    return TimelineItem(at=message.at, kind=kind, text=message.body, detail=detail)


def _consent(contact: Contact, sender: Sender) -> Iterable[TimelineItem]:
    """Join the account's own chain with the sender's, which holds STOP and START."""
    for owner in (contact.account_id, sender.id):
        for event in consent_store.events(owner, contact.subject):
            yield TimelineItem(
                at=event.effective_at, kind="consent", text=_EVENTS[event.type], detail=_how(event)
            )


def _how(event: LedgerEvent) -> dict[str, str]:
    detail = {
        "channels": ", ".join(event.channels),
        "source": event.source,
        "sequence": str(event.sequence),
        "hash": event.hash,
    }
    # The contact's own words may be shown; another account's disclosure may not.
    if event.evidence and "message" in event.evidence:
        detail["message"] = event.evidence["message"]
    if event.evidence and event.owner.startswith("ac_"):
        detail |= {k: v for k, v in event.evidence.items() if k in ("disclosure", "url", "via")}
    return detail


def _queue(contact: Contact) -> Iterable[TimelineItem]:
    place = contact.queue
    if place.arrived_at:
        yield TimelineItem(at=place.arrived_at, kind="queue", text="Entered the opt-in queue")
    if place.left_at and place.moved_to:
        group = store.group(contact.account_id, place.moved_to)
        name = group.name if group else "a group"
        yield TimelineItem(
            at=place.left_at,
            kind="queue",
            text=f"{place.left_by} moved it from the opt-in queue to “{name}”",
            detail={"by": place.left_by, "group": name},
        )
    elif place.left_at:
        reasons = {
            "opted_out": "Left the opt-in queue: it opted out",
            "compliance_failed": "Left the opt-in queue: its compliance message failed",
        }
        yield TimelineItem(
            at=place.left_at,
            kind="queue",
            text=reasons.get(place.left_reason, "Left the opt-in queue"),
            detail={"reason": place.left_reason},
        )
