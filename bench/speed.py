"""Speeds, as ratios to a bare floor measured in the same run, interleaved with it.

Network and AWS are left out: botocore's answers are canned just before they would be sent, so
that what is compared is the CPU time of our code against that of botocore alone.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from os import environ
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import boto3

from assent.integrations.service import hashed
from assent.platform import observability, queues, settings, tables
from assent.sms.keywords import classify
from assent.sms.segments import segment
from bench.doors import canned
from bench.results import Result
from tests.conftest import environment

_ROUNDS = 30
_CALLS = 20
_MICRO = 1_000_000
_STARTS = 3
_WORKERS = (
    "keyword_handler",
    "queue_router",
    "message_sender",
    "delivery_tracker",
    "broadcast_planner",
    "broadcast_fanout",
    "contact_import",
)
_ROOT = Path(__file__).parents[1]
_TEXT = "Harbor Alerts: the market opens at nine on Saturday, bring a friend and a bag. " * 2
_START = """
import time
began = time.process_time()
{work}
print(time.process_time() - began)
"""
_BARE = """
import botocore.session
session = botocore.session.get_session()
session.create_client("dynamodb")
session.create_client("sqs")
"""
_WORKER = """
import importlib.util
spec = importlib.util.spec_from_file_location("app", "functions/{name}/app.py")
app = importlib.util.module_from_spec(spec)
spec.loader.exec_module(app)
from assent.platform import observability, queues, settings, tables
settings.current()
tables.client()
queues._client()
"""


def results() -> list[Result]:
    """Measure every ratio that is built so far."""
    variables = environment() | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }
    with (
        patch.dict(environ, variables),
        # It was read when the module was imported.
        patch.object(observability.metrics.provider, "namespace", "Assent"),
    ):
        return [
            Result.at_most("form_ingest CPU / bare put + send", _ingest(), "ratio", 0.70),
            Result.at_most("classify", _each(lambda: classify("Stop. Thank you")), "µs", 20),
            Result.at_most(
                "segment, 160 characters", _each(lambda: segment(_TEXT[:160])), "µs", 20
            ),
        ]


def starting() -> list[Result]:
    """Compare the CPU time of each worker's start with that of two bare clients, interleaved."""
    bare: list[float] = []
    ours: dict[str, list[float]] = {name: [] for name in _WORKERS}
    for _ in range(_STARTS):
        bare.append(_process(_BARE))
        for name, taken in ours.items():
            taken.append(_process(_WORKER.format(name=name)))
        bare.append(_process(_BARE))
    floor = median(bare)
    return [
        Result.at_most(f"start of {name} / two clients", median(taken) / floor, "ratio", 1.8)
        for name, taken in ours.items()
    ]


def _each(work: Callable[[], object]) -> float:
    """Return the CPU time of one call, in microseconds: the median of several rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(_CALLS * 10):
            work()
        rounds.append((time.process_time() - began) / (_CALLS * 10))
    return median(rounds) * _MICRO


def _ingest() -> float:
    """Compare a lead through the handler, with log and metrics, to a bare put and send."""
    from functions.form_ingest import app  # noqa: PLC0415 -- after the environment is set

    settings.current.cache_clear()
    queues._client.cache_clear()  # noqa: SLF001 -- made anew with canned answers
    settings.current()
    key = "ak_" + "A" * 26 + "_" + "B" * 26 + "_" + "c" * 64
    floor_table, floor_queue = boto3.client("dynamodb"), boto3.client("sqs")
    event = _event(key)
    context = _Context()

    def ours() -> None:
        answer = app.lambda_handler(event, context)
        if answer["statusCode"] != 202:  # noqa: PLR2004 -- accepted
            raise RuntimeError(answer["body"])

    def floor() -> None:
        floor_table.put_item(
            TableName="leads",
            Item={"pk": {"S": "a"}, "sk": {"S": "b"}, "lead": {"S": event["body"]}},
            ConditionExpression="attribute_not_exists(pk)",
        )
        floor_queue.send_message(
            QueueUrl="https://sqs.us-east-1.amazonaws.com/1/q", MessageBody="x"
        )

    with (
        canned(tables.client(), _stored(key)),
        canned(queues._client(), _SENT),  # noqa: SLF001 -- the one client of the process
        canned(floor_table, {}),
        canned(floor_queue, _SENT),
        _quiet(),
    ):
        ours()
        floor()
        ratios = [_cpu(ours) / _cpu(floor) for _ in range(_ROUNDS)]
    settings.current.cache_clear()
    queues._client.cache_clear()  # noqa: SLF001 -- the canned client ends here
    return median(ratios)


def _cpu(work: Callable[[], None]) -> float:
    began = time.process_time()
    for _ in range(_CALLS):
        work()
    return time.process_time() - began


class _quiet:  # noqa: N801 -- reads as the statement that it is
    """Send what is printed to nowhere: writing it costs CPU all the same."""

    def __enter__(self) -> None:
        self._stdout = sys.stdout
        sys.stdout = Path("/dev/null").open("w", encoding="utf-8")

    def __exit__(self, *_: object) -> None:
        sys.stdout.close()
        sys.stdout = self._stdout


def _process(work: str) -> float:
    variables = environ | environment()
    variables |= {"AWS_DEFAULT_REGION": "us-east-1"}
    variables |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", _START.format(work=work)],
        cwd=_ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout.splitlines()[-1])


_SENT = {"MessageId": "1"}


def _stored(key: str) -> dict[str, Any]:
    """One answer that serves as credential, integration and account, whichever is asked for."""
    return {
        "Item": {
            "pk": {"S": "account#ac_" + "A" * 26},
            "sk": {"S": "integration#in_1"},
            "integration_id": {"S": "in_1"},
            "hash": {"S": hashed(key)},
            "created_at": {"S": "2026-01-01T00:00:00.000000+0000"},
            "name": {"S": "Website"},
            "state": {"S": "active"},
            "disclosure": {"S": "I agree to get texts from Harbor Alerts."},
            "channels": {"L": [{"S": "sms"}]},
            "double_opt_in": {"BOOL": False},
            "allowed_origins": {"L": []},
            "redirect_urls": {"L": []},
            "form_secret": {"S": "x"},
            "time_zone": {"S": "America/New_York"},
            "default_region": {"S": "US"},
            "terms_url": {"S": ""},
            "privacy_url": {"S": ""},
            "sender_id": {"S": "sn_1"},
        }
    }


def _event(key: str) -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": "POST /api/v1/leads",
        "rawPath": "/api/v1/leads",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-api-key": key},
        "requestContext": {
            "stage": "$default",
            "domainName": "api.example",
            "http": {
                "method": "POST",
                "path": "/api/v1/leads",
                "sourceIp": "192.0.2.1",
                "userAgent": "bench",
            },
        },
        "body": json.dumps({"first_name": "Ann", "last_name": "Lee", "phone": "+12125550101"}),
        "isBase64Encoded": False,
    }


class _Context:
    """What Powertools' logger asks of a Lambda context."""

    function_name = "form_ingest"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:form_ingest"
    aws_request_id = "00000000-0000-0000-0000-000000000000"
