"""What every queue worker does: parse each message, apply it, report those that failed."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.platform.observability import logger


def work(
    event: dict[str, Any], context: LambdaContext, apply: Callable[[SQSRecord], str]
) -> PartialItemFailureResponse:
    """Apply each record on its own; one that raises comes back later, the others are done.

    `apply` returns the outcome as a short word; one line per record is logged with it.
    """

    def logged(record: SQSRecord) -> None:
        try:
            outcome = apply(record)
        except Exception as error:
            # The type only: a message or a value could hold a phone number.
            logger.warning(
                "not done, will be tried again",
                extra={"sqs_message_id": record.message_id, "error": type(error).__name__},
            )
            raise
        logger.info("done", extra={"sqs_message_id": record.message_id, "outcome": outcome})

    # Should every record fail, each comes back by itself: raising would end a warm process.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, logged, processor, context)
