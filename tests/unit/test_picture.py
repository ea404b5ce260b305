"""The picture of functions and queues, in two documents, is what the template lets them do."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.template.stack import Template, load

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "docs" / "architecture.md"]
PEOPLE = {"visitor", "operator"}
Arrow = tuple[str, str]


def arrows(document: str) -> set[Arrow]:
    """Return the arrows of the first Mermaid flowchart, by the names in it."""
    chart = document.partition("flowchart LR\n")[2].partition("```")[0]
    found = set()
    for line in chart.splitlines():
        ends = [re.match(r"\w+", end.strip()) for end in line.split("-->")]
        names = [end[0] for end in ends if end]
        found |= set(pairwise(names))
    return found


def permitted(template: Template) -> set[Arrow]:
    """Return the arrows that the template permits; who calls the API is `people`."""
    resources = template["Resources"]
    queues = {
        name: _last(resource["Properties"]["QueueName"]).replace("-", "_")
        for name, resource in resources.items()
        if resource["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" in resource["Properties"]
    }
    found: set[Arrow] = set()
    for resource in resources.values():
        held = resource["Properties"]
        if resource["Type"] == "AWS::IAM::Role" and "scheduler." in str(held):
            trusted = str(held["AssumeRolePolicyDocument"])
            if "scheduler.amazonaws.com" in trusted:
                found |= {("scheduler", queues[one]) for one in _sends_to(held) if one in queues}
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        name = _last(held["FunctionName"], "-", 2)
        role = resources[_target(held["Role"])]["Properties"]
        found |= {(name, queues[one]) for one in _sends_to(role) if one in queues}
        found |= set(_outside(name, held, role))
        for event in held.get("Events", {}).values():
            if event["Type"] == "SQS":
                found.add((queues[_target(event["Properties"]["Queue"])], name))
    return found


def _outside(name: str, function: dict[str, Any], role: dict[str, Any]) -> Iterator[Arrow]:
    """Say how a function stands towards what is not a queue: people, providers, Scheduler."""
    is_called = any(event["Type"] == "HttpApi" for event in function.get("Events", {}).values())
    # The credentials check a webhook's signature, or sign in at the provider.
    knows_providers = "/provider/" in str(role["Policies"])
    if is_called:
        yield ("provider" if knows_providers else "people", name)
    elif knows_providers:
        yield (name, "provider")
    if "scheduler:CreateSchedule" in str(role["Policies"]):
        yield (name, "scheduler")


def _last(name: dict[str, str], separator: str = "}-", after: int = 1) -> str:
    return name["Fn::Sub"].split(separator, after)[after]


def _target(reference: dict[str, list[str]]) -> str:
    return reference["Fn::GetAtt"][0]


def _sends_to(role: dict[str, Any]) -> Iterator[str]:
    for statement in role["Policies"][0]["PolicyDocument"]["Statement"]:
        if "sqs:SendMessage" in statement["Action"]:
            listed = statement["Resource"]
            yield from (_target(one) for one in (listed if isinstance(listed, list) else [listed]))


def shown(document: str) -> set[Arrow]:
    """Return a document's arrows, with who calls the API as `people`."""
    return {("people" if one in PEOPLE else one, other) for one, other in arrows(document)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_picture_is_the_template(document: Path) -> None:
    """Every function and queue, every arrow that the roles and mappings permit, and no other."""
    assert shown(document.read_text("utf-8")) == permitted(load())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("inbound --> keyword_handler", "inbound --> message_sender"),
        ("    message_sender --> outbound\n", ""),
        ("    broadcast_planner --> scheduler\n", ""),
        ("    message_sender --> provider\n", ""),
        ("operator([console]) --> console_api", "operator([console])"),
    ],
)
def test_a_wrong_or_a_missing_arrow_is_found(right: str, wrong: str) -> None:
    document = DOCUMENTS[0].read_text("utf-8")
    assert right in document
    assert shown(document.replace(right, wrong)) != permitted(load())
