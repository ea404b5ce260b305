"""Files as people have them: encodings, delimiters, headers, quotes, and what is refused whole."""

import csv
import io
from collections.abc import Iterator

import pytest

from assent.contacts.imports import errors
from assent.contacts.imports.columns import Reading
from assent.contacts.imports.cutting import SLICE_ROWS, Found, Refused, cut
from assent.contacts.imports.model import MOST_SAMPLES
from assent.contacts.imports.rows import Parsed, parse_rows

ANN, BOB, CAT = "+12125550101", "+12125550102", "+12125550103"


def reader(content: bytes, chunk: int = 1 << 20) -> "object":
    def read(start: int, end: int) -> Iterator[bytes]:
        return (content[at : min(at + chunk, end)] for at in range(start, end, chunk))

    return read


def look(content: bytes, *, region: str = "US", asked: str = "", chunk: int = 1 << 20) -> Found:
    reading = Reading(encoding=asked, fields={})
    return cut(reader(content, chunk), len(content), region=region, asked=reading)  # type: ignore[arg-type]


def parsed(content: bytes, *, region: str = "US", chunk: int = 1 << 20) -> Parsed:
    """Read a file as its slices would be."""
    found = look(content, region=region, chunk=chunk)
    whole = Parsed([], [], [])
    for part in found.slices:
        text = content[part.start : part.end].decode(found.layout.encoding)
        one = parse_rows(text, found.layout, part.line, region)
        assert one.rows == part.rows
        whole = Parsed(whole.taken + one.taken, whole.repeated + one.repeated, whole.bad + one.bad)
    return whole


def refusal(content: bytes, *, asked: str = "") -> Refused:
    with pytest.raises(Refused) as refused:
        look(content, asked=asked)
    return refused.value


TEXT = "Phone;Name\r\n+12125550101;Zoë\r\n+12125550102;Łukasz\r\n"
LATIN = "Phone;Name\r\n+12125550101;Zoë\r\n+12125550102;Jürgen\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (LATIN.encode("cp1252"), "cp1252"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
    ids=["8", "8-mark", "windows-1252", "16-le-mark", "16-le", "16-be", "16-be-mark"],
)
@pytest.mark.parametrize("chunk", [1, 3, 7, 1 << 20])
def test_every_usual_encoding_is_recognised(content: bytes, encoding: str, chunk: int) -> None:
    """O3, C4: also when the bytes of a character come in two chunks."""
    assert look(content, chunk=chunk).layout.encoding == encoding
    assert parsed(content, chunk=chunk).phones == [ANN, BOB]


def test_a_byte_that_is_no_utf_8_far_down_makes_it_windows_1252() -> None:
    """The head alone cannot tell."""
    lines = [f"+1212555{n % 10000:04};x" for n in range(9000)]
    content = "\n".join(["phone;name", *lines, "+12125550101;Zoë"]).encode("cp1252")
    assert look(content).layout.encoding == "cp1252"


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"phone\n+12125550101\n\x81\x8d", "undecodable", "Line 3"),
        (b"phone\r\n" + b"+12125550101\r\n" * 9000 + b"\x81", "undecodable", "Line 9002"),
        (b"phone\n+12125550101\n+1212\x005550102\n", "not_text", "Line 3"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not_text", "Line 1"),
        (b"\xff\xfe" + "phone\n+12125550101\n".encode("utf-16-le") + b"\x00", "undecodable", "3"),
    ],
)
def test_what_is_no_text_is_refused_with_the_line(content: bytes, code: str, line: str) -> None:
    """C4: undecodable files write nothing."""
    refused = refusal(content)
    assert refused.problem.code == code
    assert line in refused.problem.message


