"""The routes of the opt-out list: what they answer, and what happens when a process ends."""

from typing import Any

import pytest

from assent.consent.listing import store as listing_store
from assent.consent.model import Channel
from assent.contacts import store as contacts
from assent.contacts.groups.memberships import store as member_store
from tests.calls import Call, Died, each_call, ignore
from tests.unit.api.office import OWNER_B, Office
from tests.unit.functions.deployment import A

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
SENDER = "sn_18885550100"


def add(office: Office, **body: Any) -> dict[str, Any]:  # noqa: ANN401 -- a JSON body
    reply = office.ask("POST", "/opt-outs", {"channels": ["sms"], **body})
    assert reply.status == 201, reply
    found = reply.body
    assert isinstance(found, dict)
    return found


def member(office: Office, phone: str, group: str) -> str:
    """Make a contact that is in a group, a new one or one that is there."""
    contact = office.queued(phone)
    there = [
        one["id"] for one in office.ask("GET", "/groups").body["items"] if one["name"] == group
    ]
    target = {"group_id": there[0]} if there else {"new_group_name": group}
    moves = {"contact_ids": [contact], **target}
    assert office.ask("POST", "/queue/moves", moves).body["moved"] == [contact]
    return contact


def sms(office: Office, contact: str) -> dict[str, Any]:
    found = office.ask("GET", f"/contacts/{contact}").body["channels"]["sms"]
    assert isinstance(found, dict)
    return found


def test_a_contact_is_opted_out_shown_and_taken_back(office: Office) -> None:
    """S3, S4, O3, O4: with who, why and the groups that it is back in."""
    contact = member(office, "+12125550201", "Weekly")
    made = add(office, contact_id=contact, reason=" moved away ")
    [line] = made["items"]
    assert made["unchanged"] == 0
    assert (line["contact_id"], line["contact_name"]) == (contact, "Bob Ray")
    assert (line["kind"], line["scope"], line["source"]) == ("soft", "this_account", "Admin")
    assert (line["by"], line["reason"], line["removable"]) == ("Olga Moreno", "moved away", True)
    assert line["way_back"] == "A user of this account can undo it."
    shown = sms(office, contact)
    assert (shown["status"], shown["opt_out_id"]) == ("soft_opt_out", line["id"])
    assert (shown["by"], shown["reason"]) == ("Olga Moreno", "moved away")
    [group] = office.ask("GET", f"/contacts/{contact}").body["groups"]
    assert group["channels"] == ["voice"]
    assert group["ended"]["sms"]["why"] == "soft_opt_out"
    timeline = office.ask("GET", f"/contacts/{contact}/timeline").body["items"]
    taken = next(item for item in timeline if item["kind"] == "group")
    assert taken["text"] == "SMS taken out of “Weekly”: a user opted the contact out"
    event = next(i for i in timeline if i["detail"].get("event") == "opted_out_by_user")
    assert {"sequence", "hash", "reason"} <= event["detail"].keys()
    assert event["by"] == "Olga Moreno"
    reply = office.ask("DELETE", f"/opt-outs/{line['id']}")
    assert [one["name"] for one in reply.body["restored"]] == ["Weekly"]
    assert sms(office, contact)["status"] == "subscribed"
    again = office.ask("DELETE", f"/opt-outs/{line['id']}")
    assert (again.status, again.body["code"]) == (404, "not_listed")


def test_what_stands_already_is_counted_as_unchanged(office: Office) -> None:
    phone = "(212) 555-0202"
    assert add(office, phone=phone)["unchanged"] == 0
    assert add(office, phone=phone)["unchanged"] == 1
    raised = add(office, phone=phone, kind="hard", channels=["sms", "voice"])
    assert raised["unchanged"] == 0
    assert [one["kind"] for one in raised["items"]] == ["hard", "hard"]


def test_a_hard_one_answers_409_with_the_way_back(office: Office) -> None:
    """S5, O5, C3."""
    [line] = add(office, phone="+12125550203", kind="hard")["items"]
    assert line["way_back"] == "The contact texts START to +18885550100."
    reply = office.ask("DELETE", f"/opt-outs/{line['id']}")
    assert (reply.status, reply.body["code"]) == (409, "hard_opt_out")
    assert "texts START to +18885550100" in reply.body["detail"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"phone": "12"}, 422, "phone"),
        ({}, 422, "phone"),
        ({"phone": "+12125550204", "group_id": "gr_x"}, 422, "group_id"),
        ({"phone": "+12125550204", "channels": []}, 422, "channels"),
        ({"phone": "+12125550204", "channels": ["fax"]}, 422, "channels.0"),
        ({"phone": "+12125550204", "kind": "held"}, 422, "kind"),
        ({"contact_id": "ct_nobody"}, 404, None),
        ({"group_id": "gr_nobody"}, 404, None),
    ],
)
def test_a_bad_request_names_its_field(
    office: Office, body: dict[str, Any], status: int, field: str | None
) -> None:
    """I7."""
    reply = office.ask("POST", "/opt-outs", {"channels": ["sms"], **body})
    assert reply.status == status
    assert field is None or field in [one["field"] for one in reply.body["errors"]]


