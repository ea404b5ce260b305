"""No finding of axe at levels A and AA: every page, every dialog, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.lived_in import LivedIn
from tests.e2e.pages import CONSOLE_PAGES, address
from tests.e2e.people import Operator, Phone, send_form

pytestmark = pytest.mark.e2e

ACCOUNT = "City Library"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# Colors as they stay: one transition may start the next, so several frames without any.
_PAINTED = """async () => {
  const passing = () => document.getAnimations().some(
    (one) => one.effect.getComputedTiming().endTime !== Infinity);
  for (let still = 0; still < 3; still = passing() ? 0 : still + 1)
    await new Promise((done) => requestAnimationFrame(done));
}"""
_axe = Axe()


def _expect_no_findings(page: Page, what: str, schemes: tuple[Scheme, ...] = SCHEMES) -> None:
    """Ask axe in both schemes; a failure names rule, element and reason."""
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.evaluate(_PAINTED)
        # Only colors differ between the schemes, so the other rules need no second run.
        only = {"type": "tag", "values": LEVELS}
        if scheme != schemes[0]:
            only = {"type": "rule", "values": ["color-contrast"]}
        options = {"resultTypes": ["violations"], "runOnly": only}
        found = [
            f"{what}, {scheme}: {rule['id']}: {node['html'][:160]} | {node['failureSummary']}"
            for rule in _axe.run(page, options=options).response["violations"]
            for node in rule["nodes"]
        ]
        assert found == []


def _settled(page: Page) -> None:
    """Wait until a page shows its content instead of grey rows."""
    expect(page).to_have_title(re.compile(" · Assent$"))
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


@pytest.fixture
def inside(operators: Callable[..., Operator], lived_in: LivedIn) -> Operator:
    """Sign in to the account that has one of everything."""
    return operators(ACCOUNT)


@pytest.mark.parametrize(("width", "schemes"), [(1280, SCHEMES), (390, ("light",))])
def test_every_page_of_the_console(
    inside: Operator, lived_in: LivedIn, width: int, schemes: tuple[Scheme, ...]
) -> None:
    """Experience 30; at the width of a phone once, since the colors are the same there."""
    inside.page.set_viewport_size({"width": width, "height": 844})
    for name in CONSOLE_PAGES:
        inside.page.goto(address(name, lived_in))
        _settled(inside.page)
        _expect_no_findings(inside.page, f"{name} at {width} px", schemes)


def _check_dialog(page: Page, name: str) -> None:
    """Ask axe about an open dialog, and close it."""
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    _expect_no_findings(page, name)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_every_dialog_of_the_console(inside: Operator, lived_in: LivedIn) -> None:
    """Experience 30: with the dialog open, over its page."""
    page, keyboard = inside.page, inside.page.keyboard

    def check(name: str) -> None:
        _check_dialog(page, name)

    page.goto("/queue")
    expect(inside.lead("Wanda Waiting")).to_be_visible()
    keyboard.press("j")
    keyboard.press("x")
    keyboard.press("m")
    check("Move 1 contact to a group")
    keyboard.press("?")
    check("Keyboard shortcuts")
    keyboard.press("Control+k")
    check("Commands")
    for path, name in (("/groups", "New group"), ("/integrations", "New integration")):
        page.goto(path)
        page.get_by_role("button", name=name).click()
        check(name)
    page.goto(f"/contacts/{lived_in.member}")
    page.get_by_role("button", name="Edit", exact=True).click()
    check("Edit profile")
    page.goto("/contacts")
    expect(page.locator("[data-row]").first).to_be_visible()
    page.get_by_role("button", name="New contact").click()
    check("New contact")
    page.get_by_role("button", name="Filters").click()
    keyboard.press("j")
    keyboard.press("x")
    expect(page.get_by_role("region", name="Selected")).to_be_visible()
    _expect_no_findings(page, "contacts with filters and a selection")
    keyboard.press("l")
    check("Label 1 contact")
    page.goto("/settings/danger")
    page.get_by_role("button", name="Delete all contacts…").click()
    expect(page.get_by_label("Type the account’s name")).to_be_visible()
    check("Delete all that match")
    page.goto("/opt-outs")
    page.get_by_role("button", name="Add", exact=True).first.click()
    check("Add to the opt-out list")
    page.get_by_role("button", name="Signed in as").click()
    expect(page.get_by_role("menu")).to_be_visible()
    _expect_no_findings(page, "the person's menu")
    keyboard.press("Escape")
    page.get_by_role("button", name="Account:").click()
    expect(page.get_by_role("menu")).to_be_visible()
    _expect_no_findings(page, "the account switcher")


def test_the_dialogs_of_the_composer(inside: Operator) -> None:
    """Experience 30: a variable, the review with its figures, a test, and the way out."""
    page = inside.page
    page.goto("/broadcasts/new")
    page.get_by_role("textbox", name="Name", exact=True).fill("Axe")
    page.get_by_role("combobox", name="Groups", exact=True).click()
    page.get_by_role("option", name="Members").click()
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Text", exact=True).fill("Harbor Alerts: “axe”")
    page.get_by_role("button", name="Insert variable").click()
    _check_dialog(page, "Insert variable")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("To be sent", exact=True)).to_be_visible()
    _check_dialog(page, "Review Axe")
    page.get_by_role("button", name="Test send").click()
    _check_dialog(page, "Send a test to yourself")
    page.get_by_label("Calls and voicemails").check()
    expect(page.get_by_role("list", name="What is heard")).to_be_visible()
    _expect_no_findings(page, "the composer of a call")
    inside.go("Broadcasts")
    _check_dialog(page, "Leave without saving?")


def test_what_goes_wrong_in_the_console(inside: Operator, complaints: Complaints) -> None:
    """Experience 30: a failed page under its banner, and the end of a session."""
    complaints.expect("net::ERR_FAILED")
    page = inside.page
    page.route("**/api/v1/**", lambda route: route.abort())
    inside.go("Groups")
    expect(page.get_by_role("main").get_by_role("alert")).to_be_visible()
    _expect_no_findings(page, "a page without an answer")
    complaints.expect("401")
    page.unroute("**/api/v1/**")
    page.route("**/api/v1/**", lambda route: route.fulfill(status=401, json={}))
    expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    _expect_no_findings(page, "the end of a session")


def test_the_doors(visitor: Callable[..., Page]) -> None:
    """Experience 30: the landing page, the hosted sign-in page, and its refusal."""
    page = visitor()
    page.goto("/")
    _settled(page)
    _expect_no_findings(page, "landing")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/sign-in/**")
    _expect_no_findings(page, "hosted sign-in")
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("nothing")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect username or password")).to_be_visible()
    _expect_no_findings(page, "hosted sign-in, refused")


def test_the_hosted_form(
    visitor: Callable[..., Page],
    stack: RunningStack,
    phones: Callable[[str], Phone],
    complaints: Complaints,
) -> None:
    """Experience 30: empty, with its errors, and the thanks."""
    complaints.expect("422")
    page = visitor()
    page.goto(stack.demo.form_path)
    _expect_no_findings(page, "form, empty")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("alert")).to_be_visible()
    _expect_no_findings(page, "form, with errors")
    send_form(page, stack.demo.form_path, phones("Axel"), "Axelsen")
    _expect_no_findings(page, "form, thanks")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_phones(
    visitor: Callable[..., Page], phones: Callable[[str], Phone], width: int
) -> None:
    """Experience 30: an empty phone, a thread, a call and what stays of it, and the dialog."""
    page = visitor(viewport={"width": width, "height": 844})
    thread = phones("Vera").pick_up(page)
    _expect_no_findings(page, "an empty phone")
    page.get_by_role("button", name="HELP", exact=True).click()
    expect(thread).to_have_count(2)
    _expect_no_findings(page, "a thread")
    page.get_by_role("button", name="Call Harbor Alerts").click()
    expect(page.get_by_role("log", name="What is said")).to_contain_text("Harbor Alerts")
    _expect_no_findings(page, "a call")
    page.get_by_role("button", name="Hang up").click()
    expect(thread.last).to_contain_text("You called")
    thread.last.get_by_text("What was said").click()
    _expect_no_findings(page, "a call that has ended")
    page.get_by_role("button", name="Add a phone").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    _expect_no_findings(page, "adding a phone")
