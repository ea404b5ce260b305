"""Messages that may be opt-outs: held until a person has decided."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from local.demo_names import ACCOUNTS
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.members import member
from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e

FIRST = "STOP sending me the Tuesday ones"
SECOND = "is there a way to stop this"


@pytest.fixture
def nothing_to_decide(operator: Api, stack: RunningStack) -> None:
    """Decide what other tests have left, so that the badge counts from nothing."""
    account = stack.demo.accounts[ACCOUNTS[0]]
    for doubt in operator.api("GET", "/decisions", account=account)["items"]:
        body = {"opt_out": False}
        operator.api("POST", f"/decisions/{doubt['id']}", account=account, body=body)


def _badge(someone: Operator) -> Locator:
    return someone.page.get_by_role("navigation", name="Main").get_by_test_id("decision-badge")


def _message(someone: Operator, words: str) -> Locator:
    return someone.section("Messages").get_by_role("listitem").filter(has_text=words)


@pytest.mark.usefixtures("nothing_to_decide")
def test_what_may_be_an_opt_out_waits_for_a_person_and_is_decided_by_keyboard(
    operator: Api,
    stack: RunningStack,
    operators: Callable[..., Operator],
    phones: Callable[[str], Phone],
) -> None:
    """K7, Q6: badge without a reload, amber mark, one is not, the other is; the focus goes on."""
    account = stack.demo.accounts[ACCOUNTS[0]]
    dora, dean = phones("Dora"), phones("Dean")
    key = stack.demo.api_key
    contact = member(operator, key, account, dora, "Doubt", "Dora’s circle")
    other = member(operator, key, account, dean, "Doubt", "Dean’s circle")
    someone = operators(path=f"/contacts/{contact}")
    page, keyboard = someone.page, someone.page.keyboard
    expect(_badge(someone)).to_have_count(0)

    dora.text(FIRST)
    expect(_badge(someone)).to_have_text(re.compile("^1"))
    dean.text(SECOND)
    expect(_badge(someone)).to_have_text(re.compile("^2"))
    status = someone.section("Opt-in status")
    expect(status.get_by_role("img", name=re.compile("Needs a decision"))).to_be_visible()
    status.get_by_role("link", name="Needs a decision").click()
    expect(someone.heading("Needs a decision")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("broadcasts leave these numbers out")

    first = someone.section("Messages").get_by_role("listitem").first
    expect(_message(someone, FIRST).get_by_role("link", name="Dora Doubt")).to_be_visible()
    keyboard.press("j")
    expect(first).to_be_focused()
    name = "It is not: Dora Doubt"
    page.get_by_role("button", name=name).focus()
    keyboard.press("Enter")
    expect(_message(someone, FIRST)).to_have_count(0)
    expect(_message(someone, SECOND)).to_be_focused()
    page.get_by_role("button", name="It is an opt-out: Dean Doubt").focus()
    keyboard.press("Enter")
    expect(page.get_by_text("Nothing to decide")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()
    expect(_badge(someone)).to_have_count(0)

    for person, expected in ((contact, "^Opted in to SMS"), (other, "^Opted out of SMS")):
        page.goto(f"/contacts/{person}")
        mark = status.get_by_role("group", name="SMS", exact=True).get_by_role("img")
        expect(mark).to_have_accessible_name(re.compile(expected))
        expect(mark).not_to_have_accessible_name(re.compile("Needs a decision"))


@pytest.mark.usefixtures("nothing_to_decide")
def test_who_comes_second_is_told_who_has_decided(
    operator: Api,
    stack: RunningStack,
    operators: Callable[..., Operator],
    phones: Callable[[str], Phone],
    complaints: Complaints,
) -> None:
    """K7: two people at the same message; the second one's answer changes nothing."""
    complaints.expect("409")
    account = stack.demo.accounts[ACCOUNTS[0]]
    dina = phones("Dina")
    member(operator, stack.demo.api_key, account, dina, "Doubt", "Dina’s circle")
    dina.text(FIRST)
    someone = operators(path="/decisions")
    expect(_message(someone, FIRST)).to_be_visible()

    # What this page shows stays as it is: the other's decision does not reach it.
    listed = operator.api("GET", "/decisions", account=account)
    the_list = re.compile(r"/api/v1/decisions(\?.*)?$")
    someone.page.route(the_list, lambda route: route.fulfill(json=listed))
    path = f"/decisions/{listed['items'][0]['id']}"
    operator.api("POST", path, account=account, body={"opt_out": True})
    someone.page.get_by_role("button", name="It is not: Dina Doubt").click()
    told = someone.page.get_by_role("main").get_by_role("alert")
    expect(told).to_contain_text("Somebody else has decided")
    expect(told).to_contain_text("Demo Operator")
    someone.page.unroute(the_list)
    expect(_message(someone, FIRST)).to_have_count(0)
