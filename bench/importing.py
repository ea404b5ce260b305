"""What an import of contacts takes, and how fast its rows are read."""

import time
from collections.abc import Sequence

from assent.accounts.model import Account
from assent.consent.model import Channel
from assent.contacts.imports.cutting import SLICE_ROWS, cut
from assent.contacts.imports.effects import Decision
from assent.contacts.imports.model import Import, RowOutcome
from assent.contacts.imports.people import ContactImports
from assent.contacts.imports.rows import Row, parse_rows
from bench.counted import a_world
from bench.results import Result
from bench.units import Counting, Meter
from tests.fakes import World
from tests.unit.contacts.imports.people import PeopleDesk, proof, rows

_BATCH = 100
_READ = 20_000
_SLOWEST = 15_000  # rows a second and core
_AREAS = ("212", "305", "415", "512", "617", "702", "808", "916")


def results() -> list[Result]:
    """Count and measure imports."""
    with a_world() as (world, counting):
        return [
            *_rows(world, counting, "import of a contact", "", (10, 0.35)),
            *_rows(world, counting, "import of a contact with e-mail", "{}@example.com", (11, 0.4)),
            Result.at_most("import: parse and validate a row", _row(), "µs", 1e6 / _SLOWEST),
        ]


def _rows(
    world: World, counting: Counting, what: str, address: str, goals: tuple[float, float]
) -> list[Result]:
    """Import a batch of contacts with proof into a group, the dry run and the real run.

    What leads the import from step to step is spread over a full slice, as in a longer file; its
    units are shown apart.
    """
    first = 2_000_000 + len(address) * _BATCH
    cells = ((f"+1212{first + n}", f"Ann{n}", f"Lee{n}", address.format(n)) for n in range(_BATCH))
    desk, group = PeopleDesk(world), world.group(what)
    metered = Metered(world, counting)
    desk.use(metered)
    with counting.measure() as leading:
        done = desk.finished(rows(*cells), group_id=group.id, proof=proof(*Channel))
    if done.counts[RowOutcome.ADDED] != _BATCH:
        raise LookupError(f"of {_BATCH} rows {done.counts} came")
    units = sum(used.write_units for used in metered.used) / _BATCH
    of_rows = sum(_batched(used) for used in metered.used)
    beside = sum(used.calls.total() for used in (leading, *metered.used)) - of_rows
    calls = of_rows / _BATCH + beside / SLICE_ROWS
    slices = leading.write_units / SLICE_ROWS
    return [
        Result.at_most(what, units, "write units a row", goals[0]),
        Result.at_most(f"{what}: its slice, beside it", slices, "write units a row", 0.05),
        Result.at_most(f"{what}: calls", calls, "AWS calls a row", goals[1]),
    ]


def _batched(used: Meter) -> int:
    """Count the calls that are for many rows at once; all others are for the import."""
    kinds = ("BatchGetItem", "BatchWriteItem", "TransactWriteItems")
    return sum(number for call, number in used.calls.items() if call.endswith(kinds))


class Metered(ContactImports):
    """Imports contacts, and keeps what each batch of rows used."""

    def __init__(self, world: World, counting: Counting) -> None:
        super().__init__(world.clock, world.accounts, world.pseudonyms)
        self.counting = counting
        self.used: list[Meter] = []

    def preview(self, account: Account, job: Import, rows: Sequence[Row]) -> list[RowOutcome]:
        """Look at rows."""
        with self.counting.measure() as used:
            outcomes = super().preview(account, job, rows)
        self.used.append(used)
        return outcomes

    def apply(self, account: Account, job: Import, rows: Sequence[Decision]) -> list[RowOutcome]:
        """Import rows."""
        with self.counting.measure() as used:
            outcomes = super().apply(account, job, rows)
        self.used.append(used)
        return outcomes


def _row() -> float:
    """Return the CPU time in which a row is found in a file and read, in microseconds."""
    lines = (
        f"({_AREAS[n % len(_AREAS)]}) 555-{n % 10_000:04},Ann{n},Łee{n},ann{n}@example.com,Boston\n"
        for n in range(_READ)
    )
    content = ("phone,first,last,email,city\n" + "".join(lines)).encode()
    began = time.process_time()
    found = cut(lambda start, end: iter([content[start:end]]), len(content), region="US")
    for one in found.slices:
        parse_rows(content[one.start : one.end].decode(), found.layout, one.line, "US")
    return (time.process_time() - began) / found.rows * 1e6
