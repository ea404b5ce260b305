"""Every stored event is replayed against its handler, on moto with real queues."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.functions.deployment import EVENTS, FUNCTIONS, WORKERS, Deployment, event
from tests.unit.functions.expected import EXPECTED, FAILED, Answer, Batch

# A call without anything to count is no fault.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
CASES = sorted((path.parent.name, path.stem) for path in EVENTS.glob("*/*.json"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_events_and_each_of_them_an_expectation(function: str) -> None:
    kept = {case for name, case in CASES if name == function}
    assert kept
    assert kept == set(EXPECTED[function])


def test_every_event_belongs_to_a_function() -> None:
    assert {name for name, _ in CASES} == set(FUNCTIONS)


@pytest.mark.parametrize(("function", "case"), CASES, ids=lambda value: value)
def test_an_event_has_the_answer_that_is_expected_of_it(
    shared: Deployment, function: str, case: str
) -> None:
    """Q3, K5, I1, Q10: good input, and every kind of bad input, has its own answer."""
    for queue in WORKERS:
        shared.take(queue)
    shared.log.seek(0)
    shared.log.truncate()
    kept = event(function, case)
    answer = shared.call(function, kept)
    expected = EXPECTED[function][case]
    if isinstance(expected, Answer):
        check_answer(answer, expected)
    else:
        check_batch(answer, expected, kept, shared.log)
    sent = {queue: len(found) for queue in WORKERS if (found := shared.take(queue))}
    assert sent == expected.sends


def check_answer(answer: Mapping[str, Any], expected: Answer) -> None:
    assert answer["statusCode"] == expected.status
    assert expected.text in (answer["body"] or "")
    headers = answer.get("headers") or {}
    assert {name: headers.get(name) for name in expected.headers} == expected.headers
    if expected.code:
        assert headers["Content-Type"] == "application/problem+json"
        document = json.loads(answer["body"])
        assert {"type", "title", "status", "detail", "code"} <= set(document)
        assert (document["status"], document["code"]) == (expected.status, expected.code)
        assert document["detail"]
        if expected.fields:
            named = sorted(problem["field"] for problem in document["errors"])
            assert named == list(expected.fields)


def check_batch(
    answer: Mapping[str, Any], expected: Batch, kept: dict[str, Any], log: io.StringIO
) -> None:
    ids = [record["messageId"] for record in kept["Records"]]
    failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    wanted = zip(ids, expected.outcomes, strict=True)
    assert failed == [i for i, outcome in wanted if outcome == FAILED]
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    outcomes = [line.get("outcome", FAILED) for line in lines if "sqs_message_id" in line]
    assert tuple(outcomes) == expected.outcomes
