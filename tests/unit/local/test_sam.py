"""The template that the emulator gets is the one that AWS gets, with its routes spelt out."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from local import sam
from local.layout import REPOSITORY

SMALL = textwrap.dedent("""
    Transform: AWS::Serverless-2016-10-31
    Parameters:
      Stage: {Type: String}
    Conditions:
      OnAws: !Not [!Equals [!Ref Stage, local]]
    Resources:
      Api:
        Type: AWS::Serverless::HttpApi
        Properties:
          Name: small
          Auth:
            DefaultAuthorizer: Console
            Authorizers:
              Console:
                IdentitySource: $request.header.Authorization
                JwtConfiguration: {issuer: https://issuer.example, audience: [me]}
      Extra:
        Type: AWS::Serverless::LayerVersion
        Condition: OnAws
        Properties: {ContentUri: layers/extra}
      Work:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: functions/work
          Handler: app.lambda_handler
          Runtime: python3.11
          Role: arn:aws:iam::123456789012:role/work
          Events:
            Queue:
              Type: SQS
              Properties:
                Queue: arn:aws:sqs:us-east-1:123456789012:jobs
                ScalingConfig: {MaximumConcurrency: 20}
            Open:
              Type: HttpApi
              Properties:
                {ApiId: !Ref Api, Method: GET, Path: "/f/{form}", Auth: {Authorizer: NONE}}
            Closed:
              Type: HttpApi
              Properties: {ApiId: !Ref Api, Method: ANY, Path: "/api/v1/{proxy+}"}
""")
PACKAGES = {"Work": {"Bucket": "b", "Key": "work.zip"}}


@pytest.fixture
def small(tmp_path: Path) -> sam.Template:
    path = tmp_path / "template.yaml"
    path.write_text(SMALL, "utf-8")
    return sam.read(path)


def resources(template: sam.Template, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == f"AWS::{kind}"
    }


def test_each_route_becomes_a_resource_with_its_integration(small: sam.Template) -> None:
    made = sam.translate(small, PACKAGES, {"Stage": "local"})
    routes = {r["RouteKey"]: r for r in resources(made, "ApiGatewayV2::Route").values()}
    assert set(routes) == {"GET /f/{form}", "ANY /api/v1/{proxy+}"}
    integrations = resources(made, "ApiGatewayV2::Integration")
    for route in routes.values():
        name = route["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
        assert integrations[name]["PayloadFormatVersion"] == "2.0"
        assert "${Work.Arn}" in integrations[name]["IntegrationUri"]["Fn::Sub"]


def test_only_the_open_route_needs_no_token(small: sam.Template) -> None:
    made = sam.translate(small, PACKAGES, {"Stage": "local"})
    routes = {r["RouteKey"]: r for r in resources(made, "ApiGatewayV2::Route").values()}
    (authorizer,) = resources(made, "ApiGatewayV2::Authorizer")
    assert routes["ANY /api/v1/{proxy+}"]["AuthorizationType"] == "JWT"
    assert routes["ANY /api/v1/{proxy+}"]["AuthorizerId"] == {"Ref": authorizer}
    assert "AuthorizationType" not in routes["GET /f/{form}"]


def test_the_authorizer_keeps_issuer_and_audience(small: sam.Template) -> None:
    made = sam.translate(small, PACKAGES, {"Stage": "local"})
    (authorizer,) = resources(made, "ApiGatewayV2::Authorizer").values()
    assert authorizer["JwtConfiguration"] == {
        "Issuer": "https://issuer.example",
        "Audience": ["me"],
    }
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]


def test_no_body_is_left_for_the_emulator_to_ignore(small: sam.Template) -> None:
    made = sam.translate(small, PACKAGES, {"Stage": "local"})
    (api,) = resources(made, "ApiGatewayV2::Api").values()
    assert "Body" not in api
    assert api["ProtocolType"] == "HTTP"


def test_the_template_given_is_not_changed(small: sam.Template) -> None:
    sam.translate(small, PACKAGES, {"Stage": "local"})
    assert small["Resources"]["Work"]["Properties"]["CodeUri"] == "functions/work"


def test_a_route_that_is_lost_on_the_way_is_an_error(
    small: sam.Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sam, "with_native_routes", lambda template: template)
    with pytest.raises(sam.TransformError, match="asks for 2 routes and 0"):
        sam.translate(small, PACKAGES, {"Stage": "local"})


def api_with(operation: dict[str, Any], schemes: dict[str, Any]) -> sam.Template:
    body = {"paths": {"/x": {"get": operation}}, "components": {"securitySchemes": schemes}}
    return {"Resources": {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}}}}


INTEGRATION = {
    "x-amazon-apigateway-integration": {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": "arn",
        "payloadFormatVersion": "2.0",
    }
}


def test_a_requirement_that_nothing_defines_is_an_error() -> None:
    template = api_with({**INTEGRATION, "security": [{"Missing": []}]}, {})
    with pytest.raises(sam.TransformError, match="does not define"):
        sam.with_native_routes(template)


def test_an_authorizer_of_another_type_is_an_error() -> None:
    scheme = {"Own": {"x-amazon-apigateway-authorizer": {"type": "request"}}}
    with pytest.raises(sam.TransformError, match="only jwt"):
        sam.with_native_routes(api_with(INTEGRATION, scheme))


def test_a_method_that_is_not_known_is_an_error() -> None:
    template = api_with(INTEGRATION, {})
    paths = template["Resources"]["Api"]["Properties"]["Body"]["paths"]
    paths["/x"]["parameters"] = []
    with pytest.raises(sam.TransformError, match="parameters"):
        sam.with_native_routes(template)


def test_few_processes_work_through_a_queue(small: sam.Template) -> None:
    made = sam.translate(small, PACKAGES, {"Stage": "local"})
    (mapping,) = resources(made, "Lambda::EventSourceMapping").values()
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_the_real_template_keeps_every_route_and_resource() -> None:
    template = sam.read(REPOSITORY / "template.yaml")
    packages = {name: {"Bucket": "b", "Key": f"{name}.zip"} for name in sam.code_paths(template)}
    made = sam.translate(template, packages, {"Stage": "local", "Runtime": "python3.11"})
    asked = {
        f"{event['Properties']['Method'].upper()} {event['Properties']['Path']}"
        for resource in template["Resources"].values()
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi"
    }
    assert {r["RouteKey"] for r in resources(made, "ApiGatewayV2::Route").values()} == asked
    plain = {
        name
        for name, resource in template["Resources"].items()
        if not resource["Type"].startswith("AWS::Serverless::")
    }
    assert plain <= set(made["Resources"])


def test_of_the_real_template_only_public_routes_are_open() -> None:
    template = sam.read(REPOSITORY / "template.yaml")
    packages = {name: {"Bucket": "b", "Key": f"{name}.zip"} for name in sam.code_paths(template)}
    made = sam.translate(template, packages, {"Stage": "local", "Runtime": "python3.11"})
    open_routes = {
        route["RouteKey"].partition(" ")[2]
        for route in resources(made, "ApiGatewayV2::Route").values()
        if route.get("AuthorizationType") != "JWT"
    }
    keyed = ("/api/v1/leads", "/api/v1/subscriptions", "/api/v1/unsubscriptions")
    assert all(path.startswith(("/f/", "/webhooks/", *keyed)) for path in open_routes)
