"""What a recipient of a broadcast takes: units, dollars, and CPU against a bare floor.

The floor is what no product can leave out: one POST by urllib3 to the provider, one conditional put
and one consistent read by botocore. It runs between the chunks of the same broadcast. The provider
is a process of its own behind a socket, so that its work is not counted, and DynamoDB answers at
botocore's door, without what playing it takes.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import Any
from unittest.mock import patch

import boto3
import urllib3

from assent.broadcasts.outcomes import store as outcomes
from assent.messaging.copies import Copies, Copy, Line
from assent.messaging.copies import Result as Sent
from assent.messaging.providers.base import Credentials
from assent.messaging.providers.twilio import Twilio
from bench import million
from bench.doors import Watch, canned
from bench.prices import LAST_OF_TEN, functions
from bench.results import Result

_COUNTED = 12_000
_TIMED = 2_400
_RATE = 3.0
"""Messages a second of a toll-free number: the least that most senders have."""
_FAST = 100.0
_FLOOR = 40  # rounds of the floor after each visit to a chunk
_SERVER = """
import socket, threading
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
body = b'{"sid": "SM0123456789abcdef0123456789abcdef", "status": "queued"}'
head = b"HTTP/1.1 201 Created\\r\\nContent-Type: application/json\\r\\n"
answer = head + b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body

def serve(connection):
    with connection, connection.makefile("rb") as asked:
        while line := asked.readline():
            length = 0
            while line.strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                line = asked.readline()
            asked.read(length)
            connection.sendall(answer)

while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
"""


def counted() -> list[Result]:
    """Plan, pace and send to some thousands; everything is divided by its recipients."""
    with million.campaign(_COUNTED, _RATE) as under_way:
        for _ in under_way.steps():
            pass
        used = under_way.usage()
    return [
        Result.at_most("broadcast", used.write_units, "write units a recipient", 1.15),
        Result.at_most("broadcast: reads", used.read_units, "read units a recipient", 1.7),
        Result.at_most("broadcast: queues", used.sqs_requests, "SQS requests a recipient", 0.05),
        Result.at_most(
            "broadcast: tables and queues", million.stored(used), "dollars a million", 1.10
        ),
    ]


def timed() -> list[Result]:
    """Send to some more with all that runs in a function, and compare with the floor."""
    with (
        _provider() as secret,
        million.campaign(_TIMED, _FAST, Twilio(), secret, whole=True) as under_way,
    ):
        clock = Laps(under_way.watch)
        floors: list[float] = []
        with _floor(secret) as floor, clock.around():
            before = clock.sent
            for kind in under_way.steps():
                if kind != "SendChunk" or clock.sent == before:
                    continue
                floors.append(_each(floor))
                before = clock.sent
        ours = under_way.spent["SendChunk"] / _TIMED
        cpu = sum(under_way.spent.values()) / _TIMED
        awaited = under_way.crowd.calls.total() / _TIMED
        used = under_way.usage()
        # Ten wait for their provider together, as long as the slowest of them.
        waits = clock.handed_over / _TIMED * LAST_OF_TEN
        working = functions(calls=used.invocations, cpu_seconds=cpu, answers=awaited, sent=waits)
        planning = under_way.spent["PlanBroadcast"] / _TIMED
        fanning = (under_way.spent["SendChunk"] - clock.of_sends - clock.of_records) / _TIMED
    return [
        Result.at_most(
            "broadcast: all in, functions too",
            (replace(used, invocations=0) + working).dollars_a_million(),
            "dollars a million",
            1.10,
        ),
        Result.at_most(
            "broadcast: CPU of a send / bare floor", ours / median(floors), "ratio", 1.3
        ),
        Result.at_most("broadcast: planning", planning * 1e6, "µs a recipient", 25),
        Result.at_most(
            "broadcast: planning and fan-out before the claim",
            (planning + fanning) * 1e6,
            "µs a recipient",
            25,
        ),
    ]


class Laps:
    """Tells apart what a visit to a chunk does before the claim, after it, and at its end."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.sent = self.handed_over = 0  # copies, and tens of them
        self.of_sends = self.of_records = 0.0

    @contextmanager
    def around(self) -> Iterator[None]:
        """Take the times meanwhile."""

        def send(own: Copies, line: Line, copies: Sequence[Copy]) -> list[Sent]:
            began = self._watch.now()
            try:
                return work(own, line, copies)
            finally:
                self.of_sends += self._watch.now() - began
                self.sent += len(copies)
                self.handed_over += 1

        def record(work: Callable[..., Any]) -> Callable[..., Any]:
            def lap(*given: Any, **named: Any) -> Any:  # noqa: ANN401 -- as what it wraps
                began = self._watch.now()
                try:
                    return work(*given, **named)
                finally:
                    self.of_records += self._watch.now() - began

            return lap

        work = Copies.send
        with (
            patch.object(Copies, "send", send),
            patch.object(outcomes, "record_slice", record(outcomes.record_slice)),
            patch.object(outcomes, "settle", record(outcomes.settle)),
        ):
            yield


@contextmanager
def _floor(secret: Credentials) -> Iterator[Callable[[Watch], None]]:
    """Give the floor: what is sent is as long as what we send."""
    table, pool = boto3.client("dynamodb"), urllib3.PoolManager(retries=False)
    watch = Watch()
    item = {"pk": {"S": "a" * 60}, "sk": {"S": "b" * 60}, "body": {"S": "c" * 160}}
    item |= {name: {"S": "d" * 30} for name in ("claim", "state", "sender_id", "broadcast_id")}
    url = f"{secret.api_base}/2010-04-01/Accounts/{secret.account_sid}/Messages.json"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": "Basic " + "e" * 60,
    }

    def floor(on: Watch) -> None:
        own = watch.own_seconds
        table.put_item(
            TableName="messages", Item=item, ConditionExpression="attribute_not_exists(pk)"
        )
        table.get_item(
            TableName="consent", Key={"pk": item["pk"], "sk": item["sk"]}, ConsistentRead=True
        )
        pool.request("POST", url, body="Body=" + "f" * 400, headers=headers)
        on.own_seconds += watch.own_seconds - own

    with canned(table, {}, watch):
        yield floor


def _each(floor: Callable[[Watch], None]) -> float:
    watch = Watch()
    began = watch.now()
    for _ in range(_FLOOR):
        floor(watch)
    return (watch.now() - began) / _FLOOR


@contextmanager
def _provider() -> Iterator[Credentials]:
    """Start a provider that takes everything; it ends with the block."""
    running = subprocess.Popen(  # noqa: S603 -- our own words
        [sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True
    )
    try:
        if running.stdout is None:
            raise RuntimeError("the provider has no voice")
        port = running.stdout.readline().strip()
        yield Credentials(
            provider="twilio",
            account_sid="AC" + "0" * 32,
            auth_token="0" * 32,
            api_base=f"http://127.0.0.1:{port}",
            webhook_base="https://d111111abcdef8.execute-api.us-east-1.amazonaws.com",
        )
    finally:
        running.kill()
        running.wait()
