"""Broadcasts as the API asks for them: list, schedule, pause, resume, cancel, dry run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.broadcasts.definitions import store
from assent.broadcasts.definitions.store import Change
from assent.broadcasts.drafts import found
from assent.broadcasts.dry_run import DryRun, DryRuns
from assent.broadcasts.local_times import next_turn
from assent.broadcasts.model import (
    SENDS,
    TRANSITIONS,
    Broadcast,
    Event,
    IllegalTransition,
    PlanBroadcast,
    Recurrence,
    State,
)
from assent.broadcasts.pacing.lanes import Lanes
from assent.broadcasts.progress import finish_if_done
from assent.broadcasts.refusals import bad_time, cannot, changed_meanwhile
from assent.broadcasts.schedules.scheduler import Schedules
from assent.platform.clock import Clock, stamp
from assent.platform.queues import Sink
from assent.platform.wall_time import instant

GRACE = timedelta(seconds=60)
HORIZON = timedelta(days=366)
# What starts within this is a message with a delay: it could be over before Scheduler has it.
_NEAR = timedelta(seconds=15)
# It is scheduled as well, in case the process ends before the queue has the command.
_SAFETY_NET = timedelta(seconds=60)
_RESUMED_AGAIN = 30  # seconds after which a resumption is made sure of
_FIRST_ZONE = "Pacific/Kiritimati"
"""Where every local time comes first; whoever is later waits for it."""


class Schedule(BaseModel):
    """When a broadcast goes out; nothing given is now.

    `at` is a moment. `wall` is a time of day without a zone, of the account's zone, or with
    `recipient_local` of wherever each recipient is. `recurrence` makes it come again and again, at
    times of the account's zone.
    """

    model_config = ConfigDict(extra="forbid")

    at: datetime | None = None
    wall: str | None = Field(
        default=None, pattern=r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"
    )
    recipient_local: bool = False
    recurrence: Recurrence | None = None


class Asked(BaseModel):
    """Where a dry run goes on, or with which schedule it begins; nothing: with its own, or now."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, max_length=16_000)
    schedule: Schedule | None = None


