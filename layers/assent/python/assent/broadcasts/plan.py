"""Planning: the recipients of a broadcast, cut into chunks that the pacer lets go.

Each step of a plan is one chunk, kept on condition that nobody kept that step before, and holds
where the plan goes on. So the chunks are the plan: one that is redelivered, doubled or cut off
anywhere follows them to their end and goes on there, and no member is counted twice, whatever
happened to the groups meanwhile. The cursor only shortens the way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.accounts.service import AccountService
from assent.broadcasts.audience import Audience
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.exclusions import store as exclusions
from assent.broadcasts.local_times import next_turn
from assent.broadcasts.model import Broadcast, Event, PlanBroadcast, State, WakeSlot
from assent.broadcasts.pacing.lanes import Lanes
from assent.broadcasts.pacing.model import pace_of
from assent.broadcasts.plans import store
from assent.broadcasts.plans.model import CHUNK, Chunk, Cursor, lane_of, planned_key
from assent.broadcasts.progress import finish_if_done
from assent.broadcasts.schedules.scheduler import Schedules
from assent.platform.clock import Clock, from_stamp, stamp
from assent.platform.errors import NotFound
from assent.platform.ids import derived_id
from assent.platform.queues import Sink

RESERVE = 20_000
"""Milliseconds that must be left for another step; with less, the plan hands itself on."""

_NEAR = timedelta(seconds=15)
"""How near a moment is for which no schedule is made."""

_SAVED = 10  # steps after which the cursor is saved


@dataclass
class Planner:
    """Plans broadcasts, and wakes those who were deferred."""

    clock: Clock
    accounts: AccountService
    plans: Sink
    lanes: Lanes
    schedules: Schedules

    def plan(self, command: PlanBroadcast, remaining: Callable[[], int]) -> str:
        """Plan as much as `remaining` milliseconds allow, then hand on; says how it ended."""
        broadcast = definitions.broadcast(command.account_id, command.broadcast_id)
        if broadcast is None:
            return "no_broadcast"
        if broadcast.run != command.run:
            return "outdated"
        if broadcast.state == State.SCHEDULED and broadcast.recurrence:
            return self._take_turn(broadcast)
        if broadcast.state == State.SCHEDULED:
            return self._start(broadcast, command, remaining)
        if broadcast.state in _GOES_ON:
            # Somebody resumed it, and may have ended before the pacer was told.
            self.lanes.resume(broadcast)
        if broadcast.started_at and broadcast.chunks is None and broadcast.state in _PLANS:
            return self._walk(broadcast, command, remaining)
        if broadcast.state == State.CANCELLED and broadcast.started_at:
            self._count(broadcast)
        finish_if_done(broadcast.account_id, broadcast.id, self.clock)
        return f"already_{broadcast.state}"

    @staticmethod
    def _count(broadcast: Broadcast) -> None:
        """Count what was planned before the cancellation, should the plan have been cut off."""
        cursor = before = store.cursor(broadcast.id)
        while not cursor.done:
            kept = store.chunk(broadcast.id, planned_key(cursor.step))
            if kept is None or kept.beyond is None:
                break
            cursor = kept.beyond
        if cursor != before:
            store.save_cursor(broadcast.id, cursor)

    def _start(
        self, broadcast: Broadcast, command: PlanBroadcast, remaining: Callable[[], int]
    ) -> str:
        try:
            sender = self.accounts.sender_for(broadcast.account_id, broadcast.sender_id)
        except NotFound as missing:
            definitions.advance(
                broadcast, Event.FAILED, reason=missing.code, finished_at=self.clock.now()
            )
            return "failed"
        definitions.advance(
            broadcast, Event.STARTED, started_at=self.clock.now(), pace=pace_of(sender)
        )
        # Started here or by another worker, or cancelled: look again.
        return self.plan(command, remaining)

    def _take_turn(self, parent: Broadcast) -> str:
        """Make the broadcast of this turn, and schedule the next turn; safe to repeat."""
        if parent.recurrence is None:
            raise ValueError("a broadcast that does not recur has no turns")
        turn = from_stamp(parent.run)
        child = parent.model_copy(
            update={
                "id": derived_id("bc", turn, parent.id, parent.run),
                "recurrence": None,
                "parent_id": parent.id,
                "state": State.SCHEDULED,
                "created_at": self.clock.now(),
                "schedule_at": turn,
            }
        )
        definitions.put_broadcast(child)
        self.plans.send(
            PlanBroadcast(account_id=child.account_id, broadcast_id=child.id, run=child.run)
        )
        zone = self.accounts.account(parent.account_id).time_zone
        # Turns that were missed, for whatever reason, are not made up for.
        following = next_turn(parent.recurrence, zone, max(turn, self.clock.now()))
        again = PlanBroadcast(
            account_id=parent.account_id, broadcast_id=parent.id, run=stamp(following)
        )
        self.schedules.put(parent.id, again.run, again, following)
        definitions.advance(parent, Event.RECURRED, run=again.run, schedule_at=following)
        return "turn_taken"

    def _walk(
        self, broadcast: Broadcast, command: PlanBroadcast, remaining: Callable[[], int]
    ) -> str:
        audience = Audience(self.clock, self.accounts, broadcast, CHUNK)
        cursor = store.cursor(broadcast.id)
        joined = False
        while not cursor.done:
            if remaining() < RESERVE:
                store.save_cursor(broadcast.id, cursor)
                self.plans.send(command)
                return "continued"
            cursor = self._step(audience, cursor)
            if cursor.chunks and not joined:
                self.lanes.join(broadcast)
                joined = True
            if cursor.step % _SAVED == 0 and not cursor.done:
                store.save_cursor(broadcast.id, cursor)
                if definitions.state(broadcast.account_id, broadcast.id) == State.CANCELLED:
                    return "cancelled"
        store.save_cursor(broadcast.id, cursor)
        return self._end(broadcast, cursor)

    def _step(self, audience: Audience, cursor: Cursor) -> Cursor:
        page, beyond = audience.step(cursor)
        broadcast_id = audience.broadcast.id
        exclusions.put_excluded(broadcast_id, page.excluded)
        mine = Chunk(key=planned_key(cursor.step), members=page.taken, beyond=beyond)
        kept = store.put_chunk(broadcast_id, mine)
        return kept.beyond or beyond

    def _end(self, broadcast: Broadcast, cursor: Cursor) -> str:
        while True:
            now = definitions.broadcast(broadcast.account_id, broadcast.id)
            if now is None or now.state not in _PLANS or now.chunks is not None:
                break
            # It may be paused or resumed at the same moment: then look again.
            if definitions.advance(now, Event.PLANNED, chunks=cursor.chunks):
                break
        finish_if_done(broadcast.account_id, broadcast.id, self.clock)
        return "planned"

    def wake(self, command: WakeSlot) -> str:
        """Have those deferred to a moment sent to, or make a schedule while it has not come."""
        broadcast = definitions.broadcast(command.account_id, command.broadcast_id)
        if broadcast is None or broadcast.state in _OVER:
            return "over"
        at, now = from_stamp(command.slot), self.clock.now()
        if now < at <= now + _NEAR:
            # Its schedule has gone off, by a clock that is ahead of this one; or the moment is so
            # near that a schedule could come too late for it.
            self.plans.send(command, delay=-(-(at - now) // timedelta(seconds=1)))
            return "early"
        if at > now:
            self.schedules.put(broadcast.id, f"w{command.slot}", command, at)
            return "scheduled"
        self.lanes.join(broadcast, lane_of(command.slot))
        return "woken"


_PLANS = frozenset({State.PLANNING, State.RUNNING, State.PAUSED})
_GOES_ON = frozenset({State.RUNNING, State.FINISHING})
_OVER = frozenset({State.FINISHED, State.CANCELLED, State.FAILED})


def slot_command(broadcast: Broadcast, at: datetime) -> WakeSlot:
    """Return the command that wakes those deferred to a moment."""
    return WakeSlot(account_id=broadcast.account_id, broadcast_id=broadcast.id, slot=stamp(at))
