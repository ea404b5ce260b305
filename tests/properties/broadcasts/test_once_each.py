"""Whatever fails in between, nobody gets two copies, and the report adds up."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynamodb.connection.base import Connection

from assent.broadcasts import model, plan, store
from assent.broadcasts.model import Broadcast, State, place_of
from assent.consent.model import Standing
from assent.contacts.groups.model import Group
from assent.contacts.groups.service import create_group
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.dispatch import from_reference
from assent.messaging.model import MessageState, RecordReceipt
from assent.messaging.providers import PROVIDERS
from assent.messaging.providers.base import Credentials, Outgoing, Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from assent.platform import settings as platform_settings
from assent.platform.queues import Command, Outbox
from tests.fakes import FakeProvider, World
from tests.unit.broadcasts.desk import AMPLE, Desk, ample

BUSY = Refused("20429", CAUSES["30008"], retry=True)
RECEIPTS = (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED)


class Crash(Exception):
    """The process ended here."""


class Turn(StrEnum):
    """What happens at a call to something outside the process."""

    LOST = "lost"  # the process ends before it
    UNHEARD = "unheard"  # it takes effect, and the process ends before the answer
    OVERTAKEN = "overtaken"  # the same command, delivered twice, is handled meanwhile


@dataclass
class Fate:
    """Decides at which calls something happens: so many calls after the one before.

    What is outside the process (tables, queues, the provider) keeps what it was given.
    """

    turns: list[tuple[int, Turn]] = field(default_factory=list)
    calls: int = 0
    meanwhile: Callable[[], object] = lambda: None

    def call(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401 -- whatever the call returns
        self.calls += 1
        if not self.turns or self.calls < self.turns[0][0]:
            return act()
        _, turn = self.turns.pop(0)
        self.calls = 0
        if turn == Turn.OVERTAKEN:
            self.meanwhile()
            return act()
        if turn == Turn.UNHEARD:
            act()
        raise Crash


@dataclass
class FatefulOutbox(Outbox):
    """A queue that may take a command and lose its answer."""

    fate: Fate

    def __post_init__(self) -> None:
        super().__init__()

    def send(self, command: Command, delay: int = 0) -> None:
        self.fate.call(lambda: Outbox.send(self, command, delay))

    def send_all(self, commands: Iterable[tuple[Command, int]]) -> None:
        self.fate.call(lambda: Outbox.send_all(self, commands))


@dataclass
class FatefulProvider(FakeProvider):
    """A provider that is busy for some, silent to others, and may be cut off at any time."""

    fate: Fate = field(default_factory=Fate)
    busy: Counter[str] = field(default_factory=Counter)
    silent: set[str] = field(default_factory=set)

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        if self.busy[outgoing.phone]:
            self.busy[outgoing.phone] -= 1
            raise BUSY
        taken = self.fate.call(lambda: FakeProvider.send(self, credentials, outgoing))
        if outgoing.phone in self.silent:
            raise Unanswered("timeout")
        return str(taken)


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, FatefulProvider]:
    """A desk with small chunks, on which anything may break."""
    monkeypatch.setenv("GROUP_SHARDS", "2")
    platform_settings.current.cache_clear()
    monkeypatch.setattr(plan, "CHUNK", 4)
    monkeypatch.setattr(plan, "_ANNOUNCE", 2)
    monkeypatch.setattr(model, "SLICE", 2)
    provider = FatefulProvider()
    monkeypatch.setitem(PROVIDERS, "twilio", provider)
    desk = Desk(world)
    desk.queue = FatefulOutbox(provider.fate)
    desk.planner.plans = desk.planner.chunks = desk.fanout.chunks = desk.queue
    desk.service.plans = desk.queue
    whole = Connection._make_api_call

    def call(connection: Connection, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        return provider.fate.call(lambda: whole(connection, name, arguments))

    monkeypatch.setattr(Connection, "_make_api_call", call)
    return desk, provider


@dataclass
class Plot:
    """One story: who there is, and what goes wrong."""

    people: list[tuple[set[int], bool, Standing]]  # chosen groups, in the minus group, consent
    turns: list[tuple[int, Turn]]
    busy: list[int]
    silent: list[int]
    short: list[bool]  # which visits have little time
    repeats: float
    seed: int


PEOPLE = st.tuples(
    st.sets(st.integers(0, 2), min_size=1),
    st.booleans(),
    st.sampled_from([Standing.SUBSCRIBED, Standing.SUBSCRIBED, Standing.NONE]),
)
PLOTS = st.builds(
    Plot,
    people=st.lists(PEOPLE, max_size=10),
    turns=st.lists(st.tuples(st.integers(1, 40), st.sampled_from(Turn)), max_size=8),
    busy=st.lists(st.integers(0, 9), max_size=3),
    silent=st.lists(st.integers(0, 9), max_size=2),
    short=st.lists(st.booleans(), max_size=4),
    repeats=st.sampled_from([0.0, 0.3, 0.6]),
    seed=st.integers(0, 10_000),
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plot=PLOTS)
def test_nobody_gets_two_copies_and_the_sums_are_exact(
    stage: tuple[Desk, FatefulProvider], plot: Plot
) -> None:
    """B6, B3, S6: doubled and redelivered commands, crashes at any call, receipts in any order."""
    desk, provider = stage
    chosen, minus, people = audience(desk, plot)
    started = desk.start(*chosen, minus=(minus,))
    provider.sent.clear()
    provider.busy = Counter(people[i][0].phone for i in plot.busy if i < len(people))
    provider.silent = {people[i][0].phone for i in plot.silent if i < len(people)}
    provider.fate.turns.extend(plot.turns)
    provider.fate.calls = 0
    play(desk, provider, plot)
    provider.fate.turns.clear()

    copies = Counter(outgoing.phone for outgoing in provider.sent)
    assert not [phone for phone, count in copies.items() if count > 1]
    recipients = {
        contact.id for contact, left_out, ok in people if ok == Standing.SUBSCRIBED and not left_out
    }
    assert {c.phone for c, _, _ in people if c.id not in recipients}.isdisjoint(copies)
    assert plot.turns or len(copies) == len(recipients)
    done = desk.fresh(started)
    assert done.state == State.FINISHED
    check_report(desk, done, people, recipients)
    check_states(desk, done, recipients, overtaken=Turn.OVERTAKEN in dict(plot.turns).values())


def audience(
    desk: Desk, plot: Plot
) -> tuple[list[Group], Group, list[tuple[Contact, bool, Standing]]]:
    """Make the groups and the people of a story."""
    account = desk.world.a
    desk.clock.advance(seconds=1)
    tag = desk.clock.now().isoformat()
    chosen = [create_group(account, f"{tag} {n}", desk.clock) for n in range(3)]
    minus = create_group(account, f"{tag} minus", desk.clock)
    people = [
        (
            desk.person(
                *(chosen[n] for n in sorted(groups)),
                *([minus] if left_out else []),
                standing=standing,
            ),
            left_out,
            standing,
        )
        for groups, left_out, standing in plot.people
    ]
    return chosen, minus, people


def play(desk: Desk, provider: FatefulProvider, plot: Plot) -> None:
    """Let the workers run, in any order, until nothing is left to do."""
    chance = random.Random(plot.seed)  # noqa: S311 -- a story, not a secret
    short = list(plot.short)
    told = 0
    while desk.queue.sent:
        at = chance.randrange(len(desk.queue.sent))
        command, delay = desk.queue.sent.pop(at)
        desk.clock.advance(seconds=delay)
        # A visit with little time gets somewhere, and then has to hand on.
        left = [AMPLE] * 2 if short and short.pop() else [AMPLE] * 500
        visit = iter(left)
        provider.fate.meanwhile = partial(attempt, desk, command, ample)
        if attempt(desk, command, partial(next, visit, 0)) and chance.random() < plot.repeats / 2:
            desk.queue.sent.append((command, 0))
        for outgoing in provider.sent[told:]:
            desk.queue.sent.extend((receipt, 0) for receipt in receipts(desk, outgoing, chance))
        told = len(provider.sent)


def attempt(desk: Desk, command: Command, remaining: Callable[[], int]) -> bool:
    """Handle a command, which comes back when the process ends before it is done."""
    try:
        desk.handle(command, remaining)
    except Crash:
        desk.queue.sent.append((command, 0))
        return False
    return True


def receipts(desk: Desk, outgoing: Outgoing, chance: random.Random) -> list[RecordReceipt]:
    """Have the provider say some things about a message, not always in order."""
    place = from_reference(outgoing.status_url.partition("ref=")[2])
    assert place is not None
    return [
        RecordReceipt(
            place=place,
            connection_id=desk.world.a.id,
            provider_message_id="SM1",
            state=state,
            received_at=desk.clock.now(),
        )
        for state in chance.choices(RECEIPTS, k=chance.randrange(4))
    ]


def check_report(
    desk: Desk,
    done: Broadcast,
    people: list[tuple[Contact, bool, Standing]],
    recipients: set[str],
) -> None:
    """The report agrees with itself, with the people and with each message's own state."""
    report = desk.report(done)
    assert report.planned == len(people)
    assert report.planned == report.sent + report.failed + report.unknown + sum(
        report.excluded.values()
    )
    left_out = sum(minus for _, minus, _ in people)
    expected = {
        "minus_group": left_out,
        "no_consent": len(people) - left_out - len(recipients),
    }
    assert report.excluded == {reason: count for reason, count in expected.items() if count}
    raw = store.totals(done.id)
    assert all(count >= 0 for count in raw.values())
    assert raw["ended"] == done.chunks


def check_states(desk: Desk, done: Broadcast, recipients: set[str], *, overtaken: bool) -> None:
    """The report says of the recipients what their messages say.

    Where two workers had the same chunk at once, a message may be sent that the faster of them
    had to call unknown, and without a receipt it stays so.
    """
    report = desk.report(done)
    rows = [messages.row(place_of(done, contact_id)) for contact_id in recipients]
    states = Counter(row.state for row in rows if row)
    assert report.delivered == states[MessageState.DELIVERED]
    assert report.failed == states[MessageState.FAILED]
    if not overtaken:
        assert report.unknown == states[MessageState.UNKNOWN]
        assert report.sent == states[MessageState.DELIVERED] + states[MessageState.SENT]
