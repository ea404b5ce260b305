"""What runs locally is template.yaml, with the settings that it gives to each resource."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local import sam
from local.deploy import STACK
from local.play_client import until
from local.testing import RunningStack
from tests.integration.scene import SECONDS

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def source(stack: RunningStack) -> Resources:
    resources: Resources = sam.read(stack.layout.template)["Resources"]
    return {name: one for name, one in resources.items() if one.get("Condition") != "OnAws"}


@pytest.fixture(scope="module")
def physical(stack: RunningStack) -> dict[str, str]:
    """Physical ids by logical ids."""
    pages = stack.client("cloudformation").get_paginator("list_stack_resources")
    return {
        item["LogicalResourceId"]: item["PhysicalResourceId"]
        for page in pages.paginate(StackName=STACK)
        for item in page["StackResourceSummaries"]
    }


def of_type(resources: Resources, kind: str) -> dict[str, dict[str, Any]]:
    found = {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}
    assert found, kind
    return found


def test_every_resource_of_the_template_is_there(
    source: Resources, physical: dict[str, str]
) -> None:
    """Nothing that the template names is left out; what AWS alone has is conditional."""
    wanted = {name for name, one in source.items() if not one.get("Condition")}
    # A layer's version carries a hash of its content in its logical id.
    found = {name for name in wanted if any(name in logical for logical in physical)}
    assert found == wanted


def test_every_function_has_its_settings(
    stack: RunningStack, source: Resources, physical: dict[str, str]
) -> None:
    """Time-out, memory, handler, role, layer and environment are those of the template."""
    functions = stack.client("lambda")
    common = sam.read(stack.layout.template)["Globals"]["Function"]
    for name, own in of_type(source, "AWS::Serverless::Function").items():
        deployed = functions.get_function_configuration(FunctionName=physical[name])
        for setting in ("Timeout", "MemorySize", "Handler"):
            assert deployed[setting] == own.get(setting, common.get(setting)), (name, setting)
        role = own["Role"]["Fn::GetAtt"][0]
        assert deployed["Role"].endswith(f"/{physical[role]}"), name
        wanted = {
            *common["Environment"]["Variables"],
            *own.get("Environment", {}).get("Variables", {}),
        }
        variables = deployed["Environment"]["Variables"]
        assert set(variables) >= wanted, name
        assert all(variables[variable] for variable in wanted), name
        assert [layer["Arn"].split(":")[6] for layer in deployed["Layers"]] == ["assent-local"]


def test_every_queue_has_its_dead_letters(
    stack: RunningStack, source: Resources, physical: dict[str, str]
) -> None:
    """Visibility, retention and redrive are those of the template."""
    client = stack.client("sqs")
    with_dead_letters = 0
    for name, wanted in of_type(source, "AWS::SQS::Queue").items():
        settings = {"VisibilityTimeout", "MessageRetentionPeriod"} & wanted.keys()
        numbers = {setting: str(wanted[setting]) for setting in settings}
        url = physical[name]

        def as_wanted(url: str = url, numbers: dict[str, str] = numbers) -> dict[str, str] | None:
            found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
            attributes: dict[str, str] = found["Attributes"]
            return attributes if attributes.items() >= numbers.items() else None

        # A test beside this one may have a queue hurried for a while.
        attributes = until(f"{name} as the template has it", SECONDS, as_wanted)
        redrive = wanted.get("RedrivePolicy")
        if redrive:
            deployed = json.loads(attributes["RedrivePolicy"])
            assert int(deployed["maxReceiveCount"]) == redrive["maxReceiveCount"], name
            target = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
            queue = physical[target].rpartition("/")[2]
            assert deployed["deadLetterTargetArn"].endswith(f":{queue}"), name
            assert queue.endswith("-dead"), name
            with_dead_letters += 1
    assert with_dead_letters == 9


def test_every_queue_reaches_its_function_and_reports_single_failures(
    stack: RunningStack, source: Resources, physical: dict[str, str]
) -> None:
    """One bad message does not take its batch along: each mapping reports items."""
    wanted = {
        (
            event["Properties"]["Queue"]["Fn::GetAtt"][0],
            name,
            event["Properties"]["BatchSize"],
        )
        for name, function in of_type(source, "AWS::Serverless::Function").items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    }
    queues = {
        physical[name].rpartition("/")[2]: name for name in of_type(source, "AWS::SQS::Queue")
    }
    functions = {physical[name]: name for name in of_type(source, "AWS::Serverless::Function")}
    mappings = stack.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    found = {
        (
            queues[one["EventSourceArn"].rpartition(":")[2]],
            functions[one["FunctionArn"].rpartition(":")[2]],
            one["BatchSize"],
        )
        for one in mappings
    }
    assert found == wanted
    for one in mappings:
        assert one["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert one["State"] == "Enabled"


def test_every_table_has_its_keys_and_its_time_to_live(
    stack: RunningStack, source: Resources, physical: dict[str, str]
) -> None:
    """Keys, on-demand billing, expiry and point-in-time recovery are those of the template."""
    client = stack.client("dynamodb")
    expiring = set()
    tables = of_type(source, "AWS::DynamoDB::Table")
    assert len(tables) == 6
    for name, wanted in tables.items():
        table = physical[name]
        found = client.describe_table(TableName=table)["Table"]
        assert found["KeySchema"] == wanted["KeySchema"], name
        assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST", name
        assert not found.get("GlobalSecondaryIndexes"), name
        expiry = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        asked = wanted.get("TimeToLiveSpecification")
        assert (expiry["TimeToLiveStatus"] == "ENABLED") == bool(asked), name
        if asked:
            assert expiry["AttributeName"] == asked["AttributeName"]
            expiring.add(table)
    assert expiring == {"assent-local-accounts", "assent-local-contacts"}


def test_the_api_has_twelve_routes_and_one_wants_a_token(
    stack: RunningStack, physical: dict[str, str]
) -> None:
    """Forms, leads and webhooks prove themselves otherwise; everything else needs a sign-in."""
    api = stack.client("apigatewayv2")
    routes = api.get_routes(ApiId=physical["HttpApi"])["Items"]
    found = {route["RouteKey"]: route.get("AuthorizationType", "NONE") for route in routes}
    assert found == {
        "GET /f/{form}": "NONE",
        "POST /f/{form}": "NONE",
        "OPTIONS /f/{form}": "NONE",
        "POST /api/v1/leads": "NONE",
        "POST /api/v1/subscriptions": "NONE",
        "POST /api/v1/subscriptions/status": "NONE",
        "POST /api/v1/unsubscriptions": "NONE",
        "ANY /api/v1/{proxy+}": "JWT",
        "POST /webhooks/{provider}/{account}/inbound": "NONE",
        "POST /webhooks/{provider}/{account}/status": "NONE",
        "POST /webhooks/{provider}/{account}/voice": "NONE",
        "POST /webhooks/{provider}/{account}/voice/keys": "NONE",
    }
    (authorizer,) = api.get_authorizers(ApiId=physical["HttpApi"])["Items"]
    assert authorizer["JwtConfiguration"]["Audience"] == [stack.outputs["UserPoolClientId"]]
    assert authorizer["JwtConfiguration"]["Issuer"].endswith(stack.outputs["UserPoolId"])


def test_nobody_signs_up_and_schedules_have_their_group(
    stack: RunningStack, physical: dict[str, str]
) -> None:
    """I5: users are made by administrators."""
    pool = stack.client("cognito-idp").describe_user_pool(UserPoolId=physical["UserPool"])
    assert pool["UserPool"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    group = stack.client("scheduler").get_schedule_group(Name="assent-local")
    assert group["State"] == "ACTIVE"
