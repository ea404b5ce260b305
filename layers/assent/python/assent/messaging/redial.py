"""When a call that nobody took is tried again: dated data. The hours are `consent.hours`.

A bounded number of attempts, wider apart each time. Not legal advice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from assent.messaging.providers import cause_of
from assent.messaging.providers.base import Failure
from assent.sms.words import POLICY

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=12)
"""How long an attempt that is due may wait for the hours in which calls are allowed."""
LOOK_AGAIN = timedelta(minutes=15)
"""How often it is looked whether they have begun."""


@dataclass(frozen=True, slots=True)
class Redial:
    """How often a call is tried again, and after which waits, since and until a day."""

    waits: Mapping[Failure, tuple[timedelta, ...]]
    source: str
    from_: date | None = None
    until: date | None = None

    def in_force(self, day: date) -> bool:
        """Tell whether it holds on a day; the last day is not included."""
        return (self.from_ or day) <= day and (self.until is None or day < self.until)


REDIALS = (
    Redial(
        waits=MappingProxyType(
            {
                Failure.NO_ANSWER: (30 * _MINUTE, 2 * _HOUR),
                Failure.ENGAGED: (5 * _MINUTE, 30 * _MINUTE),
            }
        ),
        source=POLICY,
    ),
)
"""The policies of all days. Failures that are not listed are final."""


def next_call(code: str, attempt: int, ended_at: datetime) -> datetime | None:
    """Say when to call again after an attempt that ended with a provider's code, or nothing."""
    cause = cause_of(code)
    day = ended_at.astimezone(UTC).date()
    policy = next((one for one in REDIALS if one.in_force(day)), None)
    waits = policy.waits.get(cause.failure, ()) if policy and cause else ()
    return ended_at + waits[attempt - 1] if attempt <= len(waits) else None
