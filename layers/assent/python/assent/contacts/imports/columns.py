"""What the beginning of a file tells: its delimiter, its header, the column with the numbers."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from assent.contacts.imports.headings import ERROR_COLUMNS, LIKELY, SURE, guessed, plain, titled
from assent.contacts.imports.lines import Cells, Records, Unreadable
from assent.sms.numbers import InvalidNumber, parse

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 500
MOST_CUSTOM = 20
"""Fields of the account's own that a contact may have."""
_SAMPLE = 50


class Reading(BaseModel):
    """How a file is said to be read; what is left out is found out."""

    model_config = ConfigDict(frozen=True)

    encoding: str = ""
    delimiter: str = ""
    skip_first_line: bool | None = None
    phone: int | None = None  # position of the column with the numbers
    fields: dict[int, str] | None = None  # by position, what the other columns hold


FOUND_OUT = Reading()
"""Nothing is said of the file."""


class Layout(BaseModel):
    """How the rows of a file are to be read."""

    model_config = ConfigDict(frozen=True)

    encoding: str
    delimiter: str
    phone: int  # position of the column with the numbers
    width: int  # cells of a row
    named: int  # cells of a row without empty ones at its end
    header: list[str] = []  # empty where the file has none
    fields: dict[int, str] = {}  # by position, what the other columns hold

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

    @property
    def originals(self) -> int:
        """Count the columns that are the file's own, not the notes of an earlier import."""
        titles = tuple(title.strip().casefold() for title in self.header[: self.named])
        if titles[-len(ERROR_COLUMNS) :] == ERROR_COLUMNS:
            return self.named - len(ERROR_COLUMNS)
        return self.named


class NoPhoneColumn(Exception):
    """No column of the file holds phone numbers."""


class TooManyColumns(Exception):
    """The file has more columns than can be looked at."""


def find_layout(
    head: str, encoding: str, region: str, *, whole: bool, asked: Reading = FOUND_OUT
) -> Layout | None:
    """Read the beginning of a file; nothing when there is nothing in it.

    `whole` says that there is no more of it. Raises `NoPhoneColumn`, `TooManyColumns` and
    `Unreadable`.
    """
    delimiter = asked.delimiter or find_delimiter(head, encoding, whole=whole)
    rows = first_rows(head, delimiter, encoding, whole=whole)
    if not rows:
        return None
    named = _named(rows[0])
    if len(rows[0]) > MOST_COLUMNS:
        raise TooManyColumns
    titles = [plain(cell) for cell in rows[0]]
    phone = asked.phone if asked.phone is not None else _phone(rows, titles, named, region)
    if phone is None or phone >= len(rows[0]):
        raise NoPhoneColumn
    skip = asked.skip_first_line
    if skip is None:
        has_header = not any(character.isdigit() for character in rows[0][phone])
        skip = has_header or titles[phone] in SURE
    header = rows[0] if skip else []
    fields = asked.fields
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        phone=phone,
        width=len(rows[0]),
        named=named,
        header=header,
        fields=guessed(header[:named], phone, MOST_CUSTOM) if fields is None else fields,
    )


def _phone(rows: Sequence[Cells], titles: Sequence[str], named: int, region: str) -> int | None:
    found = titled(titles, SURE)
    if found is None:
        found = _numbers_in(rows, named, region)
    return titled(titles, LIKELY) if found is None else found


def _named(cells: Cells) -> int:
    filled = [place for place, cell in enumerate(cells, 1) if cell.strip()]
    return max(filled, default=1)


def first_rows(head: str, delimiter: str, encoding: str, *, whole: bool) -> list[Cells]:
    """Return the first rows with content, without their lines."""
    return [cells for _, cells in first_records(head, delimiter, encoding, whole=whole)]


def first_records(
    head: str, delimiter: str, encoding: str, *, whole: bool
) -> list[tuple[int, Cells]]:
    """Return the first rows with content; the last one may be cut off and does not count."""
    rows: list[tuple[int, Cells]] = []
    try:
        for line, cells in Records([head], delimiter, encoding):
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            if len(rows) > _SAMPLE:
                return rows[:_SAMPLE]
    except Unreadable:
        if whole:
            raise
    return rows if whole or len(rows) == 1 else rows[:-1]


def find_delimiter(head: str, encoding: str, *, whole: bool) -> str:
    """Choose what cuts most rows, and at least half, into the same number of cells."""
    best, found = (0, 0), DELIMITERS[0]
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in first_rows(head, delimiter, encoding, whole=whole))
        total = widths.total()
        widths.pop(1, None)
        if widths:
            width, rows = widths.most_common(1)[0]
            if (rows, width) > best and 2 * rows >= total:
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
