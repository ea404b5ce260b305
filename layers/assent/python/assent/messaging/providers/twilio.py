"""Twilio: its REST dialect for sending, its signed webhooks for what comes back."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import urllib3

from assent.messaging.model import MessageState
from assent.messaging.providers.base import (
    Cause,
    Credentials,
    Failure,
    Incoming,
    Malformed,
    Outgoing,
    Receipt,
    Refused,
    Unanswered,
    Webhook,
)

_TIMEOUT = urllib3.Timeout(connect=3.05, read=10)
_ACCEPTED = 201
_REFUSED = range(400, 500)
_TOO_MANY = 429

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
        failure=Failure.LANDLINE,
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
    "20003": Cause(
        failure=Failure.MISCONFIGURED,
        message="The provider does not accept the account's credentials.",
        next_step="Store the provider's credentials again.",
    ),
}
_OTHER = Cause(
    failure=Failure.OTHER,
    message="The provider refused the message.",
    next_step="Look the code up in the provider's documentation.",
)
_BUSY = Cause(
    failure=Failure.BUSY,
    message="The provider takes no more messages at the moment.",
    next_step="It is tried again by itself.",
)
# What is not here (queued, accepted, sending) says nothing that the acceptance did not.
_STATES: dict[str, MessageState] = {
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "undelivered": MessageState.FAILED,
    "failed": MessageState.FAILED,
}


@cache
def _pool() -> urllib3.PoolManager:
    # No retries of its own: a text sent twice is worse than one sent late.
    return urllib3.PoolManager(timeout=_TIMEOUT, retries=False, maxsize=4)


class Twilio:
    """The adapter. It keeps nothing: credentials come with each call."""

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        """Create a Message resource and return its SID."""
        url = f"{credentials.api_base}/2010-04-01/Accounts/{credentials.account_sid}/Messages.json"
        login = f"{credentials.account_sid}:{credentials.auth_token}"
        fields = {
            "To": outgoing.phone,
            "From": outgoing.sender_address,
            "Body": outgoing.body,
            "StatusCallback": outgoing.status_url,
        }
        try:
            response = _pool().request(
                "POST",
                url,
                body=urlencode(fields),
                headers={
                    "Authorization": "Basic " + base64.b64encode(login.encode()).decode(),
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            # No connection, so nothing can have been taken.
            raise Refused("unreachable", _BUSY, retry=True) from None
        except urllib3.exceptions.HTTPError as error:
            raise Unanswered(type(error).__name__) from error
        return _sid(response.status, response.data)

    def is_genuine(self, credentials: Credentials, webhook: Webhook) -> bool:
        """Check `X-Twilio-Signature`; the address counts with and without its port.

        Source: Twilio, Webhooks security, "Validating signatures from Twilio".
        """
        given = webhook.headers.get("x-twilio-signature", "")
        pairs = {(key, value) for key, value in _pairs(webhook)}
        signed = "".join(key + value for key, value in sorted(pairs))
        genuine = False
        for url in _spellings(webhook.url):
            mac = hmac.new(credentials.auth_token.encode(), (url + signed).encode(), hashlib.sha1)
            expected = base64.b64encode(mac.digest()).decode()
            genuine |= hmac.compare_digest(expected.encode(), given.encode())
        return genuine

    def incoming(self, webhook: Webhook) -> Incoming:
        """Read an incoming message webhook."""
        fields = dict(_pairs(webhook))
        return Incoming(
            message_id=_required(fields, "MessageSid"),
            sender_address=_required(fields, "To"),
            phone=_required(fields, "From"),
            body=fields.get("Body", ""),
        )

    def receipt(self, webhook: Webhook) -> Receipt | None:
        """Read a status callback."""
        fields = dict(_pairs(webhook))
        sid = _required(fields, "MessageSid")
        state = _STATES.get(_required(fields, "MessageStatus"))
        if state is None:
            return None
        return Receipt(provider_message_id=sid, state=state, code=fields.get("ErrorCode", ""))

    def causes(self) -> Mapping[str, Cause]:
        """Return the table of error codes."""
        return CAUSES


def _sid(status: int, data: bytes) -> str:
    if status == _TOO_MANY:
        # Whatever stands in it: a gate before the API may answer in its own words.
        raise Refused(str(status), _BUSY, retry=True)
    if status != _ACCEPTED and status not in _REFUSED:
        raise Unanswered(f"status {status}")
    try:
        answer = json.loads(data)
    except ValueError as error:
        raise Unanswered("an answer that is not JSON") from error
    if not isinstance(answer, dict):
        raise Unanswered("an answer that is no object")
    if status == _ACCEPTED and isinstance(answer.get("sid"), str):
        return str(answer["sid"])
    if status == _ACCEPTED:
        raise Unanswered("an acceptance without a sid")
    code = str(answer.get("code", status))
    raise Refused(code, CAUSES.get(code, _OTHER), retry=False)


def _pairs(webhook: Webhook) -> list[tuple[str, str]]:
    return parse_qsl(webhook.body.decode("utf-8", "replace"), keep_blank_values=True)


def _required(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise Malformed(name)
    return value


def _spellings(url: str) -> tuple[str, ...]:
    """Give an address with and without a port, as the official library does."""
    parts = urlsplit(url)
    if parts.port is None:
        default = 443 if parts.scheme == "https" else 80
        return url, urlunsplit(parts._replace(netloc=f"{parts.netloc}:{default}"))
    return url, urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0]))
