"""The door to everything outside the process: moto's tables by a short way, and what befalls calls.

A call through botocore and moto's web layer takes some ten milliseconds, nearly all of it spent on
signing, on writing and reading JSON, and on copying whole tables before each transaction. Thousands
of histories need thousands of calls a second. So a call is taken at botocore's door and handed to
moto's own handler; a transaction looks at all of its conditions first, as DynamoDB does, so that
nothing ever has to be taken back.
"""

import copy
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto.core.exceptions import JsonRESTError
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.responses import DynamoHandler

from assent.platform.queues import Command, Outbox
from tests.calls import Died

_ACCOUNT, _REGION = "123456789012", "us-east-1"
_CONDITION = "ConditionalCheckFailed"
_TRANSACTION = "TransactWriteItems"
_LEDGER = "-ledger"
"""Ends the name of the table that a transaction writes to when it changes consent."""


class Turn(StrEnum):
    """What befalls a call."""

    LOST = "lost"  # the process ends before it
    UNHEARD = "unheard"  # it takes effect, and the process ends before the answer
    OVERTAKEN = "overtaken"  # something else happens first, from beginning to end


@dataclass(frozen=True)
class Fate:
    """What befalls one piece of work, at its call of this number, counted from 1."""

    at: int
    turn: Turn


@dataclass
class Work:
    """One piece of work in hand: a command, or what a user asks for."""

    about: Command | None = None
    fate: Fate | None = None
    committed: Callable[[], None] | None = None  # called once, when its transaction is in force
    reading: Callable[[str], None] = lambda _: None  # called with the key of each item before
    meanwhile: Callable[[], None] = lambda: None
    calls: int = 0
    overtaken: bool = False


@dataclass
class Door:
    """Lets calls through, one after the other, as the work in hand is fated."""

    works: list[Work] = field(default_factory=list)

    @contextmanager
    def working(self, work: Work) -> Iterator[None]:
        """Do a piece of work, within another one or by itself."""
        self.works.append(work)
        try:
            yield
        finally:
            self.works.pop()

    def call(self, key: str, act: Callable[[], Any], *, records: bool = False) -> Any:  # noqa: ANN401 -- whatever it answers
        """Let one call through; `records` says that it puts something on record in the ledger."""
        work = self.works[-1] if self.works else Work()
        work.calls += 1
        turn = work.fate.turn if work.fate and work.fate.at == work.calls else None
        if turn == Turn.LOST:
            raise Died
        if turn == Turn.OVERTAKEN:
            work.overtaken = True
            work.meanwhile()
        work.reading(key)
        answer = act()
        if records and work.committed:
            committed, work.committed = work.committed, None
            with self.working(Work()):
                committed()
        if turn == Turn.UNHEARD:
            raise Died
        return answer

    @contextmanager
    def open(self) -> Iterator[None]:
        """Take what goes to DynamoDB and into queues."""
        really = BaseClient._make_api_call  # type: ignore[attr-defined]
        send = Outbox.send

        def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
            if client.meta.service_model.service_name != "dynamodb":
                return really(client, operation, arguments)
            key = arguments.get("Key", {}).get("sk", {}).get("S", "")
            plain = json.loads(json.dumps(arguments))
            records = operation == _TRANSACTION and any(
                part.get("Put", {}).get("TableName", "").endswith(_LEDGER)
                for part in plain["TransactItems"]
            )
            return self.call(key, lambda: _answer(operation, plain), records=records)

        def sent(queue: Outbox, command: Command, delay: int = 0) -> None:
            self.call("", lambda: send(queue, command, delay))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(BaseClient, "_make_api_call", call)
            patch.setattr(Outbox, "send", sent)
            yield


class Snapshot:
    """All tables as they are now, to come back to: histories know nothing of one another."""

    def __init__(self) -> None:
        self._kept = {
            name: {pk: dict(rows) for pk, rows in table.items.items()}
            for name, table in _backend().tables.items()
        }
        self._kept = copy.deepcopy(self._kept)

    def restore(self) -> None:
        """Put all tables back."""
        for name, items in copy.deepcopy(self._kept).items():
            _backend().tables[name].items = defaultdict(dict, items)


def _backend() -> DynamoDBBackend:
    return dynamodb_backends[_ACCOUNT][_REGION]


@cache
def _handler() -> DynamoHandler:
    handler = DynamoHandler()
    handler.current_account, handler.region = _ACCOUNT, _REGION
    return handler


def _answer(operation: str, arguments: dict[str, Any]) -> object:
    if operation == _TRANSACTION:
        _transact(arguments["TransactItems"])
        return {}
    handler = _handler()
    handler.body = arguments
    try:
        result = getattr(handler, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())()
    except JsonRESTError as error:
        code = str(error.error_type).rpartition("#")[2]
        raise ClientError(
            {"Error": {"Code": code, "Message": str(error.message)}}, operation
        ) from error
    return json.loads(json.dumps(result.result))


def _transact(items: list[dict[str, Any]]) -> None:
    writes = [next(iter(item.items())) for item in items]
    keys = [json.dumps([of["TableName"], _key(of)], sort_keys=True) for _, of in writes]
    if len(set(keys)) < len(keys):
        raise AssertionError("a transaction may write to an item once")
    reasons = [{"Code": "None" if _holds(of) else _CONDITION} for _, of in writes]
    if any(reason["Code"] == _CONDITION for reason in reasons):
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": reasons,
        }
        raise ClientError(answer, _TRANSACTION)
    for kind, of in writes:
        _write(kind, of)


def _key(of: dict[str, Any]) -> dict[str, Any]:
    held = of.get("Key") or of["Item"]
    return {name: held[name] for name in ("pk", "sk")}


def _holds(of: dict[str, Any]) -> bool:
    condition = of.get("ConditionExpression")
    if condition is None:
        return True
    names, values = of.get("ExpressionAttributeNames"), of.get("ExpressionAttributeValues")
    current = _backend().get_item(of["TableName"], _key(of))
    return bool(get_filter_expression(condition, names, values).expr(current))


def _write(kind: str, of: dict[str, Any]) -> None:
    table = of["TableName"]
    if kind == "Put":
        _backend().put_item(table, of["Item"])
    elif kind == "Delete":
        _backend().delete_item(table, of["Key"])
    elif kind == "Update":
        _backend().update_item(
            table,
            of["Key"],
            update_expression=of["UpdateExpression"],
            expression_attribute_names=of.get("ExpressionAttributeNames", {}),
            expression_attribute_values=of.get("ExpressionAttributeValues", {}),
        )
