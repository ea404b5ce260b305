"""Landlines enter the opt-in queue without a text: by a look-up, or by the provider's error."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import urllib3

from assent.consent.model import Channel, Kind
from assent.contacts.directory.model import Overall, overall
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.model import ComplianceState, Contact, QueueState, Textable
from assent.contacts.queue import service as queue
from assent.integrations.model import ProcessLead
from assent.messaging import look_ups
from assent.messaging.look_ups import LOOK_UPS, ProviderLookUps
from assent.messaging.model import MessageState, SendMessage
from assent.messaging.providers import twilio_lookup
from assent.messaging.providers.base import Credentials, NoAnswer, Refused
from assent.messaging.providers.twilio import CAUSES
from assent.messaging.providers.twilio_lookup import TwilioLookUp
from assent.platform.clock import SystemClock
from assent.platform.errors import NotFound
from assent.sms.numbers import LineType
from tests.calls import Call, Died, each_call, ignore
from tests.fakes import ANN, BOB, CALLER, World
from tests.unit.contacts.lists import Lists

SECRET = Credentials(
    provider="twilio",
    account_sid="AC1",
    auth_token="secret",
    api_base="https://provider.example",
    webhook_base="https://api.example",
    look_up_base="https://look-ups.example",
)


@dataclass
class Carrier:
    """A provider's look-up that knows some lines, counts what it is asked, and can fail."""

    known: dict[str, LineType] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    silent: bool = False
    reasons: list[str] = field(default_factory=list)

    def line_type(self, credentials: Credentials, phone: str) -> LineType:
        self.asked.append(phone)
        if self.silent:
            raise NoAnswer("status 500")
        return self.known.get(phone, LineType.mobile)


@pytest.fixture
def carrier(world: World, monkeypatch: pytest.MonkeyPatch) -> Carrier:
    """The integration asks this carrier about each new lead."""
    made = Carrier()
    monkeypatch.setitem(LOOK_UPS, "twilio", made)
    monkeypatch.setattr(look_ups, "credentials", lambda _settings, _account: SECRET)
    world.leads.look_ups = ProviderLookUps(world.settings, world.clock, made.reasons.append)
    world.integrations.change(world.a.id, world.integration.id, line_look_up=True)
    return made


def found(world: World, phone: str = ANN) -> Contact:
    contact = world.contact(phone)
    assert contact is not None
    return contact


def fails(world: World, code: str) -> None:
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    world.receipt(ref, MessageState.FAILED, code)


def waits(world: World) -> list[str]:
    return [contact_id for contact_id, _ in world.line()]


# Known by a look-up


def test_a_landline_enters_without_a_text(world: World, carrier: Carrier) -> None:
    """Q2: not textable, voice still eligible; asked once, and kept."""
    carrier.known[ANN] = LineType.fixed_line
    world.lead()
    contact = found(world)
    assert waits(world) == [contact.id]
    assert world.provider.sent == []
    assert contact.line_type == LineType.fixed_line
    assert contact.textable == Textable.NO
    assert contact.compliance.state == ComplianceState.NOT_TEXTABLE
    assert carrier.asked == [ANN]
    group = world.group()
    assert queue.move(world.a, contact.id, group, "Olga", world.clock) is None
    [member] = member_store.memberships(world.a.id, found(world))
    assert Channel.VOICE in member.channels
    assert overall(found(world)) == Overall.ACTIVE


def test_a_mobile_phone_gets_its_text_and_is_known_as_one(world: World, carrier: Carrier) -> None:
    """Q2."""
    world.lead()
    assert len(world.provider.texts_to(ANN)) == 1
    assert found(world).line_type == LineType.mobile
    assert found(world).textable == Textable.YES
    assert carrier.asked == [ANN]


def test_nobody_is_asked_where_it_is_not_switched_on(world: World, carrier: Carrier) -> None:
    """Q2: each answer costs money."""
    world.integrations.change(world.a.id, world.integration.id, line_look_up=False)
    world.clock.advance(seconds=10)
    world.lead()
    assert carrier.asked == []
    assert found(world).line_type == LineType.fixed_line_or_mobile


