"""Brings a text to the plain form in which words are compared.

Accents, full-width and decorated letters, invisible characters, quotes, emoji and case all
disappear, so that what the eye takes for the same word is the same word.
"""

import re
import unicodedata
from collections.abc import Iterator

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u00b4\u0060\u2032\uff07]")
# Combining marks (accents, once taken apart) and characters that show nothing.
_UNSEEN = re.compile(
    "[\u0300-\u036f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]",
)
_SPACED_LETTERS = re.compile(r"\b[^\W\d_](?: [^\W\d_]\b)+")


def _look_alikes() -> Iterator[tuple[int, str]]:
    """Yield letters of other alphabets and letter emoji with the Latin letter they look like."""
    pairs = zip("авекмнорстухѕіјԁ", "abekmhopctyxsijd", strict=True)
    yield from ((ord(other), latin) for other, latin in pairs)
    pairs = zip("αειοκνρτυχ", "aeioknptyx", strict=True)
    yield from ((ord(other), latin) for other, latin in pairs)
    for first in (0x1F150, 0x1F170, 0x1F1E6):  # circled, squared, regional indicator
        yield from ((first + n, chr(ord("a") + n)) for n in range(26))


_LOOK_ALIKES = dict(_look_alikes())


def fold(text: str) -> str:
    """Return the text in lower case, without accents, apostrophes and unseen characters.

    Punctuation and line ends stay: they are needed to tell a signature.
    """
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    return _UNSEEN.sub("", text).casefold().translate(_LOOK_ALIKES)


def words(folded: str) -> list[str]:
    """Return the words and numbers of a folded text, in order."""
    return _WORD.findall(folded)


def joined(text: str) -> str:
    """Return the text's words with single spaces; spaced-out letters (`S T O P`) make a word."""
    return close_letters(" ".join(words(fold(text))))


def close_letters(line: str) -> str:
    """Return the line with runs of single letters (`s t o p please`) closed up to words."""
    return _SPACED_LETTERS.sub(lambda run: run.group().replace(" ", ""), line)
