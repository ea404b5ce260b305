"""The contacts table: many of them, found, marked, grouped, deleted, and all of it taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from local import phone_numbers
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.crowd import gather
from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e

ACCOUNT = "Northside Gym"
MANY = 10_000
_DEEP = 60  # rows: beyond the first page
_PATIENCE = 100
_FIRST = 3000  # phones of this file
_phones = count(_FIRST)

Maker = Callable[..., str]


@pytest.fixture
def made(operator: Api, stack: RunningStack) -> Maker:
    """Make a contact by hand in the account of these tests; returns its id."""

    def make(first: str, last: str, number: str = "", account: str = ACCOUNT) -> str:
        body = {
            "first_name": first,
            "last_name": last,
            "phone": number or phone_numbers.fictional(next(_phones)),
        }
        path = "/contacts"
        where = stack.demo.accounts[account]
        contact: str = operator.api("POST", path, account=where, body=body, expect=201)["id"]
        return contact

    return make


@pytest.fixture(scope="module")
def crowd(operator: Api, stack: RunningStack) -> None:
    """Fill the account with ten thousand contacts."""
    account = stack.demo.accounts[ACCOUNT]
    body = {"first_name": "Pat", "last_name": "Tern", "phone": phone_numbers.fictional(2999)}
    pattern = operator.api("POST", "/contacts", account=account, body=body, expect=201)["id"]
    gather(stack, account, pattern, MANY)


def _rows(page: Page) -> int:
    return page.locator("[data-row]").count()


def _search(page: Page, text: str) -> None:
    page.keyboard.press("/")
    box = page.get_by_role("searchbox")
    expect(box).to_be_focused()
    box.fill(text)


@pytest.mark.usefixtures("crowd")
def test_ten_thousand_contacts_are_drawn_a_screenful_at_a_time_and_can_all_be_meant(
    operators: Callable[..., Operator],
) -> None:
    """C1, experience 4 and 6: few rows are drawn however far one scrolls; all that match on one."""
    page = operators(ACCOUNT, "/contacts").page
    expect(page.locator("[data-row]").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"10,\d\d\d contacts"))).to_be_visible()
    page.mouse.move(700, 500)
    # As a person scrolls: on, while more comes in.
    for _ in range(_PATIENCE):
        page.mouse.wheel(0, 3000)
        page.wait_for_timeout(250)
        last = page.locator("[data-row]").last.get_attribute("data-index")
        if last and int(last) > _DEEP:
            break
    assert int(last or 0) > _DEEP
    assert _rows(page) < 60

    page.get_by_role("checkbox", name="Select all that are loaded").check()
    bar = page.get_by_role("region", name="Selected")
    ticked = bar.get_by_role("status").inner_text()
    page.mouse.wheel(0, 30_000)
    # More comes in behind them, which is not ticked; all that match are still a click away.
    expect(page.locator("[data-row]").last).not_to_have_attribute("data-index", last or "")
    expect(page.get_by_role("checkbox", name="Select all that are loaded")).not_to_be_checked()
    expect(bar.get_by_role("status")).to_have_text(ticked)
    page.get_by_role("button", name=re.compile(r"Select all 10,\d\d\d")).click()
    expect(bar).to_contain_text(re.compile(r"All 10,\d\d\d that match"))
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_a_contact_is_found_by_the_last_four_digits_and_opened_by_keyboard_alone(
    operators: Callable[..., Operator], made: Maker
) -> None:
    """C1, experience 8: one box; the keys /, j and Enter; the search is there on the way back."""
    number = phone_numbers.fictional(next(_phones))
    made("Fiona", "Findable", number)
    someone = operators(ACCOUNT, "/contacts")
    page = someone.page
    _search(page, number[-4:])
    row = page.locator("[data-row]").filter(has_text="Fiona Findable")
    expect(row).to_be_visible()
    page.get_by_role("searchbox").press("Escape")
    _search(page, "findab")
    expect(row).to_be_visible()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_role("searchbox").blur()
    page.keyboard.press("j")
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(someone.heading("Fiona Findable")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("findab")
    assert "findab" not in page.url


def test_labels_favourites_and_deletions_are_taken_back_with_one_key(
    operators: Callable[..., Operator], made: Maker
) -> None:
    """Q7, C7, experience 7: l, f, # and u; a deletion waits 30 seconds for its undo."""
    made("Uma", "Undone")
    page = operators(ACCOUNT, "/contacts").page
    _search(page, "undone")
    row = page.locator("[data-row]").filter(has_text="Uma Undone")
    expect(row).to_be_visible()
    page.get_by_role("searchbox").blur()
    page.keyboard.press("j")
    page.keyboard.press("l")
    page.get_by_role("combobox", name="Label").fill("Callback")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Callback")
    expect(page.get_by_text("1 contact labelled Callback").first).to_be_visible()
    page.keyboard.press("u")
    expect(row).not_to_contain_text("Callback")

    row.focus()
    page.keyboard.press("f")
    expect(row).to_contain_text("Favorite")

    row.focus()
    page.keyboard.press("#")
    expect(page.get_by_text(re.compile(r"Deleting 1 contact in \d+ seconds"))).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back: nothing was changed").first).to_be_visible()
    expect(row).to_be_visible()


