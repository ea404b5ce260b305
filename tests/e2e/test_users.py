"""The people who work in an account, as two of them see it at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from local.demo_names import ACCOUNTS, COLLEAGUE_EMAIL
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e

ACCOUNT = ACCOUNTS[1]
DELETE = "Demo Colleague: Delete contacts"


@pytest.fixture
def as_found(operator: Api, stack: RunningStack) -> Iterator[str]:
    """Give the colleague back the rights that the demo begins with; the account's id."""
    account = stack.demo.accounts[ACCOUNT]
    yield account
    usual = {"role": "operator", "delete": "default", "delete_all": "default"}
    operator.api("PATCH", f"/users/{stack.demo.colleague}", account=account, body=usual)


@pytest.fixture
def colleague(
    visitor: Callable[..., Page], stack: RunningStack, as_found: str
) -> Callable[[str], Operator]:
    """Sign the colleague in, in a browser of their own."""

    def sign_in(path: str) -> Operator:
        page = visitor()
        page.add_init_script(f"localStorage['assent.account'] ??= '{as_found}'")
        person = Operator(page, replace(stack.demo, email=COLLEAGUE_EMAIL))
        person.sign_in(path)
        return person

    return sign_in


def _row(someone: Operator) -> Locator:
    table = someone.page.get_by_role("table", name="Users")
    return table.get_by_role("row").filter(has_text="Demo Colleague")


def test_an_administrator_switches_off_deleting_for_one_user(
    operators: Callable[..., Operator],
    colleague: Callable[[str], Operator],
    operator: Api,
    as_found: str,
) -> None:
    """C8: seen in the list, told with who did it, hidden from whom it was taken."""
    contact = {"phone": "+12125550123", "first_name": "Dora", "last_name": "Delete"}
    operator.api("POST", "/contacts", account=as_found, body=contact, expect=201)
    owner = operators(ACCOUNT, "/settings/users")
    page = owner.page
    expect(_row(owner)).to_contain_text("colleague@assent.example")
    expect(page.get_by_label(DELETE)).to_have_value("default")
    expect(_row(owner)).to_contain_text("May do it")

    page.get_by_label(DELETE).select_option("off")
    expect(page.get_by_text("Saved: Demo Colleague")).to_be_visible()
    expect(_row(owner)).not_to_contain_text("May do it")
    changes = owner.section("What was changed").get_by_role("listitem")
    expect(changes.first).to_contain_text(
        "Demo Operator switched “Delete contacts” for Demo Colleague from “As usual” to"
        " “Switched off”"
    )

    other = colleague("/contacts")
    other.lead("Dora Delete").get_by_role("checkbox").check()
    expect(other.page.get_by_role("region", name="Selected")).to_be_visible()
    other.page.get_by_role("region", name="Selected").get_by_role("button", name="More").click()
    expect(other.page.get_by_role("menuitem", name="Opt out…")).to_be_visible()
    expect(other.page.get_by_role("menuitem", name="Delete")).to_have_count(0)


def test_users_are_for_administrators(
    colleague: Callable[[str], Operator], complaints: Complaints
) -> None:
    """I5: an operator finds no such tab, and the page says why it shows nothing."""
    complaints.expect("403")
    someone = colleague("/settings/labels")
    tabs = someone.page.get_by_role("navigation", name="Settings")
    expect(tabs.get_by_role("link", name="Labels")).to_be_visible()
    expect(tabs.get_by_role("link", name="Users")).to_have_count(0)
    someone.page.goto("/settings/users")
    expect(someone.page.get_by_role("alert")).to_be_visible()
    expect(someone.page.get_by_role("table")).to_have_count(0)


def test_two_administrators_see_each_others_changes(
    operators: Callable[..., Operator], operator: Api, stack: RunningStack, as_found: str
) -> None:
    """Experience 31: a role that another one changed is there without a reload."""
    owner = operators(ACCOUNT, "/settings/users")
    role = owner.page.get_by_label("Demo Colleague: Role")
    expect(role).to_have_value("operator")
    change = {"role": "viewer"}
    operator.api("PATCH", f"/users/{stack.demo.colleague}", account=as_found, body=change)
    expect(role).to_have_value("viewer")
    expect(owner.section("What was changed")).to_contain_text(
        "changed the role of Demo Colleague from Operator to Viewer"
    )


def test_the_last_owner_is_told_why_the_role_stays(operators: Callable[..., Operator]) -> None:
    """An account can never be left without anybody who may change it."""
    owner = operators(ACCOUNT, "/settings/users")
    mine = owner.page.get_by_label("Demo Operator: Role")
    expect(mine).to_be_disabled()
    expect(mine).to_have_accessible_description("The last owner. Make somebody else one first.")
    expect(owner.page.get_by_role("button", name="Remove Demo Operator")).to_have_count(0)


def test_a_change_that_fails_says_so_and_changes_nothing(
    operators: Callable[..., Operator], complaints: Complaints
) -> None:
    """Experience 32: the choice goes back to what holds."""
    complaints.expect("503")
    owner = operators(ACCOUNT, "/settings/users")
    role = owner.page.get_by_label("Demo Colleague: Role")
    expect(role).to_have_value("operator")
    owner.page.route(
        "**/api/v1/users/*",
        lambda route: (
            route.fulfill(status=503) if route.request.method == "PATCH" else route.continue_()
        ),
    )
    role.select_option("admin")
    expect(owner.page.get_by_role("alert").first).to_be_visible()
    expect(role).to_have_value("operator")
