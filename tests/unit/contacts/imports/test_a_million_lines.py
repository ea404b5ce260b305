"""A list of a million lines: looked at in one go, held nowhere as a whole."""

import time
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import pytest

from assent.contacts.imports.cutting import SLICE_ROWS, Refused, Slice, cut
from assent.contacts.imports.model import MOST_ROWS
from assent.contacts.imports.rows import parse_rows

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
    short, long = memory(20_000), memory(120_000)
    assert long < short + 100_000 < 4_000_000


def test_the_rows_of_a_slice_are_read_fast_enough() -> None:
    """The budget is 15,000 rows a second and core; a loaded machine has a third of it."""
    part = Slice(start=0, end=SLICE_ROWS * WIDTH, line=1, rows=SLICE_ROWS)
    text = b"".join(made(part.start, part.end)).decode()
    layout = cut(made, part.end, region="US").layout
    parse_rows(text, layout, 1, "US")
    began = time.process_time()
    parsed = parse_rows(text, layout, 1, "US")
    assert len(parsed.phones) == SLICE_ROWS
    assert SLICE_ROWS / (time.process_time() - began) > 5_000


def test_more_rows_than_can_be_compared_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS >= LINES
    monkeypatch.setattr("assent.contacts.imports.cutting.MOST_ROWS", 5000)
    with pytest.raises(Refused) as refused:
        cut(made, 6001 * WIDTH, region="US")
    assert refused.value.problem.code == "too_many_rows"
