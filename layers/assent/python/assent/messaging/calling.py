"""Handing a call to its carrier: what it needs beside what a text needs."""

from assent.accounts.model import Sender
from assent.messaging import spoken
from assent.messaging.model import SendMessage
from assent.messaging.providers import PROVIDERS
from assent.messaging.providers.base import (
    VOICEMAIL,
    Cause,
    Credentials,
    Failure,
    OutgoingCall,
    Refused,
)

NO_VOICE = "no_voice"
RING_SECONDS = 25
"""How long a phone rings before nobody has answered; most voicemails answer before that."""
KEYS_PATH = "/webhooks/{provider}/{account}/voice/keys"

NO_VOICE_CAUSE = Cause(
    failure=Failure.MISCONFIGURED,
    message="The sender's provider places no calls.",
    next_step="Choose a sender whose provider does.",
)
WORDS: dict[str, str] = {
    VOICEMAIL: "A voicemail took the call, and the message was left on it.",
}
"""Codes of calls that no provider explains, in plain words."""


def place_call(command: SendMessage, sender: Sender, secret: Credentials, status_url: str) -> str:
    """Place a call that says the command's body; returns the provider's id.

    Raises `Refused` where nothing was placed, `Unanswered` where it is not known.
    """
    voice = PROVIDERS[secret.provider].voice
    if voice is None:
        raise Refused(NO_VOICE, NO_VOICE_CAUSE, retry=False)
    return voice.call(
        secret,
        OutgoingCall(
            sender_address=sender.address,
            phone=command.phone,
            lines=spoken.message(sender, command.body),
            keys_url=keys_url(secret, sender.owner_id),
            status_url=status_url,
            ring_seconds=RING_SECONDS,
        ),
    )


def keys_url(secret: Credentials, account_id: str) -> str:
    """Return where the keys pressed in an account's calls are reported."""
    path = KEYS_PATH.format(provider=secret.provider, account=account_id)
    return f"{secret.webhook_base}{path}"
