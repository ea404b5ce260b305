"""The simulated provider: Twilio's dialect, receipts, refusals, webhooks that are tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from twilio.request_validator import RequestValidator

from local.behaviours import Behaviour, Kind
from local.phone_store import PhoneStore
from tests.unit.local.conftest import ACCOUNT, INBOUND, PHONE, SENDER, STATUS, TOKEN, World

PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


def sending(
    body: str = "Hello", to: str = PHONE, sender: str = SENDER, token: str = TOKEN
) -> Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]:
    async def send(rest: httpx.AsyncClient) -> httpx.Response:
        form = {"To": to, "From": sender, "Body": body, "StatusCallback": STATUS}
        return await rest.post(PATH, data=form, auth=(ACCOUNT, token))

    return send


def answered(result: object) -> httpx.Response:
    assert isinstance(result, httpx.Response)
    return result


def test_a_message_is_taken_and_arrives(world: World) -> None:
    answer = answered(world.run(sending("Hello & ¡hola!")))
    assert answer.status_code == 201
    assert answer.json()["status"] == "queued"
    (message,) = world.provider.store.thread(PHONE)
    assert message["body"] == "Hello & ¡hola!"
    assert message["sid"] == answer.json()["sid"]
    assert message["sid"].startswith("SM")


def test_receipts_come_in_order_and_signed(world: World) -> None:
    sid = answered(world.run(sending(), webhooks=3)).json()["sid"]
    assert [form["MessageStatus"] for _, form, _ in world.product.got] == [
        "queued",
        "sent",
        "delivered",
    ]
    for url, form, signature in world.product.got:
        assert url == STATUS
        assert form["MessageSid"] == sid
        assert RequestValidator(TOKEN).validate(url, form, signature)
    assert world.provider.store.thread(PHONE)[0]["status"] == "delivered"


@pytest.mark.parametrize(
    ("send", "status", "code"),
    [
        (sending(token="wrong"), 401, 20003),
        (sending(body=""), 400, 21602),
        (sending(body="x" * 1601), 400, 21617),
        (sending(to="5550100"), 400, 21211),
        (sending(sender="+18885550199"), 400, 21606),
    ],
)
def test_what_twilio_refuses_is_refused(
    world: World,
    send: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]],
    status: int,
    code: int,
) -> None:
    answer = answered(world.run(send))
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert world.provider.store.thread(PHONE) == []


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Kind.OPTED_OUT, 400, 21610),
        (Kind.TOO_MANY, 429, 20429),
        (Kind.SERVER_ERROR, 500, 20500),
    ],
)
def test_a_phone_can_be_made_to_refuse(world: World, kind: Kind, status: int, code: int) -> None:
    world.provider.store.set_behaviour(PHONE, Behaviour(kind))
    answer = answered(world.run(sending()))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_limited_behaviour_ends_by_itself(world: World) -> None:
    world.provider.store.set_behaviour(PHONE, Behaviour(Kind.TOO_MANY, times=2))

    async def three(rest: httpx.AsyncClient) -> list[int]:
        return [(await sending()(rest)).status_code for _ in range(3)]

    assert world.run(three) == [429, 429, 201]


@pytest.mark.parametrize(
    ("behaviour", "statuses", "error"),
    [
        (Behaviour(Kind.UNDELIVERED), ["queued", "sent", "undelivered"], "30003"),
        (Behaviour(Kind.UNDELIVERED, 30005), ["queued", "sent", "undelivered"], "30005"),
        (Behaviour(Kind.LANDLINE), ["queued", "sent", "undelivered"], "30006"),
    ],
)
def test_a_message_that_does_not_arrive_says_why(
    world: World, behaviour: Behaviour, statuses: list[str], error: str
) -> None:
    world.provider.store.set_behaviour(PHONE, behaviour)
    world.run(sending(), webhooks=3)
    forms = [form for _, form, _ in world.product.got]
    assert [form["MessageStatus"] for form in forms] == statuses
    assert forms[-1]["ErrorCode"] == error


def test_a_phone_without_receipts_sends_none(world: World) -> None:
    world.provider.store.set_behaviour(PHONE, Behaviour(Kind.NO_RECEIPT))
    world.run(sending())
    assert world.product.got == []


def test_a_text_from_a_phone_reaches_the_inbound_webhook(world: World) -> None:
    async def text(_rest: httpx.AsyncClient) -> None:
        world.provider.send_from_phone(PHONE, SENDER, "STOP")

    world.run(text, webhooks=1)
    ((url, form, signature),) = world.product.got
    assert url == INBOUND
    assert form["Body"] == "STOP"
    assert (form["From"], form["To"], form["NumMedia"]) == (PHONE, SENDER, "0")
    assert RequestValidator(TOKEN).validate(url, form, signature)
    assert world.provider.store.thread(PHONE)[0]["status"] == "received"


def test_the_same_message_can_be_sent_twice(world: World) -> None:
    async def twice(_rest: httpx.AsyncClient) -> None:
        first = world.provider.send_from_phone(PHONE, SENDER, "STOP")
        world.provider.send_from_phone(PHONE, SENDER, "STOP", sid=first["sid"])

    world.run(twice, webhooks=2)
    assert len({form["MessageSid"] for _, form, _ in world.product.got}) == 1
    assert len(world.provider.store.thread(PHONE)) == 1


def test_an_unknown_sender_is_no_sender(world: World) -> None:
    with pytest.raises(LookupError):
        world.provider.send_from_phone(PHONE, "+18885550199", "STOP")


def test_a_webhook_is_tried_again_when_the_product_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.provider._FIRST_PAUSE", 0.01)
    world.product.answers = [500, 429, 503]

    async def text(_rest: httpx.AsyncClient) -> None:
        world.provider.send_from_phone(PHONE, SENDER, "STOP")

    world.run(text, webhooks=4)
    (webhook,) = world.provider.store.webhooks(None, 10)
    assert (webhook["state"], webhook["attempts"]) == ("done", 4)


def test_a_refused_webhook_is_not_tried_again(world: World) -> None:
    world.product.answers = [403]

    async def text(_rest: httpx.AsyncClient) -> None:
        world.provider.send_from_phone(PHONE, SENDER, "STOP")

    world.run(text, webhooks=1)
    (webhook,) = world.provider.store.webhooks(None, 10)
    assert (webhook["state"], webhook["attempts"]) == ("dropped", 1)
    assert world.provider.store.thread(PHONE)[0]["status"] == "failed"


def test_threads_and_waiting_webhooks_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    first = PhoneStore(path)
    first.add_phone(PHONE, "Maya", "demo")
    first.add_message(incoming=True, phone=PHONE, sender=SENDER, body="Hello", status="queued")
    first.add_webhook(kind="status", sid="SM1", url="http://x", auth_token="t", form={}, due=0)
    first.close()
    second = PhoneStore(path)
    assert [message["body"] for message in second.thread(PHONE)] == ["Hello"]
    assert [phone["unread"] for phone in second.phones()] == [1]
    assert len(second.due_webhooks(1, 10)) == 1
    second.close()


@pytest.mark.parametrize(
    ("kind", "said"), [(Kind.LANDLINE, "landline"), (Kind.DELIVERED, "mobile")]
)
def test_the_carrier_knows_which_phones_are_landlines(world: World, kind: Kind, said: str) -> None:
    """Q2: as Twilio Lookup answers."""
    world.provider.store.set_behaviour(PHONE, Behaviour(kind))

    async def look_up(rest: httpx.AsyncClient) -> httpx.Response:
        fields = {"Fields": "line_type_intelligence"}
        return await rest.get(f"/v2/PhoneNumbers/{PHONE}", params=fields, auth=(ACCOUNT, TOKEN))

    answer = answered(world.run(look_up))
    assert answer.status_code == 200
    assert answer.json()["line_type_intelligence"]["type"] == said


@pytest.mark.parametrize("auth", [None, (ACCOUNT, "wrong"), ("ACnobody", TOKEN)])
def test_a_look_up_needs_the_accounts_credentials(
    world: World, auth: tuple[str, str] | None
) -> None:
    async def look_up(rest: httpx.AsyncClient) -> httpx.Response:
        return await rest.get(f"/v2/PhoneNumbers/{PHONE}", auth=auth or httpx.USE_CLIENT_DEFAULT)

    assert answered(world.run(look_up)).status_code == 401
