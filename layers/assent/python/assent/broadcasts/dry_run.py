"""The dry run: who would be sent a broadcast, when, and who not and why; counted in pieces.

It is the plan's own walk and the gates of the send, without a write. Where the audience is too
large for one answer, the figures go on from a cursor that holds all of them.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from assent.accounts.model import Sender
from assent.accounts.service import AccountService
from assent.broadcasts import forecast
from assent.broadcasts.audience import Audience
from assent.broadcasts.costs import Cost, cost, units_of
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.gates import Gates, LeftOut, latest_broadcasts
from assent.broadcasts.model import Broadcast
from assent.broadcasts.plans.model import Cursor
from assent.broadcasts.results import Counts, Exclusion, excluded_column
from assent.broadcasts.text import VARIABLES
from assent.broadcasts.timing import Hold
from assent.consent.model import Channel
from assent.consent.rulebook import Cap
from assent.contacts.model import Recipient
from assent.messaging.prices import country_of
from assent.platform.clock import Clock, from_stamp, stamp
from assent.platform.errors import Invalid
from assent.sms import templates
from assent.sms.segments import segment

_AT_ONCE = 300
"""How many members are looked at together, between two looks at the time that is left."""
_MOST_WAITS = 48
"""How many moments are told apart; those that do not fit are counted without one."""
_LOOKED_THROUGH = 500
"""How many of an account's broadcasts are looked through for those that ran lately."""
_GONE_BY, _AHEAD = timedelta(days=-2), timedelta(days=370)
"""How far the start that a cursor supposes may be away, before it is out of date."""
_ATTEMPTS = 3  # the most that one broadcast by call counts as, in the cap of a contact


class Waiting(BaseModel):
    """So many recipients who wait: for what, until when, and what clocks show at their place then.

    Without a moment: those beyond the moments that are told apart.
    """

    model_config = ConfigDict(frozen=True)

    reason: Hold
    at: datetime | None
    local: str
    recipients: int


class DryRun(BaseModel):
    """Who would be sent a broadcast: `total` minus each exclusion is `to_be_sent`.

    Of those, `at_once` are sent to when it begins, as fast as the sender may; the others are
    `waiting`. `messages` are the segments of all copies, or the minutes of all calls, and `cost` is
    what they cost; nothing where the sender is gone. `ends_at` is when the last would be sent at
    the sender's rate and daily cap, if nothing else is sent from it and no hours close meanwhile;
    nothing where that is more than a year away.

    Where the audience is too large for one answer, `complete` is false: ask again with the cursor,
    and the figures go on from there.
    """

    model_config = ConfigDict(frozen=True)

    complete: bool
    total: int
    to_be_sent: int
    at_once: int
    waiting: list[Waiting]
    excluded: dict[str, int]
    messages: int
    cost: Cost | None
    begins_at: datetime
    ends_at: datetime | None
    cursor: str | None = None


class _Figures(BaseModel):
    """Where the walk is, and what was counted on the way; all of it lies in the cursor."""

    model_config = ConfigDict(frozen=True)

    plan: Cursor = Cursor()
    start: AwareDatetime
    local_at: str = ""
    excluded: Counts = {}
    at_once: int = 0
    waits: Counts = {}  # by reason, moment and clock
    messages: Counts = {}  # by the country of the number


@dataclass
class DryRuns:
    """Counts, piece by piece."""

    clock: Clock
    accounts: AccountService

    def begin(
        self, broadcast: Broadcast, start: datetime, local_at: str, go_on: Callable[[], bool]
    ) -> DryRun:
        """Count from the beginning, as if it began at a moment, while there is time."""
        return self._count(broadcast, _Figures(start=start, local_at=local_at), go_on)

    def go_on(self, broadcast: Broadcast, cursor: str, go_on: Callable[[], bool]) -> DryRun:
        """Count on from a cursor; raises `Invalid`."""
        figures = _read(cursor)
        if not _GONE_BY < figures.start - self.clock.now() < _AHEAD:
            raise _not_ours()
        return self._count(broadcast, figures, go_on)

    def _count(self, broadcast: Broadcast, figures: _Figures, go_on: Callable[[], bool]) -> DryRun:
        supposed = broadcast.model_copy(update={"local_at": figures.local_at})
        audience = Audience(self.clock, self.accounts, supposed, _AT_ONCE)
        piece = _Piece(supposed, figures, self.accounts.sender(broadcast.sender_id))
        cursor = figures.plan
        while not cursor.done and go_on():
            page, cursor = audience.step(cursor)
            piece.add(page.taken)
        return self._answer(supposed, piece.figures(cursor))

    def _answer(self, broadcast: Broadcast, now: _Figures) -> DryRun:
        excluded = {
            reason.value: number
            for reason in Exclusion
            if (
                number := now.plan.counts.get(excluded_column(reason), 0)
                + now.excluded.get(reason, 0)
            )
        }
        total = now.plan.counts.get("planned", 0)
        waiting = sorted(
            (_waiting(key, number) for key, number in now.waits.items()),
            key=lambda one: (one.at is None, one.at or now.start, one.reason),
        )
        sender = self.accounts.sender(broadcast.sender_id)
        return DryRun(
            complete=now.plan.done,
            total=total,
            to_be_sent=total - sum(excluded.values()),
            at_once=now.at_once,
            waiting=waiting,
            excluded=excluded,
            messages=sum(now.messages.values()),
            cost=cost(sender, broadcast.channel, now.messages, now.start.date())
            if sender
            else None,
            begins_at=now.start,
            ends_at=_ends_at(broadcast, now, waiting, sender) if sender else None,
            cursor=None if now.plan.done else _written(now),
        )