def test_an_encoding_that_is_given_is_held_to() -> None:
    refused = refusal(LATIN.encode("cp1252"), asked="utf-8")
    assert refused.problem.code == "undecodable"
    assert "Line 2" in refused.problem.message
    assert look(LATIN.encode(), asked="cp1252").layout.encoding == "cp1252"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_kind_of_line_break_counts_the_same(end: str, last: bool) -> None:
    text = end.join(["phone,name", f"{ANN},Ann", "", "junk,Bob", f"{CAT},Cat"]) + end * last
    read = parsed(text.encode(), chunk=1)
    assert (read.phones, read.rows) == ([ANN, CAT], 3)
    assert [(bad.line, bad.code) for bad in read.bad] == [(4, "invalid_phone")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_recognised(delimiter: str) -> None:
    rows = ["Name,Mobile Number,City", f"Ann,{ANN},Rome", f"Bob,{BOB},Oslo"]
    read = parsed("\n".join(rows).replace(",", delimiter).encode())
    assert read.phones == [ANN, BOB]


@pytest.mark.parametrize(
    ("rows", "phones"),
    [
        (["phone", ANN, BOB], [ANN, BOB]),
        ([ANN, BOB], [ANN, BOB]),
        (["(212) 555-0101", "212.555.0102"], [ANN, BOB]),
        (["Number", "2125550101", "junk", "junk", "junk", "junk"], [ANN]),
        (["Number,Telephone", f"1,{ANN}", f"2,{BOB}"], [ANN, BOB]),
        (["1,Ann,2125550101", "2,Bob,2125550102"], [ANN, BOB]),
        (["Kunde,Rufnummer", f"Ann,{ANN}", f"Bob,{BOB}"], [ANN, BOB]),
        (["PHONE_NUMBER,x", f"{ANN},"], [ANN]),
        (["name,phone,,", f"Ann,{ANN},,", f"Bob,{BOB}", f"Cat,{CAT},,,,"], [ANN, BOB, CAT]),
        ([f'="{ANN}"', f"'{BOB}"], [ANN, BOB]),
    ],
)
def test_the_column_with_the_numbers_is_found(rows: list[str], phones: list[str]) -> None:
    """O3: by its name, or by what is in it."""
    assert parsed("\n".join(rows).encode()).phones == phones


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\n\n  \n", "empty_file"),
        (b"phone,name\n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"name,city\nAnn,Rome\nBob,Oslo\n", "no_phone_column"),
        (b"hello\nworld\n", "no_phone_column"),
        (b'phone,name\n+12125550101,"Ann\n+12125550102,Bob\n', "unclosed_quote"),
        (b'phone,name\n+12125550101,"' + b"x\n" * 200_000, "unclosed_quote"),
        (b"phone\n" + b"1" * 2_500_000, "line_too_long"),
    ],
)
def test_files_without_sense_are_refused_whole(content: bytes, code: str) -> None:
    """C4, O3."""
    assert refusal(content).problem.code == code


def test_rows_with_another_number_of_cells_are_listed() -> None:
    """C4: the first 20 lines of them; blank lines and empty cells at the end pass."""
    good = [f"+1212555{n:04},x" for n in range(30)]
    bad = [f"+1212555{n:04},x,y" for n in range(30)]
    text = "\n".join(["phone,name", "", *good, *bad, "only one cell"])
    refused = refusal(text.encode())
    assert refused.problem.code == "other_width"
    assert len(refused.samples) == MOST_SAMPLES
    first = refused.samples[0]
    assert (first.line, first.value) == (33, "+12125550000,x,y")
    few = refusal(b"phone,name\n+12125550101,Ann\n+12125550102\n")
    assert [sample.line for sample in few.samples] == [3]


