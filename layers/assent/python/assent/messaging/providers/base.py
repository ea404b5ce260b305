"""The provider port: what the product needs of whoever carries its messages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict

from assent.messaging.model import MessageState

if TYPE_CHECKING:  # numbers bring large tables, which workers that only send need not load
    from assent.sms.numbers import LineType

VOICEMAIL = "voicemail"
"""The code in the receipt of a call that a voicemail took; a person has none."""


class Credentials(BaseModel):
    """What an account needs to use its provider; kept as an SSM SecureString, as JSON."""

    model_config = ConfigDict(frozen=True)

    provider: str
    account_sid: str
    auth_token: str
    api_base: str
    # Where the provider reaches us: it signs this address, so it must be exactly what it calls.
    webhook_base: str
    # Where numbers are looked up, if not at the provider's usual address.
    look_up_base: str = ""


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


class OutgoingCall(BaseModel):
    """A call to be placed, and what is said in it."""

    model_config = ConfigDict(frozen=True)

    sender_address: str
    phone: str
    # Said one after the other, to a person or after the tone of a voicemail.
    lines: list[str]
    keys_url: str  # where a pressed key is reported, also one that cuts a line short
    status_url: str
    ring_seconds: int


class IncomingCall(BaseModel):
    """A call that came in."""

    call_id: str
    sender_address: str
    phone: str  # empty where the caller withholds it


class KeyPressed(BaseModel):
    """A key that was pressed in a call, theirs or ours."""

    call_id: str
    sender_address: str
    phone: str  # empty where the caller withholds it
    key: str
    called_in: bool  # the phone called the sender
    attestation: str  # how far carriers vouch for the caller's number; empty where they say nothing


class Turn(BaseModel):
    """What is said next in a call, whether a key is waited for, and then the call ends."""

    model_config = ConfigDict(frozen=True)

    lines: list[str]
    keys_url: str = ""  # empty: no key counts any more


class Document(BaseModel):
    """An answer in the provider's own language."""

    model_config = ConfigDict(frozen=True)

    content_type: str
    body: str


class Webhook(BaseModel):
    """A request that claims to come from a provider."""

    url: str
    headers: dict[str, str]  # names in lower case
    body: bytes


class Failure(StrEnum):
    """What a provider's refusal means to us."""

    OPTED_OUT = "opted_out"
    NOT_TEXTABLE = "not_textable"  # the provider knows that the line takes no texts
    LANDLINE = "landline_or_unreachable"
    UNREACHABLE = "unreachable"
    BAD_NUMBER = "bad_number"
    BLOCKED = "blocked_by_carrier"
    BUSY = "busy"
    NO_ANSWER = "no_answer"  # of a call: it rang, and nobody took it
    ENGAGED = "engaged"  # of a call: the line was busy, or the call was declined
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


class NoAnswer(Exception):
    """A look-up gave no answer that can be read."""


class LookUp(Protocol):
    """What a provider may offer beside carrying messages: what kind of line a number is."""

    def line_type(self, credentials: Credentials, phone: str) -> "LineType":
        """Return the kind of line, `LineType.unknown` if nobody knows; raises `NoAnswer`."""
        ...


class Malformed(Exception):
    """A signed request without something that we need; `missing` names it."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


class Voice(Protocol):
    """A carrier of calls."""

    def call(self, credentials: Credentials, outgoing: OutgoingCall) -> str:
        """Place a call and return the provider's id; raises `Refused` or `Unanswered`."""
        ...

    def incoming(self, webhook: Webhook) -> IncomingCall:
        """Read a call that came in; raises `Malformed`."""
        ...

    def pressed(self, webhook: Webhook) -> KeyPressed:
        """Read a key that was pressed; raises `Malformed`."""
        ...

    def say(self, turn: Turn) -> Document:
        """Write down what is said next, as the answer to either of them."""
        ...


class Provider(Protocol):
    """One carrier of messages."""

    @property
    def voice(self) -> Voice | None:
        """Return the carrier of its calls; nothing where it places none with keys to press."""
        ...

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
        """Read a receipt of a text or a call; nothing when it tells nothing new.

        Raises `Malformed`.
        """
        ...

    def causes(self) -> Mapping[str, Cause]:
        """Return the table from the provider's codes to plain causes."""
        ...
