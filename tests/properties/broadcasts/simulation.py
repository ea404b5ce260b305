"""Lambda and SQS played from a seed: workers side by side, interleaved at every call they make.

One worker moves at a time, and a dice says which, so the same seed plays the same story. Time is
the simulation's own. A worker may end at any call, before or after it took effect; its message
comes back when its visibility runs out. Messages are sometimes delivered twice.
"""

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from pynamodb.connection.base import Connection

from assent.messaging.providers.base import Credentials, Outgoing
from assent.platform.queues import Command
from tests.executors import AnyOrder
from tests.fakes import FakeProvider
from tests.unit.broadcasts.desk import AMPLE, Desk

_VISIBILITY = timedelta(seconds=730)
LAMBDAS = 4
_STEPS = 60_000
_REPEATED = 0.1


class Ended(BaseException):
    """The process of a worker ended here."""


@dataclass(order=True)
class Message:
    """A message of a queue, hidden until a moment."""

    visible_at: datetime
    number: int
    command: Command = field(compare=False)


class Worker:
    """A Lambda that has one message, as a thread that moves when it is told to."""

    def __init__(self, simulation: "Simulation", message: Message) -> None:
        self.message = message
        self.killed_after: int | None = None
        self.outcome = ""
        self.over = False
        # Where its latest strongly consistent look at an opt-out record began, by that record.
        self.looked: dict[str, int] = {}
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._simulation = simulation
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def move(self) -> None:
        """Let it go on to its next call."""
        self._go.release()
        self._back.acquire()

    def wait(self) -> None:
        """Wait at a call until it is told to go on; it may be ended there."""
        self._back.release()
        self._go.acquire()
        if self.killed_after is not None:
            self.killed_after -= 1
            if self.killed_after < 0:
                raise Ended

    def _run(self) -> None:
        self._go.acquire()
        self._simulation.local.worker = self
        try:
            self.outcome = self._simulation.desk.handle(self.message.command, lambda: AMPLE)
        except Ended:
            self.outcome = "killed"
        except Exception as error:  # noqa: BLE001 -- as Lambda does: the message comes back
            self.outcome = type(error).__name__
        self.over = True
        self._back.release()


