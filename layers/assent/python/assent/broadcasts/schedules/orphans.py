"""Schedules that belong to nothing any more: they would do nothing, and count against a quota.

A process that ends between a broadcast's end and the deletion of its schedule leaves one behind.
The daily check deletes those of broadcasts that are over for good: nobody can schedule these again,
so it never takes one away that somebody makes at the same moment. Those of drafts, and of times
that were changed, only are named: they go off once, do nothing, and delete themselves.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import CheckDue, CheckSchedules, PlanBroadcast, State, WakeSlot
from assent.platform.observability import count
from assent.platform.queues import Sink

RESERVE = 20_000
"""Milliseconds that must be left to look at one more schedule; with less, the check hands on."""

_Sent = PlanBroadcast | WakeSlot | CheckSchedules | CheckDue
_CHECKS = (CheckSchedules, CheckDue)  # the stage's own
_COMMANDS: TypeAdapter[_Sent] = TypeAdapter(_Sent)
_OVER = frozenset({State.FINISHED, State.CANCELLED, State.FAILED})


class Kept(Protocol):
    """What the check needs of a scheduler."""

    def page(self, page: str) -> tuple[list[str], str]:
        """List some names of schedules, and how the next page is called; empty for none."""
        ...

    def sent(self, name: str) -> str | None:
        """Return the command that a schedule sends, as text; nothing when it is gone."""
        ...

    def delete(self, name: str) -> None:
        """Delete a schedule by its name; one that is gone already is fine."""
        ...


@dataclass
class OrphanCheck:
    """Deletes the schedules of broadcasts that are over; safe to repeat."""

    schedules: Kept
    plans: Sink

    def run(self, command: CheckSchedules, remaining: Callable[[], int]) -> str:
        """Look through as many as `remaining` milliseconds allow, then hand on; says what it did.

        What is deleted is a metric, `OrphanedSchedules`: something left it behind.
        """
        deleted, page = 0, command.page
        while True:
            names, following = self.schedules.page(page)
            for name in names:
                if remaining() < RESERVE:
                    self.plans.send(CheckSchedules(page=page))
                    return self._end("continued", deleted)
                sent = self.schedules.sent(name)
                if sent is not None and _is_over(sent):
                    self.schedules.delete(name)
                    deleted += 1
            if not following:
                return self._end("checked", deleted)
            page = following

    @staticmethod
    def _end(how: str, deleted: int) -> str:
        if deleted:
            count("OrphanedSchedules", deleted)
        return f"{how}_{deleted}_deleted"


def orphans(kept: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the names of schedules that are of no use, each with the reason in plain words."""
    for name, sent in kept:
        reason = _orphaned(sent)
        if reason:
            yield name, reason


def _orphaned(sent: str) -> str | None:
    command = _command(sent)
    if command is None:
        return "what it sends is no command of ours"
    if isinstance(command, _CHECKS):
        return None
    broadcast = definitions.broadcast(command.account_id, command.broadcast_id)
    if broadcast is None:
        return "there is no such broadcast"
    if broadcast.state in _OVER or broadcast.state == State.DRAFT:
        return f"its broadcast is {broadcast.state}"
    if isinstance(command, PlanBroadcast) and broadcast.run != command.run:
        return "its broadcast was given another time"
    return None


def _is_over(sent: str) -> bool:
    """Tell whether a schedule's broadcast is over for good, or is not there."""
    command = _command(sent)
    if command is None or isinstance(command, _CHECKS):
        return False  # whoever made it is to look at it
    broadcast = definitions.broadcast(command.account_id, command.broadcast_id)
    return broadcast is None or broadcast.state in _OVER


def _command(sent: str) -> _Sent | None:
    try:
        return _COMMANDS.validate_json(sent)
    except ValidationError:
        return None
