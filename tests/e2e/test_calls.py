"""Calls, from the form that asks for them to the key that ends them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.testing import RunningStack
from tests.e2e.people import Operator, Phone, send_form

pytestmark = pytest.mark.e2e


def test_a_broadcast_is_spoken_to_who_agreed_to_calls_and_is_ended_by_a_key(
    stack: RunningStack,
    operators: Callable[..., Operator],
    visitor: Callable[..., Page],
    phones: Callable[[str], Phone],
) -> None:
    """B1, B5, S1, S2, S6, Q5: form, queue, composer, ringing phone, keypad, marks; no API."""
    cleo = phones("Cleo")
    outside = visitor()
    outside.goto(stack.demo.calls_form_path)
    expect(outside.get_by_text("Get texts and calls from Harbor Health.")).to_be_visible()
    send_form(outside, stack.demo.calls_form_path, cleo, "Calloway")

    someone = operators(path="/queue")
    page, group = someone.page, f"Spoken to {cleo.number[-4:]}"
    someone.lead("Cleo Calloway").focus()
    page.keyboard.press("m")
    page.get_by_role("combobox", name="Group").fill(group)
    expect(page.get_by_role("dialog").get_by_role("option", selected=True)).to_contain_text(group)
    page.keyboard.press("Enter")
    expect(someone.lead("Cleo Calloway")).to_have_count(0)

    handset = visitor()
    cleo.pick_up(handset)
    page.goto("/broadcasts/new")
    page.get_by_role("textbox", name="Name", exact=True).fill("Closed on Monday")
    page.get_by_label("Calls and voicemails").check()
    page.get_by_role("combobox", name="Groups", exact=True).click()
    page.get_by_role("option", name=group).click()
    page.keyboard.press("Escape")
    page.get_by_label("Spoken text").fill("Hello {{ first_name }}, we are closed on Monday.")
    preview = someone.section("Preview")
    heard = preview.get_by_role("list", name="What is heard").get_by_role("listitem")
    expect(heard).to_have_count(3)
    expect(heard.nth(0)).to_contain_text("press 9 at any time")
    expect(heard.nth(1)).to_have_text("Hello Alexandra, we are closed on Monday.")
    expect(preview).to_contain_text("Nothing to correct.")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog", name="Review").get_by_role("button", name="Send now").click()

    screen = handset.get_by_role("region", name="Harbor Alerts")
    expect(screen.get_by_role("status")).to_have_text("is calling Cleo")
    screen.get_by_role("button", name="Answer").click()
    said = screen.get_by_role("log", name="What is said").get_by_role("listitem")
    expect(said.nth(0)).to_contain_text("press 9 at any time")
    expect(said.nth(1)).to_have_text("Hello Cleo, we are closed on Monday.")
    screen.get_by_role("group", name="Keypad").get_by_role("button", name="9").click()
    expect(said.last).to_have_text("Harbor Alerts will not call you any more. Goodbye.")

    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()
    report = someone.section("Report")
    expect(report.get_by_role("term").filter(has_text="Answered")).to_be_visible()
    expect(report).to_contain_text("a person, or a voicemail, took the call")
    someone.go("Contacts")
    row = page.locator("[data-row]").filter(has_text="Cleo Calloway")
    expect(row.get_by_role("button", name=re.compile("Opted in to SMS"))).to_be_visible()
    expect(row.get_by_role("button", name=re.compile("Opted out of Calls"))).to_be_visible()
