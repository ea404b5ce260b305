"""Recipients of a chunk, by the ten: sent to, left out or put down for later, by a letter each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assent.broadcasts import timing
from assent.broadcasts.checkpoints import GateSeen
from assent.broadcasts.exclusions import store as exclusions
from assent.broadcasts.failures.store import counted_as
from assent.broadcasts.gates import Gates, Later, LeftOut, Ready
from assent.broadcasts.model import Broadcast, place_of
from assent.broadcasts.outcomes import store as outcomes
from assent.broadcasts.plans.model import Chunk
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
from assent.messaging.copies import ODD, TWICE, Copies, Copy, Line, Result, Unsent
from assent.messaging.dispatch import Outcome
from assent.messaging.model import MessageState, SendMessage
from assent.platform.clock import Clock, stamp
from assent.platform.observability import logger

_BUSY_IN_A_ROW = 3  # recipients, after which it is not this recipient that it is busy for


@dataclass
class Visit:
    """What one visit to a chunk meets: the people, and what it has to leave for later."""

    broadcast: Broadcast
    chunk: Chunk
    taken: outcomes.Taken
    line: Line
    gates: Gates
    people: Mapping[str, Recipient]
    read_at: datetime  # when they were read
    go_on: Callable[[], bool]
    letters: list[str]
    recorded: str
    read_upto: int = -1  # the last position of whom they are
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

    def note_busy(self) -> None:
        """Leave a recipient pending since nothing more was taken; ends the visit in the end."""
        self.busy, self.left = self.busy + 1, True
        if self.busy >= _BUSY_IN_A_ROW:
            self.stop("busy")


@dataclass(frozen=True, slots=True)
class _Sendable:
    """A recipient that passed all gates before the claim; `had` copies count towards its cap."""

    copy: Copy
    contact: Recipient | None
    had: int


@dataclass
class Recipients:
    """Decides about recipients, and has their copies sent."""

    clock: Clock
    copies: Copies

    def send(self, visit: Visit, ten: Sequence[int]) -> None:
        """Send to some recipients; what becomes of each is its letter in the visit.

        One that cannot be handled, for whatever is odd about it, does not hold the others up. Where
        a table fails it raises, when all that is known has its letter.
        """
        ready = dict(self._sendable(visit, ten))
        if not ready:
            return
        results = self.copies.send(visit.line, [one.copy for one in ready.values()])
        failures = [
            failure
            for (at, one), result in zip(ready.items(), results, strict=True)
            if (failure := self._note(visit, at, one, result))
        ]
        if failures:
            raise failures[0]

    def _sendable(self, visit: Visit, ten: Sequence[int]) -> Iterator[tuple[int, _Sendable]]:
        """Judge recipients, and yield those who are sent theirs now."""
        for at in ten:
            try:
                judged = self._judged(visit, at)
            except ODD as error:
                judged = self._odd(visit, at, error)
            if isinstance(judged, _Sendable):
                yield at, judged
            else:
                visit.letters[at] = judged

    def _note(self, visit: Visit, at: int, one: _Sendable, result: Result) -> Exception | None:
        """Give a recipient the letter of its result; returns what it cannot be told for."""
        try:
            visit.letters[at] = self._letter_of(visit, one, result)
        except ODD as error:
            visit.letters[at] = self._odd(visit, at, error)
        except Exception as error:  # noqa: BLE001 -- raised when the others have their letters
            return error
        return None

    def _letter_of(self, visit: Visit, one: _Sendable, result: Result) -> str:
        match result:
            case Unsent.CONTESTED:
                # Whoever came first may give way as well: the next look says whether it is full.
                return self._defer(visit, timing.soonest(self.clock.now()))
            case Unsent.BUSY:
                visit.note_busy()
                return PENDING
            case Outcome():
                visit.busy = 0
                passed = None
                if result.state == MessageState.EXCLUDED:
                    reason = exclusion(result.reason)
                    passed = self._passed(visit, one.contact, reason, one.had)
                return self._letter(visit, one.copy.command.contact_id, result, passed)
            case _:
                raise result

    def _odd(self, visit: Visit, at: int, error: Exception) -> str:
        # The type only: a message or a value could hold a phone number.
        logger.warning("a recipient was passed over", extra={"error": type(error).__name__})
        contact_id = visit.chunk.members[at]
        row = messages.row(place_of(visit.broadcast, contact_id))
        if row is not None and row.state != MessageState.RELEASED:
            outcome = self.copies.repeated(self._command(visit, at, contact_id, None, ""))
            return self._letter(visit, contact_id, outcome)
        return self._exclude(visit, contact_id, Exclusion.OTHER, {"error": type(error).__name__})

    def _judged(self, visit: Visit, at: int) -> _Sendable | str:
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
        room = self._room(visit, contact, verdict)
        return _Sendable(Copy(command, room), contact, verdict.had)

    def _passed(
        self, visit: Visit, contact: Recipient | None, reason: Exclusion, had: int
    ) -> list[GateSeen] | None:
        return visit.gates.passed(CLOSES.get(reason), contact, self.clock.now(), had)

    def _room(
        self, visit: Visit, contact: Recipient | None, ready: Ready
    ) -> Callable[[], bool] | None:
        cap = ready.look
        if cap is None or contact is None:
            return None
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
        pending = {
            at: visit.chunk.members[at]
            for at, letter in enumerate(visit.letters[:upto])
            if letter == PENDING
        }
        places = {at: place_of(visit.broadcast, one) for at, one in pending.items()}
        kept = messages.rows(places.values())
        for at, contact_id in pending.items():
            row = kept.get(places[at])
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
