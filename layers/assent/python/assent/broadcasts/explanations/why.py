"""Why a contact was, or was not, sent a broadcast: read from what was kept when it was decided."""

from datetime import datetime, timedelta

from assent.broadcasts import timing
from assent.broadcasts.checkpoints import GateName, GateSeen
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.exclusions import store as exclusions
from assent.broadcasts.explanations import passages, told
from assent.broadcasts.model import STARTED, Broadcast, State, place_of
from assent.broadcasts.outcomes import store as outcomes
from assent.broadcasts.receipts import store as receipts
from assent.broadcasts.results import (
    CLOSES,
    EXCLUSIONS,
    Exclusion,
    Outcome,
    Why,
    exclusion,
    outcome_of,
)
from assent.consent.hours import whereabouts
from assent.consent.model import Channel
from assent.consent.policy import Purpose, Reason, explanation
from assent.contacts import service as contacts
from assent.contacts.model import Contact, QueueState
from assent.messaging import store as messages
from assent.messaging.dispatch import explain
from assent.messaging.model import Message, MessageState, attempt_place, contact_thread
from assent.messaging.redial import next_call
from assent.platform.clock import Clock, stamp
from assent.platform.errors import NotFound

_IN_QUEUE = frozenset({QueueState.WAITING, QueueState.QUEUED})
_OPEN = frozenset({MessageState.RELEASED, MessageState.CLAIMED, MessageState.UNKNOWN})
_OF_POLICY = frozenset(reason.value for reason in Reason)
# Whether the provider took the copy; of the others nobody knows it, or it is tried again.
_TAKEN = {Outcome.SENT: True, Outcome.DELIVERED: True, Outcome.FAILED: False}
_HOLDS = {
    timing.Hold.QUIET_HOURS: GateName.QUIET_HOURS,
    timing.Hold.CAP_REACHED: GateName.CAP,
    timing.Hold.LOCAL_TIME: GateName.LOCAL_TIME,
}
_NO_MEMBER = frozenset({"in_opt_in_queue", "not_in_audience", "joined_later"})
_CLAIMED_AS: dict[Outcome, MessageState] = {
    Outcome.SENT: MessageState.SENT,
    Outcome.FAILED: MessageState.FAILED,
    Outcome.UNKNOWN: MessageState.UNKNOWN,
}


def why(account_id: str, broadcast_id: str, contact_id: str, clock: Clock) -> Why:
    """Answer for one contact and one broadcast; raises `NotFound` when there is no such one."""
    broadcast = definitions.broadcast(account_id, broadcast_id)
    if broadcast is None:
        raise NotFound("unknown_broadcast", "This account has no such broadcast.")
    contact = contacts.contact(account_id, contact_id)
    now = clock.now()
    answer = _from_message(broadcast, contact, now) or _from_exclusion(broadcast, contact)
    return answer or _from_audience(broadcast, contact, now)


def settled(message: Message) -> MessageState | None:
    """Say how a message stands; what was claimed for a broadcast, by what its chunk wrote down."""
    if message.state != MessageState.CLAIMED or not message.batch:
        return message.state
    chunk, _, position = message.batch.partition("@")
    outcome, _ = outcome_of(outcomes.letter(message.broadcast_id, chunk, int(position)))
    return _CLAIMED_AS.get(outcome, message.state)


def _from_message(broadcast: Broadcast, contact: Contact, now: datetime) -> Why | None:
    """Read the claim: the row that a message has from the moment that somebody took it up."""
    if broadcast.started_at is None:
        return None
    rows = _attempts(broadcast, contact.id)
    if not rows:
        return None
    row = rows[-1]
    state = settled(messages.message(row)) or MessageState.CLAIMED
    if state == MessageState.EXCLUDED and len(rows) > 1:
        return _not_called_again(broadcast, contact, rows)
    if state == MessageState.EXCLUDED:
        # The evidence is kept apart; without it (a worker died in between) the row's must do.
        return _from_exclusion(broadcast, contact) or Why(
            contact_id=contact.id,
            outcome=Outcome.EXCLUDED,
            reason=exclusion(row.reason),
            message=_explained(exclusion(row.reason), broadcast.channel),
            evidence=(evidence := {**(row.evidence or {}), "sender_id": row.sender_id}),
            at=row.at,
            gates=passages.of_held_back(broadcast, exclusion(row.reason), evidence, row.at),
        )
    if state == MessageState.RELEASED and len(rows) == 1:
        # Nothing was sent then. What was decided since, or holds it back now, says more.
        since = _from_exclusion(broadcast, contact)
        if since or broadcast.state == State.CANCELLED or _held(broadcast, contact, now):
            return since
    outcome, message = told.OUTCOMES[state]
    if state == MessageState.FAILED and row.reason:
        message = f"{message} {explain(row.reason, broadcast.channel)}"
    if state == MessageState.FAILED and _is_called_again(broadcast, contact.id, rows):
        # As in the report: it has not failed before its last attempt has.
        outcome, message = Outcome.SENT, f"{message} {told.CALLED_AGAIN}"
    if state in _OPEN and len(rows) > 1:
        given_up = receipts.delivery(broadcast.id, contact.id) == MessageState.FAILED
        outcome = Outcome.FAILED if given_up else Outcome.SENT
    return Why(
        contact_id=contact.id,
        outcome=outcome,
        reason=row.reason or told.UNDER_WAY.get(state),
        message=message,
        evidence=_of_rows(rows, state),
        at=row.at,
        gates=_gates(broadcast, contact, rows, state, outcome),
    )


