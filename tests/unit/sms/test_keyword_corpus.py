"""Gates over a corpus of messages: nobody is missed, and nobody is silenced by mistake."""

import re
from pathlib import Path

import pytest

from assent.sms import words
from assent.sms.keywords import Intent, classify

CORPUS = Path(__file__).parent / "corpus"


def _messages(name: str) -> list[str]:
    lines = (CORPUS / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    return [_unescaped(line) for line in lines if line and not line.startswith("#")]


def _unescaped(line: str) -> str:
    def character(found: re.Match[str]) -> str:
        return {"n": "\n", "t": "\t"}.get(found[1]) or chr(int(found[1][1:], 16))

    return re.sub(r"\\(n|t|u[0-9a-f]{4})", character, line)


OPT_OUTS = _messages("opt_outs")
ORDINARY = _messages("ordinary")
UNSURE = _messages("unsure")
ANSWERS = [
    (Intent(intent), message)
    for intent, _, message in (line.partition("|") for line in _messages("answers"))
]


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    messages = [*OPT_OUTS, *ORDINARY, *UNSURE, *(message for _, message in ANSWERS)]

    assert len(messages) >= 600
    assert len(set(messages)) == len(messages)


@pytest.mark.parametrize("message", ORDINARY)
def test_no_ordinary_message_opts_out_or_troubles_anybody(message: str) -> None:
    """K1, K7."""
    assert classify(message) is Intent.other


def test_at_least_98_in_100_opt_outs_are_understood_and_no_other_is_ignored() -> None:
    """K1, K7."""
    found = [classify(message) for message in OPT_OUTS]
    missed = [m for m, intent in zip(OPT_OUTS, found, strict=True) if intent is not Intent.opt_out]
    ignored = [m for m in missed if classify(m) is not Intent.maybe_opt_out]

    assert len(missed) <= 0.02 * len(OPT_OUTS), missed
    assert not ignored


@pytest.mark.parametrize("message", UNSURE)
def test_what_is_neither_sure_nor_ordinary_goes_to_a_person(message: str) -> None:
    """K7."""
    assert classify(message) is Intent.maybe_opt_out


@pytest.mark.parametrize(("intent", "message"), ANSWERS)
def test_answers_are_understood_in_their_usual_forms(intent: Intent, message: str) -> None:
    """F4, O10."""
    assert classify(message) is intent


@pytest.mark.parametrize(
    ("source", "word", "intent"),
    [
        (each.source, word, intent)
        for sets, intent in (
            (words.OPT_OUT, Intent.opt_out),
            (words.OPT_IN, Intent.opt_in),
            (words.HELP, Intent.help),
        )
        for each in sets
        for word in each.words
    ],
)
def test_every_documented_word_of_every_provider_is_understood(
    source: str, word: str, intent: Intent
) -> None:
    """K1, K3."""
    for form in (word, word.upper(), word.title(), f"{word}.", f" “{word}”! ", f"{word} please"):
        assert classify(form) is intent, (source, form)


def test_the_sources_are_the_regulator_each_provider_and_the_policy() -> None:
    sources = {each.source for each in words.OPT_OUT}

    assert {words.REGULATOR, words.TWILIO, words.AWS, words.TELNYX, words.CANADA} < sources
    assert {words.TOLL_FREE, words.POLICY} < sources


@pytest.mark.parametrize(
    ("intent", "message"),
    [
        # The rule's own examples, each list in full.
        *((Intent.opt_out, phrase) for phrase in (
            "please stop", "stop please", "stop texting me", "remove me", "take me off your list",
            "no more texts", "wrong number", "leave me alone", "do not text me", "opt me out",
            "S T O P", "STOP 12345",
        )),
        *((Intent.other, phrase) for phrase in (
            "Weekend works", "my friend recommended you", "Stop by tomorrow at 5?",
            "Don't stop, love these", "I'll quit my job Friday", "bus stop is closed",
            "Can you cancel Tuesday, I can come Wed",
        )),
    ],
)  # fmt: skip
def test_the_examples_of_the_rules_hold(intent: Intent, message: str) -> None:
    """K1."""
    assert classify(message) is intent
