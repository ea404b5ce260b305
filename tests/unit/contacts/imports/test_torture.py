"""Files that have broken other importers: read as they were meant, or refused with the reason."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.contacts.imports import errors
from assent.contacts.imports.columns import FOUND_OUT, Reading
from assent.contacts.imports.cutting import Found, Refused, cut
from assent.contacts.imports.preview import Preview, look
from assent.contacts.imports.rows import BadRow, Row, parse_rows
from tests.fakes import ANN, BOB

Values = dict[str, str]


def reader(content: bytes) -> "object":
    def read(start: int, end: int) -> Iterator[bytes]:
        return (content[at : min(at + 7, end)] for at in range(start, end, 7))

    return read


def found_in(content: bytes, asked: Reading = FOUND_OUT) -> Found:
    return cut(reader(content), len(content), region="US", asked=asked)  # type: ignore[arg-type]


def seen_in(content: bytes) -> Preview:
    return look(reader(content), len(content), "US")  # type: ignore[arg-type]


def read(content: bytes) -> tuple[list[Row], list[BadRow]]:
    """Read a file as its slices would be."""
    found = found_in(content)
    taken: list[Row] = []
    bad: list[BadRow] = []
    for part in found.slices:
        text = content[part.start : part.end].decode(found.layout.encoding)
        one = parse_rows(text, found.layout, part.line, "US")
        taken += one.taken
        bad += one.bad
    return taken, bad


WELL: dict[str, tuple[bytes, list[Values]]] = {
    "comma in quotes": (b'phone,name\n%s,"Lee, Ann"\n', [
        {"first_name": "Ann", "last_name": "Lee"},
    ]),
    "empty cells": (b'phone,first,last\n%s,"",\n', [{}]),
    "doubled quotes": (b'phone,first,nick\n%s,Ann,"the ""cat"""\n', [
        {"first_name": "Ann", "custom:nick": 'the "cat"'},
    ]),
    "line ends in quotes": (b'phone,note\n%s,"one\ntwo\r\nthree"\n', [
        {"custom:note": "one\ntwo\r\nthree"},
    ]),
    "quotes and line ends": (b'note,phone\n"Ha \n""ha"" \nha",%s\n', [
        {"custom:note": 'Ha \n"ha" \nha'},
    ]),
    "json in a cell": (b'phone,data\n%s,"{""a"": [1, 2], ""b"": ""c""}"\n', [
        {"custom:data": '{"a": [1, 2], "b": "c"}'},
    ]),
    "coordinates": (b'phone,place\n%s,"52.52, 13.40"\n', [{"custom:place": "52.52, 13.40"}]),
    "semicolons, decimal commas": (b"phone;score;name\n%s;1,5;Ann Lee\n", [
        {"custom:score": "1,5", "first_name": "Ann", "last_name": "Lee"},
    ]),
    "tabs": (b"phone\tfirst\n%s\tAnn\n", [{"first_name": "Ann"}]),
    "bars": (b"phone|first|city\n%s|Ann|a,b\n", [{"first_name": "Ann", "custom:city": "a,b"}]),
    "utf-8": ("phone,first\n%s,Zoë 🎉 Łukasz 李\n".encode(), [{"first_name": "Zoë 🎉 Łukasz 李"}]),
    "utf-8 with a mark": ("\ufeffphone,first\n%s,Zoë\n".encode(), [{"first_name": "Zoë"}]),
    "windows-1252": ("phone,first\n%s,Zoë’s €\n".encode("cp1252"), [{"first_name": "Zoë’s €"}]),
    "carriage returns alone": (b"phone,first\r%s,Ann\r", [{"first_name": "Ann"}]),
    "no end of line at the end": (b"phone,first\r\n%s,Ann", [{"first_name": "Ann"}]),
    "blank lines": (b"\n\nphone,first\n\n%s,Ann\n,\n\n", [{"first_name": "Ann"}]),
    "empty cells at the end": (b"phone,first,,\n%s,Ann,,\n", [{"first_name": "Ann"}]),
    "a quote within a cell": (b'phone,size\n%s,5" tall\n', [{"custom:size": '5" tall'}]),
    "spaces around": (b'phone , first \n %s , "Ann" \n', [{"first_name": '"Ann"'}]),
    "titles twice": (b"phone,city,City\n%s,Rome,Oslo\n", [{"custom:city": "Rome"}]),
    "numbers abroad": (b"Handy;Vorname;Nachname\n%s;J\xc3\xb6rg;M\xc3\xbcller\n", [
        {"first_name": "Jörg", "last_name": "Müller"},
    ]),
    "formulas are data": (b"phone,first,note\n%s,=1+1,@SUM(A1)\n", [
        {"first_name": "=1+1", "custom:note": "@SUM(A1)"},
    ]),
    "a spreadsheet's mark for text": (b"phone,first,note\n%s,'=1+1,'tis\n", [
        {"first_name": "=1+1", "custom:note": "'tis"},
    ]),
    "marks that show nothing": ("phone,first\n%s,\u200f\u202bAnn\u202c\u200b\n".encode(), [
        {"first_name": "Ann"},
    ]),
    "names in one cell": (b"phone,name\n%s,Mary Ann Lee\n", [
        {"first_name": "Mary Ann", "last_name": "Lee"},
    ]),
    "one name": (b"phone,name\n%s,Madonna\n", [{"first_name": "Madonna"}]),
    "opt_in": (b"phone,opt_in,Opt In\n%s,Y,N\n", [{}]),
    "an error file": (b"phone,first,error_code,error\n%s,Ann,invalid_phone,It was wrong\n", [
        {"first_name": "Ann"},
    ]),
}  # fmt: skip


