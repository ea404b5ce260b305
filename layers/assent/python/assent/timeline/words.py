"""What a timeline says of events, in plain words."""

from collections.abc import Mapping

from assent.consent.ledger import LedgerEvent
from assent.consent.model import Channel, EventType, Source
from assent.contacts import erasure, reassigned
from assent.contacts.groups.model import EndedBy
from assent.contacts.history.model import Entry, What
from assent.contacts.model import Contact, Origin
from assent.contacts.profile import renumbering
from assent.contacts.queue import store as queue_store

_EVENTS: dict[EventType, str] = {
    EventType.LEAD_RECEIVED: "Agreed to get messages",
    EventType.IMPORTED: "Was imported with proof of consent",
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
    EventType.NUMBER_CHANGED: "The contact got another number: consent of this one ended",
    EventType.ERASED: "The person was erased",
    EventType.OPT_OUT_REVERSED: "A user undid the opt-out",
    EventType.PROVIDER_REPORTED: "The provider reported an opt-out",
}
_BY_KEY: dict[EventType, str] = {
    EventType.STOPPED: "Ended calls by pressing 9 in a call",
    EventType.STARTED: "Allowed calls again by calling and pressing 1",
}
ENTERED = "Entered the opt-in queue"
LEFT = {
    queue_store.OPTED_OUT: "Left the opt-in queue: it opted out",
    "compliance_failed": "Left the opt-in queue: its compliance message failed",
    reassigned.REASON: "Left the opt-in queue: the number belongs to somebody else",
    renumbering.REASON: "Left the opt-in queue: it got another number",
    erasure.REASON: "Left the opt-in queue: the person was erased",
}
"""Why a contact left the queue, other than by being moved to a group."""
_CHANNELS = {Channel.SMS: "SMS", Channel.VOICE: "Calls"}
_ENDED = {
    EndedBy.SOFT: "a user opted the contact out",
    EndedBy.HARD: "opted out",
    EndedBy.REASSIGNED: "the number belongs to somebody else",
}
_ORIGINS = {
    Origin.LEAD: "Came in as a lead",
    Origin.IMPORT: "Came in with an import",
    Origin.MANUAL: "Was made by hand",
    Origin.JOIN: "Came in by texting a JOIN word",
    Origin.SUBSCRIPTION: "Was subscribed by a program",
}
_HISTORY = {
    What.EDITED: "{by} edited {fields}",
    What.NUMBER_CHANGED: "{by} changed the number",
    What.GROUP_JOINED: "{by} added it to “{group}”",
    What.GROUP_LEFT: "{by} took it out of “{group}”",
    What.GROUP_DELETED: "{by} deleted “{group}”, a group that it was in",
    What.QUEUE_BACK: "{by} put it back into the opt-in queue",
    What.IMPORTED: "Was brought up to date by an import",
}
_A_GROUP = "a group"


def of_consent(event: LedgerEvent) -> str:
    """Say what happened to consent."""
    by_key = _BY_KEY.get(event.type) if event.source == Source.KEYPRESS else None
    return by_key or _EVENTS[event.type]


def of_arrival(contact: Contact, source: str) -> str:
    """Say how a contact came in; `source` names the integration or the file, if there is one."""
    said = _ORIGINS[contact.origin]
    return f"{said}: “{source}”" if source else said


def of_leaving(by: str, reason: str, group: str) -> str:
    """Say how a contact left the queue."""
    if group:
        return f"{by} moved it from the opt-in queue to “{group}”"
    return LEFT.get(reason, "Left the opt-in queue")


def of_ended(channel: Channel, why: EndedBy, group: str) -> str:
    """Say why a channel was taken out of a group."""
    return f"{_CHANNELS[channel]} taken out of “{group}”: {_ENDED[why]}"


def of_history(entry: Entry, groups: Mapping[str, str]) -> str:
    """Say what an entry of the history tells."""
    by = entry.by or "Somebody"
    group_id = entry.detail.get("group_id", "")
    # One that is gone is known by the name that was noted.
    group = groups.get(group_id) or entry.detail.get("group", _A_GROUP) if group_id else ""
    if entry.what == What.NOTE:
        return entry.text
    if entry.what == What.QUEUE_LEFT:
        return of_leaving(by, entry.detail.get("reason", ""), group)
    fields = entry.detail.get("fields", "the profile")
    return _HISTORY[entry.what].format(by=by, fields=fields, group=group or _A_GROUP)
