"""Consent on a contact's page: marks, switches, evidence, proof, and what is done with care."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from local.demo_names import ACCOUNTS
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.members import member
from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e

Enter = Callable[[str, str, str], tuple[str, Phone]]


@pytest.fixture
def enter(operator: Api, stack: RunningStack, phones: Callable[[str], Phone]) -> Enter:
    """Bring somebody into a group of the first account; returns the contact and the phone."""

    def come_in(first_name: str, last_name: str, group: str) -> tuple[str, Phone]:
        phone = phones(first_name)
        account = stack.demo.accounts[ACCOUNTS[0]]
        key = stack.demo.api_key
        return member(operator, key, account, phone, last_name, group), phone

    return come_in


def _channel(someone: Operator, name: str) -> Locator:
    return someone.section("Opt-in status").get_by_role("group", name=name, exact=True)


def test_a_users_opt_out_says_who_and_why_and_undoing_it_gives_the_group_back(
    operators: Callable[..., Operator], enter: Enter
) -> None:
    """S2, S3, S4, O4, O5: one channel, by keyboard, with the reason, and back again."""
    contact, _ = enter("Sofia", "Serra", "Sofia’s circle")
    someone = operators(path=f"/contacts/{contact}")
    page, keyboard = someone.page, someone.page.keyboard
    sms = _channel(someone, "SMS")
    expect(sms.get_by_role("img")).to_have_accessible_name(re.compile("^Opted in to SMS"))

    sms.get_by_role("button", name="Opt out").click()
    dialog = page.get_by_role("dialog", name="Opt out Sofia Serra")
    expect(dialog.get_by_role("radio", name="Our decision")).to_be_checked()
    expect(dialog.get_by_role("checkbox", name="SMS", exact=True)).to_be_checked()
    expect(dialog.get_by_role("checkbox", name="Calls and voicemails")).not_to_be_checked()
    dialog.get_by_role("textbox", name="Reason").fill("On leave until June")
    dialog.get_by_role("button", name="Opt out").click()
    expect(dialog).to_have_count(0)

    mark = sms.get_by_role("img")
    expect(mark).to_have_accessible_name(re.compile("Opted out of SMS by a user"))
    expect(mark).to_have_accessible_name(re.compile("When: .*By: Demo Operator.*On leave"))
    expect(someone.section("Details")).to_contain_text("SMS taken out")
    voice = _channel(someone, "Calls and voicemails").get_by_role("img")
    expect(voice).not_to_have_accessible_name(re.compile("Opted out"))

    undo = sms.get_by_role("button", name="Undo opt-out")
    expect(undo).to_be_focused()
    keyboard.press("Shift+Tab")
    expect(mark).to_be_focused()
    expect(page.get_by_role("tooltip")).to_contain_text("Why: On leave until June")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(page.get_by_text("Back in: Sofia’s circle").first).to_be_visible()
    expect(mark).to_have_accessible_name(re.compile("^Opted in to SMS"))
    expect(sms.get_by_role("button", name="Opt out")).to_be_focused()


def test_the_box_opted_out_is_the_contacts_own_wish_and_only_start_leads_back(
    operator: Api,
    stack: RunningStack,
    operators: Callable[..., Operator],
    enter: Enter,
) -> None:
    """C3, S5, O10: confirmed first, hard, refused by the API too; after START one click back."""
    contact, phone = enter("Hector", "Hale", "Hector’s circle")
    account = stack.demo.accounts[ACCOUNTS[0]]
    someone = operators(path=f"/contacts/{contact}")
    page = someone.page
    someone.section("Opt-in status").get_by_role("checkbox", name="Opted out").click()
    dialog = page.get_by_role("dialog", name="Opt out Hector Hale")
    expect(dialog.get_by_role("radio", name="The contact asked us to stop")).to_be_checked()
    for channel in ("SMS", "Calls and voicemails"):
        expect(dialog.get_by_role("checkbox", name=channel, exact=True)).to_be_checked()
    submit = dialog.get_by_role("button", name="Opt out")
    expect(submit).to_be_disabled()
    dialog.get_by_role(
        "checkbox", name=re.compile("until the contact texts START or UNSTOP")
    ).check()
    submit.click()

    sms = _channel(someone, "SMS")
    expect(sms.get_by_role("img")).to_have_accessible_name(re.compile("^Opted out of SMS"))
    again = sms.get_by_role("button", name="Opt in again")
    expect(again).to_be_disabled()
    expect(again).to_have_accessible_description(re.compile("START"))
    shown = operator.api("GET", f"/contacts/{contact}", account=account)
    line = shown["channels"]["sms"]["opt_out_id"]
    assert "START" in operator.refused("DELETE", f"/opt-outs/{line}", account=account)

    phone.text("START")
    expect(sms.get_by_role("img")).to_have_accessible_name(re.compile("^Opted in to SMS"))
    details = someone.section("Details")
    expect(details).to_contain_text("Hector’s circle (no channel left)")
    page.get_by_role("button", name="Put back").click()
    expect(page.get_by_text("Put back into Hector’s circle").first).to_be_visible()
    expect(details).not_to_contain_text("no channel left")
    expect(page.get_by_role("button", name="Put back")).to_have_count(0)


def test_the_timeline_shows_consent_with_its_evidence_and_the_proof_is_one_click(
    operators: Callable[..., Operator], enter: Enter
) -> None:
    """P1, P2, P3, P4: who, how, the words that were agreed to, its place; chains; the pack."""
    contact, phone = enter("Petra", "Proof", "Petra’s circle")
    phone.text("Stop. Thank you")
    someone = operators(path=f"/contacts/{contact}")
    page = someone.page
    expect(_channel(someone, "SMS").get_by_role("img")).to_have_accessible_name(
        re.compile("^Opted out of SMS")
    )
    timeline = someone.section("Timeline")
    timeline.get_by_role("radiogroup", name="Show").get_by_text("Consent").click()
    expect(page).to_have_url(re.compile("show=consent"))
    events = timeline.locator("ol > li")
    expect(events).to_have_count(2)
    stop, agreed = events.first, events.last
    expect(stop).to_contain_text("Opted out with STOP")
    expect(stop).to_contain_text("Through: A text message from the contact")
    stop.get_by_text("Evidence").click()
    expect(stop).to_contain_text("Stop. Thank you")
    agreed.get_by_text("Evidence").click()
    expect(agreed).to_contain_text("word for word")
    expect(agreed.get_by_text(re.compile("^[0-9a-f]{64}$"))).to_be_visible()

    proof = someone.section("Proof")
    proof.get_by_role("button", name="Check the chains").click()
    expect(proof).to_contain_text("Every chain is intact")
    expect(proof.get_by_text("Stored state matches the rebuilt one")).to_have_count(2)
    with page.expect_download() as waiting:
        proof.get_by_role("button", name="Download proof pack").click()
    with zipfile.ZipFile(waiting.value.path()) as pack:
        assert {"proof.html", "proof.json", "verify.py"} <= set(pack.namelist())


def test_a_number_reassigned_ends_consent_and_erasing_asks_for_its_last_digits(
    operators: Callable[..., Operator], enter: Enter
) -> None:
    """C11, P5: both say what goes and what stays; the page then shows that nobody is known."""
    contact, phone = enter("Elif", "Erased", "Elif’s circle")
    someone = operators(path=f"/contacts/{contact}")
    page = someone.page
    more = page.get_by_role("button", name="More actions")
    more.click()
    page.get_by_role("menuitem", name="Number reassigned").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Opt-outs stay as they are")
    dialog.get_by_role("button", name="End all consent").click()
    expect(_channel(someone, "SMS").get_by_role("img")).to_have_accessible_name(
        re.compile("^No consent for SMS")
    )
    expect(more).to_be_focused()

    more.click()
    page.get_by_role("menuitem", name="Erase").click()
    expect(dialog).to_contain_text("The chain of records")
    digits = dialog.get_by_role("textbox", name="Type the last 4 digits")
    expect(digits).to_be_focused()
    erase = dialog.get_by_role("button", name="Erase")
    digits.fill("0000" if phone.number[-4:] != "0000" else "1111")
    expect(erase).to_be_disabled()
    digits.fill(phone.number[-4:])
    page.keyboard.press("Enter")
    expect(someone.heading("Erased contact")).to_be_visible()
    expect(more).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("Elif Erased")
