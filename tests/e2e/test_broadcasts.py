"""Broadcasts: make one, send it, read its report, ask why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from local import phone_numbers
from local.play_client import until
from tests.e2e.complaints import Complaints
from tests.e2e.lived_in import LivedIn
from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e


def _figure(someone: Operator, name: str) -> Locator:
    """Return one number of the report."""
    part = someone.page.get_by_role("term").filter(has_text=name)
    return someone.section("Report").locator("dl > div").filter(has=part).locator("dd")


def _write(someone: Operator, name: str, text: str) -> None:
    """Fill in what every broadcast needs: a name, the group, a text."""
    page = someone.page
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("combobox", name="Groups", exact=True).click()
    page.get_by_role("option", name="Members").click()
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Text", exact=True).fill(text)


def _review(someone: Operator) -> Locator:
    """Open the last look before sending, and return it."""
    someone.page.get_by_role("button", name="Review").click()
    return someone.page.get_by_role("dialog", name="Review")


def test_a_broadcast_sent_now_reaches_whom_it_may_and_answers_why_not_the_other(
    operators: Callable[..., Operator], lived_in: LivedIn, complaints: Complaints
) -> None:
    """B3, S6, S7: one of the group's two has stopped; planned = sent + excluded, with a reason."""
    complaints.expect("422")  # two digits are too little to look for
    someone = operators("City Library", "/broadcasts")
    page = someone.page
    page.get_by_role("link", name="New broadcast").click()
    expect(someone.heading("New broadcast")).to_be_visible()
    expect(page.get_by_role("button", name="Review")).to_be_disabled()
    _write(someone, "Reading hour", "Harbor Alerts: the reading hour is back. Reply STOP to stop.")
    review = _review(someone)
    expect(review.get_by_text("Members of the groups")).to_be_visible()
    recipients = review.get_by_role("region", name="Recipients")
    expect(recipients).to_contain_text("Members of the groups2")
    expect(recipients).to_contain_text("The contact opted out")
    expect(recipients.get_by_role("status")).to_have_text("To be sent1")
    review.get_by_role("button", name="Send now").click()

    expect(someone.heading("Reading hour")).to_be_visible()
    expect(page.get_by_text("Reading hour is on its way")).to_be_visible()
    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()
    expect(_figure(someone, "Planned")).to_have_text("2")
    expect(_figure(someone, "Sent")).to_have_text("1")
    expect(_figure(someone, "Excluded")).to_have_text("1")
    expect(someone.section("Report")).to_contain_text("The contact opted out")

    why = someone.section("Why did this contact get it, or not?")
    picker = why.get_by_role("combobox", name="Contact")
    picker.fill("nobody in particular")
    expect(page.get_by_text("Nobody found.")).to_be_visible()
    picker.fill("55")
    expect(page.get_by_text("at least the last four digits.")).to_be_visible()
    for typed in (
        phone_numbers.national(lived_in.stopped_number),
        lived_in.stopped_number[-4:],
        "stop stan",
    ):
        picker.fill(typed)
        option = page.get_by_role("option", name="Stan Stopped")
        expect(option).to_contain_text(phone_numbers.readable(lived_in.stopped_number)[:6])
    page.get_by_role("option", name="Stan Stopped").click()
    answer = why.get_by_role("status")
    expect(answer).to_contain_text("Excluded")
    expect(answer).to_contain_text("Only the contact can undo it, by texting START.")
    expect(why).to_contain_text("The contact’s own will")
    expect(why).to_contain_text("+1 888 555 0100")

    someone.go("Broadcasts")
    row = page.get_by_role("row").filter(has_text="Reading hour")
    expect(row).to_contain_text("1 sent")
    expect(row).to_contain_text("1 excluded")


