"""The routes of integrations: their whole life, as an administrator sees it."""

import json

import pytest

from tests.unit.api.office import Office
from tests.unit.functions.deployment import event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
WORDS = "I agree to get texts from Harbor Alerts about sailing. Reply STOP to end them."


def made(office: Office, name: str) -> dict[str, str]:
    body = {"name": name, "disclosure": "I agree to get texts from Harbor Alerts. Reply STOP."}
    reply = office.ask("POST", "/integrations", body)
    assert reply.status == 201
    return dict(reply.body)


def lead(office: Office, key: str, phone: str) -> int:
    sent = event("form_ingest", "lead_good")
    sent["headers"]["x-api-key"] = key
    sent["body"] = json.dumps({"first_name": "Bob", "last_name": "Ray", "phone": phone})
    status = office.deployment.call("form_ingest", sent)["statusCode"]
    assert isinstance(status, int)
    return status


def page(office: Office, path: str) -> tuple[int, str]:
    asked = event("form_ingest", "form_paused")
    asked["requestContext"]["http"]["method"] = "GET"
    asked |= {"body": "", "rawPath": path, "pathParameters": {"form": path.rpartition("/")[2]}}
    asked["requestContext"]["http"]["path"] = path
    asked["headers"]["accept"] = "text/html"
    answer = office.deployment.call("form_ingest", asked)
    return answer["statusCode"], answer["body"]


def test_a_key_is_shown_once_and_replaced(office: Office) -> None:
    """Q10, I5."""
    one = made(office, "Key")
    assert lead(office, one["api_key"], "+12125550171") == 202
    reply = office.ask("POST", f"/integrations/{one['id']}/key")
    assert reply.status == 201
    new = reply.body["api_key"]
    assert new != one["api_key"]
    shown = office.ask("GET", f"/integrations/{one['id']}").body
    assert "api_key" not in shown
    assert shown["key"]["id"] == reply.body["key"]["id"]
    office.deployment.cold()
    assert lead(office, one["api_key"], "+12125550172") == 401
    assert lead(office, new, "+12125550172") == 202


def test_a_form_gets_another_address_and_the_old_one_says_so(office: Office) -> None:
    """Q10: to people in words."""
    one = made(office, "Form")
    reply = office.ask("POST", f"/integrations/{one['id']}/form")
    assert reply.status == 201
    office.deployment.cold()
    assert page(office, reply.body["form_path"])[0] == 200
    status, text = page(office, one["form_path"])
    assert status == 410
    assert "This form has another address now" in text


def test_an_edit_is_a_new_version_of_the_words_and_the_form_shows_it(office: Office) -> None:
    """I1."""
    one = made(office, "Words")
    path = f"/integrations/{one['id']}"
    reply = office.ask("PATCH", path, {"disclosure": WORDS, "double_opt_in": True})
    assert (reply.body["version"], reply.body["double_opt_in"]) == (2, True)
    office.deployment.cold()
    _, text = page(office, one["form_path"])
    assert WORDS in text
    assert f'name="disclosure" value="{reply.body["disclosure_sha256"]}"' in text


@pytest.mark.parametrize("state", ["paused", "inactive"])
def test_a_closed_one_refuses_and_opens_again(office: Office, state: str) -> None:
    """Q10."""
    one = made(office, "Closed")
    path = f"/integrations/{one['id']}"
    assert office.ask("PATCH", path, {"state": state}).body["state"] == state
    office.deployment.cold()
    assert lead(office, one["api_key"], "+12125550173") == 409
    text = "This form is paused" if state == "paused" else "This form is closed"
    assert text in page(office, one["form_path"])[1]
    shown = office.ask("GET", path).body
    assert shown["closed_at"]
    assert shown["hints"][0]["code"] == state
    office.ask("PATCH", path, {"state": "active"})
    office.deployment.cold()
    assert lead(office, one["api_key"], "+12125550173") == 202


def test_a_deleted_one_is_gone_from_the_list(office: Office) -> None:
    """Q10."""
    one = made(office, "Gone")
    path = f"/integrations/{one['id']}"
    assert office.ask("DELETE", path).body["state"] == "deleted"
    assert office.ask("GET", path).status == 404
    assert office.ask("DELETE", path).status == 404
    listed = office.ask("GET", "/integrations").body["items"]
    assert one["id"] not in [other["id"] for other in listed]
    office.deployment.cold()
    assert lead(office, one["api_key"], "+12125550174") == 401
    assert page(office, one["form_path"])[0] == 410


def test_bad_settings_are_named(office: Office) -> None:
    """I7."""
    one = made(office, "Bad")
    wanted = {"allowed_origins": ["example.com"], "name": ""}
    reply = office.ask("PATCH", f"/integrations/{one['id']}", wanted)
    assert reply.status == 422
    fields = {problem["field"].partition(".")[0] for problem in reply.body["errors"]}
    assert fields == {"allowed_origins", "name"}


def test_health_has_a_series_for_fourteen_days(office: Office) -> None:
    """Q12."""
    shown = office.ask("GET", f"/integrations/{office.ids['integration']}").body
    days = shown["health"]["days"]
    assert len(days) == 14
    assert days[-1]["leads"] >= 1
    assert shown["key"]["last_used_at"]
