"""People who agreed to calls, and calls to them, on a running stack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assent.accounts.model import sender_id
from assent.consent.model import Channel
from assent.consent.policy import Purpose
from assent.messaging.model import Place, SendMessage
from assent.platform.clock import stamp
from assent.platform.ids import new_id
from assent.platform.pseudonyms import Pseudonyms
from local.demo_names import SENDER_ADDRESS
from local.play_calls import PhoneCalls
from local.play_client import Browser, until
from local.testing import RunningStack

SECONDS = 90.0
_DISCLOSURE = "I agree to get texts and calls from Harbor Alerts. Text STOP or press 9 to end them."


@dataclass(frozen=True)
class Voice:
    """Calls of one account, as a broadcast would place them one by one."""

    stack: RunningStack
    browser: Browser
    account: str

    def agreed(self, number: str, first_name: str = "Vera") -> str:
        """Make a lead that agreed to texts and calls; returns its contact's id."""
        made = self.browser.api(
            "POST",
            "/integrations",
            account=self.account,
            body={"name": "Clinic", "disclosure": _DISCLOSURE, "channels": ["sms", "voice"]},
            expect=201,
        )
        lead = {"first_name": first_name, "last_name": "Voss", "phone": number}
        self.browser.send_lead(made["api_key"], lead)

        def found() -> str | None:
            page = self.browser.api("GET", "/queue", account=self.account)
            return next((e["contact_id"] for e in page["items"] if e["phone"] == number), None)

        return until("the lead in the opt-in queue", SECONDS, found)

    def place(self, contact_id: str, number: str, text: str) -> None:
        """Have a call placed to a contact."""
        now = datetime.now(UTC)
        command = SendMessage(
            place=Place(
                thread=f"{self.account}#{contact_id}", sort=f"{stamp(now)}#{new_id('ms', now)}"
            ),
            account_id=self.account,
            contact_id=contact_id,
            sender_id=sender_id(SENDER_ADDRESS),
            phone=number,
            subject=self._pseudonyms().of(number),
            purpose=Purpose.BROADCAST,
            channel=Channel.VOICE,
            body=text,
            created_at=now,
        )
        queues = self.stack.client("sqs")
        url = queues.get_queue_url(QueueName="assent-local-outbound")["QueueUrl"]
        queues.send_message(QueueUrl=url, MessageBody=command.model_dump_json())

    def put_off(self) -> None:
        """Wait until a call that nobody took waits in the queue to be made again."""
        queues = self.stack.client("sqs")
        url = queues.get_queue_url(QueueName="assent-local-outbound")["QueueUrl"]
        held_back = "ApproximateNumberOfMessagesDelayed"

        def waiting() -> bool:
            asked = queues.get_queue_attributes(QueueUrl=url, AttributeNames=[held_back])
            return int(asked["Attributes"][held_back]) > 0

        until("the next attempt at a call", SECONDS, waiting)

    def has_status(self, contact_id: str, status: str) -> None:
        """Wait until a contact has this status for calls."""

        def reached() -> bool:
            shown = self.browser.api("GET", f"/contacts/{contact_id}", account=self.account)
            return bool(shown["channels"]["voice"]["status"] == status)

        until(f"calls to be {status}", SECONDS, reached)

    def _pseudonyms(self) -> Pseudonyms:
        secrets = self.stack.client("secretsmanager")
        (name,) = [
            one["Name"]
            for one in secrets.list_secrets()["SecretList"]
            if "pseudonym" in one["Name"].lower()
        ]
        return Pseudonyms(secrets.get_secret_value(SecretId=name)["SecretString"])

    # The phone

    def of(self, number: str) -> PhoneCalls:
        """Return the calls of a phone."""
        return PhoneCalls(self.browser, number, SECONDS)

    def calls(self, number: str) -> list[dict[str, Any]]:
        """Return a phone's calls, oldest first."""
        return self.of(number).all()

    def takes_calls(self, number: str, kind: str) -> None:
        """Say how a phone takes calls from now on."""
        self.of(number).are_taken(kind)

    def rings(self, number: str, count: int = 1) -> str:
        """Wait until a phone has had so many calls; returns the latest one's id."""
        return self.of(number).rings(count)

    def hears(self, number: str, words: str) -> dict[str, Any]:
        """Wait until something was said in the latest call; returns the call."""
        return self.of(number).hears(words)

    def ends(self, number: str, status: str = "completed") -> dict[str, Any]:
        """Wait until the latest call has ended in this way; returns it."""
        return self.of(number).ends(status)

    def act(self, sid: str, what: str) -> None:
        """Answer, decline, leave to the voicemail or hang up."""
        self.browser.phones("POST", f"/calls/{sid}/{what}", {})

    def press(self, sid: str, key: str) -> None:
        """Press a key in a call."""
        self.browser.phones("POST", f"/calls/{sid}/keys", {"key": key})
