"""Sending a chunk: each recipient once, through the dispatcher; outcomes recorded by the ten.

A chunk can be cut off or redelivered anywhere. The dispatcher never sends a message twice and
says what became of one that was claimed before; recorded slices are skipped; a chunk's counts are
added in the transaction that ends it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assent.broadcasts import store
from assent.broadcasts.model import (
    Broadcast,
    Chunk,
    Excluded,
    Exclusion,
    Outcome,
    Result,
    SendChunk,
    State,
    exclusion,
    place_of,
)
from assent.broadcasts.plan import delay_until
from assent.broadcasts.progress import finish_if_done
from assent.broadcasts.text import fill_in
from assent.consent.policy import Decision, Purpose
from assent.contacts import store as contacts
from assent.contacts.model import Contact
from assent.messaging import dispatch
from assent.messaging import store as messages
from assent.messaging.dispatch import Dispatcher, TryLater
from assent.messaging.model import MessageState, Place, SendMessage
from assent.platform.clock import Clock
from assent.platform.queues import MAX_DELAY, Sink
from assent.sms import templates

RESERVE = 20_000
"""Milliseconds that must be left to send to one more recipient; the provider may take a while."""

_BUSY_WAIT = 15  # seconds after which a busy provider is tried again, twice as long each time


@dataclass
class _Visit:
    """What one visit to a chunk meets: the people, and what it has to leave for later."""

    broadcast: Broadcast
    template: templates.Template
    people: Mapping[str, Contact]
    remaining: Callable[[], int]
    cancelled: bool
    busy: bool = False
    out_of_time: bool = False


@dataclass
class Fanout:
    """Sends the chunks of broadcasts."""

    clock: Clock
    dispatcher: Dispatcher
    chunks: Sink

    def send(self, command: SendChunk, remaining: Callable[[], int]) -> str:
        """Send one chunk, or what is left of it; says how it ended."""
        broadcast = store.broadcast(command.account_id, command.broadcast_id)
        chunk = store.chunk(command.broadcast_id, command.chunk)
        if broadcast is None or chunk is None:
            return "no_chunk"
        cancelled = broadcast.state == State.CANCELLED
        wait = delay_until(command.due_at, self.clock)
        if wait and not cancelled:
            # Sent anew, so that waiting for days uses up neither its receives nor its age.
            self.chunks.send(command, delay=wait)
            return "early"
        if not store.has_ended(broadcast.id, chunk.number):
            visit = self._visit(broadcast, chunk, remaining, cancelled=cancelled)
            if visit.busy or visit.out_of_time:
                return self._later(command, visit)
            store.end_chunk(broadcast.id, chunk.number)
        finish_if_done(broadcast.account_id, broadcast.id, self.clock)
        return "ended"

    def _later(self, command: SendChunk, visit: _Visit) -> str:
        if visit.out_of_time:
            self.chunks.send(command)
            return "continued"
        again = command.model_copy(update={"attempt": command.attempt + 1})
        self.chunks.send(again, delay=min(MAX_DELAY, _BUSY_WAIT * 2 ** min(command.attempt, 6)))
        return "busy"

    def _visit(
        self,
        broadcast: Broadcast,
        chunk: Chunk,
        remaining: Callable[[], int],
        *,
        cancelled: bool,
    ) -> _Visit:
        recorded = store.slices(broadcast.id, chunk.number)
        open_slices = [(at, ids) for at, ids in enumerate(chunk.slices()) if at not in recorded]
        wanted = [contact_id for _, ids in open_slices for contact_id in ids]
        visit = _Visit(
            broadcast=broadcast,
            template=templates.compile(broadcast.template),
            people=contacts.contacts(broadcast.account_id, wanted),
            remaining=remaining,
            cancelled=cancelled,
        )
        for at, (number, ids) in enumerate(open_slices):
            if visit.out_of_time:
                break
            if at and not visit.cancelled:
                visit.cancelled = self._is_cancelled(broadcast)
            results = [result for one in ids if (result := self._one(visit, one))]
            # A slice is recorded when it is complete; until then the dispatcher remembers.
            if len(results) == len(ids):
                store.put_slice(broadcast.id, chunk.number, number, results)
        return visit

    @staticmethod
    def _is_cancelled(broadcast: Broadcast) -> bool:
        now = store.broadcast(broadcast.account_id, broadcast.id)
        return now is None or now.state == State.CANCELLED

    def _one(self, visit: _Visit, contact_id: str) -> Result | None:
        """Send to one recipient and say what became of it; nothing when it must wait."""
        if visit.remaining() < RESERVE:
            visit.out_of_time = True
            return None
        place = place_of(visit.broadcast, contact_id)
        if visit.cancelled and not _was_claimed(place):
            return Result(
                contact_id=contact_id, outcome=Outcome.EXCLUDED, reason=Exclusion.CANCELLED
            )
        # The many are read at a low price; only who was not found there is looked for again.
        contact = visit.people.get(contact_id) or contacts.contact(
            visit.broadcast.account_id, contact_id, consistent=True
        )
        if contact is None:
            return self._exclude(visit.broadcast, contact_id, Exclusion.CONTACT_GONE, {})
        try:
            body = fill_in(visit.template, contact)
        except templates.TemplateError as error:
            evidence = {"variable": error.variable or "", "problem": error.code.value}
            return self._exclude(visit.broadcast, contact_id, Exclusion.NO_TEXT, evidence)
        try:
            outcome = self._send(visit.broadcast, contact, place, body)
        except TryLater:
            visit.busy = True
            return None
        return self._result(visit.broadcast, contact_id, place, outcome)

    def _send(
        self, broadcast: Broadcast, contact: Contact, place: Place, body: str
    ) -> dispatch.Outcome:
        command = SendMessage(
            place=place,
            account_id=broadcast.account_id,
            contact_id=contact.id,
            sender_id=broadcast.sender_id,
            phone=contact.phone,
            subject=contact.subject,
            purpose=Purpose.BROADCAST,
            channel=broadcast.channel,
            body=body,
            created_at=self.clock.now(),
            broadcast_id=broadcast.id,
        )
        return self.dispatcher.send(command)

    def _result(
        self, broadcast: Broadcast, contact_id: str, place: Place, outcome: dispatch.Outcome
    ) -> Result:
        if outcome.state == MessageState.EXCLUDED:
            evidence = _seen(outcome.decision, broadcast) if outcome.decision else None
            return self._exclude(broadcast, contact_id, exclusion(outcome.reason), evidence)
        if outcome.state == MessageState.FAILED:
            # A repeated message may have failed after the provider took it. It counts as sent
            # here, because its receipt moves it from there.
            row = None if outcome.decision else messages.row(place)
            if row is None or not row.provider_id:
                return Result(contact_id=contact_id, outcome=Outcome.FAILED, reason=outcome.reason)
        if outcome.state in (MessageState.UNKNOWN, MessageState.CLAIMED):
            return Result(contact_id=contact_id, outcome=Outcome.UNKNOWN, reason="no_answer")
        return Result(contact_id=contact_id, outcome=Outcome.SENT)

    def _exclude(
        self,
        broadcast: Broadcast,
        contact_id: str,
        reason: Exclusion,
        evidence: dict[str, str] | None,
    ) -> Result:
        # Without evidence this is a repeat, and it was kept the first time.
        if evidence is not None:
            kept = Excluded(
                contact_id=contact_id, reason=reason, evidence=evidence, at=self.clock.now()
            )
            store.put_excluded(broadcast.id, [kept])
        return Result(contact_id=contact_id, outcome=Outcome.EXCLUDED, reason=reason)


def _seen(decision: Decision, broadcast: Broadcast) -> dict[str, str]:
    """Return what the closed gate saw."""
    closed = next((gate for gate in decision.gates if not gate.passed), None)
    return {**closed.evidence, "sender_id": broadcast.sender_id} if closed else {}


def _was_claimed(place: Place) -> bool:
    """Tell whether a message may have gone out, or was decided on, before the cancellation."""
    row = messages.row(place)
    return row is not None and row.state != MessageState.RELEASED
