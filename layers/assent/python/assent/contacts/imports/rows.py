"""The rows of a slice: what is in each, and which cannot be taken, with the reason."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from assent.contacts.groups.model import folded, is_name
from assent.contacts.imports.columns import Layout
from assent.contacts.imports.headings import CUSTOM, Known
from assent.contacts.imports.lines import Cells, Records
from assent.contacts.imports.model import MOST_SAMPLES, RowOutcome, Sample
from assent.contacts.labels import cells as cells_of_labels
from assent.contacts.labels.model import LONGEST_NAME, MOST_LABELS, MOST_ON_CONTACT
from assent.sms.numbers import InvalidNumber, NumberProblem, parse

_SHOWN = 60  # characters of a bad value
_LONGEST_NAME, _LONGEST_EMAIL, _LONGEST_CUSTOM = 100, 254, 200
_EMAIL = re.compile(r"[^\s@,;<>()\"]+@[^\s@,;<>()\"]+\.[^\s@,;<>()\".]+")
# What a spreadsheet would run as a formula, behind the mark that keeps it from doing so.
_MARKED = re.compile(r"'+[=+\-@\t\r]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


class Row(NamedTuple):
    """A row that can be taken: its number in E.164, and what else it says, by field."""

    line: int
    phone: str
    values: dict[str, str]
    cells: Cells
    line_type: str = ""


class BadRow(NamedTuple):
    """A row that cannot be taken."""

    line: int
    cells: Cells
    code: str
    message: str


class Parsed(NamedTuple):
    """A slice, read."""

    taken: list[Row]  # each number once: the first row with it
    repeated: list[Row]  # later rows with a number that was there before
    bad: list[BadRow]

    @property
    def rows(self) -> int:
        """Count the rows with anything in them."""
        return len(self.taken) + len(self.repeated) + len(self.bad)

    @property
    def phones(self) -> list[str]:
        """List the numbers."""
        return [row.phone for row in self.taken]


class _BadValue(ValueError):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


REFUSALS: dict[RowOutcome, tuple[str, str]] = {
    RowOutcome.DUPLICATE: (
        "duplicate_in_file",
        "An earlier row of this file has the same number. The first row was taken.",
    ),
    RowOutcome.EXISTING: (
        "existing",
        "There is a contact with this number already, and you chose to leave those as they are.",
    ),
    # What a row says is read before; this is found when it is carried out.
    RowOutcome.INVALID: (
        "too_many_labels",
        f"More labels than an account ({MOST_LABELS}) or a contact ({MOST_ON_CONTACT}) can have.",
    ),
    RowOutcome.OPTED_OUT: (
        "opted_out",
        "This number is on the opt-out list. An import never takes an opt-out back.",
    ),
}
"""Rows that are sound in themselves and yet not taken: code and plain words for the error file."""


def not_taken(
    refuses: Collection[RowOutcome], parsed: Parsed, outcomes: Sequence[RowOutcome]
) -> Iterator[BadRow]:
    """Give the sound rows that are not taken, with the reason; `outcomes` are of the first ones."""
    if RowOutcome.DUPLICATE in refuses:
        yield from (_refused(row, RowOutcome.DUPLICATE) for row in parsed.repeated)
    for row, outcome in zip(parsed.taken, outcomes, strict=False):
        if outcome in refuses:
            yield _refused(row, outcome)


def _refused(row: Row, outcome: RowOutcome) -> BadRow:
    return BadRow(row.line, row.cells, *REFUSALS[outcome])


def parse_rows(text: str, layout: Layout, first_line: int, region: str) -> Parsed:
    """Read the rows of a slice."""
    found = Parsed([], [], [])
    seen: set[str] = set()
    read = reader(layout, region)
    for line, cells in Records([text], layout.delimiter, layout.encoding, first_line):
        if layout.is_blank(cells):
            continue
        row = read(line, cells)
        if isinstance(row, BadRow):
            found.bad.append(row)
        elif row.phone in seen:
            found.repeated.append(row)
        else:
            seen.add(row.phone)
            found.taken.append(row)
    return found


def reader(layout: Layout, region: str) -> Callable[[int, Cells], Row | BadRow]:
    """Give a function that reads one row, by its line and its cells."""
    position = layout.phone
    plan = [(place, field, _READERS[_kind(field)]) for place, field in layout.fields.items()]

    def read(line: int, cells: Cells) -> Row | BadRow:
        try:
            number = parse(cells[position], region)
            return Row(line, number.e164, _values(cells, plan), cells, number.line_type.value)
        except InvalidNumber as error:
            return BadRow(line, cells, _code(error), str(error))
        except _BadValue as error:
            return BadRow(line, cells, error.code, str(error))

    return read


def _code(error: InvalidNumber) -> str:
    """Tell a number that a spreadsheet spoilt from all others: it has to be exported again."""
    if error.code == NumberProblem.spreadsheet_damage:
        return error.code.value
    return "invalid_phone"


def _values(
    cells: Cells, plan: list[tuple[int, str, Callable[[str], str | dict[str, str]]]]
) -> dict[str, str]:
    values: dict[str, str] = {}
    width = len(cells)
    for place, key, read in plan:
        raw = cells[place] if place < width else ""
        if not raw:
            continue
        value = read(raw)
        if isinstance(value, dict):
            values.update(value)
        elif value:
            values[key] = value
    return values


def shown(cell: str) -> str:
    """Read a cell as text: without a spreadsheet's mark, marks that show nothing, and padding.

    What looks like a formula stays as it is; it is data here.
    """
    text = cell.strip()
    if text.startswith("'") and _MARKED.match(text):
        text = text[1:]
    if not text.isascii() or not text.isprintable():
        text = _UNSEEN.sub("", text).strip()
    return text


def _name(cell: str) -> str:
    text = shown(cell)
    if len(text) > _LONGEST_NAME:
        raise _BadValue("too_long", f"A name has at most {_LONGEST_NAME} characters.")
    return text if text.isprintable() else " ".join(text.split())


def _full_name(cell: str) -> dict[str, str]:
    """Cut a whole name in two: “Ann Lee”, and “Lee, Ann”."""
    text = _name(cell)
    last, comma, first = text.partition(",")
    if not comma:
        first, _, last = text.rpartition(" ")
        if not first:
            first, last = last, ""
    named = {Known.FIRST_NAME: first.strip(), Known.LAST_NAME: last.strip()}
    return {field.value: part for field, part in named.items() if part}


def _email(cell: str) -> str:
    text = shown(cell)
    if len(text) > _LONGEST_EMAIL:
        raise _BadValue("too_long", f"An e-mail address has at most {_LONGEST_EMAIL} characters.")
    if text and not _EMAIL.fullmatch(text):
        raise _BadValue("invalid_email", "This is no e-mail address. Correct it or leave it empty.")
    return text


def _custom(cell: str) -> str:
    text = shown(cell)
    if len(text) > _LONGEST_CUSTOM:
        raise _BadValue("too_long", f"A field has at most {_LONGEST_CUSTOM} characters.")
    return text


def _labels(cell: str) -> str:
    names = cells_of_labels.read(shown(cell))
    if len({folded(name) for name in names}) > MOST_ON_CONTACT:
        raise _BadValue("too_many_labels", f"A contact has at most {MOST_ON_CONTACT} labels.")
    if not all(is_name(name, LONGEST_NAME) for name in names):
        message = f"A label's name has at most {LONGEST_NAME} characters. Put ; between labels."
        raise _BadValue("too_long", message)
    return cells_of_labels.written(names)


_READERS: dict[str, Callable[[str], str | dict[str, str]]] = {
    Known.FIRST_NAME: _name,
    Known.LAST_NAME: _name,
    Known.FULL_NAME: _full_name,
    Known.EMAIL: _email,
    Known.LABELS: _labels,
    CUSTOM: _custom,
}


def _kind(field: str) -> str:
    return CUSTOM if field.startswith(CUSTOM) else field


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
