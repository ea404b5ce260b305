"""What happened to a contact: messages, consent with its evidence, queue and groups."""

from collections.abc import Iterable
from heapq import nlargest

from assent.accounts.model import Sender
from assent.api.views import TimelineItem
from assent.consent import store as consent_store
from assent.consent.ledger import LedgerEvent
from assent.consent.model import ALL_ACCOUNTS, Channel, EventType, Source
from assent.contacts import erasure, reassigned
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import EndedBy
from assent.contacts.model import Contact
from assent.contacts.queue import store as queue_store
from assent.integrations import store as integrations
from assent.messaging import store as messages
from assent.messaging.dispatch import explain
from assent.messaging.model import Message, contact_thread, sender_thread

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
    EventType.OPTED_OUT_ON_REQUEST: "Was opted out by a user because the contact asked for it",
    EventType.JOIN_REQUESTED: "Asked to join, and was asked to confirm",
    EventType.REJOINED: "Came back by confirming that it wants to join",
    EventType.DOUBTED: "Wrote something that may be an opt-out",
    EventType.DOUBT_DISMISSED: "A user decided that it was no opt-out",
    EventType.NUMBER_REASSIGNED: "The number belongs to somebody else now: all consent ended",
    EventType.ERASED: "The person was erased",
    EventType.OPT_OUT_REVERSED: "A user undid the opt-out",
    EventType.PROVIDER_REPORTED: "The provider reported an opt-out",
}


_SHOWN = ("message", "url", "ip", "user_agent", "user", "reason", "provider", "code")
"""What a timeline shows of an event's evidence; the proof holds all of it."""
_BY_TEXT = {EventType.STOPPED, EventType.STARTED}
"""What a text to the sender did for all accounts; its words stand in each one's conversation."""


_OWN = ("user", "reason")
"""Who decided and why: of what holds for all accounts it may be another one's user."""
_CHANNELS = {Channel.SMS: "SMS", Channel.VOICE: "Calls"}
_ENDED = {
    EndedBy.SOFT: "a user opted the contact out",
    EndedBy.HARD: "opted out",
    EndedBy.REASSIGNED: "the number belongs to somebody else",
}


def timeline(contact: Contact, senders: Iterable[Sender]) -> list[TimelineItem]:
    """Return what happened, newest first."""
    of_account = list(senders)
    items = [
        *_messages(contact, of_account),
        *_consent(contact, of_account),
        *_queue(contact),
        *_groups(contact),
    ]
    return nlargest(_MOST_ITEMS, items, key=lambda item: item.at)


def _messages(contact: Contact, senders: list[Sender]) -> Iterable[TimelineItem]:
    """Join the contact's own thread with the senders' answers to its keywords."""
    found = messages.thread(contact_thread(contact.account_id, contact.id), limit=_MOST_ITEMS)
    for sender in senders:
        thread = sender_thread(sender.id, contact.subject)
        found += messages.thread(thread, before=messages.RECEIVED, limit=_MOST_ITEMS)
    return (_message(message) for message in found)


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


def _consent(contact: Contact, senders: list[Sender]) -> Iterable[TimelineItem]:
    """Join the account's own chain with the senders', which hold STOP and START.

    What was texted is shown as the message that it was, beside what followed from it.
    """
    for owner in (contact.account_id, *(sender.id for sender in senders)):
        for event in consent_store.events(owner, contact.subject):
            if event.scope not in (ALL_ACCOUNTS, contact.account_id):
                continue  # what another account laid down is its own affair
            yield TimelineItem(
                at=event.effective_at,
                kind="consent",
                text=_EVENTS[event.type],
                detail=_how(event, contact.account_id),
            )
            if _was_texted(event):
                yield TimelineItem(
                    at=event.effective_at,
                    kind="message_in",
                    text=(event.evidence or {})["message"],
                    detail={"purpose": event.type},
                )


def _was_texted(event: LedgerEvent) -> bool:
    """Tell whether a text did it by itself; of one that a user decided about it stands already."""
    by_itself = event.type in _BY_TEXT and event.source == Source.KEYWORD
    return by_itself and "message" in (event.evidence or {})


def _how(event: LedgerEvent, account_id: str) -> dict[str, str]:
    detail = {
        "event": event.type,
        "channels": ", ".join(event.channels),
        "source": event.source,
        "sender_id": event.sender_id,
        "sequence": str(event.sequence),
        "hash": event.hash,
    }
    if event.kind:
        detail["kind"] = event.kind
    evidence = event.evidence or {}
    shown = {key: evidence[key] for key in _SHOWN if evidence.get(key)}
    if event.scope == ALL_ACCOUNTS:
        detail["scope"] = "all_accounts"
        shown = {key: value for key, value in shown.items() if key not in _OWN}
    if "disclosure_sha256" in evidence:
        # The words are kept once, under their hash.
        words = integrations.disclosure(account_id, evidence["disclosure_sha256"])
        shown |= {"disclosure": words or evidence.get("disclosure", "")}
    return detail | shown


def _queue(contact: Contact) -> Iterable[TimelineItem]:
    place = contact.queue
    if place.arrived_at:
        yield TimelineItem(at=place.arrived_at, kind="queue", text="Entered the opt-in queue")
    if place.left_at and place.moved_to:
        group = group_store.group(contact.account_id, place.moved_to)
        name = group.name if group else "a group"
        yield TimelineItem(
            at=place.left_at,
            kind="queue",
            text=f"{place.left_by} moved it from the opt-in queue to “{name}”",
            detail={"by": place.left_by, "group": name},
        )
    elif place.left_at:
        reasons = {
            queue_store.OPTED_OUT: "Left the opt-in queue: it opted out",
            "compliance_failed": "Left the opt-in queue: its compliance message failed",
            reassigned.REASON: "Left the opt-in queue: the number belongs to somebody else",
            erasure.REASON: "Left the opt-in queue: the person was erased",
        }
        yield TimelineItem(
            at=place.left_at,
            kind="queue",
            text=reasons.get(place.left_reason, "Left the opt-in queue"),
            detail={"reason": place.left_reason},
        )


def _groups(contact: Contact) -> Iterable[TimelineItem]:
    """Say which channels were taken out of which groups, and why."""
    names = {group.id: group.name for group in group_store.groups(contact.account_id)}
    for member in group_store.memberships(contact.account_id, contact):
        name = names.get(member.group_id, "a group")
        for channel, ended in member.ended.items():
            yield TimelineItem(
                at=ended.at,
                kind="group",
                text=f"{_CHANNELS[channel]} taken out of “{name}”: {_ENDED[ended.why]}",
                detail={"group": name, "channels": channel, "why": ended.why},
            )
