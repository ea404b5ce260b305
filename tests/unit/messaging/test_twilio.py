"""The Twilio adapter: signatures against the official library, sending against a real server."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3
from twilio.request_validator import RequestValidator

from assent.messaging.model import MessageState
from assent.messaging.providers import twilio_rest
from assent.messaging.providers.base import (
    Credentials,
    Failure,
    Malformed,
    Outgoing,
    Refused,
    Unanswered,
    Webhook,
)
from assent.messaging.providers.twilio import Twilio
from tests.unit.messaging.twilio_server import Server, listen, server

__all__ = ["server"]
TOKEN = "a token of thirty-two characters"
URL = "https://api.example.com/webhooks/twilio/ac_A/inbound"
FIELDS = {"MessageSid": "SM1", "From": "+12125550101", "To": "+18885550100", "Body": "STOP"}


def credentials(api_base: str = "https://provider.example") -> Credentials:
    return Credentials(
        provider="twilio",
        account_sid="AC1",
        auth_token=TOKEN,
        api_base=api_base,
        webhook_base="https://api.example.com",
    )


def webhook(
    fields: dict[str, Any] | list[tuple[str, str]], signature: str, url: str = URL
) -> Webhook:
    body = urlencode(fields, doseq=True).encode()
    return Webhook(url=url, headers={"x-twilio-signature": signature}, body=body)


def genuine(fields: dict[str, Any], signed_url: str, called_url: str) -> bool:
    signature = RequestValidator(TOKEN).compute_signature(signed_url, MultiDict(fields))
    return Twilio().is_genuine(credentials(), webhook(fields, signature, called_url))


class MultiDict(dict[str, Any]):
    """What the official library knows duplicate parameters from."""

    def getlist(self, name: str) -> list[str]:
        value = self[name]
        return value if isinstance(value, list) else [value]


# Signatures


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS,
        {},
        {**FIELDS, "Body": "¿Mañana? 🎉 + & = % \r\n"},
        {**FIELDS, "Body": ""},
        {**FIELDS, "MediaUrl": ["b", "a", "a"]},
        {"b": "1", "B": "2", "a": "3", "ab": "4", "a b": "5"},
        {"a": ["2", "10", "1"], "a1": "0"},
    ],
    ids=["plain", "empty", "unicode", "blank", "duplicates", "order", "numbers"],
)
def test_what_the_official_library_signs_is_genuine(fields: dict[str, Any]) -> None:
    """K5, I6."""
    assert genuine(fields, URL, URL)


@pytest.mark.parametrize(
    ("signed", "called"),
    [
        ("https://a.example/x?ref=1", "https://a.example/x?ref=1"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("https://a.example/x", "https://a.example:443/x"),
        ("http://a.example:80/x?q=%20", "http://a.example/x?q=%20"),
        ("http://127.0.0.1/x", "http://127.0.0.1:8080/x"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("https://A.Example/x", "https://A.Example:443/x"),
    ],
)
def test_an_address_counts_with_and_without_its_port_as_officially(
    signed: str, called: str
) -> None:
    """K5."""
    signature = RequestValidator(TOKEN).compute_signature(signed, FIELDS)
    assert RequestValidator(TOKEN).validate(called, FIELDS, signature)
    assert genuine(FIELDS, signed, called)


@pytest.mark.parametrize(
    ("signed", "called"),
    [
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example/x?ref=1", "https://a.example/x?ref=2"),
        ("https://a.example/x", "http://a.example/x"),
        ("https://a.example:444/x", "https://a.example/x"),
        ("https://a.example/x", "https://a.example/X"),
    ],
)
def test_another_address_is_not_genuine(signed: str, called: str) -> None:
    """K5."""
    signature = RequestValidator(TOKEN).compute_signature(signed, FIELDS)
    assert not RequestValidator(TOKEN).validate(called, FIELDS, signature)
    assert not genuine(FIELDS, signed, called)


@pytest.mark.parametrize(
    "change",
    [
        {"Body": "START"},
        {"Body": ["STOP", "START"]},
        {"Extra": "1"},
        {"From": "+12125550102"},
    ],
)
def test_a_changed_body_is_not_genuine(change: dict[str, Any]) -> None:
    """K5."""
    signature = RequestValidator(TOKEN).compute_signature(URL, FIELDS)
    assert not Twilio().is_genuine(credentials(), webhook({**FIELDS, **change}, signature))


@pytest.mark.parametrize("signature", ["", "x", "Ä", "A" * 28, "0" * 5000])
def test_a_signature_that_is_none_is_not_genuine(signature: str) -> None:
    """K5."""
    assert not Twilio().is_genuine(credentials(), webhook(FIELDS, signature))
    unsigned = Webhook(url=URL, headers={}, body=b"")
    assert not Twilio().is_genuine(credentials(), unsigned)


def test_the_signature_of_another_token_is_not_genuine() -> None:
    """K5, line 9."""
    signature = RequestValidator("another token").compute_signature(URL, FIELDS)
    assert not Twilio().is_genuine(credentials(), webhook(FIELDS, signature))


# Reading


def test_a_text_is_read_with_every_character() -> None:
    """K6."""
    read = Twilio().incoming(webhook({**FIELDS, "Body": "¿Mañana? 🎉 a+b & c"}, ""))
    assert read.body == "¿Mañana? 🎉 a+b & c"
    assert (read.message_id, read.phone, read.sender_address) == (
        "SM1",
        "+12125550101",
        "+18885550100",
    )


@pytest.mark.parametrize("name", ["MessageSid", "From", "To"])
def test_a_field_that_is_missing_is_named(name: str) -> None:
    for fields in ({**FIELDS, name: ""}, {k: v for k, v in FIELDS.items() if k != name}):
        with pytest.raises(Malformed) as raised:
            Twilio().incoming(webhook(fields, ""))
        assert raised.value.missing == name


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("sent", MessageState.SENT),
        ("delivered", MessageState.DELIVERED),
        ("undelivered", MessageState.FAILED),
        ("failed", MessageState.FAILED),
        ("queued", None),
        ("accepted", None),
        ("sending", None),
        ("read", None),
    ],
)
def test_a_receipt_is_read_as_a_state_or_tells_nothing_new(
    status: str, state: MessageState | None
) -> None:
    """C9."""
    fields = {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": "30003"}
    receipt = Twilio().receipt(webhook(fields, ""))
    assert (receipt and receipt.state) == state
    if receipt:
        assert (receipt.provider_message_id, receipt.code) == ("SM1", "30003")


def test_every_known_code_has_plain_words_and_a_next_step() -> None:
    for cause in Twilio().causes().values():
        assert cause.message.endswith(".")
        assert cause.next_step.endswith(".")


# Sending


def send(server: Server) -> str:
    outgoing = Outgoing(
        sender_address="+18885550100",
        phone="+12125550101",
        body="Harbor Alerts: señal & más 🎉",
        status_url="https://api.example.com/webhooks/twilio/ac_A/status?ref=abc",
    )
    return Twilio().send(credentials(server.base), outgoing)


def test_a_text_is_handed_over_in_twilios_dialect(server: Server) -> None:
    """I6."""
    assert send(server) == "SM123"
    [(path, headers, form)] = server.requests
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert headers["Authorization"].startswith("Basic ")
    assert form == {
        "To": ["+12125550101"],
        "From": ["+18885550100"],
        "Body": ["Harbor Alerts: señal & más 🎉"],
        "StatusCallback": ["https://api.example.com/webhooks/twilio/ac_A/status?ref=abc"],
    }


@pytest.mark.parametrize(
    ("status", "answer", "code", "failure", "retry"),
    [
        (400, {"code": 21610, "status": 400}, "21610", Failure.OPTED_OUT, False),
        (400, {"code": 21614, "status": 400}, "21614", Failure.NOT_TEXTABLE, False),
        (401, {"code": 20003, "status": 401}, "20003", Failure.MISCONFIGURED, False),
        (400, {"code": 99999, "status": 400}, "99999", Failure.OTHER, False),
        (404, {}, "404", Failure.OTHER, False),
        (429, {"code": 20429, "status": 429}, "429", Failure.BUSY, True),
        (429, "Too many requests", "429", Failure.BUSY, True),
    ],
)
def test_a_refusal_has_its_cause_and_says_whether_to_try_again(
    server: Server, status: int, answer: object, code: str, failure: Failure, *, retry: bool
) -> None:
    server.status, server.body = status, json.dumps(answer).encode()
    with pytest.raises(Refused) as refused:
        send(server)
    assert (refused.value.code, refused.value.cause.failure) == (code, failure)
    assert refused.value.retry is retry


def test_a_gate_that_speaks_html_is_busy_too(server: Server) -> None:
    server.status, server.body = 429, b"<h1>Slow down</h1>"
    with pytest.raises(Refused) as refused:
        send(server)
    assert refused.value.retry


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"code": 20500}'),
        (503, b"<html>"),
        (201, b"not json"),
        (201, b""),
        (201, b"\xff\xfe"),
        (201, b"[]"),
        (201, b'"SM123"'),
        (201, b"null"),
        (201, b'{"sid": 7}'),
        (201, b"{}"),
        (200, b'{"sid": "SM123"}'),
        (302, b"{}"),
        (400, b"[]"),
        (403, b"<html>blocked</html>"),
    ],
)
def test_an_answer_that_says_nothing_sure_is_no_answer(
    server: Server, status: int, body: bytes
) -> None:
    """B6: it may have gone out, so it is never sent again."""
    server.status, server.body = status, body
    with pytest.raises(Unanswered):
        send(server)
    assert len(server.requests) == 1


def test_a_connection_that_breaks_is_no_answer_and_nothing_is_repeated(server: Server) -> None:
    """B6."""
    server.hang_up = True
    with pytest.raises(Unanswered):
        send(server)
    assert len(server.requests) == 1


def test_a_provider_that_keeps_silent_is_no_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6."""
    monkeypatch.setattr(twilio_rest, "_TIMEOUT", urllib3.Timeout(connect=1, read=0.05))
    server.silent.set()
    with pytest.raises(Unanswered):
        send(server)


def test_a_provider_that_cannot_be_reached_was_sent_nothing(server: Server) -> None:
    """Nothing can have gone out, so it may be tried again."""
    listening = listen(BaseHTTPRequestHandler)
    server.base = f"http://127.0.0.1:{listening.server_port}"
    listening.server_close()
    with pytest.raises(Refused) as refused:
        send(server)
    assert refused.value.retry
