"""The queue's routes: listing, moving, undoing, explaining; and nobody gets in by hand."""

import ast
from pathlib import Path

import pytest

from assent.accounts.model import Role
from assent.contacts.queue import store as queue_store
from assent.platform import settings
from assent.platform.tables import Stretch
from tests.unit.api.office import Office
from tests.unit.api.routes import ROUTES, Route, filled
from tests.unit.functions.deployment import ROOT, WORKERS, A

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
PACKAGE = ROOT / "layers" / "assent" / "python" / "assent"


def in_line() -> dict[str, str]:
    """Say who stands in A's queue, with the place."""
    return {
        place.contact_id: place.key
        for shard in range(settings.current().queue_shards)
        for place in queue_store.places(A, shard, Stretch(1000))
    }


def settle(office: Office) -> None:
    """Let all workers do what waits for them."""
    for _ in range(6):
        for queue in WORKERS:
            if office.deployment.waiting(queue):
                office.deployment.deliver(queue)


def test_the_list_shows_what_an_operator_decides_by(office: Office) -> None:
    """Q7."""
    contact = office.queued("+12125550161")
    [entry] = office.found("/queue", {"search": "0161"})
    assert (entry["contact_id"], entry["integration_name"]) == (contact, "Website form")
    assert (entry["labels"], entry["favourite"], entry["textable"]) == ([], False, "yes")
    assert entry["zones"] == ["America/New_York"]
    assert entry["line_type"] == "fixed_line_or_mobile"
    assert entry["arrived_at"]
    asked = {"search": "0161", "integration_id": "in_other"}
    assert office.found("/queue", asked) == []


@pytest.mark.parametrize("sort", ["newest", "oldest", "favourites"])
def test_pages_follow_each_other(office: Office, sort: str) -> None:
    """Q7, I7."""
    seen: list[str] = []
    wanted = {"sort": sort, "limit": 1}
    while True:
        page = office.ask("POST", "/queue/search", wanted).body
        seen += [one["contact_id"] for one in page["items"]]
        if page["cursor"] is None:
            break
        wanted["cursor"] = page["cursor"]
    assert sorted(seen) == sorted(in_line())


@pytest.mark.parametrize(
    "wanted",
    [
        {"cursor": "x"},
        {"cursor": "WyJuYW1lIiwiYSJd"},
        {"sort": "random"},
        {"limit": 0},
        {"limit": 51},
        {"filter": {"search": "12"}},
    ],
)
def test_a_bad_question_is_named(office: Office, wanted: dict[str, object]) -> None:
    """I7: a cursor that was tampered with, an order that there is not."""
    reply = office.ask("POST", "/queue/search", wanted)
    assert reply.status == 422
    [field] = [problem["field"] for problem in reply.body["errors"]]
    assert field in {*wanted, "search"}


def test_a_move_is_undone_and_both_stand_on_the_timeline(office: Office) -> None:
    """Q4, Q11."""
    contact = office.queued("+12125550163")
    place = in_line()[contact]
    moves = {"contact_ids": [contact], "new_group_name": "In the same step"}
    made = office.ask("POST", "/queue/moves", moves, name="Olga Moreno").body
    assert made["moved"] == [contact]
    body = {"contact_ids": [contact, contact], "group_id": made["group"]["id"]}
    undone = office.ask("POST", "/queue/moves/undo", body, name="Omar Diaz").body
    assert undone == {"undone": [contact], "refused": []}
    assert in_line()[contact] == place
    texts = [
        one["text"] for one in office.ask("GET", f"/contacts/{contact}/timeline").body["items"]
    ]
    assert "Omar Diaz put it back into the opt-in queue" in texts
    assert "Olga Moreno moved it from the opt-in queue to “In the same step”" in texts
    again = office.ask("POST", "/queue/moves/undo", body, name="Olga Moreno").body
    [refusal] = again["refused"]
    assert (refusal["code"], refusal["by"]) == ("already_undone", "Omar Diaz")


def test_the_loser_of_two_is_told_who_and_where(office: Office) -> None:
    """Q11."""
    contact = office.queued("+12125550164")
    for name in ("Olga Moreno", "Omar Diaz"):
        moves = {"contact_ids": [contact], "group_id": office.ids["group"]}
        reply = office.ask("POST", "/queue/moves", moves, name=name).body
    [refusal] = reply["refused"]
    assert (refusal["code"], refusal["by"], refusal["group"]) == (
        "already_moved",
        "Olga Moreno",
        "News",
    )