def test_filters_are_in_the_address_and_are_saved_as_a_view(
    operators: Callable[..., Operator], made: Maker
) -> None:
    """C1, experience 5: an address shows the same to a colleague; a view brings it back."""
    made("Vera", "Viewed")
    page = operators(ACCOUNT, "/contacts?favourite=no&source=manual").page
    expect(page.get_by_text("Favorite: No")).to_be_visible()
    expect(page.locator("[data-row]").filter(has_text="Vera Viewed")).to_be_visible()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view").click()
    page.get_by_label("Name").last.fill("By hand")
    page.get_by_role("dialog").get_by_role("button", name="Save this view").click()
    expect(page.get_by_text("View By hand saved").first).to_be_visible()
    page.get_by_role("button", name="Clear all filters").click()
    expect(page.get_by_text("Favorite: No")).to_have_count(0)
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="By hand").click()
    expect(page.get_by_text("Favorite: No")).to_be_visible()
    assert "favourite=no" in page.url


def test_of_two_edits_of_one_profile_the_second_is_told_whose_won_and_puts_both_together(
    operators: Callable[..., Operator],
    made: Maker,
    operator: Api,
    stack: RunningStack,
    complaints: Complaints,
) -> None:
    """C1: the version decides; nothing of either edit is lost without a choice."""
    complaints.expect("409")
    contact = made("Mona", "Merge")
    page = operators(ACCOUNT, f"/contacts/{contact}").page
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog", name="Edit profile")
    dialog.get_by_label("Last name").fill("Merged")
    dialog.get_by_label("Email").fill("mona@example.com")
    change = {"version": 1, "last_name": "Elsewhere"}
    account = stack.demo.accounts[ACCOUNT]
    operator.api("PATCH", f"/contacts/{contact}", account=account, body=change)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Demo Operator edited this contact")
    dialog.get_by_label("Yours: Merged").check()
    dialog.get_by_role("button", name="Save both together").click()
    expect(page.get_by_role("heading", level=1, name="Mona Merged")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("mona@example.com")


def test_notes_are_written_and_edited_in_the_timeline(
    operators: Callable[..., Operator], made: Maker
) -> None:
    """Q7, C1: author, time and the edit mark."""
    someone = operators(ACCOUNT, f"/contacts/{made('Nora', 'Noted')}")
    timeline = someone.section("Timeline")
    timeline.get_by_label("Write a note").fill("Called, wants mornings only")
    timeline.get_by_role("button", name="Add note").click()
    note = timeline.get_by_role("listitem").filter(has_text="wants mornings only")
    expect(note).to_contain_text("Demo Operator")
    note.get_by_role("button", name="Edit note").click()
    timeline.get_by_role("textbox", name="Edit note").fill("Called, wants evenings")
    timeline.get_by_role("button", name="Save").click()
    changed = timeline.get_by_role("listitem").filter(has_text="wants evenings")
    expect(changed).to_contain_text("edited")
    changed.get_by_role("button", name="Delete note").click()
    expect(changed).to_have_count(0)


def test_a_slow_and_a_failing_list_say_so_and_go_on_by_themselves(
    operators: Callable[..., Operator], made: Maker, complaints: Complaints
) -> None:
    """Experience 32: grey rows, then the cause and a way on; afterwards the contacts."""
    complaints.expect("503")
    made("Sloane", "Slow")
    someone = operators(ACCOUNT, "/")
    page = someone.page
    failing = True

    def answer(route: Route) -> None:
        if failing:
            route.fulfill(status=503, json={"code": "unavailable", "detail": "Try again."})
        else:
            route.continue_()

    page.route("**/api/v1/contacts/search", answer)
    someone.go("Contacts")
    expect(page.locator("main [aria-busy=true]").first).to_be_attached()
    alert = page.get_by_role("main").get_by_role("alert")
    expect(alert).to_contain_text("Something failed on the server")
    failing = False
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-row]").first).to_be_visible()


def test_many_are_opted_out_by_a_job_and_those_who_asked_for_it_for_good(
    operators: Callable[..., Operator], made: Maker
) -> None:
    """S4, S5, C3: the reason is asked; our decision can be undone, the contacts' own cannot."""
    for letter in "AB":
        made(f"Many {letter}", "Outward", phone_numbers.fictional(next(_phones)))
    page = operators(ACCOUNT, "/contacts").page
    _search(page, "outward")
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(2)

    def ask() -> Locator:
        page.get_by_role("checkbox", name="Select all that are loaded").check()
        page.get_by_role("region", name="Selected").get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Opt out…").click()
        return page.get_by_role("dialog", name="Opt out 2 contacts")

    job = page.get_by_role("region", name="Background job")
    dialog = ask()
    dialog.get_by_role("textbox", name="Reason").fill("Moved abroad")
    dialog.get_by_role("button", name="Opt out").click()
    expect(job).to_contain_text("2 contacts opted out")
    job.get_by_role("button", name="Undo").click()
    expect(job).to_contain_text("Undone for 2 contacts")
    job.get_by_role("button", name="Close").click()

    dialog = ask()
    dialog.get_by_role("radio", name="Each of them asked us to stop").check()
    confirm = dialog.get_by_role("button", name="Opt out")
    expect(confirm).to_be_disabled()
    dialog.get_by_role("checkbox", name="I understand").check()
    confirm.click()
    expect(job).to_contain_text("2 contacts opted out")
    expect(job.get_by_role("button", name="Undo")).to_have_count(0)
    out = rows.first.get_by_role("button", name=re.compile("^Opted out of SMS"))
    expect(out).to_be_visible()
