"""Broadcasts are planned, paced and woken here, and their schedules are tidied."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from assent.accounts.service import AccountService
from assent.broadcasts.model import CheckDue, CheckSchedules, PlanBroadcast, ReleaseWork, WakeSlot
from assent.broadcasts.pacing.lanes import Lanes
from assent.broadcasts.pacing.pacer import Pacer
from assent.broadcasts.plan import Planner
from assent.broadcasts.schedules.missing import MissingCheck
from assent.broadcasts.schedules.orphans import OrphanCheck
from assent.broadcasts.schedules.scheduler import NotedSchedules, SchedulerSchedules
from assent.platform import settings
from assent.platform.clock import SystemClock
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue
from assent.platform.workers import work

# Commands refuse fields that are not theirs, so each message is one of them or none.
_Command = PlanBroadcast | WakeSlot | ReleaseWork | CheckSchedules | CheckDue
COMMANDS: TypeAdapter[_Command] = TypeAdapter(_Command)


@cache
def planner() -> Planner:
    """Compose the planner, once per process."""
    names = settings.current()
    return Planner(
        clock=pacer().clock,
        accounts=pacer().accounts,
        plans=pacer().plans,
        lanes=Lanes(pacer().accounts, pacer().plans),
        schedules=NotedSchedules(SchedulerSchedules(names)),
    )


@cache
def pacer() -> Pacer:
    """Compose the pacer, once per process."""
    clock = SystemClock()
    names = settings.current()
    return Pacer(
        clock,
        AccountService(clock),
        plans=Queue(names.plans_queue),
        chunks=Queue(names.chunks_queue),
    )


@cache
def orphans() -> OrphanCheck:
    """Compose the check of schedules, once per process."""
    return OrphanCheck(SchedulerSchedules(settings.current()), pacer().plans)


@cache
def missing() -> MissingCheck:
    """Compose the check for missing schedules, once per process."""
    schedules = SchedulerSchedules(settings.current())
    return MissingCheck(pacer().clock, schedules, pacer().plans)


def apply(record: SQSRecord, remaining: Callable[[], int]) -> str:
    """Plan a broadcast or a part of it, let a minute's work go, wake who was deferred, or tidy."""
    match COMMANDS.validate_json(record.body):
        case PlanBroadcast() as command:
            return planner().plan(command, remaining)
        case WakeSlot() as command:
            return planner().wake(command)
        case ReleaseWork() as command:
            return pacer().release(command)
        case CheckSchedules() as command:
            return orphans().run(command, remaining)
        case CheckDue() as command:
            return missing().run(command, remaining)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    remaining = context.get_remaining_time_in_millis
    return work(event, context, lambda record: apply(record, remaining))
