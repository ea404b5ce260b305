"""The simulated provider: takes messages and calls in Twilio's REST dialect, delivers webhooks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.behaviours import Kind, Refusal
from local.calls import Calls
from local.dialect import account_of, call_answer, message_answer, refused, signed_in
from local.markup import MarkupError
from local.phone_store import PhoneStore, Row
from local.signature import HEADER, sign

_MOST_TEXT = 1600
_MOST_MARKUP = 4000
_ATTEMPTS = 12
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
# Each concurrent webhook is one more process of a function.
_CONCURRENT = 3
_NO_ACCOUNT = Refusal(401, 20003, "Authenticate")
_NO_FIELD = Refusal(400, 21602, "A 'To', a 'From' and a 'Body' are required")
_NO_SENDER = Refusal(400, 21606, "The 'From' number is not a number of this account")
_NO_MARKUP = Refusal(400, 21205, "Only 'Twiml' that this carrier can read is taken")
_TOO_LONG = Refusal(400, 21617, "The message body exceeds the 1600 character limit")

Listener = Callable[[dict[str, Any]], None]


class Provider:
    """Accepts messages and carries them to phones; carries phones' texts to webhooks."""

    def __init__(self, store: PhoneStore) -> None:
        self.store = store
        self._listeners: set[Listener] = set()
        self._work = asyncio.Event()
        self._busy: set[str] = set()
        self.calls = Calls(store, self._tell, self._work)

    # What the product sends

    async def accept(self, request: Request) -> Response:
        """Answer `POST /2010-04-01/Accounts/{sid}/Messages.json`."""
        account = request.path_params["sid"]
        token = self.store.auth_token(account)
        if token is None or not signed_in(request, account, token):
            return refused(_NO_ACCOUNT)
        sent = (await request.body()).decode("utf-8", errors="replace")
        form = dict(parse_qsl(sent, keep_blank_values=True))
        to, sender, body = (form.get(name, "") for name in ("To", "From", "Body"))
        owned = self.store.sender(sender)
        problem = _problem(account, to, body, owned)
        if problem:
            return refused(problem)
        behaviour = self.store.take_behaviour(to)
        refusal = behaviour.refusal()
        if refusal:
            self._tell("refused", to)
            return refused(refusal)
        message = self.store.add_message(
            incoming=True, phone=to, sender=sender, body=body, status="queued"
        )
        callback = form.get("StatusCallback", "")
        now = time.time()
        for seconds, status, code in behaviour.receipts():
            fields = {
                "AccountSid": account,
                "From": sender,
                "MessageSid": message["sid"],
                "MessageStatus": status,
                "To": to,
            }
            if code is not None:
                fields["ErrorCode"] = str(code)
            self.store.add_webhook(
                kind="status", sid=message["sid"], url=callback, auth_token=token,
                form=fields, due=now + seconds,
            )  # fmt: skip
        self._work.set()
        self._tell("message", to)
        if behaviour.kind is Kind.SLOW:
            # Taken at once, answered late: what a time-out in the product looks like.
            await asyncio.sleep(behaviour.seconds)
        return JSONResponse(message_answer(account, message, sender, to, body), status_code=201)

    async def accept_call(self, request: Request) -> Response:
        """Answer `POST /2010-04-01/Accounts/{sid}/Calls.json`."""
        account = request.path_params["sid"]
        token = self.store.auth_token(account)
        if token is None or not signed_in(request, account, token):
            return refused(_NO_ACCOUNT)
        sent = (await request.body()).decode("utf-8", errors="replace")
        form = dict(parse_qsl(sent, keep_blank_values=True))
        to, sender = form.get("To", ""), form.get("From", "")
        markup = form.setdefault("Twiml", "")
        problem = _problem(account, to, markup, self.store.sender(sender), _MOST_MARKUP)
        if problem:
            return refused(problem)
        try:
            call = self.calls.place(to=to, sender=sender, account=account, token=token, form=form)
        except MarkupError:
            return refused(_NO_MARKUP)
        return JSONResponse(call_answer(account, call), status_code=201)

    async def look_up(self, request: Request) -> Response:
        """Answer `GET /v2/PhoneNumbers/{number}`, as Twilio Lookup does of the kind of line."""
        number = request.path_params["number"]
        account = account_of(request)
        token = self.store.auth_token(account)
        if token is None or not signed_in(request, account, token):
            return refused(_NO_ACCOUNT)
        asked = "line_type_intelligence" in request.query_params.get("Fields", "")
        landline = self.store.behaviour(number).kind is Kind.LANDLINE
        kind = {"type": "landline" if landline else "mobile", "error_code": None}
        answer = {
            "calling_country_code": "1",
            "phone_number": number,
            "valid": True,
            "line_type_intelligence": kind if asked else None,
        }
        return JSONResponse(answer)

    # What a person types on a phone

    def send_from_phone(self, phone: str, sender: str, text: str, sid: str | None = None) -> Row:
        """Carry a phone's text to the sender's inbound webhook; `sid` repeats a message.

        Raises `LookupError` for a sender that the provider does not have.
        """
        owned = self.store.sender(sender)
        token = self.store.auth_token(owned["account_sid"]) if owned else None
        if owned is None or token is None:
            raise LookupError(sender)
        message = self.store.add_message(
            incoming=False, phone=phone, sender=sender, body=text, status="sent", sid=sid
        )
        form = {
            "AccountSid": owned["account_sid"],
            "Body": text,
            "From": phone,
            "MessageSid": message["sid"],
            "NumMedia": "0",
            "To": sender,
        }
        self.store.add_webhook(
            kind="inbound", sid=message["sid"], url=owned["inbound_url"], auth_token=token,
            form=form, due=time.time(),
        )  # fmt: skip
        self._work.set()
        self._tell("message", phone)
        return message

    # Webhooks

    async def deliver_webhooks(self) -> None:
        """Deliver what is due, for ever; several at a time, one message's in order."""
        self.calls.end_interrupted()
        async with httpx.AsyncClient(timeout=15) as client, asyncio.TaskGroup() as group:
            while True:
                room = _CONCURRENT - len(self._busy)
                due = self.store.due_webhooks(time.time(), _CONCURRENT * 2) if room else []
                for webhook in [one for one in due if one["sid"] not in self._busy][:room]:
                    self._busy.add(webhook["sid"])
                    group.create_task(self._deliver(client, webhook))
                self._work.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._work.wait(), 0.05)

    async def _deliver(self, client: httpx.AsyncClient, webhook: Row) -> None:
        form: dict[str, str] = json.loads(webhook["form"])
        if webhook["kind"] == "status" and webhook["attempts"] == 0:
            code = form.get("ErrorCode")
            phone = self.store.set_status(
                webhook["sid"], form["MessageStatus"], int(code) if code else None
            )
            self._tell("status", phone)
        state, answer = "done", "no callback asked for"
        if webhook["url"]:
            state, answer = await _post(client, webhook["url"], form, webhook["auth_token"])
        attempts = webhook["attempts"] + 1
        if state == "waiting" and attempts >= _ATTEMPTS:
            state = "dropped"
        pause = min(_FIRST_PAUSE * 2 ** webhook["attempts"], _LONGEST_PAUSE)
        self.store.webhook_tried(webhook["id"], state, answer, time.time() + pause)
        if webhook["kind"] == "inbound":
            received = {"done": "received", "dropped": "failed"}.get(state, "sent")
            self._tell("status", self.store.set_status(webhook["sid"], received, None))
        self._busy.discard(webhook["sid"])
        self._work.set()

    # Live updates

    async def changes(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what happens from now on: `{"type": …, "phone": …}`."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=1000)

        def listen(change: dict[str, Any]) -> None:
            with suppress(asyncio.QueueFull):
                queue.put_nowait(change)

        self._listeners.add(listen)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(listen)

    def tell_phones(self) -> None:
        """Say that the list of phones has changed."""
        self._tell("phones", None)

    def _tell(self, kind: str, phone: str | None) -> None:
        for listen in tuple(self._listeners):
            listen({"type": kind, "phone": phone})

    def app(self) -> Starlette:
        """Return the provider's REST API."""
        path = "/2010-04-01/Accounts/{sid}"
        return Starlette(
            routes=[
                Route(f"{path}/Messages.json", self.accept, methods=["POST"]),
                Route(f"{path}/Calls.json", self.accept_call, methods=["POST"]),
                Route("/v2/PhoneNumbers/{number}", self.look_up, methods=["GET"]),
            ]
        )


async def _post(
    client: httpx.AsyncClient, url: str, form: dict[str, str], token: str
) -> tuple[str, str]:
    """Post one webhook; return its state after that and the answer in words."""
    try:
        response = await client.post(url, data=form, headers={HEADER: sign(token, url, form)})
    except httpx.HTTPError as error:
        return "waiting", f"{type(error).__name__}: {error}"
    answer = f"{response.status_code} {response.text[:200]}".strip()
    if response.is_success:
        return "done", answer
    # A refusal will be a refusal again; trouble on the other side passes.
    passing = response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS
    return ("waiting" if passing else "dropped"), answer


def _problem(
    account: str, to: str, body: str, sender: Row | None, most: int = _MOST_TEXT
) -> Refusal | None:
    if not to or not body:
        return _NO_FIELD
    if not to.startswith("+") or not to[1:].isdigit():
        return Refusal(400, 21211, f"Invalid 'To' phone number: {to}")
    if sender is None or sender["account_sid"] != account:
        return _NO_SENDER
    return _TOO_LONG if len(body) > most else None
