"""What needs a decision, over HTTP."""

import pytest

from tests.unit.api.office import OWNER_B, Office
from tests.unit.functions.deployment import B

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
UNSURE = "stop harbor"


def test_a_doubt_is_listed_with_its_words_and_its_contact(office: Office) -> None:
    """K7."""
    phone = "+12125550161"
    contact = office.queued(phone)
    office.doubted(phone)
    one = office.ask("GET", "/decisions").body["items"][0]
    assert (one["body"], one["contact_id"], one["contact_name"]) == (UNSURE, contact, "Bob Ray")
    assert office.ask("GET", "/decisions/count").body == {"count": 1, "capped": False}
    assert office.ask("GET", "/decisions", user=OWNER_B, account=B).body["items"] == []
    answer = office.ask("POST", f"/decisions/{one['id']}", {"opt_out": False})
    assert (answer.status, answer.body["decided"]) == (200, "not_an_opt_out")
    assert answer.body["by"] == "Olga Moreno"
    assert office.ask("GET", "/decisions/count").body == {"count": 0, "capped": False}


def test_a_decision_is_confirmed_and_taken_once(office: Office) -> None:
    """K7, K3: 409 tells who was faster; the STOP is confirmed as any other."""
    phone = "+12125550162"
    one = office.doubted(phone)
    path = f"/decisions/{one}"
    answer = office.ask("POST", path, {"opt_out": True, "reason": "they mean it"})
    assert (answer.status, answer.body["decided"]) == (200, "opted_out")
    again = office.ask("POST", path, {"opt_out": False}, name="Omar")
    assert (again.status, again.body["code"]) == (409, "already_decided")
    assert "Olga Moreno decided on" in again.body["detail"]
    office.deployment.deliver("outbound")
    office.deployment.deliver("effects")
    [text] = office.deployment.twilio.texts_to(phone)
    assert "opted out" in text.body


def test_another_account_decides_nothing(office: Office) -> None:
    """Line 8, though the sender is shared."""
    one = office.doubted("+12125550163")
    answer = office.ask("POST", f"/decisions/{one}", {"opt_out": True}, user=OWNER_B, account=B)
    assert (answer.status, answer.body["code"]) == (404, "unknown_decision")
    assert office.ask("POST", f"/decisions/{one}", {"opt_out": False}).status == 200
