"""Which meaning goes before which: a test for each neighbouring pair."""

import pytest

from assent.consent.model import Channel, Standing
from assent.messaging import store
from assent.messaging.model import contact_thread
from tests.fakes import ANN, World
from tests.unit.messaging.words import WORD, ask, register, standing


def wait(world: World, phone: str = ANN) -> None:
    """Let a run of a flow wait for this phone."""
    world.flows.waiting.add(world.pseudonyms.of(phone))


def test_the_rules_stand_in_their_order(world: World) -> None:
    """K1: the whole order, as it is looked through."""
    assert [rule.__name__ for rule in world.inbound.rules()] == [
        "_stop",
        "answer",
        "_start",
        "_help",
        "_doubt",
        "_flow",
        "_join",
    ]


@pytest.mark.parametrize("body", ["STOP", "Cancel", "No more texts"])
def test_opt_out_words_go_before_the_answer_to_a_confirmation(world: World, body: str) -> None:
    """K1: it is an opt-out, and no mere NO; what is asked can no longer be answered."""
    ask(world)
    assert world.text(body) == "stopped"
    assert standing(world) == Standing.PENDING
    assert world.text("YES") == "inbox_yes"
    assert standing(world) == Standing.PENDING


def test_the_answer_to_a_confirmation_goes_before_start_words(world: World) -> None:
    """K1: YES, which some providers take for START, confirms what is asked and lifts nothing."""
    ask(world)
    before = world.opt_out()
    assert world.text("YES") == "confirmed"
    assert standing(world) == Standing.SUBSCRIBED
    assert world.opt_out() == before


def test_start_words_go_before_the_answer_only_where_nothing_is_asked(world: World) -> None:
    """K1, O10: YES alone is no START; START lifts and leaves the question open."""
    world.member()
    world.text("STOP")
    assert world.text("YES") == "inbox_yes"
    assert world.opt_out().opted_out(Channel.SMS, world.a.id) is not None
    assert world.text("START") == "started"


def test_start_words_go_before_help_words(world: World) -> None:
    """K1: each has its own answer, and one message gets one."""
    world.text("STOP")
    assert world.text("START") == "started"
    assert world.text("HELP") == "help"
    assert world.provider.texts_to(ANN)[1:] == [world.sender.start_text, world.sender.help_text]


@pytest.mark.parametrize(
    ("body", "outcome"), [("HELP", "help"), ("START", "started"), ("STOP", "stopped")]
)
def test_help_words_and_what_goes_before_them_are_never_swallowed_by_a_flow(
    world: World, body: str, outcome: str
) -> None:
    """K1."""
    wait(world)
    assert world.text(body) == outcome
    assert world.flows.answers == []


def test_what_may_be_an_opt_out_is_never_swallowed_by_a_flow(world: World) -> None:
    """K1, K7."""
    wait(world)
    assert world.text("stop harbor") == "doubted"
    assert world.flows.answers == []


def test_a_waiting_flow_goes_before_account_keywords(world: World) -> None:
    """K1, K6: the run gets its answer once, and it stands in the conversation."""
    contact = world.member()
    register(world)
    wait(world)
    at = world.clock.now()
    outcomes = {world.text(WORD, at=at, message_id="IN1") for _ in range(3)}
    assert (outcomes, world.flows.answers) == ({"flow"}, [WORD])
    thread = store.thread(contact_thread(world.a.id, contact.id))
    assert [message.body for message in thread if message.inbound] == [WORD]


def test_account_keywords_go_before_the_inbox(world: World) -> None:
    """K1."""
    register(world)
    assert world.text(f"{WORD.lower()} please!") == "join_requested"
    assert world.text("Is there news?") == "inbox_other"


def test_no_declines_and_leaves_nothing_pending(world: World) -> None:
    """S0."""
    ask(world)
    assert world.text("No thanks") == "declined"
    assert standing(world) == Standing.NONE
