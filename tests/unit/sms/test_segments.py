"""Parts as networks cut them (behaviour B1: segments and cost in the composer)."""

import pytest

from assent.sms.segments import Encoding, segment

COUNTED = [
    ("", "GSM-7", 0, "nothing is sent"),
    ("a" * 160, "GSM-7", 1, "fills one part"),
    ("a" * 161, "GSM-7", 2, "one more"),
    ("a" * 306, "GSM-7", 2, "two joined parts of 153"),
    ("a" * 307, "GSM-7", 3, "one more"),
    ("€" * 80, "GSM-7", 1, "two septets each"),
    ("€" * 81, "GSM-7", 2, "76 and 5: a pair never straddles"),
    ("a" + "€" * 152, "GSM-7", 2, "153 and 152: the odd character fills the first part"),
    ("€" * 153, "GSM-7", 3, "306 septets, yet three parts, since each wastes one"),
    ("é" * 160, "GSM-7", 1, "in the default alphabet"),
    ("ç" * 70, "UCS-2", 1, "only the capital is in the default alphabet"),
    ("ç" * 71, "UCS-2", 2, "67 a part"),
    ("ç" * 134, "UCS-2", 2, "two full parts"),
    ("ç" * 135, "UCS-2", 3, "one more"),
    ("😀" * 35, "UCS-2", 1, "two units each"),
    ("😀" * 36, "UCS-2", 2, "33 a part"),
    ("😀" * 67, "UCS-2", 3, "134 units, yet three parts, since each wastes one"),
    ("`", "UCS-2", 1, "the back-tick is not in the alphabet"),
    ("\t", "UCS-2", 1, "nor is the tabulator"),
    ("\f", "GSM-7", 1, "the form feed is, as two septets"),
]


@pytest.mark.parametrize(
    ("text", "encoding", "parts", "reason"), COUNTED, ids=[row[-1] for row in COUNTED]
)
def test_the_number_of_parts_is_what_networks_count(
    text: str, encoding: str, parts: int, reason: str
) -> None:
    """B1."""
    found = segment(text)

    assert found.encoding == encoding, reason
    assert len(found.parts) == parts, reason
    assert "".join(found.parts) == text


def test_a_pair_at_the_border_moves_to_the_next_part() -> None:
    found = segment("a" * 152 + "[" + "b" * 20)

    assert found.parts == ("a" * 152, "[" + "b" * 20)


def test_a_composer_sees_what_forces_the_costly_encoding() -> None:
    """B1."""
    found = segment("Harbor\u2019s \u201cbest\u201d offer\u2026 😀 it\u2019s")

    assert found.encoding is Encoding.ucs_2
    assert found.forced_by == ("\u2019", "\u201c", "\u201d", "\u2026", "😀")


def test_a_composer_sees_what_is_used_and_left() -> None:
    """B1."""
    assert (segment("a€").units, segment("a€").left, segment("a€").per_part) == (3, 157, 160)
    assert segment("").left == 160
    assert (segment("a" * 161).left, segment("a" * 161).per_part) == (145, 153)
    assert segment("😀").left == 68


def test_halves_of_a_pair_that_came_apart_stay_together() -> None:
    text = "ç" * 66 + "\ud83d\ude00" + "ç" * 10

    assert segment(text).parts == ("ç" * 66, "\ud83d\ude00" + "ç" * 10)


def test_what_forces_the_encoding_is_named_in_the_order_of_the_text() -> None:
    """B1."""
    assert segment("😀 it\u2019s \u201chere\u201d, \u2019so").forced_by == (
        "😀",
        "\u2019",
        "\u201c",
        "\u201d",
    )
    assert segment("😀 \u2019" + "a" * 100).forced_by == ("😀", "\u2019")


@pytest.mark.parametrize(
    ("text", "lengths", "reason"),
    [
        ("ç" * 65 + "\ud83d\ude00" + "ç" * 68, [67, 67, 1], "the pair fills the first part"),
        ("ç" * 66 + "\ud83d\ude00" + "ç" * 66, [66, 67, 1], "the pair is the first of the second"),
        ("\n" * 67 + "\ud83d\ude00ççççç", [67, 7], "a line end counts as any other"),
        ("\uffff" * 67 + "\ud83d\ude00ççççç", [67, 7], "the last character of one unit"),
        ("\U00010000" * 34 + "\ud83d\ude00çç", [33, 5], "the first of two"),
    ],
)
def test_parts_with_halves_of_a_pair_are_as_full_as_others(
    text: str, lengths: list[int], reason: str
) -> None:
    found = segment(text)

    assert [len(part) for part in found.parts] == lengths, reason
    assert "".join(found.parts) == text
