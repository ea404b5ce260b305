"""Webhooks: a signature opens them, and each message has its effect once."""

from __future__ import annotations

from typing import Any

import pytest

from local.demo_names import SENDER_ADDRESS
from tests.integration.scene import Scene, new_phone

NOBODYS = "+18885550177"


def test_a_bad_signature_changes_nothing(scene: Scene) -> None:
    """K5: an unsigned or wrongly signed STOP is 403 and no opt-out."""
    number = new_phone()
    _, (contact,) = scene.group_of(f"Signed {number[-4:]}", number)
    before = len(scene.received(number))
    forged = scene.webhook(scene.inbound(From=number), token="guessed")
    assert forged.status_code == 403
    assert forged.json()["code"] == "bad_signature"
    # Once an answer to HELP is here, a STOP taken before it would have had its effect as well.
    scene.text(number, "HELP")
    assert "Help:" in scene.receives(number, before + 1)[-1]
    assert scene.sms_status(contact) == "subscribed"
    assert kept(scene, "messages", number) == []  # only the one below has been kept, signed
    assert len(scene.received(number)) == before + 1


def kept(scene: Scene, table: str, number: str) -> list[dict[str, Any]]:
    """Return the inbound STOPs that are kept of a phone."""
    return [
        item
        for item in scan(scene, table)
        if item.get("phone", {}).get("S") == number and item.get("body", {}).get("S") == "STOP"
    ]


def scan(scene: Scene, table: str) -> list[dict[str, Any]]:
    pages = scene.stack.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=f"assent-local-{table}", ConsistentRead=True)
    return [item for page in found for item in page["Items"]]


@pytest.mark.parametrize("field", ["MessageSid", "From", "To"])
def test_a_missing_field_is_named(scene: Scene, field: str) -> None:
    """K5: a signed webhook without a field that it must have is 422, naming it."""
    fields = scene.inbound()
    del fields[field]
    answer = scene.webhook(fields)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_receipt_is_checked_as_a_text_is(scene: Scene) -> None:
    """K5: receipts need signature and fields too; one of no message of ours is acknowledged."""
    fields = {
        "AccountSid": "AC1",
        "From": SENDER_ADDRESS,
        "MessageSid": "SM1",
        "MessageStatus": "delivered",
        "To": new_phone(),
    }
    assert scene.webhook(fields, "status", token="guessed").status_code == 403
    assert scene.webhook(fields, "status").status_code == 204
    del fields["MessageStatus"]
    assert scene.webhook(fields, "status").status_code == 422


def test_a_stop_to_a_sender_that_nobody_owns_is_recorded(scene: Scene) -> None:
    """K5, K6: 200, kept unrouted, and the opt-out stands for when the sender has an owner."""
    fields = scene.inbound(To=NOBODYS)
    assert scene.webhook(fields).status_code == 200
    sender = f"sn_{NOBODYS[1:]}"

    def recorded() -> dict[str, Any] | None:
        found = (
            one
            for one in scan(scene, "consent")
            if one["pk"]["S"].startswith(sender) and one.get("phone", {}).get("S") == fields["From"]
        )
        return next(found, None)

    optout = scene.until("the opt-out", recorded)
    assert optout["sms"]["SS"] == ["*"]
    (message,) = [
        one for one in scan(scene, "messages") if one["sk"]["S"] == f"in#{fields['MessageSid']}"
    ]
    assert message["pk"]["S"].startswith(f"{sender}#")
    assert scene.received(fields["From"]) == []


def test_a_repeat_has_no_effect(scene: Scene) -> None:
    """K2, K3, K5, O10: a STOP sent again, after a START, is 200 and changes nothing."""
    number = new_phone()
    _, (contact,) = scene.group_of(f"Repeat {number[-4:]}", number)
    before = len(scene.received(number))
    stop = scene.inbound(From=number)
    assert [scene.webhook(stop).status_code for _ in range(3)] == [200, 200, 200]
    scene.receives(number, before + 1)
    scene.until("the opt-out", lambda: scene.sms_status(contact) == "hard_opt_out")
    assert scene.webhook(scene.inbound(From=number, Body="START")).status_code == 200
    scene.receives(number, before + 2)
    assert scene.webhook(stop).status_code == 200
    scene.text(number, "HELP")
    scene.receives(number, before + 3)
    assert scene.sms_status(contact) == "subscribed"
    # One confirmation, one welcome, one help text.
    assert len(scene.received(number)) == before + 3


def test_a_stop_counts_for_every_account_that_shares_the_sender(scene: Scene) -> None:
    """O8, K4, Q8: after STOP nothing goes out, not even to a new lead of the same number."""
    number = new_phone()
    scene.text(number, "stop please")
    scene.receives(number, 1)
    scene.lead(number)
    marker = new_phone()
    scene.lead(marker)
    scene.receives(marker, 1)
    scene.queued(marker)
    waiting = {one["phone"] for one in scene.api("GET", "/queue")["items"]}
    assert number not in waiting
    assert len(scene.received(number)) == 1