@pytest.mark.parametrize("case", WELL)
@pytest.mark.parametrize("encoding", ["as it is", "utf-16"])
def test_a_well_formed_file_is_read_as_it_was_meant(case: str, encoding: str) -> None:
    """C4, F4."""
    content, expected = WELL[case]
    content = content.replace(b"%s", ANN.encode())
    if encoding != "as it is":
        codec = "cp1252" if case == "windows-1252" else "utf-8-sig"
        content = content.decode(codec).encode(encoding)
    taken, bad = read(content)
    assert bad == []
    assert [(row.phone, row.values) for row in taken] == [(ANN, one) for one in expected]
    assert seen_in(content).rows[0].values == expected[0]


NUMBERS = {
    "a leading apostrophe": "'+12125550101",
    "a formula around it": '="+12125550101"',
    "a formula with the national number": '="2125550101"',
    "a left-to-right mark": "\u200e+1 212 555 0101\u200e",
    "right-to-left embedding": "\u202b(212) 555-0101\u202c",
    "zero width": "+1\u200b212\u200b5550101\ufeff",
    "no-break spaces": "+1\u00a0212\u202f555\u00a00101",
    "full-width digits": "+１２１２５５５０１０１",  # noqa: RUF001 -- that is the point
    "a number column": "12125550101.0",
    "typographic dashes": "212\u2013555\u20110101",
    "quotes": '"+12125550101"',
}


