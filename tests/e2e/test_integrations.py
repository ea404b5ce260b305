"""Integrations: the key that is shown once, and what a pause means to a visitor."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.play_client import until
from tests.e2e.complaints import Complaints
from tests.e2e.people import Operator, Phone, send_form

pytestmark = pytest.mark.e2e

DISCLOSURE = "I agree to get texts about tours from Harbor Alerts. Reply STOP to stop."


def test_a_new_integration_shows_its_key_once_and_pausing_closes_its_form(
    operators: Callable[..., Operator],
    visitor: Callable[..., Page],
    phones: Callable[[str], Phone],
    complaints: Complaints,
) -> None:
    """I1, I5, Q10: the disclosure shown is the one registered; a paused form says so in words."""
    someone = operators(path="/integrations")
    page = someone.page
    page.get_by_role("button", name="New integration").click()
    dialog = page.get_by_role("dialog", name="New integration")
    create = dialog.get_by_role("button", name="Create integration")
    expect(create).to_be_disabled()
    dialog.get_by_role("textbox", name="Name").fill("Tour sign-up")
    dialog.get_by_role("textbox", name="Disclosure").fill(DISCLOSURE)
    create.click()

    ready = page.get_by_role("dialog", name="Tour sign-up is ready")
    expect(ready.get_by_test_id("api-key")).to_have_text(re.compile("^ak_"))
    key = ready.get_by_test_id("api-key").inner_text()
    page.keyboard.press("Escape")
    expect(ready).to_be_visible()
    ready.get_by_role("button", name="I have kept the key").click()
    expect(ready).to_have_count(0)
    page.reload()
    card = someone.section("Tour sign-up")
    expect(card).to_contain_text(DISCLOSURE)
    assert key not in page.content()

    form = str(card.get_by_role("link").get_attribute("href"))
    outside = visitor()
    outside.goto(form)
    expect(outside.get_by_role("checkbox", name=DISCLOSURE)).not_to_be_checked()

    card.get_by_role("button", name="Pause").click()
    expect(card.get_by_text("Paused", exact=True)).to_be_visible()
    complaints.expect("409")
    # Known everywhere within 10 s; the visitor had opened the form before.
    _until_empty_form_answers(outside, form, 409)
    paula = phones("Paula")
    outside.get_by_label("First name").fill("Paula")
    outside.get_by_label("Last name").fill("Pause")
    outside.get_by_label("Mobile phone").fill(paula.national)
    outside.get_by_role("checkbox").check()
    outside.get_by_role("button", name="Sign up").click()
    expect(outside.locator("body")).to_contain_text("paused")
    assert paula.received() == []

    card.get_by_role("button", name="Resume").click()
    expect(card.get_by_text("Active", exact=True)).to_be_visible()
    _until_empty_form_answers(outside, form, 422)
    send_form(outside, form, paula, "Pause")
    thread = paula.pick_up(visitor())
    expect(thread).to_have_count(1)


def _until_empty_form_answers(page: Page, form: str, status: int) -> None:
    """Wait for what a visitor would meet; an empty form makes no lead whatever the answer is."""
    nothing: dict[str, str | float | bool] = {"first_name": ""}
    until(
        f"{status} from the form",
        20,
        lambda: page.request.post(form, form=nothing).status == status,
    )
