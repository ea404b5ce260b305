"""Simulated calls: how phones take them, what is heard, what keys do, what the product is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from assent.messaging.providers.base import Turn
from assent.messaging.providers.twilio_voice import TwilioVoice
from local import calls
from local.behaviours import CallBehaviour, CallKind
from local.call_store import Row
from local.calls import CannotError
from local.phone_store import PhoneStore
from local.provider import Provider
from tests.unit.local.conftest import ACCOUNT, PHONE, SENDER, STATUS, TOKEN

PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
KEYS, VOICE = "http://product/voice/keys", "http://product/voice"
_CLIENT = httpx.AsyncClient


def says(*lines: str, keys: str = KEYS) -> str:
    return TwilioVoice().say(Turn(lines=list(lines), keys_url=keys)).body


class Product:
    """Answers calls as told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], str]] = []
        self.answer = says("Goodbye.", keys="")
        self.status = 200

    async def take(self, request: Request) -> Response:
        form = dict(httpx.QueryParams((await request.body()).decode()))
        self.got.append((str(request.url), form, request.headers["x-twilio-signature"]))
        return PlainTextResponse(self.answer, self.status)

    def to(self, url: str) -> list[dict[str, str]]:
        for called, form, signature in self.got:
            assert RequestValidator(TOKEN).validate(called, form, signature)
        return [form for called, form, _ in self.got if called == url]


class Stage:
    """A provider whose webhooks reach a product in memory."""

    def __init__(self, store: PhoneStore) -> None:
        self.provider = Provider(store)
        self.calls = store.calls
        self.product = Product()

    def run(self, act: Callable[[httpx.AsyncClient], Awaitable[object]]) -> None:
        asyncio.run(self._run(act))

    async def _run(self, act: Callable[[httpx.AsyncClient], Awaitable[object]]) -> None:
        transport = httpx.ASGITransport(self.provider.app())
        delivering = asyncio.create_task(self.provider.deliver_webhooks())
        async with _CLIENT(transport=transport, base_url="http://provider") as rest:
            await act(rest)
        await asyncio.sleep(0.15)
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)

    def last(self) -> Row:
        return self.calls.of_phone(PHONE)[-1]

    def heard(self) -> list[str]:
        return [line["text"] for line in self.last()["said"] if line["who"] == "sender"]

    async def until(self, status: str) -> Row:
        for _ in range(400):
            if self.calls.of_phone(PHONE) and self.last()["status"] == status:
                return self.last()
            await asyncio.sleep(0.01)
        raise AssertionError(self.last())


@pytest.fixture
def stage(store: PhoneStore, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage(store)
    store.calls.set_voice(SENDER, VOICE)

    async def take(request: Request) -> Response:
        return await stage.product.take(request)

    app = Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])

    def wired(**options: object) -> httpx.AsyncClient:
        options.setdefault("transport", httpx.ASGITransport(app))
        return _CLIENT(**options)  # type: ignore[arg-type]

    monkeypatch.setattr("local.provider.httpx.AsyncClient", wired)
    monkeypatch.setattr(calls, "_SECONDS_PER_CHARACTER", 0.001)
    monkeypatch.setattr("local.markup._PAUSE", 0.0)
    monkeypatch.setattr(calls, "_BY_ITSELF", {k: (0.01, r) for k, (_, r) in BY_ITSELF.items()})
    monkeypatch.setattr(calls, "_LONGEST_RING", 0.2)
    return stage


BY_ITSELF = dict(calls._BY_ITSELF)
MARKUP = (
    says("Press 9.", "We open.")
    .replace('length="1"', 'length="0"')
    .replace('timeout="5"', 'timeout="0.3"')
)


async def place(rest: httpx.AsyncClient, **changes: str) -> httpx.Response:
    form = {"To": PHONE, "From": SENDER, "Twiml": MARKUP, "StatusCallback": STATUS, "Timeout": "25"}
    return await rest.post(PATH, data=form | changes, auth=(ACCOUNT, changes.get("token", TOKEN)))


@pytest.mark.parametrize(
    ("kind", "status", "answered_by"),
    [
        (CallKind.PERSON, "completed", "human"),
        (CallKind.VOICEMAIL, "completed", "machine_end_beep"),
        (CallKind.NO_ANSWER, "no-answer", None),
        (CallKind.BUSY, "busy", None),
        (CallKind.FAILED, "failed", None),
        (CallKind.RINGS, "completed", "machine_end_beep"),
        (CallKind.NO_VOICEMAIL, "no-answer", None),
    ],
)
def test_a_phone_that_nobody_holds_takes_calls_as_it_was_told(
    stage: Stage, kind: CallKind, status: str, answered_by: str | None
) -> None:
    stage.calls.set_behaviour(PHONE, CallBehaviour(kind))

    async def act(rest: httpx.AsyncClient) -> None:
        answer = await place(rest)
        assert (answer.status_code, answer.json()["status"]) == (201, "queued")
        assert answer.json()["sid"].startswith("CA")
        await stage.until(status)

    stage.run(act)
    [told] = stage.product.to(STATUS)
    assert (told["CallStatus"], told.get("AnsweredBy")) == (status, answered_by)
    assert (told["From"], told["To"], told["Direction"]) == (SENDER, PHONE, "outbound-api")
    assert stage.heard() == (["Press 9.", "We open."] if answered_by else [])


