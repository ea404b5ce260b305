"""The opt-out list: who is on it and why, adding, removing, importing and exporting."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from local.demo_names import ACCOUNTS
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.members import member
from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e

Phones = Callable[[str], Phone]
Operators = Callable[..., Operator]
_ONLY_THEY = re.compile("Only the contact can undo this. .*START")


@pytest.fixture
def account(stack: RunningStack) -> str:
    """Return the account in which all of this happens."""
    return stack.demo.accounts[ACCOUNTS[0]]


def _look_up(page: Page, phone: Phone) -> None:
    """Narrow the list to a phone, typed as its owner would."""
    page.get_by_role("searchbox", name="Number").fill(phone.national)


def _rows(page: Page, phone: Phone) -> Locator:
    """Return the list's lines of one number."""
    table = page.get_by_role("table", name="Opt-out list")
    return table.get_by_role("row").filter(has_text=phone.readable.replace("-", " "))


def _remove(row: Locator) -> Locator:
    return row.get_by_role("button", name=re.compile("^Remove"))


def _listed(api: Api, account: str, phone: Phone) -> list[dict[str, Any]]:
    """Return what the API lists of one number."""
    wanted = {"filter": {"number": phone.number}}
    found = api.api("POST", "/opt-outs/search", account=account, body=wanted)
    items: list[dict[str, Any]] = found["items"]
    return items


def _file(*lines: str, name: str = "stop list.csv") -> FilePayload:
    content = "\r\n".join(("phone", *lines, "")).encode()
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def _figure(someone: Operator, section: str, what: str) -> Locator:
    """Return one count of an import."""
    part = someone.page.get_by_role("term").filter(has_text=what)
    return someone.section(section).locator("dl > div").filter(has=part).locator("dd")


def test_a_stop_is_red_names_its_way_back_and_nobody_here_can_remove_it(
    operator: Api,
    stack: RunningStack,
    account: str,
    operators: Operators,
    phones: Phones,
) -> None:
    """O1, S3, S5, O5, experience 3: disabled, but reachable, with the reason; START lifts it."""
    sara = phones("Sara")
    contact = member(operator, stack.demo.api_key, account, sara, "Stop", "Sara’s circle")
    someone = operators(path="/opt-outs")
    page, keyboard = someone.page, someone.page.keyboard
    _look_up(page, sara)
    expect(page.get_by_text("No opt-out matches these filters")).to_be_visible()

    sara.text("STOP")
    row = _rows(page, sara)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("They asked to stop")
    expect(row).to_contain_text("A text message from the contact")
    expect(row).to_contain_text("Every account that shares this sender")
    expect(row).to_contain_text(_ONLY_THEY)
    mark = row.get_by_role("img")
    expect(mark).to_have_attribute("data-state", "hard_opt_out")
    expect(mark).to_have_accessible_name(re.compile("^Opted out of SMS"))

    remove = _remove(row)
    expect(remove).to_have_attribute("aria-disabled", "true")
    expect(remove).to_have_accessible_description(_ONLY_THEY)
    row.get_by_role("link", name="Sara Stop").focus()
    keyboard.press("Tab")
    expect(remove).to_be_focused()
    expect(page.get_by_role("tooltip")).to_contain_text(_ONLY_THEY)
    keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    [line] = _listed(operator, account, sara)
    assert line["contact_id"] == contact
    refused = operator.api("DELETE", f"/opt-outs/{line['id']}", account=account, expect=409)
    assert refused["code"] == "hard_opt_out"
    assert "START" in refused["detail"]

    sara.text("START")
    expect(row).to_have_count(0)
    expect(page.get_by_text("No opt-out matches these filters")).to_be_visible()


