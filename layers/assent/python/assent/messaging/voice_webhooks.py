"""Calls as they go on: what came in is checked, a key that means something is queued, and answered.

The answer is said at once; what the key means is committed by the worker of the queue, within
seconds. Nothing that is said needs a table: where none answers, the words are neutral.
"""

from dataclasses import dataclass

from assent.accounts.model import Sender, sender_id
from assent.accounts.service import AccountService
from assent.messaging import spoken
from assent.messaging.calling import keys_url
from assent.messaging.keys import intent_of
from assent.messaging.model import HandleInbound, KeyOfCall
from assent.messaging.providers.base import (
    Credentials,
    Document,
    KeyPressed,
    Malformed,
    Turn,
    Voice,
    Webhook,
)
from assent.messaging.webhooks import Call, WebhookService, e164, missing
from assent.platform.clock import Clock
from assent.platform.errors import NotFound
from assent.platform.queues import NotSent, Sink
from assent.platform.tables import Unavailable
from assent.sms.keywords import Intent

_SAYS: dict[Intent, spoken.Words] = {
    Intent.opt_out: spoken.stopped,
    Intent.opt_in: spoken.started,
}


@dataclass
class VoiceWebhooks:
    """Verifies a provider's voice webhooks and says what comes next."""

    webhooks: WebhookService
    clock: Clock
    accounts: AccountService
    inbound: Sink

    def ring(self, call: Call) -> Document:
        """Answer a call that came in with what the sender is, and listen for a key.

        Raises `Forbidden`, or `Invalid` naming what is missing.
        """
        voice, secret, webhook = self._verified(call)
        try:
            incoming = voice.incoming(webhook)
        except Malformed as error:
            raise missing(error.missing) from error
        lines = spoken.menu(self._sender(call, incoming.sender_address))
        return voice.say(Turn(lines=lines, keys_url=keys_url(secret, call.account_id)))

    def key(self, call: Call) -> Document:
        """Take a key, and say what it did. One that means something goes to the queue first.

        Raises `Forbidden`, or `Invalid` naming what is missing.
        """
        voice, secret, webhook = self._verified(call)
        try:
            pressed = voice.pressed(webhook)
        except Malformed as error:
            raise missing(error.missing) from error
        listen = keys_url(secret, call.account_id)
        in_call = KeyOfCall(
            id=pressed.call_id, called_in=pressed.called_in, attestation=pressed.attestation
        )
        says = _SAYS.get(intent_of(pressed.key, in_call))
        if says is None:
            menu = spoken.menu if pressed.called_in else spoken.not_understood
            lines = menu(self._sender(call, pressed.sender_address))
            return voice.say(Turn(lines=lines, keys_url=listen))
        if pressed.phone:
            try:
                self.inbound.send(self._command(call, pressed, in_call))
            except NotSent:
                return voice.say(Turn(lines=spoken.try_again(pressed.key), keys_url=listen))
        else:
            says = spoken.unknown_caller
        return voice.say(Turn(lines=says(self._sender(call, pressed.sender_address))))

    def _verified(self, call: Call) -> tuple[Voice, Credentials, Webhook]:
        provider, secret, webhook = self.webhooks.verified(call)
        if provider.voice is None:
            raise NotFound("no_voice", "This provider places no calls.")
        return provider.voice, secret, webhook

    def _command(self, call: Call, pressed: KeyPressed, in_call: KeyOfCall) -> HandleInbound:
        now = self.clock.now()
        return HandleInbound(
            provider=call.provider,
            connection_id=call.account_id,
            # A key once in a call is that key's meaning once, however often it is reported.
            message_id=f"{pressed.call_id}-{pressed.key}",
            sender_address=pressed.sender_address,
            phone=e164(pressed.phone),
            body=pressed.key,
            call=in_call,
            effective_at=now,
            received_at=now,
        )

    def _sender(self, call: Call, address: str) -> Sender | None:
        """Return the sender if it is this account's, and nothing while no table answers."""
        try:
            found = self.accounts.sender(sender_id(address))
        except Unavailable:
            return None
        return found if found and found.owner_id == call.account_id else None
