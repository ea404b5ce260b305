"""Counts what AWS would charge: calls by service, and DynamoDB's read and write units by size.

Sizes follow the Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats": an attribute
counts its name and its value in UTF-8; a write unit is 1 KB, a read unit 4 KB (half of one when
eventually consistent); transactions count twice; failed conditions are charged like writes.
"""

import json
import math
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.client import BaseClient

from tests.partiql import inserted

_WRITE_UNIT = 1024
_READ_UNIT = 4096
_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}
_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "Check",
}


def value_size(value: dict[str, Any]) -> int:
    """Return the size of one attribute value in bytes."""
    ((kind, content),) = value.items()
    return _SIZES[kind](content)


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": lambda text: len(text.encode()),
    "N": lambda digits: math.ceil(len(digits.lstrip("-0.").replace(".", "")) / 2) + 1,
    "B": lambda content: len(b64decode(content) if isinstance(content, str) else content),
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda members: sum(len(one.encode()) for one in members),
    "NS": lambda members: sum(len(one.encode()) for one in members),
    "L": lambda members: 3 + sum(1 + value_size(one) for one in members),
    "M": lambda fields: 3 + sum(1 + len(k.encode()) + value_size(v) for k, v in fields.items()),
}


def item_size(item: dict[str, Any]) -> int:
    """Return the size of an item in bytes."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


@dataclass
class Meter:
    """What was used while it was on."""

    calls: Counter[str] = field(default_factory=Counter)
    write_units: float = 0
    read_units: float = 0


class Counting:
    """Listens to clients of DynamoDB and SQS and adds up what they use."""

    def __init__(self) -> None:
        self._meter: Meter | None = None
        self._weight = 1.0
        self._missing = 0
        # Looks items up to learn their sizes; not listened to.
        self._looks = boto3.client("dynamodb")

    def listen(self, client: BaseClient) -> None:
        """Listen to a client from now on."""
        service = client.meta.service_model.service_name
        client.meta.events.register(f"before-call.{service}", self._before)
        client.meta.events.register(f"after-call.{service}", self._after)

    @contextmanager
    def measure(self) -> Iterator[Meter]:
        """Add up what is used inside the block, but for blocks within that are measured too."""
        around, self._meter = self._meter, Meter()
        try:
            yield self._meter
        finally:
            self._meter = around

    def _before(self, model: Any, params: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 -- botocore's
        if self._meter is None:
            return
        service = model.service_model.service_name
        self._meter.calls[f"{service}.{model.name}"] += 1
        if service != "dynamodb":
            return
        body = json.loads(params["body"])
        # Eventually consistent reads cost half.
        asked = [body, *body.get("RequestItems", {}).values()]
        consistent = any(isinstance(one, dict) and one.get("ConsistentRead") for one in asked)
        self._weight = 1.0 if consistent else 0.5
        if model.name == "BatchGetItem":
            # What is not there is charged like the smallest item.
            self._missing = sum(len(one["Keys"]) for one in body["RequestItems"].values())
        if model.name in _WRITES:
            self._meter.write_units += self._write(model.name, body)
        elif model.name == "BatchWriteItem":
            self._meter.write_units += sum(
                self._batched(table, request)
                for table, requests in body["RequestItems"].items()
                for request in requests
            )
        elif model.name == "BatchExecuteStatement":
            # Inserts only: one that is there already is charged like one that is written.
            items = (inserted(statement)[1] for statement in body["Statements"])
            self._meter.write_units += sum(self._write("PutItem", {"Item": one}) for one in items)
        elif model.name == "TransactWriteItems":
            for part in body["TransactItems"]:
                ((kind, operation),) = part.items()
                self._meter.write_units += 2 * self._write(_PARTS[kind], operation)

    def _after(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 -- botocore's
        if self._meter is None or model.service_model.service_name != "dynamodb":
            return
        match model.name:
            case "GetItem":
                self._read([parsed.get("Item", {})], each=True)
            case "BatchGetItem":
                found = [item for items in parsed["Responses"].values() for item in items]
                self._read([*found, *({} for _ in range(self._missing - len(found)))], each=True)
            case "Query":
                self._read(parsed.get("Items", []), each=False)

    def _read(self, items: list[dict[str, Any]], *, each: bool) -> None:
        sizes = [item_size(item) for item in items]
        groups = sizes if each else [sum(sizes)]
        units = sum(max(1, math.ceil(size / _READ_UNIT)) for size in groups)
        if self._meter:
            self._meter.read_units += units * self._weight

    def _batched(self, table: str, request: dict[str, Any]) -> int:
        if "PutRequest" in request:
            return self._write("PutItem", request["PutRequest"])
        return self._write("DeleteItem", {"TableName": table, **request["DeleteRequest"]})

    def _write(self, kind: str, operation: dict[str, Any]) -> int:
        if kind == "PutItem":
            size = item_size(operation["Item"])
        else:
            found = self._looks.get_item(TableName=operation["TableName"], Key=operation["Key"])
            size = item_size(dict(found.get("Item", operation["Key"])))
            # What an update adds is at most its values.
            values = operation.get("ExpressionAttributeValues", {})
            if kind == "UpdateItem":
                size += sum(value_size(value) for value in values.values())
        return max(1, math.ceil(size / _WRITE_UNIT))
