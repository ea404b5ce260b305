"""Twilio: its REST dialect for sending, its signed webhooks for what comes back."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from assent.messaging.model import MessageState
from assent.messaging.providers.base import (
    Cause,
    Credentials,
    Failure,
    Incoming,
    Outgoing,
    Receipt,
    Voice,
    Webhook,
)
from assent.messaging.providers.twilio_rest import create, pairs, required
from assent.messaging.providers.twilio_voice import CALL_CAUSES, TwilioVoice, call_receipt

# Source: Twilio's error and warning dictionary.
CAUSES: dict[str, Cause] = {
    "21610": Cause(
        failure=Failure.OPTED_OUT,
        message="The provider still blocks this number, which opted out of the sender.",
        next_step="Only the contact can undo it, by texting START to the sender.",
    ),
    "21211": Cause(
        failure=Failure.BAD_NUMBER,
        message="The provider says that this is not a phone number.",
        next_step="Correct the contact's number.",
    ),
    "21614": Cause(
        failure=Failure.NOT_TEXTABLE,
        message="The provider says that this number cannot receive texts.",
        next_step="Reach this contact by voice.",
    ),
    "30003": Cause(
        failure=Failure.UNREACHABLE,
        message="The phone is switched off or out of reach.",
        next_step="Try again later.",
    ),
    "30005": Cause(
        failure=Failure.BAD_NUMBER,
        message="The number is not in service.",
        next_step="Correct the contact's number.",
    ),
    "30006": Cause(
        failure=Failure.LANDLINE,
        message="The number is a landline, or its carrier cannot be reached.",
        next_step="Reach this contact by voice.",
    ),
    "30007": Cause(
        failure=Failure.BLOCKED,
        message="The carrier filtered the message.",
        next_step="Check the text and the sender's registration.",
    ),
    "30008": Cause(
        failure=Failure.OTHER,
        message="The carrier gave no reason.",
        next_step="Try again later.",
    ),
    "21408": Cause(
        failure=Failure.MISCONFIGURED,
        message="The provider's account may not send to this country.",
        next_step="Allow the country in the provider's geographic permissions.",
    ),
    "21606": Cause(
        failure=Failure.MISCONFIGURED,
        message="The sender does not belong to the provider's account, or cannot send texts.",
        next_step="Check the sender's number and the stored credentials.",
    ),
    "21612": Cause(
        failure=Failure.BLOCKED,
        message="The provider has no route from this sender to this number.",
        next_step="Use a sender of the number's country.",
    ),
    "21617": Cause(
        failure=Failure.OTHER,
        message="The text is longer than the provider takes.",
        next_step="Shorten it to 1,600 characters.",
    ),
    "30001": Cause(
        failure=Failure.OTHER,
        message="The provider's queue for this sender was full.",
        next_step="Lower the sender's messages per second, then send to those who failed.",
    ),
    "30002": Cause(
        failure=Failure.MISCONFIGURED,
        message="The provider has suspended the account.",
        next_step="Ask the provider why, then send to those who failed.",
    ),
    "30004": Cause(
        failure=Failure.BLOCKED,
        message="The phone or its carrier blocks messages from this sender.",
        next_step="Nothing helps but the contact's own request at its carrier.",
    ),
    "30034": Cause(
        failure=Failure.MISCONFIGURED,
        message="The sender is not registered for the campaign that carriers ask for.",
        next_step="Register the number, or mark the sender as not registered until it is.",
    ),
    "20003": Cause(
        failure=Failure.MISCONFIGURED,
        message="The provider does not accept the account's credentials.",
        next_step="Store the provider's credentials again.",
    ),
}
_ALL_CAUSES = CAUSES | CALL_CAUSES
# What is not here (queued, accepted, sending) says nothing that the acceptance did not.
_STATES: dict[str, MessageState] = {
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "undelivered": MessageState.FAILED,
    "failed": MessageState.FAILED,
}


class Twilio:
    """The adapter. It keeps nothing: credentials come with each call."""

    voice: Voice | None = TwilioVoice()

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        """Create a Message resource and return its SID."""
        fields = {
            "To": outgoing.phone,
            "From": outgoing.sender_address,
            "Body": outgoing.body,
            "StatusCallback": outgoing.status_url,
        }
        return create(credentials, "Messages", fields, CAUSES)

    def is_genuine(self, credentials: Credentials, webhook: Webhook) -> bool:
        """Check `X-Twilio-Signature`; the address counts with and without its port.

        Source: Twilio, Webhooks security, "Validating signatures from Twilio".
        """
        given = webhook.headers.get("x-twilio-signature", "")
        fields = {(key, value) for key, value in pairs(webhook)}
        signed = "".join(key + value for key, value in sorted(fields))
        genuine = False
        for url in _spellings(webhook.url):
            mac = hmac.new(credentials.auth_token.encode(), (url + signed).encode(), hashlib.sha1)
            expected = base64.b64encode(mac.digest()).decode()
            genuine |= hmac.compare_digest(expected.encode(), given.encode())
        return genuine

    def incoming(self, webhook: Webhook) -> Incoming:
        """Read an incoming message webhook."""
        fields = dict(pairs(webhook))
        return Incoming(
            message_id=required(fields, "MessageSid"),
            sender_address=required(fields, "To"),
            phone=required(fields, "From"),
            body=fields.get("Body", ""),
        )

    def receipt(self, webhook: Webhook) -> Receipt | None:
        """Read a status callback of a text or a call."""
        fields = dict(pairs(webhook))
        if "CallSid" in fields:
            return call_receipt(fields)
        sid = required(fields, "MessageSid")
        state = _STATES.get(required(fields, "MessageStatus"))
        if state is None:
            return None
        return Receipt(provider_message_id=sid, state=state, code=fields.get("ErrorCode", ""))

    def causes(self) -> Mapping[str, Cause]:
        """Return the table of error codes."""
        return _ALL_CAUSES


def _spellings(url: str) -> tuple[str, ...]:
    """Give an address with and without a port, as the official library does."""
    parts = urlsplit(url)
    if parts.port is None:
        default = 443 if parts.scheme == "https" else 80
        return url, urlunsplit(parts._replace(netloc=f"{parts.netloc}:{default}"))
    return url, urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0]))
