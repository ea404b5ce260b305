"""Deploy the template to the emulator; a second time only what changed."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local import emulator, packages, sam
from local.layout import Layout, Ports, write_json
from local.progress import Progress, StepFailedError

STACK = "assent-local"
_BUCKET = "assent-local-artifacts"
_SECONDS = 180.0
_DONE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_FINGERPRINT = "assent-fingerprint"


@dataclass(frozen=True)
class Deployment:
    """What is deployed: the stack's outputs and the id of its HTTP API."""

    outputs: dict[str, str]
    api_id: str
    changed: bool

    def environment(self, region: str) -> dict[str, str]:
        """Return the outputs that the console reads at run time, by their names there."""
        return {
            "region": region,
            "userPoolId": self.outputs["UserPoolId"],
            "clientId": self.outputs["UserPoolClientId"],
        }


def parameters(template: sam.Template, ports: Ports) -> dict[str, str]:
    """Return the parameters of a local stack, those with a default left as they are."""
    wanted = {
        "Stage": "local",
        # The emulator runs functions on its own interpreter, whatever the template says.
        "Runtime": f"python{sys.version_info.major}.{sys.version_info.minor}",
        "Architecture": "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64",
        "ConsoleUrl": ports.front_url,
    }
    declared = template.get("Parameters", {})
    return {name: value for name, value in wanted.items() if name in declared}


def deploy(layout: Layout, ports: Ports, progress: Progress) -> Deployment:
    """Bring the emulator's stack to what template.yaml says now."""
    template = sam.read(layout.template)
    chosen = parameters(template, ports)
    progress.note("packaging")
    keys = _upload(layout, ports, template)
    progress.note("translating")
    try:
        translated = sam.translate(template, keys, chosen)
    except sam.TransformError as error:
        raise StepFailedError(str(error), advice="See local/sam.py.") from error
    stack = emulator.client("cloudformation", ports)
    changed = _apply(stack, translated, chosen, layout, ports, progress)
    description = stack.describe_stacks(StackName=STACK)["Stacks"][0]
    _check(stack, translated, template, ports)
    _set_time_to_live(translated, ports)
    outputs = {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", [])}
    deployment = Deployment(outputs, _api_id(stack), changed)
    write_json(layout.deployed, {"outputs": outputs, "api_id": deployment.api_id})
    return deployment


def _upload(layout: Layout, ports: Ports, template: sam.Template) -> dict[str, dict[str, str]]:
    """Put every package in the emulator's S3 under a name that its content decides."""
    store = emulator.client("s3", ports)
    try:
        store.head_bucket(Bucket=_BUCKET)
    except ClientError:
        store.create_bucket(Bucket=_BUCKET)
    present = {item["Key"] for item in store.list_objects_v2(Bucket=_BUCKET).get("Contents", [])}
    keys = {}
    for name, path in sam.code_paths(template).items():
        if template["Resources"][name].get("Condition") == "OnAws":
            continue  # the vendor layer: functions see the environment's own packages here
        archive = packages.package(layout.repository / path, layout.packages)
        if archive.name not in present:
            store.upload_file(str(archive), _BUCKET, archive.name)
        keys[name] = {"Bucket": _BUCKET, "Key": archive.name}
    return keys


def _apply(
    stack: Any,  # noqa: ANN401
    template: sam.Template,
    chosen: dict[str, str],
    layout: Layout,
    ports: Ports,
    progress: Progress,
) -> bool:
    """Create or update the stack; return whether there was anything to do."""
    body = json.dumps(template, sort_keys=True)
    mark = hashlib.sha256((body + json.dumps(chosen, sort_keys=True)).encode()).hexdigest()
    current = _current(stack)
    if current and current["StackStatus"] in _DONE and _mark(current) == mark:
        return False
    if current and current["StackStatus"] not in _DONE:
        # An earlier start was cut off in the middle, or failed; nothing of use is in it.
        stack.delete_stack(StackName=STACK)
        _wait(stack, layout, progress, len(template["Resources"]))
        current = None
    request = {
        "StackName": STACK,
        "TemplateURL": _store(ports, body, mark),
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value} for name, value in chosen.items()
        ],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": _FINGERPRINT, "Value": mark}],
    }
    if current:
        stack.update_stack(**request)
    else:
        stack.create_stack(**request)
    _wait(stack, layout, progress, len(template["Resources"]))
    return True


def _store(ports: Ports, body: str, mark: str) -> str:
    """Put the template where CloudFormation reads it: it is too long to be sent along."""
    key = f"template-{mark[:16]}.json"
    emulator.client("s3", ports).put_object(Bucket=_BUCKET, Key=key, Body=body.encode())
    return f"{ports.emulator_url}/{_BUCKET}/{key}"