@pytest.mark.parametrize(
    ("what", "status", "answered_by"),
    [("decline", "busy", ""), ("voicemail", "completed", "machine_end_beep")],
)
def test_who_holds_it_declines_or_leaves_it_to_the_voicemail(
    stage: Stage, what: str, status: str, answered_by: str
) -> None:
    async def act(rest: httpx.AsyncClient) -> None:
        sid = (await place(rest)).json()["sid"]
        stage.provider.calls.act(sid, what)
        await stage.until(status)

    stage.run(act)
    assert stage.last()["answered_by"] == answered_by


def test_a_key_cuts_the_words_short_and_the_product_says_what_it_did(stage: Stage) -> None:
    stage.product.answer = says("No more calls. Goodbye.", keys="")

    async def act(rest: httpx.AsyncClient) -> None:
        sid = (await place(rest, Twiml=MARKUP.replace("0.3", "30"))).json()["sid"]
        stage.provider.calls.act(sid, "answer")
        await stage.until("in-progress")
        stage.provider.calls.press(sid, "9")
        await stage.until("completed")

    stage.run(act)
    [told] = stage.product.to(KEYS)
    assert (told["Digits"], told["Direction"]) == ("9", "outbound-api")
    assert (told["From"], told["To"]) == (SENDER, PHONE)
    assert stage.heard()[-1] == "No more calls. Goodbye."
    assert [line["text"] for line in stage.last()["said"] if line["who"] == "phone"] == ["9"]


def test_hanging_up_ends_a_call(stage: Stage) -> None:
    async def act(rest: httpx.AsyncClient) -> None:
        sid = (await place(rest, Twiml=MARKUP.replace("0.3", "30"))).json()["sid"]
        stage.provider.calls.act(sid, "answer")
        await stage.until("in-progress")
        stage.provider.calls.act(sid, "hang-up")
        await stage.until("completed")
        for again in ("hang-up", "answer"):
            with pytest.raises(CannotError):
                stage.provider.calls.act(sid, again)
        with pytest.raises(CannotError):
            stage.provider.calls.press(sid, "9")

    stage.run(act)
    assert stage.product.to(KEYS) == []


def test_a_phone_calls_the_sender_and_hears_what_it_is(stage: Stage) -> None:
    stage.product.answer = says("This is Harbor Alerts.", keys="")

    async def act(_rest: httpx.AsyncClient) -> None:
        stage.provider.calls.dial(PHONE, SENDER)
        await stage.until("completed")

    stage.run(act)
    [told] = stage.product.to(VOICE)
    assert (told["From"], told["To"], told["Direction"]) == (PHONE, SENDER, "inbound")
    assert told["StirVerstat"]
    assert stage.heard() == ["This is Harbor Alerts."]
    assert stage.product.to(STATUS) == []


def test_a_product_that_fails_is_heard_to(stage: Stage) -> None:
    stage.product.status = 500

    async def act(_rest: httpx.AsyncClient) -> None:
        stage.provider.calls.dial(PHONE, SENDER)
        await stage.until("completed")

    stage.run(act)
    assert "application error" in stage.heard()[0]


def test_nobody_answers_for_a_sender_without_an_address_for_calls(stage: Stage) -> None:
    stage.calls.set_voice(SENDER, "")
    with pytest.raises(LookupError):
        stage.provider.calls.dial(PHONE, SENDER)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"token": "wrong"}, 401, 20003),
        ({"Twiml": ""}, 400, 21602),
        ({"Twiml": "<Response><Dial/></Response>"}, 400, 21205),
        ({"Twiml": says("x" * 4001)}, 400, 21617),
        ({"To": "5550100"}, 400, 21211),
        ({"From": "+18885550199"}, 400, 21606),
    ],
)
def test_a_call_that_twilio_refuses_is_refused(
    stage: Stage, changes: dict[str, str], status: int, code: int
) -> None:
    async def act(rest: httpx.AsyncClient) -> None:
        answer = await place(rest, **changes)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    stage.run(act)
    assert stage.calls.of_phone(PHONE) == []


def test_a_limited_way_of_taking_calls_ends_by_itself(stage: Stage) -> None:
    stage.calls.set_behaviour(PHONE, CallBehaviour(CallKind.BUSY, times=1))
    assert stage.calls.take_behaviour(PHONE).kind is CallKind.BUSY
    assert stage.calls.take_behaviour(PHONE).kind is CallKind.RINGS


def test_a_call_that_a_restart_cut_off_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    first = PhoneStore(path)
    first.set_accounts([(ACCOUNT, TOKEN)])
    for answered in (True, False):
        call = first.calls.add(
            incoming=True, phone=PHONE, sender=SENDER, account_sid=ACCOUNT, status_url=STATUS
        )
        if answered:
            first.calls.answered(call["sid"], "human")
    first.close()
    second = PhoneStore(path)
    Provider(second).calls.end_interrupted()
    assert [call["status"] for call in second.calls.of_phone(PHONE)] == ["completed", "no-answer"]
    assert len(second.due_webhooks(1e12, 10)) == 2
    second.close()
