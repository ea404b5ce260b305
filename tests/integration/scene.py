"""What the integration tests do on a stack: send leads, text from phones, look at the outcome."""

from __future__ import annotations

import itertools
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from local import phone_numbers
from local.demo_names import ACCOUNTS, SENDER_ADDRESS
from local.layout import read_json
from local.play_client import Browser, until
from local.signature import HEADER, sign
from local.testing import RunningStack

T = TypeVar("T")
# Cold functions and queues take seconds each on a small machine.
SECONDS = 90.0
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# Below are the handset's own phones, at the far end those of the transcript.
_NUMBERS = (phone_numbers.fictional(400 + 400 * _WORKER + i) for i in itertools.count())


def new_phone() -> str:
    """Return the number of a phone that no other test of this run has."""
    return next(_NUMBERS)


@dataclass(frozen=True)
class Scene:
    """A stack and its signed-in operator."""

    stack: RunningStack
    browser: Browser

    @property
    def account(self) -> str:
        """The account that the tests work in."""
        return self.stack.demo.accounts[ACCOUNTS[0]]

    @property
    def other_account(self) -> str:
        """An account that shares the sender."""
        return self.stack.demo.accounts[ACCOUNTS[1]]

    def until(self, what: str, probe: Callable[[], T | None]) -> T:
        """Wait for `what`, as long as it can reasonably take."""
        return until(what, SECONDS, probe)

    def api(self, method: str, path: str, **options: Any) -> Any:  # noqa: ANN401 - JSON
        """Call the console API as the operator, in the first account."""
        return self.browser.api(method, path, **({"account": self.account} | options))

    # Leads

    def lead(self, number: str) -> str:
        """Send a lead by the opt-in API; returns the receipt's id."""
        lead = {"first_name": "Test", "last_name": "Person", "phone": number}
        return self.browser.send_lead(self.stack.demo.api_key, lead)

    def queued(self, number: str) -> str:
        """Wait until a lead is in the opt-in queue; returns its contact's id."""

        def found() -> str | None:
            page = self.api("GET", "/queue")
            return next(
                (one["contact_id"] for one in page["items"] if one["phone"] == number), None
            )

        return self.until("the lead in the opt-in queue", found)

    def group_of(self, name: str, *numbers: str) -> tuple[str, list[str]]:
        """Bring phones through the opt-in queue to a new group; returns its id and theirs."""
        for number in numbers:
            self.lead(number)
        contacts = [self.queued(number) for number in numbers]
        answer = self.api(
            "POST", "/queue/moves", body={"contact_ids": contacts, "new_group_name": name}
        )
        assert answer["refused"] == []
        return answer["group"]["id"], contacts

    # Phones

    def received(self, number: str) -> list[str]:
        """Return the texts that arrived at a phone."""
        return [message["body"] for message in self.browser.received(number)]

    def text(self, number: str, text: str) -> None:
        """Text the sender from a phone."""
        body = {"to": SENDER_ADDRESS, "text": text}
        self.browser.phones("POST", f"/phones/{number}/messages", body)

    def receives(self, number: str, count: int) -> list[str]:
        """Wait until so many texts have arrived at a phone."""

        def arrived() -> list[str] | None:
            texts = self.received(number)
            return texts if len(texts) >= count else None

        return self.until(f"{count} texts on a phone", arrived)

    def sms_status(self, contact_id: str) -> str:
        """Return a contact's SMS status."""
        return str(self.api("GET", f"/contacts/{contact_id}")["channels"]["sms"]["status"])

    # Broadcasts

    def draft(self, group: str, text: str) -> str:
        """Make a broadcast to a group; returns its id."""
        body = {"name": text[:40], "channel": "sms", "groups": [group], "template": text}
        return str(self.api("POST", "/broadcasts", body=body, expect=201)["id"])

    def finished(self, broadcast: str) -> dict[str, Any]:
        """Wait for the end of a broadcast; returns it."""

        def done() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.api("GET", f"/broadcasts/{broadcast}")
            return shown if shown["state"] in {"finished", "failed", "cancelled"} else None

        return self.until("the broadcast to be finished", done)

    # Webhooks

    def inbound(self, **changes: str) -> dict[str, str]:
        """Return the fields of an inbound webhook."""
        fields = {
            "AccountSid": self._kept("account_sid"),
            "Body": "STOP",
            "From": new_phone(),
            "MessageSid": f"SM{secrets.token_hex(16)}",
            "NumMedia": "0",
            "To": SENDER_ADDRESS,
        }
        return fields | changes

    def webhook(
        self, fields: dict[str, str], kind: str = "inbound", token: str | None = None
    ) -> httpx.Response:
        """Post a webhook, signed as the provider does, or with another token."""
        url = f"{self.stack.url}/webhooks/twilio/{self.account}/{kind}"
        signature = sign(token or self._kept("auth_token"), url, fields)
        return httpx.post(url, data=fields, headers={HEADER: signature}, timeout=65)

    def _kept(self, name: str) -> str:
        return str(read_json(self.stack.layout.demo)[name])
