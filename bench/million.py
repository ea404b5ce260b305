"""A broadcast to a million, planned, paced and sent in process, against a stub of everything else.

Run `python -m bench.million [recipients]`; `bench.counted` does it for some thousands. The real
services run with a clock of their own; DynamoDB is dictionaries at PynamoDB's door, contacts and
memberships are worked out of their numbers, and the provider takes everything. So what is measured
is this product with PynamoDB, with botocore and the network left out; calls and units are what AWS
would see and charge.
"""

import heapq
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from unittest.mock import patch

from botocore.exceptions import ClientError
from pynamodb.connection.base import Connection
from pynamodb.exceptions import PutError, UpdateError
from ulid import ULID

from assent.accounts import store as accounts
from assent.broadcasts import progress
from assent.broadcasts.model import NewBroadcast, State
from assent.contacts.groups.service import create_group
from assent.messaging.providers.base import Credentials, Outgoing
from assent.platform import settings
from assent.platform.ids import shard_of
from assent.platform.queues import Command
from bench.tables import ConditionFailed, Item, Tables
from bench.units import item_size
from tests.conftest import environment
from tests.fakes import FakeProvider, World
from tests.unit.broadcasts.desk import TEXT, Desk

_WRITE, _READ, _REQUEST = 0.625, 0.125, 0.40
"""Dollars a million in us-east-1, on demand: DynamoDB and SQS price lists of 2026-01."""


