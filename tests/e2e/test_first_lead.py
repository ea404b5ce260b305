"""The main job as people see it: form, phone, queue, group, STOP."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.testing import RunningStack
from tests.e2e.people import Operator, Phone, send_form

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("quiet_queue")
def test_a_lead_comes_in_by_the_form_is_moved_by_keyboard_and_stops_by_text(
    stack: RunningStack,
    operators: Callable[..., Operator],
    visitor: Callable[..., Page],
    phones: Callable[[str], Phone],
) -> None:
    """Q1, Q5, Q6, S5, K3, I1: the whole way of one person, on all three sides of it."""
    someone = operators(path="/queue")
    expect(someone.page.get_by_text("No leads are waiting")).to_be_visible()
    expect(someone.badge()).to_have_count(0)

    lena = phones("Lena")
    outside = visitor()
    send_form(outside, stack.demo.form_path, lena, "Lindqvist")

    handset = visitor()
    thread = lena.pick_up(handset)
    expect(thread).to_have_count(1)
    expect(thread.first).to_contain_text("Msg&DataRatesMayApply")
    expect(thread.first).to_contain_text("delivered")

    # Nobody reloads the operator's page.
    expect(someone.lead("Lena Lindqvist")).to_be_visible()
    expect(someone.badge()).to_have_text(re.compile("^1"))

    keyboard = someone.page.keyboard
    keyboard.press("j")
    expect(someone.lead("Lena Lindqvist")).to_be_focused()
    keyboard.press("x")
    expect(someone.page.get_by_role("checkbox", name="Select Lena Lindqvist")).to_be_checked()
    keyboard.press("m")
    group = someone.page.get_by_role("combobox", name="Group")
    expect(group).to_be_focused()
    keyboard.type("newsl")
    expect(someone.page.get_by_role("dialog").get_by_role("option", selected=True)).to_have_text(
        "Newsletter"
    )
    group.fill("Lena’s friends")
    expect(someone.page.get_by_role("dialog").get_by_role("option", selected=True)).to_have_text(
        "Create “Lena’s friends”"
    )
    keyboard.press("Enter")
    expect(someone.page.get_by_text("1 contact moved to Lena’s friends").first).to_be_visible()
    expect(someone.page.get_by_text("No leads are waiting")).to_be_visible()
    expect(someone.badge()).to_have_count(0)

    someone.go("Groups")
    row = someone.page.get_by_role("row").filter(has_text="Lena’s friends")
    expect(row.get_by_role("cell").nth(1)).to_have_text("1")

    handset.get_by_role("button", name="STOP", exact=True).click()
    expect(thread).to_have_count(3)
    expect(thread.nth(1)).to_contain_text("STOP")
    expect(thread.nth(2)).to_contain_text("unsubscribed")


def test_a_hard_opt_out_shows_who_said_so_and_the_only_way_back(
    stack: RunningStack,
    operators: Callable[..., Operator],
    visitor: Callable[..., Page],
    phones: Callable[[str], Phone],
) -> None:
    """S5, Q9, Q11, K3: STOP while waiting takes the lead out; the profile says all about it."""
    theo = phones("Theo")
    send_form(visitor(), stack.demo.form_path, theo, "Tanaka")
    someone = operators(path="/queue")
    someone.lead("Theo Tanaka").get_by_role("link", name="Theo Tanaka").click()
    expect(someone.heading("Theo Tanaka")).to_be_visible()
    expect(someone.page.get_by_text("In the opt-in queue")).to_be_visible()

    theo.text("Stop. Thank you")
    status = someone.section("Opt-in status")
    mark = status.get_by_role("img", name=re.compile("Opted out of SMS"))
    expect(mark).to_be_visible()
    expect(mark).to_have_accessible_name(re.compile("A text message from the contact"))
    expect(status).to_contain_text("Through: A text message from the contact")
    expect(status).to_contain_text("Only the contact can undo this.")
    expect(status).to_contain_text(re.compile(r"texts START to"))
    action = status.get_by_role("button", name="Opt in again")
    expect(action).to_be_disabled()
    expect(action).to_have_accessible_description(re.compile("START"))
    expect(someone.page.get_by_text("In the opt-in queue")).to_have_count(0)

    timeline = someone.section("Timeline").get_by_role("listitem")
    said = timeline.filter(has_text="Stop. Thank you")
    expect(said).to_have_count(1)
    assert len([one for one in theo.received() if "unsubscribed" in one["body"]]) == 1

    theo.text("START")
    expect(status.get_by_role("img", name=re.compile("Opted in to SMS"))).to_be_visible()
    expect(action).to_have_count(0)
