"""Who acts in the browser tests: an operator at the console, a person with a phone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from local import phone_numbers
from local.demo_names import SENDER_ADDRESS
from local.play_client import Browser as Api
from local.seed import Demo


class Operator:
    """Somebody at the console, in a browser of their own."""

    def __init__(self, page: Page, demo: Demo) -> None:
        self.page = page
        self._demo = demo

    def sign_in(self, path: str = "/") -> None:
        """Open an address of the console and sign in on the hosted page that it leads to."""
        self.page.goto(path)
        self.page.get_by_role("button", name="Sign in").click()
        self.fill_credentials(self._demo.password)
        expect(self.page.locator("main#main h1")).to_be_visible()

    def fill_credentials(self, password: str) -> None:
        """Type the demo user's name and a password into the hosted page, and send it."""
        self.page.wait_for_url("**/sign-in/**")
        self.page.get_by_label("Username").fill(self._demo.email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def go(self, page_name: str) -> None:
        """Follow a link of the navigation, and wait for that page."""
        self.page.get_by_role("navigation", name="Main").get_by_role(
            "link", name=re.compile(f"^{page_name}")
        ).click()

    def heading(self, name: str | re.Pattern[str]) -> Locator:
        """Return the page's title."""
        return self.page.get_by_role("heading", level=1, name=name)

    def badge(self) -> Locator:
        """Return the count beside the opt-in queue in the navigation."""
        return self.page.get_by_role("navigation", name="Main").get_by_test_id("queue-badge")

    def lead(self, name: str) -> Locator:
        """Return the queue's row of a person."""
        return self.page.get_by_role("row").filter(has_text=name)

    def section(self, name: str) -> Locator:
        """Return a titled part of the page."""
        return self.page.get_by_role("region", name=name, exact=True)

    def move_focused_lead(self, group: str) -> None:
        """Move the lead that the keyboard is on by typing a group's name."""
        self.page.keyboard.press("m")
        field = self.page.get_by_role("combobox", name="Group")
        expect(field).to_be_focused()
        field.fill(group)
        expect(
            self.page.get_by_role("dialog").get_by_role("option", selected=True)
        ).to_contain_text(group)
        self.page.keyboard.press("Enter")


class Phone:
    """A phone of the handset page, and the person who holds it."""

    def __init__(self, api: Api, number: str, name: str) -> None:
        self._api = api
        self.number = number
        self.name = name

    @property
    def national(self) -> str:
        """The number as its owner would type it."""
        return phone_numbers.national(self.number)

    @property
    def readable(self) -> str:
        """The number as the pages show it."""
        return phone_numbers.readable(self.number)

    def text(self, words: str) -> None:
        """Send a message to the sender."""
        body = {"to": SENDER_ADDRESS, "text": words}
        self._api.phones("POST", f"/phones/{self.number}/messages", body)

    def received(self) -> list[dict[str, Any]]:
        """Return what has arrived, oldest first."""
        return self._api.received(self.number)

    def pick_up(self, handset: Page) -> Locator:
        """Open the handset page on this phone; returns its thread."""
        handset.goto("/phone")
        # Names repeat among the tests' phones, numbers do not.
        handset.locator(f"[data-number='{self.number}'] button").click()
        expect(handset.get_by_role("heading", name=f"{self.name}’s phone")).to_be_visible()
        return handset.get_by_role("log", name="Messages").get_by_role("listitem")


def send_form(page: Page, path: str, phone: Phone, last_name: str) -> None:
    """Fill in the hosted form as its reader does, and send it."""
    page.goto(path)
    page.get_by_label("First name").fill(phone.name)
    page.get_by_label("Last name").fill(last_name)
    page.get_by_label("Mobile phone").fill(phone.national)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