def test_our_own_decision_is_added_and_taken_back_with_the_group(
    operator: Api,
    stack: RunningStack,
    account: str,
    operators: Operators,
    phones: Phones,
    complaints: Complaints,
) -> None:
    """O3, O4, O5, S4, experience 29: by keyboard; what was typed stays; the group comes back."""
    complaints.expect("422")
    otto = phones("Otto")
    member(operator, stack.demo.api_key, account, otto, "Ours", "Otto’s circle")
    someone = operators(path="/")
    page, keyboard = someone.page, someone.page.keyboard
    expect(someone.heading("Overview")).to_be_visible()
    keyboard.press("g")
    keyboard.press("u")
    expect(someone.heading("Opt-out list")).to_be_visible()

    page.get_by_role("button", name="Add", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="Add to the opt-out list")
    number = dialog.get_by_role("textbox", name="Number")
    expect(number).to_be_focused()
    expect(dialog.get_by_role("radio", name="Our decision")).to_be_checked()
    expect(dialog.get_by_role("checkbox", name="SMS")).to_be_checked()
    dialog.get_by_role("checkbox", name="Calls and voicemails").uncheck()
    dialog.get_by_role("textbox", name="Reason").fill("Moved abroad")
    number.fill("hello")
    keyboard.press("Enter")
    expect(number).to_have_attribute("aria-invalid", "true")
    keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(number).to_have_value("hello")
    expect(dialog.get_by_role("textbox", name="Reason")).to_have_value("Moved abroad")
    number.fill(otto.national)
    dialog.get_by_role("button", name="Add to the list").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(re.compile("opted out: SMS$")).first).to_be_visible()

    row = _rows(page, otto)
    expect(row).to_have_count(1)
    for part in ("Our decision", "This account only", "Demo Operator", "Moved abroad"):
        expect(row).to_contain_text(part)
    _remove(row).click()
    asked = page.get_by_role("dialog", name="Remove from the opt-out list?")
    expect(asked).to_contain_text("Moved abroad")
    asked.get_by_role("button", name="Remove from the list").click()
    expect(page.get_by_text("Back in: Otto’s circle").first).to_be_visible()
    expect(row).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")


def test_every_filter_is_in_the_address_and_all_are_cleared_at_once(
    operator: Api, account: str, operators: Operators, phones: Phones
) -> None:
    """O2, experience 14: any way of writing the number; kept by a reload."""
    nina = phones("Nina")
    body = {"phone": nina.number, "channels": ["sms"], "kind": "soft"}
    operator.api("POST", "/opt-outs", account=account, body=body, expect=201)
    page = operators(path="/opt-outs").page
    row = _rows(page, nina)
    expect(row).to_have_count(1)
    page.get_by_role("searchbox", name="Number").fill(nina.national)
    page.get_by_role("combobox", name="Whose decision").select_option("Our decision")
    page.get_by_role("combobox", name="Channel").select_option("SMS")
    page.get_by_role("combobox", name="Source").select_option("A user of the console")
    page.get_by_role("combobox", name="Sender").select_option(index=1)
    page.get_by_label("From", exact=True).fill("2020-01-01")
    expect(page).to_have_url(re.compile("kind=soft"))
    page.reload()
    # The number is not in the address: addresses are kept in histories and logs.
    expect(page.get_by_role("searchbox", name="Number")).to_have_value("")
    expect(page.get_by_role("combobox", name="Whose decision")).to_have_value("soft")
    _look_up(page, nina)
    expect(row).to_have_count(1)
    page.get_by_role("combobox", name="Whose decision").select_option("They asked to stop")
    expect(page.get_by_text("No opt-out matches these filters")).to_be_visible()
    page.get_by_role("button", name="Clear all filters").first.click()
    expect(page).to_have_url(re.compile("/opt-outs$"))
    expect(page.get_by_role("searchbox", name="Number")).to_have_value("")
    expect(row).to_have_count(1)


def test_they_asked_us_is_said_to_be_final_before_it_is_done(
    operator: Api, account: str, operators: Operators, phones: Phones
) -> None:
    """O3, S5, C3: a step that says what it means, from which there is a way back."""
    hanna = phones("Hanna")
    page = operators(path="/opt-outs").page
    page.get_by_role("button", name="Add", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="Add to the opt-out list")
    dialog.get_by_role("textbox", name="Number").fill(hanna.number)
    dialog.get_by_role("radio", name="They asked us to stop").check()
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog).to_contain_text("holds until the contact texts START or UNSTOP")
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_role("textbox", name="Number")).to_have_value(hanna.number)
    dialog.get_by_role("button", name="Go on").click()
    assert _listed(operator, account, hanna) == []
    dialog.get_by_role("button", name="Yes, they asked us to stop").click()
    expect(dialog).to_have_count(0)
    rows = _rows(page, hanna)
    expect(rows).to_have_count(2)  # both channels, as nobody said otherwise
    for row in rows.all():
        expect(row).to_contain_text("They asked to stop")
        expect(_remove(row)).to_have_attribute("aria-disabled", "true")


