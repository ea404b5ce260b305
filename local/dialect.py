"""Twilio's REST dialect: who asks, and how it is answered."""

from __future__ import annotations

import base64
import binascii
import hmac
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.behaviours import Refusal
from local.phone_store import Row


def account_of(request: Request) -> str:
    """Return the account that a request says it is of."""
    given = request.headers.get("authorization", "").partition(" ")[2]
    with suppress(binascii.Error):
        return base64.b64decode(given, validate=True).decode("utf-8", "replace").partition(":")[0]
    return ""


def signed_in(request: Request, account: str, token: str) -> bool:
    """Tell whether a request carries this account and its token."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(given, validate=True)
    except binascii.Error:
        return False
    expected = f"{account}:{token}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(decoded, expected)


def refused(refusal: Refusal) -> Response:
    """Answer with a refusal."""
    return JSONResponse(refusal.body(), status_code=refusal.status)


def call_answer(account: str, call: Row) -> dict[str, Any]:
    """Describe a call that was taken."""
    sid = call["sid"]
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "direction": "outbound-api",
        "from": call["sender"],
        "sid": sid,
        "status": "queued",
        "to": call["phone"],
        "uri": f"/2010-04-01/Accounts/{account}/Calls/{sid}.json",
    }


def message_answer(account: str, message: Row, sender: str, to: str, body: str) -> dict[str, Any]:
    """Describe a message that was taken."""
    sid = message["sid"]
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": body,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": sender,
        "sid": sid,
        "status": "queued",
        "to": to,
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
    }
