"""The simulated provider signs as Twilio does: the official validator is the judge."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator

from local.signature import sign

TOKEN = "12345"


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("http://127.0.0.1:8080/webhooks/twilio/ac_1/inbound", {"Body": "STOP", "From": "+1202"}),
        ("http://127.0.0.1:8080/webhooks/twilio/ac_1/status?ref=YWJj", {"MessageStatus": "sent"}),
        ("https://example.com/x", {"Body": "¡Alto! 🛑 ", "b": "", "A": "1", "a": "2"}),
        ("https://example.com/x", {}),
    ],
)
def test_the_official_validator_accepts_it(url: str, form: dict[str, str]) -> None:
    assert RequestValidator(TOKEN).validate(url, form, sign(TOKEN, url, form))


def test_another_body_or_token_has_another_signature() -> None:
    url = "https://example.com/x"
    signature = sign(TOKEN, url, {"Body": "STOP"})
    assert signature != sign(TOKEN, url, {"Body": "START"})
    assert signature != sign("54321", url, {"Body": "STOP"})
