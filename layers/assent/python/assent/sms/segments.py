"""How networks cut a text into parts, and what a composer needs to know about it.

GSM-7 holds 160 septets alone and 153 in each part of a longer message; otherwise UCS-2 holds 70 and
67 UTF-16 units (3GPP TS 23.038 and 23.040). A character of two units never straddles two parts, so
dividing the length does not give the number of parts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

# 3GPP TS 23.038, 6.2.1: the default alphabet and its extension table (two septets each).
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
_GSM_7 = re.compile(f"[{re.escape(_BASIC + _EXTENDED)}]*")
_ALPHABET = frozenset(_BASIC + _EXTENDED)
# Halves of a pair that came apart; side by side they are one character to a network.
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Encoding(StrEnum):
    """How the text travels."""

    gsm_7 = "GSM-7"
    ucs_2 = "UCS-2"


_ALONE = {Encoding.gsm_7: 160, Encoding.ucs_2: 70}
_JOINED = {Encoding.gsm_7: 153, Encoding.ucs_2: 67}


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A text as networks cut it.

    `units` are septets (GSM-7) or UTF-16 units (UCS-2); `per_part` is the limit that holds for each
    part of this text, `left` what the last part still takes. `forced_by` names the characters that
    made the text UCS-2, each once, in order.
    """

    encoding: Encoding
    parts: tuple[str, ...]
    units: int
    per_part: int
    left: int
    forced_by: tuple[str, ...] = ()


def segment(text: str) -> Segmentation:
    """Cut the text into the fewest parts that networks allow; an empty text has none."""
    if _GSM_7.fullmatch(text):
        wide = _septet_pairs(text)
        units = len(text) + wide
        if units <= _ALONE[Encoding.gsm_7]:
            return _alone(text, Encoding.gsm_7, units)
        parts = _fill(text, _JOINED[Encoding.gsm_7], _septet_pairs if wide else None)
        return _several(parts, Encoding.gsm_7, units, _septet_pairs)
    forced_by = tuple(sorted(set(text) - _ALPHABET, key=text.index))
    wide = _surrogate_pairs(text)
    units = len(text) + wide
    if units <= _ALONE[Encoding.ucs_2]:
        return _alone(text, Encoding.ucs_2, units, forced_by)
    limit = _JOINED[Encoding.ucs_2]
    if _HALVES.search(text):
        parts = _keep_halves_together(text, limit)
    else:
        parts = _fill(text, limit, _surrogate_pairs if wide else None)
    return _several(parts, Encoding.ucs_2, units, _surrogate_pairs, forced_by)


def _septet_pairs(text: str) -> int:
    """Count the characters that take two septets."""
    return sum(map(text.count, _EXTENDED))


def _surrogate_pairs(text: str) -> int:
    """Count the characters that take two UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 - len(text)


def _alone(
    text: str, encoding: Encoding, units: int, forced_by: tuple[str, ...] = ()
) -> Segmentation:
    limit = _ALONE[encoding]
    return Segmentation(encoding, (text,) if text else (), units, limit, limit - units, forced_by)


def _several(
    parts: list[str],
    encoding: Encoding,
    units: int,
    wide: Callable[[str], int],
    forced_by: tuple[str, ...] = (),
) -> Segmentation:
    limit = _JOINED[encoding]
    left = limit - len(parts[-1]) - wide(parts[-1])
    return Segmentation(encoding, tuple(parts), units, limit, left, forced_by)


def _fill(text: str, limit: int, wide: Callable[[str], int] | None) -> list[str]:
    """Fill each part as far as whole characters go; filling greedily gives the fewest parts."""
    if wide is None:
        return [text[at : at + limit] for at in range(0, len(text), limit)]
    parts: list[str] = []
    at = 0
    while at < len(text):
        part = text[at : at + limit]
        # Each character dropped frees at most two units, so this never drops one too many.
        while (over := len(part) + wide(part) - limit) > 0:
            part = part[: -((over + 1) // 2)]
        parts.append(part)
        at += len(part)
    return parts


def _keep_halves_together(text: str, limit: int) -> list[str]:
    """Cut a text in which the halves of a pair stand as two characters (from broken JSON)."""
    parts = [""]
    used = 0
    for piece in re.findall(f"{_HALVES.pattern}|.", text, re.DOTALL):
        size = 2 if len(piece) > 1 or piece > "\uffff" else 1
        if used + size > limit:
            parts.append("")
            used = 0
        parts[-1] += piece
        used += size
    return parts
