"""Single messages go out here: compliance messages, answers to keywords, calls made again."""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.accounts.service import AccountService
from assent.broadcasts.definitions import store as broadcasts
from assent.broadcasts.progress import note_delivery
from assent.messaging.dispatch import Dispatcher
from assent.messaging.model import SendMessage
from assent.messaging.redialing import Redialer, Wish
from assent.platform import settings
from assent.platform.clock import SystemClock
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue
from assent.platform.workers import work

WISHES = {"cancelled": Wish.NO, "failed": Wish.NO, "paused": Wish.LATER}
"""What the state of its broadcast means for a call that is to be made again."""


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


@cache
def redialer() -> Redialer:
    """Compose what calls again, once per process."""
    return Redialer(
        clock=dispatcher().clock,
        dispatcher=dispatcher(),
        outbound=Queue(settings.current().outbound_queue),
        wish=wish,
        count_delivery=note_delivery,
    )


def wish(command: SendMessage) -> Wish:
    """Say whether the broadcast that a call belongs to still wants it."""
    if not command.broadcast_id:
        return Wish.YES
    found = broadcasts.broadcast(command.account_id, command.broadcast_id)
    return WISHES.get(found.state.value, Wish.YES) if found else Wish.NO


def apply(record: SQSRecord) -> str:
    """Send one message, once; one that has to wait for its time goes back to the queue."""
    command = SendMessage.model_validate_json(record.body)
    if command.not_before:
        return redialer().call(command, command.not_before)
    return dispatcher().send(command).state


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    return work(event, context, apply)
