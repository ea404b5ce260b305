"""Turn the SAM template into the CloudFormation that the emulator understands.

The template is the one that AWS gets: `samtranslator` expands it as AWS does. One thing is then
written another way: the emulator ignores the OpenAPI `Body` of an HTTP API and would deploy it with
no route at all, so its routes, integrations and authorizers become resources of their own.
"""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.layout import REGION

Template = dict[str, Any]

_HTTP_API = "AWS::ApiGatewayV2::Api"
_ANY_METHOD = "x-amazon-apigateway-any-method"
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "options", "head", _ANY_METHOD})
_FUNCTION = "AWS::Serverless::Function"
_LAYER = "AWS::Serverless::LayerVersion"
_LEAST_CONCURRENCY = 2  # AWS accepts no less
# The translator reports to nobody here and would say so when the interpreter ends.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)
_UNUSED = {"Bucket": "not-built", "Key": "not-built"}


class TransformError(ValueError):
    """The template holds something that this transform does not know how to carry over."""


class _NoManagedPolicies:
    """Roles are explicit in the template, so no managed policy is ever looked up by name."""

    def load(self) -> dict[str, str]:
        return {}


def read(path: Path) -> Template:
    """Read a SAM template with its short intrinsic functions."""
    template: Template = yaml_parse(path.read_text("utf-8"))
    return template


def code_paths(template: Template) -> dict[str, str]:
    """Return the source folder of each function and layer, by logical id."""
    return {
        name: resource["Properties"]["CodeUri" if resource["Type"] == _FUNCTION else "ContentUri"]
        for name, resource in template["Resources"].items()
        if resource["Type"] in {_FUNCTION, _LAYER}
    }


def count_routes(template: Template) -> int:
    """Count the routes that the template's functions ask for."""
    return sum(
        event["Type"] == "HttpApi"
        for resource in template["Resources"].values()
        if resource["Type"] == _FUNCTION
        for event in resource["Properties"].get("Events", {}).values()
    )


def translate(
    template: Template, packages: Mapping[str, Mapping[str, str]], parameters: Mapping[str, str]
) -> Template:
    """Expand the template; `packages` gives bucket and key of each function and layer.

    Raises `TransformError` where the number of routes is not the number the template asks for.
    """
    source = copy.deepcopy(template)
    for name, resource in source["Resources"].items():
        if resource["Type"] == _FUNCTION:
            resource["Properties"]["CodeUri"] = dict(packages[name])
        elif resource["Type"] == _LAYER:
            # A layer that a condition leaves out has no package; the translator still wants one.
            resource["Properties"]["ContentUri"] = dict(packages.get(name, _UNUSED))
    # Half a second to import, and only a deployment needs it.
    from samtranslator.translator.transform import transform  # noqa: PLC0415

    # The translator asks boto3 for the region it writes ARNs for.
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    expanded: Template = transform(source, dict(parameters), _NoManagedPolicies())
    native = with_few_processes(with_native_routes(expanded))
    wanted, found = count_routes(template), len(_of_type(native, "AWS::ApiGatewayV2::Route"))
    if wanted != found:
        message = f"The template asks for {wanted} routes and {found} would be deployed."
        raise TransformError(message)
    return native


def with_native_routes(template: Template) -> Template:
    """Return the template with each HTTP API's `Body` written as resources."""
    result = copy.deepcopy(template)
    for name, api in _of_type(result, _HTTP_API).items():
        body = api["Properties"].pop("Body", None)
        if body is None:
            continue
        api["Properties"].setdefault("ProtocolType", "HTTP")
        api["Properties"].setdefault("Name", body.get("info", {}).get("title", name))
        result["Resources"] |= _Api(name, body, api.get("Condition")).resources()
    return result


