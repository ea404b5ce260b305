"""Sending to a chunk: each recipient once, outcomes recorded by the ten.

A worker has a chunk for itself: a lease in the item that holds the outcomes. It can be cut off
anywhere. A claimed copy is never sent again, so a crash leaves at most the ten under way `unknown`.
Counts are added in the transaction that gives the chunk back; of a slow sender's chunk, which goes
out in pieces, in that of its last piece.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from assent.accounts.model import Sender
from assent.broadcasts import timing
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.gates import Gates
from assent.broadcasts.model import SENDS, STARTED, Broadcast, SendChunk, State
from assent.broadcasts.others import Others
from assent.broadcasts.outcomes import store as outcomes
from assent.broadcasts.outcomes.model import Settling, Standing
from assent.broadcasts.pacing import store as pacing
from assent.broadcasts.pacing.model import Left, day_of, pace_for
from assent.broadcasts.pacing.pieces import Leg, leg
from assent.broadcasts.plan import slot_command
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import SLICE, Chunk, lane_of
from assent.broadcasts.progress import finish_if_done, guard_chunk
from assent.broadcasts.recipients import Recipients, Visit
from assent.broadcasts.results import PENDING, slot_of, tally
from assent.broadcasts.text import template_of
from assent.messaging.copies import Copies, Line
from assent.platform.clock import Clock, from_stamp, stamp
from assent.platform.queues import MAX_DELAY, Sink

RESERVE = 20_000
"""Milliseconds that must be left to send to ten more; the provider may take a while."""

WORK = timedelta(seconds=60)
"""How long a visit to a chunk may take; what is left of it then is another message."""

_LEASE = timedelta(seconds=180)  # longer than any visit: a function ends before
_READ_AHEAD = 5 * SLICE  # recipients that are read in one call
_FRESH = timedelta(seconds=5)  # for which they are as they were read
_BUSY_WAIT = 15  # seconds after which a busy provider is tried again, twice as long each time
_TAKEN_WAIT = 20  # seconds until a chunk that another worker has is looked at again


@dataclass
class Fanout:
    """Sends the chunks of broadcasts."""

    clock: Clock
    copies: Copies
    chunks: Sink
    plans: Sink
    recipients: Recipients = field(init=False)
    _told: set[tuple[str, str]] = field(default_factory=set)  # slots that were made known

    def __post_init__(self) -> None:
        self.recipients = Recipients(self.clock, self.copies)

    def send(self, command: SendChunk, remaining: Callable[[], int]) -> str:
        """Send to a chunk as far as it was let go; says how it ended."""
        early = self._seconds_until(command.at)
        if early > outcomes.CLOCKS.seconds:
            # A queue holds a message back for minutes only.
            self.chunks.send(command, delay=min(MAX_DELAY, early))
            return "early"
        broadcast = definitions.broadcast(command.account_id, command.broadcast_id)
        if broadcast is None or broadcast.started_at is None:
            return "no_broadcast"
        if broadcast.state == State.PAUSED and self._is_counted(command):
            return self._leave(command, broadcast)
        # Before the chunk is taken: what cannot be read now is tried again, and nobody waits.
        line = self.copies.line(broadcast.account_id, broadcast.sender_id)
        chunk = plans.chunk(command.broadcast_id, command.chunk)
        if chunk is None:
            return "no_chunk"
        taken = self._take(command)
        if isinstance(taken, Standing):
            return self._taken_already(command, taken, broadcast)
        visit = self._visit(broadcast, chunk, taken, line, remaining)
        self.recipients.recover(visit, command.upto)
        way = leg(command, visit.text, taken.rested, self.clock.now())
        if broadcast.state in SENDS:
            self._work_recorded(visit, way.upto)
        else:
            visit.stop(broadcast.state)
        return self._end(visit, command, way)

    def _seconds_until(self, at: datetime | None) -> int:
        return ceil((at - self.clock.now()).total_seconds()) if at else 0

    @staticmethod
    def _is_counted(command: SendChunk) -> bool:
        return outcomes.standing(command.broadcast_id, command.chunk).counted

    def _take(self, command: SendChunk) -> outcomes.Taken | Standing:
        now = self.clock.now()
        token = secrets.token_hex(8)
        return outcomes.take(command.broadcast_id, command.chunk, token, now, now + _LEASE)

    def _taken_already(self, command: SendChunk, standing: Standing, broadcast: Broadcast) -> str:
        if standing.ended:
            finish_if_done(broadcast.account_id, broadcast.id, self.clock)
            return "ended"
        letters = standing.letters[: command.upto]
        done = len(letters) == command.upto and PENDING not in letters
        if done and (standing.counted or broadcast.state in SENDS):
            return "done"
        rests = self._seconds_until(standing.rests)
        self.chunks.send(command, delay=rests if rests > 0 else _TAKEN_WAIT)
        return "taken"

    def _visit(
        self,
        broadcast: Broadcast,
        chunk: Chunk,
        taken: outcomes.Taken,
        line: Line,
        remaining: Callable[[], int],
    ) -> Visit:
        letters = list(taken.letters.ljust(len(chunk.members), PENDING))
        until = self.clock.now() + WORK
        return Visit(
            broadcast=broadcast,
            chunk=chunk,
            taken=taken,
            line=line,
            gates=Gates(
                broadcast,
                template_of(broadcast.template),
                broadcast.started_at or self.clock.now(),
                others=Others(broadcast),
            ),
            people={},
            read_at=self.clock.now(),
            go_on=lambda: remaining() >= RESERVE and self.clock.now() < until,
            letters=letters,
            recorded=taken.letters,
        )

    # Recipients, ten by ten

    def _work_recorded(self, visit: Visit, upto: int) -> None:
        """Work; where a table or a queue fails, what is known by then is written down before.

        Otherwise those who were sent their copies since the last ten would become unknown.
        """
        try:
            self._work(visit, upto)
        except Exception:
            outcomes.record_slice(visit.taken, visit.text, visit.unknown())
            raise

    def _work(self, visit: Visit, upto: int) -> None:
        pending = [at for at, letter in enumerate(visit.letters[:upto]) if letter == PENDING]
        for first in range(0, len(pending), SLICE):
            if first:
                # What is recorded with the chunk's end needs no write of its own.
                visit.recorded = outcomes.record_slice(visit.taken, visit.text, visit.unknown())
                visit.letters = list(visit.recorded)
                if self._is_halted(visit):
                    return
            if not visit.go_on():
                visit.stop("out_of_time")
                return
            ten = pending[first : first + SLICE]
            self._read(visit, pending[first:])
            self.recipients.send(visit, ten)
            if visit.stopped:
                return

    def _read(self, visit: Visit, coming: list[int]) -> None:
        """Read who comes next, some tens at once; what is older than a moment is read again.

        Whoever gets another number meanwhile, or is forgotten, takes the place of the copy.
        """
        now = self.clock.now()
        if visit.read_upto >= coming[:SLICE][-1] and now - visit.read_at <= _FRESH:
            return
        some = coming[:_READ_AHEAD]
        visit.people = visit.gates.people([visit.chunk.members[at] for at in some])
        visit.read_upto, visit.read_at = some[-1], now

    @staticmethod
    def _is_halted(visit: Visit) -> bool:
        """Look whether to go on: a person may say no, or the chunk's own failures."""
        broadcast = visit.broadcast
        state = definitions.state(broadcast.account_id, broadcast.id)
        if state not in STARTED:
            visit.stop(State.CANCELLED)
        elif state == State.PAUSED or guard_chunk(broadcast, tally(visit.text)):
            visit.stop(State.PAUSED)
        return bool(visit.stopped)

    def _deferred(self, visit: Visit) -> dict[datetime, Chunk]:
        """Make chunks of those who wait, by moment, and make the moments known."""
        slots, now = visit.taken.slots, self.clock.now()
        waiting: dict[datetime, list[str]] = {}
        for at, letter in enumerate(visit.letters):
            slot = slot_of(letter)
            if slot is None:
                continue
            then = from_stamp(slots[slot])
            if then < now + timing.SOONEST / 2:
                # It was put down long ago, by a worker that ended: what is woken must be there.
                then = timing.soonest(now)
                slots[slot] = stamp(then)
            waiting.setdefault(then, []).append(visit.chunk.members[at])
        made = {}
        for then, members in waiting.items():
            self._make_known(visit.broadcast, then)
            name = f"{lane_of(stamp(then))}{visit.taken.token}"
            made[then] = Chunk(key=name, members=members)
        return made

    def _make_known(self, broadcast: Broadcast, at: datetime) -> None:
        """Have the planner wake those of a moment; before they are written, so none is lost."""
        if (broadcast.id, stamp(at)) not in self._told:
            self.plans.send(slot_command(broadcast, at))
            self._told.add((broadcast.id, stamp(at)))

    # The end of a visit

    def _end(self, visit: Visit, command: SendChunk, way: Leg) -> str:
        piece = way.rests if not visit.left and _is_piece(visit.letters) else None
        if piece:
            outcomes.lay_down(visit.taken, visit.text, visit.unknown(), piece)
        else:
            self._settle(visit, way)
        self._give_back(visit.broadcast, visit.line.sender, command, visit.unsent)
        if visit.stopped == State.PAUSED:
            return self._leave(command, visit.broadcast)
        if visit.left and visit.stopped in ("", "busy"):
            return self._later(visit, command)
        late = not visit.left and PENDING in visit.letters[: command.upto]
        if visit.stopped == "out_of_time" or late:
            # A minute takes no more than a minute's, also when others were late before.
            self.chunks.send(command, delay=max(0, self._seconds_until(way.rests)))
            return "continued"
        if not piece:
            finish_if_done(visit.broadcast.account_id, visit.broadcast.id, self.clock)
        return visit.stopped or ("ended" if PENDING not in visit.letters else "done")

    def _settle(self, visit: Visit, way: Leg) -> None:
        deferred = self._deferred(visit)
        outcomes.settle(
            visit.taken,
            visit.text,
            visit.unknown(),
            list(deferred.values()),
            Settling(visit.chunk.woken, len(visit.chunk.members), way.rests),
        )
        for then in deferred:
            if self.clock.now() >= then:
                # It took so long that they were looked for before they were there.
                self.plans.send(slot_command(visit.broadcast, then))

    def _later(self, visit: Visit, command: SendChunk) -> str:
        wait = min(MAX_DELAY, _BUSY_WAIT * 2 ** min(command.attempt, 6))
        if visit.stopped == "busy" and visit.line.sender:
            pace = pace_for(visit.broadcast, visit.line.sender)
            pacing.hold(pace, self.clock.now() + timedelta(seconds=wait))
        self.chunks.send(command.model_copy(update={"attempt": command.attempt + 1}), delay=wait)
        return "busy"

    def _leave(self, command: SendChunk, broadcast: Broadcast) -> str:
        """Put work that met a pause aside, for whoever resumes the broadcast.

        What waits is let go, and counted, anew then.
        """
        letters = outcomes.standing(command.broadcast_id, command.chunk).letters
        waiting = letters[: command.upto].ljust(command.upto, PENDING).count(PENDING)
        more = pacing.put_left(command.broadcast_id, Left(command.chunk, command.upto, waiting))
        # It may have been resumed before the note was there to be found.
        state = definitions.state(command.account_id, command.broadcast_id)
        if state != State.PAUSED:
            self.chunks.send(command)
        elif more:
            sender = self.copies.line(broadcast.account_id, broadcast.sender_id).sender
            self._give_back(broadcast, sender, command, more)
        return "paused"

    def _give_back(
        self, broadcast: Broadcast, sender: Sender | None, command: SendChunk, unsent: int
    ) -> None:
        """Return to the day what was let go of its messages and was not sent."""
        if sender and sender.daily_cap is not None and unsent > 0:
            day = command.day or day_of(self.clock.now())
            pacing.give_back(pace_for(broadcast, sender), day, unsent * broadcast.segments)


def _is_piece(letters: list[str]) -> bool:
    """Tell whether a visit may end without counting: others come, and nobody waits for a slot."""
    return PENDING in letters and not any(slot_of(one) is not None for one in letters)
