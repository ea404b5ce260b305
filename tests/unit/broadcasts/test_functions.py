"""The two functions of broadcasts, given real queue events."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.broadcasts.model import PlanBroadcast, ReleaseWork, SendChunk, State
from tests.template.stack import load as load_template
from tests.unit.broadcasts.desk import Desk

ROOT = Path(__file__).parents[3]
# A batch without anything to measure is no fault.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
FUNCTIONS = ("broadcast_planner", "broadcast_fanout")


class Context(LambdaContext):
    """What Lambda tells a function of its call."""

    def __init__(self, name: str) -> None:
        self._function_name = name
        self._memory_limit_in_mb = 512
        self._invoked_function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        self._aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 120_000


def load(name: str) -> ModuleType:
    """Load a function's module as Lambda does, from its own folder."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "functions" / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def event(function: str, case: str) -> dict[str, Any]:
    """Read a stored event."""
    kept = json.loads((ROOT / "events" / function / f"{case}.json").read_text("utf-8"))
    assert isinstance(kept, dict)
    return kept


def with_body(kept: dict[str, Any], body: str) -> dict[str, Any]:
    """Put another command into a stored event."""
    kept["Records"][0]["body"] = body
    return kept


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_message_that_no_schema_matches_is_reported_as_failed(desk: Desk, function: str) -> None:
    kept = event(function, "no_schema_matches")
    answer = load(function).lambda_handler(kept, Context(function))
    failed = [{"itemIdentifier": kept["Records"][0]["messageId"]}]
    assert answer == {"batchItemFailures": failed}


@pytest.mark.parametrize(
    ("function", "case"), [("broadcast_planner", "start"), ("broadcast_fanout", "chunk")]
)
def test_a_command_for_a_broadcast_that_is_gone_is_done(
    desk: Desk, function: str, case: str
) -> None:
    answer = load(function).lambda_handler(event(function, case), Context(function))
    assert answer == {"batchItemFailures": []}


def test_the_two_functions_send_a_broadcast(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    planner, fanout = load("broadcast_planner"), load("broadcast_fanout")
    monkeypatch.setattr(planner, "planner", lambda: desk.planner)
    monkeypatch.setattr(planner, "pacer", lambda: desk.pacer)
    monkeypatch.setattr(fanout, "fanout", lambda: desk.fanout)
    group = desk.world.group()
    ann = desk.person(group)
    started = desk.start(group)
    for kind in (PlanBroadcast, ReleaseWork):
        [command] = desk.queue.take(kind)
        kept = with_body(event("broadcast_planner", "start"), command.model_dump_json())
        planner.lambda_handler(kept, Context("planner"))
    [chunk] = desk.queue.take(SendChunk)
    fanout.lambda_handler(
        with_body(event("broadcast_fanout", "chunk"), chunk.model_dump_json()), Context("fanout")
    )
    assert desk.world.provider.texts_to(ann.phone) == ["Harbor Alerts: hello Ann."]
    assert desk.fresh(started).state == State.FINISHED


def test_the_planner_checks_schedules_as_it_is_told_to_daily(desk: Desk) -> None:
    """B2: by the event that the template's own schedule sends."""
    boto3.client("scheduler").create_schedule_group(Name=desk.world.settings.schedule_group)
    answer = load("broadcast_planner").lambda_handler(
        event("broadcast_planner", "check"), Context("planner")
    )
    assert answer == {"batchItemFailures": []}
    kept = event("broadcast_planner", "check")["Records"][0]["body"]
    assert load_template()["Resources"]["CheckSchedules"]["Properties"]["Target"]["Input"] == kept
