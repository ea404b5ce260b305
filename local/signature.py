"""The signature that the simulated provider puts on its webhooks, as Twilio does."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

HEADER = "X-Twilio-Signature"


def sign(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """Return base64 of HMAC-SHA1 over the URL and the sorted form fields, names before values.

    Source: Twilio, "Validating requests".
    """
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
