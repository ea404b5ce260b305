"""Histories that once came out wrong, at their shortest; each is checked as all others are."""

from collections.abc import Callable

import pytest

from assent.consent.model import Channel, Kind
from assent.messaging.model import MessageState
from tests.fakes import ANN
from tests.properties.consent.door import Fate, Turn
from tests.properties.consent.machine import Histories
from tests.properties.consent.scene import Scene

History = Callable[[Histories], None]


def an_answer_older_than_its_question(history: Histories) -> None:
    """K1, K2: a YES that was said before the question is no answer to it."""
    history.fills_in_a_form(ANN, 1, None, now=True)
    history.texts(ANN, [("YES", 10)], None)


def an_older_lead_that_comes_again(history: Histories) -> None:
    """Q13: a lead that was recorded is not recorded again after one by another way."""
    history.fills_in_a_form(ANN, 0, None, now=True)
    history.fills_in_a_form(ANN, 1, None, now=True)


def a_join_of_a_number_that_stopped_before(history: Histories) -> None:
    """O1, O10: the account that it joins sees on its list that it is opted out."""
    history.texts(ANN, [("STOP", 0), ("sunshine", 0)], None)


def a_stop_while_a_lead_is_recorded(history: Histories, call: int) -> None:
    """O1: the STOP's effects may have passed before the account knows the number."""
    history.fills_in_a_form(ANN, 0, Fate(call, Turn.OVERTAKEN), now=True)


def a_stop_between_the_question_and_a_users_opt_out(history: Histories) -> None:
    """O10: the worst line was older than the question, but not the one that came after it."""
    history.text_is_held_back(ANN, "STOP")
    history.text_is_held_back(ANN, "sunshine")
    history.user_opts_out([ANN], 0, Kind.SOFT, [Channel.SMS], None)
    history.texts(ANN, [("YES", 0)], None)


def a_doubt_of_one_who_stopped_and_joined(history: Histories) -> None:
    """K7: what holds the broadcasts of the joined account can be decided, and dismissed."""
    history.texts(ANN, [("STOP", 0), ("sunshine", 0), ("YES", 0), ("please no more", 0)], None)
    history.user_works("dismisses", 0, ANN, 0, None)


def a_doubt_that_a_yes_brings_to_light(history: Histories) -> None:
    """K7: it was hidden by the STOP that the YES lifts for the joined account."""
    history.texts(ANN, [("STOP", 0), ("sunshine", 0), ("please no more", 0)], None)
    history.texts(ANN, [("YES", 0)], None)


def a_doubt_after_a_crash(history: Histories, call: int) -> None:
    """K7: it waits on one account's list, also where another texted the phone meanwhile."""
    history.fills_in_a_form(ANN, 2, None, now=True)
    history.texts(ANN, [("please no more", 0)], Fate(call, Turn.UNHEARD))


def a_stranger_whom_the_provider_blocks(history: Histories) -> None:
    """O1: the list names the number, though only an answer to HELP was ever sent to it."""
    history.texts(ANN, [("HELP", 0)], None)
    history.provider_says(ANN, MessageState.FAILED, 0, None)
    history.fills_in_a_form(ANN, 0, None, now=True)


@pytest.mark.parametrize(
    "play",
    [
        an_answer_older_than_its_question,
        an_older_lead_that_comes_again,
        a_join_of_a_number_that_stopped_before,
        a_stop_between_the_question_and_a_users_opt_out,
        a_doubt_of_one_who_stopped_and_joined,
        a_doubt_that_a_yes_brings_to_light,
        a_stranger_whom_the_provider_blocks,
    ],
)
def test_it_comes_out_as_the_rules_say(scene: Scene, play: History) -> None:
    Histories.scene = scene
    history = Histories()
    play(history)
    history.teardown()


@pytest.mark.parametrize("call", range(1, 15))
@pytest.mark.parametrize("play", [a_stop_while_a_lead_is_recorded, a_doubt_after_a_crash])
def test_it_comes_out_so_wherever_it_happens(
    scene: Scene, play: Callable[[Histories, int], None], call: int
) -> None:
    test_it_comes_out_as_the_rules_say(scene, lambda history: play(history, call))
