"""Broadcasts: make, change, schedule, pause, cancel, watch, and ask why."""

from functools import cache
from time import monotonic
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Member, Permission
from assent.accounts.phones import PhoneService
from assent.api.context import member, services
from assent.api.phones import OwnPhoneView
from assent.api.views import BroadcastView, Page
from assent.broadcasts import costs, guards, progress, reports, text
from assent.broadcasts.costs import Cost
from assent.broadcasts.drafts import DraftService
from assent.broadcasts.dry_run import DryRun
from assent.broadcasts.explanations import told
from assent.broadcasts.explanations import why as answers
from assent.broadcasts.model import Broadcast, NewBroadcast, Sketch
from assent.broadcasts.pacing.lanes import Lanes
from assent.broadcasts.results import Report, Why
from assent.broadcasts.schedules.scheduler import NotedSchedules, SchedulerSchedules
from assent.broadcasts.service import Asked, BroadcastService, Schedule
from assent.broadcasts.trial import trial
from assent.consent.model import Channel
from assent.contacts import service as contacts
from assent.messaging.prices import country_of
from assent.platform.queues import Queue

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]

_REASONS = guards.MESSAGES | told.COULD_NOT_START
_DRY_RUN_SECONDS = 5.0
"""After this a dry run answers with what it has; the console asks for the rest."""


class Text(BaseModel):
    """A text to be looked at before it is sent: as a contact gets it, or somebody with a name."""

    model_config = ConfigDict(extra="forbid")

    template: str = Field(max_length=4_000)
    sender_id: str = ""
    channel: Channel = Channel.SMS
    contact_id: str = ""


class TextPreview(text.Preview):
    """A text as somebody gets it, and what one copy of it costs to carry."""

    cost: Cost


class TestSend(BaseModel):
    """As which contact the text is filled in; nobody's where it is left out."""

    model_config = ConfigDict(extra="forbid")

    contact_id: str = ""


class TestOfSketch(TestSend):
    """A broadcast as it is written now, to be tried out before it is kept."""

    broadcast: NewBroadcast


class AskedOfSketch(Asked):
    """A broadcast as it is written now, whether or not it has a name and a text yet."""

    broadcast: Sketch


@cache
def service() -> BroadcastService:
    """Compose the service, once per process."""
    common = services()
    plans = Queue(common.settings.plans_queue)
    return BroadcastService(
        clock=common.clock,
        accounts=common.accounts,
        plans=plans,
        schedules=NotedSchedules(SchedulerSchedules(common.settings)),
        lanes=Lanes(common.accounts, plans),
    )


@cache
def drafts() -> DraftService:
    """Compose the service of definitions, once per process."""
    return DraftService(services().clock, services().accounts)


def view(broadcast: Broadcast) -> BroadcastView:
    """Show a broadcast with its figures."""
    return _view(broadcast, progress.report(broadcast))


def whole(broadcast: Broadcast) -> BroadcastView:
    """Show a broadcast with its whole report: also what failed by code, and what it cost."""
    report = reports.report(broadcast)
    sender = services().accounts.sender(broadcast.sender_id)
    zone = services().accounts.account(broadcast.account_id).time_zone
    end = reports.expected_end(broadcast, report, sender, zone, services().clock.now())
    shown = _view(broadcast, report)
    cost = reports.spent(broadcast, report, sender)
    return shown.model_copy(update={"cost": cost, "expected_end": end})


def _view(broadcast: Broadcast, report: Report) -> BroadcastView:
    hidden = {"account_id", "run", "pace", "chunks", "reason", "unguarded"}
    return BroadcastView(
        **broadcast.model_dump(exclude=hidden),
        reason=_REASONS.get(broadcast.reason, broadcast.reason),
        reason_code=broadcast.reason if broadcast.reason in _REASONS else "",
        guard=broadcast.reason if broadcast.reason in guards.MESSAGES else "",
        plan_complete=broadcast.chunks is not None,
        report=report,
    )


