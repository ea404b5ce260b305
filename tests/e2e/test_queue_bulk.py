"""Many leads at once: all that match, by jobs of the server, with progress and the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from local.demo_names import ACCOUNTS
from local.play_client import Browser as Api
from local.play_client import until
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e

ACCOUNT = ACCOUNTS[0]
COUNT = 7
_SHOWN = 4


@pytest.fixture
def crowded(
    operator: Api, stack: RunningStack, phones: Callable[[str], Phone]
) -> Callable[[str], None]:
    """Let some leads of one family wait in the queue."""

    def wait(family: str) -> None:
        people = [phones(f"Lead {letter}") for letter in "ABCDEFG"]
        for one in people:
            lead = {"first_name": one.name, "last_name": family, "phone": one.number}
            operator.send_lead(stack.demo.api_key, lead)
        account = stack.demo.accounts[ACCOUNT]

        def all_there() -> bool:
            wanted = {"filter": {"search": family}}
            found = operator.api("POST", "/queue/search", account=account, body=wanted)["items"]
            return len(found) == len(people)

        until(f"{COUNT} leads in the queue", 60.0, all_there)

    return wait


def _show_few(page: Page, complaints: Complaints) -> None:
    """Let the first page hold few rows and the others fail, so that there is more than is shown."""
    complaints.expect("503")

    def answer(route: Route) -> None:
        wanted: dict[str, object] = route.request.post_data_json or {}
        if wanted.get("cursor"):
            route.fulfill(status=503)
        else:
            route.continue_(post_data=wanted | {"limit": _SHOWN})

    page.route("**/api/v1/queue/search", answer)


def _select_all_that_match(someone: Operator, family: str) -> None:
    page = someone.page
    box = page.get_by_role("searchbox", name="Search the queue")
    box.fill(family)
    box.press("Enter")
    expect(page.get_by_role("row").filter(has_text=family).first).to_be_visible()
    page.get_by_role("checkbox", name="Select all that are loaded").check()
    bar = page.get_by_role("region", name="Selected")
    bar.get_by_role("button", name=f"Select all {COUNT} that match").click()
    expect(bar.get_by_role("status")).to_have_text(f"All {COUNT} that match")


def test_all_that_match_are_moved_on_the_server_and_come_back(
    operators: Callable[..., Operator], crowded: Callable[[str], None], complaints: Complaints
) -> None:
    """Q5, experience 6 and 7: also those that are not loaded; undone, they wait as before."""
    crowded("Quillfeather")
    someone = operators(path="/queue")
    page = someone.page
    _show_few(page, complaints)
    page.reload()
    _select_all_that_match(someone, "Quillfeather")
    page.get_by_role("region", name="Selected").get_by_role("button", name="Move to group").click()
    field = page.get_by_role("combobox", name="Group")
    field.fill("Newsletter")
    found = page.get_by_role("dialog").get_by_role("option", selected=True)
    expect(found).to_contain_text("Newsletter")
    field.press("Enter")
    job = page.get_by_role("region", name="Background job")
    expect(job).to_contain_text(f"{COUNT} contacts moved to Newsletter")
    expect(page.get_by_role("row").filter(has_text="Quillfeather")).to_have_count(0)
    job.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row").filter(has_text="Quillfeather").first).to_be_visible()


def test_all_that_match_are_deleted_once_the_accounts_name_is_typed(
    operators: Callable[..., Operator],
    crowded: Callable[[str], None],
    complaints: Complaints,
    operator: Api,
    stack: RunningStack,
) -> None:
    """Q7, C7: what goes is counted first, and 30 seconds are left to think better of it."""
    crowded("Ravenscroft")
    someone = operators(path="/queue")
    page = someone.page
    _show_few(page, complaints)
    page.reload()
    _select_all_that_match(someone, "Ravenscroft")
    page.keyboard.press("#")
    dialog = page.get_by_role("dialog", name="Delete all that match")
    expect(dialog).to_contain_text(f"{COUNT} contacts will be deleted")
    confirm = dialog.get_by_role("button", name=f"Delete {COUNT} contacts")
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type the account’s name").fill("Harbor")
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type the account’s name").fill(ACCOUNT)
    confirm.click()
    job = page.get_by_role("region", name="Background job")
    job.get_by_role("button", name="Undo").click()
    expect(job).to_contain_text("Taken back: nothing was changed")
    account = stack.demo.accounts[ACCOUNT]
    wanted = {"filter": {"search": "Ravenscroft"}}
    left = operator.api("POST", "/queue/search", account=account, body=wanted)["items"]
    assert len(left) == COUNT
