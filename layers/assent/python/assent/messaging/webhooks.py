"""Providers' webhooks: checked over what was received, then turned into commands."""

from collections.abc import Mapping
from dataclasses import dataclass

from assent.messaging.credentials import credentials
from assent.messaging.dispatch import from_reference
from assent.messaging.model import HandleInbound, RecordReceipt
from assent.messaging.providers import PROVIDERS
from assent.messaging.providers.base import Credentials, Malformed, Provider, Webhook
from assent.platform.clock import Clock
from assent.platform.errors import FieldError, Forbidden, Invalid, NotFound
from assent.platform.settings import Settings
from assent.sms.numbers import InvalidNumber, parse


@dataclass(frozen=True)
class Call:
    """A webhook as it came in. The account in its path is believed once the signature fits it."""

    provider: str
    account_id: str
    path: str
    query: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass
class WebhookService:
    """Verifies webhooks and reads them."""

    settings: Settings
    clock: Clock

    def inbound(self, call: Call) -> HandleInbound:
        """Read a text that came in; raises `Forbidden`, or `Invalid` naming what is missing."""
        provider, _, webhook = self.verified(call)
        try:
            incoming = provider.incoming(webhook)
        except Malformed as error:
            raise missing(error.missing) from error
        now = self.clock.now()
        return HandleInbound(
            provider=call.provider,
            connection_id=call.account_id,
            message_id=incoming.message_id,
            sender_address=incoming.sender_address,
            phone=e164(incoming.phone),
            body=incoming.body,
            # Twilio's webhook carries no time of its own: our receipt at the edge counts.
            effective_at=now,
            received_at=now,
        )

    def status(self, call: Call, ref: str) -> RecordReceipt | None:
        """Read a receipt; nothing when it tells nothing new or is of no message of ours."""
        provider, _, webhook = self.verified(call)
        try:
            receipt = provider.receipt(webhook)
        except Malformed as error:
            raise missing(error.missing) from error
        place = from_reference(ref)
        if receipt is None or place is None:
            return None
        return RecordReceipt(
            place=place,
            connection_id=call.account_id,
            provider_message_id=receipt.provider_message_id,
            state=receipt.state,
            code=receipt.code,
            received_at=self.clock.now(),
        )

    def verified(self, call: Call) -> tuple[Provider, Credentials, Webhook]:
        """Return a webhook whose signature fits; raises `NotFound` or `Forbidden`."""
        provider = PROVIDERS.get(call.provider)
        if provider is None:
            raise NotFound("unknown_provider", "There is no such provider.")
        try:
            secret = credentials(self.settings, call.account_id)
        except NotFound:
            # Whether an account exists is nothing that an unsigned call may learn.
            raise _unsigned() from None
        url = secret.webhook_base + call.path + (f"?{call.query}" if call.query else "")
        webhook = Webhook(url=url, headers=dict(call.headers), body=call.body)
        if secret.provider != call.provider or not provider.is_genuine(secret, webhook):
            raise _unsigned()
        return provider, secret, webhook


def e164(phone: str) -> str:
    """Write a number as it is kept everywhere."""
    try:
        return parse(phone).e164
    except InvalidNumber:
        # A short code or a name: kept as it came, since it is signed.
        return phone


def _unsigned() -> Forbidden:
    return Forbidden("bad_signature", "The signature is missing or does not fit the request.")


def missing(field: str) -> Invalid:
    """Name what a signed request should have and has not."""
    return Invalid(
        "missing_field",
        f"The request has no {field}.",
        fields=[FieldError(field=field, code="missing", message="is required")],
    )
