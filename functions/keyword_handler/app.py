"""What people text comes in here: keywords decide, everything is kept."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.accounts.service import AccountService
from assent.messaging.inbound import InboundService
from assent.messaging.model import HandleInbound
from assent.platform import pseudonyms, settings
from assent.platform.clock import SystemClock
from assent.platform.observability import logger, metrics, milliseconds
from assent.platform.queues import Queue
from assent.platform.workers import work


@cache
def service() -> InboundService:
    """Compose the service, once per process."""
    clock = SystemClock()
    names = settings.current()
    return InboundService(
        clock=clock,
        accounts=AccountService(clock),
        pseudonyms=pseudonyms.stored(names.pseudonym_secret),
        outbound=Queue(names.outbound_queue),
        effects=Queue(names.effects_queue),
    )


def apply(record: SQSRecord) -> str:
    """Handle one message; how long a STOP took from the edge to its commit is measured."""
    command = HandleInbound.model_validate_json(record.body)
    outcome = service().handle(command)
    if outcome == "stopped":
        taken = service().clock.now() - command.received_at
        milliseconds("StopLatency", taken.total_seconds() * 1000)
    return outcome


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    return work(event, context, apply)
