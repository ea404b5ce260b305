"""The page of simulated phones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local import phone_numbers
from tests.e2e.complaints import Complaints
from tests.e2e.people import Phone

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
