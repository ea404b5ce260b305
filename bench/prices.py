"""What AWS charges: list prices of us-east-1 in US dollars, each with its source, in one place.

They stand on the pages named by `source`. AWS fills most of these in as they are viewed, so what
quotes them is named too; it was last compared on the day `CHECKED`. No free tier is taken off.
"""

from dataclasses import dataclass, fields
from datetime import date

CHECKED = date(2026, 11, 26)


@dataclass(frozen=True)
class Price:
    """Dollars for so many of something."""

    dollars: float
    of: int
    what: str
    source: str
    quoted: str = ""

    @property
    def each(self) -> float:
        """Return the price of one."""
        return self.dollars / self.of


_AWS = "https://aws.amazon.com/"
_MILLION = 1_000_000
PRICES: dict[str, Price] = {
    "write_units": Price(
        0.625,
        _MILLION,
        "DynamoDB write request units, on demand",
        _AWS + "dynamodb/pricing/on-demand/",
        "https://airbyte.com/data-engineering-resources/dynamodb-pricing (halved 2024-11-01)",
    ),
    "read_units": Price(
        0.125,
        _MILLION,
        "DynamoDB read request units, on demand",
        _AWS + "dynamodb/pricing/on-demand/",
        "https://airbyte.com/data-engineering-resources/dynamodb-pricing (halved 2024-11-01)",
    ),
    "sqs_requests": Price(
        0.40,
        _MILLION,
        "SQS requests to standard queues, by 64 KB",
        _AWS + "sqs/pricing/",
        "https://cloudburn.io/blog/amazon-sqs-pricing (2026-03-14)",
    ),
    "api_requests": Price(
        1.00,
        _MILLION,
        "requests to an HTTP API, by 512 KB",
        _AWS + "api-gateway/pricing/",
        "https://go-cloud.io/aws-api-gateway-pricing (2026)",
    ),
    "invocations": Price(
        0.20,
        _MILLION,
        "calls of Lambda functions",
        _AWS + "lambda/pricing/",
        "https://cloudchipr.com/blog/aws-lambda-pricing",
    ),
    "gb_seconds": Price(
        13.3334,
        _MILLION,
        "seconds of a Lambda function on arm64, times its GB",
        _AWS + "lambda/pricing/",
        "https://cloudchipr.com/blog/aws-lambda-pricing",
    ),
    "log_gigabytes": Price(0.50, 1, "GB of logs taken in", _AWS + "cloudwatch/pricing/"),
    "alarms": Price(0.10, 1, "alarm metrics a month", _AWS + "cloudwatch/pricing/"),
    "metrics": Price(0.30, 1, "own metrics a month", _AWS + "cloudwatch/pricing/"),
    "secrets": Price(0.40, 1, "secrets a month", _AWS + "secrets-manager/pricing/"),
    "web_acls": Price(5.00, 1, "web ACLs a month", _AWS + "waf/pricing/"),
    "web_rules": Price(1.00, 1, "rules of a web ACL a month", _AWS + "waf/pricing/"),
    "keys": Price(1.00, 1, "keys of one's own a month", _AWS + "kms/pricing/"),
    "table_gigabytes": Price(0.25, 1, "GB in tables a month", _AWS + "dynamodb/pricing/on-demand/"),
}

MEMORY = 0.5
"""GB of a function; those of the console have twice as much."""
CPU_SHARE = MEMORY * 1024 / 1769
"""Of one virtual CPU: a function has a whole one at 1,769 MB (Lambda Developer Guide, memory)."""
CALL_SECONDS = 0.005
"""How long a function waits for an answer of DynamoDB or SQS. Assumed."""
PROVIDER_SECONDS = 0.100
"""How long it waits for a provider to take a message. Assumed."""
LAST_OF_TEN = 2.0
"""How long the last of ten answers of a provider takes, in answers: ten wait together. Assumed."""
FRAME_SECONDS = 0.001
"""CPU time of what Powertools does around a message, logs and metrics included. Assumed."""
LOG_BYTES = 500
"""What a function writes about one message: a line of JSON."""
RECEIVED = 2
"""SQS requests by which a message that comes alone is received and deleted."""
SMALL = 0.05
"""Dollars a month of files, artifacts of deployments and logs of a stage that nobody uses."""
POLLS = 650_000
"""Requests a month by which Lambda polls an empty queue."""


@dataclass(frozen=True)
class Usage:
    """What one operation uses, by the names of the price list."""

    write_units: float = 0
    read_units: float = 0
    sqs_requests: float = 0
    api_requests: float = 0
    invocations: float = 0
    gb_seconds: float = 0
    log_gigabytes: float = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Return what both use."""
        return Usage(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    def dollars_a_million(self) -> float:
        """Return what a million such operations cost."""
        used: dict[str, float] = {one.name: getattr(self, one.name) for one in fields(self)}
        return sum(PRICES[name].each * number for name, number in used.items()) * _MILLION


def functions(*, calls: float, cpu_seconds: float, answers: float, sent: float = 0) -> Usage:
    """Return what functions use: so many calls, with so much CPU time and so many answers awaited.

    `sent` counts how often a provider was waited for meanwhile.
    """
    busy = cpu_seconds + calls * FRAME_SECONDS
    seconds = busy / CPU_SHARE + answers * CALL_SECONDS + sent * PROVIDER_SECONDS
    return Usage(
        invocations=calls, gb_seconds=seconds * MEMORY, log_gigabytes=LOG_BYTES * calls / 1e9
    )


def idle(*, mappings: int, alarms: int) -> float:
    """Return what a stage costs a month that nobody uses, without free tiers."""
    polling = mappings * POLLS * PRICES["sqs_requests"].each
    return polling + alarms * PRICES["alarms"].each + PRICES["secrets"].each + SMALL
