"""What may be an opt-out and needs a person's decision."""

from datetime import datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Permission
from assent.api.context import member, services
from assent.api.views import CountView, Page
from assent.consent import store as consent
from assent.contacts import store as contacts
from assent.messaging.decisions.service import DecisionService, Doubt, Verdict
from assent.messaging.decisions.store import COUNT_BOUND
from assent.platform.queues import Queue

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


class DoubtView(BaseModel):
    """A message that may be an opt-out."""

    id: str
    phone: str
    contact_id: str | None
    contact_name: str
    sender_id: str
    body: str
    at: datetime


class NewDecision(BaseModel):
    """Whether the message is an opt-out, and why."""

    model_config = ConfigDict(extra="forbid")

    opt_out: bool
    reason: str = Field(default="", max_length=500)


class DecisionView(BaseModel):
    """What was decided, by whom and when."""

    id: str
    decided: Literal["opted_out", "not_an_opt_out"]
    by: str
    at: datetime


def service() -> DecisionService:
    """Compose the service from what is remembered of accounts."""
    common = services()
    return DecisionService(
        clock=common.clock,
        accounts=common.accounts,
        outbound=Queue(common.settings.outbound_queue),
        effects=Queue(common.settings.effects_queue),
    )


@router.get("/api/v1/decisions", summary="What needs a decision", tags=["Decisions"])
def list_decisions(
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 25,
) -> Page[DoubtView]:
    """List messages that may be opt-outs, newest first; a short page may carry a cursor."""
    _, account = member(router.current_event, Permission.OPT_OUTS_VIEW)
    found, after = service().page(account, cursor, limit)
    return Page(items=_views(account, found), cursor=after)


def _views(account: Account, doubts: list[Doubt]) -> list[DoubtView]:
    known = consent.consents(account.id, {doubt.subject for doubt in doubts})
    ids = {one.subject: one.contact_id for one in known.values() if one.contact_id}
    people = contacts.contacts(account.id, set(ids.values()))
    views = []
    for doubt in doubts:
        person = people.get(ids.get(doubt.subject, ""))
        views.append(
            DoubtView(
                id=doubt.id,
                phone=doubt.phone,
                contact_id=person.id if person else None,
                contact_name=f"{person.first_name} {person.last_name}".strip() if person else "",
                sender_id=doubt.sender_id,
                body=doubt.body,
                at=doubt.at,
            )
        )
    return views


@router.get("/api/v1/decisions/count", summary="How many need a decision", tags=["Decisions"])
def count_decisions() -> CountView:
    """Count for the badge; counting stops at 99."""
    _, account = member(router.current_event, Permission.OPT_OUTS_VIEW)
    total = service().count(account)
    return CountView.up_to(COUNT_BOUND, total)


@router.post("/api/v1/decisions/<decision_id>", summary="Decide", tags=["Decisions"])
def decide(decision_id: str, new: NewDecision) -> DecisionView:
    """Decide whether a message is an opt-out; 409 when that is settled already, and by whom."""
    person, account = member(router.current_event, Permission.OPT_OUTS_EDIT)
    verdict = Verdict(
        opt_out=new.opt_out, actor=person.user_id, by=person.name, reason=new.reason.strip()
    )
    at = service().decide(account, decision_id, verdict)
    return DecisionView(
        id=decision_id,
        decided="opted_out" if new.opt_out else "not_an_opt_out",
        by=person.name,
        at=at,
    )