def test_nothing_leads_into_a_group_that_is_archived(office: Office) -> None:
    """Q5, C1, C4: whichever way is taken, the answer is the same."""
    group = office.ask("POST", "/groups", {"name": "Last year"}).body["id"]
    contact = office.queued("+12125550171")
    begun = office.ask("POST", "/contact-imports", {"file_name": "a.csv", "size": 9}).body["id"]
    assert office.ask("PATCH", f"/groups/{group}", {"archived": True}).status == 200
    replies = [
        office.ask("POST", "/queue/moves", {"contact_ids": [contact], "group_id": group}),
        office.ask("POST", "/contacts", {"phone": "+12125550172", "group_id": group}),
        office.ask("PUT", f"/contact-imports/{begun}/options", {"group_id": group}),
        office.ask("POST", f"/groups/{group}/members", {"contact_id": contact}),
        office.ask(
            "POST", "/jobs", {"action": "move", "contact_ids": [contact], "group_id": group}
        ),
    ]
    assert [(one.status, one.body["code"]) for one in replies] == [(409, "group_archived")] * 5


def test_a_profile_says_why_a_contact_is_not_in_the_queue(office: Office) -> None:
    """Q11."""
    contact = office.queued("+12125550165")
    path = f"/contacts/{contact}/queue-diagnosis"
    assert office.ask("GET", path, user="viewer-of-a").body["code"] == "in_queue"
    moves = {"contact_ids": [contact], "group_id": office.ids["group"]}
    office.ask("POST", "/queue/moves", moves)
    found = office.ask("GET", path).body
    assert (found["code"], found["in_queue"]) == ("moved", False)
    assert found["answer"] == "Olga Moreno moved it to “News”."
    assert [one["what"] for one in found["evidence"]] == [
        "contact_made",
        "compliance_message",
        "entered",
        "left",
        "last_lead",
    ]


def test_the_badges_count_costs_next_to_nothing(office: Office) -> None:
    """Q6."""
    reply = office.ask("GET", "/queue/count", user="viewer-of-a")
    assert reply.body == {"count": len(in_line()), "capped": False}


# Q4: nobody gets in by hand

PUTS_BACK = {("POST", "/queue/moves/undo"), ("POST", "/contacts/{contact}/put-back")}
"""What gives an entry back that there was; everything else must add none."""


@pytest.mark.thorough
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.pattern}")
def test_no_route_puts_anybody_into_the_queue(office: Office, route: Route) -> None:
    """Q4: an owner calls each with what it takes, and all workers do what follows."""
    if "spare" not in office.ids or "decision" not in office.ids:
        office.furnish()
    settle(office)
    before = in_line()
    office.ask(
        route.method,
        office.path(route.pattern),
        filled(route.body, office.ids),
        user=f"{Role.OWNER}-of-a",
        query=route.asked(office.ids),
    )
    settle(office)
    after = in_line()
    if (route.method, route.pattern) in PUTS_BACK:
        arrivals = {place: contact for contact, place in after.items()}
        assert len(arrivals) == len(after)
    else:
        assert after.items() <= before.items()


def calls_of(name: str) -> set[str]:
    """Name the modules that call a function or make a command of this name."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
                found.add(str(path.relative_to(PACKAGE)))
    return found


@pytest.mark.parametrize(
    ("name", "callers"),
    [
        # The entry itself: a lead that may, one that comes back, a move that is undone.
        ("add_queue_entry", {"contacts/queue/service.py"}),
        ("add_return", {"contacts/put_back.py"}),
        ("add_undo", {"contacts/queue/service.py", "contacts/bulk/changes.py"}),
        ("place_in_line", {"contacts/queue/store.py"}),
        # Who gets another number is taken out of the line.
        ("QueueRecord", {"contacts/queue/store.py", "contacts/profile/store.py"}),
        # Who asks for it: the lead's own messages and their receipts.
        (
            "EnterQueue",
            {"integrations/intake.py", "messaging/dispatch.py", "messaging/receipts.py"},
        ),
    ],
)
def test_nothing_else_in_the_code_leads_into_the_queue(name: str, callers: set[str]) -> None:
    """Q4: no import, flow or keyword; whoever adds a way has to say so here."""
    assert {Path(one).as_posix() for one in calls_of(name)} == callers


def test_only_leads_wait_for_the_queue() -> None:
    """Q4: no other kind of contact is made as one that waits."""
    made = set()
    for path in PACKAGE.rglob("*.py"):
        if "QueuePlace(state=QueueState.WAITING)" in path.read_text("utf-8"):
            made.add(path.relative_to(PACKAGE).as_posix())
    assert made == {"integrations/intake.py"}
