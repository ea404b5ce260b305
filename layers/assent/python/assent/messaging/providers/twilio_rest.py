"""Twilio's REST dialect, its forms and its answers, for texts and calls alike."""

import base64
import json
from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qsl, urlencode

import urllib3

from assent.messaging.providers.base import (
    Cause,
    Credentials,
    Failure,
    Malformed,
    Refused,
    Unanswered,
    Webhook,
)
from assent.messaging.providers.connections import connections

_TIMEOUT = urllib3.Timeout(connect=3.05, read=10)
_ACCEPTED = 201
_REFUSED = range(400, 500)
_TOO_MANY = 429
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


@cache
def pool() -> urllib3.PoolManager:
    """Return the process's connections."""
    # No retries of its own: a text sent twice is worse than one sent late.
    return connections(timeout=_TIMEOUT, retries=False)


def authorization(credentials: Credentials) -> str:
    """Return the header by which an account proves itself."""
    login = f"{credentials.account_sid}:{credentials.auth_token}"
    return "Basic " + base64.b64encode(login.encode()).decode()


def create(
    credentials: Credentials, resource: str, fields: Mapping[str, str], causes: Mapping[str, Cause]
) -> str:
    """Create a resource, such as `Messages`, and return its SID.

    Raises `Refused`, with its cause from the table, or `Unanswered`.
    """
    url = f"{credentials.api_base}/2010-04-01/Accounts/{credentials.account_sid}/{resource}.json"
    try:
        response = pool().request(
            "POST",
            url,
            body=urlencode(fields),
            headers={
                "Authorization": authorization(credentials),
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
        # No connection, so nothing can have been taken.
        raise Refused("unreachable", _BUSY, retry=True) from None
    except urllib3.exceptions.HTTPError as error:
        raise Unanswered(type(error).__name__) from error
    return _sid(response.status, response.data, causes)


def _sid(status: int, data: bytes, causes: Mapping[str, Cause]) -> str:
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
    raise Refused(code, causes.get(code, _OTHER), retry=False)


def pairs(webhook: Webhook) -> list[tuple[str, str]]:
    """Read the fields of a form, also those that come twice."""
    return parse_qsl(webhook.body.decode("utf-8", "replace"), keep_blank_values=True)


def required(fields: Mapping[str, str], name: str) -> str:
    """Return a field that must be there; raises `Malformed`."""
    value = fields.get(name)
    if not value:
        raise Malformed(name)
    return value
