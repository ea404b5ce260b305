"""All functions on moto with tables, queues, secret and parameters, as a small deployment."""

import hashlib
import importlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import base as parameters
from aws_lambda_powertools.utilities.typing import LambdaContext
from moto.core.models import MockAWS
from moto.sqs.models import sqs_backends

from assent.accounts import store as accounts
from assent.accounts.model import Account, Member, Role, Sender, sender_id
from assent.accounts.team import store as team_store
from assent.api import broadcasts as api_broadcasts
from assent.api import context as api_context
from assent.consent.model import Channel
from assent.integrations import store as integrations
from assent.integrations.model import ApiKey, Integration, IntegrationState
from assent.messaging.providers import PROVIDERS
from assent.messaging.providers.base import Credentials, Outgoing
from assent.messaging.providers.twilio import Twilio
from assent.platform import observability, pseudonyms, settings
from assent.platform.pseudonyms import Pseudonyms
from tests.conftest import BUCKET, QUEUES, SECRET, environment, make_tables
from tests.fakes import DISCLOSURE, SENDER, FakeVoice

ROOT = Path(__file__).parents[3]
EVENTS = ROOT / "events"
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
A, B, C = (f"ac_{letter * 26}" for letter in "ABC")
FORM = f"{'a' * 26}-bcdfghjkmn"
API_KEY = f"ak_{'A' * 26}_{'K' * 26}_{'0' * 64}"
WORKERS = {
    "opt-in-requests": "queue_router",
    "commands": "queue_router",
    "effects": "queue_router",
    "inbound": "keyword_handler",
    "outbound": "message_sender",
    "receipts": "delivery_tracker",
    "plans": "broadcast_planner",
    "chunks": "broadcast_fanout",
    "imports": "contact_import",
}
_SEEDED = datetime(2026, 1, 5, 15, tzinfo=UTC)
_REGION, _ACCOUNT = "us-east-1", "123456789012"


class Context(LambdaContext):
    """What Lambda tells a function of its call."""

    def __init__(self, name: str) -> None:
        self._function_name = name
        self._memory_limit_in_mb = 512
        self._invoked_function_arn = f"arn:aws:lambda:{_REGION}:{_ACCOUNT}:function:{name}"
        self._aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 120_000


class RecordingTwilio(Twilio):
    """The real adapter, but what it would send is kept."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.voice: FakeVoice = FakeVoice()

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        self.sent.append(outgoing)
        return f"SM{len(self.sent):032}"

    def texts_to(self, phone: str) -> list[Outgoing]:
        return [outgoing for outgoing in self.sent if outgoing.phone == phone]


class Deployment:
    """Invokes functions by their names, and moves messages between them as SQS does."""

    def __init__(self, twilio: RecordingTwilio, log: io.StringIO) -> None:
        self.twilio = twilio
        self.log = log
        self.pseudonyms = Pseudonyms(SECRET)

    @staticmethod
    def handler(function: str) -> ModuleType:
        return importlib.import_module(f"functions.{function}.app")

    def call(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function with an event."""
        answer = self.handler(function).lambda_handler(event, Context(function))
        assert isinstance(answer, dict)
        return answer

    def cold(self) -> None:
        """Make every process a new one: nothing that was read is remembered."""
        forget_parameters()
        caches = [pseudonyms.stored, api_context.services, api_broadcasts.service]
        for function in FUNCTIONS:
            names = vars(self.handler(function)).values()
            caches += [each for each in names if hasattr(each, "cache_clear")]
        for each in caches:
            each.cache_clear()

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """Show the commands in a queue, also those that are held back."""
        backend = sqs_backends[_ACCOUNT][_REGION].queues[f"assent-test-{queue}"]
        return [json.loads(message.body) for message in backend._messages]

    def take(self, queue: str) -> list[dict[str, Any]]:
        """Empty a queue and return its commands, as if all their time had come."""
        found = self.waiting(queue)
        sqs_backends[_ACCOUNT][_REGION].queues[f"assent-test-{queue}"]._messages.clear()
        return found

    def deliver(self, queue: str) -> list[dict[str, Any]]:
        """Give a queue's messages to its worker, and put back those that failed."""
        commands = self.take(queue)
        if not commands:
            return []
        event = {"Records": [record(queue, json.dumps(c), f"m{i}") for i, c in enumerate(commands)]}
        try:
            answer = self.call(WORKERS[queue], event)
        except BaseException:
            for command in commands:
                self.put(queue, command)
            raise
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        again = [c for i, c in enumerate(commands) if f"m{i}" in failed]
        for command in again:
            self.put(queue, command)
        return again

    @staticmethod
    def put(queue: str, command: dict[str, Any]) -> None:
        """Put a command into a queue, with no call that anybody could see."""
        sqs_backends[_ACCOUNT][_REGION].send_message(f"assent-test-{queue}", json.dumps(command))

    def subject(self, phone: str) -> str:
        return self.pseudonyms.of(phone)


