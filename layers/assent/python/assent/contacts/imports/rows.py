"""The rows of a slice: which numbers are in it, and which rows cannot be taken, with the reason."""

import csv
import io
import re
from collections.abc import Iterable

from pydantic import BaseModel

from assent.contacts.imports.columns import NOTES, Layout
from assent.contacts.imports.lines import Cells, Records
from assent.contacts.imports.model import MOST_SAMPLES, Sample
from assent.sms.numbers import InvalidNumber, parse

_SHOWN = 60  # characters of a bad value
# What a spreadsheet would run as a formula; a number with its plus sign is none.
_FORMULA = re.compile(r"[=+\-@\t\r](?![\d\s().\-]*$)", re.ASCII)


class BadRow(BaseModel):
    """A row that cannot be taken."""

    line: int
    cells: list[str]
    code: str
    message: str


class Parsed(BaseModel):
    """A slice, read: its numbers in E.164, each once, and what was wrong with the other rows."""

    phones: list[str]
    duplicates: int
    bad: list[BadRow]
    rows: int


def parse_rows(text: str, layout: Layout, first_line: int, region: str) -> Parsed:
    """Read the rows of a slice."""
    seen: dict[str, None] = {}
    bad: list[BadRow] = []
    rows = 0
    position = layout.phone
    for line, cells in Records([text], layout.delimiter, layout.encoding, first_line):
        if layout.is_blank(cells):
            continue
        rows += 1
        try:
            seen[parse(cells[position], region).e164] = None
        except InvalidNumber as error:
            bad.append(BadRow(line=line, cells=cells, code=error.code, message=str(error)))
    return Parsed(phones=list(seen), duplicates=rows - len(bad) - len(seen), bad=bad, rows=rows)


def samples(bad: Iterable[BadRow], layout: Layout) -> tuple[Sample, ...]:
    """Show the first bad rows by their numbers alone."""
    return tuple(
        Sample(
            line=one.line,
            value=one.cells[layout.phone][:_SHOWN],
            code=one.code,
            message=one.message,
        )
        for one, _ in zip(bad, range(MOST_SAMPLES), strict=False)
    )


def error_header(layout: Layout) -> bytes:
    """Write the first line of an error file, with which it can be imported again."""
    titles = layout.header or [
        "phone" if place == layout.phone else f"column {place + 1}" for place in range(layout.named)
    ]
    kept = _originals(layout)
    return _csv([[*_padded(titles, kept), *NOTES]])


def error_lines(bad: Iterable[BadRow], layout: Layout) -> bytes:
    """Write rows that cannot be taken: as they were, with line, code and reason behind."""
    kept = _originals(layout)
    return _csv([*_padded(one.cells, kept), str(one.line), one.code, one.message] for one in bad)


def _originals(layout: Layout) -> int:
    """Count the columns that are the file's own, not the notes of an earlier import."""
    width = layout.named
    if tuple(layout.header[width - len(NOTES) : width]) == NOTES:
        return width - len(NOTES)
    return width


def _padded(cells: Cells, width: int) -> Cells:
    return [_safe(cell) for cell in cells[:width]] + [""] * (width - len(cells))


def _safe(cell: str) -> str:
    """Keep a spreadsheet from running a cell; the mark goes again when the number is read."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _csv(rows: Iterable[Cells]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
