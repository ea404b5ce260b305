"""A phone's calls, as somebody who holds it takes them: answer, listen, press keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from local.play_client import Browser, until

_T = TypeVar("_T")
Row = dict[str, Any]


@dataclass(frozen=True)
class PhoneCalls:
    """The calls of one phone; `say` is told what is waited for, where it takes more than a moment.

    `seconds` are the most to wait for anything.
    """

    browser: Browser
    number: str
    seconds: float
    say: Callable[[str], None] | None = None

    def all(self) -> list[Row]:
        """Return the phone's calls, oldest first."""
        found: list[Row] = self.browser.phones("GET", f"/phones/{self.number}/calls")["calls"]
        return found

    def are_taken(self, kind: str) -> None:
        """Say how the phone takes calls that nobody touches, from now on."""
        self.browser.phones("PUT", f"/phones/{self.number}/call-behaviour", {"kind": kind})

    def rings(self, count: int = 1) -> str:
        """Wait until the phone has had so many calls; returns the latest one's id."""

        def arrived() -> str | None:
            calls = self.all()
            return str(calls[-1]["sid"]) if len(calls) >= count else None

        return self._until(f"call {count} to a phone", arrived)

    def hears(self, words: str) -> Row:
        """Wait until something was said in the latest call; returns the call."""

        def said() -> Row | None:
            call = self.all()[-1]
            return call if any(words in line["text"] for line in call["said"]) else None

        return self._until(f"“{words}” in a call", said)

    def ends(self, status: str = "completed") -> Row:
        """Wait until the latest call has ended in this way; returns it."""

        def ended() -> Row | None:
            call = self.all()[-1]
            return call if call["status"] == status else None

        return self._until(f"a call to be {status}", ended)

    def act(self, sid: str, what: str) -> None:
        """Answer, decline, leave to the voicemail or hang up."""
        self.browser.phones("POST", f"/calls/{sid}/{what}", {})

    def press(self, sid: str, key: str) -> None:
        """Press a key in a call."""
        self.browser.phones("POST", f"/calls/{sid}/keys", {"key": key})

    def _until(self, what: str, probe: Callable[[], _T | None]) -> _T:
        say = self.say
        return until(what, self.seconds, probe, (lambda: say(what)) if say else None)
