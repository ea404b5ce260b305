"""The counted budgets: the real services on moto, with a meter at botocore's door."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from unittest.mock import patch
from urllib.parse import urlencode

import boto3
from moto import mock_aws

from assent.consent.model import Channel
from assent.contacts.history.model import Person
from assent.contacts.queue import service as queue
from assent.integrations.ingest import Caller, IngestService
from assent.messaging.model import MessageState
from assent.messaging.webhooks import Call, WebhookService
from assent.platform import queues, settings, tables
from assent.platform.queues import Queue
from bench.results import Result
from bench.units import Counting, Meter
from tests.conftest import environment, make_tables
from tests.fakes import ANN, FakeProvider, World

_BATCH = 10
_BROWSER = Caller(
    ip="192.0.2.1",
    user_agent=(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/141.0.0.0 Safari/537.36"
    ),
    url=f"https://d111111abcdef8.cloudfront.net/f/{'0' * 26}-bcdfghjkmn",
)


def results() -> list[Result]:
    """Measure every counted budget that is built so far."""
    found: list[Result] = []
    with a_world() as (world, counting):
        found += _lead(world, counting)
        found += _duplicate(world, counting)
        found += _move(world, counting)
        found += _stop(world, counting)
        found += _requests(world, counting)
    return found


@contextmanager
def a_world() -> Iterator[tuple[World, Counting]]:
    """Give a world in which all clients are listened to."""
    variables = environment() | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    provider = FakeProvider()
    with (
        patch.dict(environ, variables),
        mock_aws(),
        patch.dict("assent.messaging.dispatch.PROVIDERS", {"twilio": provider}),
        patch(
            "assent.messaging.dispatch.credentials",
            lambda _settings, account: provider.credentials(account),
        ),
        patch(
            "assent.messaging.webhooks.credentials",
            lambda _settings, account: provider.credentials(account),
        ),
    ):
        queues._client.cache_clear()  # noqa: SLF001 -- made anew, to be listened to
        make_tables()
        settings.current.cache_clear()
        world = World(settings.current(), provider)
        counting = Counting()
        counting.listen(tables.client())
        counting.listen(queues._client())  # noqa: SLF001 -- the one client of the process
        yield world, counting
    settings.current.cache_clear()


def _lead(world: World, counting: Counting) -> list[Result]:
    """From the form to the enqueued compliance message, then on into the opt-in queue."""
    # By the form, whose evidence is larger than the API's: the browser says who it is.
    world.ingest.from_form(world.integration.form_key, _body() | {"consent": "yes"}, _BROWSER)
    [(command, _)] = world.queue.sent
    world.queue.sent = []
    # A first lead warms what is kept for 10 s, as on a running system.
    world.lead("+12125550177")
    world.queue.sent = []
    with counting.measure() as until_enqueued:
        world.handle(command)
    with counting.measure() as until_queued:
        world.run()
        reference = world.provider.sent[-1].status_url.partition("ref=")[2]
        # Twilio says twice what became of a message.
        world.receipt(reference, MessageState.SENT)
        world.receipt(reference, MessageState.DELIVERED)
    total = until_enqueued.write_units + until_queued.write_units
    return [
        Result.at_most(
            "form: until the compliance SMS is enqueued",
            until_enqueued.write_units,
            "write units",
            12,
        ),
        Result.at_most("form: until the lead is in the queue", total, "write units", 20),
    ]


def _requests(world: World, counting: Counting) -> list[Result]:
    """Count what a web handler calls before it answers, and what a message costs in its queue.

    Lambda receives and deletes up to ten at a time.
    """
    names = settings.current()
    for url in (names.opt_in_requests_queue, names.inbound_queue):
        boto3.client("sqs").create_queue(QueueName=url.rpartition("/")[2])
    ingest = IngestService(
        world.clock, world.accounts, world.integrations, Queue(names.opt_in_requests_queue)
    )
    with counting.measure() as form:
        ingest.from_form(world.integration.form_key, _body() | {"consent": "yes"}, _BROWSER)
    text = {"MessageSid": "SM1", "To": world.sender.address, "From": ANN, "Body": "STOP"}
    call = Call(
        provider="twilio",
        account_id=world.a.id,
        path="/",
        query="",
        headers={"x-twilio-signature": "good"},
        body=urlencode(text).encode(),
    )
    with counting.measure() as stop:
        Queue(names.inbound_queue).send(WebhookService(names, world.clock).inbound(call))
    requests = sum(number for name, number in form.calls.items() if name.startswith("sqs."))
    return [
        Result.at_most("form: calls before the answer", form.calls.total(), "AWS calls", 1),
        Result.at_most("inbound STOP: calls before the answer", stop.calls.total(), "AWS calls", 1),
        Result.at_most(
            f"form: its message in the queue, by {_BATCH}",
            requests + 2 / _BATCH,
            "SQS requests",
            1.5,
        ),
    ]


def _duplicate(world: World, counting: Counting) -> list[Result]:
    with counting.measure() as asked:
        world.ingest.from_form(world.integration.form_key, _body() | {"consent": "yes"}, _BROWSER)
    with counting.measure() as used:
        world.run()
    # The queue of this world is a list: its one request is counted with the first form.
    return [
        Result.at_most(
            "duplicate form: calls before the answer", asked.calls.total() + 1, "AWS calls", 1
        ),
        Result.at_most("duplicate form: writes", used.write_units, "write units", 0),
        Result.at_most("duplicate form: reads", used.read_units, "read units", 2),
    ]


def _move(world: World, counting: Counting) -> list[Result]:
    contact = world.contact()
    if contact is None:
        raise LookupError("the lead was lost")
    group = world.group()
    with counting.measure() as undoing:
        moved = queue.move(world.a, contact.id, group, "Olga", world.clock)
        undone = queue.undo(
            world.a, contact.id, group.id, Person(id="user", name="Olga"), world.clock
        )
    if moved or undone:
        raise LookupError("the move was not done, or not undone")
    with counting.measure() as used:
        queue.move(world.a, contact.id, group, "Olga", world.clock)
    return [
        Result.at_most(
            "undo of a move",
            undoing.write_units - used.write_units,
            "write units a contact",
            12,
        ),
        Result.at_most("move to a group", used.write_units, "write units a contact", 8),
        Result.at_most("move to a group: writing calls", _writes(used), "AWS calls", 1),
    ]


def _stop(world: World, counting: Counting) -> list[Result]:
    world.queue.sent = []
    with counting.measure() as decision:
        world.text_only("STOP", ANN)
    effects = [(c, d) for c, d in world.queue.sent if type(c).__name__ == "ApplyEffects"]
    world.queue.sent = [(c, d) for c, d in world.queue.sent if type(c).__name__ != "ApplyEffects"]
    with counting.measure() as confirmation:
        world.run()
    world.queue.sent = effects
    with counting.measure() as tidying:
        world.run()
    if world.opt_out().standing_against(Channel.SMS, world.a.id) is None:
        raise LookupError("the STOP was lost")
    return [
        Result.at_most(
            "inbound STOP: decision and confirmation",
            decision.write_units + confirmation.write_units,
            "write units",
            11,
        ),
        # One of the accounts has the contact, in one group.
        Result.at_most("inbound STOP: effects", tidying.write_units, "write units", 3 + 1),
    ]


def _writes(used: Meter) -> int:
    writing = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
    return sum(number for call, number in used.calls.items() if call.endswith(writing))


def _body() -> dict[str, str]:
    return {"first_name": "Ann", "last_name": "Lee", "phone": ANN}
