"""From bytes to records: encodings, quotes and line breaks, without holding a whole file."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

UTF_8, WINDOWS, UTF_16_LE, UTF_16_BE = "utf-8", "cp1252", "utf-16-le", "utf-16-be"
_MARKS = {
    codecs.BOM_UTF8: UTF_8,
    codecs.BOM_UTF16_LE: UTF_16_LE,
    codecs.BOM_UTF16_BE: UTF_16_BE,
}
ENCODINGS = {
    UTF_8: UTF_8,
    UTF_16_LE: UTF_16_LE,
    UTF_16_BE: UTF_16_BE,
    "windows-1252": WINDOWS,
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "iso-8859-15": "iso8859-15",
    "macintosh": "mac-roman",
}
"""Encodings that a file may be said to be in, as people know them, with their codecs."""
_LONGEST_LINE = 1_000_000
_HALF_NUL = 0.3  # of the bytes of UTF-16 in Latin letters nearly half are nought

Cells = list[str]


class Unreadable(Exception):
    """The file is no text in this encoding; `line` is where that shows first."""

    def __init__(self, line: int, code: str = "undecodable") -> None:
        super().__init__(f"line {line}: {code}")
        self.line = line
        self.code = code


def marked(head: bytes) -> tuple[str, int]:
    """Return the encoding that a byte order mark gives, and the mark's length; else nothing."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding, len(mark)
    return "", 0


def name_of(codec: str) -> str:
    """Give the name by which people know a codec."""
    return next((name for name, known in ENCODINGS.items() if known == codec), codec)


def unmarked(head: bytes) -> str:
    """Return the kind of UTF-16 that bytes without a mark seem to be in; else nothing."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if min(even, odd) == 0 and max(even, odd) > _HALF_NUL * len(head):
        return UTF_16_LE if odd else UTF_16_BE
    return ""


def decoded(chunks: Iterable[bytes], encoding: str, line: int = 1) -> Iterator[str]:
    """Decode bytes that may be cut anywhere; raises `Unreadable` with the first bad byte's line."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    tail = ""
    for chunk in _ending_with_nothing(chunks):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            before = bytes(error.object[: error.start]).decode(encoding, "replace")
            raise Unreadable(line + _more_breaks(tail, before)) from None
        if "\0" in text:
            raise Unreadable(line + _more_breaks(tail, text.partition("\0")[0]), "not_text")
        line += _more_breaks(tail, text)
        tail = text[-1:] or tail
        if text:
            yield text


def _ending_with_nothing(chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield from (chunk for chunk in chunks if chunk)
    yield b""


def _more_breaks(tail: str, text: str) -> int:
    """Count line breaks; one of two characters that is cut in between counts once."""
    return _breaks(tail + text) - _breaks(tail)


def _breaks(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


class Records:
    """The records of a text: rows of cells, with their first lines and the bytes that they take."""

    def __init__(self, texts: Iterable[str], delimiter: str, encoding: str, line: int = 1) -> None:
        self._texts = texts
        self._encoding = encoding
        self._first = line
        self._reader = csv.reader(self._lines(), delimiter=delimiter)
        self._taken: list[str] = []
        self._quotes = 0

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        """Yield each record with the number of its first line; raises `Unreadable`."""
        reader, first, start, lines = self._reader, self._first, self._first, 0
        try:
            for cells in reader:
                yield start, cells
                lines, start = first + reader.line_num - start, first + reader.line_num
        except csv.Error:
            raise Unreadable(start, "unclosed_quote") from None
        if self._quotes % 2 and lines > 1:
            raise Unreadable(start - lines, "unclosed_quote")

    @property
    def line(self) -> int:
        """The number of the line after those read so far."""
        return self._first + self._reader.line_num

    def held(self) -> int:
        """Count the characters of what was read since the bytes were asked for last."""
        return sum(map(len, self._taken))

    def bytes_taken(self) -> int:
        """Count the bytes of what was read since this was asked last."""
        text = "".join(self._taken)
        self._taken.clear()
        return len(text.encode(self._encoding))

    def _lines(self) -> Iterator[str]:
        rest = ""
        for text in self._texts:
            # As the csv module wants them: cut at every kind of line break, the breaks kept.
            lines = io.StringIO(rest + text, newline="").readlines()
            # More of the last line may follow, and after a \r a \n that belongs to it.
            rest = lines.pop() if lines and not lines[-1].endswith("\n") else ""
            yield from self._counted(lines)
            if len(rest) > _LONGEST_LINE:
                raise Unreadable(self.line, "line_too_long")
        if rest:
            yield from self._counted([rest])

    def _counted(self, lines: list[str]) -> Iterator[str]:
        for line in lines:
            self._taken.append(line)
            if '"' in line:
                self._quotes += line.count('"')
            yield line
