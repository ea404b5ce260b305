"""The subscribe API's routes, with the key of an integration."""

import json

import pytest

from tests.unit.api.office import OWNER_B, Office
from tests.unit.functions.deployment import event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


def text(office: Office, phone: str, body: str) -> None:
    kept = event("keyword_handler", "stop")
    command = json.loads(kept["Records"][0]["body"])
    command |= {"phone": phone, "body": body, "message_id": f"SM{phone}{body}"}
    kept["Records"][0]["body"] = json.dumps(command)
    office.deployment.call("keyword_handler", kept)
    office.deployment.deliver("effects")
    office.deployment.deliver("outbound")


def test_a_phone_is_asked_and_stands_as_pending(office: Office) -> None:
    """I3: 202; the same again is the same."""
    phone = "+12125550401"
    for _ in range(2):
        reply = office.program("POST", "/subscriptions", {"phone": "(212) 555-0401"})
        assert (reply.status, reply.body["outcome"]) == (202, "confirmation_requested")
    assert reply.body["channels"]["sms"]["status"] == "pending"
    office.deployment.deliver("outbound")
    assert len(office.deployment.twilio.texts_to(phone)) == 1
    status = office.program("POST", "/subscriptions/status", {"phone": "212 555 0401"}).body
    assert status["phone"] == phone
    assert status["channels"]["sms"]["asked_at"] is not None


def test_unsubscribing_is_soft_unless_they_asked(office: Office) -> None:
    """I3, O9: idempotent; source API, by the integration's name."""
    phone = "+12125550402"
    for _ in range(2):
        reply = office.program("POST", "/unsubscriptions", {"phone": phone, "reason": "closed"})
        assert (reply.status, reply.body["channels"]["sms"]["status"]) == (200, "soft_opt_out")
    [sms, voice] = office.ask("POST", "/opt-outs/search", {"filter": {"number": phone}}).body[
        "items"
    ]
    assert {sms["source"], voice["source"]} == {"API"}
    assert (sms["by"], sms["reason"]) == ("Website form", "closed")
    hard = {"phone": phone, "they_asked": True, "channels": ["sms"]}
    reply = office.program("POST", "/unsubscriptions", hard)
    assert reply.body["channels"]["sms"]["status"] == "hard_opt_out"
    assert reply.body["channels"]["voice"]["status"] == "soft_opt_out"
    refused = office.program("POST", "/subscriptions", {"phone": phone})
    assert (refused.status, refused.body["code"]) == (409, "hard_opt_out")
    assert "text START to +18885550100" in refused.body["detail"]


def test_who_is_subscribed_already_is_answered_200(office: Office) -> None:
    """I3."""
    office.queued("+12125550403")
    reply = office.program("POST", "/subscriptions", {"phone": "+12125550403"})
    assert (reply.status, reply.body["outcome"]) == (200, "subscribed")


def test_another_accounts_stop_is_not_told_before_one_tries(office: Office) -> None:
    """O1: of a number that is not known here, nothing is said."""
    phone = "+12125550404"
    text(office, phone, "STOP")
    whose = {"phone": phone}
    status = office.program("POST", "/subscriptions/status", whose).body["channels"]["sms"]
    assert status["status"] == "none"
    assert office.program("POST", "/subscriptions", {"phone": phone}).status == 409
    status = office.program("POST", "/subscriptions/status", whose).body["channels"]["sms"]
    assert status["status"] == "hard_opt_out"
    seen = office.ask("POST", "/opt-outs/search", {"filter": {"number": phone}}, user=OWNER_B).body[
        "items"
    ]
    assert seen == []


@pytest.mark.parametrize("key", ["", "nonsense", f"ak_{'A' * 26}_{'K' * 26}_{'1' * 64}"])
def test_without_a_good_key_nothing_is_done(office: Office, key: str) -> None:
    """I5, line 9."""
    for method, path, body in (
        ("POST", "/subscriptions", {"phone": "+12125550405"}),
        ("POST", "/unsubscriptions", {"phone": "+12125550405"}),
        ("POST", "/subscriptions/status", {"phone": "+12125550405"}),
    ):
        reply = office.program(method, path, body, key=key)
        assert (reply.status, reply.body["code"]) == (401, "bad_key")


def test_a_paused_integration_subscribes_nobody_but_still_unsubscribes(office: Office) -> None:
    """Q10: an opt-out is taken at any time."""
    paused = f"ak_{'A' * 26}_{'P' * 26}_{'0' * 64}"
    body = {"phone": "+12125550406"}
    assert office.program("POST", "/subscriptions", body, key=paused).status == 409
    assert office.program("POST", "/unsubscriptions", body, key=paused).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({}, "phone"),
        ({"phone": "+12125550407", "group_id": "gr_none"}, "group_id"),
        ({"phone": "+12125550407", "account_id": "ac_x"}, "account_id"),
        ({"phone": "+12125550407", "channels": ["fax"]}, "channels.0"),
    ],
)
def test_a_bad_field_is_named(office: Office, body: dict[str, object], field: str) -> None:
    """I7."""
    reply = office.program("POST", "/subscriptions", body)
    assert reply.status == 422
    assert [one["field"] for one in reply.body["errors"]] == [field]