def _ends_at(
    broadcast: Broadcast, now: _Figures, waiting: Sequence[Waiting], sender: Sender
) -> datetime | None:
    last = max((one.at for one in waiting if one.at), default=now.start)
    work = [(now.start, now.at_once * broadcast.segments)]
    work += [(one.at or last, one.recipients * broadcast.segments) for one in waiting]
    return forecast.ends_at(now.start, work, forecast.pace(sender, now.start))


@dataclass
class _Piece:
    """Adds people to figures."""

    broadcast: Broadcast
    before: _Figures
    sender: Sender | None
    excluded: Counts = field(init=False)
    waits: Counts = field(init=False)
    messages: Counts = field(init=False)
    at_once: int = field(init=False)

    def __post_init__(self) -> None:
        figures = self.before
        self.excluded, self.waits = dict(figures.excluded), dict(figures.waits)
        self.messages, self.at_once = dict(figures.messages), figures.at_once
        template = templates.compile(self.broadcast.template, allowed=VARIABLES)
        sent = _Lately(self.broadcast.account_id, figures.start)
        self._gates = Gates(self.broadcast, template, figures.start, sent.broadcasts)

    def figures(self, plan: Cursor) -> _Figures:
        """Return what has been counted by now."""
        return self.before.model_copy(
            update={
                "plan": plan,
                "excluded": self.excluded,
                "waits": self.waits,
                "messages": self.messages,
                "at_once": self.at_once,
            }
        )

    def add(self, contact_ids: Sequence[str]) -> None:
        """Count what would become of some of the planned."""
        people = self._gates.people(contact_ids)
        for contact_id in contact_ids:
            contact = people.get(contact_id)
            found = forecast.turn(self._gates, contact, self.before.start)
            if isinstance(found, LeftOut):
                _add(self.excluded, found.reason.value)
                continue
            if found.hold is None or found.at is None:
                self.at_once += 1
            else:
                self._wait(found.hold, found.at, found.local)
            _add(
                self.messages, country_of(contact.phone) if contact else "", self._units(found.body)
            )

    def _units(self, body: str) -> int:
        """Say as how many segments, or minutes, a copy counts."""
        segments = len(segment(body).parts) if body else self.broadcast.segments
        if self.sender is None:
            return segments
        return units_of(self.sender, self.broadcast.channel, body, segments)

    def _wait(self, hold: Hold, at: datetime, local: str) -> None:
        key = f"{hold}@{stamp(at)}@{local}"
        full = len(self.waits) >= _MOST_WAITS
        _add(self.waits, f"{hold}@@" if full and key not in self.waits else key)


@dataclass
class _Lately:
    """Which broadcasts contacts got lately; nobody is looked up where too few ran for a cap."""

    account_id: str
    start: datetime
    _ran: dict[int, int] = field(default_factory=dict)  # by hours before the start

    def broadcasts(self, contact: Recipient, cap: Cap, now: datetime) -> Sequence[datetime]:
        """Say when a contact was sent broadcasts in the time that a cap looks at."""
        if cap.hours not in self._ran:
            since = self.start - timedelta(hours=cap.hours)
            self._ran[cap.hours] = _ran_since(self.account_id, since)
        enough = self._ran[cap.hours] >= cap.messages
        return latest_broadcasts(contact, cap, now) if enough else ()


def _ran_since(account_id: str, since: datetime) -> int:
    """Count how often a contact may have got a broadcast since, at the most."""
    found = definitions.broadcasts(account_id, None, _LOOKED_THROUGH)
    if len(found) == _LOOKED_THROUGH:
        return _LOOKED_THROUGH
    return sum(
        _ATTEMPTS if one.channel == Channel.VOICE else 1
        for one in found
        if one.started_at and (one.finished_at is None or one.finished_at >= since)
    )


def _add(counts: Counts, key: str, number: int = 1) -> None:
    counts[key] = counts.get(key, 0) + number


def _waiting(key: str, number: int) -> Waiting:
    hold, at, local = key.split("@")
    when = from_stamp(at) if at else None
    return Waiting(reason=Hold(hold), at=when, local=local, recipients=number)


def _written(figures: _Figures) -> str:
    return urlsafe_b64encode(figures.model_dump_json().encode()).decode().rstrip("=")


def _read(text: str) -> _Figures:
    try:
        return _Figures.model_validate_json(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, ValidationError):
        raise _not_ours() from None


def _not_ours() -> Invalid:
    return Invalid("invalid_cursor", "This cursor was not given out by us, or long ago.")