@pytest.mark.parametrize("case", NUMBERS)
def test_what_spreadsheets_put_around_a_number_is_understood(case: str) -> None:
    """C4."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["phone", "first"], [NUMBERS[case], "Ann"], [BOB, "Bob"]])
    taken, bad = read(text.getvalue().encode())
    assert ([row.phone for row in taken], bad) == ([ANN, BOB], [])


def test_two_hundred_columns_are_read_and_as_many_fields_kept_as_there_may_be() -> None:
    titles = ",".join(f"field {n}" for n in range(199))
    cells = ",".join(f"v{n}" for n in range(199))
    content = f"phone,{titles}\n{ANN},{cells}\n".encode()
    [row], bad = read(content)
    assert (len(row.values), row.values["custom:field 19"], bad) == (20, "v19", [])
    assert [problem.code for problem in seen_in(content).problems] == ["too_many_fields"]


REFUSED = {
    "empty": (b"", "empty_file"),
    "blank": (b" \n\n\t\n", "empty_file"),
    "header only": (b"phone,name\n", "empty_file"),
    "no numbers": (b"first,last\nAnn,Lee\n", "no_phone_column"),
    "nul": (b"phone\n+12125550101\n\x00\n", "not_text"),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", "not_text"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_text"),
    "undecodable": (b"phone\n+12125550101\n\x81\x8d\x8f", "undecodable"),
    "unclosed quotes": (b'phone,name\n+12125550101,"Ann\n+12125550102,Bob\n', "unclosed_quote"),
    "ragged": (b"phone,name\n+12125550101,Ann,1\n", "other_width"),
    "too many columns": (b"phone" + b",x" * 600 + b"\n", "too_many_columns"),
    "half a utf-16": ("phone\n+12125550101\n".encode("utf-16") + b"\x00", "undecodable"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_refused_with_the_reason(case: str) -> None:
    """C4."""
    content, code = REFUSED[case]
    with pytest.raises(Refused) as refused:
        found_in(content)
    assert refused.value.problem.code == code
    assert refused.value.problem.message
    assert code in {problem.code for problem in seen_in(content).problems}


@pytest.mark.parametrize("start", [b"phone,note\n+12125550101,", b'phone,note\n+12125550101,"'])
def test_a_line_of_fifty_megabytes_is_refused_before_it_is_read(start: bytes) -> None:
    """C4: no more than a million characters of it are held."""
    size, given_out = 50_000_000, [0]

    def reads(begin: int, end: int) -> Iterator[bytes]:
        if begin < len(start):
            yield start[begin:end]
            begin = len(start)
        while begin < end:
            given_out[0] += 1 << 16
            yield b"x" * min(1 << 16, end - begin)
            begin += 1 << 16

    with pytest.raises(Refused) as refused:
        cut(reads, size, region="US")
    assert refused.value.problem.code in ("line_too_long", "unclosed_quote")
    assert given_out[0] < 3_000_000


_PIECES = [
    b"phone", b"name", b",", b";", b"\t", b"\n", b"\r", b'"', b"'", b" ", b"=", b"12125550101",
    b"+1 (415) 555-0101", b"1.2E+10", b"\xc3\xab", b"\xff\xfe", b"\xef\xbb\xbf", b"\x81",
    b"\0", b"x",
]  # fmt: skip


@given(
    st.one_of(
        st.binary(max_size=300), st.lists(st.sampled_from(_PIECES), max_size=40).map(b"".join)
    )
)
def test_the_preview_of_anything_is_an_answer(content: bytes) -> None:
    """C4: and where it names no problem, the whole of a short file can be taken."""
    seen = look(reader(content), len(content), "US")  # type: ignore[arg-type]
    warnings = {"opt_in_not_imported", "spreadsheet_damage", "many_bad_rows", "too_many_fields"}
    if {problem.code for problem in seen.problems} <= warnings:
        assert found_in(content).done
    else:
        with pytest.raises(Refused):
            found_in(content)


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(
    rows=st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_an_error_file_that_is_imported_again_has_the_same_rows(
    rows: list[tuple[str, str]], delimiter: str
) -> None:
    """C4: as they were, but for the mark that keeps a spreadsheet from running a cell."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(
        [["phone", "a", "b"], *(["12345", a, b] for a, b in rows)]
    )
    asked = Reading(delimiter=delimiter, encoding="utf-8")
    content = text.getvalue().encode()
    again = _error_file(content, asked)
    assert _error_file(again, asked) == again
    read_again = list(
        csv.reader(io.StringIO(again.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    )
    assert read_again[0] == ["phone", "a", "b", "error_code", "error"]
    shown = [tuple(one.removeprefix("'") for one in cells[1:3]) for cells in read_again[1:]]
    assert shown == [tuple(one.removeprefix("'") for one in cells) for cells in rows]


def _error_file(content: bytes, asked: Reading) -> bytes:
    found = found_in(content, asked)
    part = found.slices[0]
    text = content[part.start : part.end].decode()
    bad = parse_rows(text, found.layout, part.line, "US").bad
    written = (line for _, line in errors.lines(bad, found.layout))
    return (errors.header(found.layout) + "".join(written)).encode()
