"""The guided first run: what somebody sees who has just started the stack."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Locator, expect

from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e

ACCOUNT = "Northside Gym"


@pytest.fixture
def guide(operators: Callable[..., Operator]) -> Operator:
    """Open the first run in an account whose only integration was made for it, in the console."""
    someone = operators(ACCOUNT, "/integrations")
    page = someone.page
    expect(page.get_by_text("No integrations yet")).to_be_visible()
    page.get_by_role("button", name="New integration").click()
    dialog = page.get_by_role("dialog", name="New integration")
    dialog.get_by_label("Name").fill("Gym website")
    dialog.get_by_label("Disclosure", exact=False).first.fill("I agree to get texts from the gym.")
    dialog.get_by_role("button", name="Create integration").click()
    page.get_by_role("button", name="I have kept the key").click()
    someone.go("Overview")
    page.get_by_role("link", name="Start the first run").click()
    expect(someone.heading("First run")).to_be_visible()
    return someone


def test_the_first_run_ticks_each_step_as_it_happens_to_its_end(
    guide: Operator, phones: Callable[[str], Phone]
) -> None:
    """Experience 1: form, answer, arrival, move, STOP, each seen by the guide itself."""
    page = guide.page
    otto = phones("Otto")
    handset = page.frame_locator("iframe[title='Simulated phone']")
    handset.get_by_role("button", name="Otto").click()
    expect(_step(guide, "Send the form")).to_have_attribute("aria-current", "step")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the form").click()
    form = opened.value
    form.get_by_label("First name").fill("Otto")
    form.get_by_label("Last name").fill("Olsen")
    form.get_by_label("Mobile phone").fill(otto.national)
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="Sign up").click()
    expect(form.get_by_role("heading", name="Thank you")).to_be_visible()
    form.close()

    _expect_done(guide, "Send the form")
    _expect_done(guide, "Watch the lead arrive")
    expect(page.get_by_text("Otto Olsen is in the opt-in queue")).to_be_visible()
    expect(guide.badge()).to_be_visible()

    _answer(handset, "HELP")
    _expect_done(guide, "Answer on the phone")

    page.get_by_role("button", name="Move Otto Olsen").click()
    page.get_by_role("combobox", name="Group").fill("Swimmers")
    page.keyboard.press("Enter")
    _expect_done(guide, "Move it to a group")
    expect(guide.badge()).to_have_count(0)

    _answer(handset, "STOP")
    _expect_done(guide, "Text STOP")
    expect(page.get_by_role("heading", name="That is the whole way")).to_be_visible()
    expect(handset.get_by_role("log")).to_contain_text("you are unsubscribed")
    page.get_by_role("link", name="Open the contact's profile").click()
    expect(guide.heading("Otto Olsen")).to_be_visible()
    expect(guide.section("Details")).to_contain_text("Swimmers (no channel left)")


def _step(guide: Operator, title: str) -> Locator:
    heading = guide.page.get_by_role("heading", level=2, name=title)
    return guide.page.get_by_role("listitem").filter(has=heading)


def _expect_done(guide: Operator, title: str) -> None:
    expect(_step(guide, title).get_by_role("heading")).to_have_text(f"{title}: done")


def _answer(handset: FrameLocator, word: str) -> None:
    handset.get_by_role("button", name=word, exact=True).click()