class Crowd(Tables):
    """Tables in which contacts and memberships are worked out, and claims are only remembered."""

    def __init__(self, people: int, account_id: str) -> None:
        super().__init__()
        self.people, self.account_id = people, account_id
        self.group_id = ""
        self.claimed: set[str] = set()
        self.twice = 0
        self.own_seconds = 0.0  # what playing DynamoDB took, which is none of the product's
        self._shards: dict[int, list[str]] = {}

    def fill(self, shards: int) -> None:
        """Give everybody an id, and each shard its members."""
        began = 1_767_600_000_000
        for number in range(self.people):
            raw = (began + number // 50).to_bytes(6, "big") + number.to_bytes(10, "big")
            contact_id = f"ct_{ULID.from_bytes(raw)}"
            self._shards.setdefault(shard_of(contact_id, shards), []).append(contact_id)

    def items(self, table: str, pk: str) -> Iterator[Item]:
        """Work memberships out."""
        head, _, shard = pk.rpartition("#")
        if head != f"{self.account_id}#{self.group_id}":
            return super().items(table, pk)
        return (self._member(pk, one) for one in self._shards[int(shard)])

    def on_Query(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 -- as its base
        """Find the place in a shard at once, instead of walking to it."""
        values = asked["ExpressionAttributeValues"]
        pk = values[":0"]["S"]
        head, _, shard = pk.rpartition("#")
        if head != f"{self.account_id}#{self.group_id}":
            return super().on_Query(asked)
        start = asked.get("ExclusiveStartKey", {}).get("sk", {}).get("S", "")
        after = start or (values[":1"]["S"] if ":1" in values else "")
        members, limit = self._shards[int(shard)], int(asked.get("Limit", 240))
        at = _beyond(members, after)
        found = [self._member(pk, one) for one in members[at : at + limit]]
        self._read(sum(map(item_size, found)), consistent=False)
        answer: dict[str, Any] = {"Items": found, "Count": len(found), "ScannedCount": 0}
        if at + limit < len(members):
            answer["LastEvaluatedKey"] = {"pk": {"S": pk}, "sk": found[-1]["sk"]}
        return answer

    @staticmethod
    def _member(pk: str, contact_id: str) -> Item:
        number = int.from_bytes(ULID.from_str(contact_id[3:]).bytes[6:], "big")
        return {
            "pk": {"S": pk},
            "sk": {"S": contact_id},
            "phone": {"S": _phone(number)},
            "subject": {"S": f"{number:032x}"},
            "channels": {"SS": ["sms"]},
        }

    def item(self, table: str, pk: str, sk: str) -> Item | None:
        """Work contacts out."""
        if "#contacts#" not in pk:
            return super().item(table, pk, sk)
        number = int.from_bytes(ULID.from_str(sk[3:]).bytes[6:], "big")
        texts = {
            "pk": pk,
            "sk": sk,
            "phone": _phone(number),
            "subject": f"{number:032x}",
            "first_name": "Alexandra",
            "last_name": "Montgomery",
            "email": f"alexandra.{number}@example.com",
            "created_at": "2026-01-05T08:00:00.000000+0000",
            "compliance_state": "delivered",
            "queue_state": "moved",
            "sms_mark": "subscribed",
        }
        item: Item = {name: {"S": text} for name, text in texts.items()}
        return item | {"compliance_rank": {"N": "4"}, "groups": {"SS": [self.group_id]}}

    def on_PutItem(self, asked: dict[str, Any], weight: int = 1) -> dict[str, Any]:  # noqa: N802
        """Remember a claim by its key alone."""
        item: Item = asked["Item"]
        if "claim" not in item:
            return super().on_PutItem(asked, weight)
        self._wrote(item, weight)
        key = f"{item['pk']['S']}|{item['sk']['S']}"
        self.twice += key in self.claimed
        self.claimed.add(key)
        return {}


def _beyond(members: list[str], after: str) -> int:
    low, high = 0, len(members)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if members[middle] <= after else (low, middle)
    return low


def _phone(number: int) -> str:
    return f"+1212{2_000_000 + number % 7_999_999:07}"


class Taker(FakeProvider):
    """A provider that takes everything, and remembers how much."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = 0

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        """Take a copy."""
        del credentials, outgoing
        self.taken += 1
        return f"SM{self.taken}"


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


def run(people: int, rate: float = 100.0) -> dict[str, Any]:
    """Send a broadcast to so many, at so many a second; returns what it took."""
    provider = Taker()
    crowd = Crowd(people, f"ac_{'A' * 26}")

    def call(connection: Connection, name: str, arguments: dict[str, Any]) -> object:
        start = time.process_time()
        try:
            return crowd.call(connection, name, arguments)
        except ConditionFailed:
            raise _refused(name) from None
        finally:
            crowd.own_seconds += time.process_time() - start

    with (
        patch.dict("os.environ", environment() | {"AWS_DEFAULT_REGION": "us-east-1"}),
        patch.object(Connection, "_make_api_call", call),
        patch.dict("assent.messaging.dispatch.PROVIDERS", {"twilio": provider}),
        patch(
            "assent.messaging.dispatch.credentials",
            lambda _settings, account: provider.credentials(account),
        ),
    ):
        settings.current.cache_clear()
        world = World(settings.current(), provider)
        accounts.put_sender(world.sender.model_copy(update={"messages_per_second": rate}))
        world.accounts.forget_sender(world.sender.id)
        group = create_group(world.a, "Everybody", world.clock)
        crowd.group_id = group.id
        crowd.fill(settings.current().group_shards)
        desk, line = Desk(world), Line(world)
        desk.feed(line)  # type: ignore[arg-type]
        return _measured(desk, line, crowd, provider, group.id)


def _measured(
    desk: Desk, line: Line, crowd: Crowd, provider: Taker, group_id: str
) -> dict[str, Any]:

    wanted = NewBroadcast(
        name="A million", groups=[group_id], template=TEXT, quiet_hours="exempt", caps="exempt"
    )
    made = desk.drafts.create(desk.world.a, wanted, by="Olga")
    crowd.calls.clear()
    crowd.write_units = crowd.read_units = 0
    desk.begin(made)
    spent: dict[str, float] = {}
    began = desk.clock.now()
    while command := line.pop():
        start, own = time.process_time(), crowd.own_seconds
        desk.handle(command)
        took = time.process_time() - start - (crowd.own_seconds - own)
        name = type(command).__name__
        spent[name] = spent.get(name, 0.0) + took
    done = desk.fresh(made)
    report = progress.report(done)
    if done.state != State.FINISHED or report.sent != crowd.people or crowd.twice:
        raise LookupError(f"{done.state}, {report}, {crowd.twice} twice")
    each = crowd.people
    writes, reads, requests = (
        used / each for used in (crowd.write_units, crowd.read_units, line.requests)
    )
    seconds = sum(spent.values())
    return {
        "recipients": each,
        "copies": provider.taken,
        "simulated_hours": round((desk.clock.now() - began).total_seconds() / 3600, 2),
        "cpu_seconds": {name: round(value, 1) for name, value in spent.items()},
        "cpu_us_a_recipient": round(seconds * 1e6 / each, 1),
        "planning_us_a_recipient": round(spent.get("PlanBroadcast", 0) * 1e6 / each, 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "calls": dict(crowd.calls),
        "calls_a_recipient": round(sum(crowd.calls.values()) / each, 3),
        "write_units_a_recipient": round(writes, 4),
        "read_units_a_recipient": round(reads, 4),
        "sqs_requests_a_recipient": round(requests, 4),
        "dollars_a_million_tables_and_queues": round(
            writes * _WRITE + reads * _READ + requests * _REQUEST, 3
        ),
    }


def _refused(name: str) -> Exception:
    error = ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, name)
    wrapped: Exception = PutError("", error) if name == "PutItem" else UpdateError("", error)
    wrapped.__cause__ = error
    return wrapped


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(int((sys.argv[1:] or ["1000000"])[0])), indent=2) + "\n")
