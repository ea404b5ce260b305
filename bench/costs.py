"""Dollars for a million of each operation, by the dated list of `bench.prices`.

Units, calls, messages and CPU time are those of the real services in a small account, with botocore
(`bench.growth`). Each message is taken to come alone, as on a quiet stage: it costs three requests
and a call of its own. On a busy one Lambda takes ten at a time.
"""

from dataclasses import dataclass

from bench import growth
from bench.growth import Figures
from bench.prices import RECEIVED, Usage, functions
from bench.results import Result


@dataclass(frozen=True)
class Operation:
    """What is done, how many web requests come with it, and what docs/cost.md promises."""

    measured: str
    name: str
    requests: float
    at_most: float  # dollars a million
    sent: int = 0  # messages that the provider takes


OPERATIONS = (
    # The form, and two receipts of its compliance message.
    Operation("lead by the API, until it is in the queue", "lead", 3, 32, sent=1),
    Operation("STOP, with its effects", "STOP for one account", 1, 20, sent=1),
    Operation("move from the queue to a group", "move from the queue to a group", 1, 8),
    Operation("import: a contact with proof", "contact of an imported file, with proof", 0, 8),
    Operation("job: a contact that gets a label", "contact in a job over many", 0, 5),
    Operation("export: a contact", "contact in an export", 0, 0.5),
    Operation("receipt of a broadcast's copy", "receipt of a broadcast's message", 1, 7),
    Operation("page of 50 contacts, newest", "page of 50 contacts, newest first", 1, 8),
    Operation("page of 50 contacts, name", "page of 50 contacts, by name", 1, 11),
)


def results() -> list[Result]:
    """Price what each operation uses."""
    found = growth.measured(1, whole=True)
    return [
        Result.at_most(
            f"price: {one.name}",
            usage(found[one.measured], one).dollars_a_million(),
            "dollars a million",
            one.at_most,
        )
        for one in OPERATIONS
    ]


def usage(found: Figures, one: Operation) -> Usage:
    """Return what one of an operation uses of everything that has a price."""
    stored = Usage(
        write_units=found.write_units,
        read_units=found.read_units,
        sqs_requests=found.messages * (1 + RECEIVED),
        api_requests=one.requests,
    )
    return stored + functions(
        calls=found.messages + one.requests,
        cpu_seconds=found.cpu_seconds,
        answers=found.calls + found.messages,
        sent=one.sent,
    )
