"""The provider port: what the product needs of whoever carries its messages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from assent.messaging.model import MessageState


class Credentials(BaseModel):
    """What an account needs to use its provider; kept as an SSM SecureString, as JSON."""

    model_config = ConfigDict(frozen=True)

    provider: str
    account_sid: str
    auth_token: str
    api_base: str
    # Where the provider reaches us: it signs this address, so it must be exactly what it calls.
    webhook_base: str


class Outgoing(BaseModel):
    """A text to be carried."""

    model_config = ConfigDict(frozen=True)

    sender_address: str
    phone: str
    body: str
    status_url: str


class Incoming(BaseModel):
    """A text that came in."""

    message_id: str
    sender_address: str
    phone: str
    body: str


class Receipt(BaseModel):
    """What the provider says became of a message."""

    provider_message_id: str
    state: MessageState
    code: str


class Webhook(BaseModel):
    """A request that claims to come from a provider."""

    url: str
    headers: dict[str, str]  # names in lower case
    body: bytes


class Failure(StrEnum):
    """What a provider's refusal means to us."""

    OPTED_OUT = "opted_out"
    LANDLINE = "landline_or_unreachable"
    UNREACHABLE = "unreachable"
    BAD_NUMBER = "bad_number"
    BLOCKED = "blocked_by_carrier"
    BUSY = "busy"
    MISCONFIGURED = "misconfigured"
    OTHER = "other"


class Cause(BaseModel):
    """A provider's code in plain words, with the next step."""

    model_config = ConfigDict(frozen=True)

    failure: Failure
    message: str
    next_step: str


class Refused(Exception):
    """The provider did not take the message. Nothing was sent."""

    def __init__(self, code: str, cause: Cause, *, retry: bool) -> None:
        super().__init__(f"{code}: {cause.failure}")
        self.code = code
        self.cause = cause
        self.retry = retry


class Unanswered(Exception):
    """The provider may or may not have taken the message: it is never sent again."""


class Malformed(Exception):
    """A signed request without something that we need; `missing` names it."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


class Provider(Protocol):
    """One carrier of messages."""

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        """Hand over a text and return the provider's id; raises `Refused` or `Unanswered`."""
        ...

    def is_genuine(self, credentials: Credentials, webhook: Webhook) -> bool:
        """Check a webhook's signature, in constant time, over what was received."""
        ...

    def incoming(self, webhook: Webhook) -> Incoming:
        """Read a text that came in; raises `Malformed`."""
        ...

    def receipt(self, webhook: Webhook) -> Receipt | None:
        """Read a delivery receipt; nothing when it tells nothing new. Raises `Malformed`."""
        ...

    def causes(self) -> Mapping[str, Cause]:
        """Return the table from the provider's codes to plain causes."""
        ...
