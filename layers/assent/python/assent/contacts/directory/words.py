"""What a contact is found by: the words of its name, its e-mail, the end of its number.

Words are compared in the plain form of `sms.plain`, so case, accents and decoration do not matter.
"""

import re
from contextlib import suppress
from dataclasses import dataclass

from assent.contacts.model import Contact
from assent.platform.errors import FieldError, Invalid
from assent.sms import plain

TAIL = 4
"""Digits by which numbers are found from their end."""
_MOST_WORDS = 8
_LONGEST = 64  # characters of a word, and of a name as it is sorted
_LONGEST_EMAIL = 200  # characters, of four bytes each at most, where a key has 1,024
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[\d\s().+\-/]+")
_ABROAD = "011"  # what is dialled before a country code in North America


def of_name(contact: Contact) -> list[str]:
    """Return the words of a contact's name, in order."""
    return of_text(f"{contact.first_name} {contact.last_name}")


def of_text(text: str) -> list[str]:
    """Return the words of a text in their plain form, in order."""
    return [word[:_LONGEST] for word in plain.words(plain.fold(text))[:_MOST_WORDS]]


def sorted_by(contact: Contact) -> str:
    """Return the text that puts a contact in the order of names; nameless ones come last."""
    return " ".join(of_name(contact))[:_LONGEST] or "\uffff"


def email(text: str) -> str:
    """Return an e-mail address as it is compared: as much as anybody types, and a key can hold."""
    return text.strip().casefold()[:_LONGEST_EMAIL]


def digits(text: str) -> str:
    """Return the digits of a text."""
    return "".join(_DIGITS.findall(text))


@dataclass(frozen=True)
class Query:
    """What somebody typed into the search box, taken apart."""

    words: tuple[str, ...] = ()  # each begins a word of the name
    email: str = ""  # begins the address
    endings: tuple[str, ...] = ()  # the number ends in one of these

    @classmethod
    def read(cls, text: str, region: str) -> "Query":
        """Take a search apart; raises `Invalid` when there is too little to look for.

        Numbers come in any notation, whole or their last digits, beside words of a name.
        """
        found = cls(
            email=next((email(one) for one in text.split() if "@" in one), ""),
            words=tuple(
                word
                for part in text.split()
                if "@" not in part and not _NUMBER.fullmatch(part)
                for word in of_text(part)
            ),
            endings=_endings(text, region),
        )
        if found == cls():
            message = "Type a name, an e-mail address, or at least the last four digits."
            field = FieldError(field="search", code="too_short", message=message)
            raise Invalid("search_too_short", message, fields=[field])
        return found

    @property
    def tail(self) -> str:
        """The last digits that the number must have, if any were typed."""
        return self.endings[0][-TAIL:] if self.endings else ""

    def takes(self, contact: Contact) -> bool:
        """Tell whether a contact is meant."""
        return (
            self.takes_number(contact.phone)
            and email(contact.email).startswith(self.email)
            and _begin(self.words, of_name(contact))
        )

    def may_mean(self, name: str) -> bool:
        """Tell whether somebody may be meant whose entry has this name; a long one is cut off."""
        return len(name) >= _LONGEST or _begin(self.words, name.split())

    def takes_place(self, words: str, email: str, digits: str) -> bool:
        """Tell whether somebody is meant of whom this is known, in plain form."""
        return (
            self.takes_number(digits)
            and email.startswith(self.email)
            and _begin(self.words, words.split())
        )

    def takes_number(self, phone: str) -> bool:
        """Tell whether a number, in E.164 or as its digits, ends as it was typed."""
        return not self.endings or phone.endswith(self.endings)


def _begin(typed: tuple[str, ...], name: list[str]) -> bool:
    """Tell whether each typed word begins a word of the name of its own."""
    left = list(name)
    # The longest first: "an anna" must not use "Anna" up for "an".
    for word in sorted(typed, key=len, reverse=True):
        match = next((one for one in left if one.startswith(word)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _endings(text: str, region: str) -> tuple[str, ...]:
    """Say in what the number may end, given what was typed of it in whatever notation."""
    # Loaded here: large tables, which only those need who look for a number.
    from assent.sms.numbers import InvalidNumber, parse  # noqa: PLC0415

    parts = [part for part in text.split() if "@" not in part and _NUMBER.fullmatch(part)]
    typed = digits(" ".join(parts))
    if len(typed) < TAIL:
        return ()
    # Leading zeros dial a country or a trunk line, and are no part of the number.
    found = {typed.lstrip("0") if len(typed.lstrip("0")) >= TAIL else typed}
    if typed.startswith(_ABROAD) and len(typed) > len(_ABROAD) + TAIL:
        found.add(typed.removeprefix(_ABROAD))
    with suppress(InvalidNumber):  # only its end was typed
        found.add(digits(parse(" ".join(parts), region).e164))
    return tuple(sorted(found))
