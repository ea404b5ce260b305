"""Chunks of broadcasts are sent here, ten recipients at a time."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.accounts.service import AccountService
from assent.broadcasts.fanout import Fanout
from assent.broadcasts.model import SendChunk
from assent.messaging.copies import Copies
from assent.messaging.dispatch import Dispatcher
from assent.platform import settings
from assent.platform.clock import SystemClock
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue
from assent.platform.workers import work


@cache
def fanout() -> Fanout:
    """Compose the fan-out, once per process."""
    clock = SystemClock()
    names = settings.current()
    return Fanout(
        clock=clock,
        copies=Copies(
            Dispatcher(
                settings=names,
                clock=clock,
                accounts=AccountService(clock),
                commands=Queue(names.commands_queue),
                effects=Queue(names.effects_queue),
            )
        ),
        chunks=Queue(names.chunks_queue),
        plans=Queue(names.plans_queue),
    )


def apply(record: SQSRecord, remaining: Callable[[], int]) -> str:
    """Send one chunk, or what is left of it."""
    return fanout().send(SendChunk.model_validate_json(record.body), remaining)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    remaining = context.get_remaining_time_in_millis
    return work(event, context, lambda record: apply(record, remaining))
