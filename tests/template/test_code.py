"""The functions' code and their roles fit together."""

import re

import pytest

from tests.template.access import grants
from tests.template.stack import TEMPLATE, Stack, Template, load

FUNCTIONS = TEMPLATE.parent / "functions"
API = TEMPLATE.parent / "layers/assent/python/assent/api"
NAMES = sorted(
    resource["Properties"]["CodeUri"].split("/")[1]
    for resource in load()["Resources"].values()
    if resource["Type"] == "AWS::Serverless::Function"
)


def code_of(function: str) -> str:
    """Return what composes a function: its handler, and the API's context for the console's."""
    text = (FUNCTIONS / function / "app.py").read_text(encoding="utf-8")
    if "assent.api" in text:
        text += "".join(path.read_text(encoding="utf-8") for path in sorted(API.glob("*.py")))
    return text


@pytest.fixture(scope="module")
def stack(translated: Template) -> Stack:
    return Stack(translated, {"Stage": "dev"})


def allowed(stack: Stack, function: str, action: str) -> set[str]:
    """Return the resources on which a function's role allows an action."""
    (role,) = (
        stack.named(properties["Role"])
        for _, properties in stack.of_type("AWS::Lambda::Function")
        if properties["FunctionName"] == f"assent-dev-{function}"
    )
    return {
        stack.named(resource)
        for grant in grants(stack)
        if grant.owner == role and action in grant.actions
        for resource in grant.resources
    }


def test_every_folder_is_deployed_and_every_function_has_one() -> None:
    assert sorted(path.parent.name for path in FUNCTIONS.glob("*/app.py")) == NAMES


@pytest.mark.parametrize("function", NAMES)
def test_a_function_may_send_to_the_queues_that_it_names(function: str, stack: Stack) -> None:
    variables = {
        name.lower(): stack.named(value)
        for name, value in stack.resources["FormIngest"]["Properties"]["Environment"][
            "Variables"
        ].items()
        if name.endswith("_QUEUE")
    }
    named = {variables[word] for word in re.findall(r"\b\w+_queue\b", code_of(function))
             if word in variables}  # fmt: skip
    assert named <= allowed(stack, function, "sqs:SendMessage")


@pytest.mark.parametrize("function", NAMES)
def test_only_functions_that_make_pseudonyms_read_the_secret(function: str, stack: Stack) -> None:
    reads = allowed(stack, function, "secretsmanager:GetSecretValue") == {"PseudonymSecret"}
    assert reads is ("pseudonym_secret" in code_of(function))
