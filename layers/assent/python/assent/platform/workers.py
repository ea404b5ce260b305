"""What every queue worker does: parse each message, apply it, report those that failed.

The answer is Lambda's partial batch response (Lambda Developer Guide, "Handling errors for an SQS
event source in Lambda", `ReportBatchItemFailures`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from assent.platform.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True)
class Message:
    """One message of a queue."""

    id: str
    body: str
    queue: str  # its name


class Failure(TypedDict):
    """A message that comes back."""

    itemIdentifier: str


class Failures(TypedDict):
    """The messages of a batch that come back; all others are done."""

    batchItemFailures: list[Failure]


def work(
    event: dict[str, Any], context: "LambdaContext", apply: Callable[[Message], str]
) -> Failures:
    """Apply each message on its own; one that raises comes back later, the others are done.

    `apply` returns the outcome as a short word; one line per message is logged with it. Should
    every message fail, each comes back by itself: raising would end a warm process.
    """
    del context
    failed: list[Failure] = []
    for record in event["Records"]:
        message = Message(
            id=record["messageId"],
            body=record["body"],
            queue=record["eventSourceARN"].rpartition(":")[2],
        )
        try:
            outcome = apply(message)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the others go on
            # The type only: a message or a value could hold a phone number.
            logger.warning(
                "not done, will be tried again",
                extra={"sqs_message_id": message.id, "error": type(error).__name__},
            )
            failed.append({"itemIdentifier": message.id})
        else:
            logger.info("done", extra={"sqs_message_id": message.id, "outcome": outcome})
    return {"batchItemFailures": failed}
