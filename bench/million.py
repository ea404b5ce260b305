"""A broadcast to a million, planned, paced and sent in process, against a stub of everything else.

Run `python -m bench.million [recipients] [messages a second]`; `make bench` does it for some
thousands. The real services run with a clock of their own; DynamoDB is `bench.tables` at PynamoDB's
door, contacts and memberships are worked out of their numbers, and the provider takes everything.
So what is measured is this product with PynamoDB, with botocore and the network left out; calls and
units are what AWS would see and charge. `bench.sending` runs the same with botocore and a provider
on a socket.
"""

import heapq
import json
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from unittest.mock import patch

from assent.accounts import store as accounts
from assent.broadcasts import progress
from assent.broadcasts.model import Broadcast, NewBroadcast, State
from assent.contacts.groups.service import create_group
from assent.messaging.copies import Copies
from assent.messaging.providers.base import Credentials, Provider
from assent.platform import settings
from assent.platform.queues import Command
from bench import doors
from bench.crowd import Crowd, Taker
from bench.doors import Watch
from bench.prices import Usage
from tests.conftest import environment
from tests.fakes import FakeProvider, World
from tests.unit.broadcasts.desk import TEXT, Desk

ACCOUNT = f"ac_{'A' * 26}"


class Line:
    """All queues: commands by the time at which they can be seen, and what that would cost."""

    def __init__(self, world: World) -> None:
        self._clock = world.clock
        self._waiting: list[tuple[datetime, int, Command]] = []
        self._number = self.requests = 0

    def send(self, command: Command, delay: int = 0) -> None:
        """Take one: sent, received and deleted are three requests."""
        self.requests += 3
        self._put(command, delay)

    def send_all(self, commands: Iterable[tuple[Command, int]]) -> None:
        """Take many, ten in a request."""
        many = list(commands)
        self.requests += ceil(len(many) / 10) + 2 * len(many)
        for command, delay in many:
            self._put(command, delay)

    def _put(self, command: Command, delay: int) -> None:
        self._number += 1
        due = self._clock.now() + timedelta(seconds=delay)
        heapq.heappush(self._waiting, (due, self._number, command))

    def pop(self) -> Command | None:
        """Let time pass to the next command, if there is one."""
        if not self._waiting:
            return None
        due, _, command = heapq.heappop(self._waiting)
        self._clock.at = max(self._clock.at, due)
        return command


@dataclass
class Campaign:
    """A broadcast under way to a crowd, and what its workers took."""

    desk: Desk
    line: Line
    crowd: Crowd
    watch: Watch
    made: Broadcast
    spent: dict[str, float] = field(default_factory=dict)  # CPU seconds by kind of command
    handled: Counter[str] = field(default_factory=Counter)  # commands of that kind

    def steps(self) -> Iterator[str]:
        """Handle one command after the other, to the end; yields the kind of each."""
        while command := self.line.pop():
            kind = type(command).__name__
            began = self.watch.now()
            self.desk.handle(command)
            self.spent[kind] = self.spent.get(kind, 0.0) + self.watch.now() - began
            self.handled[kind] += 1
            yield kind
        done = self.desk.fresh(self.made)
        report = progress.report(done)
        if done.state != State.FINISHED or report.sent != self.crowd.people or self.crowd.twice:
            raise LookupError(f"{done.state}, {report}, {self.crowd.twice} twice")

    def usage(self) -> Usage:
        """Return what one recipient uses."""
        each = self.crowd.people
        calls = sum(self.handled.values())
        return Usage(
            write_units=self.crowd.write_units / each,
            read_units=self.crowd.read_units / each,
            sqs_requests=self.line.requests / each,
            invocations=calls / each,
        )


@contextmanager
def campaign(
    people: int,
    rate: float,
    provider: Provider | None = None,
    secret: Credentials | None = None,
    *,
    whole: bool = False,
) -> Iterator[Campaign]:
    """Give a broadcast that has just been begun; `whole` has botocore run as well."""
    fake = FakeProvider()
    used, crowd, watch = provider or Taker(), Crowd(people, ACCOUNT), Watch()
    variables = environment() | {"AWS_DEFAULT_REGION": "us-east-1"}
    variables |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    with (
        patch.dict("os.environ", variables),
        patch.dict("assent.messaging.dispatch.PROVIDERS", {"twilio": used}),
        patch(
            "assent.messaging.dispatch.credentials",
            lambda _settings, account: secret or fake.credentials(account),
        ),
        doors.between(crowd, watch, whole=whole),
    ):
        world = World(settings.current(), fake)
        accounts.put_sender(world.sender.model_copy(update={"messages_per_second": rate}))
        world.accounts.forget_sender(world.sender.id)
        group = create_group(world.a, "Everybody", world.clock)
        crowd.group_id = group.id
        crowd.fill(settings.current().group_shards)
        desk, line = Desk(world), Line(world)
        if whole:
            desk.fanout.recipients.copies = Copies(world.dispatcher)  # by threads
        desk.feed(line)  # type: ignore[arg-type]
        wanted = NewBroadcast(name="A million", groups=[group.id], template=TEXT)
        made = desk.drafts.create(world.a, wanted, by="Olga")
        crowd.forget()
        desk.begin(made)
        yield Campaign(desk, line, crowd, watch, made)


def run(people: int, rate: float = 100.0) -> dict[str, Any]:
    """Send a broadcast to so many, at so many a second; returns what it took."""
    provider = Taker()
    with campaign(people, rate, provider) as under_way:
        began = under_way.desk.clock.now()
        for _ in under_way.steps():
            pass
        hours = (under_way.desk.clock.now() - began).total_seconds() / 3600
        used, crowd, spent = under_way.usage(), under_way.crowd, under_way.spent
        return {
            "recipients": people,
            "copies": provider.taken,
            "simulated_hours": round(hours, 2),
            "cpu_seconds": {name: round(value, 1) for name, value in spent.items()},
            "cpu_us_a_recipient": round(sum(spent.values()) * 1e6 / people, 1),
            "planning_us_a_recipient": round(spent["PlanBroadcast"] * 1e6 / people, 1),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "calls": dict(crowd.calls),
            "calls_a_recipient": round(sum(crowd.calls.values()) / people, 3),
            "write_units_a_recipient": round(used.write_units, 4),
            "read_units_a_recipient": round(used.read_units, 4),
            "sqs_requests_a_recipient": round(used.sqs_requests, 4),
            "dollars_a_million_tables_and_queues": round(stored(used), 3),
        }


def stored(used: Usage) -> float:
    """Return the dollars a million of tables and queues alone."""
    return replace(used, invocations=0).dollars_a_million()


if __name__ == "__main__":
    people, rate = (*sys.argv[1:], *("1000000", "100")[len(sys.argv) - 1 :])
    sys.stdout.write(json.dumps(run(int(people), float(rate)), indent=2) + "\n")
