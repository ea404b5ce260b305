"""Twilio's calls: the markup against the official library, placing calls against a real server."""

import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.twiml.voice_response import Gather, VoiceResponse

from assent.messaging.model import MessageState
from assent.messaging.providers.base import (
    VOICEMAIL,
    Credentials,
    Failure,
    IncomingCall,
    KeyPressed,
    Malformed,
    OutgoingCall,
    Refused,
    Turn,
    Unanswered,
    Webhook,
)
from assent.messaging.providers.twilio import Twilio
from assent.messaging.providers.twilio_voice import CALL_CAUSES, CALL_STATES, TwilioVoice
from tests.unit.messaging.twilio_server import Server, server

__all__ = ["server"]
KEYS = "https://api.example.com/webhooks/twilio/ac_A/voice/keys"
STATUS = "https://api.example.com/webhooks/twilio/ac_A/status?ref=abc"
PHONE, SENDER = "+12125550101", "+18885550100"
KEY = {
    "CallSid": "CA1",
    "From": SENDER,
    "To": PHONE,
    "Direction": "outbound-api",
    "Digits": "9",
}


def webhook(fields: dict[str, Any]) -> Webhook:
    return Webhook(url=KEYS, headers={}, body=urlencode(fields).encode())


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314 - our own


def place(server: Server, *lines: str) -> str:
    credentials = Credentials(
        provider="twilio",
        account_sid="AC1",
        auth_token="secret",
        api_base=server.base,
        webhook_base="https://api.example.com",
    )
    outgoing = OutgoingCall(
        sender_address=SENDER,
        phone=PHONE,
        lines=list(lines) or ["Harbor Alerts. Press 9.", "We open at nine."],
        keys_url=KEYS,
        status_url=STATUS,
        ring_seconds=25,
    )
    return TwilioVoice().call(credentials, outgoing)


# Placing calls


def test_a_call_is_placed_in_twilios_dialect(server: Server) -> None:
    """I6, B1: what is said goes along, and a voicemail is spoken to after its tone."""
    server.body = b'{"sid": "CA123", "status": "queued"}'
    assert place(server) == "CA123"
    [(path, headers, form)] = server.requests
    assert path == "/2010-04-01/Accounts/AC1/Calls.json"
    assert headers["Authorization"].startswith("Basic ")
    [markup] = form.pop("Twiml")
    assert "We open at nine." in markup
    assert form == {
        "To": [PHONE],
        "From": [SENDER],
        "StatusCallback": [STATUS],
        "StatusCallbackEvent": ["completed"],
        "Timeout": ["25"],
        "MachineDetection": ["DetectMessageEnd"],
    }


@pytest.mark.parametrize(
    ("status", "answer", "failure", "retry"),
    [
        (400, b'{"code": 21215}', Failure.MISCONFIGURED, False),
        (400, b'{"code": 13224}', Failure.BAD_NUMBER, False),
        (400, b'{"code": 99999}', Failure.OTHER, False),
        (429, b"slow down", Failure.BUSY, True),
    ],
)
def test_a_call_that_is_not_taken_has_its_cause(
    server: Server, status: int, answer: bytes, failure: Failure, *, retry: bool
) -> None:
    server.status, server.body = status, answer
    with pytest.raises(Refused) as refused:
        place(server)
    assert (refused.value.cause.failure, refused.value.retry) == (failure, retry)


def test_a_call_without_a_sure_answer_may_have_been_placed(server: Server) -> None:
    """B6: it is never placed again."""
    server.hang_up = True
    with pytest.raises(Unanswered):
        place(server)
    assert len(server.requests) == 1


def test_more_than_the_carrier_takes_is_refused_before_it_is_sent(server: Server) -> None:
    with pytest.raises(Refused) as refused:
        place(server, "&" * 1000)
    assert refused.value.code == "twiml_too_long"
    assert server.requests == []


# What is said


def same(one: ET.Element, other: ET.Element) -> bool:
    """Compare two documents by their meaning."""
    return (
        (one.tag, one.attrib, one.text or "") == (other.tag, other.attrib, other.text or "")
        and len(one) == len(other)
        and all(same(*pair) for pair in zip(one, other, strict=True))
    )


def test_the_markup_is_what_the_official_library_writes() -> None:
    """I6: every character, and keys count from the first word to after the last."""
    lines = ["Harbor & Sons <b>: press 9.", "“¡Mañana!” 🎉"]
    said = TwilioVoice().say(Turn(lines=lines, keys_url=f"{KEYS}?a=1&b='\""))
    official = VoiceResponse()
    gather = Gather(
        input="dtmf", num_digits=1, timeout=5, method="POST", action=f"{KEYS}?a=1&b='\""
    )
    gather.say(lines[0], language="en-US")
    gather.pause(length=1)
    gather.say(lines[1], language="en-US")
    official.append(gather)
    official.hangup()
    assert same(parsed(said.body), parsed(str(official)))
    assert said.content_type == "text/xml"


