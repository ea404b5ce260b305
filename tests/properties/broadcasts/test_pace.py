"""The law of pace: what reaches a provider never runs ahead of its sender by more than one piece.

Over any stretch of time, the copies that reach the provider keep their senders busy for no longer
than that stretch, one piece (a minute at most, or one copy), and a second: queues count in whole
ones. So within any minute no more goes out than a minute's messages and one piece, and nothing of a
slow sender's comes early.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.accounts import store as accounts
from assent.accounts.model import Sender
from assent.broadcasts import plan
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import Broadcast, SendChunk, State
from assent.broadcasts.pacing import model as pacing
from assent.broadcasts.pacing import pieces
from assent.broadcasts.pacing import store as leases
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import Chunk, planned_key
from assent.broadcasts.progress import report
from assent.broadcasts.results import Report
from assent.messaging.providers.base import Credentials, Outgoing
from assent.platform import settings as platform_settings
from assent.platform.clock import FixedClock
from bench import doors
from bench.doors import Watch
from bench.million import Line
from bench.tables import Tables
from tests.conftest import environment
from tests.fakes import FakeProvider, World
from tests.unit.broadcasts.desk import Desk

MINUTE, SECOND = 60.0, 1.0
LATE = 7.0  # seconds by which a piece may be late without the next having to wait, clocks included
A_HAIR = 1e-3  # moments are kept to the millisecond


@dataclass
class Given:
    """What reached a provider: when, and for how many seconds each keeps its sender busy."""

    times: list[tuple[datetime, float]] = field(default_factory=list)

    def ahead(self) -> float:
        """Return by how many seconds of work it ran ahead, over whichever stretch that is most."""
        furthest = done = lowest = 0.0
        began = self.times[0][0]
        for at, seconds in self.times:
            passed = (at - began).total_seconds()
            lowest = min(lowest, done - passed)
            done += seconds
            furthest = max(furthest, done - passed - lowest)
        return furthest


def piece_of(each: float, chunk: int) -> float:
    """Return for how many seconds the longest piece keeps its sender busy: a minute, or a copy."""
    return max(each, min(chunk * each, MINUTE))


@contextmanager
def stub() -> Iterator[tuple[World, Desk, Line]]:
    """Give an empty world whose tables are dictionaries, and one queue for all."""
    variables = environment() | {"AWS_DEFAULT_REGION": "us-east-1"}
    with patch.dict("os.environ", variables), doors.between(Tables(), Watch()):
        world = World(platform_settings.current(), FakeProvider())
        desk, line = Desk(world), Line(world)
        desk.feed(line)  # type: ignore[arg-type]
        yield world, desk, line


@dataclass(frozen=True)
class Waiting:
    """One broadcast that waits: its sender's rate, how much a copy counts as, its chunks."""

    rate: float
    segments: int
    chunks: list[int]


RATES = st.one_of(
    st.sampled_from([0.2, 0.5, 1.0, 3.0, 7.0, 100.0]), st.floats(0.01, 20.0, allow_nan=False)
)
WAITING = st.builds(
    Waiting,
    rate=RATES,
    segments=st.integers(1, 4),
    chunks=st.lists(st.integers(1, 300), min_size=1, max_size=5),
)


