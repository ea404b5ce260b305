"""Broadcasts: make, schedule, cancel, watch, and ask why."""

from datetime import datetime
from functools import cache
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict

from assent.accounts.model import Permission
from assent.api.context import member, services
from assent.api.views import BroadcastView, Page
from assent.broadcasts import progress
from assent.broadcasts import why as answers
from assent.broadcasts.model import Broadcast, NewBroadcast, Why
from assent.broadcasts.schedules import SchedulerSchedules
from assent.broadcasts.service import BroadcastService
from assent.platform.queues import Queue

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


class When(BaseModel):
    """When a broadcast starts: a moment with its zone, or at once."""

    model_config = ConfigDict(extra="forbid")

    at: datetime | None = None


@cache
def service() -> BroadcastService:
    """Compose the service, once per process."""
    common = services()
    return BroadcastService(
        clock=common.clock,
        accounts=common.accounts,
        schedules=SchedulerSchedules(common.settings),
        plans=Queue(common.settings.plans_queue),
    )


def view(broadcast: Broadcast) -> BroadcastView:
    """Show a broadcast with its report."""
    return BroadcastView(
        **broadcast.model_dump(exclude={"account_id", "run", "chunks"}),
        report=progress.report(broadcast),
    )


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
    return view(service().create(account, broadcast, person.name)), 201


@router.get("/api/v1/broadcasts/<broadcast_id>", summary="A broadcast", tags=["Broadcasts"])
def show_broadcast(broadcast_id: str) -> BroadcastView:
    """Return a broadcast with its report as it stands."""
    _, account = member(router.current_event, Permission.BROADCASTS_VIEW)
    return view(service().get(account.id, broadcast_id))


@router.post("/api/v1/broadcasts/<broadcast_id>/schedule", summary="Schedule", tags=["Broadcasts"])
def schedule_broadcast(broadcast_id: str, when: When) -> BroadcastView:
    """Start a broadcast now or at a time."""
    _, account = member(router.current_event, Permission.BROADCASTS_SEND)
    return view(service().schedule(account.id, broadcast_id, when.at))


@router.post("/api/v1/broadcasts/<broadcast_id>/cancel", summary="Cancel", tags=["Broadcasts"])
def cancel_broadcast(broadcast_id: str) -> BroadcastView:
    """Cancel a broadcast: before it runs nobody gets it, while it runs nobody more."""
    _, account = member(router.current_event, Permission.BROADCASTS_SEND)
    return view(service().cancel(account.id, broadcast_id))


@router.get(
    "/api/v1/broadcasts/<broadcast_id>/why/<contact_id>",
    summary="Why was this contact (not) sent it?",
    tags=["Broadcasts"],
)
def explain_broadcast(broadcast_id: str, contact_id: str) -> Why:
    """Say what became of one contact in one broadcast, with the evidence."""
    _, account = member(router.current_event, Permission.BROADCASTS_VIEW)
    return answers.why(account.id, broadcast_id, contact_id)
