"""A broadcast under way, watched by somebody whose clock the test moves."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.lived_in import LivedIn
from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e

ACCOUNT = "City Library"
# Of the two seconds in which a person is to see what is new, some are for the screen to show it.
WITHIN_MS, SHOWING_MS, SLICE_MS = 2_000, 200, 10
A_MINUTE_MS = 60_000


@dataclass
class Sending:
    """The API of one broadcast, whose answers the test decides; it counts how often it is asked."""

    shown: dict[str, Any]
    asked: int = 0
    steps: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.shown["id"])

    def answer(self, route: Route) -> None:
        """Answer as the API does: to a step with the state that follows it."""
        step = route.request.url.rpartition("/")[2]
        if route.request.method == "POST":
            self.steps.append(step)
            self.shown["state"] = {"pause": "paused", "resume": "running", "cancel": "cancelled"}[
                step
            ]
            self.shown["reason"] = "by Olga" if step == "pause" else ""
        else:
            self.asked += 1
        route.fulfill(json=deepcopy(self.shown))

    def has_sent(self, number: int) -> None:
        self.shown["report"] |= {"planned": 100, "sent": number, "to_come": 100 - number}


def _watch(someone: Operator, api: Api, account: str, broadcast: str) -> Sending:
    """Open a real broadcast's page, as if it were being sent, on a clock that stands still."""
    page = someone.page
    shown = api.api("GET", f"/broadcasts/{broadcast}", account=account)
    report = {"delivered": 0, "failed": 0, "unknown": 0, "deferred": 0, "excluded": {}}
    shown |= {"state": "running", "finished_at": None, "report": shown["report"] | report}
    sending = Sending(shown)
    sending.has_sent(10)
    page.clock.install()
    page.route(f"**/api/v1/broadcasts/{broadcast}", sending.answer)
    page.route(f"**/api/v1/broadcasts/{broadcast}/*", sending.answer)
    page.goto(f"/broadcasts/{broadcast}")
    expect(_bar(page, 10)).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=30))
    return sending


def _bar(page: Page, number: int) -> Locator:
    """Return the bar when it has come as far as this."""
    return page.locator(f'[role="progressbar"][aria-valuetext="{number} of 100 done"]')


def _expect_new(page: Page, sending: Sending, number: int) -> None:
    """Let two seconds pass, in which it is asked, answered and shown."""
    with page.expect_response(f"**/api/v1/broadcasts/{sending.id}"):
        page.clock.run_for(WITHIN_MS - SHOWING_MS)
    _until(page, _bar(page, number))


def _step(page: Page, button: Locator, step: str, shown: Locator) -> None:
    """Press a button; its answer is shown before it is time to ask again."""
    with page.expect_response(f"**/{step}"):
        button.click()
    _until(page, shown)


def _until(page: Page, shown: Locator) -> None:
    """Let the little time pass that the screen has; the machine may take as long as it likes."""
    for _ in range(SHOWING_MS // SLICE_MS):
        if shown.count():
            break
        page.wait_for_timeout(SLICE_MS * 50)
        page.clock.run_for(SLICE_MS)
    expect(shown).to_be_visible()


def _look_away(page: Page, how: str) -> None:
    """Have the browser say that the page is hidden, or visible again."""
    page.evaluate(
        """how => {
            Object.defineProperty(document, 'visibilityState', { value: how, configurable: true });
            document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        }""",
        how,
    )


@pytest.fixture
def watched(
    operators: Callable[..., Operator], operator: Api, stack: RunningStack, lived_in: LivedIn
) -> tuple[Page, Sending]:
    someone = operators(ACCOUNT)
    account = stack.demo.accounts[ACCOUNT]
    return someone.page, _watch(someone, operator, account, lived_in.broadcast)


def test_figures_are_new_within_two_seconds_until_it_is_over(
    watched: tuple[Page, Sending],
) -> None:
    """B5, experience 31: asked again in time while it runs, and never once nothing moves."""
    page, sending = watched
    for number in (20, 30, 40):
        sending.has_sent(number)
        _expect_new(page, sending, number)
    sending.has_sent(100)
    sending.shown |= {"state": "finished", "finished_at": "2026-01-05T15:00:00Z"}
    _expect_new(page, sending, 100)
    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()
    asked = sending.asked
    page.clock.run_for(A_MINUTE_MS)
    assert sending.asked == asked


def test_nothing_is_asked_while_nobody_looks(watched: tuple[Page, Sending]) -> None:
    """B5, experience 31: a hidden page is quiet, and is up to date when somebody comes back."""
    page, sending = watched
    _look_away(page, "hidden")
    asked = sending.asked
    sending.has_sent(50)
    page.clock.run_for(A_MINUTE_MS)
    assert sending.asked <= asked + 1  # one may have been on its way
    with page.expect_response(f"**/api/v1/broadcasts/{sending.id}"):
        _look_away(page, "visible")
    _until(page, _bar(page, 50))


def test_pause_resume_and_cancel_show_at_once(watched: tuple[Page, Sending]) -> None:
    """B5, experience 20: by the answer itself, before it is time to ask again."""
    page, sending = watched
    notice = page.get_by_role("main").get_by_role("alert")
    pause = page.get_by_role("button", name="Pause")
    resume = page.get_by_role("button", name="Resume")
    _step(page, pause, "pause", notice.filter(has_text="Paused by Olga"))
    _step(page, resume, "resume", pause)
    expect(notice).to_have_count(0)
    page.get_by_role("button", name="Cancel broadcast").click()
    dialog = page.get_by_role("dialog")
    _until(page, dialog.filter(has_text="10 contacts were sent it already"))
    cancelled = page.get_by_text("Canceled", exact=True).first
    _step(page, dialog.get_by_role("button", name="Cancel for good"), "cancel", cancelled)
    assert sending.steps == ["pause", "resume", "cancel"]
