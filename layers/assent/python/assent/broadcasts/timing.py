"""May this recipient be sent a broadcast now, and if not, when? Pure, from the dated rules.

The hours are `consent.hours`; caps, local times and slots are here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assent.broadcasts.checkpoints import GateName
from assent.broadcasts.local_times import latest
from assent.broadcasts.model import Broadcast, Otherwise
from assent.consent.hours import Whereabouts, opens_at
from assent.consent.rulebook import Cap

_SLOT, _EXACT = timedelta(minutes=15), timedelta(minutes=1)


SOONEST = timedelta(minutes=2)
"""How far ahead the moment is, at least, to which somebody is deferred."""


class Hold(StrEnum):
    """What holds a message back for a while."""

    QUIET_HOURS = "quiet_hours"
    CAP_REACHED = "cap_reached"
    LOCAL_TIME = "local_time"


@dataclass(frozen=True, slots=True)
class Wait:
    """Why not now, and from when on it may go; nothing where that cannot be said."""

    hold: Hold
    until: datetime | None
    evidence: dict[str, str]


def wait(
    broadcast: Broadcast, where: Whereabouts, now: datetime, sent: Sequence[datetime]
) -> Wait | None:
    """Say what holds a copy back now, or nothing. `sent` are the contact's latest broadcasts."""
    if broadcast.local_at and where.zones:
        then = latest(datetime.fromisoformat(broadcast.local_at), where.zones)
        if now < then:
            return Wait(Hold.LOCAL_TIME, then, {"zones": _named(where.zones)})
    if broadcast.quiet_hours != Otherwise.EXEMPT:
        opens = opens_at(where, now)
        if opens is None or opens > now:
            return Wait(Hold.QUIET_HOURS, opens, evidence(where, now))
    if broadcast.caps != Otherwise.EXEMPT:
        cap = where.cap(now)
        free = _free_at(cap, sent, now) if cap else None
        if cap and free and free > now:
            return Wait(Hold.CAP_REACHED, free, evidence(where, now) | {"cap": _words(cap)})
    return None


def passed(
    broadcast: Broadcast, where: Whereabouts, now: datetime, had: int
) -> dict[GateName, dict[str, str]]:
    """Say what each gate of time saw of a copy that it let through at a moment.

    `had` is how many broadcasts the contact had got in the time that the cap looks at.
    """
    exempt = {"otherwise": Otherwise.EXEMPT.value}
    cap = where.cap(now)
    return {
        GateName.LOCAL_TIME: {"local_at": broadcast.local_at, "zones": _named(where.zones)},
        GateName.QUIET_HOURS: exempt
        if broadcast.quiet_hours == Otherwise.EXEMPT
        else evidence(where, now),
        GateName.CAP: exempt
        if broadcast.caps == Otherwise.EXEMPT
        else ({"cap": _words(cap), "had": str(had)} if cap else {"cap": "none"}),
    }


def _words(cap: Cap) -> str:
    return f"{cap.messages} in {cap.hours} h"


def _free_at(cap: Cap, sent: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when the cap allows another, if it does not now."""
    span = timedelta(hours=cap.hours)
    counted = sorted(at for at in sent if at > now - span)
    # Where the rule counts each subject apart, all count here: nobody says what a text is about.
    return counted[-cap.messages] + span if len(counted) >= cap.messages else None


def slot(held: Wait, then: datetime, now: datetime) -> datetime:
    """Return the quarter of an hour, or for a local time the minute, in which to wake somebody.

    At least two minutes ahead: what is to be woken has to be written before.
    """
    step = _EXACT if held.hold == Hold.LOCAL_TIME else _SLOT
    return _next(max(then, now + SOONEST), step)


def soonest(now: datetime) -> datetime:
    """Return the first minute in which somebody can be woken; the same for all who ask in one."""
    return _next(now + SOONEST, _EXACT)


def _next(earliest: datetime, step: timedelta) -> datetime:
    beyond = earliest.timestamp() % step.total_seconds()
    return earliest + (step - timedelta(seconds=beyond) if beyond else timedelta())


def _named(zones: tuple[str, ...]) -> str:
    most = 3
    more = f" and {len(zones) - most} more" if len(zones) > most else ""
    return ", ".join(zones[:most]) + more


def evidence(where: Whereabouts, now: datetime) -> dict[str, str]:
    """Say where somebody may be, and by which rules hours and caps were judged at a moment."""
    rules = ", ".join(where.rules(now))
    return {"place": where.place, "zones": _named(where.zones), "rules": rules}
