"""Phone numbers: what people type, as E.164, or a plain reason why not.

Built on phonenumbers (Google's libphonenumber), without its geographic names. North American
numbers, the most frequent, take a short way through the same numbering patterns.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NoReturn

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberType, ValidationResult

from assent.sms.area_codes import STATES_OF_AREA


class LineType(StrEnum):
    """What the numbering plan says of a line; North America does not tell mobile from fixed."""

    fixed_line = "fixed_line"
    mobile = "mobile"
    fixed_line_or_mobile = "fixed_line_or_mobile"
    toll_free = "toll_free"
    premium_rate = "premium_rate"
    shared_cost = "shared_cost"
    voip = "voip"
    personal_number = "personal_number"
    pager = "pager"
    uan = "uan"
    voicemail = "voicemail"
    unknown = "unknown"


class NumberProblem(StrEnum):
    """Why a text is no number that can be reached."""

    empty = "empty"
    not_a_number = "not_a_number"
    too_short = "too_short"
    too_long = "too_long"
    impossible = "impossible"
    unknown_country = "unknown_country"
    spreadsheet_damage = "spreadsheet_damage"
    has_letters = "has_letters"
    has_extension = "has_extension"
    several_numbers = "several_numbers"
    premium_rate = "premium_rate"
    unreachable_kind = "unreachable_kind"


_SPACED = re.compile(r"\+1(\d{3})(\d{3})(\d{4})", re.ASCII)
_PLAIN = {
    NumberProblem.empty: "The phone number is missing. Enter it with its area code.",
    NumberProblem.not_a_number: "This is no phone number. Enter digits only, with the area code.",
    NumberProblem.too_short: "The phone number is too short. Enter it with its area code.",
    NumberProblem.too_long: "The phone number is too long. Check it for extra digits.",
    NumberProblem.impossible: "No such number exists. Check the area code and the digits.",
    NumberProblem.unknown_country: "The country code does not exist. Check the first digits.",
    NumberProblem.spreadsheet_damage: "A spreadsheet rounded this number (such as 1.4E+10), its"
    " digits are lost. Format the column as text, enter the number again and export once more.",
    NumberProblem.has_letters: "The number is spelled with letters. Enter its digits instead.",
    NumberProblem.has_extension: "An extension cannot be texted. Enter a direct number.",
    NumberProblem.several_numbers: "There is more than one phone number here. Enter just one.",
    NumberProblem.premium_rate: "Premium-rate numbers are not contacted. Enter another number.",
    NumberProblem.unreachable_kind: "Pagers, voicemail and shared company numbers cannot be"
    " contacted. Enter a mobile or landline number.",
}


class InvalidNumber(ValueError):
    """A text that is no reachable phone number; `code` says why, the message what to do."""

    def __init__(self, code: NumberProblem) -> None:
        super().__init__(_PLAIN[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that can exist: `e164` (`+14155550123`), region (`US`) and kind of line."""

    e164: str
    region: str
    line_type: LineType

    @property
    def area(self) -> str | None:
        """The North American area code, if this is such a number."""
        return self.e164[2:5] if self.e164.startswith("+1") else None

    @property
    def states(self) -> tuple[str, ...]:
        """The states or provinces the area code serves; empty where that is not known."""
        return STATES_OF_AREA.get(self.area or "", ())

    @property
    def state(self) -> str | None:
        """The state or province, where the area code serves exactly one."""
        return self.states[0] if len(self.states) == 1 else None

    @property
    def zones(self) -> tuple[str, ...]:
        """The IANA time zones the number could be in; empty where nothing is known.

        In North America these are all zones of the area code: exchanges say less than they seem
        to, since numbers move with their owners.
        """
        if self.area:
            zones = _zones_of_areas()
            return zones.get(f"1{self.area}") or zones["1"]
        # Loaded here: 40 ms that only callers who ask for zones should pay.
        from phonenumbers import timezone  # noqa: PLC0415

        number = phonenumbers.parse(self.e164)
        kind = _KIND_OF[self.line_type]
        if phonenumbers.is_number_type_geographical(kind, number.country_code or 0):
            found = timezone.time_zones_for_geographical_number(number)
        else:
            found = timezone.time_zones_for_number(number)
        return tuple(zone for zone in found if zone != timezone.UNKNOWN_TIMEZONE)


