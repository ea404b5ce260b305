"""Contacts through the API and the worker: from the first part to the error file."""

from typing import Any

import pytest

from tests.unit.api.office import OWNER_B, Office

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
FILE = (
    "Vorname;Nachname;Handy;E-Mail;Stadt;Opt-In\r\n"
    "Zoë;Łee;(212) 555-0171;zoe@example.com;Köln;Y\r\n"
    "Bob;Ortiz;12345;;;\r\n"
    "Cat;Doe;1.2125550173E+10;;;\r\n"
).encode("utf-16")
PROOF = {"text": "They ticked our paper form.", "attested_by": "Olga Moreno", "channels": ["sms"]}


def begun(office: Office, content: bytes) -> str:
    """Make an import and send its file."""
    new = {"file_name": "people.csv", "size": len(content)}
    made = office.ask("POST", "/contact-imports", new)
    assert (made.status, made.body["state"]) == (201, "uploading")
    path = f"/contact-imports/{made.body['id']}"
    assert office.ask("PUT", f"{path}/parts/1", content).status == 200
    return path


def test_the_preview_shows_how_a_file_would_be_read(office: Office) -> None:
    """C4: encoding, delimiter, header, columns and the first rows, before anything is written."""
    seen = office.ask("GET", f"{begun(office, FILE)}/preview").body
    assert (seen["encoding"], seen["delimiter"], seen["skip_first_line"]) == (
        "utf-16-le", "semicolon", True,
    )  # fmt: skip
    assert [(one["title"], one["holds"], one["name"]) for one in seen["columns"]] == [
        ("Vorname", "first_name", ""),
        ("Nachname", "last_name", ""),
        ("Handy", "phone", ""),
        ("E-Mail", "email", ""),
        ("Stadt", "custom", "Stadt"),
        ("Opt-In", "ignored", ""),
    ]
    first, second, third = seen["rows"]
    assert (first["phone"], first["first_name"], first["last_name"], first["email"]) == (
        "+12125550171", "Zoë", "Łee", "zoe@example.com",
    )  # fmt: skip
    assert first["custom"] == {"Stadt": "Köln"}
    assert (second["line"], second["error_code"]) == (3, "invalid_phone")
    assert "too short" in second["error"]
    assert third["error_code"] == "spreadsheet_damage"
    assert {one["code"] for one in seen["problems"]} == {
        "opt_in_not_imported", "spreadsheet_damage", "many_bad_rows",
    }  # fmt: skip


def test_what_was_found_can_be_overruled(office: Office) -> None:
    """C4: the answer shows the file as it would be read then, and keeps nothing."""
    path = begun(office, "phone,name\n+12125550171,Zoë\n".encode())
    other = office.ask("GET", f"{path}/preview", query={"encoding": "windows-1252"}).body
    assert other["rows"][0]["first_name"] == "ZoÃ«"
    headless = office.ask("GET", f"{path}/preview", query={"skip_first_line": "false"}).body
    assert [row["error_code"] for row in headless["rows"]] == ["invalid_phone", ""]
    bars = office.ask("GET", f"{path}/preview", query={"delimiter": "bar"}).body
    assert [one["code"] for one in bars["problems"]] == ["no_phone_column"]
    assert len(bars["columns"]) == 1
    seen = office.ask("GET", f"{path}/preview").body
    assert (seen["encoding"], seen["skip_first_line"]) == ("utf-8", True)


OPTIONS: dict[str, Any] = {
    "encoding": "utf-8",
    "delimiter": "comma",
    "skip_first_line": True,
    "columns": [
        {"position": 0, "holds": "phone"},
        {"position": 1, "holds": "custom", "name": "Nick name"},
    ],
    "region": "GB",
    "existing": "update",
    "new_group_name": "Choir",
    "proof": PROOF,
}


def test_what_is_chosen_is_kept_and_shown(office: Office) -> None:
    """C4, S0: mapping, region, group, what happens to those that are there, proof."""
    path = begun(office, b"phone,nick\n020 7946 0958,Zo\n")
    chosen = office.ask("PUT", f"{path}/options", OPTIONS)
    assert (chosen.status, chosen.body["group_name"]) == (200, "Choir")
    kept = office.ask("GET", path).body["options"]
    columns = [{"name": "", **column} for column in OPTIONS["columns"]]
    assert kept == {**OPTIONS, "columns": columns, "group_id": None}
    [row] = office.ask("GET", f"{path}/preview").body["rows"]
    assert (row["phone"], row["custom"]) == ("+442079460958", {"Nick name": "Zo"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"columns": []}, "columns"),
        ({"columns": [{"position": 0, "holds": "email"}]}, "columns"),
        ({"columns": [{"position": n, "holds": "phone"} for n in (0, 1)]}, "columns"),
        (
            {
                "columns": [
                    {"position": 0, "holds": "phone"},
                    {"position": 1, "holds": "custom", "name": "Opt_in"},
                ]
            },
            "columns.1.name",
        ),
        ({"group_id": "{group}"}, "new_group_name"),
        ({"new_group_name": " "}, "new_group_name"),
        ({"delimiter": "x"}, "delimiter"),
        ({"proof": {**PROOF, "text": "yes"}}, "proof.text"),
        ({"proof": {**PROOF, "text": " " * 20}}, "proof.text"),
        ({"proof": {**PROOF, "channels": []}}, "proof.channels"),
        ({"opt_in": "Y"}, "opt_in"),
        ({"queue": True}, "queue"),
    ],
)
def test_choices_that_contradict_themselves_are_refused(
    office: Office, change: dict[str, Any], field: str
) -> None:
    """F4, Q4: neither `opt_in` nor the queue can be imported."""
    path = begun(office, b"phone,nick\n+12125550171,Zo\n")
    body = {**OPTIONS, **change}
    refused = office.ask("PUT", f"{path}/options", body)
    assert refused.status == 422
    assert field in {one["field"] for one in refused.body["errors"]}