def test_the_list_is_filtered_and_a_number_may_be_spelt_in_any_way(office: Office) -> None:
    """O1, O2."""
    phone = "+12125550205"
    add(office, phone=phone, channels=["sms", "voice"])
    spelt = {"number": "212.555.0205"}
    found = office.found("/opt-outs", spelt)
    assert {one["phone"] for one in found} == {phone}
    for query, count in [
        ({"channel": "voice"}, 1),
        ({"kind": "hard"}, 0),
        ({"source": "Admin", "sender_id": SENDER}, 2),
        ({"source": "Keyword"}, 0),
        ({"since": found[0]["at"]}, 2),
        ({"until": "2020-01-01T00:00:00Z"}, 0),
        ({"since": "2020-01-01"}, 2),
    ]:
        assert len(office.found("/opt-outs", spelt | query)) == count, query
    newest = office.ask("GET", "/opt-outs", query={"limit": "1"}).body
    assert newest["items"][0]["phone"] == phone
    older = office.ask("GET", "/opt-outs", query={"limit": "1", "cursor": newest["cursor"]}).body
    assert older["items"][0]["id"] != newest["items"][0]["id"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"number": "12"}, "number"),
        ({"kind": "held"}, "filter.kind"),
        ({"channel": "fax"}, "filter.channel"),
        ({"source": "Rumour"}, "filter.source"),
        ({"since": "yesterday"}, "filter.since"),
    ],
)
def test_a_bad_filter_is_named(office: Office, wanted: dict[str, str], field: str) -> None:
    """O2, I7."""
    reply = office.ask("POST", "/opt-outs/search", {"filter": wanted})
    assert reply.status == 422
    assert [one["field"] for one in reply.body["errors"]] == [field]


def test_a_group_is_opted_out_in_the_background(office: Office) -> None:
    """O3: 202, and the import says how far it is."""
    contacts_of = [member(office, f"+1212555022{n}", "Everybody") for n in range(3)]
    groups = office.ask("GET", "/groups").body["items"]
    group = next(one["id"] for one in groups if one["name"] == "Everybody")
    reply = office.ask(
        "POST", "/opt-outs", {"group_id": group, "channels": ["sms"], "reason": "season over"}
    )
    assert reply.status == 202
    job = reply.body["import"]
    assert (job["state"], job["file_name"]) == ("running", "Everybody")
    while office.deployment.waiting("imports"):
        assert office.deployment.deliver("imports") == []
    done = office.ask("GET", f"/opt-out-imports/{job['id']}").body
    assert (done["state"], done["total"], done["counts"]["added"]) == ("finished", 3, 3)
    for contact in contacts_of:
        shown = sms(office, contact)
        assert (shown["status"], shown["reason"]) == ("soft_opt_out", "season over")


def test_another_accounts_lines_are_not_there(office: Office) -> None:
    """Line 9, O9, O1."""
    add(office, phone="+12125550230")
    assert office.found("/opt-outs", {"number": "+12125550230"}, user=OWNER_B) == []
    assert office.ask("GET", "/opt-outs", user=OWNER_B).body["items"] == []


# A process that ends


def die_after_the_transaction(call: Call) -> None:
    if call[1] == "TransactWriteItems":
        raise Died


def test_effects_come_about_though_the_process_ended_after_the_commit(office: Office) -> None:
    """O4, Q9, line 3."""
    contact = member(office, "+12125550240", "Ended early")
    office.deployment.take("effects")
    body = {"contact_id": contact, "channels": ["sms"]}
    with each_call(ignore, die_after_the_transaction), pytest.raises(Died):
        office.ask("POST", "/opt-outs", body)
    found = contacts.contact(A, contact)
    assert found is not None
    [before] = member_store.memberships(A, found)
    assert before.channels == {Channel.SMS, Channel.VOICE}
    assert office.deployment.deliver("effects") == []
    [after] = member_store.memberships(A, found)
    assert after.channels == {Channel.VOICE}


def test_a_removal_gives_back_though_the_process_ended_after_the_commit(office: Office) -> None:
    """S4."""
    contact = member(office, "+12125550241", "Back again")
    [line] = add(office, contact_id=contact)["items"]
    office.deployment.take("effects")
    office.deployment.take("commands")
    with each_call(ignore, die_after_the_transaction), pytest.raises(Died):
        office.ask("DELETE", f"/opt-outs/{line['id']}")
    assert office.deployment.deliver("commands") == []
    found = contacts.contact(A, contact)
    assert found is not None
    [member_of] = member_store.memberships(A, found)
    assert member_of.channels == {Channel.SMS, Channel.VOICE}
    rows = listing_store.listed(A, limit=500)
    assert not [row for row in rows if found.subject in row]
