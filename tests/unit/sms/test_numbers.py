"""Numbers as people, forms and spreadsheets write them."""

import subprocess
import sys

import phonenumbers
import pytest
from phonenumbers import geocoder

from assent.sms.area_codes import STATES_OF_AREA
from assent.sms.numbers import (
    InvalidNumber,
    LineType,
    NumberProblem,
    PhoneNumber,
    parse,
    readable,
)


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+14155552671", "+1 415 555 2671"),
        ("+442071838750", "+442071838750"),
        ("+1415555267", "+1415555267"),
        ("88811", "88811"),
    ],
)
def test_a_north_american_number_is_spaced_for_reading(e164: str, shown: str) -> None:
    """I1: as the console writes it; any other, and a short code, stays as it is."""
    assert readable(e164) == shown


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("4155552671", "ten digits"),
        ("(415) 555-2671", "usual"),
        ("415.555.2671", "dots"),
        ("1-415-555-2671", "with trunk digit"),
        ("+1 415 555 2671", "international"),
        ("'4155552671", "a spreadsheet's apostrophe"),
        ('="4155552671"', "a spreadsheet's formula"),
        ("4155552671.0", "a number column; no digit is lost"),
        ("\u202a+1 415 555 2671\u202c", "marks copied from a contacts app"),
        ("\u200e(415)\u00a0555-2671", "left-to-right mark, hard space"),
        ("４１５５５５２６７１", "full-width"),  # noqa: RUF001
        ("٤١٥٥٥٥٢٦٧١", "Arabic digits"),
        ("415\u2013555\u20132671", "dashes"),
        ("tel:+1-415-555-2671", "a link"),
        (" 415 555 2671\n", "white space"),
    ],
)
def test_usual_ways_of_writing_a_number_are_understood(raw: str, reason: str) -> None:
    """Q3, C1."""
    assert parse(raw).e164 == "+14155552671", reason


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", NumberProblem.empty),
        (" \u200b\u00a0 ", NumberProblem.empty),
        ("'", NumberProblem.empty),
        ("call me", NumberProblem.not_a_number),
        ("maria@example.com", NumberProblem.not_a_number),
        ("n/a", NumberProblem.not_a_number),
        ("-", NumberProblem.not_a_number),
        ("=cmd|' /C calc'!A0", NumberProblem.not_a_number),
        ("911", NumberProblem.too_short),
        ("88855", NumberProblem.too_short),
        ("555-2671", NumberProblem.too_short),
        ("415555267", NumberProblem.too_short),
        ("415555267100", NumberProblem.too_long),
        ("4" * 10_000, NumberProblem.too_long),
        ("x" * 1_000_000, NumberProblem.not_a_number),
        ("1234567890", NumberProblem.impossible),
        ("000 000 0000", NumberProblem.impossible),
        ("+999 1234 5678", NumberProblem.unknown_country),
        ("1.415555E+10", NumberProblem.spreadsheet_damage),
        ("1,41556E+10", NumberProblem.spreadsheet_damage),
        ("4.15555e9", NumberProblem.spreadsheet_damage),
        ("1-800-FLOWERS", NumberProblem.has_letters),
        ("415-555-2671 ext. 12", NumberProblem.has_extension),
        ("415-555-2671 x12", NumberProblem.has_extension),
        ("(415) 555-2671 #12", NumberProblem.has_extension),
        ("415-555-2671 / 415-555-2672", NumberProblem.several_numbers),
        ("4155552671, 4155552672", NumberProblem.several_numbers),
        ("415-555-2671 or 415-555-2672", NumberProblem.several_numbers),
        ("900-555-2671", NumberProblem.premium_rate),
        ("+44 76 0000 0000", NumberProblem.unreachable_kind),
    ],
)
def test_what_is_no_number_is_refused_with_its_own_code(raw: str, code: NumberProblem) -> None:
    """Q3, C4."""
    with pytest.raises(InvalidNumber) as refused:
        parse(raw)

    assert refused.value.code == code


@pytest.mark.parametrize("code", NumberProblem)
def test_each_refusal_says_what_to_do(code: NumberProblem) -> None:
    message = str(InvalidNumber(code))

    assert message.count(".") >= 2
    assert any(verb in message for verb in ("Enter", "Check", "enter"))


@pytest.mark.parametrize(
    ("raw", "region", "expected"),
    [
        ("(415) 555-2671", "US", ("+14155552671", "US", "fixed_line_or_mobile")),
        ("(416) 555-2671", "US", ("+14165552671", "CA", "fixed_line_or_mobile")),
        ("416 555 2671", "CA", ("+14165552671", "CA", "fixed_line_or_mobile")),
        ("+1 888 555 0100", "US", ("+18885550100", "US", "toll_free")),
        ("787 555 2671", "US", ("+17875552671", "PR", "fixed_line_or_mobile")),
        ("020 7946 0018", "GB", ("+442079460018", "GB", "fixed_line")),
        ("07400 123456", "GB", ("+447400123456", "GB", "mobile")),
        ("+44 7400 123456", "US", ("+447400123456", "GB", "mobile")),
        ("0044 7400 123456", "US", ("+447400123456", "GB", "mobile")),
        ("011 44 7400 123456", "US", ("+447400123456", "GB", "mobile")),
        ("55 1234 5678", "MX", ("+525512345678", "MX", "fixed_line_or_mobile")),
    ],
)
def test_region_and_kind_of_line_are_known(
    raw: str, region: str, expected: tuple[str, str, str]
) -> None:
    found = parse(raw, region)

    assert (found.e164, found.region, found.line_type) == expected


