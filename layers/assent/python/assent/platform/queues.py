"""Queues carry commands: pydantic models as JSON, sent one by one or ten at a time."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# What botocore would do for every send that ours do not need: the requests are of our own making,
# and working out how to introduce itself takes it a sixth of the call.
_CONFIG = Config(connect_timeout=1, read_timeout=5, parameter_validation=False, user_agent="assent")
_BATCH = 10
MAX_DELAY = 900  # seconds, the most that SQS can hold a message back


class Command(BaseModel):
    """A message between functions. Unknown fields are refused: they would be lost silently."""

    # Most functions know many commands and see few: each is made ready when it is first used.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


_C = TypeVar("_C", bound=Command)


class Sink(Protocol):
    """Where commands go: a queue, or a list in a test."""

    def send(self, command: Command, delay: int = 0) -> None:
        """Send one command, to be seen after `delay` seconds (at most 900)."""
        ...

    def send_all(self, commands: Iterable[tuple[Command, int]]) -> None:
        """Send many, each with its delay; raises when any of them was not taken."""
        ...


class NotSent(Exception):
    """SQS did not answer, or took not all commands of a batch; sending all again is safe."""


@cache
def _client() -> "SQSClient":
    return boto3.client("sqs", config=_CONFIG)


class Queue:
    """One SQS queue, by its URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, command: Command, delay: int = 0) -> None:
        """Send one command; raises `NotSent`."""
        body = command.model_dump_json()
        try:
            _client().send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay)
        except (BotoCoreError, ClientError) as error:
            raise NotSent(_cause(error)) from error

    def send_all(self, commands: Iterable[tuple[Command, int]]) -> None:
        """Send commands ten at a time; raises `NotSent`."""
        batch: list[SendMessageBatchRequestEntryTypeDef] = []
        for command, delay in commands:
            batch.append(
                {
                    "Id": str(len(batch)),
                    "MessageBody": command.model_dump_json(),
                    "DelaySeconds": delay,
                }
            )
            if len(batch) == _BATCH:
                self._send(batch)
                batch = []
        if batch:
            self._send(batch)

    def _send(self, batch: "list[SendMessageBatchRequestEntryTypeDef]") -> None:
        try:
            answer = _client().send_message_batch(QueueUrl=self._url, Entries=batch)
        except (BotoCoreError, ClientError) as error:
            raise NotSent(_cause(error)) from error
        failed = answer.get("Failed", [])
        if failed:
            raise NotSent(f"{len(failed)} of {len(batch)}: {failed[0].get('Code')}")


def _cause(error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code"))
    return type(error).__name__


class Outbox:
    """A sink that keeps what it is given, for tests and for replays."""

    def __init__(self) -> None:
        self.sent: list[tuple[Command, int]] = []

    def send(self, command: Command, delay: int = 0) -> None:
        """Keep one command."""
        self.sent.append((command, delay))

    def send_all(self, commands: Iterable[tuple[Command, int]]) -> None:
        """Keep many."""
        self.sent.extend(commands)

    def take(self, kind: type[_C]) -> list[_C]:
        """Remove and return the commands of one kind, in the order they came."""
        taken = [c for c, _ in self.sent if isinstance(c, kind)]
        self.sent = [(c, d) for c, d in self.sent if not isinstance(c, kind)]
        return taken
