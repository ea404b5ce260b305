"""The hosted form as its reader meets it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from assent.sms.numbers import readable
from local.demo_names import SENDER_ADDRESS
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.people import Phone, send_form

pytestmark = pytest.mark.e2e


def test_mistakes_are_named_at_their_fields_and_nothing_typed_is_lost(
    visitor: Callable[..., Page], stack: RunningStack, complaints: Complaints
) -> None:
    """I1, Q3: each missing or bad field has its message; the box is not ticked beforehand."""
    complaints.expect("422")
    page = visitor()
    page.goto(stack.demo.form_path)
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_label("First name").fill("Iris")
    page.get_by_label("Mobile phone").fill("12")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Iris")
    for label in ("Last name", "Mobile phone"):
        field = page.get_by_label(label)
        expect(field).to_have_attribute("aria-invalid", "true")
        described = page.locator(f"#{field.get_attribute('aria-describedby')}")
        expect(described).to_contain_text(label)
    expect(page.get_by_role("checkbox")).to_have_attribute("aria-invalid", "true")


def test_the_form_works_without_javascript_and_names_terms_and_the_way_back(
    visitor: Callable[..., Page], stack: RunningStack, phones: Callable[[str], Phone]
) -> None:
    """I1, O10: plain HTML; terms, privacy, and START for those who stopped before."""
    nora = phones("Nora")
    page = visitor(java_script_enabled=False)
    page.goto(stack.demo.form_path)
    expect(page.get_by_role("link", name="Terms")).to_be_visible()
    expect(page.get_by_role("link", name="Privacy")).to_be_visible()
    expect(page.get_by_text(f"Text START to {readable(SENDER_ADDRESS)}")).to_be_visible()
    send_form(page, stack.demo.form_path, nora, "Nordahl")
    expect(page.get_by_text(f"Text START to {readable(SENDER_ADDRESS)}")).to_be_visible()
    expect(nora.pick_up(visitor())).to_have_count(1)


def test_a_filled_honeypot_is_thanked_and_nothing_happens(
    visitor: Callable[..., Page],
    stack: RunningStack,
    operator: Api,
    phones: Callable[[str], Phone],
) -> None:
    """I1: a robot learns nothing; a person after it is served."""
    robot, person = phones("Robot"), phones("Petra")
    page = visitor()
    page.goto(stack.demo.form_path)
    page.locator("[aria-hidden=true] input").evaluate("field => { field.value = 'x'; }")
    page.get_by_label("First name").fill("Robo")
    page.get_by_label("Last name").fill("Bot")
    page.get_by_label("Mobile phone").fill(robot.national)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    send_form(page, stack.demo.form_path, person, "Person")
    # The person came later and has the message: what was to be sent before is sent.
    expect(person.pick_up(visitor())).to_have_count(1)
    assert robot.received() == []


def test_a_stopped_number_gets_the_same_thanks_and_no_message(
    visitor: Callable[..., Page], stack: RunningStack, phones: Callable[[str], Phone]
) -> None:
    """O10, K4: the form neither tells that a number is listed nor writes to it."""
    sofia, after = phones("Sofia"), phones("Anton")
    handset, page = visitor(), visitor()
    thread = sofia.pick_up(handset)
    handset.get_by_role("textbox", name="Text message").fill("stop")
    handset.keyboard.press("Enter")
    expect(thread).to_have_count(2)
    send_form(page, stack.demo.form_path, sofia, "Silent")
    send_form(page, stack.demo.form_path, after, "After")
    expect(after.pick_up(visitor())).to_have_count(1)
    expect(thread).to_have_count(2)