def test_an_import_shows_its_effect_first_and_its_errors_as_a_file(
    operator: Api, account: str, operators: Operators, phones: Phones
) -> None:
    """O3, O7, experience 12, 13, 15: dry run, then yes; safe to leave; who, when, counts."""
    known, fresh = phones("Kim"), phones("Fran")
    body = {"phone": known.number, "channels": ["sms", "voice"], "kind": "soft"}
    operator.api("POST", "/opt-outs", account=account, body=body, expect=201)
    someone = operators(path="/opt-outs")
    page = someone.page
    page.get_by_role("link", name="Import", exact=True).first.click()
    expect(someone.heading("Opt-out imports")).to_be_visible()
    check = page.get_by_role("button", name="Check the file")
    expect(check).to_be_disabled()
    file = _file(fresh.national, known.number, fresh.number, "hello")
    page.get_by_label("File with phone numbers").set_input_files(file)
    page.get_by_role("textbox", name="Reason").fill("From the old system")
    check.click()

    expect(someone.heading("stop list.csv")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/opt-outs/imports/\w+$"))
    commit = page.get_by_role("button", name="Add 1 number to the opt-out list")
    expect(commit).to_be_visible()
    would = "What it would do"
    expect(_figure(someone, would, "Numbers that will be added")).to_have_text("1")
    expect(_figure(someone, would, "on the list already")).to_have_text("1")
    expect(_figure(someone, would, "repeat a number")).to_have_text("1")
    expect(_figure(someone, would, "without a valid phone number")).to_have_text("1")
    bad = someone.section("Lines that cannot be taken")
    expect(bad.get_by_role("row").filter(has_text="hello")).to_contain_text("5")
    assert _listed(operator, account, fresh) == []
    with page.expect_download() as saving:
        bad.get_by_role("button", name="Download all").click()
    [header, line] = _lines(saving.value.path())
    assert header[:1] == ["phone"]
    assert line[0] == "hello"

    commit.click()
    # Away and back: it goes on by itself.
    page.get_by_role("link", name="All imports").click()
    history = page.get_by_role("table", name="Earlier imports").get_by_role("row")
    mine = history.filter(has_text="stop list.csv").first
    expect(mine).to_contain_text("Demo Operator")
    expect(mine).to_contain_text("Finished")
    mine.get_by_role("link").click()
    expect(someone.section("Done")).to_be_visible()
    expect(_figure(someone, "What it did", "Numbers added")).to_have_text("1")
    assert {line["channel"] for line in _listed(operator, account, fresh)} == {"sms", "voice"}
    assert {line["reason"] for line in _listed(operator, account, fresh)} == {"From the old system"}


def test_an_import_that_is_cancelled_or_breaks_off_adds_nothing(
    operator: Api, account: str, operators: Operators, phones: Phones, complaints: Complaints
) -> None:
    """O3, experience 12, 32: a broken upload says why and goes on; after a reload too."""
    complaints.expect("400")
    nora = phones("Nora")
    someone = operators(path="/opt-outs/imports")
    page = someone.page
    parts = "**/api/v1/opt-out-imports/*/parts/*"
    page.route(parts, lambda route: route.fulfill(status=400, json={"detail": "Broken off."}))
    file = _file(nora.number, name="broken.csv")
    page.get_by_label("File with phone numbers").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    told = page.get_by_role("main").get_by_role("alert")
    expect(told).to_contain_text("Broken off.")
    page.unroute(parts)

    page.reload()
    again = page.get_by_label("The same file again")
    again.set_input_files(_file(nora.number, nora.number, name="broken.csv"))
    expect(page.get_by_text("This is another file")).to_be_visible()
    again.set_input_files(file)
    expect(page.get_by_role("button", name="Add 1 number")).to_be_visible()
    page.get_by_role("button", name="Cancel the import").click()
    expect(page.get_by_text("This import was canceled")).to_be_visible()
    assert _listed(operator, account, nora) == []


def test_a_file_without_numbers_is_refused_with_the_reason(operators: Operators) -> None:
    """O3, experience 32: nothing is taken from a file that is none of phone numbers."""
    someone = operators(path="/opt-outs/imports")
    page = someone.page
    words: FilePayload = {
        "name": "words.csv",
        "mimeType": "text/csv",
        "buffer": b"name,color\r\nAnna,red\r\nBert,blue\r\n",
    }
    page.get_by_label("File with phone numbers").set_input_files(words)
    page.get_by_role("button", name="Check the file").click()
    told = page.get_by_role("main").get_by_role("alert")
    expect(told).to_contain_text("The file could not be imported")
    expect(page.get_by_text("Nothing was added")).to_be_visible()
    page.get_by_role("link", name="Import another file").click()
    expect(page.get_by_label("File with phone numbers")).to_be_attached()


def test_a_group_is_opted_out_in_the_background(
    operator: Api, stack: RunningStack, account: str, operators: Operators, phones: Phones
) -> None:
    """O3, O4: everybody in it, with progress, while the dialog may be closed."""
    gina = phones("Gina")
    member(operator, stack.demo.api_key, account, gina, "Group", "Gina’s circle")
    page = operators(path="/opt-outs").page
    _look_up(page, gina)
    page.get_by_role("button", name="Add", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="Add to the opt-out list")
    dialog.get_by_text("A group").click()
    dialog.get_by_role("combobox", name="Group").fill("Gina")
    page.get_by_role("option", name="Gina’s circle").click()
    dialog.get_by_role("button", name="Add to the list").click()
    expect(dialog).to_contain_text("Everybody in Gina’s circle is being opted out")
    expect(dialog).to_contain_text("Finished")
    dialog.get_by_role("button", name="Close").last.click()
    expect(_rows(page, gina)).to_have_count(2)


def test_the_export_holds_all_that_match(
    operator: Api, account: str, operators: Operators, phones: Phones
) -> None:
    """O2: every page, joined, with one line of names."""
    erik = phones("Erik")
    body = {"phone": erik.number, "channels": ["sms", "voice"], "reason": "=1+1"}
    operator.api("POST", "/opt-outs", account=account, body=body, expect=201)
    page = operators(path="/opt-outs").page
    _look_up(page, erik)
    expect(_rows(page, erik)).to_have_count(2)
    page.get_by_role("button", name="Export all that match").click()
    expect(page).to_have_url(re.compile("/settings/jobs$"))
    row = page.get_by_role("table", name="Exports").get_by_role("row").nth(1)
    with page.expect_download() as saving:
        row.get_by_role("button", name="Download").click()
    assert re.fullmatch(r"opt-outs-[\d-]+\.csv", saving.value.suggested_filename)
    header, *lines = _lines(saving.value.path())
    assert "phone" in header
    assert [line[header.index("phone")] for line in lines] == [erik.number] * 2
    # Shown by a spreadsheet, not run.
    assert {line[header.index("reason")] for line in lines} == {"'=1+1"}


def test_who_may_only_look_is_offered_nothing_else(
    operator: Api, account: str, operators: Operators, phones: Phones
) -> None:
    """O1, I5: a viewer sees the list without its actions, and no imports."""
    vic = phones("Vic")
    body = {"phone": vic.number, "channels": ["sms"]}
    operator.api("POST", "/opt-outs", account=account, body=body, expect=201)
    someone = operators()
    page = someone.page
    page.route("**/api/v1/me", _as_viewer)
    page.goto("/opt-outs")
    _look_up(page, vic)
    row = _rows(page, vic)
    expect(row).to_have_count(1)
    expect(_remove(row)).to_have_count(0)
    expect(page.get_by_role("button", name="Add", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Import", exact=True)).to_have_count(0)
    page.goto("/opt-outs/imports")
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("Not allowed")


def test_a_list_that_cannot_be_read_says_why_and_recovers(
    operators: Operators, complaints: Complaints
) -> None:
    """Experience 32: the cause, and a way on; half a number is no fault of the page."""
    complaints.expect("503")
    complaints.expect("422")
    page = operators().page
    page.route(
        "**/api/v1/opt-outs/search",
        lambda route: route.fulfill(status=503, json={"code": "unavailable"}),
    )
    page.goto("/opt-outs")
    told = page.get_by_role("main").get_by_role("alert")
    expect(told).to_contain_text("Something failed on the server")
    page.unroute("**/api/v1/opt-outs/search")
    told.get_by_role("button", name="Try again").click()
    expect(told).to_have_count(0)
    page.get_by_role("searchbox", name="Number").fill("202")
    expect(page.get_by_text("This is not a whole phone number yet")).to_be_visible()


def _as_viewer(route: Route) -> None:
    """Answer who this is, with the rights of a viewer."""
    answer = route.fetch()
    me = answer.json()
    for one in me["accounts"]:
        one["permissions"] = ["queue.view", "contacts.view", "broadcasts.view", "opt_outs.view"]
    route.fulfill(response=answer, body=json.dumps(me))


def _lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))
