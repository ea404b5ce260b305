"""Opt-out lists through the API and the worker: from the first part to the error file."""

import pytest

from assent.contacts.imports.model import PART
from assent.platform.clock import SystemClock
from tests.unit.api.office import NEW_IMPORT, OWNER_B, Office
from tests.unit.functions.deployment import A

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
FILE = (
    "Name;Mobile\r\nAnn;(212) 555-0161\r\nZoë;212-555-0162\r\nBob;12345\r\n".encode("cp1252")
    + b"Cat;+1 212 555 0161\r\n"
)


def begun(office: Office, content: bytes, **changes: object) -> str:
    """Make an import and send its file."""
    made = office.ask("POST", "/opt-out-imports", {**NEW_IMPORT, "size": len(content), **changes})
    assert (made.status, made.body["state"]) == (201, "uploading")
    path = f"/opt-out-imports/{made.body['id']}"
    size = made.body["part_size"]
    for number in range(1, made.body["parts_expected"] + 1):
        part = content[(number - 1) * size : number * size]
        assert office.ask("PUT", f"{path}/parts/{number}", part).status == 200
    return path


def run(office: Office) -> None:
    while office.deployment.waiting("imports"):
        assert office.deployment.deliver("imports") == []


def test_a_list_is_uploaded_checked_and_carried_out(office: Office) -> None:
    """O3: the whole way, with the effect shown before anything is written."""
    path = begun(office, FILE, kind="hard", channels=["sms", "voice"])
    asked = office.ask("POST", f"{path}/check")
    assert (asked.status, asked.body["state"]) == (202, "checking")
    run(office)
    checked = office.ask("GET", path).body
    assert checked["state"] == "checked"
    assert (checked["total"], checked["done"], checked["encoding"]) == (4, 4, "windows-1252")
    assert checked["counts"] == {
        "added": 2, "raised": 0, "already": 0, "duplicate": 1, "invalid": 1,
    }  # fmt: skip
    assert (checked["kind"], checked["channels"]) == ("hard", ["sms", "voice"])
    assert [s["line"] for s in checked["samples"]] == [4]
    assert office.ask("POST", f"{path}/commit").status == 202
    run(office)
    done = office.ask("GET", path).body
    assert (done["state"], done["counts"]) == ("finished", checked["counts"])
    assert (done["created_by"], done["has_errors"]) == ("Olga Moreno", True)
    errors = office.ask("GET", f"{path}/errors")
    assert errors.type.startswith("text/csv")
    assert errors.headers["Assent-Parts"] == "1"
    lines = errors.body.splitlines()
    assert lines[0] == "\ufeffName;Mobile;error_code;error"
    assert lines[1].startswith("Bob;12345;invalid_phone;")
    assert office.ask("GET", path).body["finished_at"] <= SystemClock().now().isoformat()


def test_a_bad_file_is_refused_whole_with_the_reason(office: Office) -> None:
    """C4."""
    path = begun(office, b"phone,name\n+12125550161,Ann,too much\n")
    office.ask("POST", f"{path}/check")
    run(office)
    failed = office.ask("GET", path).body
    assert (failed["state"], failed["problem"]["code"]) == ("failed", "other_width")
    assert [sample["line"] for sample in failed["samples"]] == [2]
    assert office.ask("POST", f"{path}/commit").body["code"] == "wrong_state"


def test_a_full_part_fits_through_the_gateway(office: Office) -> None:
    """As base64 it stays below the six megabytes that a function may be given."""
    content = b"+12125550163\n" * (PART // 13 + 10)
    assert len(content) > PART
    assert PART * 4 // 3 + 100_000 < 6 * 1024 * 1024
    path = begun(office, content)
    assert office.ask("GET", path).body["parts_received"] == 2


@pytest.mark.parametrize(
    ("number", "content", "status", "code"),
    [
        ("2", b"x", 404, "unknown_part"),
        ("0", b"x", 404, "unknown_part"),
        ("one", b"x", 422, "invalid_request"),
        ("1", b"x", 422, "wrong_part_size"),
        ("1", b"", 422, "wrong_part_size"),
        ("1", b"x" * (PART + 1), 413, "too_large"),
    ],
)
def test_a_part_that_is_none_is_refused(
    office: Office, number: str, content: bytes, status: int, code: str
) -> None:
    made = office.ask("POST", "/opt-out-imports", {**NEW_IMPORT, "size": 40}).body
    reply = office.ask("PUT", f"/opt-out-imports/{made['id']}/parts/{number}", content)
    assert (reply.status, reply.body["code"]) == (status, code)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"size": 0}, "size"),
        ({"size": 10**10}, "size"),
        ({"kind": "held"}, "kind"),
        ({"channels": []}, "channels"),
        ({"channels": ["fax"]}, "channels.0"),
        ({"region": "usa"}, "region"),
        ({"encoding": "ebcdic"}, "encoding"),
        ({"file_name": ""}, "file_name"),
    ],
)
def test_a_bad_field_is_named(office: Office, change: dict[str, object], field: str) -> None:
    reply = office.ask("POST", "/opt-out-imports", NEW_IMPORT | change)
    assert reply.status == 422
    assert [problem["field"] for problem in reply.body["errors"]] == [field]


def test_imports_are_listed_newest_first_by_page(office: Office) -> None:
    made = [office.ask("POST", "/opt-out-imports", NEW_IMPORT).body["id"] for _ in range(3)]
    first = office.ask("GET", "/opt-out-imports", query={"limit": "2"}).body
    assert [one["id"] for one in first["items"]] == sorted(made)[::-1][:2]
    query = {"limit": "2", "cursor": first["cursor"]}
    second = office.ask("GET", "/opt-out-imports", query=query).body
    assert second["items"][0]["id"] == min(made)


def test_another_account_has_no_such_import(office: Office) -> None:
    """Line 9: on every route, whatever it does."""
    path = begun(office, FILE)
    for method, rest, body in (
        ("GET", "", None),
        ("PUT", "/parts/1", FILE),
        ("POST", "/check", None),
        ("POST", "/commit", None),
        ("POST", "/cancel", None),
        ("GET", "/errors", None),
    ):
        reply = office.ask(method, path + rest, body, user=OWNER_B)
        assert (reply.status, reply.body["code"]) == (404, "unknown_import")
    listed = office.ask("GET", "/opt-out-imports", user=OWNER_B).body["items"]
    assert path.rpartition("/")[2] not in {one["id"] for one in listed}
    assert office.ask("GET", path, account=A).body["state"] == "uploading"
