"""What is done with a contact on its profile: put back, reported as reassigned, forgotten."""

import json
from typing import Any

import pytest

from assent.consent.check import check
from tests.unit.api.office import Office
from tests.unit.functions.deployment import A, event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
SENDER = "sn_18885550100"


def text(office: Office, phone: str, body: str) -> None:
    """Let a phone text the sender, and do what follows."""
    kept = event("keyword_handler", "stop")
    command = json.loads(kept["Records"][0]["body"])
    text.count += 1  # type: ignore[attr-defined]
    number = text.count  # type: ignore[attr-defined]
    at = f"2027-01-05T15:00:{number:02}Z"
    command |= {"phone": phone, "body": body, "message_id": f"SMactions{number}"}
    command |= {"effective_at": at, "received_at": at}
    kept["Records"][0]["body"] = json.dumps(command)
    office.deployment.call("keyword_handler", kept)
    assert office.deployment.deliver("effects") == []
    office.deployment.deliver("outbound")


text.count = 0  # type: ignore[attr-defined]


def show(office: Office, contact: str) -> dict[str, Any]:
    found = office.ask("GET", f"/contacts/{contact}").body
    assert isinstance(found, dict)
    return found


def test_one_click_puts_a_contact_back_after_start(office: Office) -> None:
    """O10: refused with the reason until then."""
    phone = "+12125550301"
    contact = office.queued(phone)
    assert show(office, contact)["can_put_back"] is False
    text(office, phone, "STOP")
    refused = office.ask("POST", f"/contacts/{contact}/put-back")
    assert (refused.status, refused.body["code"]) == (409, "still_opted_out")
    assert show(office, contact)["can_put_back"] is False
    text(office, phone, "START")
    shown = show(office, contact)
    assert (shown["can_put_back"], shown["queue"]["state"]) == (True, "removed")
    back = office.ask("POST", f"/contacts/{contact}/put-back").body
    assert (back["can_put_back"], back["queue"]["state"]) == (False, "queued")
    again = office.ask("POST", f"/contacts/{contact}/put-back")
    assert (again.status, again.body["code"]) == (409, "nothing_to_put_back")


def test_a_membership_comes_back_as_well(office: Office) -> None:
    """O10: the timeline says when and why it was taken."""
    phone = "+12125550302"
    contact = office.queued(phone)
    moves = {"contact_ids": [contact], "new_group_name": "Put back"}
    office.ask("POST", "/queue/moves", moves)
    text(office, phone, "STOP")
    [group] = show(office, contact)["groups"]
    assert (group["channels"], group["ended"]["sms"]["why"]) == (["voice"], "hard_opt_out")
    items = office.ask("GET", f"/contacts/{contact}/timeline").body["items"]
    assert "SMS taken out of “Put back”: opted out" in [item["text"] for item in items]
    text(office, phone, "START")
    assert show(office, contact)["can_put_back"] is True
    [group] = office.ask("POST", f"/contacts/{contact}/put-back").body["groups"]
    assert (group["channels"], group["ended"]) == (["sms", "voice"], {})


def test_a_reassigned_number_loses_all_consent(office: Office) -> None:
    """C11."""
    contact = office.queued("+12125550303")
    shown = office.ask("POST", f"/contacts/{contact}/number-reassigned").body
    assert {one["status"] for one in shown["channels"].values()} == {"none"}
    assert shown["queue"]["left_reason"] == "number_reassigned"
    assert shown["can_put_back"] is False
    assert office.deployment.deliver("commands") == []
    items = office.ask("GET", f"/contacts/{contact}/timeline").body["items"]
    assert items[0]["detail"].get("event", "") in ("number_reassigned", "")
    texts = [item["text"] for item in items]
    assert "The number belongs to somebody else now: all consent ended" in texts
    assert "Left the opt-in queue: the number belongs to somebody else" in texts


def test_the_timeline_shows_the_words_that_were_agreed_to(office: Office) -> None:
    """P1: read by their hash."""
    items = office.ask("GET", f"/contacts/{office.ids['contact']}/timeline").body["items"]
    [lead] = [item for item in items if item["detail"].get("event") == "lead_received"]
    assert lead["detail"]["disclosure"].startswith("I agree to get texts")
    assert {"sequence", "hash", "url"} <= lead["detail"].keys()


def test_forgetting_somebody_is_confirmed_by_four_digits(office: Office) -> None:
    """P5."""
    contact = office.queued("+12125550304")
    for wrong in ("0305", "", "+12125550304"):
        reply = office.ask("POST", f"/contacts/{contact}/erase", {"confirm": wrong})
        assert (reply.status, reply.body["errors"][0]["field"]) == (422, "confirm")
    assert show(office, contact)["erased"] is False


def test_an_erased_person_is_blank_at_once_and_gone_soon(office: Office) -> None:
    """P5, O11: opt-outs stay, without the number; the chains verify."""
    phone = "+12125550305"
    contact = office.queued(phone)
    new = {"contact_id": contact, "channels": ["sms"], "kind": "hard", "reason": "by letter"}
    assert office.ask("POST", "/opt-outs", new).status == 201
    reply = office.ask("POST", f"/contacts/{contact}/erase", {"confirm": "0305"})
    assert (reply.status, reply.body["erased"]) == (202, True)
    blank = (reply.body["phone"], reply.body["first_name"], reply.body["groups"])
    assert blank == ("", "", [])
    assert reply.body["channels"]["sms"]["status"] == "hard_opt_out"
    assert office.deployment.deliver("commands") == []
    subject = office.deployment.subject(phone)
    for owner in (A, SENDER):
        assert check(owner, subject).ok
    [line] = office.found("/opt-outs", {"number": phone})
    assert (line["phone"], line["contact_id"], line["reason"]) == ("", None, "")
    again = office.ask("POST", f"/contacts/{contact}/erase", {"confirm": "0305"})
    assert again.status == 202
    assert office.deployment.deliver("commands") == []
    refused = office.ask("POST", "/opt-outs", new)
    assert (refused.status, refused.body["code"]) == (409, "contact_erased")
    items = office.ask("GET", f"/contacts/{contact}/timeline").body["items"]
    assert "The person was erased" in [item["text"] for item in items]


def test_what_another_accounts_user_decided_is_not_shown(office: Office) -> None:
    """Line 9, P4: who and why stand only where the account itself decided."""
    phone = "+12125550306"
    contact = office.queued(phone)
    text(office, phone, "STOP")
    shown = show(office, contact)["channels"]["sms"]
    assert (shown["scope"], shown["by"], shown["reason"]) == ("all_accounts", "", "")
    assert shown["by_sender"] == []
