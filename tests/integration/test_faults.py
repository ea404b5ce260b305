"""AWS as it is on a bad day: calls that throttle, fail, break off, or are applied unanswered."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from local.play_client import Browser
from local.testing import RunningStack
from tests.integration import chains
from tests.integration.queues import NAMES, Queues
from tests.integration.scene import Scene, new_phone
from tests.integration.stacks import FaultyCalls, stack_with_faults

LEADS = 16
THROTTLED = {"code": "ProvisionedThroughputExceededException"}
EVERY_READ_AND_WRITE_FAILS = {"service": "dynamodb", "error": THROTTLED}
BAD_DAY: list[dict[str, Any]] = [
    {"service": "dynamodb", "probability": 0.05, "error": THROTTLED},
    {"service": "dynamodb", "probability": 0.03, "error": {"code": "InternalServerError"}},
    {"service": "sqs", "probability": 0.06, "error": {"code": "ServiceUnavailable", "status": 503}},
    {"service": "dynamodb", "probability": 0.03, "reset": True},
    {"service": "sqs", "probability": 0.04, "reset": True},
    # Applied upstream, and then the connection breaks before the answer.
    {"service": "dynamodb", "probability": 0.04, "response": {"abort_bytes": 0}},
    {"service": "sqs", "probability": 0.06, "response": {"abort_bytes": 0}},
]


# What a worker may say of a message that it could not handle yet; all else is a fault of its own.
EXPECTED = {
    "Contention",
    "DeleteError",
    "GetError",
    "NotSent",
    "PutError",
    "QueryError",
    "TransactWriteError",
    "TryLater",
    "UpdateError",
}


@dataclass(frozen=True)
class BadDay:
    """A stack whose calls can be broken."""

    scene: Scene
    faults: FaultyCalls
    queues: Queues

    def send_lead(self, number: str) -> None:
        """Send a lead as a careful program does: again, under the same key, until accepted."""
        headers = {"X-Api-Key": self.scene.stack.demo.api_key, "Idempotency-Key": number}
        lead = {"first_name": "Test", "last_name": "Person", "phone": number}

        def accepted() -> bool:
            url = f"{self.scene.stack.url}/api/v1/leads"
            answer = httpx.post(url, json=lead, headers=headers, timeout=65)
            assert answer.status_code == 202 or answer.status_code >= 500, answer.text
            return answer.status_code == 202

        self.scene.until("the lead to be accepted", accepted)

    def settle(self) -> None:
        """Let the day become good again, send dead letters back, and wait until all is quiet."""
        self.faults.break_calls()

        def quiet() -> bool:
            redriven = sum(self.queues.redrive(name) for name in NAMES)
            return not redriven and not self.queues.busy()

        self.scene.until("the queues to be empty", quiet)


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadDay]:
    folder = tmp_path_factory.mktemp("bad-day")
    with stack_with_faults(folder) as (stack, faults):
        browser = Browser(stack.url)
        browser.sign_in(stack.demo.email, stack.demo.password)
        yield BadDay(Scene(stack, browser), faults, Queues(stack))
        browser.close()


def test_a_form_is_accepted_while_tables_throttle_and_processed_later(bad_day: BadDay) -> None:
    """Q3: the form and the API need no table: what they take waits in the queue."""
    scene, by_form, by_api = bad_day.scene, new_phone(), new_phone()
    fields = {"first_name": "Test", "last_name": "Person", "phone": by_form, "consent": "yes"}
    with bad_day.queues.hurried("opt-in-requests", seconds=3):
        bad_day.faults.break_calls(EVERY_READ_AND_WRITE_FAILS)
        sent = httpx.post(scene.stack.url + scene.stack.demo.form_path, data=fields, timeout=65)
        assert sent.status_code == 303
        scene.lead(by_api)
        scene.until("a throttled call", lambda: bool(bad_day.faults.broken()))
        assert scene.received(by_form) == []
        bad_day.faults.break_calls()
        for number in (by_form, by_api):
            scene.queued(number)
            assert len(scene.received(number)) == 1


def test_dead_letters_of_an_outage_are_redriven_and_then_handled(bad_day: BadDay) -> None:
    """What an outage longer than all tries put aside is sent back, and nothing is lost."""
    scene, number = bad_day.scene, new_phone()
    with bad_day.queues.hurried("opt-in-requests"):
        bad_day.faults.break_calls(EVERY_READ_AND_WRITE_FAILS)
        bad_day.send_lead(number)
        scene.until("the dead letter", lambda: bad_day.queues.dead("opt-in-requests") == 1)
        bad_day.faults.break_calls()
        assert bad_day.queues.redrive("opt-in-requests") == 1
        scene.queued(number)
    assert len(scene.received(number)) == 1
    assert bad_day.queues.dead("opt-in-requests") == 0


def test_nothing_is_lost_or_doubled_on_a_bad_day(bad_day: BadDay) -> None:
    """Q1, Q13, K2, K3, O8, P2: leads and STOPs under faults end as on a good day."""
    scene = bad_day.scene
    numbers = [new_phone() for _ in range(LEADS)]
    stopping = numbers[::2]
    # Sending gets more time: a message that came again while it is sent would be `unknown`.
    others = [name for name in NAMES if name != "outbound"]
    with bad_day.queues.hurried("outbound", seconds=20), bad_day.queues.hurried(*others, seconds=5):
        bad_day.faults.break_calls(*BAD_DAY)
        for number in numbers:
            bad_day.send_lead(number)
        for number in random.sample(numbers, len(numbers) // 2):
            bad_day.send_lead(number)  # again, in another order: the same leads
        for number in stopping:
            scene.text(number, "STOP")
        broken = bad_day.faults.broken()
        bad_day.settle()
        scene.until("the provider's webhooks", lambda: not waiting_webhooks(scene))
        bad_day.settle()
    assert {fault["service"] for fault in broken} == {"dynamodb", "sqs"}
    assert len({fault["action"] for fault in broken}) > 3, broken[:5]
    contacts = {
        item["phone"]: item
        for item in chains.items(scene.stack, "contacts")
        if "#contacts#" in item["pk"] and item["phone"] in numbers
    }
    assert set(contacts) == set(numbers)
    without = [
        missing_texts(scene, contacts[number], stopped=number in stopping) for number in numbers
    ]
    # A claim that could neither be used nor given back stays `unknown` and is never repeated.
    assert sum(without) <= 1, without
    assert worker_errors(scene.stack) <= EXPECTED
    count, found = chains.faults(scene.stack)
    assert found == []
    assert count >= LEADS + len(stopping)


def waiting_webhooks(scene: Scene) -> list[dict[str, Any]]:
    shown = scene.browser.phones("GET", "/webhooks?limit=1000")["webhooks"]
    return [one for one in shown if one["state"] == "waiting"]


def missing_texts(scene: Scene, contact: dict[str, Any], *, stopped: bool) -> int:
    """Check that nothing came twice or in vain; return how many texts did not come at all."""
    texts = scene.received(contact["phone"])
    compliance = [text for text in texts if "thanks for signing up" in text]
    confirmations = [text for text in texts if "unsubscribed" in text]
    assert len(texts) == len(compliance) + len(confirmations), texts
    # Where STOP came first, the compliance message must not follow it.
    due = 0 if contact["compliance_state"] == "excluded" else 1
    assert len(compliance) <= due, (contact, texts)
    account, contact_id = contact["pk"].partition("#")[0], contact["sk"]
    shown = scene.browser.api("GET", f"/contacts/{contact_id}", account=account)
    status = shown["channels"]["sms"]["status"]
    if stopped:
        assert status == "hard_opt_out"
        assert len(confirmations) <= 1, texts
        assert contact["queue_state"] == "removed", contact
    else:
        assert status == "subscribed"
        assert (due, confirmations) == (1, []), (contact, texts)
        assert contact["queue_state"] == ("queued" if compliance else "waiting"), contact
    return due - len(compliance) + (1 if stopped else 0) - len(confirmations)


def worker_errors(stack: RunningStack) -> set[str]:
    """Return the kinds of errors with which workers put messages back."""
    found = set()
    for line in log_lines(stack):
        if "not done" in line:
            found |= set(re.findall(r'"error":"(\w+)"', line))
    return found


def test_no_function_ever_logs_a_phone_number(bad_day: BadDay) -> None:
    """Logs carry pseudonyms, on good days and on bad ones."""
    stack, number = bad_day.scene.stack, new_phone()
    bad_day.send_lead(number)
    bad_day.scene.queued(number)
    bad_day.scene.text(number, "STOP")
    bad_day.scene.receives(number, 2)
    numbers = {
        item["phone"].removeprefix("+1")
        for item in chains.items(stack, "contacts")
        if "#contacts#" in item["pk"]
    }
    assert numbers
    written = "\n".join(log_lines(stack))
    assert "keyword_handler" in written
    assert [number for number in sorted(numbers) if number in written] == []
    emulated = (stack.layout.logs / "emulator.log").read_text("utf-8", errors="replace")
    assert [number for number in sorted(numbers) if number in emulated] == []


def log_lines(stack: RunningStack) -> Iterator[str]:
    logs = stack.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/assent-local-")["logGroups"]
    for group in groups:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for page in pages:
            yield from (event["message"] for event in page["events"])
