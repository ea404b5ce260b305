"""The plain form in which words are compared (behaviour K1)."""

import string

import pytest

from assent.sms import phrases, plain
from assent.sms.keywords import Intent, classify

CYRILLIC = ("авекмнорстухѕіјԁ", "abekmhopctyxsijd")
GREEK = ("αειοκνρτυχ", "aeioknptyx")


@pytest.mark.parametrize(
    ("other", "latin"), [*zip(*CYRILLIC, strict=True), *zip(*GREEK, strict=True)]
)
def test_a_letter_of_another_alphabet_counts_as_the_one_it_looks_like(
    other: str, latin: str
) -> None:
    """K1."""
    assert plain.fold(other) == latin
    assert plain.fold(other.upper()) == latin


@pytest.mark.parametrize("first", ["\U0001f150", "\U0001f170", "\U0001f1e6"])
def test_letters_in_circles_squares_and_flags_are_letters(first: str) -> None:
    """K1."""
    decorated = [chr(ord(first) + n) for n in range(-1, 27)]

    folded = [plain.fold(character) for character in decorated]

    assert folded[1:-1] == list(string.ascii_lowercase)
    assert folded[0] not in string.ascii_letters
    assert folded[-1] not in string.printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't", "dont"),
        ("Don`t", "dont"),
        ("Don\u2019t", "dont"),
        ("D\u00e9j\u00e0", "deja"),
        ("\uff33\uff34\uff2f\uff30", "stop"),
        ("ST\u200bOP", "stop"),
        ("Stra\u00dfe", "strasse"),
    ],
)
def test_case_accents_apostrophes_and_unseen_characters_disappear(text: str, expected: str) -> None:
    """K1."""
    assert plain.fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S T O P", "stop"),
        ("s t o p please", "stop please"),
        ("a b, cd e f", "ab cd ef"),
        ("S_T.O-P", "stop"),
        ("1 2 3", "1 2 3"),
        ("", ""),
    ],
)
def test_spaced_out_letters_make_a_word(text: str, expected: str) -> None:
    """K1."""
    assert plain.joined(text) == expected


def test_a_block_of_phrases_is_one_alternative_a_line() -> None:
    pattern = phrases._pattern(
        """
# a remark
one
two|three
  four
"""
    )

    assert pattern == "(?:one|two|threefour)"


def test_a_slot_is_filled_with_its_own_alternatives() -> None:
    assert phrases._pattern("x {AGAIN}") == f"(?:x (?:{phrases._SLOTS['AGAIN'].strip()}))"


def test_each_line_of_a_block_is_understood() -> None:
    """K1: the first, the last and a continued line of the phrases."""
    assert classify("stop texting me") is Intent.opt_out
    assert classify("falsche Nummer") is Intent.opt_out
    assert classify("lose this cell number") is Intent.opt_out
