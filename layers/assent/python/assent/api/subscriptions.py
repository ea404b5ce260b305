"""The subscribe API: programs subscribe, unsubscribe and ask, with an integration's key."""

from datetime import datetime

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account
from assent.api.context import services
from assent.api.opt_outs import add, e164
from assent.api.status import senders, statuses
from assent.consent import store as consent
from assent.consent.model import Channel, Kind, Source, Status
from assent.contacts.opt_outs import Filters, Wanted
from assent.integrations.ingest import Caller
from assent.integrations.model import Integration, Subscription, Unsubscription
from assent.integrations.service import split_api_key
from assent.integrations.subscriptions import Asked
from assent.platform import http

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Subscriptions"]


class SubscriptionStatus(BaseModel):
    """How a phone stands on one channel."""

    status: Status
    since: datetime | None = None
    source: Source | None = None
    asked_at: datetime | None = None  # a question that is not answered yet
    way_back: str = ""


class Whose(BaseModel):
    """The phone that is asked about. Never in the address: addresses are kept in logs."""

    model_config = ConfigDict(extra="forbid")

    phone: str = Field(max_length=40, description="In any spelling.")


class SubscriptionView(BaseModel):
    """How a phone stands on each channel of the account."""

    phone: str
    contact_id: str | None
    channels: dict[Channel, SubscriptionStatus]


class SubscribedView(SubscriptionView):
    """What came of a wish to subscribe."""

    outcome: Asked


def _integration() -> tuple[Integration, str]:
    """Find the integration whose key the program sent, with the key's id."""
    key = http.headers(router.current_event).get("x-api-key", "")
    found = services().integrations.by_api_key(key)
    services().tally.used(found, services().clock.now())
    return found, split_api_key(key)[1]


def _view(account: Account, phone: str) -> SubscriptionView:
    """Show a phone's status; another account's STOP only of a number that is known here."""
    subject = services().pseudonyms.of(phone)
    own = senders(account, services().accounts.senders_of(account.id))
    visible, _ = services().opt_outs.page(account, Filters(number=phone), None, 1)
    ids = {one.id for one in visible}
    channels = {}
    for channel, one in statuses(subject, account, own, services().clock.now()).items():
        if one.opt_out_id and one.opt_out_id not in ids:
            channels[channel] = SubscriptionStatus(status=Status.NONE)
            continue
        channels[channel] = SubscriptionStatus(
            status=one.status,
            since=one.at,
            source=one.source,
            asked_at=one.asked_at,
            way_back=one.way_back,
        )
    known = consent.consent(account.id, subject)
    return SubscriptionView(phone=phone, contact_id=known.contact_id, channels=channels)


@router.post(
    "/api/v1/subscriptions",
    summary="Subscribe a phone",
    tags=_TAGS,
    responses={
        200: {
            "description": "Subscribed already",
            "content": {"application/json": {"model": SubscribedView}},
        },
        202: {
            "description": "Asked to confirm with YES",
            "content": {"application/json": {"model": SubscribedView}},
        },
    },
)
def subscribe(wanted: Subscription) -> tuple[SubscribedView, int]:
    """Ask a phone for its YES, once; 409 when it opted out itself, with the way back.

    The same request again asks no second time. With a group, YES joins it.
    """
    integration, _ = _integration()
    account = services().accounts.account(integration.account_id)
    outcome = services().subscriptions.subscribe(integration, wanted, _caller())
    phone = e164(account, wanted.phone, "phone")
    shown = SubscribedView(**_view(account, phone).model_dump(), outcome=outcome)
    return shown, 202 if outcome == Asked.CONFIRMATION_REQUESTED else 200


def _caller() -> Caller:
    event = router.current_event
    sent = http.headers(event)
    context = event.get("requestContext") or {}
    viewer = sent.get("x-forwarded-for", "").partition(",")[0].strip()
    return Caller(
        ip=viewer or (context.get("http") or {}).get("sourceIp", ""),
        user_agent=sent.get("user-agent", ""),
        url=f"https://{context.get('domainName', '')}/api/v1/subscriptions",
    )


@router.post("/api/v1/unsubscriptions", summary="Unsubscribe a phone", tags=_TAGS)
def unsubscribe(wanted: Unsubscription) -> SubscriptionView:
    """Opt a phone out for this account; with `they_asked` only the contact undoes it."""
    integration, key_id = _integration()
    account = services().accounts.account(integration.account_id)
    phone = e164(account, wanted.phone, "phone")
    add(
        account,
        phone,
        Wanted(
            kind=Kind.HARD if wanted.they_asked else Kind.SOFT,
            channels=list(dict.fromkeys(wanted.channels)),
            source=Source.API,
            actor=key_id,
            by=integration.name,
            reason=wanted.reason.strip(),
            evidence={"integration": integration.id},
        ),
    )
    return _view(account, phone)


@router.post("/api/v1/subscriptions/status", summary="How a phone stands", tags=_TAGS)
def show_subscription(whose: Whose) -> SubscriptionView:
    """Return a phone's status on each channel."""
    integration, _ = _integration()
    account = services().accounts.account(integration.account_id)
    return _view(account, e164(account, whose.phone, "phone"))
