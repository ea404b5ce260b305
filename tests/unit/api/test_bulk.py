"""Jobs, deletions, groups, exports and saved views as the console asks for them."""

import pytest

from assent.accounts.model import DeletionRights, DeletionSwitch, Member, Permission, Role
from tests.unit.api.office import OWNER_A, OWNER_B, Office, own_sender
from tests.unit.functions.deployment import A, B

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


@pytest.fixture(scope="module", autouse=True)
def furnished(office: Office) -> None:
    office.ids |= office.bulk()


def worked(office: Office) -> None:
    """Do what is in the queues, as if all time had passed."""
    for queue in ("commands", "imports"):
        for _ in range(50):
            if not office.deployment.waiting(queue):
                break
            assert office.deployment.deliver(queue) == []


# Jobs


def test_leads_are_moved_to_a_group_that_is_made_in_the_same_step(office: Office) -> None:
    """Q5, I7."""
    lead = office.queued("+12125550161")
    wanted = {"action": "move", "contact_ids": [lead], "new_group_name": "Fresh"}
    made = office.ask("POST", "/jobs", wanted)
    assert (made.status, made.body["group_name"]) == (202, "Fresh")
    worked(office)
    job = office.ask("GET", f"/jobs/{made.body['id']}").body
    assert (job["state"], job["done"], job["can_undo"]) == ("finished", 1, True)
    assert office.ask("GET", f"/contacts/{lead}").body["queue"]["state"] == "moved"
    undo = office.ask("POST", f"/jobs/{job['id']}/undo").body
    worked(office)
    assert office.ask("GET", f"/contacts/{lead}").body["queue"]["state"] == "queued"
    listed = office.ask("GET", "/jobs", query={"limit": "50"}).body["items"]
    assert {undo["id"], job["id"]} <= {one["id"] for one in listed}


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"action": "move", "contact_ids": ["ct_1"]}, "group_id"),
        (
            {"action": "move", "contact_ids": ["ct_1"], "group_id": "a", "new_group_name": "b"},
            "group_id",
        ),
        ({"action": "favourite", "contact_ids": ["ct_1"], "group_id": "gr_1"}, "group_id"),
        ({"action": "add_label", "contact_ids": ["ct_1"]}, "label_id"),
        ({"action": "favourite"}, "contact_ids"),
        ({"action": "opt_out", "contact_ids": ["ct_1"]}, "opt_out"),
        (
            {"action": "favourite", "contact_ids": ["x"], "opt_out": {"channels": ["sms"]}},
            "opt_out",
        ),
        ({"action": "favourite", "contact_ids": ["ct_1"], "filter": {}}, "contact_ids"),
        ({"action": "delete", "filter": {}}, "filter"),
        (
            {"action": "remove_from_group", "contact_ids": ["x"], "new_group_name": "b"},
            "new_group_name",
        ),
        ({"action": "undo", "contact_ids": ["ct_1"]}, "action"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused_with_the_field(
    office: Office, wanted: dict[str, object], field: str
) -> None:
    reply = office.ask("POST", "/jobs", wanted)
    assert reply.status == 422
    assert reply.body["errors"][0]["field"] == field


@pytest.mark.parametrize("kind", ["soft", "hard"])
def test_all_that_match_are_opted_out_and_only_the_accounts_decision_is_taken_back(
    office: Office, kind: str
) -> None:
    """O3, S4, S5: as for one contact, in the background."""
    phone = {"soft": "+12125550178", "hard": "+12125550179"}[kind]
    lead = office.queued(phone)
    terms = {"channels": ["sms", "voice"], "kind": kind, "reason": " They called. "}
    wanted = {"action": "opt_out", "filter": {"search": phone}, "opt_out": terms}
    made = office.ask("POST", "/jobs", wanted)
    assert made.status == 202
    assert made.body["opt_out"] == {**terms, "reason": "They called."}
    worked(office)
    job = office.ask("GET", f"/jobs/{made.body['id']}").body
    assert (job["done"], job["refused"], job["can_undo"]) == (1, 0, kind == "soft")
    shown = office.ask("GET", f"/contacts/{lead}").body
    assert shown["channels"]["sms"]["status"] == f"{kind}_opt_out"
    assert shown["queue"]["state"] == "removed"
    undo = office.ask("POST", f"/jobs/{job['id']}/undo")
    worked(office)
    after = office.ask("GET", f"/contacts/{lead}").body["channels"]["voice"]["status"]
    if kind == "soft":
        assert (undo.status, after) == (202, "subscribed")
    else:
        assert (undo.status, undo.body["code"], after) == (409, "hard_opt_out", "hard_opt_out")


def test_an_archived_group_cannot_be_chosen(office: Office) -> None:
    group = office.ask("POST", "/groups", {"name": "Old"}).body["id"]
    assert office.ask("PATCH", f"/groups/{group}", {"archived": True}).body["archived"] is True
    wanted = {"action": "add_to_group", "contact_ids": ["ct_1"], "group_id": group}
    reply = office.ask("POST", "/jobs", wanted)
    assert (reply.status, reply.body["code"]) == (409, "group_archived")


# Deleting


def test_a_deletion_of_all_that_match_takes_a_token_and_the_accounts_name(office: Office) -> None:
    """C7."""
    lead = office.queued("+12125550162")
    office.ask("POST", "/jobs", {"action": "favourite", "contact_ids": [lead]})
    worked(office)
    preview = office.ask(
        "POST", "/contacts/deletions/preview", {"filter": {"favourite": True, "queued": True}}
    ).body
    assert (preview["count"], preview["account_name"]) == (1, "Harbor Health")
    confirmed = {"token": preview["token"], "account_name": "harbor health"}
    reply = office.ask("POST", "/contacts/deletions", confirmed)
    assert (reply.status, reply.body["code"]) == (422, "not_confirmed")
    confirmed["account_name"] = "Harbor Health "
    job = office.ask("POST", "/contacts/deletions", confirmed).body
    assert (job["state"], job["can_cancel"]) == ("waiting", True)
    cancelled = office.ask("POST", f"/jobs/{job['id']}/cancel").body
    worked(office)
    assert cancelled["state"] == "cancelled"
    assert office.ask("GET", f"/contacts/{lead}").status == 200


def test_operators_delete_some_and_not_all_unless_an_administrator_says_otherwise(
    office: Office,
) -> None:
    """C8: the API enforces it, and tells the console."""
    operator = "operator-of-a"
    one = {"action": "delete", "contact_ids": ["ct_1"]}
    many = {"filter": {"favourite": True}}

    def may() -> tuple[int, int, set[str]]:
        asked = (
            office.ask("POST", "/jobs", one, user=operator).status,
            office.ask("POST", "/contacts/deletions/preview", many, user=operator).status,
        )
        me = office.ask("GET", "/me", user=operator).body["accounts"][0]["permissions"]
        return (*asked, {p for p in me if p.startswith("contacts.delete")})

    assert may() == (202, 403, {"contacts.delete"})
    switches = {"roles": {"operator": {"delete": False, "delete_all": True}}}
    assert office.ask("PATCH", "/account/deletion-rights", switches).status == 200
    assert may() == (403, 201, {"contacts.delete_all"})
    mine = {operator: {"delete": True, "delete_all": False}}
    office.ask("PATCH", "/account/deletion-rights", {"users": mine})
    assert may() == (202, 403, {"contacts.delete"})
    assert office.ask("POST", "/jobs", one, user="admin-of-a").status == 202
    off = {"account": {"delete": False, "delete_all": False}}
    office.ask("PATCH", "/account/deletion-rights", off)
    assert office.ask("POST", "/jobs", one, user=OWNER_A).status == 403
    assert office.ask("POST", "/contacts/deletions/preview", many, user=OWNER_A).status == 403
    assert office.ask("GET", "/account/deletion-rights").body["account"]["delete"] is False
    opened = {"delete": None, "delete_all": None}
    for rights in (
        {"account": opened, "roles": {"operator": opened}},
        {"users": {operator: opened}},
    ):
        office.ask("PATCH", "/account/deletion-rights", rights)
    assert may() == (202, 403, {"contacts.delete"})


@pytest.mark.parametrize("role", list(Role))
def test_viewers_never_delete_and_a_switch_that_is_off_is_off_for_all(role: Role) -> None:
    """C8."""
    person = Member(user_id="u", account_id=A, role=role)
    on = DeletionSwitch(delete=True, delete_all=True)
    generous = DeletionRights(account=on, roles=dict.fromkeys(Role, on), users={"u": on})
    strict = generous.model_copy(update={"account": DeletionSwitch(delete=False, delete_all=False)})
    for permission in (Permission.CONTACTS_DELETE, Permission.CONTACTS_DELETE_ALL):
        assert generous.may(person, permission) is (role != Role.VIEWER)
        assert strict.may(person, permission) is False


def test_a_contact_that_is_not_there_is_not_deleted(office: Office) -> None:
    assert office.ask("DELETE", "/contacts/ct_1").status == 404


# Groups


def test_a_group_that_a_broadcast_or_a_word_needs_is_not_deleted(office: Office) -> None:
    office.ids |= own_sender()
    office.deployment.cold()
    events = office.ids["events"]
    word = {"word": "GALA", "group_id": events}
    assert office.ask("POST", f"/senders/{office.ids['sender']}/join-words", word).status == 201
    draft = {
        "name": "Soon",
        "groups": [events],
        "template": "Harbor Events: hi",
        "sender_id": office.ids["sender"],
    }
    broadcast = office.ask("POST", "/broadcasts", draft).body["id"]
    at = {"at": "2027-01-05T15:00:00Z"}
    assert office.ask("POST", f"/broadcasts/{broadcast}/schedule", at).status in (200, 202)
    effect = office.ask("GET", f"/groups/{events}/deletion").body
    assert [one["name"] for one in effect["broadcasts"]] == ["Soon"]
    assert [one["word"] for one in effect["join_words"]] == ["GALA"]
    assert effect["can_delete"] is False
    reply = office.ask("DELETE", f"/groups/{events}")
    assert (reply.status, reply.body["code"]) == (409, "group_in_use")
    assert "Soon" in reply.body["detail"]
    assert office.ask("GET", f"/groups/{events}").status == 200


def test_a_group_has_a_home_sender_of_the_accounts(office: Office) -> None:
    wanted = {"name": "Home", "sender_id": "sn_10000000000"}
    assert office.ask("POST", "/groups", wanted).status == 404
    wanted["sender_id"] = office.ask("GET", "/account").body["sender_id"]
    assert office.ask("POST", "/groups", wanted).body["sender_id"] == wanted["sender_id"]


# Exports


def test_groups_come_in_pages_and_their_names_uncounted(office: Office) -> None:
    """I7."""
    for number in range(27):
        office.ask("POST", "/groups", {"name": f"Page {number:02}"})
    first = office.ask("POST", "/groups/search", {"search": "page"}).body
    assert [len(first["items"]), first["items"][0]["members"]] == [25, 0]
    wanted = {"search": "page", "cursor": first["cursor"]}
    rest = office.ask("POST", "/groups/search", wanted).body
    assert ([one["name"] for one in rest["items"]], rest["cursor"]) == (
        ["Page 25", "Page 26"],
        None,
    )
    found = office.ask("POST", "/groups/search", {"search": "PAGE 2"}).body["items"]
    assert [one["name"] for one in found] == [f"Page {n}" for n in range(20, 27)]
    names = office.ask("GET", "/group-names").body["items"]
    assert {one["name"] for one in found} < {one["name"] for one in names}
    assert names[0].keys() == {"id", "name", "sender_id", "archived"}


def test_an_export_is_written_and_fetched_by_a_link(office: Office) -> None:
    """C10."""
    job = office.ask("POST", "/exports/contacts", {"sort": "name"}).body
    reply = office.ask("POST", f"/exports/{job['id']}/link")
    assert (reply.status, reply.body["code"]) == (409, "not_ready")
    worked(office)
    done = office.ask("GET", f"/exports/{job['id']}").body
    assert done["state"] == "finished"
    assert done["rows"] == done["expected"] > 0
    link = office.ask("POST", f"/exports/{job['id']}/link").body
    assert link["file_name"].startswith("contacts-")
    assert "X-Amz-Expires=900" in link["url"]


def test_viewers_see_and_fetch_exports_of_the_opt_out_list_alone(office: Office) -> None:
    """O2, I5."""
    contacts = office.ask("POST", "/exports/contacts", {}).body["id"]
    mine = office.ask("POST", "/exports/opt-outs", {}, user="viewer-of-a").body["id"]
    worked(office)
    listed = office.ask("GET", "/exports", user="viewer-of-a").body["items"]
    assert mine in [one["id"] for one in listed]
    assert contacts not in [one["id"] for one in listed]
    assert office.ask("GET", f"/exports/{contacts}", user="viewer-of-a").status == 403
    assert office.ask("POST", f"/exports/{mine}/link", user="viewer-of-a").status == 200


# Saved views


def test_saved_views_are_ones_own(office: Office) -> None:
    view = {"name": " VIP  in news ", "filter": {"favourite": True}, "sort": "name"}
    made = office.ask("POST", "/saved-views", view).body
    assert (made["name"], made["filter"]["favourite"]) == ("VIP in news", True)
    changed = office.ask("PUT", f"/saved-views/{made['id']}", {**view, "name": "VIP"}).body
    assert changed == {**made, "name": "VIP"}
    assert changed in office.ask("GET", "/saved-views").body["items"]
    for user, account in (("admin-of-a", A), (OWNER_B, B)):
        assert office.ask("GET", "/saved-views", user=user, account=account).body["items"] == []
        path = f"/saved-views/{made['id']}"
        assert office.ask("PUT", path, view, user=user, account=account).status == 404
        assert office.ask("DELETE", path, user=user, account=account).status == 404
    assert office.ask("DELETE", f"/saved-views/{made['id']}").status == 200
    assert office.ask("DELETE", f"/saved-views/{made['id']}").status == 404
    assert office.ask("POST", "/saved-views", {"name": "  "}).status == 422
    spoilt = {"name": "x", "filter": {"account_id": B}}
    assert office.ask("POST", "/saved-views", spoilt).status == 422
