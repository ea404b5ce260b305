"""Two operators at the same queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.people import Operator, Phone

pytestmark = pytest.mark.e2e


def test_of_two_operators_one_wins_and_the_other_is_told_who_moved_it_and_where(
    operator: Api,
    stack: RunningStack,
    operators: Callable[..., Operator],
    phones: Callable[[str], Phone],
) -> None:
    """Q11: the loser's page has not yet heard of the move, and names its author and group."""
    quinn = phones("Quinn")
    lead = {"first_name": "Quinn", "last_name": "Quist", "phone": quinn.number}
    operator.send_lead(stack.demo.api_key, lead)
    slow, quick = operators(path="/queue"), operators(path="/queue")
    expect(slow.lead("Quinn Quist")).to_be_visible()
    expect(quick.lead("Quinn Quist")).to_be_visible()

    # What the slow one sees stays as it is now: the other's move does not reach this page.
    slow.page.route("**/api/v1/queue/search", lambda _route: None)
    slow.lead("Quinn Quist").focus()
    quick.lead("Quinn Quist").focus()
    quick.move_focused_lead("Newsletter")
    expect(quick.page.get_by_text("1 contact moved to Newsletter").first).to_be_visible()
    expect(quick.lead("Quinn Quist")).to_have_count(0)

    slow.move_focused_lead("Appointment reminders")
    told = slow.page.get_by_role("alert")
    expect(told).to_contain_text("1 contact was not moved")
    expect(told).to_contain_text("Quinn Quist")
    expect(told).to_contain_text("Demo Operator already moved this contact to Newsletter.")

    slow.page.unroute("**/api/v1/queue/search")
    expect(slow.lead("Quinn Quist")).to_have_count(0)
    told.get_by_role("button", name="Close").click()
    expect(told).to_have_count(0)
