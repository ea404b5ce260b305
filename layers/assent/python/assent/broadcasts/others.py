"""Other broadcasts of an account that may reach a contact at the same moment as one of them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import STARTED, Broadcast, State

_LATEST = 20
"""Broadcasts of the account that are looked at: two read units."""
_SOON = timedelta(minutes=2)  # more than a visit to a chunk takes


@dataclass
class Others:
    """How many they are; looked up once, and only where it is asked for."""

    broadcast: Broadcast
    _number: int | None = field(default=None, init=False)

    def at(self, now: datetime) -> int:
        """Say how many others are on their way, or start within a visit's time."""
        if self._number is None:
            latest = definitions.broadcasts(self.broadcast.account_id, None, _LATEST)
            others = (one for one in latest if one.id != self.broadcast.id)
            self._number = sum(_meets(one, now) for one in others)
        return self._number


def _meets(other: Broadcast, now: datetime) -> bool:
    if other.state == State.SCHEDULED:
        return other.schedule_at is not None and other.schedule_at <= now + _SOON
    return other.state in STARTED
