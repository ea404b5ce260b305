"""Queues as an operator handles them: look, hurry, redrive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.testing import RunningStack

NAMES = (
    "opt-in-requests",
    "commands",
    "effects",
    "outbound",
    "inbound",
    "receipts",
    "plans",
    "chunks",
    "imports",
)
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class Queues:
    """The nine queues of a stack and their dead letters."""

    def __init__(self, stack: RunningStack) -> None:
        self._client = stack.client("sqs")

    def url(self, name: str) -> str:
        """Return a queue's address."""
        url: str = self._client.get_queue_url(QueueName=f"assent-local-{name}")["QueueUrl"]
        return url

    def send(self, name: str, *bodies: str) -> None:
        """Send messages together, so that they are one batch."""
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
        sent = self._client.send_message_batch(QueueUrl=self.url(name), Entries=entries)
        assert len(sent["Successful"]) == len(bodies)

    def dead(self, name: str) -> int:
        """Count the dead letters of a queue."""
        return self._count(f"{name}-dead", _COUNTS)

    def busy(self) -> dict[str, int]:
        """Count what is waiting or being worked on, without what is put off, by queue."""
        counts = {name: self._count(name, _COUNTS) for name in NAMES}
        return {name: count for name, count in counts.items() if count}

    def _count(self, name: str, attributes: tuple[str, ...]) -> int:
        found = self._client.get_queue_attributes(
            QueueUrl=self.url(name), AttributeNames=list(attributes)
        )
        return sum(int(found["Attributes"][attribute]) for attribute in attributes)

    def take_dead(self, name: str) -> list[str]:
        """Receive all dead letters of a queue and delete them; returns their bodies."""
        url, bodies = self.url(f"{name}-dead"), []
        while messages := self._receive(url):
            for message in messages:
                bodies.append(str(message["Body"]))
                self._client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def redrive(self, name: str) -> int:
        """Send dead letters back, as `StartMessageMoveTask` does, which the emulator lacks."""
        bodies = self.take_dead(name)
        for body in bodies:
            self.send(name, body)
        return len(bodies)

    def _receive(self, url: str) -> list[dict[str, Any]]:
        got = self._client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        messages: list[dict[str, Any]] = got.get("Messages", [])
        return messages

    @contextmanager
    def hurried(self, *names: str, seconds: int = 1) -> Iterator[None]:
        """Let failed messages come back soon; the template's time stands again afterwards."""
        before = {name: self._visibility(name) for name in names}
        for name in names:
            self._set_visibility(name, str(seconds))
        try:
            yield
        finally:
            for name, given in before.items():
                self._set_visibility(name, given)

    def _visibility(self, name: str) -> str:
        found = self._client.get_queue_attributes(
            QueueUrl=self.url(name), AttributeNames=["VisibilityTimeout"]
        )
        return str(found["Attributes"]["VisibilityTimeout"])

    def _set_visibility(self, name: str, seconds: str) -> None:
        self._client.set_queue_attributes(
            QueueUrl=self.url(name), Attributes={"VisibilityTimeout": seconds}
        )
