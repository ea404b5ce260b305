"""Phone numbers that nobody has: 555-0100 to 555-0199 in real area codes."""

from __future__ import annotations

import phonenumbers

# The North American plan keeps these hundred lines of each area code for fiction.
_LINES = 100
# Eastern and central area codes: awake at the same hours, one plan for quiet hours.
_AREAS = (
    *(202, 203, 205, 207, 212, 215, 216, 217, 224, 225, 231, 234, 239, 240, 248, 251, 252, 256),
    *(262, 267, 269, 270, 276, 281, 301, 302, 304, 305, 309, 312, 313, 314, 315, 317, 318, 319),
    *(334, 336, 337, 347, 351, 386, 401, 404, 407, 410, 412, 413, 414, 417, 419, 423, 434, 440),
)  # fmt: skip


COUNT = len(_AREAS) * _LINES


def fictional(index: int) -> str:
    """Return the E.164 number with this index, always the same one; raises past the last."""
    area, line = divmod(index, _LINES)
    if not 0 <= area < len(_AREAS):
        raise ValueError(f"there are {COUNT} fictional numbers, 0 to {COUNT - 1}")
    return f"+1{_AREAS[area]}55501{line:02d}"


def normal(number: str) -> str:
    """Return E.164 of what a person typed; raises `ValueError` with a sentence."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        raise ValueError(f"{number} is not a phone number") from None
    if not phonenumbers.is_valid_number(parsed):
        raise ValueError(f"{number} cannot be a phone number")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """Return a number as people write it in its country; a short code stays as it is."""
    if not number.startswith("+"):
        return number
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def national(number: str) -> str:
    """Return a number as people in its country type it."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