def with_few_processes(template: Template) -> Template:
    """Return the template with the least concurrency that a queue's mapping may have.

    Each concurrent call is a process of its own here. On a machine with a few cores, starting many
    of them at once takes longer than having few of them work through the queue.
    """
    result = copy.deepcopy(template)
    for mapping in _of_type(result, "AWS::Lambda::EventSourceMapping").values():
        scaling = mapping["Properties"].get("ScalingConfig")
        if scaling:
            scaling["MaximumConcurrency"] = _LEAST_CONCURRENCY
    return result


def _of_type(template: Template, kind: str) -> dict[str, Any]:
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


class _Api:
    """One HTTP API's OpenAPI body, written as native resources."""

    def __init__(self, name: str, body: dict[str, Any], condition: str | None) -> None:
        self._name = name
        self._body = body
        self._condition = condition
        schemes = body.get("components", {}).get("securitySchemes", {})
        self._authorizers = {scheme: f"{name}{_word(scheme)}Authorizer" for scheme in schemes}
        self._schemes = schemes

    def resources(self) -> dict[str, Any]:
        made = {logical: self._authorizer(scheme) for scheme, logical in self._authorizers.items()}
        for path, operations in self._body["paths"].items():
            for method, operation in operations.items():
                if method.lower() not in _METHODS:
                    message = f"{path}: {method} is no method this transform knows."
                    raise TransformError(message)
                made |= self._route(path, method.lower(), operation)
        return made

    def _resource(self, kind: str, properties: dict[str, Any]) -> dict[str, Any]:
        resource: dict[str, Any] = {
            "Type": f"AWS::ApiGatewayV2::{kind}",
            "Properties": {"ApiId": {"Ref": self._name}, **properties},
        }
        if self._condition:
            resource["Condition"] = self._condition
        return resource

    def _authorizer(self, scheme: str) -> dict[str, Any]:
        settings = self._schemes[scheme].get("x-amazon-apigateway-authorizer", {})
        if settings.get("type") != "jwt":
            message = f"Authorizer {scheme} is of type {settings.get('type')}, only jwt is known."
            raise TransformError(message)
        jwt = settings["jwtConfiguration"]
        return self._resource(
            "Authorizer",
            {
                "Name": scheme,
                "AuthorizerType": "JWT",
                "IdentitySource": [settings["identitySource"]],
                "JwtConfiguration": {"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
            },
        )

    def _route(self, path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
        verb = "ANY" if method == _ANY_METHOD else method.upper()
        integration = operation["x-amazon-apigateway-integration"]
        logical = f"{self._name}{verb.title()}{_word(path)}"
        properties: dict[str, Any] = {
            "RouteKey": "$default" if path == "/$default" else f"{verb} {path}",
            "Target": {"Fn::Sub": f"integrations/${{{logical}Integration}}"},
        }
        # An empty requirement, `{}` or the scheme NONE, means that nobody has to sign in.
        required = [name for rule in operation.get("security", []) for name in rule]
        known = [name for name in required if name in self._authorizers]
        if known:
            scopes = operation["security"][0].get(known[0], [])
            properties |= {
                "AuthorizationType": "JWT",
                "AuthorizerId": {"Ref": self._authorizers[known[0]]},
                "AuthorizationScopes": scopes,
            }
        elif any(name != "NONE" for name in required):
            message = f"{verb} {path} requires {required}, which the API does not define."
            raise TransformError(message)
        return {
            f"{logical}Integration": self._resource(
                "Integration",
                {
                    "IntegrationType": integration["type"].upper(),
                    "IntegrationMethod": integration["httpMethod"],
                    "IntegrationUri": integration["uri"],
                    "PayloadFormatVersion": integration["payloadFormatVersion"],
                },
            ),
            f"{logical}Route": self._resource("Route", properties),
        }


def _word(text: str) -> str:
    """Return `text` as a part of a logical id, different for different paths."""
    words = "".join(
        character if character.isalnum() else {"{": " Of ", "+": " Rest "}.get(character, " ")
        for character in text
    )
    return "".join(word.capitalize() for word in words.split()) or "Root"
