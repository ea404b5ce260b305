"""A list of a million lines: looked at in one go, held nowhere as a whole."""

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from assent.contacts.imports.cutting import SLICE_ROWS, Refused, cut
from assent.contacts.imports.model import MOST_ROWS, RowOutcome
from tests.unit.contacts.imports.desk import FakeEffect, counts
from tests.unit.contacts.imports.people import PeopleDesk, rows

ROOT = Path(__file__).parents[4]
LINES = 1_000_000
WIDTH = len(b"+12122000000\n")
_BLOCK = "".join(f"+1212{2_000_000 + line}\n" for line in range(6000)).encode()


def made(start: int, end: int) -> Iterator[bytes]:
    """Give the bytes of the list from one position to before another: one block again and again."""
    while start < end:
        inside = start % len(_BLOCK)
        yield _BLOCK[inside : inside + end - start]
        start += min(end - start, len(_BLOCK) - inside)


@pytest.mark.thorough
def test_a_million_lines_are_cut_into_slices_that_one_message_can_do() -> None:
    """C6."""
    found = cut(made, LINES * WIDTH, region="US")
    assert (found.rows, found.done) == (LINES, True)
    assert len(found.slices) == LINES // SLICE_ROWS
    assert len(found.model_dump_json()) < 100_000
    assert all(before.end == after.start for before, after in pairwise(found.slices))
    assert (found.slices[0].start, found.slices[-1].end) == (0, LINES * WIDTH)
    assert found.slices[-1].line == LINES - SLICE_ROWS + 1


def memory(lines: int) -> int:
    """Measure the most memory that a look at so many lines takes, in bytes."""
    tracemalloc.start()
    cut(made, lines * WIDTH, region="US")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.thorough
def test_a_longer_file_takes_no_more_memory() -> None:
    """Nothing is held but a chunk, the slice that is being cut, and where the others are."""
    cut(made, 20_000 * WIDTH, region="US")  # what is read once for good is not the file's
    short, long = memory(20_000), memory(120_000)
    assert long < short + 100_000 < 4_000_000


def test_more_rows_than_can_be_compared_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS >= LINES
    monkeypatch.setattr("assent.contacts.imports.cutting.MOST_ROWS", 5000)
    with pytest.raises(Refused) as refused:
        cut(made, 6001 * WIDTH, region="US")
    assert refused.value.problem.code == "too_many_rows"


_WORKER = """
import sys
sys.path.insert(0, ".")
from functions.contact_import import app  # all that the function loads
from assent.contacts.imports.comparing import compared
from assent.contacts.imports.cutting import SLICE_ROWS, cut
from assent.contacts.imports.files import Numbers
from assent.contacts.imports.model import RowOutcome
from assent.contacts.imports.rows import parse_rows

ROWS = int(sys.argv[1])
LINES = [f"+1{area}{2_000_000 + n:07},Ann {n},ann{n}@example.com,Boston\\n".encode()
         for area in (212, 415) for n in range(SLICE_ROWS // 2)]
BLOCK = b"".join(LINES)
HEAD = b"phone,name,email,city\\n"
SIZE = len(HEAD) + ROWS // SLICE_ROWS * len(BLOCK)

def read(start, end):
    if start < len(HEAD):
        yield HEAD[start:end]
        start = len(HEAD)
    while start < end:
        inside = (start - len(HEAD)) % len(BLOCK)
        yield BLOCK[inside : inside + end - start]
        start += min(end - start, len(BLOCK) - inside)

class Kept:
    def numbers(self, name, number):
        first = 2_120_000_000 + number * SLICE_ROWS
        phones = [f"+1{first + n}" for n in range(SLICE_ROWS)]
        return Numbers(phones, [RowOutcome.ADDED] * SLICE_ROWS, list(range(SLICE_ROWS)))

found = cut(read, SIZE, region="US")
assert found.rows == ROWS, found.rows
part = found.slices[-1]
text = b"".join(read(part.start, part.end)).decode()
parsed = parse_rows(text, found.layout, part.line, "US")
assert len(parsed.taken) == part.rows
assert sum(len(outcomes) for _, _, outcomes in compared(Kept(), ROWS // SLICE_ROWS)) == ROWS
# The peak of this program alone; getrusage would hand down that of the process which started it.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.mark.thorough
@pytest.mark.parametrize("lines", [100_000, LINES])
def test_the_worker_stays_within_its_memory(lines: int) -> None:
    """C6: 256 MB are enough for everything that the function loads and a file of a million rows."""
    done = subprocess.run(
        [sys.executable, "-c", _WORKER, str(lines)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert int(done.stdout.split()[-1]) <= 256


@pytest.mark.thorough
def test_a_hundred_thousand_rows_are_led_through_to_the_end(people: PeopleDesk) -> None:
    """C6: in fifty slices, each counted once, with every duplicate told."""
    effect = FakeEffect(refuses=frozenset({RowOutcome.DUPLICATE}), most_applied=100)
    people.use(effect)
    repeated = range(0, 100_000, 1000)
    content = rows(
        *((f"+1212{2_000_000 + n}", f"Ann {n}", "Lee", "") for n in range(100_000)),
        *((f"+1212{2_000_000 + n}", f"Again {n}", "Lee", "") for n in repeated),
    )
    done = people.finished(content)
    assert (done.slices, done.total) == (51, 100_100)
    assert counts(done) == {"added": 100_000, "duplicate": 100}
    assert len(effect.done) == len(set(effect.done)) == 100_000
    assert [row[1] for row in people.errors(done)] == [f"Again {n}" for n in repeated]