def test_a_group_of_another_account_is_none(office: Office) -> None:
    path = f"/contact-imports/{_of_b(office)}"
    asked = {"group_id": office.ids["group"]}
    refused = office.ask("PUT", f"{path}/options", asked, user=OWNER_B)
    assert (refused.status, refused.body["code"]) == (404, "unknown_group")


def _of_b(office: Office) -> str:
    new = {"file_name": "people.csv", "size": 10}
    return str(office.ask("POST", "/contact-imports", new, user=OWNER_B).body["id"])


def test_there_is_no_preview_before_the_first_part(office: Office) -> None:
    early = office.ask("GET", f"/contact-imports/{_of_b(office)}/preview", user=OWNER_B)
    assert (early.status, early.body["code"]) == (409, "parts_missing")


def test_the_two_kinds_of_imports_do_not_mix(office: Office) -> None:
    path = begun(office, b"phone\n+12125550171\n")
    assert office.ask("GET", path.replace("contact", "opt-out")).status == 404
    listed = office.ask("GET", "/opt-out-imports").body["items"]
    assert path.rpartition("/")[2] not in {one["id"] for one in listed}
    newest = office.ask("GET", "/contact-imports").body["items"][0]
    assert (newest["id"], newest["created_by"]) == (path.rpartition("/")[2], "Olga Moreno")


def test_the_sample_can_be_previewed_as_it_is(office: Office) -> None:
    sample = office.ask("GET", "/contact-import-sample")
    assert sample.type.startswith("text/csv")
    seen = office.ask("GET", f"{begun(office, sample.body.encode())}/preview").body
    assert seen["problems"] == []
    assert [row["error_code"] for row in seen["rows"]] == ["", "", ""]
    assert seen["rows"][1]["custom"] == {"city": "Springfield, Illinois"}


def test_contacts_are_uploaded_checked_and_made_and_the_rest_is_told(office: Office) -> None:
    """C4, C6, S0: the whole way; the timeline shows the words of the proof and who attests it."""
    content = (
        b"phone;first;last\r\n+12125550181;Ann;Lee\r\n12345;Bob;Ray\r\n(212) 555-0181;Ann;Twice\r\n"
    )
    path = begun(office, content)
    chosen = {"new_group_name": "Imported people", "proof": PROOF}
    assert office.ask("PUT", f"{path}/options", chosen).status == 200
    assert office.ask("POST", f"{path}/check").body["state"] == "checking"
    run(office)
    checked = office.ask("GET", path).body
    expected = {
        "added": 1, "updated": 0, "existing": 0, "opted_out": 0, "duplicate": 1, "invalid": 1,
    }  # fmt: skip
    assert (checked["state"], checked["total"], checked["counts"]) == ("checked", 3, expected)
    groups = {one["name"] for one in office.ask("GET", "/groups").body["items"]}
    assert "Imported people" not in groups
    for _ in range(2):  # asked twice, it is one group
        assert office.ask("POST", f"{path}/commit").status == 202
    run(office)
    done = office.ask("GET", path).body
    assert (done["state"], done["counts"], done["has_errors"]) == ("finished", expected, True)
    assert done["committed_at"] <= done["finished_at"] < done["files_until"]
    errors = office.ask("GET", f"{path}/errors")
    assert (errors.type, errors.headers["Assent-Parts"]) == ("text/csv; charset=utf-8", "1")
    lines = errors.body.splitlines()
    assert lines[0] == "\ufeffphone;first;last;error_code;error"
    assert lines[1].startswith("12345;Bob;Ray;invalid_phone;")
    assert lines[2].startswith("(212) 555-0181;Ann;Twice;duplicate_in_file;")
    [ann] = office.found("/contacts", {"search": "0181"})
    import_id = path.rpartition("/")[2]
    made = office.ask("POST", "/contacts/search", {"filter": {"import_id": import_id}}).body[
        "items"
    ]
    assert [one["id"] for one in made] == [ann["id"]]
    assert (ann["first_name"], ann["last_name"]) == ("Ann", "Lee")
    items = office.ask("GET", f"/contacts/{ann['id']}/timeline").body["items"]
    [imported] = [one for one in items if one["detail"].get("event") == "imported"]
    assert imported["detail"]["disclosure"] == PROOF["text"]
    assert imported["detail"]["attested_by"] == "Olga Moreno"
    assert imported["detail"]["file"] == "people.csv"


def run(office: Office) -> None:
    while office.deployment.waiting("imports"):
        assert office.deployment.deliver("imports") == []
