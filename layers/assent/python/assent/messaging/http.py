"""Reading a webhook from the HTTP API's event."""

from typing import Any

from assent.messaging.webhooks import Call
from assent.platform import http


def call_from(event: Any, provider: str, account_id: str) -> Call:  # noqa: ANN401 -- untyped event
    """Take from the event what a signature covers, exactly as it was received."""
    return Call(
        provider=provider,
        account_id=account_id,
        path=event.get("rawPath", ""),
        query=event.get("rawQueryString", ""),
        headers=http.headers(event),
        body=http.raw_body(event),
    )
