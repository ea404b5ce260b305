"""Work that was let go, in pieces of at most a minute, each with a time of its own. Pure.

A turn lets go of parts of chunks. Where a part takes longer than a minute, it is sent as pieces,
so that the provider gets no more in a minute than the sender's rate. The lease keeps the parts;
their pieces are worked out of them again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from sys import maxsize

from assent.broadcasts.model import SendChunk
from assent.broadcasts.plans.model import SLICE
from assent.broadcasts.results import PENDING
from assent.platform.clock import from_stamp, stamp

_MINUTE = 60.0
_A_HAIR = 1e-6  # seconds are floating
_LATE = timedelta(seconds=5)  # a piece may come, without the next having to wait for that


@dataclass(frozen=True)
class Part:
    """A part of a chunk that was let go, and the moment at which its first recipient has a turn.

    `each` is for how many seconds a recipient keeps the sender busy.
    """

    account_id: str
    broadcast_id: str
    chunk: str
    begin: int
    upto: int
    at: datetime
    each: float = 0.0

    def written(self) -> str:
        """Write it short: the lease is written at every turn."""
        values = (self.account_id, self.broadcast_id, self.chunk, self.begin, self.upto, self.each)
        return " ".join((stamp(self.at), *map(str, values)))


def read(written: str) -> Part:
    """Read what `written` wrote."""
    at, account_id, broadcast_id, chunk, begin, upto, each = written.split(" ")
    return Part(account_id, broadcast_id, chunk, int(begin), int(upto), from_stamp(at), float(each))


def in_a_minute(each: float) -> int:
    """Return how many recipients make a piece: a minute's, in whole tens where there are tens."""
    if not each:
        return maxsize
    most = max(1, floor(_MINUTE / each + _A_HAIR))
    return most - most % SLICE if most > SLICE else most


def _is_long(recipients: int, each: float) -> bool:
    return recipients * each > _MINUTE + _A_HAIR


def pieces(part: Part, day: str) -> Iterator[tuple[SendChunk, datetime]]:
    """Cut a part into commands, each with its time; `day` is that on which it is counted.

    Only those of which there are several look at their time again: clocks may be wrong.
    """
    most = part.upto - part.begin
    several = _is_long(most, part.each)
    if several:
        most = in_a_minute(part.each)
    for begin in range(part.begin, part.upto, most) if most else [part.begin]:
        at = part.at + timedelta(seconds=(begin - part.begin) * part.each)
        command = SendChunk(
            account_id=part.account_id,
            broadcast_id=part.broadcast_id,
            chunk=part.chunk,
            upto=min(part.upto, begin + most),
            day=day,
            at=at if several else None,
            each=part.each,
        )
        yield command, at


@dataclass(frozen=True)
class Leg:
    """How far one visit to a chunk goes, and until when the chunk rests after it.

    A chunk that takes no longer than a minute does not rest.
    """

    upto: int
    rests: datetime | None = None


def leg(command: SendChunk, letters: str, rested: datetime | None, now: datetime) -> Leg:
    """Work out how far a visit goes, which begins now: a minute's work, whatever was late.

    `letters` are the whole chunk's. A visit that is a few seconds late does not put off the next.
    """
    if not _is_long(len(letters), command.each):
        return Leg(command.upto)
    pending = [at for at, letter in enumerate(letters[: command.upto]) if letter == PENDING]
    most = in_a_minute(command.each)
    upto = pending[most] if len(pending) > most else command.upto
    begun = max(at for at in (command.at, rested, now - _LATE) if at)
    return Leg(upto, begun + timedelta(seconds=min(most, len(pending)) * command.each))