@pytest.mark.parametrize(
    ("raw", "state", "zones"),
    [
        ("415 555 2671", "CA", ("America/Los_Angeles",)),
        ("212 555 2671", "NY", ("America/New_York",)),
        ("602 555 2671", "AZ", ("America/Phoenix",)),
        ("808 555 2671", "HI", ("Pacific/Honolulu",)),
        ("902 555 2671", None, ("America/Halifax",)),
        ("+44 20 7946 0018", None, ("Europe/London",)),
    ],
)
def test_the_area_tells_state_and_zone(raw: str, state: str | None, zones: tuple[str, ...]) -> None:
    """B4."""
    found = parse(raw)

    assert found.state == state
    assert found.zones == zones


def test_an_area_with_several_zones_or_provinces_names_them_all() -> None:
    """B4."""
    assert set(parse("850 555 2671").zones) == {"America/Chicago", "America/New_York"}
    assert parse("902 555 2671").states == ("NS", "PE")
    assert len(parse("888 555 0100").zones) > 30
    assert parse("888 555 0100").states == ()


def test_a_number_of_no_country_has_no_zone() -> None:
    assert parse("+870 773 111 632").zones == ()


def test_numbers_are_values() -> None:
    assert parse("4155552671") == parse("+1 (415) 555-2671")
    assert parse("4155552671") == PhoneNumber("+14155552671", "US", LineType.fixed_line_or_mobile)
    assert len({parse("4155552671"), parse("(415) 555 2671")}) == 1


def test_the_area_table_agrees_with_the_numbering_data() -> None:
    """Area codes are the same, and states are those that the geographic names say."""
    names = {
        "Alabama": "AL", "California": "CA", "Florida": "FL", "Georgia": "GA", "Illinois": "IL",
        "Maryland": "MD", "Michigan": "MI", "New Jersey": "NJ", "New York": "NY", "Ohio": "OH",
        "Ontario": "ON", "Pennsylvania": "PA", "Quebec": "QC", "Texas": "TX", "Virginia": "VA",
        "Washington State": "WA", "Wisconsin": "WI", "Oklahoma": "OK", "Connecticut": "CT",
    }  # fmt: skip
    for area in range(200, 1000):
        number = phonenumbers.parse(f"+1{area}2342671")
        region = phonenumbers.region_code_for_number(number)
        kind = phonenumbers.number_type(number)
        if kind != phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE or region is None:
            continue
        if region in {"US", "CA", "PR", "VI", "GU", "MP", "AS"}:
            assert str(area) in STATES_OF_AREA, area
        where = geocoder.description_for_number(number, "en")
        if where in names:
            assert names[where] in STATES_OF_AREA[str(area)], area


def test_time_zones_and_places_are_not_loaded_before_they_are_asked_for() -> None:
    code = (
        "import sys; from assent.sms.numbers import parse; parse('4155552671');"
        "assert 'phonenumbers.tzdata' not in sys.modules;"
        "assert 'phonenumbers.geodata' not in sys.modules;"
        "parse('4155552671').zones; assert 'phonenumbers.geodata' not in sys.modules"
    )
    path = next(p for p in sys.path if p.endswith("layers/assent/python"))

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})


@pytest.mark.parametrize(
    ("raw", "code", "reason"),
    [
        ("4155552671\n4155552672", "several_numbers", "one number a line"),
        ("tel:+1-415-555-2671;ext=12", "has_extension", "as links of the web write it"),
        ("+44 20" + " " * 47 + "79460018", "not_a_number", "61 characters are no number"),
    ],
)
def test_what_phonenumbers_would_read_otherwise_is_refused(
    raw: str, code: str, reason: str
) -> None:
    with pytest.raises(InvalidNumber) as refused:
        parse(raw)

    assert refused.value.code == code, reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("\u200e415\x005552671", "a control character between"),
        ("4155552671\u0301", "an accent on the last digit"),
        ("(41\u03015) 555 2671", "an accent on a digit"),
        ("0044 20 7946 0018", "dialled as from most of the world"),
        ("+44 20" + " " * 46 + "79460018", "60 characters with all its spaces"),
    ],
)
def test_what_can_be_read_is_read(raw: str, reason: str) -> None:
    assert parse(raw).e164 in {"+14155552671", "+442079460018"}, reason
