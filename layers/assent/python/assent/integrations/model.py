"""Integrations, API keys and leads: what they are, with no input or output."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from assent.consent.model import Channel
from assent.platform.queues import Command

_MAX_CUSTOM = 20


class IntegrationState(StrEnum):
    """Whether an integration takes leads."""

    ACTIVE = "active"
    PAUSED = "paused"


class Integration(BaseModel):
    """A registered source of leads, with the disclosure that people agree to there."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    name: str = Field(min_length=1, max_length=100)
    state: IntegrationState = IntegrationState.ACTIVE
    disclosure: str = Field(min_length=20, max_length=2000)
    channels: list[Channel] = [Channel.SMS]
    double_opt_in: bool = False
    allowed_origins: list[str] = []
    redirect_urls: list[str] = []
    form_secret: str
    created_at: datetime

    @property
    def disclosure_sha256(self) -> str:
        """The hash by which evidence names the disclosure."""
        return hashlib.sha256(self.disclosure.encode()).hexdigest()

    @property
    def form_key(self) -> str:
        """The last part of the hosted form's address; it leads to the account without an index."""
        return f"{self.account_id.removeprefix('ac_').lower()}-{self.form_secret}"


class ApiKey(BaseModel):
    """A stored key: its hash only."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    integration_id: str
    hash: str
    created_at: datetime


class Via(StrEnum):
    """How a lead came in."""

    FORM = "form"
    API = "api"


def _plain_email(value: str) -> str:
    name, at, domain = value.partition("@")
    if value and not (name and at and "." in domain.strip(".") and " " not in value):
        raise ValueError("is not an e-mail address")
    return value


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_Custom = Annotated[str, StringConstraints(max_length=200)]


class Lead(BaseModel):
    """What a lead says of itself. Three fields are required."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_name: _Text
    last_name: _Text
    phone: _Text
    email: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=254),
        AfterValidator(_plain_email),
    ] = ""
    custom: dict[_Custom, _Custom] = Field(default={}, max_length=_MAX_CUSTOM)


_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class Subscription(BaseModel):
    """Somebody who wants to be subscribed, as a program says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: _Text
    first_name: _Name = ""
    last_name: _Name = ""
    # What the integration's disclosure covers, when nothing is said.
    channels: list[Channel] | None = Field(default=None, min_length=1, max_length=2)
    group_id: str = Field(default="", max_length=100)


class Unsubscription(BaseModel):
    """Somebody who is to get no more messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: _Text
    channels: list[Channel] = Field(default=list(Channel), min_length=1, max_length=2)
    reason: str = Field(default="", max_length=500)
    # The contact's own will, which then only the contact undoes.
    they_asked: bool = False


class ProcessLead(Command):
    """Make a contact of a lead. `credential` is what the caller showed, for the worker to check.

    It is the form's key, or the hash of the API key.
    """

    receipt_id: str
    account_id: str
    via: Via
    credential: str
    lead: Lead
    evidence: dict[str, str]
    received_at: datetime


class Health(BaseModel):
    """What is known of how an integration fares, for when no leads arrive."""

    last_lead_at: datetime | None = None
    last_error: str = ""
    last_error_at: datetime | None = None
    refusals: dict[str, int] = {}
    listed: int = 0