def running(desk: Desk, number: int, waiting: Waiting, campaign: str) -> Broadcast:
    """Put a broadcast with chunks in line, from a sender of a campaign."""
    world = desk.world
    sender = Sender.model_validate(
        {
            **world.sender.model_dump(),
            "id": f"sn_{number}",
            "campaign": campaign,
            "messages_per_second": waiting.rate,
        }
    )
    accounts.put_sender(sender)
    made = Broadcast(
        id=f"bc_{number}",
        account_id=world.a.id,
        name="x",
        channel="sms",
        sender_id=sender.id,
        groups=[],
        minus_groups=[],
        template="x",
        segments=waiting.segments,
        state=State.RUNNING,
        created_by="Olga",
        created_at=desk.clock.now(),
        started_at=desk.clock.now(),
        chunks=len(waiting.chunks),
        pace=campaign,
    )
    definitions.put_broadcast(made)
    for step, size in enumerate(waiting.chunks):
        members = [f"ct_{'0' * 20}{at:06}" for at in range(size)]
        plans.put_chunk(made.id, Chunk(key=planned_key(step), members=members))
    desk.lanes.join(made)
    return made


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(lines=st.lists(WAITING, min_size=1, max_size=4), seed=st.integers(0, 999))
def test_no_pacer_lets_more_go_than_its_senders_rate(lines: list[Waiting], seed: int) -> None:
    """B7, line 6: broadcasts and senders of one campaign, turns that come twice, late joins."""
    chance = random.Random(seed)  # noqa: S311 -- a story, not a secret
    with stub() as (_, desk, line):
        made = {
            one.id: waiting
            for number, waiting in enumerate(lines)
            for one in [running(desk, number, waiting, "C1")]
        }
        reached: dict[tuple[str, str], int] = {}
        seen = Given()
        while command := line.pop():
            if not isinstance(command, SendChunk):
                desk.handle(command)
                if chance.random() < 0.1:
                    line._put(command, chance.choice([0, 1, 30, 730]))
                continue
            if command.at:
                assert desk.clock.now() >= command.at - timedelta(seconds=A_HAIR)
            waiting = made[command.broadcast_id]
            place = command.broadcast_id, command.chunk
            copies = command.upto - reached.get(place, 0)
            each = waiting.segments / waiting.rate
            seen.times += [(desk.clock.now(), each)] * max(0, copies)
            reached[place] = max(reached.get(place, 0), command.upto)
        whole = {
            (one, planned_key(step)): size
            for one, waiting in made.items()
            for step, size in enumerate(waiting.chunks)
        }
        assert reached == whole
        longest = max(piece_of(one.segments / one.rate, max(one.chunks)) for one in lines)
        assert seen.ahead() <= longest + SECOND + A_HAIR


class Ended(BaseException):
    """The process of a worker ended here."""


class Watched(FakeProvider):
    """A provider that knows when it got what, and at which copies a worker ends there."""

    def __init__(self, each: float, ends: list[int]) -> None:
        super().__init__()
        self.each, self.clock, self.ends = each, FixedClock(), ends
        self.given = Given()

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        self.given.times.append((self.clock.now(), self.each))
        taken = super().send(credentials, outgoing)
        if len(self.sent) in self.ends:
            raise Ended
        return taken


@dataclass
class Story:
    """One broadcast as it is played: messages come twice, or late, and workers end."""

    people: int
    rate: float
    chunk: int
    seed: int
    lateness: float = 0.0
    ends: list[int] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def play(self) -> "Watched":
        """Play to the end; returns the provider, which saw it."""
        provider = Watched(1 / self.rate, self.ends)
        with (
            patch.object(plan, "CHUNK", self.chunk),
            patch.object(pacing, "CHUNK", self.chunk),
            stub() as (world, desk, line),
            patch.dict("assent.messaging.dispatch.PROVIDERS", {"twilio": provider}),
            patch("assent.messaging.dispatch.credentials", lambda _, of: provider.credentials(of)),
        ):
            provider.clock = desk.clock
            accounts.put_sender(world.sender.model_copy(update={"messages_per_second": self.rate}))
            world.accounts.forget_sender(world.sender.id)
            group = world.group()
            desk.people(group, self.people)
            wanted = desk.wanted(group, quiet_hours="exempt", caps="exempt")
            made = desk.begin(desk.drafts.create(world.a, wanted, by="Olga"))
            self._work(desk, line, made)
        return provider

    def _work(self, desk: Desk, line: Line, made: Broadcast) -> None:
        chance = random.Random(self.seed)  # noqa: S311 -- a story, not a secret
        repeats = self.people
        while command := line.pop():
            if isinstance(command, SendChunk):
                desk.clock.advance(seconds=chance.random() * self.lateness)
            try:
                desk.handle(command)
            except Ended:
                line.send(command, 730)  # as its queue hides a message
            if repeats and chance.random() < 0.2:
                repeats -= 1
                line.send(command, chance.choice([0, 3, 60, 730]))
            self.reports.append(report(desk.fresh(made)))

    @property
    def longest(self) -> float:
        """Return for how many seconds the longest piece keeps the sender busy."""
        return piece_of(1 / self.rate, self.chunk)


