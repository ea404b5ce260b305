"""Searching: what is shown and what keys do meanwhile, and where the words of it go."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, Request, Route, expect

from local import phone_numbers
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e

ACCOUNT = "Northside Gym"
_FIRST = 3600  # phones of this file
_phones = count(_FIRST)


@pytest.fixture
def made(operator: Api, stack: RunningStack) -> Callable[[str, str], str]:
    """Make a contact by hand; returns its number."""

    def make(first: str, last: str) -> str:
        number = phone_numbers.fictional(next(_phones))
        body = {"first_name": first, "last_name": last, "phone": number}
        account = stack.demo.accounts[ACCOUNT]
        operator.api("POST", "/contacts", account=account, body=body, expect=201)
        return number

    return make


class Held:
    """Searches for a text, kept back until they are let go on."""

    def __init__(self, page: Page, text: str) -> None:
        self._page = page
        self._text = text
        self._routes: list[Route] = []
        self._open = False
        page.route("**/api/v1/contacts/search", self._answer)

    def _answer(self, route: Route) -> None:
        if self._open or self._text not in (route.request.post_data or ""):
            route.continue_()
        else:
            self._routes.append(route)

    def let_go(self) -> None:
        """Wait until the search was asked for, and let it be answered."""
        while not self._routes:
            self._page.wait_for_timeout(50)
        self._open = True
        for route in self._routes:
            route.continue_()


def test_while_a_search_is_under_way_nothing_can_be_done_to_the_rows_shown_before(
    operators: Callable[..., Operator], made: Callable[[str, str], str]
) -> None:
    """C1, experience 8 and 29: they are dimmed and busy; keys, ticks and buttons pass them by."""
    made("Olga", "Outdated")
    made("Petra", "Presently")
    page = operators(ACCOUNT, "/contacts").page
    olga = page.locator("[data-row]").filter(has_text="Olga Outdated")
    petra = page.locator("[data-row]").filter(has_text="Petra Presently")
    expect(olga).to_be_visible()
    held = Held(page, "presently")
    changes: list[Request] = []
    page.on("request", lambda sent: changes.append(sent) if "/jobs" in sent.url else None)

    olga.focus()
    page.keyboard.press("x")
    selected = page.get_by_role("region", name="Selected")
    expect(selected).to_contain_text("1 selected")
    box = page.get_by_role("searchbox")
    box.fill("presently")
    box.blur()  # within the pause that ends the typing
    page.keyboard.press("#")
    grid = page.get_by_role("grid")
    expect(grid).to_have_attribute("aria-busy", "true")
    expect(selected).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="Searching")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Select all that are loaded")).to_be_disabled()
    expect(olga).to_be_visible()
    for key in ("j", "x", "f", "#", "o"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(selected).to_have_count(0)

    held.let_go()
    expect(olga).to_have_count(0)
    expect(petra).to_be_visible()
    expect(grid).not_to_have_attribute("aria-busy", "true")
    assert [one.url for one in changes if one.method == "POST"] == []
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(petra).to_contain_text("Favorite")


def test_what_is_typed_into_a_search_stands_in_no_address(
    operators: Callable[..., Operator],
    made: Callable[[str, str], str],
    operator: Api,
    stack: RunningStack,
) -> None:
    """C1, O2, line 8: names and numbers travel in bodies, in every list and in every picker."""
    number = made("Tilda", "Traceless")
    account = stack.demo.accounts[ACCOUNT]
    operator.api("POST", "/groups", account=account, body={"name": "Tracers"}, expect=201)
    someone = operators(ACCOUNT, "/contacts")
    page = someone.page
    addresses: list[str] = []
    bodies: list[str] = []

    def note(sent: Request) -> None:
        addresses.append(unquote(sent.url))
        bodies.append(sent.post_data or "")

    page.on("request", note)

    def search(box: str, text: str) -> None:
        with page.expect_request(lambda sent: text in (sent.post_data or "")):
            page.get_by_role("searchbox", name=box).fill(text)
        addresses.append(page.url)

    for text in (number[-4:], "traceless", "Tilda"):
        search("Search contacts", text)
        expect(page.locator("[data-row]").filter(has_text="Tilda Traceless")).to_be_visible()
    page.get_by_role("combobox", name="Sort").select_option("name")
    expect(page.locator("[data-row]")).to_have_count(1)
    someone.go("Opt-in queue")
    search("Search the queue", "traceless")
    someone.go("Opt-out list")
    search("Number", number)
    someone.go("Groups")
    search("Name begins with", "traceless")
    page.goto("/broadcasts/new")
    with page.expect_request(lambda sent: "traceless" in (sent.post_data or "")):
        page.get_by_role("combobox", name="As this contact gets it").fill("traceless")
    assert any("traceless" in body for body in bodies)
    typed = ["traceless", "Tilda", number.removeprefix("+"), phone_numbers.national(number)]
    assert [one for one in addresses if any(text in one for text in typed)] == []
