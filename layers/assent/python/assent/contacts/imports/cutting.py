"""The first look at a whole file: whether it is sound, and where it can be cut into slices.

It goes through the file once, a record at a time. It can stop at any slice and go on later, in
another process, from what it has found so far.
"""

from collections.abc import Callable, Iterator

from pydantic import BaseModel

from assent.contacts.imports import lines
from assent.contacts.imports.columns import (
    FOUND_OUT,
    MOST_COLUMNS,
    Layout,
    NoPhoneColumn,
    Reading,
    TooManyColumns,
    find_layout,
)
from assent.contacts.imports.lines import Cells, Records, Unreadable, decoded
from assent.contacts.imports.model import MOST_ROWS, MOST_SAMPLES, FileProblem, Sample

SLICE_ROWS = 2000
_SLICE_BYTES = 512 * 1024
HEAD = 64 * 1024
"""Bytes at the beginning from which the layout is worked out."""
SHOWN = 60  # characters of a bad line

Read = Callable[[int, int], Iterator[bytes]]
"""Gives the file's bytes from one position to before another, in chunks."""


class Slice(BaseModel):
    """Complete lines of the file: bytes `start` to before `end`; `line` is the first one's."""

    start: int
    end: int
    line: int
    rows: int


class Found(BaseModel):
    """What is known of the file so far; complete when `done`."""

    layout: Layout
    offset: int
    line: int
    slices: list[Slice] = []
    bad: list[Sample] = []
    rows: int = 0
    done: bool = False


