"""What a file of contacts looks like, from its beginning alone, before anything is done with it."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from assent.contacts.imports.columns import (
    FOUND_OUT,
    MOST_COLUMNS,
    MOST_CUSTOM,
    Layout,
    NoPhoneColumn,
    Reading,
    TooManyColumns,
    find_delimiter,
    find_layout,
    first_records,
)
from assent.contacts.imports.cutting import (
    EMPTY,
    HEAD,
    NO_COLUMN,
    SHOWN,
    TOO_MANY_COLUMNS,
    Read,
    head_of,
    misfit,
    other_width,
    unreadable,
)
from assent.contacts.imports.headings import CUSTOM, Known, plain
from assent.contacts.imports.lines import Cells, Unreadable
from assent.contacts.imports.model import MOST_SAMPLES, FileProblem, Sample
from assent.contacts.imports.rows import BadRow, reader

_ROWS = 10
_SAMPLES = 3
_OPT_IN = "optin"


class Column(BaseModel):
    """A column of the file, and what it seems to hold."""

    model_config = ConfigDict(frozen=True)

    position: int
    title: str
    samples: list[str]
    field: str  # `phone`, a known field, `custom:<name>`, or nothing: it is left out


class ReadRow(BaseModel):
    """A row as it would be read, or why it cannot be taken."""

    model_config = ConfigDict(frozen=True)

    line: int
    cells: list[str]
    phone: str = ""
    values: dict[str, str] = {}
    code: str = ""
    message: str = ""


class Preview(BaseModel):
    """How a file would be read."""

    model_config = ConfigDict(frozen=True)

    encoding: str = ""
    delimiter: str = ""
    skip_first_line: bool = False
    columns: list[Column] = []
    rows: list[ReadRow] = []
    problems: list[FileProblem] = []
    samples: list[Sample] = []  # rows with another number of cells, the first 20


def look(read: Read, size: int, region: str, asked: Reading = FOUND_OUT) -> Preview:
    """Read the beginning of a file as it would be read; whatever it is, the answer says so."""
    whole = size <= HEAD
    try:
        head, encoding, _ = head_of(read, size, asked.encoding)
        delimiter = asked.delimiter or find_delimiter(head, encoding, whole=whole)
        records = first_records(head, delimiter, encoding, whole=whole)
    except Unreadable as error:
        problem = unreadable(error, asked.encoding)
        return Preview(encoding=asked.encoding, delimiter=asked.delimiter, problems=[problem])
    if not records:
        return Preview(encoding=encoding, delimiter=delimiter, problems=[EMPTY])
    try:
        layout = find_layout(head, encoding, region, whole=whole, asked=asked)
    except TooManyColumns:
        return Preview(encoding=encoding, delimiter=delimiter, problems=[TOO_MANY_COLUMNS])
    except NoPhoneColumn:
        return _without_numbers(records, encoding, delimiter, asked)
    if layout is None:
        return Preview(encoding=encoding, delimiter=delimiter, problems=[EMPTY])
    return _seen(records, layout, region, whole=whole)


def _without_numbers(
    records: Sequence[tuple[int, Cells]], encoding: str, delimiter: str, asked: Reading
) -> Preview:
    """Show the cells, so that somebody can say which column holds the numbers."""
    layout = Layout(
        encoding=encoding,
        delimiter=delimiter,
        phone=MOST_COLUMNS,
        width=len(records[0][1]),
        named=len(records[0][1]),
        header=[] if asked.skip_first_line is False else records[0][1],
    )
    rows = records[1:] if layout.header else records
    return Preview(
        encoding=encoding,
        delimiter=delimiter,
        skip_first_line=bool(layout.header),
        columns=_columns(layout, [cells for _, cells in rows]),
        rows=[ReadRow(line=line, cells=_shown(cells)) for line, cells in rows[:_ROWS]],
        problems=[NO_COLUMN],
    )


def _seen(
    records: Sequence[tuple[int, Cells]], layout: Layout, region: str, *, whole: bool
) -> Preview:
    rows = records[1:] if layout.header else records
    good = [(line, cells) for line, cells in rows if layout.fits(cells)]
    bad = [misfit(line, cells, layout) for line, cells in rows if not layout.fits(cells)]
    read = reader(layout, region)
    found = [(line, cells, read(line, cells)) for line, cells in good]
    refused = [row for _, _, row in found if isinstance(row, BadRow)]
    problems = [
        *([EMPTY] if not rows and whole else []),
        *([other_width(layout.width)] if bad else []),
        *_warnings(layout, refused, len(good)),
    ]
    return Preview(
        encoding=layout.encoding,
        delimiter=layout.delimiter,
        skip_first_line=bool(layout.header),
        columns=_columns(layout, [cells for _, cells in good]),
        rows=[
            ReadRow(line=line, cells=_shown(cells), code=row.code, message=row.message)
            if isinstance(row, BadRow)
            else ReadRow(line=line, cells=_shown(cells), phone=row.phone, values=row.values)
            for line, cells, row in found[:_ROWS]
        ],
        problems=problems,
        samples=bad[:MOST_SAMPLES],
    )


def _columns(layout: Layout, rows: Sequence[Cells]) -> list[Column]:
    fields = layout.fields | {layout.phone: Known.PHONE.value}
    return [
        Column(
            position=place,
            title=layout.header[place].strip()[:SHOWN] if layout.header else "",
            samples=_shown([cells[place] for cells in rows if len(cells) > place][:_SAMPLES]),
            field=fields.get(place, ""),
        )
        for place in range(layout.named)
    ]


def _shown(cells: Cells) -> Cells:
    return [cell[:SHOWN] for cell in cells]


def _warnings(layout: Layout, refused: Sequence[BadRow], rows: int) -> Iterator[FileProblem]:
    """Say what an operator should know before the file is taken."""
    titles = [plain(title) for title in layout.header]
    if _OPT_IN in titles:
        yield FileProblem(
            code="opt_in_not_imported",
            message="The column “opt_in” is left out: only contacts themselves answer that.",
        )
    customs = sum(field.startswith(CUSTOM) for field in layout.fields.values())
    if customs == MOST_CUSTOM and layout.originals > len(layout.fields) + 1:
        yield FileProblem(
            code="too_many_fields",
            message=f"A contact has at most {MOST_CUSTOM} fields of your own. Choose which columns "
            "are kept; the others are left out.",
        )
    if any(row.code == "spreadsheet_damage" for row in refused):
        yield FileProblem(
            code="spreadsheet_damage",
            message="A spreadsheet rounded numbers of this file (such as 1.4E+10); their digits "
            "are lost. Format the column as text, enter them again and export once more.",
        )
    if rows and 2 * len(refused) > rows:
        yield FileProblem(
            code="many_bad_rows",
            message="More than half of the first rows cannot be taken. Look at the column with the "
            "numbers, and at the country that they belong to.",
        )