def _sending() -> Account:
    """Return the account of a person who may send in it."""
    return member(router.current_event, Permission.BROADCASTS_SEND)[1]


@router.get("/api/v1/broadcasts", summary="Broadcasts", tags=["Broadcasts"])
def list_broadcasts(
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> Page[BroadcastView]:
    """List broadcasts, the latest first."""
    _, account = member(router.current_event, Permission.BROADCASTS_VIEW)
    found = service().listed(account.id, cursor, limit)
    return Page(
        items=[view(one) for one in found],
        cursor=found[-1].id if len(found) == limit else None,
    )


@router.post("/api/v1/broadcasts", summary="Make a broadcast", tags=["Broadcasts"])
def create_broadcast(broadcast: NewBroadcast) -> tuple[BroadcastView, int]:
    """Make a draft."""
    person, account = member(router.current_event, Permission.BROADCASTS_SEND)
    return view(drafts().create(account, broadcast, person.name)), 201


@router.post("/api/v1/broadcasts/preview", summary="Look at a text", tags=["Broadcasts"])
def preview_broadcast(wanted: Text) -> TextPreview:
    """Show a text as a contact gets it: its segments, its cost, what is wrong or missing."""
    _, account = member(router.current_event, Permission.BROADCASTS_VIEW)
    sender = services().accounts.sender_for(account.id, wanted.sender_id or account.sender_id)
    contact = contacts.contact(account.id, wanted.contact_id) if wanted.contact_id else None
    shown = text.preview(wanted.template, sender, wanted.channel, contact)
    units = costs.units_of(sender, wanted.channel, shown.text, shown.segments)
    country = country_of(contact.phone if contact else sender.address)
    today = services().clock.now().date()
    price = costs.cost(sender, wanted.channel, {country: units}, today)
    return TextPreview(**shown.model_dump(), cost=price)


@router.get("/api/v1/broadcasts/<broadcast_id>", summary="A broadcast", tags=["Broadcasts"])
def show_broadcast(broadcast_id: str) -> BroadcastView:
    """Return a broadcast with its report as it stands: also failures by code, and the cost."""
    _, account = member(router.current_event, Permission.BROADCASTS_VIEW)
    return whole(service().get(account.id, broadcast_id))


@router.put("/api/v1/broadcasts/<broadcast_id>", summary="Change", tags=["Broadcasts"])
def edit_broadcast(broadcast_id: str, broadcast: NewBroadcast) -> BroadcastView:
    """Change a broadcast that has not started; its schedule stays as it is."""
    return view(drafts().edit(_sending(), broadcast_id, broadcast))


@router.post(
    "/api/v1/broadcasts/<broadcast_id>/duplicate", summary="Duplicate", tags=["Broadcasts"]
)
def duplicate_broadcast(broadcast_id: str) -> tuple[BroadcastView, int]:
    """Make a draft like this broadcast."""
    person, account = member(router.current_event, Permission.BROADCASTS_SEND)
    return view(drafts().duplicate(account, broadcast_id, person.name)), 201


@router.post("/api/v1/broadcasts/<broadcast_id>/dry-run", summary="Dry run", tags=["Broadcasts"])
def dry_run_broadcast(broadcast_id: str, asked: Asked) -> DryRun:
    """Count who would be sent it, at once or later, minus each reason.

    It answers after five seconds at most, with a cursor while there is more to count: send it, and
    the figures go on from there.
    """
    _, account = member(router.current_event, Permission.BROADCASTS_VIEW)
    return _counted(account, service().get(account.id, broadcast_id), asked)


@router.post(
    "/api/v1/broadcasts/dry-run", summary="Dry run of what is not kept", tags=["Broadcasts"]
)
def dry_run_sketch(asked: AskedOfSketch) -> DryRun:
    """Count who would be sent a broadcast that is still being written; it leaves no draft behind.

    It goes on with the cursor as that of a draft does.
    """
    person, account = member(router.current_event, Permission.BROADCASTS_SEND)
    return _counted(account, drafts().sketched(account, asked.broadcast, person.name), asked)


def _counted(account: Account, broadcast: Broadcast, asked: Asked) -> DryRun:
    end = monotonic() + _DRY_RUN_SECONDS
    return service().dry_run(account, broadcast, asked, lambda: monotonic() < end)


@router.post("/api/v1/broadcasts/<broadcast_id>/test", summary="Test send", tags=["Broadcasts"])
def test_broadcast(broadcast_id: str, wanted: TestSend) -> tuple[OwnPhoneView, int]:
    """Send the text to the signed-in person's own verified phone, through the same gates."""
    person, account = member(router.current_event, Permission.BROADCASTS_SEND)
    return _tried(service().get(account.id, broadcast_id), wanted, person, account)


@router.post(
    "/api/v1/broadcasts/test", summary="Test send of what is not kept", tags=["Broadcasts"]
)
def test_sketch(wanted: TestOfSketch) -> tuple[OwnPhoneView, int]:
    """Send a text that is still being written to the signed-in person's own verified phone."""
    person, account = member(router.current_event, Permission.BROADCASTS_SEND)
    sketch = drafts().sketched(account, wanted.broadcast, person.name)
    return _tried(sketch, wanted, person, account)


def _tried(
    broadcast: Broadcast, wanted: TestSend, person: Member, account: Account
) -> tuple[OwnPhoneView, int]:
    sender = services().accounts.sender_for(account.id, broadcast.sender_id)
    contact = contacts.contact(account.id, wanted.contact_id) if wanted.contact_id else None
    phone = PhoneService(services().clock).verified(person.user_id)
    subject = services().pseudonyms.of(phone.phone)
    services().outbound.send(trial(broadcast, sender, phone, subject, contact, services().clock))
    return OwnPhoneView.of(phone), 202


@router.post("/api/v1/broadcasts/<broadcast_id>/schedule", summary="Schedule", tags=["Broadcasts"])
def schedule_broadcast(broadcast_id: str, when: Schedule) -> BroadcastView:
    """Start a broadcast now, at a time of the account's or each recipient's zone, or recurring."""
    return view(service().schedule(_sending(), broadcast_id, when))


@router.post(
    "/api/v1/broadcasts/<broadcast_id>/unschedule", summary="Unschedule", tags=["Broadcasts"]
)
def unschedule_broadcast(broadcast_id: str) -> BroadcastView:
    """Make a draft again of a broadcast that has not started."""
    return view(service().unschedule(_sending().id, broadcast_id))


@router.post("/api/v1/broadcasts/<broadcast_id>/pause", summary="Pause", tags=["Broadcasts"])
def pause_broadcast(broadcast_id: str) -> BroadcastView:
    """Pause a running broadcast at the next ten recipients."""
    person, account = member(router.current_event, Permission.BROADCASTS_SEND)
    return view(service().pause(account.id, broadcast_id, person.name))


@router.post("/api/v1/broadcasts/<broadcast_id>/resume", summary="Resume", tags=["Broadcasts"])
def resume_broadcast(broadcast_id: str) -> BroadcastView:
    """Go on where a paused broadcast was."""
    return view(service().resume(_sending().id, broadcast_id))


@router.post("/api/v1/broadcasts/<broadcast_id>/cancel", summary="Cancel", tags=["Broadcasts"])
def cancel_broadcast(broadcast_id: str) -> BroadcastView:
    """Cancel a broadcast: before it runs nobody gets it, while it runs nobody more."""
    return view(service().cancel(_sending().id, broadcast_id))


@router.get(
    "/api/v1/broadcasts/<broadcast_id>/why/<contact_id>",
    summary="Why was this contact (not) sent it?",
    tags=["Broadcasts"],
)
def explain_broadcast(broadcast_id: str, contact_id: str) -> Why:
    """Say what became of one contact in one broadcast, with the evidence."""
    _, account = member(router.current_event, Permission.BROADCASTS_VIEW)
    return answers.why(account.id, broadcast_id, contact_id, services().clock)
