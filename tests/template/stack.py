"""The template as CloudFormation sees it: translated from SAM, then resolved for one stage.

Resolving turns `Ref` and `GetAtt` of a resource into `<Name>` and `<Name.Attribute>`, applies
parameters, mappings and conditions, and leaves out what a condition leaves out. So a rule reads
plain values, and what SAM adds by itself is judged like everything else.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
STAGES = ("local", "dev", "staging", "prod")

# A template is nested JSON: its shape is what the rules are about, so no type says it first.
Node = Any
Template = dict[str, Any]

_NO_VALUE = object()
_PSEUDO: Mapping[str, object] = {
    "AWS::AccountId": "123456789012",
    "AWS::NoValue": _NO_VALUE,
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "assent",
    "AWS::URLSuffix": "amazonaws.com",
}


def load() -> Template:
    """Read the template as it is written."""
    template: Template = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
    return template


def translate(template: Template) -> Template:
    """Apply the SAM transform, offline."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        # `sam package` uploads code first; the translator wants to see where it went.
        for key in ("CodeUri", "ContentUri"):
            if key in resource["Properties"]:
                resource["Properties"][key] = "s3://bucket/key"
    session = boto3.Session(region_name="us-east-1")
    translator = Translator(_NoManagedPolicies(), Parser(), boto_session=session)
    translated: Template = translator.translate(template, {})
    return translated


class _NoManagedPolicies(dict[str, str]):
    """Knows every AWS-managed policy by a stand-in, so that a rule can name and refuse it."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def get(self, name: str, default: object = None) -> str:
        del default
        return f"arn:aws:iam::aws:policy/{name}"

    __getitem__ = get


@dataclass
class Stack:
    """A translated template, resolved for one set of parameters."""

    template: Template
    parameters: dict[str, object]
    resources: dict[str, Template] = field(init=False)
    outputs: dict[str, Template] = field(init=False)

    def __post_init__(self) -> None:
        declared = self.template["Parameters"]
        defaults = {name: value.get("Default") for name, value in declared.items()}
        self._values: dict[str, object] = {**_PSEUDO, **defaults, **self.parameters}
        self.resources = self._section("Resources")
        self.outputs = self._section("Outputs")

    def _section(self, name: str) -> dict[str, Template]:
        return {
            key: self._resolve(value)
            for key, value in self.template[name].items()
            if "Condition" not in value or self._holds(value["Condition"])
        }

    @property
    def stage(self) -> str:
        """The stage it is resolved for."""
        return str(self.parameters["Stage"])

    def of_type(self, kind: str) -> Iterator[tuple[str, Template]]:
        """All resources of a type: logical name and properties."""
        for name, resource in self.resources.items():
            if resource["Type"] == kind:
                yield name, resource.get("Properties", {})

    def named(self, reference: object) -> str:
        """Return the logical name behind `<Name>` or `<Name.Attribute>`."""
        found = re.fullmatch(r"<(\w+)(\.[\w.]+)?>", str(reference))
        return found[1] if found and found[1] in self.resources else ""

    def _holds(self, condition: Node) -> bool:
        if isinstance(condition, str):
            return self._holds(self.template["Conditions"][condition])
        ((operator, operand),) = condition.items()
        if operator == "Fn::Equals":
            left, right = (str(self._resolve(side)) for side in operand)
            return left == right
        if operator == "Condition":
            return self._holds(operand)
        judged = [self._holds(part) for part in operand]
        return {"Fn::Not": not judged[0], "Fn::And": all(judged), "Fn::Or": any(judged)}[operator]

    def _resolve(self, node: Node) -> Node:
        if isinstance(node, list):
            items = (self._resolve(item) for item in node)
            return [item for item in items if item is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((key, value),) = node.items()
            if key == "Ref":
                return self._values.get(value, f"<{value}>")
            if key.startswith("Fn::"):
                return self._function(key, value)
        pairs = ((key, self._resolve(value)) for key, value in node.items())
        return {key: value for key, value in pairs if value is not _NO_VALUE}

    def _function(self, name: str, value: Node) -> Node:
        if name == "Fn::If":
            return self._resolve(value[1] if self._holds(value[0]) else value[2])
        if name == "Fn::GetAtt":
            return f"<{value if isinstance(value, str) else '.'.join(value)}>"
        if name == "Fn::FindInMap":
            table, first, second = (self._resolve(part) for part in value)
            return self.template["Mappings"][table][first][second]
        if name == "Fn::Join":
            return value[0].join(str(part) for part in self._resolve(value[1]))
        if name == "Fn::Sub":
            text, extra = (value, {}) if isinstance(value, str) else value
            known = {**self._values, **self._resolve(extra)}
            return re.sub(
                r"\$\{([\w:.]+)\}", lambda found: str(known.get(found[1], f"<{found[1]}>")), text
            )
        raise ValueError(f"{name} is not resolved here: add it")
