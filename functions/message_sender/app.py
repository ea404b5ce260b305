"""Single messages go out here: compliance messages, confirmations and answers to keywords."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.accounts.service import AccountService
from assent.messaging.dispatch import Dispatcher
from assent.messaging.model import SendMessage
from assent.platform import settings
from assent.platform.clock import SystemClock
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue
from assent.platform.workers import work


@cache
def dispatcher() -> Dispatcher:
    """Compose the dispatcher, once per process."""
    clock = SystemClock()
    names = settings.current()
    return Dispatcher(
        settings=names,
        clock=clock,
        accounts=AccountService(clock),
        commands=Queue(names.commands_queue),
        effects=Queue(names.effects_queue),
    )


def apply(record: SQSRecord) -> str:
    """Send one message, once."""
    return dispatcher().send(SendMessage.model_validate_json(record.body)).state


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    return work(event, context, apply)
