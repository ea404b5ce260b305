"""What is typed into the search box, and whom it means."""

import pytest

from assent.contacts.directory.words import Query, of_text, sorted_by
from assent.contacts.model import Contact, QueuePlace, QueueState
from assent.platform.clock import FixedClock
from assent.platform.errors import Invalid


def person(
    first: str = "Ada", last: str = "Lane", phone: str = "+14155550123", email: str = ""
) -> Contact:
    return Contact(
        id="ct_1",
        account_id="ac_1",
        phone=phone,
        subject="s",
        first_name=first,
        last_name=last,
        email=email,
        created_at=FixedClock().now(),
        queue=QueuePlace(state=QueueState.OUTSIDE),
    )


def finds(typed: str, contact: Contact, region: str = "US") -> bool:
    return Query.read(typed, region).takes(contact)


@pytest.mark.parametrize(
    "typed",
    [
        "+14155550123",
        "+1 (415) 555-0123",
        "14155550123",
        "(415) 555-0123",
        "415.555.0123",
        "415 555 0123",
        "1-415-555-0123",
        "001 415 555 0123",
        "011 1 415 555 0123",
        "5550123",
        "555-0123",
        "0123",
        " 0123 ",
    ],
)
def test_a_number_is_found_in_any_notation(typed: str) -> None:
    """C1: also by its last four digits alone."""
    assert finds(typed, person())
    assert not finds(typed, person(phone="+14155559876"))


@pytest.mark.parametrize(
    ("typed", "phone", "region"),
    [
        ("07911 123456", "+447911123456", "GB"),
        ("0044 7911 123456", "+447911123456", "GB"),
        ("+44 (0)7911 123456", "+447911123456", "GB"),
        ("06 20 123 4567", "+36201234567", "HU"),
        ("030 123456", "+4930123456", "DE"),
    ],
)
def test_a_trunk_prefix_is_no_part_of_the_number(typed: str, phone: str, region: str) -> None:
    """C1: numbers are typed as they are dialled at home."""
    assert finds(typed, person(phone=phone), region)


@pytest.mark.parametrize(
    "typed",
    ["ada", "AD", "lane", "la", "ada lane", "Lane Ada", "lan ad", "ádá", "Lane, Ada", "  ada  "],
)
def test_words_of_a_name_are_found_by_their_beginnings_in_any_order(typed: str) -> None:
    """C1."""
    assert finds(typed, person())
    assert finds(typed, person("ÁDA", "Läne"))
    assert not finds(typed, person("Bob", "Stone"))


def test_each_typed_word_needs_a_word_of_its_own() -> None:
    """C1."""
    assert finds("an anna", person("Anna", "Andersson"))
    assert not finds("anna anna", person("Anna", "Andersson"))
    assert finds("de la", person("Maria", "de la Cruz"))


@pytest.mark.parametrize("typed", ["ada@example.com", "ADA@", "ada@exam"])
def test_an_email_is_found_by_its_beginning(typed: str) -> None:
    """C2."""
    assert finds(typed, person(email="Ada@Example.com"))
    assert not finds(typed, person(email="bob@example.com"))
    assert not finds(typed, person())


def test_a_name_and_digits_must_both_fit() -> None:
    """C1."""
    assert finds("ada 0123", person())
    assert not finds("bob 0123", person())
    assert not finds("ada 9876", person())


@pytest.mark.parametrize("typed", ["", "   ", "12", "1-2", "!!", "()"])
def test_too_little_is_refused_with_what_to_type(typed: str) -> None:
    """C1."""
    with pytest.raises(Invalid) as refused:
        Query.read(typed, "US")
    assert refused.value.code == "search_too_short"
    assert "last four digits" in refused.value.message


def test_a_name_is_cut_into_a_bounded_number_of_words() -> None:
    """Bad input: a novel in the name field makes no novel of entries."""
    assert len(of_text("word " * 500)) == 8
    assert max(map(len, of_text("x" * 500))) == 64


def test_nameless_contacts_come_last() -> None:
    """C1."""
    names = [person("", ""), person("Zoë", ""), person("ada", "")]
    assert [sorted_by(one) for one in sorted(names, key=sorted_by)][:2] == ["ada", "zoe"]
