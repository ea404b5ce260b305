"""The gates that a copy passes on its way to a contact: their names and their order. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assent.consent.model import Channel


class GateName(StrEnum):
    """A gate, by what it asks; in the order in which a copy that is sent comes to them."""

    AUDIENCE = "audience"  # in a chosen group, and in none that is left out
    CONTACT = "contact"  # still there
    LINE = "line"  # the number gets texts
    CONSENT = "consent"
    LOCAL_TIME = "local_time"
    QUIET_HOURS = "quiet_hours"
    CAP = "cap"
    TEXT = "text"  # everything that the text names is known
    SENDER = "sender"  # registered with its carriers
    OPT_OUT = "opt_out"  # read strongly consistent, after the claim
    PROVIDER = "provider"
    MEMBERSHIP = "membership"  # nobody took the contact out of the group's reach


class GateSeen(BaseModel):
    """One gate of one copy, with what it saw. `passed` is nothing while nobody can say."""

    model_config = ConfigDict(frozen=True)

    name: GateName
    passed: bool | None
    evidence: dict[str, str]


_WAY = tuple(name for name in GateName if name != GateName.MEMBERSHIP)
_OF_TEXTS = frozenset({GateName.LINE})


def way(channel: Channel, *, local: bool) -> tuple[GateName, ...]:
    """Name the gates of a copy in their order, for a channel, and for local times or none."""
    return tuple(
        name
        for name in _WAY
        if (channel == Channel.SMS or name not in _OF_TEXTS)
        and (local or name != GateName.LOCAL_TIME)
    )


def before(gate: GateName, gates: Iterable[GateName]) -> list[GateName]:
    """Name the gates that a copy passes before it comes to this one."""
    passed: list[GateName] = []
    for name in gates:
        if name == gate:
            break
        passed.append(name)
    return passed
