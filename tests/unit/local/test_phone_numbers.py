"""Fictional numbers: nobody has them, and the product takes them for real."""

from __future__ import annotations

import phonenumbers
import pytest

from assent.sms import numbers
from local import phone_numbers


@pytest.mark.parametrize("index", [0, 1, 99, 100, phone_numbers.COUNT - 1])
def test_a_fictional_number_is_valid_and_fictional(index: int) -> None:
    number = phone_numbers.fictional(index)
    assert phonenumbers.is_valid_number(phonenumbers.parse(number))
    assert number[5:10] == "55501"
    assert numbers.parse(number).e164 == number


def test_each_index_has_its_own_number() -> None:
    made = {phone_numbers.fictional(index) for index in range(phone_numbers.COUNT)}
    assert len(made) == phone_numbers.COUNT


@pytest.mark.parametrize("index", [-1, phone_numbers.COUNT])
def test_there_is_no_number_outside_the_range(index: int) -> None:
    with pytest.raises(ValueError, match="fictional numbers"):
        phone_numbers.fictional(index)


@pytest.mark.parametrize(
    ("number", "shown"), [("+18885550100", "+1 888-555-0100"), ("24273", "24273")]
)
def test_a_number_is_shown_as_people_write_it_and_a_short_code_as_it_is(
    number: str, shown: str
) -> None:
    assert phone_numbers.readable(number) == shown
