"""Accounts: switching between them, and the wall between them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from local.demo_names import ACCOUNTS
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.lived_in import LivedIn
from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e

_ASK = """async ({path, account}) => {
  const key = Object.keys(sessionStorage).find((name) => name.includes('oidc.user'));
  const token = JSON.parse(sessionStorage[key]).id_token;
  const answer = await fetch(path, {
    headers: {Authorization: `Bearer ${token}`, 'Assent-Account': account},
  });
  return {status: answer.status, body: await answer.json()};
}"""


def _ask(page: Page, path: str, account: str) -> tuple[int, str]:
    """Ask the API as the page's own user, for whichever account; status and the whole answer."""
    answer = page.evaluate(_ASK, {"path": path, "account": account})
    return answer["status"], str(answer["body"])


def test_another_account_of_the_same_user_shows_nothing_of_the_first(
    operators: Callable[..., Operator],
    stack: RunningStack,
    lived_in: LivedIn,
    complaints: Complaints,
) -> None:
    """The switcher changes everything at once; a contact's address opens in its account only."""
    someone = operators("City Library", f"/contacts/{lived_in.member}")
    page = someone.page
    expect(someone.heading("Grace Group")).to_be_visible()

    complaints.expect("404")
    page.get_by_role("button", name="Account: City Library. Switch account").click()
    page.get_by_role("menuitemradio", name="Northside Gym").click()
    expect(page.get_by_role("button", name="Account: Northside Gym")).to_be_visible()
    expect(someone.heading("Overview")).to_be_visible()
    for name in ("Opening hours", "Front desk", "Members"):
        expect(page.get_by_role("main").get_by_text(name, exact=True)).to_have_count(0)
    page.goto(f"/contacts/{lived_in.member}")
    expect(page.get_by_role("alert")).to_contain_text("It does not exist in this account.")
    expect(page.get_by_text("Grace Group")).to_have_count(0)

    page.get_by_role("button", name="Account: Northside Gym. Switch account").click()
    page.get_by_role("menuitemradio", name="City Library").click()
    expect(someone.section("Latest broadcasts")).to_contain_text("Opening hours")


def test_the_api_finds_nothing_under_another_accounts_name(
    operators: Callable[..., Operator],
    stack: RunningStack,
    lived_in: LivedIn,
    complaints: Complaints,
) -> None:
    """The account comes from the header and is checked; ids of another are not found in it."""
    complaints.expect("404")
    page = operators("City Library").page
    own, other = (stack.demo.accounts[name] for name in (ACCOUNTS[2], ACCOUNTS[0]))
    paths = [
        f"/api/v1/contacts/{lived_in.member}",
        f"/api/v1/contacts/{lived_in.member}/timeline",
        f"/api/v1/broadcasts/{lived_in.broadcast}",
        f"/api/v1/broadcasts/{lived_in.broadcast}/why/{lived_in.member}",
    ]
    for path in paths:
        assert _ask(page, path, own)[0] == 200, path
        status, body = _ask(page, path, other)
        assert status == 404, (path, body)
        assert "Grace" not in body
        assert "Opening hours" not in body
    complaints.expect("403")
    assert _ask(page, "/api/v1/groups", "ac_01ARZ3NDEKTSV4RRFFQ69G5FAV")[0] in {403, 404}
