"""The two doors at which `bench.tables` stands in for DynamoDB: PynamoDB's and botocore's.

At PynamoDB's, botocore is left out, which is quick. At botocore's, everything runs that runs in a
function: PynamoDB, botocore's serializer, signer and parser. What playing DynamoDB takes is
measured and can be left out.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from pynamodb.connection.base import Connection
from pynamodb.exceptions import CancellationReason, VerboseClientError

from assent.platform import settings
from assent.platform import tables as product_tables
from bench.tables import ConditionFailed, Tables

_TYPE = "application/x-amz-json-1.0"
_ERROR = "com.amazonaws.dynamodb.v20120810#"


class Watch:
    """Counts the CPU time that the stand-in itself takes, to be left out."""

    def __init__(self) -> None:
        self.own_seconds = 0.0

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Leave out what happens inside."""
        began = time.process_time()
        try:
            yield
        finally:
            self.own_seconds += time.process_time() - began

    def now(self) -> float:
        """Return the CPU time of the process so far, in seconds, without the stand-in's."""
        return time.process_time() - self.own_seconds


@contextmanager
def between(tables: Tables, watch: Watch, *, whole: bool = False) -> Iterator[None]:
    """Stand at PynamoDB's door, or at botocore's if the whole way is to be run.

    Settings are read anew inside, and forgotten at its end.
    """
    settings.current.cache_clear()
    if whole:
        settings.current()
        with _clients(tables, watch):
            yield
    else:
        with at_pynamodb(tables, watch):
            yield
    settings.current.cache_clear()


@contextmanager
def at_pynamodb(tables: Tables, watch: Watch) -> Iterator[None]:
    """Answer whatever PynamoDB calls."""

    def call(connection: Connection, name: str, arguments: dict[str, Any]) -> object:
        with watch.stopped():
            try:
                return tables.call(connection, name, arguments)
            except ConditionFailed as failed:
                raise _refused(name, failed) from None

    with patch.object(Connection, "_make_api_call", call):
        yield


def _refused(name: str, failed: ConditionFailed) -> VerboseClientError:
    reasons = (
        None if one == "None" else CancellationReason(code=one, message=None)
        for one in failed.reasons
    )
    error = {"Error": {"Code": failed.code, "Message": "refused"}}
    return VerboseClientError(error, name, {}, cancellation_reasons=reasons)


class _Raw:
    """The body of an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> list[bytes]:  # noqa: ANN401 -- as urllib3's
        return [self._content]


def _answer(url: str, content: dict[str, Any], status: int = 200) -> AWSResponse:
    headers = HTTPHeaders.from_dict({"content-type": _TYPE})
    return AWSResponse(url, status, headers, _Raw(json.dumps(content).encode()))


@contextmanager
def _clients(tables: Tables, watch: Watch) -> Iterator[None]:
    """Let nothing out of the process's DynamoDB client meanwhile."""

    def send(request: Any, **_: Any) -> AWSResponse:  # noqa: ANN401 -- botocore's
        with watch.stopped():
            name = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
            try:
                return _answer(request.url, tables.call(None, name, json.loads(request.body)))
            except ConditionFailed as failed:
                content: dict[str, Any] = {"__type": _ERROR + failed.code, "message": "refused"}
                if failed.reasons:
                    content["CancellationReasons"] = [{"Code": one} for one in failed.reasons]
                return _answer(request.url, content, 400)

    events: Any = product_tables.client().meta.events
    events.register_first("before-send.*.*", send)
    try:
        yield
    finally:
        events.unregister("before-send.*.*", send)


@contextmanager
def canned(client: Any, content: dict[str, Any], watch: Watch | None = None) -> Iterator[None]:  # noqa: ANN401 -- as above
    """Have a client get the same answer to everything meanwhile."""
    on = watch or Watch()

    def send(request: Any, **_: Any) -> AWSResponse:  # noqa: ANN401 -- botocore's
        with on.stopped():
            return _answer(request.url, content)

    client.meta.events.register_first("before-send.*.*", send)
    try:
        yield
    finally:
        client.meta.events.unregister("before-send.*.*", send)
