"""Lets a sender's work go: at most the next minutes', over all its broadcasts and workers.

Each pace has one lease. A turn reads it, lets go of work a minute ahead (a slow sender's: up to
five, in pieces of a minute), each piece delayed to its place, and says when the next turn is.
Chunks that wait are no messages: they use up no receives, and nothing of them expires, however many
days a broadcast takes.

A turn writes the lease, hands its work on, and only then sends for the next turn, which so knows
that this was done. Whoever does not know it hands the work on again; and when the worker of a turn
ends before, its command comes back and does the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from assent.accounts.model import Sender
from assent.accounts.service import AccountService
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import SENDS, ReleaseWork, State
from assent.broadcasts.pacing import store
from assent.broadcasts.pacing.model import AHEAD, Lane, Lease, day_of, horizon_of
from assent.broadcasts.pacing.turn import Pace, Turn, released
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import PLANNED
from assent.platform.clock import Clock
from assent.platform.queues import Sink

_SORTED = 20  # chunks sorted in one turn, none of which sends anything
_LONGEST_DELAY = 600  # seconds
_UNSENT = 1000.0  # recipients a second where nothing goes out
_SLACK = timedelta(seconds=1)  # queues count in whole seconds


@dataclass
class Pacer:
    """Takes turns for the leases of all paces."""

    clock: Clock
    accounts: AccountService
    plans: Sink
    chunks: Sink

    def release(self, command: ReleaseWork) -> str:
        """Take a turn, if it is time for it; says what came of it."""
        lease = store.lease(command.pace)
        if command.turn < lease.turn:
            return self._taken(command, lease)
        now = self.clock.now()
        if lease.until and now < lease.until - AHEAD:
            self.plans.send(command, _delay(now, lease.until))
            return "early"
        if not command.handed_on:
            # A broadcast that joins, for one, does not know how far the last turn's worker came.
            self._hand_on(lease)
        return self._turn(command, lease, now)

    def _taken(self, command: ReleaseWork, lease: Lease) -> str:
        """Do what the worker of a turn left undone, if it is its command that came back."""
        if command.turn < lease.turn - 1 or command.id != lease.taken_by:
            return "taken"
        self._hand_on(lease)
        if _goes_on(lease.lanes):
            self._send_for(lease, (lease.until or self.clock.now()) - AHEAD)
        elif lease.released:
            store.note_handed_on(lease)
        return "handed_on"

    def _turn(self, command: ReleaseWork, lease: Lease, now: datetime) -> str:
        turn, lanes = self._work_out(lease, now)
        if not lease.lanes and not turn.work:
            return "idle"
        after = lease.model_copy(
            update={
                "turn": lease.turn + 1,
                "until": turn.until,
                "day": turn.day,
                "used": turn.used,
                "returned": 0,
                "lanes": lanes,
                "released": [part.written() for part in turn.work],
                "taken_by": command.id,
            }
        )
        if not store.replace(lease, after):
            # The same command: it may have been its own change, whose answer was lost.
            self.plans.send(command.model_copy(update={"handed_on": True}))
            return "changed_meanwhile"
        self._hand_on(after)
        if _goes_on(lanes):
            self._send_for(after, turn.next_at())
        elif turn.work:
            store.note_handed_on(after)  # no command is there to say so
        for broadcast_id, chunk in turn.taken_up:
            store.end_left(broadcast_id, chunk)
        return f"released_{len(turn.work)}" if turn.work else "nothing_to_release"

    def _hand_on(self, lease: Lease) -> None:
        """Send the workers what the last turn let go; what they have done already is not redone."""
        now = self.clock.now()
        self.chunks.send_all((command, _delay(now, at)) for command, at in released(lease))

    def _send_for(self, lease: Lease, at: datetime) -> None:
        """Send for the lease's next turn, when all that was let go is handed on."""
        now = self.clock.now()
        command = ReleaseWork(pace=lease.pace, turn=lease.turn, handed_on=True)
        self.plans.send(command, _delay(now, max(at, now + _SLACK)))

    def _work_out(self, lease: Lease, now: datetime) -> tuple[Turn, list[Lane]]:
        senders = [found for lane in lease.lanes if (found := self._sender(lane))]
        # As they are now: somebody who waits for a day that is full may have made it longer.
        caps = [cap for one in senders if (cap := self._daily_cap(one)) is not None]
        rate = max((one.messages_per_second for one in senders), default=_UNSENT)
        turn = Turn.of(lease, now, horizon_of(rate), day_of(now), min(caps, default=None))
        whole: set[str] = set()
        lanes = self._share_out(list(self._lanes(lease.lanes, turn, whole)), turn, whole)
        return turn, lanes

    def _daily_cap(self, sender: Sender) -> int | None:
        if sender.daily_cap is not None:
            self.accounts.forget_sender(sender.id)
        now = self.accounts.sender(sender.id)
        return now.daily_cap if now else None

    def _lanes(self, lanes: list[Lane], turn: Turn, whole: set[str]) -> Iterator[Lane]:
        """Yield the lanes that still have something to say, as their broadcasts are now.

        Broadcasts whose plan is complete go into `whole`, before their chunks are looked for: of
        those, what is not found then does not come.
        """
        for lane in lanes:
            broadcast = definitions.broadcast(lane.account_id, lane.broadcast_id)
            if broadcast is None:
                continue
            if broadcast.state not in {*SENDS, State.PAUSED}:
                self._have_counted(lane, turn)
                continue
            if broadcast.chunks is not None:
                whole.add(broadcast.id)
            if broadcast.state == State.PAUSED:
                if not lane.paused:
                    self._have_counted(lane, turn)
                yield lane.model_copy(update={"paused": True})
                continue
            yield lane.model_copy(
                update={"paused": False, "resumed": lane.resumed and self._take_up(lane, turn)}
            )

    @staticmethod
    def _have_counted(lane: Lane, turn: Turn) -> None:
        """Have counted what is recorded of a chunk that was cut off, as nobody may come to it."""
        if lane.upto:
            for chunk, _ in plans.sizes(lane.broadcast_id, lane.prefix, lane.after, 1):
                turn.add(lane, chunk, (lane.upto, lane.upto))

    def _take_up(self, lane: Lane, turn: Turn) -> bool:
        """Let go again of what met a pause; true while the day has no room for some of it."""
        pace, waits = self._pace(lane), False
        for left in store.left(lane.broadcast_id):
            # A day that has just begun has room for whatever an earlier one had.
            no_room = turn.left is not None and left.waiting * pace.segments > turn.left
            if no_room and turn.used:
                waits = True
                continue
            turn.let_go(lane, left.chunk, (left.upto - left.waiting, left.upto), pace)
            turn.taken_up.append((lane.broadcast_id, left.chunk))
        return waits

    def _share_out(self, lanes: list[Lane], turn: Turn, whole: set[str]) -> list[Lane]:
        """Let go of a piece of each lane in turn, until the time ahead is full."""
        kept = {lane.key: lane for lane in lanes}
        waiting = [lane.key for lane in lanes if not lane.paused]
        while waiting and not turn.full:
            lane = kept[waiting.pop(0)]
            following = plans.sizes(lane.broadcast_id, lane.prefix, lane.after, 1)
            if not following:
                ended = lane.prefix != PLANNED or lane.broadcast_id in whole
                if ended and not lane.resumed:
                    del kept[lane.key]
                continue
            moved = self._let_go(lane, *following[0], turn)
            if moved != lane:
                kept[lane.key] = moved
                waiting.append(lane.key)
        # Who had its turn first is last the next time.
        found = [kept[lane.key] for lane in lanes if lane.key in kept]
        return [*found[1:], *found[:1]]

    def _let_go(self, lane: Lane, chunk: str, size: int, turn: Turn) -> Lane:
        """Let go of a chunk, or of a part of it, as there is room; returns the lane after it."""
        pace = self._pace(lane)
        wanted = size - lane.upto
        if lane.sorts:
            if len(turn.work) >= _SORTED:
                return lane
            if wanted:
                turn.add(lane, chunk, (size, size))
            return lane.model_copy(update={"after": chunk, "upto": 0})
        more = min(wanted, turn.room(wanted, pace)) if wanted else 0
        if more:
            turn.let_go(lane, chunk, (lane.upto, lane.upto + more), pace)
        if more == wanted:
            return lane.model_copy(update={"after": chunk, "upto": 0})
        return lane.model_copy(update={"upto": lane.upto + more})

    def _pace(self, lane: Lane) -> Pace:
        sender = self._sender(lane)
        # Where the sender is gone, each recipient is told so and nothing reaches a provider.
        return Pace(sender.messages_per_second if sender else _UNSENT, lane.segments)

    def _sender(self, lane: Lane) -> Sender | None:
        return self.accounts.sender(lane.sender_id)


def _goes_on(lanes: list[Lane]) -> bool:
    return any(not lane.paused for lane in lanes)


def _delay(now: datetime, then: datetime) -> int:
    """Return the seconds until a moment, no more than ten minutes: older messages are alarming.

    Rounded up: nothing of a slow sender's comes early.
    """
    return max(0, min(_LONGEST_DELAY, ceil((then - now).total_seconds())))
