"""The page of simulated phones."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local import phone_numbers
from local.demo_names import ACCOUNTS
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.people import Operator, Phone
from tests.voice import Voice

pytestmark = pytest.mark.e2e


def test_a_phone_can_be_added_and_taken_away(
    visitor: Callable[..., Page], complaints: Complaints
) -> None:
    """A number that cannot be one is refused at its field; a good one gets its phone at once."""
    complaints.expect("422")
    page = visitor()
    page.goto("/phone")
    page.get_by_role("button", name="Add a phone").click()
    dialog = page.get_by_role("dialog", name="Add a phone")
    dialog.get_by_label("Name").fill("Zelda")
    dialog.get_by_label("Number").fill("12")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("12 cannot be a phone number")
    number = phone_numbers.fictional(phone_numbers.COUNT - 500)
    dialog.get_by_label("Number").fill(phone_numbers.national(number))
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Zelda’s phone")).to_be_visible()
    expect(page.get_by_text("No messages yet.")).to_be_visible()
    page.get_by_role("button", name="Take this phone off the page").click()
    expect(page.get_by_role("button", name="Zelda")).to_have_count(0)


def test_help_is_answered_also_for_a_number_never_seen(
    visitor: Callable[..., Page], phones: Callable[[str], Phone]
) -> None:
    """K3: HELP gets the help text; the thread shows both, the page updates by itself."""
    page = visitor()
    thread = phones("Hanna").pick_up(page)
    page.get_by_role("button", name="HELP", exact=True).click()
    expect(thread).to_have_count(2)
    expect(thread.first).to_contain_text("HELP")
    expect(thread.last).to_contain_text("help@harbor.example")


def test_a_phone_that_takes_nothing_says_so(
    visitor: Callable[..., Page], phones: Callable[[str], Phone]
) -> None:
    """How a phone behaves is chosen on its page, and what came of a message is told there."""
    lars = phones("Lars")
    page = visitor()
    thread = lars.pick_up(page)
    page.get_by_label("This phone", exact=True).select_option("undelivered")
    expect(page.get_by_text("The provider reports undelivered.")).to_be_visible()
    page.get_by_role("button", name="HELP", exact=True).click()
    expect(thread.last).to_contain_text("not delivered (30003)")


def test_a_phone_rings_says_what_is_said_and_ends_calls_by_a_key(
    visitor: Callable[..., Page],
    operators: Callable[..., Operator],
    phones: Callable[[str], Phone],
    stack: RunningStack,
    operator: Api,
) -> None:
    """B1, S5, S3: by the page alone; then it calls the sender and presses 1."""
    vera = phones("Vera")
    voice = Voice(stack, operator, stack.demo.accounts[ACCOUNTS[0]])
    contact = voice.agreed(vera.number)
    page = visitor()
    thread = vera.pick_up(page)
    voice.place(contact, vera.number, "The clinic opens at nine tomorrow.")
    screen = page.get_by_role("region", name="Harbor Alerts")
    expect(screen.get_by_role("status")).to_have_text("is calling Vera")
    screen.get_by_role("button", name="Answer").click()
    said = screen.get_by_role("log", name="What is said").get_by_role("listitem")
    expect(said.first).to_have_text("Harbor Alerts. To stop these calls, press 9 at any time.")
    expect(said.nth(1)).to_have_text("The clinic opens at nine tomorrow.")
    screen.get_by_role("group", name="Keypad").get_by_role("button", name="9").click()
    expect(said.nth(2)).to_have_text("You pressed 9")
    expect(said.last).to_have_text("Harbor Alerts will not call you any more. Goodbye.")
    expect(thread.last).to_contain_text("What was said")
    expect(screen).to_be_hidden()
    console = operators(path=f"/contacts/{contact}").page
    calls = console.get_by_role("img", name=re.compile("Opted out of Calls"))
    expect(calls.first).to_be_visible()
    expect(console.get_by_text("Ended calls by pressing 9 in a call")).to_be_visible()
    page.get_by_role("button", name="Call Harbor Alerts").click()
    expect(said.first).to_contain_text("is an automated service")
    page.keyboard.press("1")
    expect(said.last).to_contain_text("may call you again")
    expect(thread.last).to_contain_text("You called")
    console.reload()
    expect(console.get_by_text("Allowed calls again")).to_be_visible()
    expect(calls).to_have_count(0)