@dataclass
class BroadcastService:
    """Steers broadcasts; planner, pacer and fan-out do the work."""

    clock: Clock
    accounts: AccountService
    plans: Sink
    schedules: Schedules
    lanes: Lanes

    def listed(self, account_id: str, after: str | None, limit: int) -> list[Broadcast]:
        """List an account's broadcasts, newest first, beyond the id `after`."""
        return store.broadcasts(account_id, after, limit)

    def get(self, account_id: str, broadcast_id: str) -> Broadcast:
        """Return a broadcast of this account, or raise `NotFound`."""
        return found(account_id, broadcast_id)

    def schedule(self, account: Account, broadcast_id: str, wanted: Schedule) -> Broadcast:
        """Have a broadcast sent; until it starts, it may be given another time."""
        before = found(account.id, broadcast_id)
        now = self.clock.now()
        when = self._accepted(account, wanted, now)
        run = stamp(when)
        command = PlanBroadcast(account_id=account.id, broadcast_id=broadcast_id, run=run)
        if (before.state, Event.SCHEDULED) not in TRANSITIONS:
            raise cannot(before, "scheduled")
        soon = when <= now + _NEAR
        # The schedule first: one whose run never becomes the broadcast's is out of date and does
        # nothing, while a broadcast that waits for a schedule never made would wait for ever.
        self.schedules.put(broadcast_id, run, command, when + _SAFETY_NET if soon else when)
        recurrence = wanted.recurrence.model_dump() if wanted.recurrence else None
        after = self._advance(
            before,
            Event.SCHEDULED,
            "scheduled",
            schedule_at=when,
            run=run,
            local_at=_local_wall(wanted),
            recurrence=recurrence,
        )
        if soon:
            self.plans.send(command, delay=_seconds(when - now))
        if before.run and before.run != run:
            self.schedules.remove(broadcast_id, before.run)
        return after

    def _accepted(self, account: Account, wanted: Schedule, now: datetime) -> datetime:
        """Return the moment at which a schedule starts; raises `Invalid`."""
        given = [one for one in (wanted.at, wanted.wall, wanted.recurrence) if one is not None]
        if len(given) > 1 or (wanted.recipient_local and wanted.wall is None):
            raise bad_time("at", "ambiguous", "Give one of at, wall and recurrence.")
        if wanted.recurrence:
            return next_turn(wanted.recurrence, account.time_zone, now)
        if wanted.wall is not None:
            wall = _wall(wanted.wall)
            then = self._in_time(instant(wall, account.time_zone), now, "wall")
            return max(now, instant(wall, _FIRST_ZONE)) if wanted.recipient_local else then
        if wanted.at is None:
            return now
        if wanted.at.tzinfo is None:
            words = "Give the time with its zone, such as 2026-01-05T15:00Z."
            raise bad_time("at", "no_zone", words)
        return self._in_time(wanted.at, now, "at")

    @staticmethod
    def _in_time(at: datetime, now: datetime, field: str) -> datetime:
        if at < now - GRACE:
            words = "This time is past. Choose a later one, or send now."
            raise bad_time(field, "in_the_past", words)
        if at > now + HORIZON:
            raise bad_time(field, "too_far", "Choose a time within the next twelve months.")
        return max(at, now)

    def unschedule(self, account_id: str, broadcast_id: str) -> Broadcast:
        """Make a draft again of what has not started."""
        before = found(account_id, broadcast_id)
        after = self._advance(before, Event.UNSCHEDULED, "unscheduled", run="", schedule_at=None)
        self.schedules.remove(broadcast_id, before.run)
        return after

    def pause(self, account_id: str, broadcast_id: str, by: str) -> Broadcast:
        """Stop at the next ten recipients of each chunk; it can be resumed where it was."""
        before = found(account_id, broadcast_id)
        if before.state == State.PAUSED:
            return before
        return self._advance(before, Event.PAUSED, "paused", reason=f"by {by}")

    def resume(self, account_id: str, broadcast_id: str) -> Broadcast:
        """Go on where a paused broadcast was; safe to repeat."""
        before = found(account_id, broadcast_id)
        again = PlanBroadcast(account_id=account_id, broadcast_id=broadcast_id, run=before.run)
        after = before
        if before.state not in SENDS:
            # Whoever ends between the state and the pacer is made good by this.
            self.plans.send(again, delay=_RESUMED_AGAIN)
            after = self._advance(before, Event.RESUMED, "resumed", reason="")
        self.lanes.resume(after)
        finish_if_done(account_id, broadcast_id, self.clock)
        return found(account_id, broadcast_id)

    def cancel(self, account_id: str, broadcast_id: str) -> Broadcast:
        """Stop a broadcast: before its start, or at the next ten recipients of each chunk."""
        before = found(account_id, broadcast_id)
        after = before
        if before.state != State.CANCELLED:
            after = self._advance(
                before, Event.CANCELLED, "cancelled", finished_at=self.clock.now()
            )
        if before.run:
            self.schedules.remove(broadcast_id, before.run)
        return after

    def dry_run(
        self,
        account: Account,
        broadcast: Broadcast,
        asked: Asked,
        go_on: Callable[[], bool],
    ) -> DryRun:
        """Count who would be sent it as things are, while there is time; nothing is kept.

        It is supposed to begin when it is asked for, otherwise when it is scheduled, or now. What
        is still being written is counted like a draft.
        """
        runs = DryRuns(self.clock, self.accounts)
        if asked.cursor:
            return runs.go_on(broadcast, asked.cursor, go_on)
        now = self.clock.now()
        if asked.schedule is not None:
            start = self._accepted(account, asked.schedule, now)
            return runs.begin(broadcast, start, _local_wall(asked.schedule), go_on)
        scheduled = broadcast.schedule_at is not None
        start = max(now, broadcast.schedule_at or now)
        return runs.begin(broadcast, start, broadcast.local_at if scheduled else "", go_on)

    @staticmethod
    def _advance(before: Broadcast, event: Event, done: str, **changes: Change) -> Broadcast:
        try:
            after = store.advance(before, event, **changes)
        except IllegalTransition:
            raise cannot(before, done) from None
        if after is None:
            raise changed_meanwhile()
        return after


def _seconds(wait: timedelta) -> int:
    """Round up to whole seconds, which is what queues count in."""
    return max(0, -(-wait // timedelta(seconds=1)))


def _local_wall(wanted: Schedule) -> str:
    return (wanted.wall or "") if wanted.recipient_local else ""


def _wall(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise bad_time("wall", "no_such_time", "There is no such day. Choose another.") from None