def test_a_repeated_lead_asks_no_second_time(world: World, carrier: Carrier) -> None:
    """Q2, Q13: nor one whose worker ended after it had asked."""
    carrier.known[ANN] = LineType.fixed_line
    world.ingest.from_api(
        world.api_key, {"first_name": "Ann", "last_name": "Lee", "phone": ANN}, CALLER
    )
    [command] = world.queue.take(ProcessLead)

    def die(call: Call) -> None:
        if call == ("dynamodb", "PutItem"):  # the contact is there, what follows is not
            raise Died

    with each_call(ignore, die), pytest.raises(Died):
        world.leads.process(command)
    assert world.leads.process(command) == "repeated"
    world.run()
    world.lead(first_name="Anna")
    assert carrier.asked == [ANN]
    assert waits(world) == [found(world).id]
    assert world.provider.sent == []


def test_a_carrier_that_does_not_answer_holds_nobody_up(world: World, carrier: Carrier) -> None:
    """Q2: it is left alone for a minute, and the text tells then."""
    carrier.silent = True
    world.lead()
    world.lead(BOB)
    assert (carrier.asked, carrier.reasons) == ([ANN], ["status 500"])
    assert len(world.provider.sent) == 2
    assert found(world).line_type == LineType.fixed_line_or_mobile
    world.clock.advance(seconds=60)
    world.lead("+12125550103")
    assert carrier.asked == [ANN, "+12125550103"]


def test_on_a_clock_that_runs_a_provider_is_asked_at_once(world: World, carrier: Carrier) -> None:
    """Q2."""
    world.leads.look_ups = ProviderLookUps(world.settings, SystemClock(), carrier.reasons.append)
    world.lead()
    assert carrier.asked == [ANN]


