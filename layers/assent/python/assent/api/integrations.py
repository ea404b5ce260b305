"""Integrations: list, make, change, pause, delete, and give them new credentials."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from assent.accounts.model import Account, Permission
from assent.api.context import member, services
from assent.api.integration_views import CreatedIntegration, Hint, IntegrationView
from assent.api.views import Page
from assent.integrations.health import store
from assent.integrations.health.hints import hints
from assent.integrations.model import Integration, IntegrationChange, IntegrationSettings

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Integrations"]
_ONE = "/api/v1/integrations/<integration_id>"


def view(account: Account, integration: Integration) -> IntegrationView:
    """Show an integration with its health, and what may keep leads from arriving."""
    now = services().clock.now()
    health = store.health(integration.account_id, integration.id, now.date())
    sender = services().accounts.sender(account.sender_id)
    registered = sender is not None and sender.registered
    found = hints(integration, health, now, sender_registered=registered)
    return IntegrationView.of(integration, health, [Hint(**one.__dict__) for one in found])


def _with_key(account: Account, integration: Integration, key: str) -> CreatedIntegration:
    return CreatedIntegration(**view(account, integration).model_dump(), api_key=key)


@router.get("/api/v1/integrations", summary="Integrations", tags=_TAGS)
def list_integrations() -> Page[IntegrationView]:
    """List the account's integrations with their health."""
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    return Page(items=[view(account, one) for one in services().integrations.all(account.id)])


@router.post("/api/v1/integrations", summary="Make an integration", tags=_TAGS)
def create_integration(integration: IntegrationSettings) -> tuple[CreatedIntegration, int]:
    """Make an integration. Its API key is in this answer and never shown again."""
    _, account = member(router.current_event, Permission.INTEGRATIONS_EDIT)
    made, key = services().integrations.create(account.id, **integration.model_dump())
    return _with_key(account, made, key), 201


@router.get(_ONE, summary="An integration", tags=_TAGS)
def show_integration(integration_id: str) -> IntegrationView:
    """Return an integration with its health."""
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    return view(account, services().integrations.get(account.id, integration_id))


@router.patch(_ONE, summary="Change an integration", tags=_TAGS)
def change_integration(integration_id: str, change: IntegrationChange) -> IntegrationView:
    """Pause, resume, switch off or edit an integration; in force everywhere within 10 s.

    Leads that were accepted before are still processed. Other words, or other channels, are a new
    version of the disclosure: the evidence of earlier leads keeps the words that they saw.
    """
    _, account = member(router.current_event, Permission.INTEGRATIONS_EDIT)
    wanted = change.model_dump(exclude_unset=True)
    return view(account, services().integrations.change(account.id, integration_id, **wanted))


@router.delete(_ONE, summary="Delete an integration", tags=_TAGS)
def delete_integration(integration_id: str) -> IntegrationView:
    """Delete an integration with its key and form. Leads that came through it stay in the queue."""
    _, account = member(router.current_event, Permission.INTEGRATIONS_EDIT)
    return view(account, services().integrations.delete(account.id, integration_id))


@router.post(f"{_ONE}/key", summary="Make a new API key", tags=_TAGS)
def renew_key(integration_id: str) -> tuple[CreatedIntegration, int]:
    """Replace the API key; the one before is dead within 10 s. Shown in this answer only."""
    _, account = member(router.current_event, Permission.INTEGRATIONS_EDIT)
    changed, key = services().integrations.renew_key(account.id, integration_id)
    return _with_key(account, changed, key), 201


@router.post(f"{_ONE}/form", summary="Give the form a new address", tags=_TAGS)
def renew_form(integration_id: str) -> tuple[IntegrationView, int]:
    """Replace the form's address; the one before is dead within 10 s."""
    _, account = member(router.current_event, Permission.INTEGRATIONS_EDIT)
    changed = services().integrations.renew_form(account.id, integration_id)
    return view(account, changed), 201
