"""The opt-in queue by keyboard: find, move, undo, and who did it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e


def test_a_lead_is_found_by_four_digits_moved_by_keyboard_and_shows_who_moved_it(
    operator: Api,
    stack: RunningStack,
    operators: Callable[..., Operator],
    phones: Callable[[str], Phone],
) -> None:
    """Q5, Q7, Q11, experience 9 and 10: no mouse from the search to the name of who moved it."""
    wes, other = phones("Wes"), phones("Olive")
    for phone, last in ((wes, "Weiss"), (other, "Oster")):
        lead = {"first_name": phone.name, "last_name": last, "phone": phone.number}
        operator.send_lead(stack.demo.api_key, lead)
    someone = operators(path="/queue")
    page, keyboard = someone.page, someone.page.keyboard
    expect(someone.lead("Wes Weiss")).to_be_visible()
    expect(someone.lead("Olive Oster")).to_be_visible()

    keyboard.press("/")
    keyboard.type(wes.number[-4:])
    keyboard.press("Enter")
    expect(someone.lead("Olive Oster")).to_have_count(0)
    expect(someone.lead("Wes Weiss")).to_be_visible()
    keyboard.press("j")
    expect(someone.lead("Wes Weiss")).to_be_focused()
    someone.move_focused_lead("Newsletter")
    expect(page.get_by_text("1 contact moved to Newsletter").first).to_be_visible()
    expect(someone.lead("Wes Weiss")).to_have_count(0)

    keyboard.press("u")
    expect(someone.lead("Wes Weiss")).to_be_visible()
    page.locator("[data-row]").first.focus()
    someone.move_focused_lead("Newsletter")
    expect(someone.lead("Wes Weiss")).to_have_count(0)

    someone.go("Contacts")
    expect(someone.lead("Olive Oster")).to_be_visible()
    keyboard.press("/")
    keyboard.type("weiss")
    keyboard.press("Enter")
    expect(someone.lead("Olive Oster")).to_have_count(0)
    expect(someone.lead("Wes Weiss")).to_be_visible()
    keyboard.press("j")
    keyboard.press("Enter")
    expect(someone.heading("Wes Weiss")).to_be_visible()
    moved = someone.section("Timeline").get_by_role("listitem").filter(has_text="Newsletter")
    expect(moved.first).to_contain_text("Demo Operator")