@dataclass
class Simulation:
    """Plays until nothing is left to do; `trace` says what happened, in order."""

    desk: Desk
    provider: FakeProvider
    seed: int
    deaths: int = 3
    stops: list[str] = field(default_factory=list)  # phones that will text STOP
    trace: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    killed: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 -- a story, not a secret
        self.local = threading.local()
        self.messages: list[Message] = []
        self.workers: list[Worker] = []
        self.stopped: dict[str, int] = {}
        self.step = self._numbers = 0
        self._looks: dict[str, int] = {}

    def steer(self, desk: Desk) -> None:
        """Have a ten be handed over in an order that is drawn, each when it is told to."""
        desk.fanout.recipients.copies.executor = AnyOrder(self.chance)

    # What the product calls

    def send(self, command: Command, delay: int = 0) -> None:
        """Take a command into the queue."""
        self._call("send", lambda: self._put(command, timedelta(seconds=delay)))

    def send_all(self, commands: Iterable[tuple[Command, int]]) -> None:
        """Take many."""
        for command, delay in commands:
            self.send(command, delay)

    def _put(self, command: Command, delay: timedelta) -> None:
        self._numbers += 1
        self.messages.append(Message(self.desk.clock.now() + delay, self._numbers, command))

    def _call(self, name: str, act: Callable[[], Any]) -> Any:  # noqa: ANN401 -- what the call returns
        worker = getattr(self.local, "worker", None)
        if worker is None:
            return act()
        worker.wait()
        done = act()
        self.trace.append(f"{worker.message.number} {name}")
        worker.wait()
        return done

    def table(self, whole: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the one way to DynamoDB."""

        def call(connection: Connection, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
            worker = getattr(self.local, "worker", None)

            def act() -> Any:  # noqa: ANN401 -- as above
                if worker:
                    worker.looked.update(dict.fromkeys(_looks_at(name, arguments), self.step))
                return whole(connection, name, arguments)

            return self._call(name, act)

        return call

    def carry(self, credentials: Credentials, outgoing: Outgoing) -> str:
        """Be the provider; says when a STOP that had been committed was not looked for."""

        def act() -> str:
            worker = self.local.worker
            subject = self.desk.world.pseudonyms.of(outgoing.phone)
            looked = worker.looked.get(f"{self.desk.world.sender.id}#{subject}")
            stopped = self.stopped.get(outgoing.phone)
            if looked is None or (stopped is not None and stopped < looked):
                self.broken.append(outgoing.phone)
            return FakeProvider.send(self.provider, credentials, outgoing)

        return str(self._call("provider", act))

    # The scheduler

    def play(self) -> None:
        """Move workers and time until all queues and calendars are empty."""
        for self.step in range(_STEPS):
            self.desk.clock.advance(milliseconds=self.chance.randrange(1, 200))
            self.disturb()
            if not self._start() and not self.workers:
                if not self._skip():
                    return
                continue
            if self.workers:
                self._move(self.chance.choice(self.workers))
        raise AssertionError("it never ends")

    def disturb(self) -> None:
        """Let somebody do something, now and then."""
        if self.stops and self.chance.random() < 0.01:
            phone = self.stops.pop()
            self.desk.world.text_only("STOP", phone)
            self.stopped[phone] = self.step

    def _start(self) -> bool:
        """Give a message that can be seen to a free Lambda."""
        now = self.desk.clock.now()
        seen = sorted(message for message in self.messages if message.visible_at <= now)
        if not seen or len(self.workers) >= LAMBDAS or self.chance.random() < 0.3:
            return bool(seen)
        message = self.chance.choice(seen)
        message.visible_at = now + _VISIBILITY
        worker = Worker(self, message)
        if self.deaths and self.chance.random() < 0.2:
            self.deaths -= 1
            worker.killed_after = self.chance.randrange(60)
        self.workers.append(worker)
        return True

    def _move(self, worker: Worker) -> None:
        worker.move()
        if not worker.over:
            return
        self.workers.remove(worker)
        self.trace.append(f"{worker.message.number} is {worker.outcome}")
        if worker.outcome == "killed":
            self.killed += 1
            return
        # An error comes back by itself, and now and then what is done does as well.
        done = not worker.outcome[:1].isupper() and self.chance.random() > _REPEATED
        if done and worker.message in self.messages:
            self.messages.remove(worker.message)

    def _skip(self) -> bool:
        """Let time pass to whatever comes next; false when nothing does."""
        kept = self.desk.calendar.kept
        coming = [message.visible_at for message in self.messages]
        key = min(kept, key=lambda one: kept[one][0], default=None)
        if key and (not coming or kept[key][0] <= min(coming)):
            at, command = kept.pop(key)
            self.desk.clock.at = max(at, self.desk.clock.now())
            self._put(command, timedelta())
            return True
        if coming:
            self.desk.clock.at = max(min(coming), self.desk.clock.now())
        return bool(coming)


def _looks_at(name: str, arguments: dict[str, Any]) -> Iterator[str]:
    """Yield the keys of the opt-out records that a call reads, strongly consistent."""
    asked = [arguments] if name == "GetItem" else arguments.get("RequestItems", {}).values()
    for one in asked:
        if not isinstance(one, dict) or not one.get("ConsistentRead"):
            continue
        keys = [one["Key"]] if "Key" in one else one["Keys"]
        yield from (key["pk"]["S"] for key in keys if key["sk"]["S"] == "optout")


def simulate(
    desk: Desk, provider: FakeProvider, seed: int, monkeypatch: pytest.MonkeyPatch
) -> Simulation:
    """Put a simulation in the place of queues, tables' door and provider."""
    simulation = Simulation(desk, provider, seed)
    simulation.steer(desk)
    desk.feed(simulation)  # type: ignore[arg-type]
    monkeypatch.setattr(Connection, "_make_api_call", simulation.table(Connection._make_api_call))
    monkeypatch.setattr(provider, "send", simulation.carry)
    return simulation
