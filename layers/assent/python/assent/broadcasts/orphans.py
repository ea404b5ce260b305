"""Schedules that belong to nothing any more: they would do nothing, and count against a quota."""

from collections.abc import Iterable, Iterator

from pydantic import TypeAdapter, ValidationError

from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import PlanBroadcast, State, WakeSlot

_COMMANDS: TypeAdapter[PlanBroadcast | WakeSlot] = TypeAdapter(PlanBroadcast | WakeSlot)
_OVER = frozenset({State.DRAFT, State.FINISHED, State.CANCELLED, State.FAILED})


def orphans(kept: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the names of schedules that are of no use, each with the reason in plain words."""
    for name, sent in kept:
        reason = _orphaned(sent)
        if reason:
            yield name, reason


def _orphaned(sent: str) -> str | None:
    try:
        command = _COMMANDS.validate_json(sent)
    except ValidationError:
        return "what it sends is no command of ours"
    broadcast = definitions.broadcast(command.account_id, command.broadcast_id)
    if broadcast is None:
        return "there is no such broadcast"
    if broadcast.state in _OVER:
        return f"its broadcast is {broadcast.state}"
    if isinstance(command, PlanBroadcast) and broadcast.run != command.run:
        return "its broadcast was given another time"
    return None
