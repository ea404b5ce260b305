"""Browsers, people and phones for the tests that see the product as its users do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from local import phone_numbers
from local.demo_names import ACCOUNTS
from local.layout import REPOSITORY
from local.play_client import Browser as Api
from local.testing import RunningStack
from tests.e2e.complaints import Complaints
from tests.e2e.lived_in import LivedIn, live_in
from tests.e2e.people import Operator, Phone
from tests.stack import operator, stack
from tools import browser as chromium

__all__ = ["operator", "stack"]

# Functions start cold, queues poll: what a person waits for once, with room for a busy machine.
PATIENCE_MS = 30_000
NO_BROWSER = "No Chromium here: the browser tests cannot run. `make browser` installs one."
NO_CONSOLE = "The console is not built: run `make console`."
# Away from the demo's phones, from those that the page adds and from the transcript's.
_FIRST_PHONE = 1000

_indexes = count(_FIRST_PHONE)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Find a Chromium; without one nothing is tried, so the tests fail."""
    path = chromium.find()
    if path is None:
        pytest.fail(NO_BROWSER)
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_path: str
) -> dict[str, Any]:
    sandboxed = os.geteuid() != 0  # Chromium's sandbox refuses to run as root.
    return browser_type_launch_args | {
        "executable_path": browser_path,
        "args": [] if sandboxed else ["--no-sandbox"],
    }


@pytest.fixture(scope="session")
def base_url(stack: RunningStack) -> str:
    return stack.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    if not (REPOSITORY / "console" / "dist" / "index.html").is_file():
        pytest.fail(NO_CONSOLE)
    expect.set_options(timeout=PATIENCE_MS)
    return browser_context_args | {
        # Nothing here depends on a movement, and a check of colours must not meet one half way.
        "reduced_motion": "reduce",
    }


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Collect what any page's console complains of; the test fails for what it did not expect."""
    collected = Complaints()
    yield collected
    assert collected.unexpected() == []


@pytest.fixture
def visitor(new_context: CreateContextCallback, complaints: Complaints) -> Callable[..., Page]:
    """Open a browser of its own, as somebody who is not signed in."""

    def visit(**options: Any) -> Page:  # noqa: ANN401 - Playwright's options
        context = new_context(**options)
        complaints.listen_to(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    return visit


@pytest.fixture
def operators(visitor: Callable[..., Page], stack: RunningStack) -> Callable[..., Operator]:
    """Open a browser of its own and sign in there, in the first account unless told otherwise."""

    def sign_in(account: str = ACCOUNTS[0], path: str = "/", **options: Any) -> Operator:  # noqa: ANN401
        page = visitor(**options)
        # The choice that the console itself keeps: which account this browser worked in last.
        chosen = stack.demo.accounts[account]
        page.add_init_script(f"localStorage['assent.account'] ??= '{chosen}'")
        person = Operator(page, stack.demo)
        person.sign_in(path)
        return person

    return sign_in


@pytest.fixture
def phones(operator: Api) -> Callable[[str], Phone]:
    """Put a new phone on the handset page; no other test has its number."""

    def add(name: str) -> Phone:
        number = phone_numbers.fictional(next(_indexes))
        operator.phones("POST", "/phones", {"number": number, "name": name, "kind": "test"})
        return Phone(operator, number, name)

    return add


@pytest.fixture
def quiet_queue(operator: Api, stack: RunningStack) -> None:
    """Take everybody out of the first account's queue, so that its badge counts from nothing."""
    account = stack.demo.accounts[ACCOUNTS[0]]
    waiting = operator.api("GET", "/queue", account=account)["items"]
    if waiting:
        body = {
            "contact_ids": [entry["contact_id"] for entry in waiting],
            "new_group_name": f"Left over {next(_indexes)}",
        }
        operator.api("POST", "/queue/moves", account=account, body=body)


@pytest.fixture(scope="session")
def lived_in(operator: Api, stack: RunningStack) -> LivedIn:
    """Fill the third account with one of everything that a page can show."""
    numbers = [phone_numbers.fictional(next(_indexes)) for _ in range(3)]
    return live_in(operator, stack.demo.accounts[ACCOUNTS[2]], numbers)
