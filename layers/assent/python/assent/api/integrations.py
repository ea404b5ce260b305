"""Integrations: list, make, pause, rename."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Permission
from assent.api.context import member, services
from assent.api.views import CreatedIntegration, IntegrationView, Page
from assent.consent.model import Channel
from assent.integrations import store
from assent.integrations.model import Integration, IntegrationState

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


class NewIntegration(BaseModel):
    """An integration to be made, with the exact words that people will agree to."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    disclosure: str = Field(min_length=20, max_length=2000)
    channels: list[Channel] = [Channel.SMS]
    double_opt_in: bool = False
    allowed_origins: list[str] = []
    redirect_urls: list[str] = []


class IntegrationChange(BaseModel):
    """What may change of an integration."""

    model_config = ConfigDict(extra="forbid")

    state: IntegrationState | None = None
    name: str | None = Field(default=None, min_length=1, max_length=100)


def view(integration: Integration) -> IntegrationView:
    """Show an integration with its health."""
    return IntegrationView.of(integration, store.health(integration.account_id, integration.id))


@router.get("/api/v1/integrations", summary="Integrations", tags=["Integrations"])
def list_integrations() -> Page[IntegrationView]:
    """List the account's integrations with their health."""
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    return Page(items=[view(one) for one in services().integrations.all(account.id)])


@router.post("/api/v1/integrations", summary="Make an integration", tags=["Integrations"])
def create_integration(integration: NewIntegration) -> tuple[CreatedIntegration, int]:
    """Make an integration. Its API key is in this answer and never shown again."""
    _, account = member(router.current_event, Permission.INTEGRATIONS_EDIT)
    made, key = services().integrations.create(account.id, **integration.model_dump())
    return CreatedIntegration(**view(made).model_dump(), api_key=key), 201


@router.patch(
    "/api/v1/integrations/<integration_id>", summary="Change an integration", tags=["Integrations"]
)
def change_integration(integration_id: str, change: IntegrationChange) -> IntegrationView:
    """Pause, resume or rename an integration; in force everywhere within 10 s."""
    _, account = member(router.current_event, Permission.INTEGRATIONS_EDIT)
    changed = services().integrations.change(
        account.id, integration_id, state=change.state, name=change.name
    )
    return view(changed)
