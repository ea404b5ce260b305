"""The file of rows that were not taken: as they were, with a code and plain words behind.

It can be corrected and imported again; the two columns are dropped then. It is UTF-8 with a byte
order mark, since spreadsheets take it for something else without, in the delimiter of the original.
"""

import csv
import io
import re
from collections.abc import Iterable

from assent.contacts.imports.columns import Layout
from assent.contacts.imports.headings import CUSTOM, ERROR_COLUMNS
from assent.contacts.imports.lines import Cells
from assent.contacts.imports.rows import BadRow

# What a spreadsheet would run as a formula; a number with its plus sign is none.
_FORMULA = re.compile(r"[=+\-@\t\r](?![\d\s().\-]*$)", re.ASCII)
_MARK = "\ufeff"

Line = tuple[int, str]
"""A row of the error file with the line of the original that it stood on."""


def header(layout: Layout) -> str:
    """Write the first line of an error file, with which it can be imported again."""
    titles = layout.header or [_title(layout, place) for place in range(layout.named)]
    return _MARK + _csv([*_padded(titles, layout.originals), *ERROR_COLUMNS], layout.delimiter)


def _title(layout: Layout, place: int) -> str:
    """Give a column without a title one by which it is known again."""
    if place == layout.phone:
        return "phone"
    return layout.fields.get(place, f"column {place + 1}").removeprefix(CUSTOM)


def lines(bad: Iterable[BadRow], layout: Layout) -> list[Line]:
    """Write rows that were not taken, in the order of the file."""
    kept = layout.originals
    return [
        (one.line, _csv([*_padded(one.cells, kept), one.code, one.message], layout.delimiter))
        for one in sorted(bad)
    ]


def size(written: Iterable[Line]) -> int:
    """Count the bytes that lines take."""
    return sum(len(text.encode()) for _, text in written)


def _padded(cells: Cells, width: int) -> Cells:
    return [_safe(cell) for cell in cells[:width]] + [""] * (width - len(cells))


def _safe(cell: str) -> str:
    """Keep a spreadsheet from running a cell; the mark goes again when the cell is read."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _csv(cells: Cells, delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerow(cells)
    return text.getvalue()