@pytest.mark.thorough
@settings(max_examples=25, deadline=None)
@given(
    story=st.builds(
        Story,
        people=st.integers(1, 90),
        rate=RATES,
        chunk=st.integers(5, 60),
        seed=st.integers(0, 999),
        lateness=st.just(0.0),
        ends=st.just([]),
        reports=st.builds(list[Report]),
    )
)
def test_what_reaches_the_provider_keeps_the_senders_rate(story: Story) -> None:
    """B7, B5: messages delivered twice; the live report moves with the copies, never backwards."""
    provider = story.play()
    assert provider.given.ahead() <= story.longest + SECOND + A_HAIR
    sent = [one.sent for one in story.reports]
    assert sent == sorted(sent)
    assert story.reports[-1] == Report(planned=story.people, sent=story.people)
    assert len({one.phone for one in provider.sent}) == len(provider.sent) == story.people


@pytest.mark.thorough
@settings(max_examples=25, deadline=None)
@given(
    story=st.builds(
        Story,
        people=st.integers(20, 60),
        rate=st.floats(0.02, 0.9),
        chunk=st.just(60),
        seed=st.integers(0, 999),
        lateness=st.just(20.0),
        ends=st.lists(st.integers(1, 60), max_size=3),
        reports=st.builds(list[Report]),
    )
)
def test_a_chunk_that_is_late_is_not_made_up_for_at_once(story: Story) -> None:
    """B7, B6: workers end in its midst, and messages are late; a minute takes a minute's work."""
    provider = story.play()
    assert provider.given.ahead() <= story.longest + LATE + SECOND + A_HAIR
    last = story.reports[-1]
    assert last.sent + last.unknown == last.planned == story.people
    assert last.unknown <= 10 * len(story.ends)
    # Who was claimed when a worker ended, and not given to the provider, is unknown as well.
    assert len({one.phone for one in provider.sent}) == len(provider.sent) >= last.sent


@pytest.mark.thorough
def test_a_slow_senders_report_moves_with_its_pieces_and_is_counted_at_the_end() -> None:
    """B5: what is recorded and not counted yet is shown, and nobody is counted twice."""
    story = Story(people=60, rate=0.5, chunk=60, seed=0)
    story.play()
    assert sorted({one.sent for one in story.reports}) == [0, 30, 60]


@pytest.mark.thorough
def test_a_lease_of_a_slow_sender_costs_one_write() -> None:
    """Line 6: two broadcasts of 300 at one a second; below 1 KB."""
    with stub() as (_, desk, line):
        for number in range(2):
            running(desk, number, Waiting(1.0, 1, [300, 300]), "C1")
        desk.handle(line.pop() or pytest.fail("no turn"))
        lease = leases.lease("C1")
        assert len(lease.released) == 1
        assert len(lease.lanes) == 2
        assert len(lease.model_dump_json()) < 800


@given(each=st.floats(0.001, 500.0), begin=st.integers(0, 300), more=st.integers(0, 300))
def test_pieces_cover_their_part_and_are_written_whole(each: float, begin: int, more: int) -> None:
    """B7: no recipient is left out, none is in two, each piece begins when the one before ends."""
    at = FixedClock().now()
    part = pieces.Part("ac_1", "bc_1", "p000000", begin, begin + more, at, each)
    assert pieces.read(part.written()) == part
    found = list(pieces.pieces(part, "2026-01-05"))
    assert found[-1][0].upto == begin + more
    assert all(command.at == then for command, then in found if len(found) > 1)
    bounds = [begin, *(command.upto for command, _ in found)]
    for (command, then), low in zip(found, bounds, strict=False):
        assert then == at + timedelta(seconds=(low - begin) * each)
        assert (command.upto - low) * each <= max(MINUTE, each) + A_HAIR
