"""The simulated carrier's calls: phones ring, somebody answers or not, listens, presses keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx

from local import markup
from local.behaviours import CallKind
from local.call_store import LIVE, Row
from local.markup import Gather, Hangup, MarkupError, Pause, Say
from local.phone_store import PhoneStore
from local.signature import HEADER, sign

HUMAN, MACHINE = "human", "machine_end_beep"
KEYS = frozenset("0123456789*#")
_SECONDS_PER_CHARACTER = 1 / 18
_LONGEST_LINE = 8.0
_MACHINE_PACE = 0.1  # nobody listens
_LONGEST_RING = 20.0
_SOON, _WHILE = 0.3, 1.0
_MOST_TURNS = 20
_ERROR = "We are sorry, an application error has occurred. Goodbye."
# What a phone that nobody holds does with a call, after how many seconds.
_BY_ITSELF: dict[CallKind, tuple[float, str]] = {
    CallKind.PERSON: (_SOON, HUMAN),
    CallKind.VOICEMAIL: (_WHILE, MACHINE),
    CallKind.NO_ANSWER: (_WHILE, "no-answer"),
    CallKind.BUSY: (_SOON, "busy"),
    CallKind.FAILED: (_SOON, "failed"),
}
# What somebody does who holds it.
_BY_HAND = {"answer": HUMAN, "decline": "busy", "voicemail": MACHINE}
Tell = Callable[[str, str | None], None]


class CannotError(Exception):
    """What was asked of a call is not possible as it stands."""


class _HungUp(Exception):
    """Whoever holds the phone has ended the call."""


@dataclass
class _Line:
    """A call that goes on: what its holder does comes in here."""

    call: Row
    token: str
    done: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    @property
    def pace(self) -> float:
        return _MACHINE_PACE if self.call["answered_by"] == MACHINE else 1.0


class Calls:
    """Places calls to phones and takes calls from them."""

    def __init__(self, store: PhoneStore, tell: Tell, work: asyncio.Event) -> None:
        self._store = store
        self._calls = store.calls
        self._tell = tell
        self._work = work
        self._lines: dict[str, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # What begins a call

    def place(self, *, to: str, sender: str, account: str, token: str, form: Row) -> Row:
        """Call a phone for the product; what is to be said comes with the call.

        Raises `MarkupError`.
        """
        verbs = markup.read(form["Twiml"])
        seconds = min(float(form.get("Timeout", _LONGEST_RING)), _LONGEST_RING)
        call = self._calls.add(
            incoming=True,
            phone=to,
            sender=sender,
            account_sid=account,
            status_url=form.get("StatusCallback", ""),
        )
        line = self._open(call, token)
        self._run(self._reach(line, verbs, seconds))
        return call

    def dial(self, phone: str, sender: str) -> Row:
        """Call a sender from a phone; raises `LookupError` where nobody answers its calls."""
        owned = self._store.sender(sender)
        token = self._store.auth_token(owned["account_sid"]) if owned else None
        url = self._calls.voice(sender)
        if owned is None or token is None or not url:
            raise LookupError(sender)
        call = self._calls.add(
            incoming=False, phone=phone, sender=sender, account_sid=owned["account_sid"]
        )
        self._run(self._get_through(self._open(call, token), url))
        return call

    # What somebody does with a phone

    def act(self, sid: str, what: str) -> None:
        """Answer, decline, leave to the voicemail or hang up; raises `CannotError`."""
        line = self._line(sid)
        ringing = line.call["status"] == "ringing" and line.call["incoming"]
        possible = what in _BY_HAND if ringing else what == "hang-up"
        if not possible:
            raise CannotError(f"This call cannot be told to {what} now.")
        line.done.put_nowait(what)

    def press(self, sid: str, key: str) -> None:
        """Press a key in a call; raises `CannotError`."""
        line = self._line(sid)
        if line.call["status"] != "in-progress" or line.call["answered_by"] == MACHINE:
            raise CannotError("Keys count once somebody is in the call.")
        self._calls.add_line(sid, "phone", key)
        self._tell("call", line.call["phone"])
        line.done.put_nowait(key)

    def end_interrupted(self) -> None:
        """End the calls that a stop of this process cut off."""
        for call in self._calls.live():
            token = self._store.auth_token(call["account_sid"])
            if call["sid"] not in self._lines and token:
                status = "completed" if call["status"] == "in-progress" else "no-answer"
                self._end(_Line(call, token), status)

    # How a call goes

    def _line(self, sid: str) -> _Line:
        line = self._lines.get(sid)
        if line is None or line.call["status"] not in LIVE:
            raise CannotError("This call has ended.")
        return line

    def _open(self, call: Row, token: str) -> _Line:
        line = self._lines[call["sid"]] = _Line(call, token)
        self._tell("call", call["phone"])
        return line

    def _run(self, going: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(going)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reach(self, line: _Line, verbs: list[markup.Verb], seconds: float) -> None:
        result = await self._ring(line, seconds)
        if result not in (HUMAN, MACHINE):
            self._end(line, result)
            return
        self._answered(line, result)
        await self._talk(line, verbs)

    async def _ring(self, line: _Line, seconds: float) -> str:
        kind = self._calls.take_behaviour(line.call["phone"]).kind
        wait, result = _BY_ITSELF.get(kind, (seconds, MACHINE))
        if kind is CallKind.NO_VOICEMAIL:
            result = "no-answer"
        try:
            return _BY_HAND[await asyncio.wait_for(line.done.get(), wait)]
        except TimeoutError:
            return result

    async def _get_through(self, line: _Line, url: str) -> None:
        verbs = await self._ask(line, url, {})
        self._answered(line, HUMAN)
        await self._talk(line, verbs)

    def _answered(self, line: _Line, by: str) -> None:
        self._calls.answered(line.call["sid"], by)
        self._refresh(line)

    async def _talk(self, line: _Line, verbs: list[markup.Verb]) -> None:
        """Do what the product asks for, turn after turn, until the call ends."""
        try:
            for _ in range(_MOST_TURNS):
                key, action = await self._turn(line, verbs)
                if key is None:
                    break
                verbs = await self._ask(line, action, {"Digits": key, "msg": "Gather End"})
        except _HungUp:
            pass
        self._end(line, "completed")

    async def _turn(self, line: _Line, verbs: list[markup.Verb]) -> tuple[str | None, str]:
        """Speak until the end, or until a key that was waited for; returns it and where it goes."""
        for verb in verbs:
            match verb:
                case Hangup():
                    break
                case Say() | Pause():
                    await self._speak(line, verb, listening=False)
                case Gather():
                    for words in verb.words:
                        if key := await self._speak(line, words, listening=True):
                            return key, verb.action
                    if key := await self._listen(line, verb.seconds * line.pace):
                        return key, verb.action
        return None, ""

    async def _speak(self, line: _Line, words: Say | Pause, *, listening: bool) -> str | None:
        if isinstance(words, Pause):
            seconds = words.seconds
        else:
            self._calls.add_line(line.call["sid"], "sender", words.text)
            self._tell("call", line.call["phone"])
            seconds = min(len(words.text) * _SECONDS_PER_CHARACTER, _LONGEST_LINE)
        return await self._listen(line, seconds * line.pace, listening=listening)

    async def _listen(self, line: _Line, seconds: float, *, listening: bool = True) -> str | None:
        """Wait, and return a key that is pressed meanwhile, if one counts."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                done = await asyncio.wait_for(line.done.get(), left)
            except TimeoutError:
                return None
            if done == "hang-up":
                raise _HungUp
            if listening and done in KEYS:
                return done
        return None

    async def _ask(self, line: _Line, url: str, more: dict[str, str]) -> list[markup.Verb]:
        """Ask the product what comes next, with a signed request."""
        call = line.call
        ends = (call["sender"], call["phone"])
        form = {
            "AccountSid": call["account_sid"],
            "ApiVersion": "2010-04-01",
            "CallSid": call["sid"],
            "CallStatus": call["status"],
            "Direction": "outbound-api" if call["incoming"] else "inbound",
            "From": ends[0] if call["incoming"] else ends[1],
            "To": ends[1] if call["incoming"] else ends[0],
            **({} if call["incoming"] else {"StirVerstat": "TN-Validation-Passed-A"}),
            **more,
        }
        try:
            async with httpx.AsyncClient(timeout=15) as client:
                headers = {HEADER: sign(line.token, url, form)}
                response = await client.post(url, data=form, headers=headers)
            return markup.read(response.raise_for_status().text)
        except (httpx.HTTPError, MarkupError):
            return [Say(_ERROR), Hangup()]

    def _refresh(self, line: _Line) -> None:
        line.call = self._calls.call(line.call["sid"]) or line.call
        self._tell("call", line.call["phone"])

    def _end(self, line: _Line, status: str) -> None:
        self._calls.ended(line.call["sid"], status)
        self._lines.pop(line.call["sid"], None)
        self._refresh(line)
        call = line.call
        if not call["status_url"]:
            return
        form = {
            "AccountSid": call["account_sid"],
            "CallDuration": str(
                round(call["ended_at"] - (call["answered_at"] or call["ended_at"]))
            ),
            "CallSid": call["sid"],
            "CallStatus": status,
            "Direction": "outbound-api",
            "From": call["sender"],
            "SequenceNumber": "0",
            "To": call["phone"],
        }
        if call["answered_by"]:
            form["AnsweredBy"] = call["answered_by"]
        self._store.add_webhook(
            kind="call", sid=call["sid"], url=call["status_url"], auth_token=line.token,
            form=form, due=time.time(),
        )  # fmt: skip
        self._work.set()
