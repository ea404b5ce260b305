"""The shapes in which integrations are shown."""

from datetime import datetime

from pydantic import BaseModel

from assent.consent.model import Channel
from assent.integrations.model import Health, Integration, IntegrationState


class Hint(BaseModel):
    """What may keep leads from arriving, in plain words, and what to do.

    `count` and `field` are what the words are about, for those who say it in another language.
    """

    code: str
    text: str
    next_step: str
    count: int = 0
    field: str = ""


class KeyView(BaseModel):
    """An API key, without what is secret of it."""

    id: str
    made_at: datetime | None
    last_used_at: datetime | None


class IntegrationView(BaseModel):
    """An integration."""

    id: str
    name: str
    state: IntegrationState
    closed_at: datetime | None  # since when it takes no leads
    disclosure: str
    disclosed_at: datetime | None  # since when these are the words
    disclosure_sha256: str  # what forms send as `disclosure`, to say which words they show
    version: int  # of the words, from 1
    channels: list[Channel]
    double_opt_in: bool
    allowed_origins: list[str]
    redirect_urls: list[str]
    line_look_up: bool
    form_path: str
    key: KeyView
    created_at: datetime
    health: Health
    hints: list[Hint]

    @classmethod
    def of(cls, integration: Integration, health: Health, hints: list[Hint]) -> "IntegrationView":
        """Show an integration with its health."""
        left_out = {"account_id", "form_secret", "key_id", "key_made_at", "earlier"}
        return cls(
            **integration.model_dump(exclude=left_out),
            disclosure_sha256=integration.disclosure_sha256,
            version=len(integration.earlier) + 1,
            form_path=f"/f/{integration.form_key}",
            key=KeyView(
                id=integration.key_id,
                made_at=integration.key_made_at,
                last_used_at=health.key_used_at,
            ),
            health=health,
            hints=hints,
        )


class CreatedIntegration(IntegrationView):
    """An integration with its new API key, shown this once."""

    api_key: str
