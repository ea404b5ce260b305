"""Schedules that are missing: what should go off, or should have, and would not.

Every schedule is noted before it is made. A check looks each hour at what is noted for the next
hours, and makes a schedule again that is not there; and at what is past, and sends what waits still
at once. Both only as long as somebody waits for it, and what is sent is safe to be sent twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import TypeAdapter

from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import SENDS, CheckDue, PlanBroadcast, State, WakeSlot
from assent.broadcasts.outcomes import store as outcomes
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import lane_of
from assent.broadcasts.schedules import store
from assent.broadcasts.schedules.store import Due
from assent.platform.clock import Clock, stamp
from assent.platform.observability import count, logger
from assent.platform.queues import Command, Sink

AHEAD = timedelta(hours=2)
"""How far ahead a schedule is looked for; longer than from one check to the next."""
SOON = timedelta(minutes=5)
"""What goes off within this may be going off now, by a clock that differs: it is left alone."""
LATE = timedelta(minutes=15)
"""How long after its time something that waits still is sent; what goes off takes a moment."""
_LOOKED_BACK = timedelta(days=7)
_RESERVE = 20_000  # milliseconds that must be left to look at one more
_PAGE = 100

_Sent = PlanBroadcast | WakeSlot
_COMMANDS: TypeAdapter[_Sent] = TypeAdapter(_Sent)


class Kept(Protocol):
    """What the check needs of a scheduler."""

    def put(self, broadcast_id: str, run: str, command: Command, at: datetime) -> None:
        """Have a command sent at a moment, by a name; doing it again changes nothing."""
        ...

    def sent(self, name: str) -> str | None:
        """Return the command that a schedule sends, as text; nothing when it is gone."""
        ...


@dataclass
class MissingCheck:
    """Makes missing schedules again, and sends what should have gone off; safe to repeat."""

    clock: Clock
    schedules: Kept
    plans: Sink

    def run(self, command: CheckDue, remaining: Callable[[], int]) -> str:
        """Look through as many as `remaining` milliseconds allow, then hand on; says what it did.

        What was missing is a metric, `MissingSchedules`, and a line of the log for each.
        """
        now, missing = self.clock.now(), 0
        for due, here in self._noted(now, command.due):
            if remaining() < _RESERVE:
                self.plans.send(CheckDue(due=here))
                return self._end("continued", missing)
            missing += self._look(due, now)
        return self._end("checked", missing)

    @staticmethod
    def _end(how: str, missing: int) -> str:
        if missing:
            count("MissingSchedules", missing)
        return f"{how}_{missing}_missing"

    @staticmethod
    def _noted(now: datetime, position: str) -> Iterator[tuple[Due, str]]:
        """Walk what is noted for the days that matter; each with the position to go on from."""
        first, _, after = position.partition("#")
        day, last = (now - _LOOKED_BACK).date(), (now + AHEAD).date()
        while day <= last:
            if first <= f"{day}":
                before = after if first == f"{day}" else ""
                for due in store.due_on(day, before, _PAGE):
                    yield due, f"{day}#{before}"
                    before = due.name
            day += timedelta(days=1)

    def _look(self, due: Due, now: datetime) -> bool:
        """Look at one schedule; true when it was missing."""
        if now - LATE <= due.at <= now + SOON or due.at > now + AHEAD:
            return False
        command = _COMMANDS.validate_json(due.command)
        waits = _waits(command)
        if due.at > now:
            if not waits or self.schedules.sent(due.name) is not None:
                return False
            self.schedules.put(due.broadcast_id, due.run, command, due.at)
            return self._told(due, "made_again")
        if not waits:
            store.delete_due(due)
            return False
        self.plans.send(command)
        return self._told(due, "sent_at_once")

    @staticmethod
    def _told(due: Due, done: str) -> bool:
        about = {"broadcast": due.broadcast_id, "at": stamp(due.at), "done": done}
        logger.warning("a schedule was missing", extra=about)
        return True


def _waits(command: _Sent) -> bool:
    """Tell whether somebody waits for a command: its broadcast to start, or people to be woken."""
    broadcast = definitions.broadcast(command.account_id, command.broadcast_id)
    if broadcast is None:
        return False
    if isinstance(command, PlanBroadcast):
        return broadcast.state == State.SCHEDULED and broadcast.run == command.run
    return broadcast.state in SENDS and _sleeps(broadcast.id, command.slot)


def _sleeps(broadcast_id: str, slot: str) -> bool:
    """Tell whether nobody of those deferred to a moment has been woken yet."""
    first = plans.sizes(broadcast_id, lane_of(slot), "", 1)
    if not first:
        return False
    standing = outcomes.standing(broadcast_id, first[0][0])
    return not standing.ended and not standing.letters
