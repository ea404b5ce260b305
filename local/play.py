"""One playing of the main job: who takes part, what is checked, what is asked of the stack."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from local import phone_numbers
from local.demo_names import ACCOUNTS, SENDER_ADDRESS
from local.layout import Layout, read_json, write_json
from local.play_calls import PhoneCalls
from local.play_client import Browser, CheckFailed, PageFields, until
from local.progress import Progress
from local.seed import Demo

PEOPLE = (("Ana", "Alvarez"), ("Ben", "Brandt"), ("Chloe", "Chen"))
# Cold functions, a queue's poll, the provider: seconds each, so be patient once.
QUEUES = 60.0
SCHEDULE = 60.0
_T = TypeVar("_T")
_DISCLOSURE = (
    "I agree to get text messages from Harbor Alerts about my membership. Msg&DataRatesMayApply. "
    "Reply HELP for help, STOP to end."
)


@dataclass
class Play:
    """The state of one playing."""

    browser: Browser
    demo: Demo
    layout: Layout
    progress: Progress
    number: int
    phones: list[str]
    contacts: dict[str, str] = field(default_factory=dict)
    elsewhere: str = ""
    group: dict[str, Any] = field(default_factory=dict)
    steps: int = 0

    @property
    def account(self) -> str:
        """The account that the operator works in."""
        return self.demo.accounts[ACCOUNTS[0]]

    @property
    def other_account(self) -> str:
        """Another account, which shares the sender."""
        return self.demo.accounts[ACCOUNTS[1]]

    def say(self, text: str) -> None:
        """Print one thing that holds."""
        self.progress.say(f"     ✓ {text}")

    def check(self, holds: bool, text: str, instead: object = "") -> None:
        """Print what holds, or fail with what is there instead."""
        if not holds:
            raise CheckFailed(f"This is not so: {text}. Instead: {instead}")
        self.say(text)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Give a step its number, and its time when it ends."""
        self.steps += 1
        self.progress.say(f"  {self.steps}. {title}")
        began = time.monotonic()
        yield
        self.progress.say(f"       {time.monotonic() - began:.1f} s")

    def until(self, what: str, seconds: float, probe: Callable[[], _T | None]) -> _T:
        """Wait for `what`, and say so where it takes more than a moment."""
        return until(what, seconds, probe, lambda: self._waits(what))

    def _waits(self, what: str) -> None:
        self.progress.say(f"     … waiting for {what}")

    # People and their phones

    def sign_up(self, form: str, person: int, *, checked: bool = False) -> str:
        """Fill in a hosted form for one of the people; returns where it leads to."""
        (first, last), number = PEOPLE[person], self.phones[person]
        page = PageFields(self.browser.page(form))
        if checked:
            self.check("consent" in page.values, "the form asks for consent")
            self.check("consent" not in page.ticked, "its box is not ticked beforehand")
        fields = page.values | {
            "first_name": first,
            "last_name": last,
            "phone": phone_numbers.national(number),
            "consent": page.values["consent"] or "yes",
        }
        return self.browser.send_form(form, fields)

    def texts(self, number: str, text: str) -> str:
        """Text the sender from a phone, and wait for the answer; returns its words."""
        before = len(self.browser.received(number))
        self.browser.phones(
            "POST", f"/phones/{number}/messages", {"to": SENDER_ADDRESS, "text": text}
        )

        def answered() -> str | None:
            got = self.browser.received(number)
            return str(got[before]["body"]) if len(got) > before else None

        return self.until(f"the answer to {text}", QUEUES, answered)

    def calls(self, number: str) -> PhoneCalls:
        """Return the calls of a phone."""
        return PhoneCalls(self.browser, number, QUEUES, self._waits)

    def shown(self, account: str, contact: str) -> dict[str, Any]:
        """Return a contact as the API shows it."""
        return dict(self.browser.api("GET", f"/contacts/{contact}", account=account))

    # What the operator does

    def other_key(self) -> str:
        """Return the API key of an integration in the other account, made once."""
        path = self.layout.state / "play.json"
        kept = read_json(path)
        if kept.get("account") != self.other_account:
            made = self.browser.api(
                "POST",
                "/integrations",
                account=self.other_account,
                body={"name": "Front desk", "disclosure": _DISCLOSURE},
                expect=201,
            )
            kept |= {"account": self.other_account, "key": made["api_key"]}
            write_json(path, kept, secret=True)
        return str(kept["key"])

    def broadcast(
        self, name: str, text: str, at: datetime | None = None, channel: str = "sms"
    ) -> str:
        """Make and schedule a broadcast to the group; returns its id."""
        made = self.browser.api(
            "POST",
            "/broadcasts",
            account=self.account,
            body={"name": name, "channel": channel, "groups": [self.group["id"]], "template": text},
            expect=201,
        )
        when = {"at": at.isoformat() if at else None}
        path = f"/broadcasts/{made['id']}"
        self.browser.api("POST", f"{path}/schedule", account=self.account, body=when)
        return str(made["id"])

    def finished(self, broadcast: str, delivered: int, seconds: float) -> dict[str, Any]:
        """Wait for a broadcast's end and its receipts; returns it as the API shows it."""

        def done() -> dict[str, Any] | None:
            shown = self.browser.api("GET", f"/broadcasts/{broadcast}", account=self.account)
            if shown["state"] in {"failed", "cancelled"}:
                raise CheckFailed(f"the broadcast ended as {shown['state']}: {shown}")
            report = shown["report"]
            complete = shown["state"] == "finished" and report["delivered"] >= delivered
            return dict(shown) if complete else None

        return self.until(f"the broadcast to be finished and {delivered} receipts", seconds, done)

    def arrivals(self, text: str) -> list[int]:
        """Count the messages with this text on each of the three phones."""
        return [
            sum(text in message["body"] for message in self.browser.received(number))
            for number in self.phones
        ]

    def opted_out(self, account: str, contact: str, channel: str, source: str) -> bool:
        """Tell whether an opt-out and all that follows from it can be seen."""
        shown = self.shown(account, contact)
        mark = shown["channels"][channel]
        in_group = any(channel in group["channels"] for group in shown["groups"])
        in_queue = shown["queue"]["state"] in {"waiting", "queued"}
        hard = mark["status"] == "hard_opt_out" and mark["source"] == source
        return hard and not in_group and not in_queue

    def is_reached(self, account: str, contact: str) -> bool:
        """Tell whether texts may go to a contact."""
        return bool(self.shown(account, contact)["channels"]["sms"]["status"] == "subscribed")

    def opt_out(self, account: str, contact: str) -> str:
        """Return the id of a contact's line on the opt-out list."""
        return str(self.shown(account, contact)["channels"]["sms"]["opt_out_id"])


def short(report: dict[str, Any]) -> str:
    """Say what came of a broadcast in one line."""
    parts = [f"{name} {report[name]}" for name in ("planned", "sent", "delivered")]
    parts += [f"{reason} {count}" for reason, count in report["excluded"].items()]
    return ", ".join(parts)
