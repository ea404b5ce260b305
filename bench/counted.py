"""The counted budgets: the real services on moto, with a meter at botocore's door."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from unittest.mock import patch

from moto import mock_aws

from assent.api.status import statuses_of_many
from assent.consent.model import Channel, Status
from assent.contacts import adding
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.history.model import Person
from assent.contacts.model import Contact, QueuePlace, QueueState
from assent.contacts.queue import service as queue
from assent.integrations.ingest import Caller
from assent.messaging.model import MessageState
from assent.platform import queues, settings, tables
from assent.platform.ids import new_id
from bench import million
from bench.results import Result
from bench.units import Counting, Meter
from tests.conftest import environment, make_tables
from tests.fakes import ANN, FakeProvider, World

_RECIPIENTS = 12_000
_RATE = 3.0
_LISTED = 1000
_PAGE = 50
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
        found += _pages(world, counting)
    return [*found, *_broadcast()]


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
    ):
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


def _duplicate(world: World, counting: Counting) -> list[Result]:
    world.ingest.from_form(world.integration.form_key, _body() | {"consent": "yes"}, _BROWSER)
    with counting.measure() as used:
        world.run()
    return [
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


def _broadcast() -> list[Result]:
    """Plan, pace and send to some thousands; everything is divided by its recipients.

    The sender is a toll-free number, whose three messages a second are the least that most have.
    """
    used = million.run(_RECIPIENTS, _RATE)
    return [
        Result.at_most(
            "broadcast", used["write_units_a_recipient"], "write units a recipient", 1.15
        ),
        Result.at_most(
            "broadcast: reads", used["read_units_a_recipient"], "read units a recipient", 1.7
        ),
        Result.at_most(
            "broadcast: queues", used["sqs_requests_a_recipient"], "SQS requests a recipient", 0.05
        ),
        Result.at_most(
            "broadcast: tables and queues",
            used["dollars_a_million_tables_and_queues"],
            "dollars a million",
            1.10,
        ),
    ]


def _pages(world: World, counting: Counting) -> list[Result]:
    """Read a page of fifty: what it costs grows with the page, not with the account.

    A shard is asked for little more than its part of the page, however long it is: ten thousand
    contacts cost what ten million do.
    """
    group = world.group("Everybody")
    for _ in range(_LISTED):
        at = world.clock.advance(seconds=1)
        phone = f"+1415{2_000_000 + at.minute * 60 + at.second:07}"
        adding.put(
            Contact(
                id=new_id("ct", at),
                account_id=world.a.id,
                phone=phone,
                subject=world.pseudonyms.of(phone),
                first_name="Maximiliane",
                last_name="Featherstonehaugh",
                email="maximiliane.featherstonehaugh@example.com",
                created_at=at,
                integration_id=world.integration.id,
                groups=frozenset({group.id}),
                marks=dict.fromkeys(Channel, Status.SUBSCRIBED),
                queue=QueuePlace(state=QueueState.OUTSIDE),
            )
        )
    found = []
    for sort in Sort:
        with counting.measure() as used:
            page = directory.page(world.a, Filter(), sort, None, _PAGE)
            statuses_of_many(page.contacts, world.a, [world.sender], world.clock.now())
        if len(page.contacts) != _PAGE:
            raise LookupError(f"{len(page.contacts)} contacts on a page")
        name = f"page of {_PAGE} contacts, {sort}"
        found.append(Result.at_most(name, used.read_units, "read units", 60))
    return found


def _writes(used: Meter) -> int:
    writing = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
    return sum(number for call, number in used.calls.items() if call.endswith(writing))


def _body() -> dict[str, str]:
    return {"first_name": "Ann", "last_name": "Lee", "phone": ANN}
