"""The ledger of a stack, read from its tables and walked event by event."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from assent.consent.ledger import LedgerEvent, verify
from local.testing import RunningStack


def items(stack: RunningStack, table: str) -> Iterator[dict[str, Any]]:
    """Read a whole table, strongly consistent, as plain values."""
    pages = stack.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=f"assent-local-{table}", ConsistentRead=True):
        for item in page["Items"]:
            yield {name: next(iter(value.values())) for name, value in item.items()}


def faults(stack: RunningStack) -> tuple[int, list[str]]:
    """Count the chains of the ledger, and name every fault in them."""
    heads = {
        item["pk"]: (int(item["sequence"]), str(item["head"]))
        for item in items(stack, "consent")
        if item["sk"] in {"consent", "optout"}
    }
    events: dict[str, list[LedgerEvent]] = defaultdict(list)
    for item in sorted(items(stack, "ledger"), key=lambda item: (item["pk"], item["sk"])):
        evidence = json.loads(item["evidence"]) if item.get("evidence") else None
        event = LedgerEvent(**json.loads(item["event"]), evidence=evidence, salt=item.get("salt"))
        events[item["pk"]].append(event)
    found = [f"{key}: events without a head" for key in events if key not in heads]
    for key, head in heads.items():
        owner, _, subject = key.partition("#")
        fault = verify(owner, subject, events[key], head)
        if fault:
            found.append(f"{key}: {fault.code} at {fault.sequence}: {fault.message}")
    return len(heads), found
