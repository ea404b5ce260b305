"""Who may do what: each role on each route, and nobody in another account."""

import json

import pytest

from assent.accounts.model import PERMISSIONS, Permission, Role
from tests.unit.api.office import OWNER_B, Office, stored
from tests.unit.api.routes import ROUTES, Route, filled, may
from tests.unit.functions.deployment import ROOT, A, B
from tools.openapi import KEYED

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.filterwarnings("ignore:No application metrics to publish"),
]


@pytest.fixture(scope="module", autouse=True)
def furnished(office: Office) -> None:
    office.furnish()


def name(route: Route) -> str:
    return f"{route.method} {route.pattern}"


def test_the_table_names_every_permission_of_every_role() -> None:
    """I5: the literal table, so that a change of it is a change here."""
    view = {"contacts.view", "queue.view", "broadcasts.view", "opt_outs.view"}
    operate = view | {
        "queue.move",
        "groups.edit",
        "contacts.import",
        "broadcasts.send",
        "opt_outs.edit",
        "proof.export",
        "contacts.edit",
        "contacts.delete",
    }
    administer = operate | {
        "integrations.edit",
        "account.edit",
        "opt_outs.import",
        "contacts.erase",
        "senders.edit",
        "contacts.delete_all",
        "contacts.export",
    }
    assert {role.value: {p.value for p in granted} for role, granted in PERMISSIONS.items()} == {
        "viewer": view,
        "operator": operate,
        "admin": administer,
        "owner": administer,
    }
    assert administer == {permission.value for permission in Permission}


def test_every_route_of_the_console_is_looked_at_here() -> None:
    described = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    known = {
        (method.upper(), path.count("{"), path.split("{")[0])
        for path, operations in described.items()
        if path.startswith("/api/v1/") and path not in KEYED
        for method in operations
    }
    assert known == {
        (r.method, r.pattern.count("{"), "/api/v1" + r.pattern.split("{")[0]) for r in ROUTES
    }


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_each_role_may_do_what_the_table_says_and_no_more(office: Office, route: Route) -> None:
    """I5: refused with 403 and the permission's name, or done."""
    body = filled(route.body, office.ids)
    for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN, Role.OWNER):
        reply = office.ask(
            route.method,
            office.path(route.pattern),
            body,
            user=f"{role}-of-a",
            query=route.asked(office.ids),
        )
        refused = isinstance(reply.body, dict) and reply.body.get("code") == "not_permitted"
        assert refused is not may(role, route), (role, reply)
        done = {200, 201, 202, 204, 409}
        if route.method == "DELETE" or route.once or route.own:
            done |= {404}
        if "{note}" in route.pattern and role != Role.OPERATOR:
            done |= {403}  # a note is its author's, here the operator's
        assert reply.status == 403 if refused else reply.status in done, reply


@pytest.mark.parametrize("route", ROUTES[1:], ids=name)
def test_an_account_that_one_is_no_member_of_is_closed(office: Office, route: Route) -> None:
    """Line 9: the header asks, the membership grants."""
    before = stored()
    for user in (OWNER_B, "somebody-new"):
        reply = office.ask(
            route.method,
            office.path(route.pattern),
            filled(route.body, office.ids),
            user=user,
            account=A,
            query=route.asked(office.ids),
        )
        assert (reply.status, reply.body["code"]) == (403, "not_a_member")
    assert stored() == before


@pytest.mark.parametrize("route", [r for r in ROUTES if r.names_something], ids=name)
def test_another_accounts_ids_lead_nowhere_and_change_nothing(office: Office, route: Route) -> None:
    """Line 9: the owner of B, signed in to B, asks for what belongs to A."""
    before = stored()
    reply = office.ask(
        route.method,
        office.path(route.pattern),
        filled(route.body, office.ids),
        user=OWNER_B,
        account=B,
        query=route.asked(office.ids),
    )
    assert reply.status in (404, 422), reply
    assert reply.type == "application/problem+json"
    assert stored() == before


def test_another_accounts_contact_is_refused_one_by_one_in_a_move(office: Office) -> None:
    """Line 9: the group is B's own, the contact is not."""
    mine = office.ask("POST", "/groups", {"name": "Mine"}, user=OWNER_B).body["id"]
    before = stored()
    moves = {"contact_ids": [office.ids["contact"]], "group_id": mine}
    reply = office.ask("POST", "/queue/moves", moves, user=OWNER_B)
    assert reply.body["moved"] == []
    assert [refused["code"] for refused in reply.body["refused"]] == ["unknown_contact"]
    assert stored() == before


def test_another_accounts_contact_is_refused_one_by_one_in_a_job(office: Office) -> None:
    """Line 9: in the background, as a contact that is not there; nothing of A's is changed."""
    office.deployment.take("commands")
    before = stored()
    wanted = {"action": "favourite", "contact_ids": [office.ids["person"]]}
    job = office.ask("POST", "/jobs", wanted, user=OWNER_B).body["id"]
    while office.deployment.waiting("commands"):
        assert office.deployment.deliver("commands") == []
    reply = office.ask("GET", f"/jobs/{job}/refused", user=OWNER_B)
    assert [refused["code"] for refused in reply.body["items"]] == ["unknown_contact"]
    after = stored()
    of_a = [[one for one in kept["contacts"] if B not in one] for kept in (before, after)]
    assert of_a[0] == of_a[1]


@pytest.mark.parametrize("route", [r for r in ROUTES if isinstance(r.body, dict)], ids=name)
def test_an_account_in_the_body_is_refused(office: Office, route: Route) -> None:
    """Line 9: no route believes an account id from the body."""
    before = stored()
    for field in ("account_id", "account", "id"):
        given = filled(route.body, office.ids)
        assert isinstance(given, dict)
        body = {**given, field: B}
        reply = office.ask(route.method, office.path(route.pattern), body)
        assert reply.status == 422, reply
        assert field in [problem["field"] for problem in reply.body["errors"]]
    assert stored() == before


def test_without_a_header_the_first_account_is_meant(office: Office) -> None:
    assert office.ask("GET", "/account", user=OWNER_B).body["id"] == B
    assert office.ask("GET", "/account", user=OWNER_B, account=f"ac_{'C' * 26}").body["name"] == (
        "City Library"
    )
