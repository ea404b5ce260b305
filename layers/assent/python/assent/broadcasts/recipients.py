"""One recipient of a chunk: sent to, left out or put down for later; each is one letter."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assent.broadcasts import timing
from assent.broadcasts.checkpoints import GateSeen
from assent.broadcasts.exclusions import store as exclusions
from assent.broadcasts.failures.store import counted_as
from assent.broadcasts.gates import Gates, Later, LeftOut, Ready
from assent.broadcasts.model import Broadcast, place_of
from assent.broadcasts.outcomes import store as outcomes
from assent.broadcasts.plans.model import SLICE, Chunk
from assent.broadcasts.results import (
    CLOSES,
    EXCLUDED,
    FAILED,
    MOST_SLOTS,
    PENDING,
    SENT,
    UNKNOWN,
    Excluded,
    Exclusion,
    exclusion,
    waits,
)
from assent.consent.policy import Purpose
from assent.contacts import store as contacts
from assent.contacts.model import Recipient
from assent.messaging import store as messages
from assent.messaging.copies import TWICE, Contested, Copies, Line
from assent.messaging.dispatch import Outcome, TryLater
from assent.messaging.model import MessageState, SendMessage
from assent.platform.clock import Clock, stamp
from assent.platform.observability import logger

# What a value of one recipient can do; tables and queues that fail raise other errors.
_ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass
class Visit:
    """What one visit to a chunk meets: the people, and what it has to leave for later."""

    broadcast: Broadcast
    chunk: Chunk
    taken: outcomes.Taken
    line: Line
    gates: Gates
    people: Mapping[str, Recipient]
    go_on: Callable[[], bool]
    letters: list[str]
    recorded: str
    unsent: int = 0
    busy: int = 0  # recipients for whom the provider was busy, in a row
    left: bool = False  # somebody is pending for whom there was a turn
    stopped: str = ""

    @property
    def text(self) -> str:
        """Return the letters as they are kept."""
        return "".join(self.letters)

    def unknown(self) -> Iterator[tuple[int, str]]:
        """Yield the recipients who became unknown since the last time that was recorded."""
        for at, letter in enumerate(self.letters):
            if letter == UNKNOWN and self.recorded[at : at + 1] != UNKNOWN:
                yield at, self.chunk.members[at]

    def stop(self, why: str) -> None:
        """End the visit before its work is done."""
        self.stopped, self.left = why, True


@dataclass
class Recipients:
    """Decides about recipients, and has their copies sent."""

    clock: Clock
    copies: Copies

    def letter(self, visit: Visit, at: int) -> str:
        """Send to one recipient; returns the letter of what became of it.

        One that cannot be handled, for whatever is odd about it, does not hold the others up.
        """
        try:
            return self._letter_of(visit, at)
        except _ODD as error:
            # The type only: a message or a value could hold a phone number.
            logger.warning("a recipient was passed over", extra={"error": type(error).__name__})
            return self._odd(visit, at, error)

    def _odd(self, visit: Visit, at: int, error: Exception) -> str:
        contact_id = visit.chunk.members[at]
        row = messages.row(place_of(visit.broadcast, contact_id))
        if row is not None and row.state != MessageState.RELEASED:
            outcome = self.copies.repeated(self._command(visit, at, contact_id, None, ""))
            return self._letter(visit, contact_id, outcome)
        return self._exclude(visit, contact_id, Exclusion.OTHER, {"error": type(error).__name__})

    def _letter_of(self, visit: Visit, at: int) -> str:
        contact_id = visit.chunk.members[at]
        # The many are read at a low price; only who was not found there is looked for again.
        contact = visit.people.get(contact_id) or contacts.contact(
            visit.broadcast.account_id, contact_id, consistent=True
        )
        verdict = visit.gates.judge(contact, self.clock.now(), woken=visit.chunk.woken)
        match verdict:
            case LeftOut():
                passed = self._passed(visit, contact, verdict.reason, verdict.had)
                return self._exclude(visit, contact_id, verdict.reason, verdict.evidence, passed)
            case Later():
                return self._defer(visit, verdict.until)
        command = self._command(visit, at, contact_id, contact, verdict.body)
        try:
            outcome = self.copies.send(visit.line, command, self._room(visit, contact, verdict))
        except Contested:
            # Whoever came first may give way as well: the next look says whether it is full.
            return self._defer(visit, timing.soonest(self.clock.now()))
        except TryLater:
            visit.busy += 1
            visit.left = True
            return PENDING
        visit.busy = 0
        passed = None
        if outcome.state == MessageState.EXCLUDED:
            passed = self._passed(visit, contact, exclusion(outcome.reason), verdict.had)
        return self._letter(visit, contact_id, outcome, passed)

    def _passed(
        self, visit: Visit, contact: Recipient | None, reason: Exclusion, had: int
    ) -> list[GateSeen] | None:
        return visit.gates.passed(CLOSES.get(reason), contact, self.clock.now(), had)

    def _room(self, visit: Visit, contact: Recipient | None, ready: Ready) -> Callable[[], bool]:
        cap = ready.look
        if cap is None or contact is None:
            return lambda: True
        return lambda: visit.gates.has_room(contact, cap, self.clock.now())

    def _command(
        self, visit: Visit, at: int, contact_id: str, contact: Recipient | None, body: str
    ) -> SendMessage:
        broadcast = visit.broadcast
        return SendMessage.model_construct(
            place=place_of(broadcast, contact_id),
            account_id=broadcast.account_id,
            contact_id=contact_id,
            sender_id=broadcast.sender_id,
            phone=contact.phone if contact else "",
            subject=contact.subject if contact else "",
            purpose=Purpose.BROADCAST,
            channel=broadcast.channel,
            body=body,
            created_at=self.clock.now(),
            broadcast_id=broadcast.id,
            batch=f"{visit.chunk.key}@{at}",
        )

    def _letter(
        self,
        visit: Visit,
        contact_id: str,
        outcome: Outcome,
        passed: list[GateSeen] | None = None,
    ) -> str:
        if outcome.state == MessageState.EXCLUDED:
            if outcome.reason == TWICE:
                visit.unsent += 1
                return EXCLUDED[Exclusion.PLANNED_TWICE]
            seen = {**outcome.evidence, "sender_id": visit.broadcast.sender_id}
            # Without a decision this is a repeat.
            evidence = seen if outcome.decision else None
            return self._exclude(visit, contact_id, exclusion(outcome.reason), evidence, passed)
        if outcome.state == MessageState.FAILED and not outcome.reached:
            visit.taken.note_failure(counted_as(visit.broadcast.id, outcome.reason))
            return FAILED
        if outcome.state in (MessageState.UNKNOWN, MessageState.CLAIMED):
            return UNKNOWN
        # One that failed after the provider had taken it counts as sent here, because its receipt
        # moves it from there.
        return SENT

    def _exclude(
        self,
        visit: Visit,
        contact_id: str,
        reason: Exclusion,
        evidence: dict[str, str] | None,
        passed: list[GateSeen] | None = None,
    ) -> str:
        visit.unsent += 1
        # Without evidence this is a repeat, and it was kept the first time.
        if evidence is not None:
            kept = Excluded(
                contact_id=contact_id,
                reason=reason,
                evidence=evidence,
                passed=passed,
                at=self.clock.now(),
            )
            exclusions.put_excluded(visit.broadcast.id, [kept])
        return EXCLUDED[reason]

    def recover(self, visit: Visit, upto: int) -> None:
        """Find out what became of those under way when another worker ended in their midst."""
        if not visit.taken.abandoned:
            return
        pending = [at for at, letter in enumerate(visit.letters[:upto]) if letter == PENDING]
        for at in pending[:SLICE]:
            contact_id = visit.chunk.members[at]
            row = messages.row(place_of(visit.broadcast, contact_id))
            if row is None or row.state == MessageState.RELEASED:
                continue
            outcome = self.copies.repeated(self._command(visit, at, contact_id, None, ""))
            visit.letters[at] = self._letter(visit, contact_id, outcome)

    def _defer(self, visit: Visit, until: datetime) -> str:
        """Put a recipient down for a later moment."""
        visit.unsent += 1
        slots, wanted = visit.taken.slots, stamp(until)
        if wanted not in slots:
            if len(slots) == MOST_SLOTS:
                # Too early for some, who are then deferred again.
                return waits(slots.index(max(slots)))
            slots.append(wanted)
        return waits(slots.index(wanted))