def test_quoted_cells_keep_their_line_breaks_across_slices_and_chunks() -> None:
    """A slice never ends within a record."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["note", "phone"])
    for n in range(3 * SLICE_ROWS):
        writer.writerow([f'said "no"\r\nand,\nagain {n}', f"+1212555{n:04}"])
    content = text.getvalue().encode()
    found = look(content, chunk=1000)
    assert [part.rows for part in found.slices] == [SLICE_ROWS] * 3
    assert [part.line for part in found.slices] == [2, 2 + 3 * SLICE_ROWS, 2 + 6 * SLICE_ROWS]
    assert found.slices[-1].end == len(content)
    read = parsed(content)
    assert (len(read.phones), read.bad) == (3 * SLICE_ROWS, [])


def test_the_look_at_a_file_goes_on_where_it_stopped() -> None:
    """Time may be up after any slice; what comes out is the same."""
    lines = [f'+1212555{n % 10000:04},"a\nb"' for n in range(4 * SLICE_ROWS + 7)]
    content = "\n".join(["phone,name", *lines]).encode("utf-16")
    whole = look(content)
    steps, found = 0, None
    while found is None or not found.done:
        if found:
            found = Found.model_validate_json(found.model_dump_json())
        found = cut(
            reader(content),  # type: ignore[arg-type]
            len(content),
            region="US",
            before=found,
            may_go_on=lambda: False,
        )
        steps += 1
    assert steps == 5
    assert found.slices == whole.slices
    assert found.rows == 4 * SLICE_ROWS + 7


BAD = [
    ("1.2125550101E+10", "spreadsheet_damage"),
    ("12345", "invalid_phone"),
    ("+1 212 555 0101 0101 0101", "invalid_phone"),
    ("n/a", "invalid_phone"),
    ("", "invalid_phone"),
    ("+999 123 456", "invalid_phone"),
    ("212-555-0101 ext. 5", "invalid_phone"),
    ("2125550101 / 2125550102", "invalid_phone"),
    ('=HYPERLINK("https://example.com")', "invalid_phone"),
]


@pytest.mark.parametrize(("value", "code"), BAD)
def test_a_bad_row_says_what_is_wrong(value: str, code: str) -> None:
    """O3: the others go in."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["phone", "name"], [ANN, "Ann"], [value, "Bob"]])
    read = parsed(text.getvalue().encode())
    assert read.phones == [ANN]
    [bad] = read.bad
    assert (bad.line, bad.code, bad.cells) == (3, code, [value, "Bob"])
    assert bad.message


def test_numbers_from_abroad_belong_where_they_say_or_where_the_file_is_from() -> None:
    text = "phone\n+44 20 7946 0958\n020 7946 0959\n0033 1 23 45 67 89\n"
    assert parsed(text.encode(), region="GB").phones == [
        "+442079460958",
        "+442079460959",
        "+33123456789",
    ]


def test_the_same_number_twice_counts_as_a_duplicate_in_any_spelling() -> None:
    read = parsed(f"phone\n{ANN}\n212 555 0101\n1-212-555-0101\n{BOB}\n".encode())
    assert (read.phones, len(read.repeated), read.rows) == ([ANN, BOB], 2, 4)


def error_file(content: bytes) -> bytes:
    """Write a file's error file as it is given out."""
    layout = look(content).layout
    rows = (text for _, text in errors.lines(parsed(content).bad, layout))
    return (errors.header(layout) + "".join(rows)).encode()


def rows_of(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in text else ","))


def test_the_error_file_holds_each_row_as_it_was_and_can_be_imported_again() -> None:
    """C4, O3, O7: in its delimiter; corrected and uploaded again, its notes are no part of it."""
    content = b"name;phone;note\nAnn;12345;=1+1\nBob;junk;-x\nCat;+12125550103;\n"
    again = error_file(content)
    assert again.startswith(b"\xef\xbb\xbf")
    assert rows_of(again)[0] == ["name", "phone", "note", "error_code", "error"]
    assert [row[:4] for row in rows_of(again)[1:]] == [
        ["Ann", "12345", "'=1+1", "invalid_phone"],
        ["Bob", "junk", "'-x", "invalid_phone"],
    ]
    assert "too short" in rows_of(again)[1][4]
    corrected = again.replace(b"12345", b"2125550101")
    assert parsed(corrected).phones == [ANN]
    third = rows_of(error_file(corrected))
    assert third[0] == rows_of(again)[0]
    assert [row[:4] for row in third[1:]] == [["Bob", "junk", "'-x", "invalid_phone"]]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+12", "+12"),
        ("+1 (212) 5", "+1 (212) 5"),
        ("-1", "-1"),
        ("-1+cmd", "'-1+cmd"),
    ],
)
def test_a_spreadsheet_runs_nothing_of_an_error_file(cell: str, shown: str) -> None:
    """C10: numbers stay as they are."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["phone"], [ANN], [cell]])
    content = text.getvalue().encode()
    [_, row] = rows_of(error_file(content))
    assert row[0] == shown


def test_a_file_without_header_gets_one_in_its_error_file() -> None:
    content = f"Ann,{ANN}\nBob,junk\n".encode()
    assert rows_of(error_file(content))[0][:2] == ["column 1", "phone"]
