"""Messages and the commands about them: what they are, with no input or output."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from assent.consent.model import Channel
from assent.consent.policy import Purpose
from assent.platform.queues import Command


class MessageState(StrEnum):
    """How far an outgoing message has come."""

    RELEASED = "released"  # the provider was busy: nothing was sent, it may be claimed again
    CLAIMED = "claimed"
    UNKNOWN = "unknown"  # claimed, and no answer: never sent again
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXCLUDED = "excluded"


RANK: dict[MessageState, int] = {
    MessageState.RELEASED: 0,
    MessageState.CLAIMED: 1,
    MessageState.UNKNOWN: 2,
    MessageState.SENT: 3,
    MessageState.DELIVERED: 4,
    MessageState.FAILED: 5,
    MessageState.EXCLUDED: 6,
}
"""Receipts come late, twice and in any order: a state only gives way to one of higher rank."""


class Place(BaseModel):
    """Where a message is kept: its thread's key, and its key in the thread."""

    model_config = ConfigDict(frozen=True)

    thread: str
    sort: str


class SendMessage(Command):
    """Send one message, once."""

    place: Place
    account_id: str  # whose message it is
    contact_id: str = ""
    sender_id: str
    phone: str
    subject: str
    purpose: Purpose
    channel: Channel = Channel.SMS
    body: str
    created_at: datetime
    broadcast_id: str = ""
    # The chunk of the broadcast and the place in it, where its outcome is written down.
    batch: str = ""
    # A call that is tried again is not placed before this moment.
    not_before: datetime | None = None


class KeyOfCall(BaseModel):
    """The call in which a key was pressed."""

    model_config = ConfigDict(frozen=True)

    id: str
    called_in: bool  # the phone called the sender
    attestation: str = ""  # how far carriers vouch for the caller's number


class HandleInbound(Command):
    """Handle one message that a phone sent to a sender, or one key that was pressed in a call."""

    provider: str
    connection_id: str  # the account whose provider credentials signed the webhook
    message_id: str
    sender_address: str
    phone: str
    body: str
    call: KeyOfCall | None = None  # the body is the key, then
    effective_at: datetime
    received_at: datetime

    @property
    def channel(self) -> Channel:
        """The channel that it came by, and that it is about."""
        return Channel.VOICE if self.call else Channel.SMS


class RecordReceipt(Command):
    """Note what the provider says became of a message."""

    place: Place
    connection_id: str
    provider_message_id: str
    state: MessageState
    code: str = ""
    received_at: datetime


class Lifted(BaseModel):
    """A line of an opt-out record that was lifted: its scope, and since when it had stood."""

    model_config = ConfigDict(frozen=True)

    channel: Channel
    scope: str
    at: datetime


class ApplyEffects(Command):
    """Carry a change of an opt-out record to the accounts that know the phone, beyond `after`."""

    sender_id: str
    subject: str
    channels: list[Channel]
    # What the change took away, so that it leaves the lists it stood on.
    lifted: list[Lifted] = Field(default_factory=list)
    # Only this account is concerned; empty for all that know the phone.
    account_id: str = ""
    after: str | None = None


class Message(BaseModel):
    """One message as it is kept, either way."""

    model_config = ConfigDict(frozen=True)

    place: Place
    inbound: bool
    sender_id: str
    purpose: str
    channel: Channel = Channel.SMS
    body: str
    at: datetime
    state: MessageState | None = None
    reason: str = ""
    broadcast_id: str = ""
    batch: str = ""


_AGAIN = "~"


def attempt_place(place: Place, attempt: int) -> Place:
    """Return where an attempt at a call is kept: each is claimed on its own. The first is 1."""
    first = place.sort.partition(_AGAIN)[0]
    sort = first if attempt == 1 else f"{first}{_AGAIN}{attempt}"
    return place.model_copy(update={"sort": sort})


def attempt_of(place: Place) -> int:
    """Say which attempt is kept at a place."""
    return int(place.sort.partition(_AGAIN)[2] or 1)


def contact_thread(account_id: str, contact_id: str) -> str:
    """Return the key of a contact's thread: what its account sent it and got from it."""
    return f"{account_id}#{contact_id}"


def sender_thread(sender_id: str, subject: str) -> str:
    """Return the key of a sender's thread with a phone: what came in, and the answers to it."""
    return f"{sender_id}#{subject}"
