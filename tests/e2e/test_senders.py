"""Senders: what they answer by themselves, who may change that, and words to join by."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Route, expect

from local.demo_names import ACCOUNTS
from local.play_client import Browser as Api
from local.play_client import until
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e

SENDER = "+1 888 555 0100"
_SECONDS = 30.0
_runs = count(1)


def _received(phone: Phone, words: str) -> Callable[[], bool]:
    return lambda: any(words in message["body"] for message in phone.received())


def test_a_text_without_what_it_must_say_is_refused_at_its_field_and_a_good_one_is_sent(
    operator: Api,
    stack: RunningStack,
    operators: Callable[..., Operator],
    phones: Callable[[str], Phone],
    complaints: Complaints,
) -> None:
    """K3: the API names what is missing; the corrected text answers the next HELP."""
    complaints.expect("422")
    account = stack.demo.accounts[ACCOUNTS[0]]
    [sender] = operator.api("GET", "/senders", account=account)["items"]
    someone = operators(path="/senders")
    card = someone.section(SENDER)
    field = card.get_by_role("textbox", name="Answer to HELP")
    expect(field).to_have_value(sender["help_text"])
    save = card.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    field.fill("Call us.")
    save.click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("STOP"))
    expect(field).to_have_value("Call us.")
    try:
        field.fill(f"{sender['help_text']} Open 9 to 5.")
        save.click()
        expect(someone.page.get_by_text(f"{SENDER} saved").first).to_be_visible()
        expect(save).to_be_disabled()
        helen = phones("Helen")

        def answered() -> bool:
            # Handlers keep a sender's settings for up to ten seconds.
            helen.text("HELP")
            someone.page.wait_for_timeout(2_000)
            return _received(helen, "Open 9 to 5.")()

        until("the new answer to HELP", _SECONDS, answered)
    finally:
        body = {"help_text": sender["help_text"]}
        operator.api("PATCH", f"/senders/{sender['id']}", account=account, body=body)


def test_an_own_price_counts_in_what_a_text_costs(
    operator: Api, stack: RunningStack, operators: Callable[..., Operator]
) -> None:
    """B1: as it stands in the contract, to a millionth of a dollar; it can be taken away again."""
    account = stack.demo.accounts[ACCOUNTS[0]]
    [sender] = operator.api("GET", "/senders", account=account)["items"]
    someone = operators(path="/senders")
    page = someone.page
    card = someone.section(SENDER)
    price = card.get_by_role("textbox", name="Price of a text", exact=True)
    save = card.get_by_role("button", name="Save")
    try:
        price.fill("cheap")
        expect(price).to_have_accessible_description(re.compile("A number of dollars"))
        price.fill("0.0075")
        save.click()
        expect(page.get_by_text(f"{SENDER} saved").first).to_be_visible()
        someone.go("Broadcasts")
        page.get_by_role("link", name="New broadcast").click()
        text = page.get_by_role("textbox", name="Text", exact=True)
        preview = someone.section("Preview")

        def counted() -> bool:
            # Handlers keep a sender's settings for up to ten seconds.
            text.fill(f"Harbor Alerts: hello {next(_runs)}.")
            page.wait_for_timeout(2_000)
            return "About $0.0075 a copy" in preview.inner_text()

        until("the own price", _SECONDS, counted)
    finally:
        body = {"segment_price_micros": None}
        operator.api("PATCH", f"/senders/{sender['id']}", account=account, body=body)


def test_only_the_owner_changes_a_sender_and_everybody_sees_why_it_cannot_send(
    operators: Callable[..., Operator],
) -> None:
    """K3: an account that shares it reads its texts, with the reason; not registered is said."""
    someone = operators(ACCOUNTS[2], "/")
    page = someone.page

    def unregistered(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["items"][0]["registered"] = False
        route.fulfill(response=answer, json=body)

    page.route("**/api/v1/senders", unregistered)
    page.keyboard.press("g")
    page.keyboard.press("s")
    card = someone.section(SENDER)
    expect(card).to_contain_text("owned by another account")
    expect(card).to_contain_text("An unregistered sender cannot send")
    expect(card.get_by_role("button", name="Save")).to_have_count(0)
    expect(card.get_by_role("textbox", name="Answer to STOP")).to_have_count(0)


def test_a_word_to_join_by_is_added_used_and_deleted(
    operator: Api,
    stack: RunningStack,
    operators: Callable[..., Operator],
    phones: Callable[[str], Phone],
    complaints: Complaints,
) -> None:
    """K1, O10: reserved and taken words are refused in place; JOIN asks back, YES joins."""
    complaints.expect("422")
    complaints.expect("409")
    account = stack.demo.accounts[ACCOUNTS[0]]
    group = f"Yoga class {next(_runs)}"
    operator.api("POST", "/groups", account=account, body={"name": group}, expect=201)
    someone = operators(path="/senders")
    page = someone.page
    words = someone.section(SENDER).get_by_role("group", name="Words to join")
    field = words.get_by_role("textbox", name="Word")
    add = words.get_by_role("button", name="Add word")
    field.fill("stop")
    words.get_by_role("combobox", name="Group").click()
    page.get_by_role("option", name=group).click()
    add.click()
    expect(field).to_have_accessible_description(re.compile("another word"))
    field.fill("YOGAMAT")
    add.click()
    expect(page.get_by_text(f"YOGAMAT now leads to {group}").first).to_be_visible()
    expect(words.get_by_role("row").filter(has_text="YOGAMAT")).to_contain_text(group)
    field.fill("yogamat")
    add.click()
    expect(field).to_have_accessible_description(re.compile("taken"))

    yara = phones("Yara")
    yara.text("Yogamat")
    until("the question", _SECONDS, _received(yara, "Reply YES"))
    yara.text("YES")
    until("the thanks", _SECONDS, _received(yara, "you are in"))
    page.goto("/groups")
    expect(page.get_by_role("row").filter(has_text=group).get_by_role("cell").nth(1)).to_have_text(
        "1"
    )

    page.goto("/senders")
    words.get_by_role("button", name="Delete YOGAMAT").click()
    expect(page.get_by_text("YOGAMAT deleted").first).to_be_visible()
    expect(words.get_by_role("row").filter(has_text="YOGAMAT")).to_have_count(0)
    expect(field).to_be_focused()
