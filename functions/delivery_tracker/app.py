"""Delivery receipts change messages, and let leads into the opt-in queue."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.accounts.service import AccountService
from assent.broadcasts.progress import note_delivery
from assent.messaging.model import RecordReceipt
from assent.messaging.receipts import ReceiptService
from assent.platform import settings
from assent.platform.clock import SystemClock
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue
from assent.platform.workers import work


@cache
def service() -> ReceiptService:
    """Compose the service, once per process."""
    clock = SystemClock()
    return ReceiptService(
        clock=clock,
        accounts=AccountService(clock),
        commands=Queue(settings.current().commands_queue),
        effects=Queue(settings.current().effects_queue),
        outbound=Queue(settings.current().outbound_queue),
        count_delivery=note_delivery,
    )


def apply(record: SQSRecord) -> str:
    """Apply one receipt."""
    return service().record(RecordReceipt.model_validate_json(record.body))


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    return work(event, context, apply)