_KIND_OF = {kind: getattr(PhoneNumberType, kind.value.upper()) for kind in LineType}
_LINE_TYPE = {number: kind for kind, number in _KIND_OF.items()}
_REFUSED = {
    LineType.premium_rate: NumberProblem.premium_rate,
    LineType.pager: NumberProblem.unreachable_kind,
    LineType.uan: NumberProblem.unreachable_kind,
    LineType.voicemail: NumberProblem.unreachable_kind,
    LineType.unknown: NumberProblem.impossible,
}
_POSSIBLE = {
    ValidationResult.TOO_SHORT: NumberProblem.too_short,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NumberProblem.too_short,
    ValidationResult.TOO_LONG: NumberProblem.too_long,
    ValidationResult.INVALID_COUNTRY_CODE: NumberProblem.unknown_country,
    ValidationResult.INVALID_LENGTH: NumberProblem.impossible,
}
_PARSE_ERROR = {
    NumberParseException.INVALID_COUNTRY_CODE: NumberProblem.unknown_country,
    NumberParseException.TOO_SHORT_AFTER_IDD: NumberProblem.too_short,
    NumberParseException.TOO_SHORT_NSN: NumberProblem.too_short,
    NumberParseException.TOO_LONG: NumberProblem.too_long,
}
_NORTH_AMERICA = ("US", "CA")  # in the order in which phonenumbers asks
_LONGEST = 60
_WRAPPING = " \t\r\n'\"\u2018\u2019\u201c\u201d\u00b4`=;,"
_PUNCTUATION = str.maketrans("", "", " ().-/\u2010\u2011\u2012\u2013\u2014\u2212\u00a0\u202f")
_NORTH_AMERICAN = re.compile(r"(?:\+?1)?([2-9]\d\d[2-9]\d{6})", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d*)?[eE][+-]?\d+")
_DIALLED_ABROAD = re.compile(r"00[1-9]")  # as in most of the world
_DECIMAL = re.compile(r"(\+?\d{10,15})[.,]0+")
_EXTENSION = re.compile(
    r"\d[\s.,;#(]*(?:ext(?:ension)?|extn|x|#|poste|int)[\s.:#)]*\d{1,7}\)?$", re.IGNORECASE
)
_SEVERAL = re.compile(
    r"(?:\d[\s().-]*){7,}\s*(?:[,;/|&\n]|\bor\b|\band\b)\s*\+?(?:[\s().-]*\d){7,}", re.IGNORECASE
)


def readable(e164: str) -> str:
    """Space a North American number for reading; any other stays as it is."""
    parts = _SPACED.fullmatch(e164)
    return f"+1 {' '.join(parts.groups())}" if parts else e164


def parse(raw: str, region: str = "US") -> PhoneNumber:
    """Return the number that a person, a form or a spreadsheet wrote.

    `region` is where a number without country code belongs. Raises `InvalidNumber`.
    """
    text = raw if raw.isascii() else _readable(raw)
    text = text.strip(_WRAPPING)
    if region in _NORTH_AMERICA:
        match = _NORTH_AMERICAN.fullmatch(text.translate(_PUNCTUATION))
        if match:
            for home, lines in _ordinary_lines():
                if lines.fullmatch(match[1]):
                    return PhoneNumber(f"+1{match[1]}", home, LineType.fixed_line_or_mobile)
    text = _without_traps(text)
    if region in _NORTH_AMERICA and _DIALLED_ABROAD.match(text):
        text = "+" + text[2:]  # no number of the region begins so
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        raise InvalidNumber(
            _PARSE_ERROR.get(error.error_type, NumberProblem.not_a_number)
        ) from None
    return _checked(number)


def _readable(raw: str) -> str:
    """Return full-width digits as plain ones, without marks that show nothing."""
    text = unicodedata.normalize("NFKC", raw)
    return "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Mn"})


def _without_traps(text: str) -> str:
    """Refuse what phonenumbers would quietly read as something else."""
    if not text:
        _refuse(NumberProblem.empty)
    if _SCIENTIFIC.fullmatch(text):
        _refuse(NumberProblem.spreadsheet_damage)
    if _SEVERAL.search(text[: 2 * _LONGEST]):
        _refuse(NumberProblem.several_numbers)
    if len(text) > _LONGEST:
        _refuse(NumberProblem.too_long if text[:_LONGEST].isdigit() else NumberProblem.not_a_number)
    if not any(c.isdigit() for c in text):
        _refuse(NumberProblem.not_a_number)
    if _EXTENSION.search(text):
        _refuse(NumberProblem.has_extension)
    decimal = _DECIMAL.fullmatch(text)
    if decimal:  # a number column exported as 4155550123.0: no digit is lost
        return decimal.group(1)
    letters = sum(c.isalpha() for c in text)
    if letters and not text.lower().startswith("tel:"):
        digits = sum(c.isdigit() for c in text)
        _refuse(NumberProblem.has_letters if letters <= digits + 7 else NumberProblem.not_a_number)
    return text


def _checked(number: phonenumbers.PhoneNumber) -> PhoneNumber:
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible in _POSSIBLE:
        _refuse(_POSSIBLE[possible])
    if number.extension:
        _refuse(NumberProblem.has_extension)
    line_type = _LINE_TYPE.get(phonenumbers.number_type(number), LineType.unknown)
    if line_type in _REFUSED:
        _refuse(_REFUSED[line_type])
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    region = phonenumbers.region_code_for_number(number) or ""
    return PhoneNumber(e164, region, line_type)


def _refuse(problem: NumberProblem) -> NoReturn:
    raise InvalidNumber(problem)


@cache
def _ordinary_lines() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the numbering data's own patterns of ordinary lines in the large countries."""
    found = []
    for region in _NORTH_AMERICA:
        metadata = PhoneMetadata.metadata_for_region(region)
        lines = metadata.fixed_line if metadata else None
        pattern = lines.national_number_pattern if lines else None
        found.append((region, re.compile(pattern or r"(?!)")))
    return tuple(found)


@cache
def _zones_of_areas() -> dict[str, tuple[str, ...]]:
    """Return the time zones of each North American area code, and under `1` of all of them."""
    from phonenumbers.tzdata import TIMEZONE_DATA  # noqa: PLC0415 - as above

    zones: dict[str, set[str]] = {}
    for prefix, found in TIMEZONE_DATA.items():
        if prefix[0] == "1":
            zones.setdefault(prefix[:4], set()).update(found)
    return {prefix: tuple(sorted(found)) for prefix, found in zones.items()}
