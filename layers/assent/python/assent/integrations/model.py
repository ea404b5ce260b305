"""Integrations, API keys and leads: what they are, with no input or output."""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from assent.consent.model import Channel
from assent.platform.queues import Command

_MAX_CUSTOM = 20


class IntegrationState(StrEnum):
    """Whether an integration takes leads."""

    ACTIVE = "active"
    PAUSED = "paused"  # for a while
    INACTIVE = "inactive"  # until somebody wants it again
    DELETED = "deleted"  # for good; what came through it still names it


_MOST_ADDRESSES = 20


def _site(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or value != _origin(value):
        raise ValueError("is no origin; write it as https://www.example.com, without a path")
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    return f"{parts.scheme}://{parts.netloc}"


def _page(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or len(value.split()) != 1:
        raise ValueError("is no web address; write it whole, as https://www.example.com/thanks")
    return value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Disclosure = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=20, max_length=2000)
]
_Address = StringConstraints(max_length=500)
Origins = Annotated[
    list[Annotated[str, _Address, AfterValidator(_site)]], Field(max_length=_MOST_ADDRESSES)
]
Redirects = Annotated[
    list[Annotated[str, _Address, AfterValidator(_page)]], Field(max_length=_MOST_ADDRESSES)
]
Channels = Annotated[list[Channel], Field(min_length=1, max_length=2)]


class IntegrationSettings(BaseModel):
    """What is decided when an integration is made."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    disclosure: Disclosure
    channels: Channels = [Channel.SMS]
    double_opt_in: bool = False
    allowed_origins: Origins = []
    redirect_urls: Redirects = []
    # Ask the carrier of each new lead whether its line is a landline. Each answer costs money.
    line_look_up: bool = False


class IntegrationChange(BaseModel):
    """What may change of an integration; what is left out stays as it is.

    New words, or other channels, are a new version of the disclosure: people who agreed to the
    words before keep those in their evidence.
    """

    model_config = ConfigDict(extra="forbid")

    state: IntegrationState | None = None
    name: Name | None = None
    disclosure: Disclosure | None = None
    channels: Channels | None = None
    double_opt_in: bool | None = None
    allowed_origins: Origins | None = None
    redirect_urls: Redirects | None = None
    line_look_up: bool | None = None


class Integration(BaseModel):
    """A registered source of leads, with the disclosure that people agree to there."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    name: str = Field(min_length=1, max_length=100)
    state: IntegrationState = IntegrationState.ACTIVE
    # Since when it takes no leads; whatever was accepted before is still processed.
    closed_at: datetime | None = None
    disclosure: str = Field(min_length=20, max_length=2000)
    disclosed_at: datetime | None = None  # since when these are the words
    earlier: dict[str, list[Channel]] = {}  # disclosures before, by their hashes
    channels: list[Channel] = [Channel.SMS]
    double_opt_in: bool = False
    allowed_origins: list[str] = []
    redirect_urls: list[str] = []
    line_look_up: bool = False
    form_secret: str
    key_id: str = ""
    key_made_at: datetime | None = None
    created_at: datetime

    @property
    def disclosure_sha256(self) -> str:
        """The hash by which evidence names the disclosure."""
        return hashed_words(self.disclosure)

    @property
    def is_open(self) -> bool:
        """Whether it takes leads."""
        return self.state == IntegrationState.ACTIVE

    def covered_by(self, sha256: str) -> list[Channel] | None:
        """Return the channels that a disclosure of this integration covers, by its hash."""
        if sha256 == self.disclosure_sha256:
            return self.channels
        return self.earlier.get(sha256)

    @property
    def form_key(self) -> str:
        """The last part of the hosted form's address; it leads to the account without an index."""
        return f"{self.account_id.removeprefix('ac_').lower()}-{self.form_secret}"


def hashed_words(disclosure: str) -> str:
    """Return the SHA-256 of a disclosure's words."""
    return hashlib.sha256(disclosure.encode()).hexdigest()


class ApiKey(BaseModel):
    """A stored key: its hash only."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    integration_id: str
    hash: str
    created_at: datetime


class Credential(BaseModel):
    """What a form's address or an API key leads to, also after it was replaced."""

    model_config = ConfigDict(frozen=True)

    integration_id: str
    hash: str = ""  # of an API key
    ended_at: datetime | None = None


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


class Day(BaseModel):
    """What came through an integration on one day (UTC)."""

    model_config = ConfigDict(frozen=True)

    day: date
    leads: int = 0  # that said something new; counted in tens when they come fast
    refused: int = 0  # fields, of requests that were refused for them
    listed: int = 0  # leads from numbers on the opt-out list


class Health(BaseModel):
    """What is known of how an integration fares, for when no leads arrive."""

    last_lead_at: datetime | None = None
    last_error: str = ""
    last_error_at: datetime | None = None
    key_used_at: datetime | None = None
    refusals: dict[str, int] = {}
    listed: int = 0
    days: list[Day] = []
    """The last 14 days, the oldest first, those without anything too."""
