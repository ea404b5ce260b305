"""Lets a sender's work go: at most the next minutes', over all its broadcasts and workers.

Each pace has one lease. A turn reads it, lets go of work a minute ahead (a slow sender's: up to
three), each piece delayed to its place, and says when the next turn is. Chunks that wait are no
messages: they use up no receives, and nothing of them expires, however many days a broadcast takes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor

from assent.accounts.model import Sender
from assent.accounts.service import AccountService
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import SENDS, ReleaseWork, SendChunk, State
from assent.broadcasts.pacing import store
from assent.broadcasts.pacing.model import AHEAD, Lane, Lease, day_of, horizon_of, next_day
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import PLANNED
from assent.platform.clock import Clock, from_stamp, stamp
from assent.platform.queues import Sink

_SORTED = 20  # chunks sorted in one turn, none of which sends anything
_LONGEST_DELAY = 600  # seconds
_UNCUT = 1.5  # how much more than fits is let go, rather than cutting a chunk
_UNSENT = 1000.0  # recipients a second where nothing goes out
_DAY_IS_FULL = timedelta(minutes=10)  # until it is looked whether there is more room in it by now
_WAIT = timedelta(seconds=5)  # until a plan is asked again for chunks, while it has none
_SLACK = timedelta(seconds=1)  # queues count in whole seconds


@dataclass
class _Turn:
    """What one turn lets go, as it is worked out."""

    now: datetime
    until: datetime
    end: datetime  # beyond which nothing is let go yet
    day: str
    left: int | None  # of the day's messages; nothing where there is no limit
    used: int = 0
    work: list[tuple[SendChunk, datetime]] = field(default_factory=list)  # each with its time
    taken_up: list[tuple[str, str]] = field(default_factory=list)  # what had met a pause

    @property
    def full(self) -> bool:
        """Tell whether the time ahead, or the day, has no room any more."""
        return self.until >= self.end or self.left == 0

    def room(self, wanted: int, pace: "_Pace") -> int:
        """Say how many of so many recipients may be let go.

        A chunk is not cut for the sake of half a step: each piece costs writes of its own.
        """
        if self.full:
            return 0
        if self.left is not None and self.left < pace.segments:
            self.left = 0
            return 0
        seconds = (self.end - self.until).total_seconds()
        fits = max(1, floor(seconds * pace.rate / pace.segments + 1e-6))
        if wanted <= fits * _UNCUT:
            fits = wanted
        elif self.work:
            return 0  # the next turn has room for more of it
        return fits if self.left is None else min(fits, self.left // pace.segments)

    def let_go(self, command: SendChunk, recipients: int, pace: "_Pace") -> None:
        """Add a piece of work, and the time that it keeps the sender busy."""
        self.work.append((command.model_copy(update={"day": self.day}), self.until))
        messages = recipients * pace.segments
        self.until += timedelta(seconds=messages / pace.rate)
        self.used += messages
        if self.left is not None:
            self.left = max(0, self.left - messages)


@dataclass(frozen=True)
class _Pace:
    """Messages a second, and how many of them a copy counts as."""

    rate: float
    segments: int


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
        if command.turn < lease.turn - 1:
            return "taken"
        if lease.released and lease.handed_on < lease.turn:
            # Whoever took the last turn may have ended before all of it was sent on. Its own
            # message comes back later than the next turn, which writes over what was let go.
            self._hand_on(lease, [_released(one, lease.day) for one in lease.released])
        if command.turn < lease.turn:
            return "taken"
        now = self.clock.now()
        if lease.until and now < lease.until - AHEAD:
            self.plans.send(ReleaseWork(pace=lease.pace, turn=lease.turn), _delay(now, lease.until))
            return "early"
        return self._turn(lease, now)

    def _turn(self, lease: Lease, now: datetime) -> str:
        turn, lanes = self._work_out(lease, now)
        after = lease.model_copy(
            update={
                "turn": lease.turn + 1,
                "until": turn.until,
                "day": turn.day,
                "used": turn.used,
                "returned": 0,
                "lanes": lanes,
                "released": [_kept(command, at) for command, at in turn.work],
            }
        )
        if any(not lane.paused for lane in lanes):
            # Before the lease changes, so that no turn is ever the last while something waits.
            # A turn that comes too early, or twice, finds that out from the lease.
            wait = _delay(now, max(_next(turn), now + _SLACK))
            self.plans.send(ReleaseWork(pace=lease.pace, turn=lease.turn + 1), wait)
        elif not lease.lanes and not turn.work:
            return "idle"
        if not store.replace(lease, after):
            self.plans.send(ReleaseWork(pace=lease.pace, turn=lease.turn))
            return "changed_meanwhile"
        self._hand_on(after, turn.work)
        for broadcast_id, chunk in turn.taken_up:
            store.end_left(broadcast_id, chunk)
        return f"released_{len(turn.work)}" if turn.work else "nothing_to_release"

    def _hand_on(self, lease: Lease, work: list[tuple[SendChunk, datetime]]) -> None:
        """Send a turn's work to the workers, and note that this is done."""
        now = self.clock.now()
        self.chunks.send_all((command, _delay(now, at)) for command, at in work)
        if work:
            store.note_handed_on(lease)

    def _work_out(self, lease: Lease, now: datetime) -> tuple[_Turn, list[Lane]]:
        today = day_of(now)
        used = max(0, lease.used - lease.returned) if lease.day == today else 0
        senders = [found for lane in lease.lanes if (found := self._sender(lane))]
        # As they are now: somebody who waits for a day that is full may have made it longer.
        caps = [cap for one in senders if (cap := self._daily_cap(one)) is not None]
        rate = max((one.messages_per_second for one in senders), default=_UNSENT)
        end = now + horizon_of(rate)
        turn = _Turn(
            now=now,
            until=max(now, lease.until or now),
            # What is let go today is sent today, and counted there.
            end=min(end, next_day(now)) if caps else end,
            day=today,
            left=max(0, min(caps) - used) if caps else None,
            used=used,
        )
        whole: set[str] = set()
        lanes = self._share_out(list(self._lanes(lease.lanes, turn, whole)), turn, whole)
        return turn, lanes

    def _daily_cap(self, sender: Sender) -> int | None:
        if sender.daily_cap is not None:
            self.accounts.forget_sender(sender.id)
        now = self.accounts.sender(sender.id)
        return now.daily_cap if now else None

    def _lanes(self, lanes: list[Lane], turn: _Turn, whole: set[str]) -> Iterator[Lane]:
        """Yield the lanes that still have something to say, as their broadcasts are now.

        Broadcasts whose plan is complete go into `whole`, before their chunks are looked for: of
        those, what is not found then does not come.
        """
        for lane in lanes:
            broadcast = definitions.broadcast(lane.account_id, lane.broadcast_id)
            if broadcast is None or broadcast.state not in {*SENDS, State.PAUSED}:
                continue
            if broadcast.chunks is not None:
                whole.add(broadcast.id)
            if broadcast.state == State.PAUSED:
                yield lane.model_copy(update={"paused": True})
                continue
            yield lane.model_copy(
                update={"paused": False, "resumed": lane.resumed and self._take_up(lane, turn)}
            )

    def _take_up(self, lane: Lane, turn: _Turn) -> bool:
        """Let go again of what met a pause; true while the day has no room for some of it."""
        pace, waits = self._pace(lane), False
        for left in store.left(lane.broadcast_id):
            # A day that has just begun has room for whatever an earlier one had.
            no_room = turn.left is not None and left.waiting * pace.segments > turn.left
            if no_room and turn.used:
                waits = True
                continue
            turn.let_go(_command(lane, left.chunk, left.upto), left.waiting, pace)
            turn.taken_up.append((lane.broadcast_id, left.chunk))
        return waits

    def _share_out(self, lanes: list[Lane], turn: _Turn, whole: set[str]) -> list[Lane]:
        """Let go of a piece of each lane in turn, until the minute is full."""
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

    def _let_go(self, lane: Lane, chunk: str, size: int, turn: _Turn) -> Lane:
        """Let go of a piece of a chunk, as far as there is room; returns the lane after it."""
        pace = self._pace(lane)
        wanted = size - lane.upto
        if lane.sorts:
            if len(turn.work) >= _SORTED:
                return lane
            if wanted:
                turn.let_go(_command(lane, chunk, size), 0, pace)
            return lane.model_copy(update={"after": chunk, "upto": 0})
        more = min(wanted, turn.room(wanted, pace)) if wanted else 0
        if more:
            turn.let_go(_command(lane, chunk, lane.upto + more), more, pace)
        if more == wanted:
            return lane.model_copy(update={"after": chunk, "upto": 0})
        return lane.model_copy(update={"upto": lane.upto + more})

    def _pace(self, lane: Lane) -> _Pace:
        sender = self._sender(lane)
        # Where the sender is gone, each recipient is told so and nothing reaches a provider.
        return _Pace(sender.messages_per_second if sender else _UNSENT, lane.segments)

    def _sender(self, lane: Lane) -> Sender | None:
        return self.accounts.sender(lane.sender_id)


