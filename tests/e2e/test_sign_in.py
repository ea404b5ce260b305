"""Getting in and out: the hosted page, the way back, the end of a session."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.lived_in import LivedIn
from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e


def test_signing_in_uses_a_code_with_pkce_and_keeps_tokens_out_of_the_address(
    operators: Callable[..., Operator], visitor: Callable[..., Page]
) -> None:
    """I5: authorization code + PKCE; after it the address holds no code."""
    page = visitor()
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in to Assent")).to_be_visible()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/oauth2/authorize?**")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"]

    someone = operators()
    expect(someone.heading("Overview")).to_be_visible()
    assert urlsplit(someone.page.url).query == ""


def test_signing_out_forgets_everything_and_the_back_button_shows_nothing(
    operators: Callable[..., Operator],
) -> None:
    """I5: the next person at this computer finds the door closed."""
    someone = operators(path="/queue")
    page = someone.page
    page.get_by_role("button", name="Signed in as Demo Operator").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Assent")).to_be_visible()
    kept = json.loads(page.evaluate("JSON.stringify(sessionStorage)"))
    assert not [name for name in kept if "oidc" in name]
    page.goto("/queue")
    expect(page.get_by_role("heading", name="Sign in to Assent")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_have_count(0)


def test_a_wrong_password_is_refused_in_words_and_the_right_one_still_works(
    visitor: Callable[..., Page], stack: RunningStack
) -> None:
    """I5: no way in with a wrong password; the place asked for survives the mistake."""
    page = visitor()
    someone = Operator(page, stack.demo)
    page.goto("/groups")
    page.get_by_role("button", name="Sign in").click()
    someone.fill_credentials("not the password")
    expect(page.get_by_text("Incorrect username or password")).to_be_visible()
    someone.fill_credentials(stack.demo.password)
    expect(someone.heading("Groups")).to_be_visible()


def test_a_deep_link_survives_signing_in(
    operators: Callable[..., Operator], stack: RunningStack, lived_in: LivedIn
) -> None:
    """A link to one contact's answer in one broadcast leads there, by way of the sign-in page."""
    path = f"/broadcasts/{lived_in.broadcast}?contact={lived_in.stopped}"
    someone = operators("City Library", path)
    expect(someone.page).to_have_url(stack.url + path)
    expect(someone.heading("Opening hours")).to_be_visible()
    expect(someone.page.get_by_text("The contact opted out.").first).to_be_visible()


def test_a_callback_without_a_code_says_why_and_lets_one_try_again(
    visitor: Callable[..., Page],
) -> None:
    """A refusal by the sign-in page is told in words, with the way on."""
    page = visitor()
    page.goto("/signed-in?error=access_denied&error_description=no")
    expect(page.get_by_role("alert")).to_contain_text("Signing in did not work")
    expect(page.get_by_role("button", name="Sign in")).to_be_enabled()


def test_a_session_that_has_ended_says_so_and_leads_back_to_the_same_page(
    operators: Callable[..., Operator], stack: RunningStack, complaints: Complaints
) -> None:
    """I5: a refused token ends the session visibly; signing in again returns to the place."""
    complaints.expect("401")
    someone = operators(path="/broadcasts")
    page = someone.page
    expect(someone.heading("Broadcasts")).to_be_visible()
    page.route("**/api/v1/**", lambda route: route.fulfill(status=401, json={"title": "Expired"}))
    over = page.get_by_role("dialog", name="Your session has ended")
    expect(over).to_be_visible()
    page.keyboard.press("Escape")
    expect(over).to_be_visible()
    page.unroute("**/api/v1/**")
    over.get_by_role("button", name="Sign in again").click()
    someone.fill_credentials(stack.demo.password)
    expect(page).to_have_url(re.compile("/broadcasts$"))
    expect(someone.heading("Broadcasts")).to_be_visible()