def _gates(
    broadcast: Broadcast,
    contact: Contact,
    rows: list[messages.MessageRecord],
    state: MessageState,
    outcome: Outcome,
) -> list[GateSeen]:
    """Return the gates of a copy that came to the provider, its answer last."""
    evidence = _of_rows(rows, state) | ({"code": rows[-1].reason} if rows[-1].reason else {})
    provider = GateSeen(name=GateName.PROVIDER, passed=_TAKEN.get(outcome), evidence=evidence)
    first = rows[0]
    return passages.Sent(broadcast, contact, first.at, first.body).gates(provider)


def _attempts(broadcast: Broadcast, contact_id: str) -> list[messages.MessageRecord]:
    """Read the rows of the copy: one, and one more for each time that a call was made again."""
    place, rows = place_of(broadcast, contact_id), list[messages.MessageRecord]()
    while row := messages.row(attempt_place(place, len(rows) + 1)):
        rows.append(row)
        if broadcast.channel != Channel.VOICE:
            break
    return rows


def _of_rows(rows: list[messages.MessageRecord], state: MessageState) -> dict[str, str]:
    row = rows[-1]
    evidence = {"sender_id": row.sender_id, "state": state.value}
    if row.provider_id:
        evidence["provider_message_id"] = row.provider_id
    return evidence | ({"attempts": str(len(rows))} if len(rows) > 1 else {})


def _is_called_again(
    broadcast: Broadcast, contact_id: str, rows: list[messages.MessageRecord]
) -> bool:
    """Tell whether there is an attempt to come at a call that nobody took."""
    row = rows[-1]
    to_come = broadcast.channel == Channel.VOICE and next_call(row.reason, len(rows), row.at)
    # Once it is counted as failed, it was given up.
    return bool(to_come) and receipts.delivery(broadcast.id, contact_id) != MessageState.FAILED


def _not_called_again(
    broadcast: Broadcast, contact: Contact, rows: list[messages.MessageRecord]
) -> Why:
    """Say of a call that nobody took what kept it from being made again; it has failed."""
    *_, before, held_back = rows
    reason = exclusion(held_back.reason)
    parts = (
        told.OUTCOMES[MessageState.FAILED][1],
        explain(before.reason, broadcast.channel),
        told.NOT_AGAIN,
        _explained(reason, broadcast.channel),
    )
    evidence = _of_rows(rows[:-1], MessageState.FAILED) | (held_back.evidence or {})
    gates = _gates(broadcast, contact, rows[:-1], MessageState.FAILED, Outcome.FAILED)
    if gate := CLOSES.get(reason):
        gates.append(GateSeen(name=gate, passed=False, evidence=held_back.evidence or {}))
    return Why(
        contact_id=contact.id,
        outcome=Outcome.FAILED,
        reason=reason.value,
        message=" ".join(parts),
        evidence=evidence,
        at=held_back.at,
        gates=gates,
    )


def _from_exclusion(broadcast: Broadcast, contact: Contact) -> Why | None:
    kept = exclusions.excluded(broadcast.id, contact.id)
    if kept is None:
        return None
    return Why(
        contact_id=contact.id,
        outcome=Outcome.EXCLUDED,
        reason=kept.reason.value,
        message=_explained(kept.reason, broadcast.channel),
        evidence=kept.evidence,
        at=kept.at,
        gates=passages.of_excluded(broadcast, kept),
    )


def _explained(reason: Exclusion, channel: Channel) -> str:
    """Say it in the words of the channel: who ended calls has another way back than by START."""
    if reason in _OF_POLICY:
        return explanation(Reason(reason.value), channel)
    return EXCLUSIONS[reason]


def _from_audience(broadcast: Broadcast, contact: Contact, now: datetime) -> Why:
    """Answer for a contact that nothing is kept of: it was no recipient, or not yet."""
    chosen = sorted(contact.groups.intersection(broadcast.groups))
    outcome, reason, message = _standing(broadcast, contact, member=bool(chosen))
    evidence = {"groups": ", ".join(chosen)} if chosen else {"queue": contact.queue.state.value}
    gates = list[GateSeen]()
    if reason in _NO_MEMBER:
        gates = [GateSeen(name=GateName.AUDIENCE, passed=False, evidence=evidence)]
    held = _held(broadcast, contact, now) if chosen and outcome == Outcome.PLANNED else None
    if held:
        outcome, reason, message = Outcome.DEFERRED, held.hold.value, told.HELD[held.hold]
        gates = [GateSeen(name=GateName.AUDIENCE, passed=True, evidence=evidence)]
        waits = held.evidence | ({"until": stamp(held.until)} if held.until else {})
        gates.append(GateSeen(name=_HOLDS[held.hold], passed=False, evidence=waits))
        evidence = evidence | waits
    return Why(
        contact_id=contact.id,
        outcome=outcome,
        reason=reason,
        message=message,
        evidence=evidence,
        at=broadcast.finished_at,
        gates=gates,
    )


def _held(broadcast: Broadcast, contact: Contact, now: datetime) -> timing.Wait | None:
    """Say what holds a copy back at present, as the worker that sends it would find."""
    if broadcast.state not in STARTED or not contact.phone:
        return None
    where = whereabouts(contact.phone, contact.zone)
    cap = where.cap(now)
    since = now - timedelta(hours=cap.hours if cap else 0)
    thread = contact_thread(broadcast.account_id, contact.id)
    sent = messages.recently_sent(thread, Purpose.BROADCAST, since) if cap else []
    return timing.wait(broadcast, where, now, sent)


def _standing(broadcast: Broadcast, contact: Contact, *, member: bool) -> tuple[Outcome, str, str]:
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
    return told.WITHOUT_A_TRACE[broadcast.state]
