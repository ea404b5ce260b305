"""Whatever fails in between, nobody gets two copies, and the report adds up."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynamodb.connection.base import Connection
from pynamodb.exceptions import PutError

from assent.broadcasts import fanout, plan
from assent.broadcasts.counters import store as counters
from assent.broadcasts.explanations.why import settled
from assent.broadcasts.failures import store as failures
from assent.broadcasts.failures.model import named
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
from assent.platform.errors import Conflict
from assent.platform.queues import Command, Outbox
from tests.fakes import FakeProvider, World
from tests.faults import Fault, Statements, inserting
from tests.unit.broadcasts.desk import AMPLE, Desk, ample

BUSY = Refused("429", CAUSES["30008"], retry=True)
REFUSED = Refused("21211", CAUSES["21211"], retry=False)
CODES = ("30003", "30007", "99999", "")
RECEIPTS = (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED)


class Crash(BaseException):
    """The process ended here: no `except` of the product's sees it."""


class Turn(StrEnum):
    """What happens at a call to something outside the process."""

    LOST = "lost"  # the process ends before it
    UNHEARD = "unheard"  # it takes effect, and the process ends before the answer
    OVERTAKEN = "overtaken"  # the same command, delivered twice, is handled meanwhile


class Steer(StrEnum):
    """What people do while it runs."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    STOP = "stop"  # one of the recipients texts it
    MOVE = "move"  # somebody comes into another chosen group


@dataclass
class Fate:
    """Decides at which calls something happens: so many calls after the one before.

    What is outside the process (tables, queues, the provider) keeps what it was given.
    """

    turns: list[tuple[int, Turn]] = field(default_factory=list)
    claiming: list[tuple[Fault | None, set[int]]] = field(default_factory=list)
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

    def insert(self, act: Callable[[dict[str, Any]], Any], statements: Statements) -> Any:  # noqa: ANN401 -- as above
        """Create items, with some of which something may go wrong."""
        fault, hit = self.claiming.pop() if self.claiming else (None, set[int]())
        told = inserting(
            lambda those: list(act({"Statements": those})["Responses"]), statements, fault, hit
        )
        return {"Responses": told}


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
    refused: set[str] = field(default_factory=set)

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        if self.busy[outgoing.phone]:
            self.busy[outgoing.phone] -= 1
            raise BUSY
        if outgoing.phone in self.refused:
            raise REFUSED
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
    monkeypatch.setattr(plan, "_SAVED", 2)
    monkeypatch.setattr(fanout, "SLICE", 2)
    provider = FatefulProvider()
    monkeypatch.setitem(PROVIDERS, "twilio", provider)
    desk = Desk(world)
    desk.queue = FatefulOutbox(provider.fate)
    desk.feed(desk.queue)
    whole = Connection._make_api_call

    def call(connection: Connection, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        act = partial(whole, connection, name)
        if name == "BatchExecuteStatement":
            insert = provider.fate.insert
            return provider.fate.call(lambda: insert(act, arguments["Statements"]))
        return provider.fate.call(lambda: act(arguments))

    monkeypatch.setattr(Connection, "_make_api_call", call)
    return desk, provider


@dataclass
class Plot:
    """One story: who there is, and what goes wrong."""

    people: list[tuple[set[int], bool, Standing]]  # chosen groups, in the minus group, consent
    turns: list[tuple[int, Turn]]
    claiming: list[tuple[Fault | None, set[int]]]  # what goes wrong with claims, and with which
    busy: list[int]
    silent: list[int]
    refused: list[int]
    short: list[bool]  # which visits have little time
    steps: list[tuple[int, Steer]]  # what people do, after so many commands more
    hour: int  # of the day, in New York, at which it starts
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
    claiming=st.lists(
        st.tuples(st.sampled_from([None, None, *Fault]), st.sets(st.integers(0, 1))), max_size=6
    ),
    busy=st.lists(st.integers(0, 9), max_size=3),
    silent=st.lists(st.integers(0, 9), max_size=2),
    refused=st.lists(st.integers(0, 9), max_size=2),
    short=st.lists(st.booleans(), max_size=4),
    steps=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(Steer)), max_size=5),
    hour=st.sampled_from([10, 10, 20, 23]),
    repeats=st.sampled_from([0.0, 0.3, 0.6]),
    seed=st.integers(0, 10_000),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plot=PLOTS)
def test_nobody_gets_two_copies_and_the_sums_are_exact(
    stage: tuple[Desk, FatefulProvider], plot: Plot
) -> None:
    """B6, B3, B4, B5, B8: redelivery, crashes at any call, STOPs, pauses, nights, receipts."""
    desk, provider = stage
    day = desk.clock.now() + timedelta(days=2)
    desk.clock.at = day.replace(hour=0, minute=0) + timedelta(hours=plot.hour + 5)
    chosen, minus, people = audience(desk, plot)
    started = desk.start(*chosen, minus=(minus,))
    provider.sent.clear()
    provider.busy = Counter(people[i][0].phone for i in plot.busy if i < len(people))
    provider.silent = {people[i][0].phone for i in plot.silent if i < len(people)}
    provider.refused = {people[i][0].phone for i in plot.refused if i < len(people)}
    provider.fate.turns.extend(plot.turns)
    provider.fate.claiming = list(plot.claiming)
    provider.fate.calls = 0
    story = Story(desk, provider, plot, started, chosen, [contact for contact, _, _ in people])
    story.play()
    provider.fate.turns.clear()

    copies = Counter(outgoing.phone for outgoing in provider.sent)
    assert not [phone for phone, count in copies.items() if count > 1]
    recipients = {
        contact.id for contact, left_out, ok in people if ok == Standing.SUBSCRIBED and not left_out
    }
    assert {c.phone for c, _, _ in people if c.id not in recipients}.isdisjoint(copies)
    assert story.late == []
    done = desk.fresh(started)
    assert done.state == (State.CANCELLED if story.cancelled else State.FINISHED)
    undisturbed = not (plot.turns or plot.steps or plot.claiming)
    reached = {c.phone for c, _, _ in people if c.id in recipients} - provider.refused
    assert not undisturbed or len(copies) == len(reached)
    check_report(desk, done, people)
    if undisturbed:
        check_exclusions(desk, done, people, recipients)
    check_states(desk, done, recipients, exact=not story.cancelled)


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


@dataclass
class Story:
    """One plot as it is played, until nothing is left to do."""

    desk: Desk
    provider: FatefulProvider
    plot: Plot
    started: Broadcast
    chosen: list[Group]
    people: list[Contact]
    cancelled: bool = False
    stopped: set[str] = field(default_factory=set)
    late: list[str] = field(default_factory=list)  # copies to people who had stopped before

    def play(self) -> None:
        """Let the workers run in any order, schedules go off, and people do what they do."""
        chance = random.Random(self.plot.seed)  # noqa: S311 -- a story, not a secret
        short, steps, told = list(self.plot.short), list(self.plot.steps), 0
        queue = self.desk.queue
        while True:
            if steps and (not queue.sent or steps[0][0] <= 0):
                self.steer(steps.pop(0)[1], chance)
            elif steps:
                steps[0] = (steps[0][0] - 1, steps[0][1])
            if not queue.sent:
                self.let_a_schedule_go_off()
            if not queue.sent and not steps:
                # Nothing is left to go wrong in; a paused broadcast is resumed, and goes on.
                self.provider.fate.turns.clear()
                if self.desk.fresh(self.started).state != State.PAUSED:
                    return
                self.desk.service.resume(*self.name())
            if not queue.sent:
                continue
            command, delay = queue.sent.pop(chance.randrange(len(queue.sent)))
            self.desk.clock.advance(seconds=delay)
            # A visit with little time gets somewhere, and then has to hand on.
            left = [AMPLE] * 2 if short and short.pop() else [AMPLE] * 500
            visit = iter(left)
            self.provider.fate.meanwhile = partial(attempt, self.desk, command, ample)
            handled = attempt(self.desk, command, partial(next, visit, 0))
            if handled and chance.random() < self.plot.repeats / 2:
                queue.sent.append((command, 0))
            for outgoing in self.provider.sent[told:]:
                self.arrived(outgoing, chance)
            told = len(self.provider.sent)

    def arrived(self, outgoing: Outgoing, chance: random.Random) -> None:
        if outgoing.phone in self.stopped:
            self.late.append(outgoing.phone)
        self.desk.queue.sent.extend((one, 0) for one in receipts(self.desk, outgoing, chance))

    def let_a_schedule_go_off(self) -> None:
        kept = self.desk.calendar.kept
        if kept:
            at, command = kept.pop(min(kept, key=lambda one: kept[one][0]))
            self.desk.clock.at = max(self.desk.clock.at, at)
            self.desk.queue.sent.append((command, 0))

    def name(self) -> tuple[str, str]:
        return self.started.account_id, self.started.id

    def calm(self, act: Callable[[], object]) -> bool:
        """Do something in which nothing goes wrong; false when it is refused."""
        turns, self.provider.fate.turns = self.provider.fate.turns, []
        try:
            act()
        except Conflict:
            return False
        finally:
            self.provider.fate.turns = turns
        return True

    def steer(self, step: Steer, chance: random.Random) -> None:
        service = self.desk.service
        match step:
            case Steer.PAUSE:
                self.calm(lambda: service.pause(*self.name(), "Olga"))
            case Steer.RESUME:
                self.calm(lambda: service.resume(*self.name()))
            case Steer.CANCEL:
                self.cancelled |= self.calm(lambda: service.cancel(*self.name()))
            case Steer.STOP if self.people:
                phone = chance.choice(self.people).phone
                self.calm(lambda: self.desk.world.text_only("STOP", phone))
                self.stopped.add(phone)
            case Steer.MOVE if self.people:
                self.calm(lambda: self.desk.join(chance.choice(self.people), self.chosen[0]))


def attempt(desk: Desk, command: Command, remaining: Callable[[], int]) -> bool:
    """Handle a command, which comes back when the process ends before it is done."""
    try:
        desk.handle(command, remaining)
    except (Crash, PutError):
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
            code=chance.choice(CODES) if state == MessageState.FAILED else "",
            received_at=desk.clock.now(),
        )
        for state in chance.choices(RECEIPTS, k=chance.randrange(4))
    ]


def check_report(desk: Desk, done: Broadcast, people: list[tuple[Contact, bool, Standing]]) -> None:
    """The report agrees with itself and with the people."""
    report = desk.report(done)
    assert report.planned == report.sent + report.failed + report.unknown + sum(
        report.excluded.values()
    )
    assert report.deferred == 0
    raw = counters.totals(done.id)
    assert all(count >= 0 for count in raw.values())
    if done.state == State.FINISHED:
        twice = report.excluded.get("planned_twice", 0)
        assert report.planned - twice == len(people)
        assert raw["ended"] == done.chunks
        assert raw["deferred"] == 0


def check_exclusions(
    desk: Desk,
    done: Broadcast,
    people: list[tuple[Contact, bool, Standing]],
    recipients: set[str],
) -> None:
    """Whom nothing happened to is excluded for what it is."""
    left_out = sum(minus for _, minus, _ in people)
    expected = {
        "minus_group": left_out,
        "no_consent": len(people) - left_out - len(recipients),
    }
    found = desk.report(done).excluded
    assert found == {reason: count for reason, count in expected.items() if count}


def check_states(desk: Desk, done: Broadcast, recipients: set[str], *, exact: bool) -> None:
    """The report says of the recipients what their messages say."""
    if done.started_at is None:
        return  # it was cancelled before anybody was chosen
    report = desk.report(done)
    rows = [messages.row(place_of(done, contact_id)) for contact_id in recipients]
    states = Counter(settled(messages.message(row)) for row in rows if row)
    assert report.delivered == states[MessageState.DELIVERED]
    assert report.failed == states[MessageState.FAILED]
    assert report.unknown == states[MessageState.UNKNOWN]
    failed = [row for row in rows if row and row.state == MessageState.FAILED]
    assert failures.failures(done.id) == Counter(named(row.reason) for row in failed)
    assert report.sent == states[MessageState.DELIVERED] + states[MessageState.SENT]
    if exact:
        assert states[MessageState.CLAIMED] == states[MessageState.RELEASED] == 0
