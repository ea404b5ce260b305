"""Files are worked on here: imports checked, cut and done slice by slice, exports written."""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from assent.accounts.service import AccountService
from assent.contacts.exports.model import WorkOnExport
from assent.contacts.exports.work import ExportWorker
from assent.contacts.imports.model import Purpose, WorkOnImport
from assent.contacts.imports.opt_outs import OptOutImports
from assent.contacts.imports.people import ContactImports
from assent.contacts.imports.work import ImportWorker
from assent.contacts.labels import service as labels
from assent.contacts.opt_outs import OptOutService
from assent.integrations.service import IntegrationService
from assent.platform import pseudonyms, settings
from assent.platform.clock import SystemClock
from assent.platform.objects import Bucket
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue
from assent.platform.workers import work

# Told from one another by their fields: each refuses those of the other.
_COMMANDS: TypeAdapter[WorkOnImport | WorkOnExport] = TypeAdapter(WorkOnImport | WorkOnExport)


@cache
def worker() -> ImportWorker:
    """Compose the worker, once per process."""
    clock = SystemClock()
    names = settings.current()
    accounts = AccountService(clock)
    keyed = pseudonyms.stored(names.pseudonym_secret)
    opt_outs = OptOutService(clock, accounts, keyed)
    return ImportWorker(
        clock=clock,
        accounts=accounts,
        objects=Bucket(names.imports_bucket),
        queue=Queue(names.imports_queue),
        effects={
            Purpose.OPT_OUTS: OptOutImports(opt_outs, accounts),
            Purpose.CONTACTS: ContactImports(clock, accounts, keyed),
        },
    )


@cache
def exporter() -> ExportWorker:
    """Compose the worker for exports, once per process."""
    clock = worker().clock
    names = settings.current()
    accounts = worker().accounts
    return ExportWorker(
        clock=clock,
        accounts=accounts,
        uploads=Bucket(names.imports_bucket),
        queue=Queue(names.imports_queue),
        opt_outs=OptOutService(clock, accounts, pseudonyms.stored(names.pseudonym_secret)),
        integrations=lambda account_id: {
            one.id: one.name for one in IntegrationService(clock).all(account_id)
        },
        labels=lambda account_id: {one.id: one.name for one in labels.labels(account_id)},
    )


def apply(record: SQSRecord, remaining: Callable[[], int]) -> str:
    """Do one step of one import or export."""
    match _COMMANDS.validate_json(record.body):
        case WorkOnExport() as command:
            return exporter().do(command, remaining)
        case command:
            return worker().do(command, remaining)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    remaining = context.get_remaining_time_in_millis
    return work(event, context, lambda record: apply(record, remaining))