class Refused(Exception):
    """The file cannot be taken; nothing of it was written anywhere."""

    def __init__(self, problem: FileProblem, samples: list[Sample] | None = None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.samples = samples or []


def cut(
    read: Read,
    size: int,
    *,
    region: str,
    asked: Reading = FOUND_OUT,
    before: Found | None = None,
    may_go_on: Callable[[], bool] = lambda: True,
) -> Found:
    """Go through a file, or on from `before`; raises `Refused`.

    `asked` is how the file is said to be read. Without an encoding a byte order mark decides, and
    then whether all of it can be UTF-8.
    """
    found = before or _begin(read, size, region, asked)
    try:
        return _walk(read, size, found, may_go_on)
    except Unreadable as error:
        undecodable = error.code == "undecodable" and found.layout.encoding == lines.UTF_8
        if undecodable and not asked.encoding:
            windows = asked.model_copy(update={"encoding": lines.WINDOWS})
            start = _begin(read, size, region, windows)
            try:
                return _walk(read, size, start, may_go_on)
            except Unreadable as worse:
                raise Refused(unreadable(worse, "")) from None
        raise Refused(unreadable(error, asked.encoding)) from None


def head_of(read: Read, size: int, asked: str) -> tuple[str, str, int]:
    """Decode the beginning of a file; returns text, encoding, and the bytes of its mark.

    Raises `Unreadable`. `asked` is the encoding that it is said to be in.
    """
    head = b"".join(read(0, min(size, HEAD)))
    mark, length = lines.marked(head)
    skipped = length if asked in ("", mark) else 0
    found = asked or mark or lines.unmarked(head)
    for encoding in [found] if found else [lines.UTF_8, lines.WINDOWS]:
        try:
            whole = size <= len(head)
            part = head[skipped:]
            text = "".join(decoded([part], encoding)) if whole else _cut(part, encoding)
        except Unreadable as error:
            if error.code == "undecodable" and not found and encoding == lines.UTF_8:
                continue
            raise
        return text, encoding, skipped
    raise Unreadable(1)


def _begin(read: Read, size: int, region: str, asked: Reading) -> Found:
    whole = size <= HEAD
    try:
        text, encoding, skipped = head_of(read, size, asked.encoding)
        layout = find_layout(text, encoding, region, whole=whole, asked=asked)
    except Unreadable as error:
        raise Refused(unreadable(error, asked.encoding)) from None
    except NoPhoneColumn:
        raise Refused(NO_COLUMN) from None
    except TooManyColumns:
        raise Refused(TOO_MANY_COLUMNS) from None
    if layout is None:
        raise Refused(EMPTY)
    return Found(layout=layout, offset=skipped, line=1)


def _cut(head: bytes, encoding: str) -> str:
    """Decode the beginning of a longer file, without a character that is cut off."""
    for cut in range(4):
        try:
            return "".join(decoded([head[: len(head) - cut]], encoding))
        except Unreadable:
            if cut == 3:  # noqa: PLR2004 -- the longest part of a character that can be missing
                raise
    raise AssertionError


def _walk(read: Read, size: int, found: Found, may_go_on: Callable[[], bool]) -> Found:
    layout = found.layout
    found = found.model_copy(deep=True)
    texts = decoded(read(found.offset, size), layout.encoding, found.line)
    records = Records(texts, layout.delimiter, layout.encoding, found.line)
    rows, first = 0, found.line
    header = bool(layout.header) and not found.slices
    for line, cells in records:
        if layout.is_blank(cells):
            continue
        if header:
            header = False
            found.offset += records.bytes_taken()
            first = records.line
            continue
        rows += 1
        if not layout.fits(cells):
            _note(found, line, cells)
        if rows == SLICE_ROWS or (rows % 100 == 0 and records.held() > _SLICE_BYTES):
            _slice(found, records.bytes_taken(), first, rows)
            rows, first = 0, records.line
            if not may_go_on():
                found.line = first
                return found
    if rows:
        _slice(found, records.bytes_taken(), first, rows)
    if found.bad:
        raise Refused(other_width(layout.width), found.bad)
    if not found.rows:
        raise Refused(EMPTY)
    found.done = True
    return found


def _slice(found: Found, size: int, line: int, rows: int) -> None:
    end = found.offset + size
    found.slices.append(Slice(start=found.offset, end=end, line=line, rows=rows))
    found.offset = end
    found.rows += rows
    if found.rows > MOST_ROWS:
        raise Refused(
            FileProblem(
                code="too_many_rows",
                message=f"The file has more than {MOST_ROWS:,} rows. Cut it into smaller files.",
            )
        )


def misfit(line: int, cells: Cells, layout: Layout) -> Sample:
    """Show a row with another number of cells than the first."""
    return Sample(
        line=line,
        value=layout.delimiter.join(cells)[:SHOWN],
        code="other_width",
        message=f"{len(cells)} cells where {layout.width} are expected.",
    )


def _note(found: Found, line: int, cells: Cells) -> None:
    found.bad.append(misfit(line, cells, found.layout))
    if len(found.bad) == MOST_SAMPLES:
        raise Refused(other_width(found.layout.width), found.bad)


EMPTY = FileProblem(code="empty_file", message="There are no rows in this file.")
NO_COLUMN = FileProblem(
    code="no_phone_column",
    message="No column of this file holds phone numbers. Put them into a column called “phone”, "
    "or one number on each line.",
)
TOO_MANY_COLUMNS = FileProblem(
    code="too_many_columns",
    message=f"The first row has more than {MOST_COLUMNS} columns. Leave out those that are not "
    "needed, or choose another separator.",
)


def other_width(width: int) -> FileProblem:
    """Say that rows have another number of cells than the first."""
    return FileProblem(
        code="other_width",
        message=f"Some rows have another number of cells than the first, which has {width}."
        " Nothing was imported. Correct the lines below, most likely a missing quote or separator.",
    )


def unreadable(error: Unreadable, asked: str) -> FileProblem:
    """Say why a file is no text; `asked` is the encoding that it is said to be in."""
    text = {
        "undecodable": f"Line {error.line} holds a byte that is no text in "
        f"{lines.name_of(asked) or 'UTF-8 or Windows-1252'}. Choose the right one, or save the "
        "file as CSV in UTF-8 and upload it again.",
        "not_text": f"Line {error.line} holds a NUL character, so this is no text in this "
        "encoding. Choose the right one, or save the file as CSV in UTF-8 and upload it again.",
        "unclosed_quote": f"A quotation mark that opens on line {error.line} is never closed. "
        "Close or remove it and upload the file again.",
        "line_too_long": f"Line {error.line} is longer than a million characters. Most "
        "likely a quotation mark or a line break is missing.",
    }
    return FileProblem(code=error.code, message=text[error.code])