def _current(stack: Any) -> dict[str, Any] | None:  # noqa: ANN401
    try:
        found: dict[str, Any] = stack.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError:
        return None
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found


def _mark(description: dict[str, Any]) -> str | None:
    tags = {tag["Key"]: tag["Value"] for tag in description.get("Tags", [])}
    return tags.get(_FINGERPRINT)


def _wait(stack: Any, layout: Layout, progress: Progress, resources: int) -> None:  # noqa: ANN401
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        current = _current(stack)
        status = current["StackStatus"] if current else "DELETE_COMPLETE"
        if status in _DONE or status == "DELETE_COMPLETE":
            return
        if not status.endswith("_IN_PROGRESS"):
            raise StepFailedError(
                f"The stack ended as {status}: {_reason(stack)}",
                advice="Correct template.yaml; `make reset` starts afresh.",
                log=layout.logs / "emulator.log",
            )
        done = len(stack.list_stack_resources(StackName=STACK)["StackResourceSummaries"])
        progress.note(f"{min(done, resources)} of {resources} resources")
        time.sleep(0.25)
    raise StepFailedError(
        f"The stack was not ready after {_SECONDS:.0f} s.",
        advice="Try again; `make reset` starts afresh.",
        log=layout.logs / "emulator.log",
    )


def _reason(stack: Any) -> str:  # noqa: ANN401
    events = stack.describe_stack_events(StackName=STACK)["StackEvents"]
    failures = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
    return "; ".join(failures[-3:]) or "no reason given"


def _check(stack: Any, translated: sam.Template, source: sam.Template, ports: Ports) -> None:  # noqa: ANN401
    """Fail unless what is deployed is the template: each resource, each type, each route."""
    pages = stack.get_paginator("list_stack_resources").paginate(StackName=STACK)
    deployed = {
        item["LogicalResourceId"]: item["ResourceType"]
        for page in pages
        for item in page["StackResourceSummaries"]
    }
    conditional = {name for name, item in translated["Resources"].items() if item.get("Condition")}
    expected = {name: item["Type"] for name, item in translated["Resources"].items()}
    missing = sorted(
        name
        for name, kind in expected.items()
        if deployed.get(name) != kind and name not in conditional
    )
    strange = sorted(set(deployed) - set(expected))
    # Resources that are named in template.yaml itself, not made by its translation.
    named = {
        name
        for name, item in source["Resources"].items()
        if not item["Type"].startswith("AWS::Serverless::") and not item.get("Condition")
    }
    missing += sorted(named - set(deployed))
    if missing or strange:
        raise StepFailedError(
            f"The deployed stack is not template.yaml: missing {missing}, not asked for {strange}.",
            advice="`make reset` starts afresh.",
        )
    gateway = emulator.client("apigatewayv2", ports)
    routes = gateway.get_routes(ApiId=_api_id(stack), MaxResults="500")["Items"]
    if len(routes) != sam.count_routes(source):
        raise StepFailedError(
            f"{len(routes)} routes are deployed, template.yaml has {sam.count_routes(source)}.",
            advice="`make reset` starts afresh.",
        )


def _api_id(stack: Any) -> str:  # noqa: ANN401
    pages = stack.get_paginator("list_stack_resources").paginate(StackName=STACK)
    for page in pages:
        for item in page["StackResourceSummaries"]:
            if item["ResourceType"] == "AWS::ApiGatewayV2::Api":
                return str(item["PhysicalResourceId"])
    raise StepFailedError("The deployed stack has no HTTP API.", advice="See template.yaml.")


def _set_time_to_live(template: sam.Template, ports: Ports) -> None:
    """Switch on the expiry that the template asks for: the emulator's stacks leave it out."""
    tables = emulator.client("dynamodb", ports)
    stack = emulator.client("cloudformation", ports)
    for name, resource in template["Resources"].items():
        wanted = resource.get("Properties", {}).get("TimeToLiveSpecification")
        if resource["Type"] != "AWS::DynamoDB::Table" or not wanted:
            continue
        detail = stack.describe_stack_resource(StackName=STACK, LogicalResourceId=name)
        table = detail["StackResourceDetail"]["PhysicalResourceId"]
        found = tables.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if found.get("TimeToLiveStatus") not in {"ENABLED", "ENABLING"}:
            tables.update_time_to_live(
                TableName=table,
                TimeToLiveSpecification={
                    "Enabled": True,
                    "AttributeName": wanted["AttributeName"],
                },
            )
