"""Calls at the edge: what a caller hears and what a key does, also while tables do not answer."""

import json
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from assent.consent import store as consent
from assent.consent.model import Channel
from assent.platform.queues import NotSent, Queue
from tests.calls import recorded, throttled_tables
from tests.unit.functions.deployment import A, B, Deployment, event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
ANN = "+12125550101"
KEY = "key_that_ends_calls"
FUNCTION = "inbound_webhook"


def opted_out(deployment: Deployment, channel: Channel) -> set[str]:
    """Name the accounts that may not use this channel."""
    against = consent.opt_out("sn_18885550100", deployment.subject(ANN))
    return {account for account in (A, B) if against.opted_out(channel, account)}


def test_a_key_is_one_call_on_the_request_path_once_the_sender_is_known(
    deployment: Deployment,
) -> None:
    """The budget of a STOP, for calls too."""
    deployment.call(FUNCTION, event(FUNCTION, KEY))
    with recorded() as calls:
        deployment.call(FUNCTION, event(FUNCTION, KEY))
    assert calls == [("sqs", "SendMessage")]


def test_a_key_pressed_in_a_call_ends_calls_for_every_account_and_no_texts(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    """S5, O8, B8: from the carrier's webhook to the record; how long it took is measured."""
    assert deployment.call(FUNCTION, event(FUNCTION, KEY))["statusCode"] == 200
    for queue in ("inbound", "effects", "outbound"):
        assert deployment.deliver(queue) == []
    assert opted_out(deployment, Channel.VOICE) == {A, B}
    assert opted_out(deployment, Channel.SMS) == set()
    assert "StopLatency" in capsys.readouterr().out
    assert deployment.twilio.sent == []


@pytest.mark.parametrize("case", ["key_bad_signature", "call_bad_signature"])
def test_a_bad_signature_changes_nothing(deployment: Deployment, case: str) -> None:
    """K5: 403, and nothing is queued."""
    assert deployment.call(FUNCTION, event(FUNCTION, case))["statusCode"] == 403
    assert deployment.waiting("inbound") == []


def test_a_signed_key_changed_on_its_way_is_refused(deployment: Deployment) -> None:
    """K5: the signature covers the key."""
    kept = event(FUNCTION, KEY)
    kept["body"] = "Digits=1&Direction=inbound"
    kept["isBase64Encoded"] = False
    assert deployment.call(FUNCTION, kept)["statusCode"] == 403


def test_a_call_of_another_account_says_nothing_of_the_sender(deployment: Deployment) -> None:
    """Line 9: somebody else's signature opens somebody else's names to nobody."""
    kept: dict[str, Any] = event(FUNCTION, "call")
    path = kept["rawPath"].replace(A, B)
    kept["rawPath"] = kept["requestContext"]["http"]["path"] = path
    kept["pathParameters"]["account"] = B
    fields = {"CallSid": "CA1", "From": ANN, "To": "+18885550100", "Direction": "inbound"}
    kept["body"] = "&".join(f"{k}={v.replace('+', '%2B')}" for k, v in fields.items())
    kept["isBase64Encoded"] = False
    signer = RequestValidator(f"token of {B}")
    url = f"https://api.example.com{path}"
    kept["headers"]["x-twilio-signature"] = signer.compute_signature(url, fields)
    answer = deployment.call(FUNCTION, kept)
    assert answer["statusCode"] == 200
    assert "Harbor" not in answer["body"]


def test_a_key_is_taken_while_tables_throttle(deployment: Deployment) -> None:
    """A STOP needs no table at the edge; what is said names nobody, then."""
    deployment.cold()
    with throttled_tables():
        answer = deployment.call(FUNCTION, event(FUNCTION, KEY))
        menu = deployment.call(FUNCTION, event(FUNCTION, "call"))
    assert (answer["statusCode"], menu["statusCode"]) == (200, 200)
    assert "This number will not call you any more" in answer["body"]
    assert "press 9" in menu["body"]
    assert len(deployment.waiting("inbound")) == 1


def test_a_key_that_cannot_be_taken_down_is_asked_for_again(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told that calls have ended when nobody has written it down."""

    def refuse(*_: object, **__: object) -> None:
        raise NotSent("throttled")

    monkeypatch.setattr(Queue, "send", refuse)
    answer = deployment.call(FUNCTION, event(FUNCTION, KEY))
    assert answer["statusCode"] == 200
    assert "press 9 once more" in answer["body"]
    assert "<Gather" in answer["body"]


def test_no_number_is_logged(deployment: Deployment) -> None:
    """Line 8."""
    for case in (KEY, "key_without_meaning", "key_missing_digits", "call", "key_bad_signature"):
        deployment.call(FUNCTION, event(FUNCTION, case))
    deployment.deliver("inbound")
    logged = deployment.log.getvalue()
    assert json.loads(logged.splitlines()[0])
    assert ANN[2:] not in logged
