"""The first look at a whole file: whether it is sound, and where it can be cut into slices.

It goes through the file once, a record at a time. It can stop at any slice and go on later, in
another process, from what it has found so far.
"""

from collections.abc import Callable, Iterator

from pydantic import BaseModel

from assent.contacts.imports import lines
from assent.contacts.imports.columns import Layout, NoPhoneColumn, find_layout
from assent.contacts.imports.lines import Cells, Records, Unreadable, decoded
from assent.contacts.imports.model import MOST_ROWS, MOST_SAMPLES, FileProblem, Sample

SLICE_ROWS = 2000
_SLICE_BYTES = 512 * 1024
_HEAD = 64 * 1024
_SHOWN = 60  # characters of a bad line

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
    asked: str = "",
    before: Found | None = None,
    may_go_on: Callable[[], bool] = lambda: True,
) -> Found:
    """Go through a file, or on from `before`; raises `Refused`.

    `asked` is the encoding that the file is said to be in. Without it a byte order mark decides,
    and then whether all of it can be UTF-8.
    """
    found = before or _begin(read, size, region, asked)
    try:
        return _walk(read, size, found, may_go_on)
    except Unreadable as error:
        if error.code == "undecodable" and not asked and found.layout.encoding == lines.UTF_8:
            start = _begin(read, size, region, lines.WINDOWS)
            try:
                return _walk(read, size, start, may_go_on)
            except Unreadable as worse:
                raise Refused(_unreadable(worse, "")) from None
        raise Refused(_unreadable(error, asked)) from None


def _begin(read: Read, size: int, region: str, asked: str) -> Found:
    head = b"".join(read(0, min(size, _HEAD)))
    mark, skipped = lines.marked(head)
    whole = size <= len(head)
    for encoding in [mark] if mark else [asked] if asked else [lines.UTF_8, lines.WINDOWS]:
        try:
            text = "".join(decoded([head[skipped:]], encoding)) if whole else _cut(head, encoding)
            layout = find_layout(text.removeprefix("\ufeff"), encoding, region, whole=whole)
        except Unreadable as error:
            if error.code == "undecodable" and encoding == lines.UTF_8 and not (mark or asked):
                continue
            raise Refused(_unreadable(error, asked)) from None
        except NoPhoneColumn:
            raise Refused(_NO_COLUMN) from None
        if layout is None:
            raise Refused(_EMPTY)
        return Found(layout=layout, offset=skipped, line=1)
    raise Refused(_unreadable(Unreadable(1), asked))  # cp1252 has raised before


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
        raise Refused(_other_width(layout), found.bad)
    if not found.rows:
        raise Refused(_EMPTY)
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


def _note(found: Found, line: int, cells: Cells) -> None:
    found.bad.append(
        Sample(
            line=line,
            value=found.layout.delimiter.join(cells)[:_SHOWN],
            code="other_width",
            message=f"{len(cells)} cells where {found.layout.width} are expected.",
        )
    )
    if len(found.bad) == MOST_SAMPLES:
        raise Refused(_other_width(found.layout), found.bad)


_EMPTY = FileProblem(code="empty_file", message="There are no rows in this file.")
_NO_COLUMN = FileProblem(
    code="no_phone_column",
    message="No column of this file holds phone numbers. Put them into a column called “phone”, "
    "or one number on each line.",
)


def _other_width(layout: Layout) -> FileProblem:
    return FileProblem(
        code="other_width",
        message=f"Some rows have another number of cells than the first, which has {layout.width}."
        " Nothing was imported. Correct the lines below, most likely a missing quote or separator.",
    )


def _unreadable(error: Unreadable, asked: str) -> FileProblem:
    text = {
        "undecodable": f"Line {error.line} holds a byte that is no text in "
        f"{asked or 'UTF-8 or Windows-1252'}. Save the file as CSV in UTF-8 and upload it again.",
        "not_text": f"Line {error.line} holds a NUL character, so this is no text file. "
        "Save it as CSV in UTF-8 and upload it again.",
        "unclosed_quote": f"A quotation mark that opens on line {error.line} is never closed. "
        "Close or remove it and upload the file again.",
        "line_too_long": f"Line {error.line} is longer than a million characters.",
    }
    return FileProblem(code=error.code, message=text[error.code])
