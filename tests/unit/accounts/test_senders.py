"""How a sender is set up: who may, what its texts must say, and its JOIN words."""

import pytest

from assent.accounts import store
from assent.accounts.model import KeywordReplies, Sender, SenderChange
from assent.accounts.senders import word_in
from assent.platform.errors import Conflict, Forbidden, Invalid, NotFound
from tests.calls import recorded
from tests.fakes import World

GROUP = f"gr_{'G' * 26}"


def change(world: World, **fields: object) -> Sender:
    return world.senders.change(world.a.id, world.sender.id, SenderChange.model_validate(fields))


def codes(refused: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(field.field, field.code) for field in refused.value.fields}


def test_only_the_owner_changes_a_sender(world: World) -> None:
    """Line 8: those who share it may not, and a stranger does not learn that it is there."""
    wanted = SenderChange(support_contact="help@example.com")
    with pytest.raises(Forbidden):
        world.senders.change(world.b.id, world.sender.id, wanted)
    with pytest.raises(NotFound):
        world.senders.change(world.a.id, "sn_12125550000", wanted)
    assert store.sender(world.sender.id) == world.sender


def test_what_is_left_out_stays_and_others_see_the_change_in_ten_seconds(world: World) -> None:
    """K3."""
    world.accounts.sender(world.sender.id)
    other = World.__new__(World)  # only its accounts are needed: another process
    other.accounts = type(world.accounts)(world.clock)
    other.accounts.sender(world.sender.id)
    changed = change(world, keyword_replies="provider")
    assert changed == world.sender.model_copy(update={"keyword_replies": KeywordReplies.PROVIDER})
    assert world.accounts.sender(world.sender.id) == changed
    assert other.accounts.sender(world.sender.id) == world.sender
    world.clock.advance(seconds=10)
    assert other.accounts.sender(world.sender.id) == changed


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (
            {"help_text": "Write to us."},
            {("help_text", "missing_program_name"), ("help_text", "missing_stop")},
        ),
        ({"start_text": "Harbor Alerts: hello."}, {("start_text", "missing_stop")}),
        ({"stop_text": "You are out."}, {("stop_text", "missing_program_name")}),
        ({"stop_text": ""}, {("stop_text", "empty")}),
        (
            {"stop_text": "Harbor Alerts: before you go, 20% off with code BACK."},
            {("stop_text", "marketing")},
        ),
        ({"stop_text": "Harbor Alerts: out. https://bit.ly/x"}, {("stop_text", "link_shortener")}),
        (
            {"program_name": "Cityline"},
            {(field, "missing_program_name") for field in ("help_text", "start_text", "stop_text")},
        ),
    ],
)
def test_each_text_that_lacks_something_is_named(
    world: World, fields: dict[str, str], wanted: set[tuple[str, str]]
) -> None:
    """K3: also where only the program's name was changed."""
    with pytest.raises(Invalid) as refused:
        change(world, **fields)
    assert codes(refused) == wanted
    assert all(field.message.endswith(".") for field in refused.value.fields)
    assert store.sender(world.sender.id) == world.sender


def test_a_program_may_be_called_what_marketing_is_called(world: World) -> None:
    changed = change(
        world,
        program_name="Buy Local Sale",
        help_text="Buy Local Sale: help at example.com. Reply STOP to opt out.",
        stop_text="Buy Local Sale: you are opted out. No more texts come.",
        start_text="Buy Local Sale: welcome back. Reply STOP to opt out.",
    )
    assert changed.program_name == "Buy Local Sale"


# JOIN words


def test_a_word_is_used_once_on_a_sender_however_it_is_written(world: World) -> None:
    """K1: by whichever account."""
    world.senders.add_word(world.a.id, world.sender.id, "News", GROUP)
    for account in (world.a, world.b):
        for same in ("news", "NEWS", "N\uff25WS", "Néws"):
            with pytest.raises(Conflict) as refused:
                world.senders.add_word(account.id, world.sender.id, same, GROUP)
            assert refused.value.code == "word_taken"


@pytest.mark.parametrize(
    "word", ["STOP", "stpo", "Quit", "START", "unstop", "help", "Yes", "y", "N", "no", "info"]
)
def test_a_word_that_means_something_is_reserved(world: World, word: str) -> None:
    """K1: also a misspelling of it."""
    with pytest.raises(Invalid) as refused:
        world.senders.add_word(world.a.id, world.sender.id, word, GROUP)
    assert refused.value.code == "word_reserved"
    assert codes(refused) == {("word", "word_reserved")}


@pytest.mark.parametrize("word", ["", "  ", "two words", "rock&roll", "🎉", "x" * 21, "ﷺ"])
def test_a_word_is_one_of_at_most_twenty_letters(world: World, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.senders.add_word(world.a.id, world.sender.id, word, GROUP)
    assert refused.value.code == "invalid_word"


@pytest.mark.parametrize("word", ["A1", "x" * 20, "2026", "JOIN", "Ünïted", "新闻"])
def test_words_that_may_be_used(world: World, word: str) -> None:
    made = world.senders.add_word(world.a.id, world.sender.id, word, GROUP)
    assert world.accounts.join_word(world.sender.id, made.folded) == made
    assert word_in(f" {word.lower()}! ") == made.folded


def test_an_account_sees_and_ends_its_own_words_only(world: World) -> None:
    """Line 8."""
    ours = world.senders.add_word(world.a.id, world.sender.id, "NEWS", GROUP)
    theirs = world.senders.add_word(world.b.id, world.sender.id, "DEALS", GROUP)
    assert world.senders.words(world.a.id, world.sender.id) == [ours]
    with pytest.raises(NotFound):
        world.senders.end_word(world.a.id, world.sender.id, "DEALS")
    with pytest.raises(NotFound):
        world.senders.add_word(world.a.id, "sn_12125550000", "DEALS", GROUP)
    assert world.senders.end_word(world.a.id, world.sender.id, "news") == ours
    assert world.senders.words(world.a.id, world.sender.id) == []
    assert world.senders.words(world.b.id, world.sender.id) == [theirs]


def test_a_word_is_looked_up_once_in_ten_seconds(world: World) -> None:
    world.senders.add_word(world.a.id, world.sender.id, "NEWS", GROUP)
    with recorded() as calls:
        for _ in range(3):
            assert world.accounts.join_word(world.sender.id, "news")
    assert len(calls) == 1  # that its account may use the sender is known already


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("news", "news"),
        ("News please", "news"),
        ("hi, NEWS!", "news"),
        ("N E W S", "news"),
        ("I want news", None),
        ("", None),
        ("👍", None),
    ],
)
def test_the_whole_message_is_the_word(body: str, word: str | None) -> None:
    """K1: never a part of it."""
    assert word_in(body) == word
