"""What the routes of the console answer."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from assent.consent.chains import store as chain_store
from tests.unit.api.office import Office
from tests.unit.functions.deployment import ROOT, A, event
from tools import openapi

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


def test_me_names_each_account_with_what_one_may_do_there(office: Office) -> None:
    me = office.ask("GET", "/me", user="viewer-of-a").body
    assert me["user"] == {"id": "viewer-of-a", "email": "olga@example.com", "name": "Olga Moreno"}
    [account] = me["accounts"]
    assert (account["id"], account["name"], account["role"]) == (A, "Harbor Health", "viewer")
    assert account["permissions"] == [
        "broadcasts.view",
        "contacts.view",
        "opt_outs.view",
        "queue.view",
    ]


def test_somebody_without_an_account_is_told_so(office: Office) -> None:
    assert office.ask("GET", "/me", user="somebody-new").body["accounts"] == []
    reply = office.ask("GET", "/queue", user="somebody-new")
    assert (reply.status, reply.body["code"]) == (403, "not_a_member")


def test_a_change_of_settings_leaves_the_rest_as_it_was(office: Office) -> None:
    reply = office.ask("PATCH", "/account", {"time_zone": "America/Chicago"})
    assert reply.body["time_zone"] == "America/Chicago"
    assert reply.body["name"] == "Harbor Health"
    assert office.ask("GET", "/account").body == reply.body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("default_region", "usa"),
        ("terms_url", "javascript:alert(1)"),
        ("privacy_url", "http://example.com"),
        ("name", ""),
    ],
)
def test_a_bad_setting_is_named_and_nothing_changes(office: Office, field: str, value: str) -> None:
    before = office.ask("GET", "/account").body
    reply = office.ask("PATCH", "/account", {field: value})
    assert reply.status == 422
    assert [problem["field"] for problem in reply.body["errors"]] == [field]
    assert office.ask("GET", "/account").body == before


def test_a_lead_is_seen_in_the_queue_moved_and_seen_in_its_group(office: Office) -> None:
    """Q5, Q6, Q11: with who moved it and where on the timeline."""
    contact = office.queued("+12125550142")
    waiting = office.ask("GET", "/queue/count").body["count"]
    entry = office.ask("GET", "/queue").body["items"][0]
    assert (entry["contact_id"], entry["integration_name"]) == (contact, "Website form")
    assert (entry["sms"]["status"], entry["voice"]["status"]) == ("subscribed", "subscribed")
    reply = office.ask(
        "POST", "/queue/moves", {"contact_ids": [contact, contact], "new_group_name": "Gold"}
    )
    assert (reply.body["moved"], reply.body["refused"]) == ([contact], [])
    assert reply.body["group"]["members"] == 1
    assert office.ask("GET", "/queue/count").body == {"count": waiting - 1, "capped": False}
    shown = office.ask("GET", f"/contacts/{contact}").body
    assert [group["name"] for group in shown["groups"]] == ["Gold"]
    timeline = office.ask("GET", f"/contacts/{contact}/timeline").body["items"]
    assert timeline[0]["text"] == "Olga Moreno moved it from the opt-in queue to “Gold”"
    assert [item["at"] for item in timeline] == sorted(
        (item["at"] for item in timeline), reverse=True
    )


def test_the_second_operator_is_told_who_moved_the_contact_and_where(
    office: Office,
) -> None:
    """Q11."""
    move = {
        "contact_ids": [office.queued("+12125550143")],
        "group_id": office.ids["group"],
    }
    office.ask("POST", "/queue/moves", move, name="Olga")
    [refused] = office.ask("POST", "/queue/moves", move, name="Omar").body["refused"]
    assert (refused["code"], refused["by"], refused["group"]) == ("already_moved", "Olga", "News")
    assert refused["message"] == "Olga moved this contact to “News” already."


@pytest.mark.parametrize("target", [{}, {"group_id": "gr_x", "new_group_name": "Both"}])
def test_a_move_names_one_group(office: Office, target: dict[str, str]) -> None:
    reply = office.ask("POST", "/queue/moves", {"contact_ids": [office.ids["contact"]], **target})
    assert (reply.status, reply.body["code"]) == (400, "which_group")


def test_more_than_a_page_of_moves_is_refused(office: Office) -> None:
    moves = {"contact_ids": [f"ct_{n}" for n in range(26)], "group_id": office.ids["group"]}
    assert office.ask("POST", "/queue/moves", moves).status == 422


def test_a_groups_name_is_taken_once_in_any_spelling(office: Office) -> None:
    made = office.ask("POST", "/groups", {"name": "  Spring   Sale "})
    assert (made.status, made.body["name"]) == (201, "Spring Sale")
    again = office.ask("POST", "/groups", {"name": "\uff53pring SALE"})
    assert (again.status, again.body["code"]) == (409, "group_exists")


def test_a_profile_shows_the_way_back_from_a_stop(office: Office) -> None:
    """S3, S5, P1: when, how, by whom; the words of the STOP are on the timeline."""
    deployment, contact = office.deployment, office.queued("+12125550144")
    stop = event("keyword_handler", "stop")
    now = datetime.now(UTC).isoformat()
    times = {"effective_at": now, "received_at": now}
    body = json.loads(stop["Records"][0]["body"]) | {"phone": "+12125550144", **times}
    stop["Records"][0]["body"] = json.dumps(body)
    deployment.call("keyword_handler", stop)
    assert deployment.deliver("effects") == []
    deployment.deliver("outbound")
    shown = office.ask("GET", f"/contacts/{contact}").body
    sms = shown["channels"]["sms"]
    assert (sms["status"], sms["kind"], sms["source"]) == ("hard_opt_out", "hard", "Keyword")
    assert sms["way_back"] == "The contact texts START to +18885550100."
    assert shown["channels"]["voice"]["status"] == "subscribed"
    assert shown["queue"]["left_reason"] == "opted_out"
    queue = office.ask("GET", "/queue").body["items"]
    assert contact not in [entry["contact_id"] for entry in queue]
    items = office.ask("GET", f"/contacts/{contact}/timeline").body["items"]
    texts = [item["text"] for item in items]
    assert {"Opted out with STOP", "Left the opt-in queue: it opted out", "STOP"} <= set(texts)
    # K6: what we answered is in the conversation, too.
    assert [item["detail"]["purpose"] for item in items if item["kind"] == "message_out"] == [
        "stop_reply",
        "compliance",
    ]
    chain = chain_store.events("sn_18885550100", deployment.subject("+12125550144"))
    assert chain[-1].hash in str(items)


def test_a_new_integration_shows_its_key_once(office: Office) -> None:
    """I5."""
    wanted = {"name": "CRM", "disclosure": "I agree to get texts from Harbor Alerts, any time."}
    made = office.ask("POST", "/integrations", wanted)
    assert made.status == 201
    assert made.body["api_key"].startswith("ak_")
    listed = office.ask("GET", "/integrations")
    assert made.body["id"] in [item["id"] for item in listed.body["items"]]
    secret = made.body["api_key"].rpartition("_")[2]
    assert secret not in json.dumps(listed.body)


def test_an_integration_can_be_paused_and_renamed(office: Office) -> None:
    """Q10."""
    path = f"/integrations/{office.ids['integration']}"
    paused = office.ask("PATCH", path, {"state": "paused", "name": "Old website"}).body
    assert (paused["state"], paused["name"]) == ("paused", "Old website")
    resumed = office.ask("PATCH", path, {"state": "active"}).body
    assert (resumed["state"], resumed["name"]) == ("active", "Old website")


def test_the_overview_has_everything_at_a_glance(office: Office) -> None:
    shown = office.ask("GET", "/overview").body
    assert shown["queue"] == office.ask("GET", "/queue/count").body
    assert {sender["address"] for sender in shown["senders"]} == {"+18885550100"}
    assert shown["groups"] >= 1
    assert office.ids["broadcast"] in [one["id"] for one in shown["broadcasts"]]
    assert office.ask("GET", "/senders").body["items"] == shown["senders"]


def test_a_broadcast_is_drafted_scheduled_cancelled_and_explained(office: Office) -> None:
    path = f"/broadcasts/{office.ids['broadcast']}"
    assert office.ask("GET", path).body["state"] == "draft"
    assert office.ask("POST", f"{path}/schedule", {"at": "2020-01-01T00:00:00Z"}).status == 422
    assert office.ask("POST", f"{path}/schedule", {"at": None}).body["state"] == "scheduled"
    assert len(office.deployment.take("plans")) == 1
    why = office.ask("GET", f"{path}/why/{office.ids['contact']}").body
    assert (why["outcome"], why["reason"]) == ("excluded", "in_opt_in_queue")
    assert office.ask("POST", f"{path}/cancel").body["state"] == "cancelled"
    assert office.ask("POST", f"{path}/schedule", {"at": None}).status == 409


def test_a_broadcast_is_changed_copied_counted_and_looked_at(office: Office) -> None:
    """B1, B3."""
    group = office.ids["group"]
    draft = {"name": "Steps", "groups": [group], "template": "Harbor Alerts: one."}
    made = office.ask("POST", "/broadcasts", draft).body
    assert (made["quiet_hours"], made["caps"], made["segments"]) == ("defer", "defer", 1)
    path = f"/broadcasts/{made['id']}"
    changed = draft | {"template": "Harbor Alerts: two.", "quiet_hours": "drop"}
    shown = office.ask("PUT", path, changed).body
    assert (shown["template"], shown["quiet_hours"]) == ("Harbor Alerts: two.", "drop")
    copy = office.ask("POST", f"{path}/duplicate")
    assert (copy.status, copy.body["name"]) == (201, "Copy of Steps")
    counted = office.ask("POST", f"{path}/dry-run", {}).body
    assert counted["complete"] is True
    assert counted["total"] == counted["to_be_sent"] + sum(counted["excluded"].values())
    later = {"schedule": {"wall": "2040-01-01T06:00", "recipient_local": True}}
    refused = office.ask("POST", f"{path}/dry-run", later)
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "too_far")
    looked = office.ask("POST", "/broadcasts/preview", {"template": "Harbor Alerts: hi é…"}).body
    assert (looked["encoding"], looked["segments"]) == ("UCS-2", 1)
    assert (looked["cost"]["micros"], looked["cost"]["basis"]) == (12_800, "listed")
    said = {"template": "Harbor Alerts: hi.", "channel": "voice"}
    call = office.ask("POST", "/broadcasts/preview", said).body
    assert (call["cost"]["micros"], call["cost"]["priced"]) == (14_000, 1)
    whole = office.ask("GET", path).body
    assert (whole["cost"], whole["expected_end"], whole["report"]["failures"]) == (None, None, [])
    assert (whole["guard"], whole["plan_complete"], whole["report"]["to_come"]) == ("", False, 0)
    recurring = {"recurrence": {"time": "09:00", "weekdays": [0]}}
    scheduled = office.ask("POST", f"{path}/schedule", recurring).body
    assert scheduled["recurrence"] == {"time": "09:00", "weekdays": [0]}
    assert office.ask("POST", f"{path}/unschedule").body["state"] == "draft"
    assert office.ask("POST", f"{path}/pause").status == 409
    assert office.ask("POST", f"{path}/resume").status == 409
    office.deployment.take("plans")


def test_what_is_still_being_written_is_counted_and_leaves_no_draft(office: Office) -> None:
    """B3: without a name or a text yet; what cannot be is refused as it would be when kept."""
    group = office.ids["group"]
    before = office.ask("GET", "/broadcasts").body["items"]
    path = "/broadcasts/dry-run"
    counted = office.ask("POST", path, {"broadcast": {"groups": [group]}}).body
    kept = office.ask("POST", f"/broadcasts/{office.ids['broadcast']}/dry-run", {}).body
    assert counted["total"] == kept["total"]
    assert counted["total"] == counted["to_be_sent"] + sum(counted["excluded"].values())
    body: dict[str, object] = {"broadcast": {"groups": [], "template": "{{ shoe_size }}"}}
    refused = office.ask("POST", path, body)
    assert refused.status == 422
    assert [one["field"] for one in refused.body["errors"]] == ["groups", "template"]
    past = {"broadcast": {"groups": [group]}, "schedule": {"wall": "2020-01-01T10:00"}}
    assert office.ask("POST", path, past).body["errors"][0]["code"] == "in_the_past"
    assert office.ask("GET", "/broadcasts").body["items"] == before


def test_a_test_goes_to_the_users_own_phone_once_it_is_verified(office: Office) -> None:
    """B1: by a code that is texted to it."""
    path = f"/broadcasts/{office.ids['broadcast']}/test"
    assert office.ask("POST", path, {}).body["code"] == "no_own_phone"
    office.deployment.take("outbound")
    claimed = office.ask("POST", "/me/phone", {"phone": "(212) 555-0149"})
    assert (claimed.status, claimed.body) == (202, {"phone": "+12125550149", "verified": False})
    assert office.ask("POST", "/me/phone", {"phone": "x"}).status == 422
    assert office.ask("POST", "/me/phone", {"phone": "+12125550149"}).status == 409
    [message] = office.deployment.take("outbound")
    code = re.search(r"\d{6}", message["body"])
    assert code is not None
    assert office.ask("POST", "/me/phone/verify", {"code": "nope"}).body["code"] == "wrong_code"
    assert office.ask("POST", path, {}).status == 409
    verified = office.ask("POST", "/me/phone/verify", {"code": code[0]}).body
    assert verified == {"phone": "+12125550149", "verified": True}
    assert office.ask("GET", "/me/phone").body == verified
    assert office.ask("POST", path, {}).status == 202
    [message] = office.deployment.take("outbound")
    assert (message["purpose"], message["phone"]) == ("test", "+12125550149")
    # What is still being written is tried out too, and leaves no draft behind.
    before = office.ask("GET", "/broadcasts").body["items"]
    text = "Harbor Alerts: not kept."
    sketch = {"name": "Sketch", "groups": [office.ids["group"]], "template": text}
    assert office.ask("POST", "/broadcasts/test", {"broadcast": sketch}).status == 202
    [message] = office.deployment.take("outbound")
    assert (message["purpose"], message["body"]) == ("test", text)
    assert office.ask("GET", "/broadcasts").body["items"] == before
    assert message["body"].startswith("Harbor Alerts")


def test_nothing_by_that_name_is_a_problem_document(office: Office) -> None:
    for path in ("/contacts/ct_nobody", "/broadcasts/bc_none", "/nothing", "/contacts/ct%23x"):
        reply = office.ask("GET", path)
        assert (reply.status, reply.type) == (404, "application/problem+json")
        assert reply.body["type"] == f"urn:assent:problem:{reply.body['code']}"
        assert reply.body["title"] == "Not Found"
        assert reply.body["detail"].endswith(".")


# What is described


class Loader(yaml.SafeLoader):
    """Reads a template, and lets its functions be."""


def _anything(loader: Loader, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node)


Loader.add_multi_constructor("!", _anything)


def template_routes() -> set[tuple[str, str]]:
    template = yaml.load((ROOT / "template.yaml").read_text("utf-8"), Loader)  # noqa: S506
    functions = (
        resource["Properties"].get("Events", {})
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    )
    return {
        (one["Properties"]["Method"].upper(), one["Properties"]["Path"])
        for events in functions
        for one in events.values()
        if one["Type"] == "HttpApi"
    }


def described() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    return document


def test_the_description_is_what_the_code_says() -> None:
    """I7."""
    assert described() == openapi.build()


def test_every_route_of_the_template_is_described_and_the_reverse() -> None:
    """I7: a route behind the proxy is described by its own path."""
    routes = template_routes()
    assert ("ANY", "/api/v1/{proxy+}") in routes
    spoken = {(method.upper(), path) for path, o in described()["paths"].items() for method in o}
    direct = {(m, p) for m, p in spoken if not p.startswith("/api/v1/") or p in openapi.KEYED}
    assert direct == {(m, p) for m, p in routes if "{proxy+}" not in p}
    assert len(spoken - direct) >= 21


def test_every_route_says_how_it_refuses_and_who_may_ask() -> None:
    for path, operations in described()["paths"].items():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            if path.startswith("/api/v1/"):
                scheme = "key" if path in openapi.KEYED else "token"
                assert operation["security"] == [{scheme: []}]
