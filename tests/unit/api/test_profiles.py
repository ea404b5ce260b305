"""Contacts as users make, edit, label and annotate them through the API."""

from typing import Any

import pytest

from tests.calls import recorded
from tests.unit.api.office import Office

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


def make(office: Office, phone: str, **fields: object) -> dict[str, Any]:
    reply = office.ask("POST", "/contacts", {"phone": phone, **fields})
    assert reply.status == 201, reply
    assert isinstance(reply.body, dict)
    return reply.body


def test_a_contact_made_by_hand_is_shown_whole(office: Office) -> None:
    """C1, C9, Q4: and is in no queue."""
    before = office.ask("GET", "/queue/count").body
    made = make(office, "(212) 555-0401", first_name="Ann", custom={"size": "M"}, favourite=True)
    assert (made["phone"], made["origin"], made["origin_name"]) == ("+12125550401", "manual", "")
    assert (made["status"], made["version"], made["edited_by"]) == ("active", 1, "Olga Moreno")
    assert {one["status"] for one in made["channels"].values()} == {"none"}
    assert made["compliance"]["state"] == "not_sent"
    assert (made["zone"], made["zones"]) == ("", ["America/New_York"])
    assert (made["custom"], made["favourite"], made["labels"]) == ({"size": "M"}, True, [])
    assert office.ask("GET", f"/contacts/{made['id']}").body == made
    assert office.ask("GET", "/queue/count").body == before
    favourites = office.ask("POST", "/contacts/search", {"filter": {"favourite": True}}).body[
        "items"
    ]
    assert made["id"] in [one["id"] for one in favourites]


def test_a_lead_names_where_it_came_from(office: Office) -> None:
    """C1."""
    shown = office.ask("GET", f"/contacts/{office.ids['contact']}").body
    assert (shown["origin"], shown["origin_name"]) == ("lead", "Website form")


def test_a_known_number_leads_to_its_contact(office: Office) -> None:
    """C1."""
    made = make(office, "+12125550402")
    reply = office.ask("POST", "/contacts", {"phone": "212 555 0402"})
    assert (reply.status, reply.body["code"]) == (409, "contact_exists")
    assert reply.body["contact_id"] == made["id"]


def test_a_bad_number_is_named_by_its_field(office: Office) -> None:
    """C1."""
    reply = office.ask("POST", "/contacts", {"phone": "12"})
    assert (reply.status, reply.body["errors"][0]["field"]) == (422, "phone")


def test_who_was_too_late_is_told_whose_edit_won_and_how_it_stands(office: Office) -> None:
    """C1: two operators at one contact."""
    made = make(office, "+12125550403", first_name="Ann")
    path = f"/contacts/{made['id']}"
    first = office.ask("PATCH", path, {"version": 1, "first_name": "Anna"}, name="Omar Diaz")
    assert (first.status, first.body["version"], first.body["edited_by"]) == (200, 2, "Omar Diaz")
    late = office.ask("PATCH", path, {"version": 1, "first_name": "Annie", "email": "a@b.example"})
    assert (late.status, late.body["code"], late.body["by"]) == (
        409,
        "edited_meanwhile",
        "Omar Diaz",
    )
    assert late.body["at"][:16] == first.body["edited_at"][:16]
    assert (late.body["current"]["first_name"], late.body["current"]["version"]) == ("Anna", 2)
    again = office.ask("PATCH", path, {"version": 2, "first_name": "Annie"})
    assert (again.status, again.body["first_name"]) == (200, "Annie")
    assert office.found("/contacts", {"search": "annie"})
    assert not office.found("/contacts", {"search": "anna"})


def test_the_flows_answer_cannot_be_set(office: Office) -> None:
    """F4."""
    made = make(office, "+12125550404")
    assert made["opt_in"] == ""
    reply = office.ask("PATCH", f"/contacts/{made['id']}", {"version": 1, "opt_in": "Y"})
    assert (reply.status, reply.body["errors"][0]["field"]) == (422, "opt_in")


def test_the_opted_out_box_means_the_contact_asked_us(office: Office) -> None:
    """C3: hard, for the channels ticked, until the contact texts START."""
    made = make(office, "+12125550405")
    box = {
        "contact_id": made["id"],
        "channels": ["sms", "voice"],
        "kind": "hard",
        "reason": "asked by telephone",
    }
    assert office.ask("POST", "/opt-outs", box).status == 201
    shown = office.ask("GET", f"/contacts/{made['id']}").body
    assert shown["status"] == "opted_out"
    for channel in shown["channels"].values():
        assert (channel["status"], channel["by"]) == ("hard_opt_out", "Olga Moreno")
        refused = office.ask("DELETE", f"/opt-outs/{channel['opt_out_id']}")
        assert (refused.status, refused.body["code"]) == (409, "hard_opt_out")
    assert "START" in shown["channels"]["sms"]["way_back"]
    edited = office.ask("PATCH", f"/contacts/{made['id']}", {"version": 1, "zone": "Asia/Tokyo"})
    assert (edited.body["status"], edited.body["zones"]) == ("opted_out", ["Asia/Tokyo"])