def test_an_account_without_a_provider_asks_nobody(
    world: World, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> Credentials:
        raise NotFound("no_provider", "none")

    monkeypatch.setattr(look_ups, "credentials", none)
    world.lead()
    assert carrier.asked == []


# Known by the provider's error


def test_the_providers_landline_error_lets_the_lead_in(world: World) -> None:
    """Q2: suspect, since the carrier may be out of reach only; never tried again."""
    world.lead()
    assert waits(world) == []
    fails(world, "30006")
    contact = found(world)
    assert waits(world) == [contact.id]
    assert contact.compliance.state == ComplianceState.NOT_TEXTABLE
    assert contact.textable == Textable.SUSPECT
    assert "landline" in contact.compliance.reason
    assert world.queue.take(SendMessage) == []
    assert len(world.provider.sent) == 1


def test_the_error_at_once_lets_the_lead_in_too(world: World) -> None:
    """Q2: refused when it is handed over."""
    world.provider.fails[ANN] = Refused("21614", CAUSES["21614"], retry=False)
    world.lead()
    assert waits(world) == [found(world).id]
    assert found(world).textable == Textable.SUSPECT
    assert world.run_delayed() == ["already_queued"]


def test_the_error_after_the_ten_minutes_leaves_the_lead_in_line(world: World) -> None:
    """Q1, Q2: it is no failure that takes a lead out."""
    world.lead()
    world.run_delayed()
    fails(world, "30006")
    assert waits(world) == [found(world).id]
    assert found(world).compliance.state == ComplianceState.NOT_TEXTABLE


def test_another_failure_takes_a_queued_lead_out(world: World) -> None:
    """Q1: with the reason kept for its timeline."""
    world.lead()
    world.run_delayed()
    assert len(waits(world)) == 1
    fails(world, "30003")
    place = found(world).queue
    assert (place.state, place.left_reason) == (QueueState.REMOVED, "compliance_failed")
    assert place.left_at is not None
    assert waits(world) == []


def test_a_worker_that_ended_before_it_let_the_landline_in_does_so_again(world: World) -> None:
    """Q2, line 4: the message is delivered again, and nothing is sent twice."""
    world.provider.fails[ANN] = Refused("21614", CAUSES["21614"], retry=False)
    world.ingest.from_api(
        world.api_key, {"first_name": "Ann", "last_name": "Lee", "phone": ANN}, CALLER
    )
    [command] = world.queue.take(ProcessLead)
    world.leads.process(command)
    [message] = world.queue.take(SendMessage)
    states = 0

    def die(call: Call) -> None:
        nonlocal states
        states += call == ("dynamodb", "UpdateItem")
        if states == 2:  # the message's state is written, the contact's is not
            raise Died

    with each_call(die, ignore), pytest.raises(Died):
        world.dispatcher.send(message)
    world.dispatcher.send(message)
    world.run()
    assert waits(world) == [found(world).id]


# What takes them out


@pytest.mark.parametrize("landline", [True, False])
def test_an_opt_out_of_calls_takes_landlines_out_and_nobody_else(
    world: World, *, landline: bool
) -> None:
    """Q9."""
    world.lead()
    if landline:
        fails(world, "30006")
    else:
        world.deliver()
    lists = Lists(world)
    lists.add(channels=[Channel.VOICE], kind=Kind.SOFT)
    assert (waits(world) == []) is landline


@pytest.mark.parametrize("channel", list(Channel))
def test_an_opt_out_just_before_keeps_a_landline_out(world: World, channel: Channel) -> None:
    """Q2, Q9: a landline waits for calls, so either opt-out counts; the entry is conditioned."""
    world.lead()
    add: Callable[[], object] = lambda: Lists(world).add(channels=[channel], kind=Kind.SOFT)  # noqa: E731
    waiting = [add]

    def race(call: Call) -> None:
        if call == ("dynamodb", "TransactWriteItems") and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        fails(world, "30006")
    assert waits(world) == []
    assert found(world).queue.left_reason == "opted_out"


# The adapter


@dataclass
class Answer:
    status: int
    data: bytes


class Pool:
    """Connections that answer as they are told."""

    def __init__(self, answer: Answer | Exception) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    def request(
        self, method: str, url: str, headers: dict[str, str], timeout: urllib3.Timeout
    ) -> Answer:
        self.asked.append((method, url, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def ask(monkeypatch: pytest.MonkeyPatch, answer: Answer | Exception) -> tuple[LineType, Pool]:
    pool = Pool(answer)
    monkeypatch.setattr(twilio_lookup, "pool", lambda: pool)
    return TwilioLookUp().line_type(SECRET, ANN), pool


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("landline", LineType.fixed_line),
        ("mobile", LineType.mobile),
        ("nonFixedVoip", LineType.voip),
        ("tollFree", LineType.toll_free),
        (None, LineType.unknown),
        ("something new", LineType.unknown),
        (["landline"], LineType.unknown),
    ],
)
def test_what_twilio_says_of_a_line(
    monkeypatch: pytest.MonkeyPatch, said: object, meant: LineType
) -> None:
    """Q2, I6."""
    data = json.dumps({"line_type_intelligence": {"type": said, "error_code": None}}).encode()
    kind, pool = ask(monkeypatch, Answer(200, data))
    assert kind == meant
    [(method, url, headers)] = pool.asked
    assert method == "GET"
    expected = f"https://look-ups.example/v2/PhoneNumbers/{ANN}?Fields=line_type_intelligence"
    assert url == expected
    assert headers["Authorization"].startswith("Basic ")


def test_a_number_that_twilio_does_not_know_is_of_no_known_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert ask(monkeypatch, Answer(404, b"{}"))[0] == LineType.unknown
    assert ask(monkeypatch, Answer(200, b"[]"))[0] == LineType.unknown


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, b"{}"),
        Answer(429, b"{}"),
        Answer(500, b""),
        Answer(200, b"<html>"),
        urllib3.exceptions.ReadTimeoutError(None, "/", "slow"),  # type: ignore[arg-type]
    ],
)
def test_no_answer_is_said_to_be_none_and_names_no_number(
    monkeypatch: pytest.MonkeyPatch, answer: Answer | Exception
) -> None:
    with pytest.raises(NoAnswer) as refused:
        ask(monkeypatch, answer)
    assert ANN not in str(refused.value)
