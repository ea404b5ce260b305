"""The handset page and its API: phones, threads, replies, behaviours, live updates."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local import phone_numbers
from local.behaviours import Behaviour, CallBehaviour
from local.calls import KEYS, CannotError
from local.phone_store import Row
from local.provider import Provider

_FOLDER = Path(__file__).parent / "handset"
_ASSETS = {
    "phone.css": "text/css",
    "call.css": "text/css",
    "call.js": "text/javascript",
    "phone.js": "text/javascript",
    "scheme.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_HEARTBEAT = 10.0
# Where generated phones begin; the transcript counts from the other end of the range.
_FIRST_ADDED = 10
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def measured(row: Row) -> Row:
    """Add how many parts the text takes and in which encoding, where the product can say."""
    try:
        from assent.sms.segments import segment  # noqa: PLC0415 - the product may be in the making
    except ImportError:
        return row | {"encoding": None, "segments": None}
    counted = segment(row["body"])
    return row | {"encoding": str(counted.encoding), "segments": len(counted.parts)}


class PhoneApi:
    """Everything under `/phone`."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._store = provider.store
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End the open streams, so that the server can end."""
        self._closing.set()

    def routes(self) -> list[Route]:
        """Return the routes of page and API."""
        api = "/phone/api"
        thread = api + "/phones/{number}/messages"
        return [
            Route("/phone", self._page),
            Route("/phone/", self._page),
            Route("/phone/{name:str}", self._asset),
            Route(api + "/phones", self._phones),
            Route(api + "/phones", self._add, methods=["POST"]),
            Route(api + "/phones/{number}", self._hide, methods=["DELETE"]),
            Route(thread, self._thread),
            Route(thread, self._reply, methods=["POST"]),
            Route(api + "/phones/{number}/behaviour", self._behave, methods=["PUT"]),
            Route(api + "/phones/{number}/read", self._read, methods=["POST"]),
            Route(api + "/phones/{number}/calls", self._calls),
            Route(api + "/phones/{number}/calls", self._dial, methods=["POST"]),
            Route(api + "/phones/{number}/call-behaviour", self._take_calls, methods=["PUT"]),
            Route(api + "/calls/{sid}/keys", self._press, methods=["POST"]),
            Route(api + "/calls/{sid}/{what}", self._act, methods=["POST"]),
            Route(api + "/webhooks", self._webhooks),
            Route(api + "/provider", self._configure, methods=["PUT"]),
            Route(api + "/events", self._events),
        ]

    async def _page(self, _request: Request) -> Response:
        return FileResponse(_FOLDER / "index.html", headers=HEADERS)

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _ASSETS:
            raise HTTPException(404, f"There is no {name} here.")
        return FileResponse(_FOLDER / name, headers=HEADERS, media_type=_ASSETS[name])

    async def _phones(self, _request: Request) -> Response:
        senders = [
            {
                "address": one["address"],
                "name": one["name"],
                "shown": phone_numbers.readable(one["address"]),
            }
            for one in self._store.senders()
        ]
        phones = [
            phone
            | {
                "shown": phone_numbers.readable(phone["number"]),
                "call": _shown(phone["call"]) if phone["call"] else None,
            }
            for phone in self._store.phones()
        ]
        return _json({"phones": phones, "senders": senders})

    async def _add(self, request: Request) -> Response:
        given = await _body(request)
        number = _number(str(given["number"])) if given.get("number") else self._unused()
        name = str(given.get("name") or phone_numbers.readable(number))[:40]
        kind = str(given.get("kind", "added"))
        if given.get("replaces"):
            self._store.hide_kind(str(given["replaces"]))
        self._store.add_phone(number, name, kind)
        self._provider.tell_phones()
        return _json({"number": number, "name": name, "kind": kind}, 201)

    def _unused(self) -> str:
        known = {phone["number"] for phone in self._store.phones()}
        index = _FIRST_ADDED
        while (number := phone_numbers.fictional(index)) in known or self._store.thread(number):
            index += 1
        return number

    async def _hide(self, request: Request) -> Response:
        if not self._store.hide_phone(_number(request.path_params["number"])):
            raise HTTPException(404, "There is no such phone.")
        self._provider.tell_phones()
        return Response(status_code=204)

    async def _thread(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")
        if not after.isdigit():
            raise HTTPException(422, "after must be a message's id")
        rows = self._store.thread(_number(request.path_params["number"]), int(after))
        return _json({"messages": [measured(row) for row in rows]})

    async def _reply(self, request: Request) -> Response:
        given = await _body(request)
        text, to = str(given.get("text", "")), str(given.get("to", ""))
        if not text.strip():
            raise HTTPException(422, "text must not be empty")
        sid = given.get("sid")
        try:
            message = self._provider.send_from_phone(
                _number(request.path_params["number"]), to, text, str(sid) if sid else None
            )
        except LookupError:
            raise HTTPException(404, f"The provider has no sender {to}.") from None
        return _json(measured(message), 201)

    async def _behave(self, request: Request) -> Response:
        try:
            behaviour = Behaviour.parse(await _body(request))
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        self._store.set_behaviour(_number(request.path_params["number"]), behaviour)
        self._provider.tell_phones()
        return _json(behaviour.stored())

    async def _read(self, request: Request) -> Response:
        self._store.mark_read(_number(request.path_params["number"]))
        self._provider.tell_phones()
        return Response(status_code=204)

    async def _calls(self, request: Request) -> Response:
        calls = self._store.calls.of_phone(_number(request.path_params["number"]))
        return _json({"calls": [_shown(call) for call in calls]})

    async def _dial(self, request: Request) -> Response:
        to = str((await _body(request)).get("to", ""))
        try:
            call = self._provider.calls.dial(_number(request.path_params["number"]), to)
        except LookupError:
            raise HTTPException(404, f"Nobody answers calls to {to}.") from None
        return _json(_shown(call), 201)

    async def _take_calls(self, request: Request) -> Response:
        try:
            behaviour = CallBehaviour.parse(await _body(request))
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        self._store.calls.set_behaviour(_number(request.path_params["number"]), behaviour)
        self._provider.tell_phones()
        return _json(behaviour.stored())

    async def _press(self, request: Request) -> Response:
        key = str((await _body(request)).get("key", ""))
        if key not in KEYS:
            raise HTTPException(422, "key must be one of 0 to 9, * and #")
        with _possible():
            self._provider.calls.press(request.path_params["sid"], key)
        return Response(status_code=204)

    async def _act(self, request: Request) -> Response:
        await _body(request)
        with _possible():
            self._provider.calls.act(request.path_params["sid"], request.path_params["what"])
        return Response(status_code=204)

    async def _webhooks(self, request: Request) -> Response:
        limit = request.query_params.get("limit", "100")
        if not limit.isdigit():
            raise HTTPException(422, "limit must be a number")
        sid = request.query_params.get("sid")
        return _json({"webhooks": self._store.webhooks(sid, min(int(limit), 1000))})

    async def _configure(self, request: Request) -> Response:
        """Give the provider accounts (id → token) and senders (address → account, webhook)."""
        given = await _body(request)
        for address, sender in given.get("senders", {}).items():
            self._store.calls.set_voice(address, sender.get("voice_url", ""))
        self._store.set_accounts(list(given.get("accounts", {}).items()))
        self._store.set_senders(
            (address, sender["name"], sender["account_sid"], sender["inbound_url"])
            for address, sender in given.get("senders", {}).items()
        )
        self._provider.tell_phones()
        return Response(status_code=204)

    async def _events(self, _request: Request) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        changes = self._provider.changes()
        closing: asyncio.Future[Any] = asyncio.ensure_future(self._closing.wait())
        change: asyncio.Future[Any] | None = None
        try:
            while not self._closing.is_set():
                change = change or asyncio.ensure_future(anext(changes))
                await asyncio.wait(
                    {change, closing}, timeout=_HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
                )
                if change.done():
                    yield f"data: {json.dumps(change.result())}\n\n"
                    change = None
                else:
                    yield ": still here\n\n"
        finally:
            closing.cancel()
            if change:
                change.cancel()


@contextmanager
def _possible() -> Iterator[None]:
    """Answer what a call cannot do as a conflict."""
    try:
        yield
    except CannotError as error:
        raise HTTPException(409, str(error)) from None


def _shown(call: Row) -> Row:
    """Leave out what a phone does not know of a call."""
    return {name: call[name] for name in call if name not in ("account_sid", "status_url")}


def _number(given: str) -> str:
    try:
        return phone_numbers.normal(given)
    except ValueError as error:
        raise HTTPException(422, str(error)) from None


async def _body(request: Request) -> dict[str, Any]:
    # A page of another origin can post forms and text, but not JSON without being asked first.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "Send JSON with Content-Type: application/json.")
    try:
        given = await request.json()
    except ValueError:
        raise HTTPException(400, "The body is not JSON.") from None
    if not isinstance(given, dict):
        raise HTTPException(422, "The body must be a JSON object.")
    return given


def _json(content: object, status: int = 200) -> Response:
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store"})