def forget_parameters() -> None:
    """Forget secrets and parameters, but not the clients, which take long to make."""
    for provider in parameters.DEFAULT_PROVIDERS.values():  # type: ignore[attr-defined]
        provider.clear_cache()


def record(queue: str, body: str, message_id: str) -> dict[str, Any]:
    """Wrap a body as SQS hands it to a function."""
    return {
        "messageId": message_id,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1767625200000",
            "SenderId": "AROAEXAMPLE:function",
            "ApproximateFirstReceiveTimestamp": "1767625200012",
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:assent-test-{queue}",
        "awsRegion": _REGION,
    }


def event(function: str, case: str) -> dict[str, Any]:
    """Read a stored event."""
    kept = json.loads((EVENTS / function / f"{case}.json").read_text("utf-8"))
    assert isinstance(kept, dict)
    return kept


@contextmanager
def deployed(simulated_aws: MockAWS) -> Iterator[Deployment]:
    """Deploy everything to moto, emptied before."""
    twilio, log = RecordingTwilio(), io.StringIO()
    simulated_aws.reset()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment().items():
            patch.setenv(name, value)
        patch.setattr(observability.metrics.provider, "namespace", "Assent")
        patch.setattr(observability.logger.registered_handler, "stream", log)
        patch.setitem(PROVIDERS, "twilio", twilio)
        make_tables()
        _make_services()
        deployment = Deployment(twilio, log)
        deployment.cold()
        settings.current.cache_clear()
        settings.current()
        _seed()
        yield deployment
        deployment.cold()
        settings.current.cache_clear()


def _make_services() -> None:
    boto3.client("secretsmanager").create_secret(Name="assent/test/pseudonym", SecretString=SECRET)
    for queue in QUEUES:
        boto3.client("sqs").create_queue(QueueName=f"assent-test-{queue.replace('_', '-')}")
    boto3.client("scheduler").create_schedule_group(Name="assent-test")
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    for account in (A, B):
        stored = {
            "provider": "twilio",
            "account_sid": f"AC{account[3:].lower():0<32}",
            "auth_token": f"token of {account}",
            "api_base": "https://provider.example",
            "webhook_base": "https://api.example.com",
        }
        boto3.client("ssm").put_parameter(
            Name=f"/assent/test/provider/{account}", Value=json.dumps(stored), Type="SecureString"
        )


def _seed() -> None:
    sender = Sender(
        id=sender_id(SENDER),
        address=SENDER,
        owner_id=A,
        program_name="Harbor Alerts",
        help_text="Harbor Alerts: help at example.com. Reply STOP to opt out.",
        stop_text="Harbor Alerts: you are opted out. Reply START to come back.",
        start_text="Harbor Alerts: welcome back. Reply STOP to opt out.",
    )
    accounts.put_sender(sender)
    for account, name in ((A, "Harbor Health"), (B, "Northside Gym"), (C, "City Library")):
        accounts.put_account(Account(id=account, name=name, sender_id=sender.id))
        accounts.share(sender.id, account)
    for role in Role:
        team_store.put_member(Member(user_id=f"{role}-of-a", account_id=A, role=role))
    team_store.put_member(Member(user_id="spare-of-a", account_id=A, role=Role.VIEWER))
    for account in (B, C):
        team_store.put_member(Member(user_id="owner-of-b", account_id=account, role=Role.OWNER))
    _integrate("Website form", "W", "bcdfghjkmn", API_KEY, IntegrationState.ACTIVE)
    paused = f"ak_{'A' * 26}_{'P' * 26}_{'0' * 64}"
    _integrate("Old form", "P", "paused2345", paused, IntegrationState.PAUSED)


def _integrate(name: str, letter: str, secret: str, key: str, state: IntegrationState) -> None:
    made = Integration(
        id=f"in_{letter * 26}",
        account_id=A,
        name=name,
        state=state,
        disclosure=DISCLOSURE,
        channels=[Channel.SMS, Channel.VOICE],
        allowed_origins=["https://www.example.com"],
        redirect_urls=["https://www.example.com/welcome"],
        form_secret=secret,
        created_at=_SEEDED,
    )
    stored = ApiKey(
        id=f"ak_{key.split('_')[2]}",
        account_id=A,
        integration_id=made.id,
        hash=hashlib.sha256(key.encode()).hexdigest(),
        created_at=_SEEDED,
    )
    integrations.add(made, stored)
