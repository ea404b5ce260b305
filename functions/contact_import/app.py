"""Imports are worked on here: files are checked and cut, then done slice by slice."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.accounts.service import AccountService
from assent.contacts.imports.model import Purpose, WorkOnImport
from assent.contacts.imports.opt_outs import OptOutImports
from assent.contacts.imports.work import ImportWorker
from assent.contacts.opt_outs import OptOutService
from assent.platform import pseudonyms, settings
from assent.platform.clock import SystemClock
from assent.platform.objects import Bucket
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue
from assent.platform.workers import work


@cache
def worker() -> ImportWorker:
    """Compose the worker, once per process."""
    clock = SystemClock()
    names = settings.current()
    accounts = AccountService(clock)
    opt_outs = OptOutService(clock, accounts, pseudonyms.stored(names.pseudonym_secret))
    return ImportWorker(
        clock=clock,
        accounts=accounts,
        objects=Bucket(names.imports_bucket),
        queue=Queue(names.imports_queue),
        effects={Purpose.OPT_OUTS: OptOutImports(opt_outs, accounts)},
    )


def apply(record: SQSRecord, remaining: Callable[[], int]) -> str:
    """Do one step of one import."""
    return worker().do(WorkOnImport.model_validate_json(record.body), remaining)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    remaining = context.get_remaining_time_in_millis
    return work(event, context, lambda record: apply(record, remaining))
