"""What single messages mean, and why."""

import re

import pytest

from assent.sms.keywords import _LONGEST, Intent, classify, match_word


@pytest.mark.parametrize(
    "word",
    re.findall(
        r"\w+",
        """
shop step stoop top atop spend and send lend quiet quite cancer cancels remote evoke arrest held
hell kelp caja auto pagar huit Aldo Quito Garret
""",
    ),
)
def test_a_real_word_is_no_misspelling(word: str) -> None:
    assert classify(word) is Intent.other
    assert classify(f"{word}!") is Intent.other


@pytest.mark.parametrize("word", ["stpo", "sotp", "st0p", "unsubcribe", "cancle", "qiut"])
def test_one_slip_in_a_word_of_four_letters_or_more_is_forgiven(word: str) -> None:
    assert classify(word) is Intent.opt_out
    assert classify(f"{word} please") is Intent.opt_out


@pytest.mark.parametrize("word", ["strat", "srart", "unstpo", "sstart", "untop"])
def test_a_slip_never_gives_consent_back(word: str) -> None:
    """O10."""
    assert classify(word) is not Intent.opt_in


@pytest.mark.parametrize("word", ["enf", "emd", "tf", "dn", "ys", "nk"])
def test_short_words_must_be_exact(word: str) -> None:
    assert classify(word) is Intent.other


def test_yes_to_something_else_is_no_yes() -> None:
    """F4."""
    assert classify("Yes I can make it Tuesday") is Intent.other
    assert classify("no problem, see you then") is Intent.other
    assert classify("ok") is Intent.other


def test_a_no_that_asks_to_stop_is_an_opt_out() -> None:
    """F3, K1."""
    assert classify("No. Stop.") is Intent.opt_out
    assert classify("no thanks, remove me") is Intent.opt_out


def test_an_everyday_word_needs_to_stand_alone() -> None:
    assert classify("Cancel") is Intent.opt_out
    assert classify("cancel please") is Intent.opt_out
    assert classify("yes cancel") is Intent.maybe_opt_out
    assert classify("cancel the 4pm") is Intent.other


def test_a_reaction_to_our_own_words_is_not_an_opt_out() -> None:
    assert classify("Liked “Harbor Alerts: reply STOP to opt out”") is Intent.other
    assert classify('Removed a like from "Text STOP to unsubscribe"') is Intent.other


def test_a_quoted_message_under_the_answer_changes_nothing() -> None:
    assert classify("Yes\n\n> Reply STOP to opt out") is Intent.yes
    assert classify("STOP\n\nOn Tue, Mar 4 at 9 AM Harbor Alerts wrote:\nHello") is Intent.opt_out


def test_a_name_under_the_answer_changes_nothing() -> None:
    assert classify("Stop\nMaria Lopez") is Intent.opt_out
    assert classify("Yes\nMaria") is Intent.yes
    assert classify("Cancel - Tuesday") is not Intent.opt_out


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…", "👍", "\u200b", "\ud800", "\x00", "١٢٣"])
def test_a_message_without_words_is_ordinary(text: str) -> None:
    assert classify(text) is Intent.other


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "stop " * 200_000,
        "é" * 1_000_000,
        "\n" * 500_000 + "x",
        "!" * 1_000_000 + "stop by",
        "please " * 150_000,
        "no more all my " * 70_000,
        "STOP -" * 170_000,
        "\u200b" * 1_000_000,
    ],
)
def test_a_megabyte_is_cut_before_anyone_looks_at_it(text: str) -> None:
    """Whatever took the square of the length would not end here."""
    assert classify(text) is classify(text.strip()[:_LONGEST])


def test_a_keyword_lost_in_white_space_is_found() -> None:
    assert classify(" " * 1_000_000 + "stop" + "\n" * 1_000_000) is Intent.opt_out


@pytest.mark.parametrize(
    "text",
    [
        "GYM",
        "gym",
        " Gym! ",
        "“gym”",
        "gym please",
        "G Y M",
        "\uff27\uff39\uff2d",
        "Please GYM",
        "gÿm",
    ],
)
def test_an_account_word_is_matched_as_the_whole_message(text: str) -> None:
    """K1, O10."""
    assert match_word(text, ["JOIN", "Gym"]) == "Gym"


@pytest.mark.parametrize("text", ["gyms", "gym class?", "the gym", "", "gim", "x" * 5_000])
def test_an_account_word_is_never_part_of_a_message(text: str) -> None:
    """K1."""
    assert match_word(text, ["JOIN", "Gym"]) is None


def test_an_account_word_may_be_a_phrase_and_an_empty_one_matches_nothing() -> None:
    assert match_word("join  the club", ["Join the Club"]) == "Join the Club"
    assert match_word("", ["", "!"]) is None


@pytest.mark.parametrize(
    ("text", "intent", "reason"),
    [
        ("cancel all right away", Intent.opt_out, "courtesies alone stand beside an everyday word"),
        ("yes cancel all right away", Intent.maybe_opt_out, "yes is no courtesy"),
        ("stop snowing", Intent.other, "what is going on is meant to stop"),
        ("stop harbor", Intent.maybe_opt_out, "a name beside the word"),
        ("Let us meet at the STOP sign", Intent.other, "capitals in the middle shout at nobody"),
        ("STOP the car we are nearly there now", Intent.maybe_opt_out, "shouted, eight words"),
        ("STOP the car we are all nearly there now", Intent.other, "nine words are a sentence"),
        ("STOP by the harbor tonight", Intent.other, "stop by is a visit"),
    ],
)
def test_what_stands_around_the_word_decides(text: str, intent: Intent, reason: str) -> None:
    """K1, K7."""
    assert classify(text) is intent, reason


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("take me off your list thanks John", Intent.opt_out),
        ("take me off your list thanks John Smith", Intent.opt_out),
        ("take me off your list thanks John Paul Smith", Intent.maybe_opt_out),
        ("Take me off your list - Maria", Intent.opt_out),
        ("STOP Get Outlook for Android", Intent.opt_out),
    ],
)
def test_a_closing_with_a_name_changes_nothing(text: str, intent: Intent) -> None:
    """K1."""
    assert classify(text) is intent


def test_a_short_answer_has_at_most_eight_words() -> None:
    """F4."""
    assert classify("hello yes please thank you very much kindly") is Intent.yes
    assert classify("hello hi yes please thank you very much kindly") is Intent.other


def test_a_chain_of_phrases_has_at_most_sixty_words() -> None:
    """K1."""
    assert classify("please " * 59 + "stop") is Intent.opt_out
    assert classify("please " * 60 + "stop") is not Intent.opt_out


def test_an_account_word_is_found_in_the_longest_message_that_is_read() -> None:
    """K1."""
    assert match_word(" " * 1_997 + "gym", ["gym"]) == "gym"
    assert match_word(" " * 1_998 + "gym", ["gym"]) is None