def _command(lane: Lane, chunk: str, upto: int) -> SendChunk:
    return SendChunk(
        account_id=lane.account_id, broadcast_id=lane.broadcast_id, chunk=chunk, upto=upto
    )


def _next(turn: _Turn) -> datetime:
    """Return when the next turn is due."""
    if turn.work or turn.until >= turn.end:
        return turn.until - AHEAD
    if turn.left == 0:
        return min(next_day(turn.now), turn.now + _DAY_IS_FULL)
    return turn.now + _WAIT


def _kept(command: SendChunk, at: datetime) -> str:
    """Write a piece of work with its time, short: the lease is written at every turn."""
    return " ".join(
        (
            stamp(at),
            command.account_id,
            command.broadcast_id,
            command.chunk,
            str(command.upto),
        )
    )


def _released(kept: str, day: str) -> tuple[SendChunk, datetime]:
    at, account_id, broadcast_id, chunk, upto = kept.split(" ")
    command = SendChunk(
        account_id=account_id, broadcast_id=broadcast_id, chunk=chunk, upto=int(upto), day=day
    )
    return command, from_stamp(at)


def _delay(now: datetime, then: datetime) -> int:
    """Return the seconds until a moment, no more than ten minutes: older messages are alarming."""
    return max(0, min(_LONGEST_DELAY, round((then - now).total_seconds())))
