"""Fixtures that every kind of test shares: tables on moto, and a small world on them."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.models import MockAWS
from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends

from assent.messaging.providers import PROVIDERS
from assent.platform import pseudonyms, settings
from tests.fakes import FakeProvider, World
from tests.partiql import inserted

TABLES = ("accounts", "contacts", "consent", "ledger", "messages", "broadcasts")
QUEUES = (
    "opt_in_requests",
    "commands",
    "effects",
    "outbound",
    "inbound",
    "receipts",
    "plans",
    "chunks",
    "imports",
)
BUCKET = "assent-test-imports"
SECRET = "0123456789abcdef0123456789abcdef"


def environment() -> dict[str, str]:
    """The variables that the template gives every function."""
    variables = {
        "STAGE": "test",
        "PSEUDONYM_SECRET": "assent/test/pseudonym",
        "PROVIDER_PARAMETERS": "/assent/test/provider",
        "IMPORTS_BUCKET": BUCKET,
        "PLANS_QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:assent-test-plans",
        "SCHEDULE_GROUP": "assent-test",
        "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/assent-test-scheduler",
        "SCHEDULER_DEAD_LETTERS_ARN": "arn:aws:sqs:us-east-1:123456789012:assent-test-dead",
    }
    variables |= {f"{name.upper()}_TABLE": f"assent-test-{name}" for name in TABLES}
    base = "https://sqs.us-east-1.amazonaws.com/123456789012/assent-test-"
    variables |= {f"{name.upper()}_QUEUE": base + name.replace("_", "-") for name in QUEUES}
    return variables


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test on simulated tables takes ten times as long as one on fakes: it is a thorough one."""
    for item in items:
        if "simulated_aws" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.thorough)


@pytest.fixture(scope="session")
def simulated_aws() -> Iterator[MockAWS]:
    """Moto, started once: clients and connections are made once as well, and are slow to make."""
    mock: MockAWS = mock_aws()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.setattr(DynamoDBBackend, "batch_execute_statement", insert_all)
        mock.start()
        yield mock
        mock.stop()


@pytest.fixture
def aws(simulated_aws: MockAWS, monkeypatch: pytest.MonkeyPatch) -> Iterator[settings.Settings]:
    """Moto with the six tables and the bucket, all empty, and the settings that name them."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    simulated_aws.reset()
    put_back("empty", make_tables)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    boto3.client("secretsmanager").create_secret(Name="assent/test/pseudonym", SecretString=SECRET)
    settings.current.cache_clear()
    pseudonyms.stored.cache_clear()
    yield settings.current()
    settings.current.cache_clear()
    pseudonyms.stored.cache_clear()


def insert_all(backend: DynamoDBBackend, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Create items by PartiQL: moto leaves parameters out, and writes over what is there."""
    answers: list[dict[str, Any]] = []
    for statement in statements:
        table, item = inserted(statement)
        try:
            backend.put_item(table, item, condition_expression="attribute_not_exists(pk)")
            answers.append({"TableName": table})
        except ConditionalCheckFailed:
            duplicate = {
                "Code": "DuplicateItem",
                "Message": "Duplicate primary key exists in table",
            }
            answers.append({"Error": duplicate, "TableName": table})
    return answers


_kept: dict[str, tuple[Any, Any]] = {}


def put_back(name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 -- what `make` returns
    """Make tables and what stands in them once, and from then on copy what was made.

    A test's share of its time was otherwise mostly this.
    """
    simulated = dynamodb_backends["123456789012"]["us-east-1"]
    if name not in _kept:
        made = make()
        _kept[name] = deepcopy(simulated.tables), made
        return made
    tables, made = _kept[name]
    simulated.tables = deepcopy(tables)
    return made


def make_tables() -> None:
    """Create the tables as the template does, as far as moto looks at it."""
    client = boto3.client("dynamodb")
    for name in TABLES:
        client.create_table(
            TableName=f"assent-test-{name}",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """A provider that keeps what it is given, in the place of the real one."""
    fake = FakeProvider()
    monkeypatch.setitem(PROVIDERS, "twilio", fake)
    monkeypatch.setattr(
        "assent.messaging.dispatch.credentials",
        lambda _settings, account: fake.credentials(account),
    )
    monkeypatch.setattr(
        "assent.messaging.webhooks.credentials",
        lambda _settings, account: fake.credentials(account),
    )
    return fake


@pytest.fixture
def world(aws: settings.Settings, provider: FakeProvider) -> World:
    """Three accounts that share one sender, and every service around them."""
    return World(aws, provider, partial(put_back, "world"))
