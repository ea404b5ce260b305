"""Why a contact was, or was not, sent a broadcast: read from what was kept when it was decided."""

from assent.broadcasts import store
from assent.broadcasts.model import (
    EXCLUSIONS,
    Broadcast,
    Exclusion,
    Outcome,
    State,
    Why,
    exclusion,
    place_of,
)
from assent.contacts import service as contacts
from assent.contacts.model import Contact, QueueState
from assent.messaging import store as messages
from assent.messaging.dispatch import explain
from assent.messaging.model import MessageState
from assent.platform.errors import NotFound

_IN_QUEUE = frozenset({QueueState.WAITING, QueueState.QUEUED})
_OUTCOMES: dict[MessageState, tuple[Outcome, str]] = {
    MessageState.SENT: (
        Outcome.SENT,
        "The provider took the message; it has not said yet whether it arrived.",
    ),
    MessageState.DELIVERED: (Outcome.DELIVERED, "The message was delivered."),
    MessageState.FAILED: (Outcome.FAILED, "The message could not be delivered."),
    MessageState.UNKNOWN: (
        Outcome.UNKNOWN,
        "The provider gave no answer. The message may have arrived, so it is not sent again.",
    ),
    MessageState.CLAIMED: (Outcome.PLANNED, "The message is being sent."),
    MessageState.RELEASED: (Outcome.PLANNED, "The provider was busy; it is tried again by itself."),
}
_NOT_STARTED = "The broadcast has not started, so its recipients are not chosen yet."
_NOT_YET = "The broadcast has not reached this contact yet."
# What it means for a member of a chosen group when nothing is kept of it.
_WITHOUT_A_TRACE: dict[State, tuple[Outcome, str | None, str]] = {
    State.DRAFT: (Outcome.PLANNED, None, _NOT_STARTED),
    State.SCHEDULED: (Outcome.PLANNED, None, _NOT_STARTED),
    State.PLANNING: (Outcome.PLANNED, None, _NOT_YET),
    State.RUNNING: (Outcome.PLANNED, None, _NOT_YET),
    State.FINISHED: (
        Outcome.EXCLUDED,
        "joined_later",
        "The contact came into the group after the recipients had been chosen.",
    ),
    State.CANCELLED: (Outcome.EXCLUDED, Exclusion.CANCELLED, EXCLUSIONS[Exclusion.CANCELLED]),
    State.FAILED: (
        Outcome.EXCLUDED,
        "broadcast_failed",
        "The broadcast could not be started, so nobody was sent it.",
    ),
}


def why(account_id: str, broadcast_id: str, contact_id: str) -> Why:
    """Answer for one contact and one broadcast; raises `NotFound` when there is no such one."""
    broadcast = store.broadcast(account_id, broadcast_id)
    if broadcast is None:
        raise NotFound("unknown_broadcast", "This account has no such broadcast.")
    contact = contacts.contact(account_id, contact_id)
    answer = _from_message(broadcast, contact) or _from_exclusion(broadcast, contact)
    return answer or _from_audience(broadcast, contact)


def _from_message(broadcast: Broadcast, contact: Contact) -> Why | None:
    """Read the claim: the row that a message has from the moment that somebody took it up."""
    if broadcast.started_at is None:
        return None
    row = messages.row(place_of(broadcast, contact.id))
    if row is None:
        return None
    state = MessageState(row.state)
    if state == MessageState.EXCLUDED:
        # The evidence is kept apart; without it (a worker died in between) the reason must do.
        return _from_exclusion(broadcast, contact) or Why(
            contact_id=contact.id,
            outcome=Outcome.EXCLUDED,
            reason=exclusion(row.reason),
            message=EXCLUSIONS[exclusion(row.reason)],
            evidence={"sender_id": row.sender_id},
            at=row.at,
        )
    if state == MessageState.RELEASED and broadcast.state == State.CANCELLED:
        return None
    outcome, message = _OUTCOMES[state]
    if state == MessageState.FAILED and row.reason:
        message = f"{message} {explain(row.reason)}"
    evidence = {"sender_id": row.sender_id, "state": state.value}
    if row.provider_id:
        evidence["provider_message_id"] = row.provider_id
    return Why(
        contact_id=contact.id,
        outcome=outcome,
        reason=row.reason or None,
        message=message,
        evidence=evidence,
        at=row.at,
    )


def _from_exclusion(broadcast: Broadcast, contact: Contact) -> Why | None:
    kept = store.excluded(broadcast.id, contact.id)
    if kept is None:
        return None
    return Why(
        contact_id=contact.id,
        outcome=Outcome.EXCLUDED,
        reason=kept.reason.value,
        message=EXCLUSIONS[kept.reason],
        evidence=kept.evidence,
        at=kept.at,
    )


def _from_audience(broadcast: Broadcast, contact: Contact) -> Why:
    """Answer for a contact that nothing is kept of: it was no recipient, or not yet."""
    chosen = sorted(contact.groups.intersection(broadcast.groups))
    outcome, reason, message = _standing(broadcast, contact, member=bool(chosen))
    evidence = {"groups": ", ".join(chosen)} if chosen else {"queue": contact.queue.state.value}
    return Why(
        contact_id=contact.id,
        outcome=outcome,
        reason=reason,
        message=message,
        evidence=evidence,
        at=broadcast.finished_at,
    )


def _standing(
    broadcast: Broadcast, contact: Contact, *, member: bool
) -> tuple[Outcome, str | None, str]:
    if not member and contact.queue.state in _IN_QUEUE:
        return (
            Outcome.EXCLUDED,
            "in_opt_in_queue",
            "The contact is still in the opt-in queue. Move it to a group to reach it.",
        )
    if not member:
        return (
            Outcome.EXCLUDED,
            "not_in_audience",
            "The contact is in none of the groups that the broadcast goes to.",
        )
    return _WITHOUT_A_TRACE[broadcast.state]
