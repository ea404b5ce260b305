"""Broadcasts: make one, send it, read its report, ask why."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.complaints import Complaints
from tests.e2e.lived_in import LivedIn
from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e


def _figure(someone: Operator, name: str) -> Locator:
    """Return one number of the report."""
    part = someone.page.get_by_role("term").filter(has_text=name)
    return someone.section("Report").locator("dl > div").filter(has=part).locator("dd")


def test_a_broadcast_sent_now_reaches_whom_it_may_and_answers_why_not_the_other(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B3, S6, S7: one of the group's two has stopped; planned = sent + excluded, with a reason."""
    someone = operators("City Library", f"/contacts/{lived_in.stopped}")
    page = someone.page
    expect(someone.heading("Stan Stopped")).to_be_visible()
    someone.go("Broadcasts")
    page.get_by_role("link", name="New broadcast").click()
    expect(someone.heading("New broadcast")).to_be_visible()
    send = page.get_by_role("button", name="Send now")
    expect(send).to_be_disabled()
    page.get_by_label("Name").fill("Reading hour")
    page.get_by_role("combobox", name="Groups").click()
    page.get_by_role("option", name="Members").click()
    page.keyboard.press("Escape")
    page.get_by_label("Text").fill("Harbor Alerts: the reading hour is back. Reply STOP to stop.")
    send.click()

    expect(someone.heading("Reading hour")).to_be_visible()
    expect(page.get_by_text("Reading hour is on its way")).to_be_visible()
    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()
    expect(_figure(someone, "Planned")).to_have_text("2")
    expect(_figure(someone, "Sent")).to_have_text("1")
    expect(_figure(someone, "Excluded")).to_have_text("1")
    expect(someone.section("Report")).to_contain_text("The contact opted out")

    why = someone.section("Why did this contact get it, or not?")
    why.get_by_role("combobox", name="Contact").fill("nobody in particular")
    why.get_by_role("button", name="Ask").click()
    expect(why).to_contain_text("That names no contact.")
    why.get_by_role("combobox", name="Contact").fill("Stan Stopped")
    page.keyboard.press("Escape")
    why.get_by_role("button", name="Ask").click()
    answer = why.get_by_role("status")
    expect(answer).to_contain_text("Excluded")
    expect(answer).to_contain_text("Only the contact can undo it, by texting START.")
    expect(why).to_contain_text("The contact’s own will")
    expect(why).to_contain_text("+1 888 555 0100")

    someone.go("Broadcasts")
    row = page.get_by_role("row").filter(has_text="Reading hour")
    expect(row).to_contain_text("1 sent")
    expect(row).to_contain_text("1 excluded")


def test_a_scheduled_broadcast_can_be_cancelled_before_its_time(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B2: at a time in the account's zone; cancelled, it sends nothing."""
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    page.get_by_label("Name").fill("Book fair")
    page.get_by_role("combobox", name="Groups").click()
    page.get_by_role("option", name="Members").click()
    page.keyboard.press("Escape")
    page.get_by_label("Text").fill("Harbor Alerts: the book fair opens. Reply STOP to stop.")
    page.get_by_role("radio", name="At a time").check()
    expect(page.get_by_label("Time (America/New_York)")).not_to_have_value("")
    page.get_by_role("button", name="Schedule").click()
    expect(someone.heading("Book fair")).to_be_visible()
    expect(page.get_by_text("Scheduled", exact=True)).to_be_visible()
    page.get_by_role("button", name="Cancel broadcast").click()
    expect(page.get_by_text("Canceled", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Cancel broadcast")).to_have_count(0)
    expect(_figure(someone, "Sent")).to_have_text("0")


def test_a_refused_broadcast_says_at_the_field_what_is_wrong(
    operators: Callable[..., Operator], lived_in: LivedIn, complaints: Complaints
) -> None:
    """B1: a variable that nobody knows is named where it was typed; nothing is lost."""
    complaints.expect("422")
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    page.get_by_label("Name").fill("Odd one")
    page.get_by_role("combobox", name="Groups").click()
    page.get_by_role("option", name="Members").click()
    page.keyboard.press("Escape")
    text = page.get_by_label("Text")
    text.fill("Harbor Alerts: hello {{ shoe_size }}, reply STOP to stop.")
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(text).to_have_attribute("aria-invalid", "true")
    expect(text).to_have_accessible_description(re.compile("no variable shoe_size"))
