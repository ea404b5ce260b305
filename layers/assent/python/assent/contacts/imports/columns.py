"""What the beginning of a file tells: its delimiter, its header, the column with the numbers."""

import re
from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from assent.contacts.imports.lines import Cells, Records, Unreadable
from assent.sms.numbers import InvalidNumber, parse

DELIMITERS = (",", ";", "\t")
_SAMPLE = 50
# Words of a header, the surest first; compared without case, spaces and marks.
_SURE = (
    "phone", "phonenumber", "mobile", "mobilephone", "mobilenumber", "mobilephonenumber",
    "cell", "cellphone", "cellnumber", "cellphonenumber", "telephone", "telephonenumber",
    "tel", "msisdn", "smsnumber", "phoneno", "phone1", "primaryphone", "celular", "telefon",
)  # fmt: skip
# These may as well be something else, so a column full of numbers goes first.
_LIKELY = ("number", "contactnumber", "contact", "recipient", "address", "from", "to")
# Columns that an error file has behind those of the original; dropped when it is used again.
NOTES = ("Line", "Code", "Reason")


class Layout(BaseModel):
    """How the rows of a file are to be read."""

    model_config = ConfigDict(frozen=True)

    encoding: str
    delimiter: str
    phone: int  # position of the column with the numbers
    width: int  # cells of a row
    named: int  # cells of a row without empty ones at its end
    header: list[str] = []  # empty where the file has none

    def fits(self, cells: Cells) -> bool:
        """Tell whether a row has as many cells as the others, empty ones at its end aside."""
        return len(cells) == self.width or (
            len(cells) >= self.named and not any(cell.strip() for cell in cells[self.named :])
        )

    def is_blank(self, cells: Cells) -> bool:
        """Tell whether there is nothing in a row."""
        if len(cells) > self.phone and cells[self.phone].strip():
            return False
        return not any(cell.strip() for cell in cells)


class NoPhoneColumn(Exception):
    """No column of the file holds phone numbers."""


def find_layout(head: str, encoding: str, region: str, *, whole: bool) -> Layout | None:
    """Read the beginning of a file; nothing when there is nothing in it.

    `whole` says that there is no more of it. Raises `NoPhoneColumn` and `Unreadable`.
    """
    delimiter = _delimiter(head, encoding, whole=whole)
    rows = _rows(head, delimiter, encoding, whole=whole)
    if not rows:
        return None
    named = _named(rows[0])
    titles = [re.sub(r"[^a-z0-9]", "", cell.casefold()) for cell in rows[0]]
    phone = _titled(titles, _SURE)
    if phone is None:
        phone = _numbers_in(rows, named, region)
    if phone is None:
        phone = _titled(titles, _LIKELY)
    if phone is None:
        raise NoPhoneColumn
    has_header = not any(character.isdigit() for character in rows[0][phone])
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        phone=phone,
        width=len(rows[0]),
        named=named,
        header=rows[0] if has_header or titles[phone] in _SURE else [],
    )


def _titled(titles: Sequence[str], names: Sequence[str]) -> int | None:
    return next((titles.index(name) for name in names if name in titles), None)


def _named(cells: Cells) -> int:
    filled = [place for place, cell in enumerate(cells, 1) if cell.strip()]
    return max(filled, default=1)


def _rows(head: str, delimiter: str, encoding: str, *, whole: bool) -> list[Cells]:
    """Return the first rows with content; the last one may be cut off and does not count."""
    rows: list[Cells] = []
    try:
        for _, cells in Records([head], delimiter, encoding):
            if any(cell.strip() for cell in cells):
                rows.append(cells)
            if len(rows) > _SAMPLE:
                return rows[:_SAMPLE]
    except Unreadable:
        if whole:
            raise
    return rows if whole or len(rows) == 1 else rows[:-1]


def _delimiter(head: str, encoding: str, *, whole: bool) -> str:
    """Choose what cuts most rows into the same number of cells, more than one."""
    best, found = (0, 0), DELIMITERS[0]
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in _rows(head, delimiter, encoding, whole=whole))
        widths.pop(1, None)
        if widths:
            width, rows = widths.most_common(1)[0]
            if (rows, width) > best:
                best, found = (rows, width), delimiter
    return found


def _numbers_in(rows: Sequence[Cells], columns: int, region: str) -> int | None:
    """Return the first column of which half the cells are phone numbers; of an only one, any."""
    for column in range(columns):
        cells = [row[column] for row in rows if len(row) > column and row[column].strip()]
        # The first row may be a header.
        good = sum(is_number(cell, region) for cell in cells)
        if good and (columns == 1 or 2 * good >= len(cells) - 1):
            return column
    return None


def is_number(text: str, region: str) -> bool:
    """Tell whether a cell holds a phone number."""
    try:
        parse(text, region)
    except InvalidNumber:
        return False
    return True
