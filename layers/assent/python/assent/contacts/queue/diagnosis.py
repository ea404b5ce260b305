"""Why a contact is, or is not, in the opt-in queue: a plain answer from what is stored (Q11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assent.accounts.model import Account
from assent.consent import store as consent
from assent.consent.model import Channel, OptOut
from assent.contacts.model import (
    ComplianceState,
    Contact,
    Origin,
    QueueState,
    Textable,
)
from assent.contacts.queue import store as queue_store
from assent.contacts.service import holding

_LATEST = timedelta(minutes=10)
"""After the provider accepted the compliance message; a lead then enters without a receipt."""
_SLACK = timedelta(minutes=2)
_CHANNELS = {Channel.SMS: "SMS", Channel.VOICE: "calls"}


@dataclass(frozen=True)
class Fact:
    """One stored thing that the answer rests on."""

    what: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True)
class Diagnosis:
    """An answer: a code for programs, plain words, what can be done, and what it rests on."""

    in_queue: bool
    code: str
    answer: str
    next_step: str = ""
    evidence: list[Fact] = field(default_factory=list)


_Said = tuple[str, str, str]

_ORIGINS: dict[Origin, str] = {
    Origin.LEAD: "It came in as a lead.",
    Origin.IMPORT: "It was imported, and only leads of an opt-in integration enter the queue.",
    Origin.MANUAL: "A user made it, and only leads of an opt-in integration enter the queue.",
    Origin.JOIN: "It joined by its own text, which leads past the queue into its group.",
    Origin.SUBSCRIPTION: "A program subscribed it, which leads past the queue.",
}

_WAITING: dict[ComplianceState, _Said] = {
    ComplianceState.QUEUED: (
        "message_queued",
        "Its compliance message was not handed to the provider yet.",
        "Wait a moment. If it stays so, check that the sender has a provider.",
    ),
    ComplianceState.SENT: (
        "waits_for_receipt",
        "Its compliance message was sent, and the receipt has not come yet.",
        "It enters with the receipt, or ten minutes after the provider took the message.",
    ),
    ComplianceState.UNKNOWN: (
        "outcome_unknown",
        "The provider did not answer, so nobody knows yet whether the message went out.",
        "It enters with the receipt, or ten minutes after the message was handed over.",
    ),
    ComplianceState.FAILED: (
        "compliance_failed",
        "Its compliance message failed, and such a lead never enters the queue.",
        "See the reason; the person can be reached another way, or text a JOIN word.",
    ),
    ComplianceState.EXCLUDED: (
        "compliance_excluded",
        "Its compliance message was not sent, because something stands against it.",
        "See the reason with the message.",
    ),
    ComplianceState.DELIVERED: (
        "about_to_enter",
        "Its compliance message was delivered, and it is about to enter.",
        "Wait a few seconds.",
    ),
    ComplianceState.NOT_TEXTABLE: (
        "about_to_enter",
        "It is a landline, which enters without a text, and is about to.",
        "Wait a few seconds.",
    ),
    ComplianceState.NOT_SENT: (
        "message_queued",
        "Its compliance message was not made yet.",
        "Wait a moment.",
    ),
}

_LEFT: dict[str, _Said] = {
    queue_store.OPTED_OUT: (
        "opted_out",
        "It was in line and opted out.",
        "After START, or when a user undoes a soft opt-out, it can be put back with one click.",
    ),
    "compliance_failed": (
        "compliance_failed",
        "The provider reported that its compliance message failed.",
        "See the reason; the person can be reached another way, or text a JOIN word.",
    ),
    "number_reassigned": (
        "number_reassigned",
        "A user reported that the number belongs to somebody else now.",
        "The new owner has to agree first.",
    ),
    "number_changed": (
        "number_changed",
        "A user gave the contact another number, for which there is no consent.",
        "The owner of the new number has to agree first.",
    ),
    "erased": ("erased", "The person was erased.", ""),
}


def diagnose(
    account: Account, contact: Contact, group_names: Mapping[str, str], at: datetime
) -> Diagnosis:
    """Say why a contact is or is not in the queue; `group_names` is by id."""
    against = consent.opt_out(account.sender_id, contact.subject)
    stands = _stands(account, contact, against)
    code, answer, next_step = _said(contact, group_names, at, stands)
    return Diagnosis(
        in_queue=contact.queue.state == QueueState.QUEUED,
        code=code,
        answer=answer,
        next_step=next_step,
        evidence=[*_facts(contact, group_names), *stands, *_last_lead(account, contact)],
    )


def _said(contact: Contact, names: Mapping[str, str], at: datetime, stands: list[Fact]) -> _Said:
    place = contact.queue
    if place.state == QueueState.WAITING:
        return _said_of_waiting(contact, at, stands)
    name = names.get(place.moved_to, "a group")
    said: dict[QueueState, _Said] = {
        QueueState.QUEUED: (
            ("opted_out", "It opted out and is being taken out of the queue.", "")
            if stands
            else ("in_queue", "It is in the queue.", "Move it to a group to reach it.")
        ),
        QueueState.MOVED: (
            "moved",
            f"{place.left_by} moved it to “{name}”.",
            "Undo the move to have it back in line, while it is in no other group.",
        ),
        QueueState.REMOVED: _LEFT.get(place.left_reason, ("left", "It left the queue.", "")),
        QueueState.OUTSIDE: (
            "never_a_lead",
            _ORIGINS[contact.origin],
            "Put it into a group directly.",
        ),
    }
    return said[place.state]


def _said_of_waiting(contact: Contact, at: datetime, stands: list[Fact]) -> _Said:
    if stands:
        return ("opted_out", "It opted out before it could enter.", "See the opt-out.")
    if _is_late(contact, at):
        return (
            "late",
            "Its ten minutes are over, and it should be in the queue by now.",
            "The workers are behind, or a message waits among the dead letters.",
        )
    return _WAITING[contact.compliance.state]


def _is_late(contact: Contact, at: datetime) -> bool:
    """Tell whether a lead that was handed over should have entered by now."""
    since = contact.compliance.at
    handed_over = contact.compliance.state in (ComplianceState.SENT, ComplianceState.UNKNOWN)
    return handed_over and since is not None and at - since > _LATEST + _SLACK


def _facts(contact: Contact, names: Mapping[str, str]) -> list[Fact]:
    place, message = contact.queue, contact.compliance
    facts = [Fact("contact_made", "The contact was made.", contact.created_at)]
    if message.state != ComplianceState.NOT_SENT:
        reason = f": {message.reason}" if message.reason else "."
        facts.append(
            Fact("compliance_message", f"Compliance message: {message.state}{reason}", message.at)
        )
    if contact.textable != Textable.YES:
        sure = contact.textable == Textable.NO
        words = "a landline" if sure else "perhaps a landline, as the provider said"
        facts.append(Fact("line_type", f"The number is {words}: SMS is not possible."))
    if place.arrived_at:
        facts.append(Fact("entered", "It entered the queue.", place.arrived_at))
    if place.left_at:
        facts.append(Fact("left", f"It left the queue{_how(place.left_by)}.", place.left_at))
    if place.undone:
        name = names.get(place.undone.moved_to, "a group")
        text = f"{place.undone.by} undid the move to “{name}” by {place.undone.moved_by}."
        facts.append(Fact("undone", text, place.undone.at))
    if contact.erased_at:
        facts.append(Fact("erased", "The person was erased.", contact.erased_at))
    return facts


def _how(by: str) -> str:
    return f", moved by {by}" if by else ""


def _stands(account: Account, contact: Contact, against: OptOut) -> list[Fact]:
    """Name the opt-outs that keep it out."""
    found = {channel: against.opted_out(channel, account.id) for channel in holding(contact)}
    return [
        Fact(
            "opt_out",
            f"It is opted out of {_CHANNELS[channel]} ({entry.suppression}).",
            entry.effective_at,
        )
        for channel, entry in found.items()
        if entry
    ]


def _last_lead(account: Account, contact: Contact) -> list[Fact]:
    """Name the latest lead of this person: a repeated one adds evidence and nothing else (Q13)."""
    at = consent.consent(account.id, contact.subject).last_lead.get("at")
    if not at:
        return []
    since = datetime.fromisoformat(at)
    again = since - contact.created_at > timedelta(minutes=1)
    text = (
        "The person came in as a lead again: its evidence was added, nothing was sent or queued."
        if again
        else "It came in as a lead."
    )
    return [Fact("last_lead", text, since)]