def test_another_number_starts_at_none_and_the_box_of_the_old_one_stays(office: Office) -> None:
    """C11: its memberships follow also when the request ended before."""
    made = make(office, "+12125550406", group_id=office.ids["group"])
    hard = {"contact_id": made["id"], "channels": ["sms"], "kind": "hard"}
    assert office.ask("POST", "/opt-outs", hard).status == 201
    moved = office.ask("PATCH", f"/contacts/{made['id']}", {"version": 1, "phone": "2125550407"})
    assert (moved.status, moved.body["phone"]) == (200, "+12125550407")
    assert moved.body["channels"]["sms"]["status"] == "none"
    assert office.deployment.deliver("commands") == []
    [line] = office.ask("POST", "/opt-outs/search", {"filter": {"number": "+12125550406"}}).body[
        "items"
    ]
    assert (line["kind"], line["contact_id"]) == ("hard", None)
    taken = make(office, "+12125550408")
    reply = office.ask("PATCH", f"/contacts/{taken['id']}", {"version": 1, "phone": "2125550407"})
    assert (reply.status, reply.body["contact_id"]) == (409, made["id"])


def test_a_label_that_leaves_does_so_whatever_becomes_of_the_request(office: Office) -> None:
    """Q7: who would ask again does not see it any more, so the rest is asked for before."""
    label = office.ids["label"]
    with recorded() as calls:
        assert office.ask("DELETE", f"/labels/{label}").status == 202
    assert calls.index(("sqs", "SendMessage")) < calls.index(("dynamodb", "UpdateItem"))
    with recorded() as calls:
        assert office.ask("DELETE", "/labels/lb_nobody").status == 404
    assert ("sqs", "SendMessage") not in calls


def test_labels_are_made_given_counted_merged_and_deleted(office: Office) -> None:
    """Q7: the list of contacts follows at once."""
    made = make(office, "+12125550409")
    vip = office.ask("POST", "/labels", {"name": "VIP", "colour": "red"}).body["id"]
    best = office.ask("POST", "/labels", {"name": "Best"}).body["id"]
    again = office.ask("POST", "/labels", {"name": "vip"})
    assert (again.status, again.body["code"]) == (409, "label_exists")
    for _ in range(2):
        shown = office.ask("PUT", f"/contacts/{made['id']}/labels/{vip}").body
        assert (shown["labels"], shown["version"]) == ([vip], 1)
    counted = office.ask("GET", "/labels", query={"counts": "true"}).body["items"]
    assert {one["id"]: one["contacts"]["count"] for one in counted}[vip] == 1
    merged = office.ask("POST", f"/labels/{vip}/merge", {"into": best})
    assert (merged.status, merged.body) == (202, {"id": vip, "done": True})
    assert office.deployment.deliver("commands") == []
    found = office.found("/contacts", {"label_id": best})
    assert [one["id"] for one in found] == [made["id"]]
    assert office.ask("DELETE", f"/labels/{best}").body["done"] is True
    assert office.ask("GET", f"/contacts/{made['id']}").body["labels"] == []
    gone = office.ask("PUT", f"/contacts/{made['id']}/labels/{best}")
    assert (gone.status, gone.body["code"]) == (404, "unknown_label")


def test_notes_stand_on_the_timeline_with_author_and_edit_mark(office: Office) -> None:
    """Q7: paged, with what else happened."""
    made = make(office, "+12125550410")
    path = f"/contacts/{made['id']}"
    note = office.ask("POST", f"{path}/notes", {"text": "Call after six"}).body
    office.ask("PATCH", f"{path}/notes/{note['id']}", {"text": "Call after seven"})
    other = office.ask("PATCH", f"{path}/notes/{note['id']}", {"text": "x"}, user="operator-of-a")
    assert (other.status, other.body["code"]) == (403, "not_your_note")
    first = office.ask("GET", f"{path}/timeline", query={"limit": "1"}).body
    [item] = first["items"]
    assert (item["kind"], item["text"], item["by"]) == ("note", "Call after seven", "Olga Moreno")
    assert item["edited_at"] is not None
    more = {"limit": "1", "cursor": first["cursor"]}
    second = office.ask("GET", f"{path}/timeline", query=more).body
    assert [one["kind"] for one in second["items"]] == ["created"]
    assert second["cursor"] is None
    assert office.ask("DELETE", f"{path}/notes/{note['id']}").status == 204
    spoilt = office.ask("GET", f"{path}/timeline", query={"cursor": "x"})
    assert (spoilt.status, spoilt.body["code"]) == (422, "invalid_cursor")


def test_an_erased_person_is_not_edited(office: Office) -> None:
    """P5."""
    made = make(office, "+12125550411", zone="America/Chicago")
    path = f"/contacts/{made['id']}"
    label = office.ask("POST", "/labels", {"name": "Long gone"}).body["id"]
    office.ask("PUT", f"{path}/labels/{label}")
    assert office.ask("POST", f"{path}/erase", {"confirm": "0411"}).status == 202
    asked = (
        office.ask("PATCH", path, {"version": 1, "first_name": "Ann"}),
        office.ask("PUT", f"{path}/favourite"),
        office.ask("PUT", f"{path}/labels/{label}"),
        office.ask("POST", f"{path}/notes", {"text": "x"}),
    )
    assert {(one.status, one.body["code"]) for one in asked} == {(409, "contact_erased")}
    shown = office.ask("GET", path).body
    assert (shown["status"], shown["zone"], shown["labels"]) == ("erased", "", [])