def test_every_gate_is_told_of_who_got_it_and_of_who_did_not(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """S7: in order, each with what was stored of it; the one that closed is the last."""
    someone = operators(
        "City Library", f"/broadcasts/{lived_in.broadcast}?contact={lived_in.member}"
    )
    why = someone.section("Why did this contact get it, or not?")
    gates = why.get_by_role("list", name="The gates it came to, in order").locator("> li")
    expect(gates).to_have_count(10)
    for place, words in enumerate(
        (
            "Groups passed",
            "Contact passed",
            "Line passed",
            "Consent passed",
            "Quiet hours not asked",
            "Cap not asked",
            "Text passed",
            "Sender passed",
            "Opt-outs passed",
            "Provider passed",
        )
    ):
        expect(gates.nth(place)).to_contain_text(words)
    expect(gates.nth(3)).to_contain_text("Agreed to get messages")
    expect(gates.nth(6)).to_contain_text("opening hours on our website")
    expect(gates.nth(8)).to_contain_text("None")
    someone.page.goto(f"/broadcasts/{lived_in.broadcast}?contact={lived_in.stopped}")
    expect(gates.first).to_contain_text("Groups passed")
    expect(gates.last).to_contain_text("Opt-outs stopped here")
    expect(gates.last).to_contain_text("asks: nothing stands against sending")
    expect(gates.last).to_contain_text("The contact’s own will")


def test_a_scheduled_broadcast_can_be_cancelled_before_its_time(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B2: at a time in the account's zone; cancelled, it sends nothing."""
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    _write(someone, "Book fair", "Harbor Alerts: the book fair opens. Reply STOP to stop.")
    page.get_by_role("radio", name="At a time").check()
    expect(page.get_by_label("Time (America/New_York)")).not_to_have_value("")
    _review(someone).get_by_role("button", name="Schedule").click()
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
    _write(someone, "Odd one", "Harbor Alerts: hello {{ shoe_size }}, reply STOP to stop.")
    text = page.get_by_role("textbox", name="Text", exact=True)
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(text).to_have_attribute("aria-invalid", "true")
    expect(text).to_have_accessible_description(re.compile("no variable shoe_size"))


def test_the_composer_counts_segments_and_names_what_makes_a_text_dear(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B1: segments as the API counts them, the characters that force UCS-2, the linter's words."""
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    text = page.get_by_role("textbox", name="Text", exact=True)
    preview = someone.section("Preview")
    text.fill("Harbor Alerts: see you at ten")
    expect(preview).to_contain_text("1 text ")
    expect(preview).to_contain_text("GSM-7")
    expect(preview.get_by_role("list", name="What the check found")).to_contain_text(
        "does not say how to stop"
    )
    text.fill("Harbor Alerts: “see you” at ten. Reply STOP to stop.")
    expect(preview).to_contain_text("UCS-2")
    expect(preview).to_contain_text("U+201C")
    expect(preview).to_contain_text("Nothing to correct.")

    text.fill("Harbor Alerts: hello ")
    page.get_by_role("button", name="Insert variable").click()
    picker = page.get_by_role("dialog", name="Insert variable")
    picker.get_by_label("If it is not known").fill("reader")
    picker.get_by_role("button", name="Insert", exact=True).click()
    expect(text).to_have_value('Harbor Alerts: hello {{ first_name | default: "reader" }}')
    expect(preview.get_by_test_id("preview")).to_have_text("Harbor Alerts: hello Alexandra")
    preview.get_by_role("combobox", name="As this contact gets it").fill("Grace")
    page.get_by_role("option", name="Grace Group").click()
    expect(preview.get_by_test_id("preview")).to_have_text("Harbor Alerts: hello Grace")


def test_a_draft_is_kept_changed_duplicated_and_discarded(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B1: what is not sent yet waits, as it was written; a copy of it is a draft of its own."""
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    _write(someone, "Story night", "Harbor Alerts: story night. Reply STOP to stop.")
    page.get_by_role("radio", name="Calls and voicemails").check()
    page.get_by_role("button", name="Save as draft").click()
    expect(someone.heading("Story night")).to_be_visible()
    expect(page.get_by_text("Draft", exact=True)).to_be_visible()
    expect(someone.section("Message")).to_contain_text("Calls and voicemails")

    page.get_by_role("link", name="Edit").click()
    expect(someone.heading("Edit Story night")).to_be_visible()
    expect(page.get_by_label("Spoken text")).to_have_value(
        "Harbor Alerts: story night. Reply STOP to stop."
    )
    page.get_by_role("textbox", name="Name", exact=True).fill("Fairy tales")
    page.get_by_role("radio", name="Again and again").check()
    page.get_by_text("Sun", exact=True).click()
    review = _review(someone)
    expect(review).to_contain_text("Mon, Tue, Wed, Thu, Fri, Sat at 10:00 (America/New_York)")
    review.get_by_role("button", name="Schedule").click()
    expect(someone.heading("Fairy tales")).to_be_visible()
    expect(page.get_by_text("Scheduled", exact=True)).to_be_visible()
    page.get_by_role("button", name="Back to draft").click()
    expect(page.get_by_text("Draft", exact=True)).to_be_visible()

    page.get_by_role("button", name="Duplicate").click()
    expect(someone.heading("Edit Copy of Fairy tales")).to_be_visible()
    page.get_by_role("button", name="Save as draft").click()
    expect(someone.heading("Copy of Fairy tales")).to_be_visible()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.get_by_text("Canceled", exact=True)).to_be_visible()


def test_a_broadcast_under_way_is_paused_resumed_and_cancelled_for_good(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B2, B5: it waits for its recipients' local time; what was cancelled is counted."""
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    _write(someone, "Lantern walk", "Harbor Alerts: the lantern walk. Reply STOP to stop.")
    page.get_by_role("radio", name="At each recipient’s local time").check()
    time = page.get_by_label("Time, where each recipient is")
    # Past in the first zone of the world, so that it begins at once; to come in America's.
    later = datetime.fromisoformat(time.input_value()) + timedelta(hours=3)
    time.fill(later.isoformat(timespec="minutes"))
    _review(someone).get_by_role("button", name="Schedule").click()
    expect(page.get_by_text("Waiting for the last", exact=True)).to_be_visible()
    expect(_figure(someone, "Waiting")).to_have_text("1")
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute(
        "aria-valuetext", "1 of 2 done"
    )
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("Paused by")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Cancel broadcast").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel for good").click()
    expect(page.get_by_text("Canceled", exact=True)).to_be_visible()
    expect(_figure(someone, "Excluded")).to_have_text("2")
    expect(someone.section("Report")).to_contain_text("The broadcast was canceled")


def test_quiet_hours_are_named_before_anything_is_sent(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B3, B4: three in the morning is no hour for messages; who waits or is dropped is counted."""
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    _write(someone, "Night owls", "Harbor Alerts: night owls. Reply STOP to stop.")
    audience = someone.section("Who gets it")
    expect(audience.get_by_role("status")).to_have_text("To be sent1")
    page.get_by_role("radio", name="At a time").check()
    today = datetime.now(ZoneInfo("America/New_York"))
    # A Wednesday: what holds on Sundays and most holidays is stricter in some places.
    day = today + timedelta(days=1 + (1 - today.weekday()) % 7)
    time = page.get_by_label("Time (America/New_York)")
    time.fill(f"{day:%Y-%m-%d}T03:00")
    page.get_by_role("combobox", name="In quiet hours").click()
    page.get_by_role("option", name="Wait, then send").click()
    warning = page.get_by_role("main").get_by_role("alert")
    expect(warning).to_contain_text("Quiet hours for 1 recipient")
    expect(warning).to_contain_text("They get it when their hours begin")
    expect(audience.get_by_role("list", name="When they get it")).to_contain_text("wait until")
    expect(audience.get_by_role("status")).to_have_text("To be sent1")
    page.get_by_role("combobox", name="In quiet hours").click()
    page.get_by_role("option", name="Leave them out").click()
    expect(warning).to_contain_text("they do not get it at all")
    expect(audience).to_contain_text("Quiet hours where the contact is")
    expect(audience.get_by_role("status")).to_have_text("To be sent0")
    time.fill(f"{day:%Y-%m-%d}T14:00")
    expect(audience.get_by_role("status")).to_have_text("To be sent1")
    expect(warning).to_have_count(0)


def test_leaving_the_composer_asks_and_leaves_no_stray_draft(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B1: looking it over keeps nothing; what is written is kept when somebody says so, once."""
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    _write(someone, "Stray", "Harbor Alerts: stray. Reply STOP to stop.")
    page.keyboard.press("Control+Enter")
    review = page.get_by_role("dialog", name="Review Stray")
    expect(review.get_by_role("status")).to_have_text("To be sent1")
    review.get_by_role("button", name="Go on editing").click()
    someone.go("Broadcasts")
    asked = page.get_by_role("dialog", name="Leave without saving?")
    asked.get_by_role("button", name="Stay here").click()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Stray")
    someone.go("Broadcasts")
    asked.get_by_role("button", name="Leave without saving").click()
    expect(someone.heading("Broadcasts")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Opening hours")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Stray")).to_have_count(0)

    page.keyboard.press("n")
    expect(someone.heading("New broadcast")).to_be_visible()
    _write(someone, "Stray", "Harbor Alerts: stray. Reply STOP to stop.")
    page.get_by_role("button", name="Account:").click()
    page.get_by_role("menu").get_by_text("Northside Gym").click()
    asked.get_by_role("button", name="Stay here").click()
    expect(page.get_by_role("button", name="Account: City Library")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Stray")
    page.go_back()
    asked.get_by_role("button", name="Save as draft").click()
    expect(someone.heading("Broadcasts")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Stray")).to_have_count(1)


def test_broadcasts_are_steered_by_the_keyboard_and_by_name(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """B5, experience 29: from row to row, and what the page can do in the palette and the help."""
    someone = operators("City Library", "/broadcasts")
    page = someone.page
    expect(page.get_by_role("row").filter(has_text="Spring program")).to_be_visible()
    page.keyboard.press("j")
    focused = page.locator("main a:focus")
    first = focused.inner_text()
    page.keyboard.press("j")
    expect(focused).not_to_have_text(first)
    page.keyboard.press("k")
    expect(focused).to_have_text(first)
    page.keyboard.press("Enter")
    expect(someone.heading(first)).to_be_visible()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys.get_by_role("region", name="Broadcasts")).to_contain_text("Pause or resume")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name="Commands").get_by_role("combobox").fill("duplicate")
    page.keyboard.press("Enter")
    expect(someone.heading(f"Edit Copy of {first}")).to_be_visible()
    someone.go("Broadcasts")
    row = page.get_by_role("row").filter(has_text=f"Copy of {first}")
    # Its middle is not its name.
    row.click()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.get_by_text("Canceled", exact=True)).to_be_visible()


def test_a_test_goes_to_the_own_phone_once_its_code_was_typed(
    operators: Callable[..., Operator], lived_in: LivedIn, phones: Callable[[str], Phone]
) -> None:
    """B1: a number is one's own when the code that was texted to it comes back."""
    own = phones("Olga")
    someone = operators("City Library", "/broadcasts/new")
    page = someone.page
    _write(
        someone, "Rehearsal", 'Harbor Alerts: hi {{ first_name | default: "you" }}. STOP to stop.'
    )
    page.get_by_role("button", name="Test send").click()
    dialog = page.get_by_role("dialog", name="Send a test to yourself")
    dialog.get_by_label("Your mobile phone").fill(own.national)
    dialog.get_by_role("button", name="Text me a code").click()
    expect(dialog).to_contain_text("A code is on its way")

    def code() -> str | None:
        found = [re.search(r"your code is (\d+)", one["body"]) for one in own.received()]
        return next((one[1] for one in found if one), None)

    dialog.get_by_label("Code").fill(until("the code", 30.0, code))
    dialog.get_by_role("button", name="Verify").click()
    dialog.get_by_role("button", name="Send test").click()
    expect(page.get_by_text("The test is on its way")).to_be_visible()
    text = "Harbor Alerts: hi Alexandra. STOP to stop."
    until("the test", 30.0, lambda: text in [one["body"] for one in own.received()])