def test_the_last_words_wait_for_no_key() -> None:
    said = TwilioVoice().say(Turn(lines=["Goodbye."]))
    root = parsed(said.body)
    assert [child.tag for child in root] == ["Say", "Hangup"]


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x0c", "\ud800", "\ufffe"])
def test_a_character_that_xml_cannot_write_does_not_break_the_call(character: str) -> None:
    said = TwilioVoice().say(Turn(lines=[f"a{character}b"]))
    assert parsed(said.body).findtext("Say") == "a b"


# Reading


def test_a_key_in_a_call_that_we_placed_is_the_called_phones() -> None:
    assert TwilioVoice().pressed(webhook(KEY)) == KeyPressed(
        call_id="CA1",
        sender_address=SENDER,
        phone=PHONE,
        key="9",
        called_in=False,
        attestation="",
    )


def test_a_key_of_a_caller_is_the_callers() -> None:
    fields = KEY | {
        "From": PHONE,
        "To": SENDER,
        "Direction": "inbound",
        "Digits": "1",
        "StirVerstat": "TN-Validation-Passed-A",
    }
    pressed = TwilioVoice().pressed(webhook(fields))
    assert (pressed.phone, pressed.sender_address, pressed.key) == (PHONE, SENDER, "1")
    assert pressed.called_in
    assert pressed.attestation == "TN-Validation-Passed-A"


@pytest.mark.parametrize("name", list(KEY))
def test_a_field_that_a_key_must_have_is_named(name: str) -> None:
    with pytest.raises(Malformed) as raised:
        TwilioVoice().pressed(webhook({k: v for k, v in KEY.items() if k != name}))
    assert raised.value.missing == name


@pytest.mark.parametrize("given", ["anonymous", "Restricted", "+266696687", "+7378742833"])
def test_a_hidden_number_is_none(given: str) -> None:
    fields = {"CallSid": "CA1", "From": given, "To": SENDER}
    incoming = TwilioVoice().incoming(webhook(fields))
    assert incoming == IncomingCall(call_id="CA1", sender_address=SENDER, phone="")


@pytest.mark.parametrize(
    ("status", "fields", "state", "code"),
    [
        ("queued", {}, None, ""),
        ("initiated", {}, None, ""),
        ("ringing", {}, None, ""),
        ("in-progress", {}, None, ""),
        ("something new", {}, None, ""),
        ("completed", {}, MessageState.DELIVERED, ""),
        ("completed", {"AnsweredBy": "human"}, MessageState.DELIVERED, ""),
        ("completed", {"AnsweredBy": "unknown"}, MessageState.DELIVERED, ""),
        ("completed", {"AnsweredBy": "machine_start"}, MessageState.DELIVERED, VOICEMAIL),
        ("completed", {"AnsweredBy": "machine_end_beep"}, MessageState.DELIVERED, VOICEMAIL),
        ("completed", {"AnsweredBy": "fax"}, MessageState.FAILED, "fax"),
        ("no-answer", {}, MessageState.FAILED, "no-answer"),
        ("busy", {}, MessageState.FAILED, "busy"),
        ("failed", {}, MessageState.FAILED, "failed"),
        ("failed", {"ErrorCode": "13224"}, MessageState.FAILED, "13224"),
        ("failed", {"ErrorCode": "99999"}, MessageState.FAILED, "failed"),
        ("canceled", {}, MessageState.FAILED, "canceled"),
    ],
)
def test_a_calls_receipt_is_read_as_a_state_with_its_code(
    status: str, fields: dict[str, str], state: MessageState | None, code: str
) -> None:
    """B5, C9: through the same door as a text's receipt."""
    sent = {"CallSid": "CA1", "CallStatus": status, **fields}
    receipt = Twilio().receipt(webhook(sent))
    assert (receipt and receipt.state) == state
    if receipt:
        assert (receipt.provider_message_id, receipt.code) == ("CA1", code)


def test_every_final_state_that_failed_has_plain_words() -> None:
    for status, state in CALL_STATES.items():
        assert state != MessageState.FAILED or status in CALL_CAUSES
    for cause in CALL_CAUSES.values():
        assert cause.message.endswith(".")
        assert cause.next_step.endswith(".")
    assert CALL_CAUSES.items() <= Twilio().causes().items()
