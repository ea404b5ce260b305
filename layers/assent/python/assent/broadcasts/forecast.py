"""When the recipients of a broadcast would be sent it, and when the last of them.

What is said of each comes from the gates of the send itself, asked again at the moment to which
they defer it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from assent.accounts.model import Sender
from assent.broadcasts.gates import Gates, Later, LeftOut
from assent.broadcasts.model import Broadcast, Otherwise
from assent.broadcasts.pacing import store as pacing
from assent.broadcasts.pacing.model import day_of, next_day, pace_of
from assent.broadcasts.timing import Hold
from assent.consent.hours import Whereabouts, whereabouts, window
from assent.contacts.model import Recipient

_ROUNDS = 4  # a local time, then the hours, then the cap, and the hours again
_LONGEST = timedelta(days=366)
_A_HAIR = 1e-6  # seconds are floating


@dataclass(frozen=True, slots=True)
class Turn:
    """When a recipient has its turn: at once, or after what holds it back longest.

    `local` is what clocks show then where the contact may be, in the zone that comes last.
    """

    hold: Hold | None = None
    at: datetime | None = None
    local: str = ""
    body: str = ""


def turn(gates: Gates, contact: Recipient | None, start: datetime) -> Turn | LeftOut:
    """Say when a recipient would have its turn, if the broadcast began at a moment."""
    held: Later | None = None
    now, woken = start, False
    for _ in range(_ROUNDS):
        verdict = gates.judge(contact, now, woken=woken)
        if isinstance(verdict, LeftOut):
            return verdict
        if not isinstance(verdict, Later):
            return _turn(held, contact, verdict.body)
        held = verdict if verdict.hold else held
        now, woken = verdict.until, True
    return _turn(held, contact, "")


def _turn(held: Later | None, contact: Recipient | None, body: str) -> Turn:
    if held is None or contact is None:
        return Turn(body=body)
    # When a cap is free again differs from one to the next, by minutes that mean nothing there.
    told = held.hold != Hold.CAP_REACHED
    local = _last_clock(held.until, contact) if told else ""
    return Turn(held.hold, held.until, local, body)


def _last_clock(at: datetime, contact: Recipient) -> str:
    zones = whereabouts(contact.phone, contact.zone).zones
    return min(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for zone in zones).strftime(
        "%H:%M"
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a sender sends: messages a second, and how many of a day's are left, if limited.

    `hours` are those that it keeps to, if any.
    """

    rate: float
    daily_cap: int | None = None
    used_today: int = 0
    hours: Whereabouts | None = None


def pace(sender: Sender, at: datetime, hours: Whereabouts | None = None) -> Pace:
    """Say how fast a sender sends from a moment on, with what it has used of that day."""
    used = 0
    if sender.daily_cap is not None:
        lease = pacing.lease(pace_of(sender))
        used = max(0, lease.used - lease.returned) if lease.day == day_of(at) else 0
    return Pace(sender.messages_per_second, sender.daily_cap, used, hours)


def usual_hours(broadcast: Broadcast, sender: Sender, zone: str) -> Whereabouts | None:
    """Return whose hours a broadcast keeps to on the whole: those of its sender, in a zone.

    Nothing where it waits for no hours.
    """
    return whereabouts(sender.address, zone) if broadcast.quiet_hours == Otherwise.DEFER else None


def ends_at(
    start: datetime, work: Iterable[tuple[datetime, int]], at_pace: Pace
) -> datetime | None:
    """Say when so many messages, due at their moments, would be sent at a pace.

    Nothing where that takes more than a year, or its hours never open.
    """
    at, day = start, day_of(start)
    left = None if at_pace.daily_cap is None else max(0, at_pace.daily_cap - at_pace.used_today)
    for due, messages in sorted(work):
        at = max(at, due)
        rest = messages
        while rest:
            opened = window(at_pace.hours, at) if at_pace.hours else (at, start + _LONGEST)
            if opened is None or at >= start + _LONGEST:
                return None
            at, closes = opened
            if day_of(at) != day:
                day, left = day_of(at), at_pace.daily_cap
            if left == 0:
                at = next_day(at)
                continue
            fit = floor((closes - at).total_seconds() * at_pace.rate + _A_HAIR)
            if not fit and at_pace.hours:
                at = closes
                continue
            now = min(rest, max(1, fit), rest if left is None else left)
            at += timedelta(seconds=now / at_pace.rate)
            rest -= now
            left = None if left is None else left - now
    return at if at <= start + _LONGEST else None
