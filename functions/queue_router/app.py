"""Leads, queue entries, jobs, effects of opt-outs: each message goes to the service it is for."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import TypeAdapter

from assent.accounts.service import AccountService
from assent.broadcasts.progress import note_opt_out
from assent.broadcasts.under_way import CopiesUnderWay
from assent.contacts import reassigned
from assent.contacts.bulk.model import WorkOnJob
from assent.contacts.bulk.work import JobWorker
from assent.contacts.erasure import ErasureService
from assent.contacts.groups.counting.service import CountService
from assent.contacts.groups.model import CountGroup
from assent.contacts.labels import service as labels
from assent.contacts.labels.model import ClearLabel
from assent.contacts.model import (
    EnterQueue,
    EraseContact,
    FinishReassigning,
    FinishRemoval,
    FinishRenumbering,
)
from assent.contacts.opt_outs import OptOutService
from assent.contacts.profile import renumbering
from assent.contacts.queue import service as queue
from assent.integrations.intake import LeadService
from assent.integrations.model import ProcessLead
from assent.integrations.service import IntegrationService
from assent.messaging.effects import EffectsService
from assent.messaging.forgetting import Conversations
from assent.messaging.look_ups import ProviderLookUps
from assent.messaging.model import ApplyEffects
from assent.platform import pseudonyms, settings
from assent.platform.clock import SystemClock
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue
from assent.platform.workers import work

_LABELLED = 200
"""Contacts that one command takes a label off: a few seconds' work."""
# Told from one another by their fields: each refuses those of the others.
_Command = (
    EnterQueue
    | EraseContact
    | FinishReassigning
    | FinishRemoval
    | FinishRenumbering
    | ClearLabel
    | WorkOnJob
    | CountGroup
)
_COMMANDS: TypeAdapter[_Command] = TypeAdapter(_Command)


def unanswered(why: str) -> None:
    """Say that a provider's look-up gave no answer; the lead goes on without."""
    logger.warning("look-up unanswered", extra={"reason": why})


@cache
def leads() -> LeadService:
    """Compose the service for leads, once per process."""
    clock = SystemClock()
    names = settings.current()
    return LeadService(
        clock=clock,
        accounts=AccountService(clock),
        integrations=IntegrationService(clock),
        pseudonyms=pseudonyms.stored(names.pseudonym_secret),
        outbound=Queue(names.outbound_queue),
        commands=Queue(names.commands_queue),
        look_ups=ProviderLookUps(names, clock, unanswered),
    )


@cache
def effects() -> EffectsService:
    """Compose the service for effects, once per process."""
    return EffectsService(
        clock=leads().clock,
        accounts=leads().accounts,
        effects=Queue(settings.current().effects_queue),
        count_opt_out=partial(note_opt_out, clock=leads().clock),
    )


@cache
def erasure() -> ErasureService:
    """Compose the service that forgets people, once per process."""
    return ErasureService(leads().clock, leads().accounts, Conversations(), CopiesUnderWay())


@cache
def opt_outs() -> OptOutService:
    """Compose the opt-out list, once per process."""
    return OptOutService(leads().clock, leads().accounts, leads().pseudonyms)


@cache
def jobs() -> JobWorker:
    """Compose the worker for jobs over many contacts, once per process."""
    return JobWorker(
        leads().clock,
        leads().accounts,
        Queue(settings.current().commands_queue),
        CopiesUnderWay(),
    )


@cache
def counts() -> CountService:
    """Compose the service that counts large groups, once per process."""
    return CountService(leads().clock, Queue(settings.current().commands_queue))


def apply(record: SQSRecord, remaining: Callable[[], int]) -> str:
    """Route one message by the queue it came from."""
    source = record.event_source_arn.rpartition(":")[2]
    if source.endswith("-opt-in-requests"):
        return leads().process(ProcessLead.model_validate_json(record.body))
    if source.endswith("-effects"):
        return effects().apply(ApplyEffects.model_validate_json(record.body))
    return carry_out(_COMMANDS.validate_json(record.body), remaining)


def carry_out(command: _Command, remaining: Callable[[], int]) -> str:  # noqa: PLR0911 -- one for each command
    """Carry out what [commands] asks for."""
    clock, accounts = leads().clock, leads().accounts
    match command:
        case EnterQueue():
            account = accounts.account(command.account_id)
            return queue.enter(command, account.sender_id, clock)
        case EraseContact():
            return erasure().erase(command)
        case FinishReassigning():
            return reassigned.finish(command.account_id, command.contact_id, clock)
        case FinishRenumbering():
            return renumbering.finish(command.account_id, command.renumbered_id, clock)
        case ClearLabel():
            return clear_label(command)
        case FinishRemoval():
            account = accounts.account(command.account_id)
            restored = opt_outs().finish_removal(account, command.opt_out_id, command.at)
            return f"{len(restored)}_restored"
        case WorkOnJob():
            return jobs().do(command, remaining)
        case CountGroup():
            return counts().count(command, remaining)


def clear_label(command: ClearLabel) -> str:
    """Take a label off some of its contacts, and come back for the others."""
    if labels.clear(command, _LABELLED):
        return "label_gone"
    Queue(settings.current().commands_queue).send(command)
    return "label_leaving"


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one batch."""
    settings.current()
    remaining = context.get_remaining_time_in_millis
    return work(event, context, lambda record: apply(record, remaining))
