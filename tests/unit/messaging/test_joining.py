"""JOIN words: one question, and what YES, NO and STOP make of it."""

from contextlib import suppress
from itertools import count

import pytest

from assent.accounts import store as accounts
from assent.accounts.model import KeywordReplies
from assent.consent.chains import store as chain_store
from assent.consent.events import Happening
from assent.consent.ledger import verify
from assent.consent.model import Channel, EventType, Source, Standing, Suppression
from assent.consent.service import end_all
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.model import QueueState
from assent.contacts.queue import service as queue
from assent.contacts.queue import store as queue_store
from assent.messaging import store
from assent.messaging.model import SendMessage, contact_thread
from assent.messaging.texts import join_request_text, thank_you_text
from assent.platform.tables import Transaction
from assent.sms.linter import TextKind, lint
from tests.calls import Died, dying, recorded
from tests.fakes import ANN, BOB, World
from tests.unit.messaging.words import WORD, register, standing


def hard(world: World, phone: str = ANN) -> bool:
    entry = world.opt_out(phone).opted_out(Channel.SMS, world.a.id)
    return entry is not None and entry.suppression == Suppression.HARD


def asked(world: World, phone: str = ANN) -> int:
    return world.provider.texts_to(phone).count(join_request_text(world.sender))


def events(world: World, phone: str = ANN) -> list[EventType]:
    subject = world.pseudonyms.of(phone)
    found = chain_store.events(world.a.id, subject) + chain_store.events(world.sender.id, subject)
    return [event.type for event in found]


def test_the_texts_have_what_the_rules_ask_for(world: World) -> None:
    """O10: program, frequency, rates, HELP and STOP in the question; program and STOP in thanks."""
    name = world.sender.program_name
    question, thanks = join_request_text(world.sender), thank_you_text(world.sender)
    assert lint(question, TextKind.opt_in_request, program_name=name) == ()
    assert lint(thanks, TextKind.first_broadcast, program_name=name) == ()


def test_a_stranger_who_joins_becomes_a_contact_in_the_group(world: World) -> None:
    """O10, S0: asked once, thanked once, reached by SMS through the group."""
    group = register(world)
    assert world.text(WORD, BOB) == "join_requested"
    found = world.contact(BOB)
    assert found is not None
    assert (found.first_name, found.last_name, found.phone) == ("", "", BOB)
    assert (standing(world, BOB), found.groups) == (Standing.PENDING, frozenset())
    assert world.text("yes", BOB) == "confirmed"
    assert standing(world, BOB) == Standing.SUBSCRIBED
    found = world.contact(BOB)
    assert found is not None
    assert found.groups == {group.id}
    [member] = member_store.memberships(world.a.id, found)
    assert member.channels == {Channel.SMS}
    assert world.provider.texts_to(BOB) == [
        join_request_text(world.sender),
        thank_you_text(world.sender),
    ]
    assert events(world, BOB) == [EventType.JOIN_REQUESTED, EventType.CONFIRMED]
    thread = store.thread(contact_thread(world.a.id, found.id))
    assert [message.body for message in thread if message.inbound] == ["yes", WORD]


def test_a_join_word_never_leads_into_the_opt_in_queue(world: World) -> None:
    """Q4."""
    register(world)
    for body in (WORD, "YES", "STOP", "START"):
        world.text(body, BOB)
    world.run_delayed()
    found = world.contact(BOB)
    assert found is not None
    assert found.queue.state == QueueState.OUTSIDE
    assert queue_store.size(world.a.id) == 0
    refusal = queue.move(world.a, found.id, world.group(), "Olga", world.clock)
    assert refusal is not None


@pytest.mark.parametrize("delivered", [True, False])
def test_a_lead_that_joins_leaves_the_queue_or_never_enters_it(
    world: World, *, delivered: bool
) -> None:
    """Q5."""
    group = register(world)
    world.queued() if delivered else world.lead()
    for body in (WORD, "YES"):
        world.text(body)
    world.run_delayed()
    found = world.contact()
    assert found is not None
    assert (found.queue.state, found.queue.moved_to) == (QueueState.MOVED, group.id)
    assert found.groups == {group.id}
    assert queue_store.size(world.a.id) == 0


def test_the_request_is_proven_by_the_message(world: World) -> None:
    """P1: source Keyword, and the person's own words."""
    register(world)
    world.text("News, please", BOB)
    subject = world.pseudonyms.of(BOB)
    [event] = chain_store.events(world.a.id, subject)
    assert (event.type, event.source) == (EventType.JOIN_REQUESTED, Source.KEYWORD)
    assert event.evidence is not None
    assert event.evidence["message"] == "News, please"
    known = world.consent(BOB)
    assert verify(world.a.id, subject, [event], (known.sequence, known.head)) is None


def test_the_way_back_from_a_stop_for_the_account_that_was_joined(world: World) -> None:
    """O10, O8: JOIN and YES lift the STOP for this account, and for no other."""
    register(world)
    world.member()
    world.text("STOP")
    assert world.text(WORD) == "join_requested"
    assert asked(world) == 1
    assert hard(world)
    assert world.text("YES") == "confirmed"
    assert not hard(world)
    assert world.opt_out().opted_out(Channel.SMS, world.b.id) is not None
    assert world.provider.texts_to(ANN)[-1] == thank_you_text(world.sender)
    assert events(world)[-2:] == [EventType.STOPPED, EventType.REJOINED]


def test_no_lifts_nothing(world: World) -> None:
    """O10."""
    register(world)
    world.member()
    world.text("STOP")
    world.text(WORD)
    assert world.text("No") == "declined"
    assert hard(world)
    assert world.text("YES") == "inbox_yes"
    assert hard(world)


def test_a_stop_after_the_join_makes_a_later_yes_powerless(world: World) -> None:
    """O10, K2."""
    group = register(world)
    world.text(WORD, BOB)
    world.text("STOP", BOB)
    assert world.text("YES", BOB) == "inbox_yes"
    assert hard(world, BOB)
    found = world.contact(BOB)
    assert found is not None
    assert group.id not in found.groups


def test_a_join_that_arrives_after_a_later_stop_asks_nothing(world: World) -> None:
    """K2: the order of arrival does not matter."""
    register(world)
    early = world.clock.now()
    world.clock.advance(minutes=1)
    world.text("STOP", BOB)
    assert world.text(WORD, BOB, at=early) == "outdated_join"
    assert asked(world, BOB) == 0


def test_a_stop_before_the_question_went_out_holds_it_back(world: World) -> None:
    """B8, K4: the answer would have no power."""
    register(world)
    world.text_only(WORD, BOB)
    [question] = world.queue.take(SendMessage)
    world.text("STOP", BOB)
    outcome = world.dispatcher.send(question)
    assert (outcome.state, outcome.reason) == ("excluded", "hard_opt_out")
    assert world.provider.texts_to(BOB) == [world.sender.stop_text]


def test_a_stop_before_the_join_does_not_hold_the_question_back(world: World) -> None:
    """O10, K4: the contact asked after it."""
    register(world)
    world.text("STOP")
    world.text_only(WORD)
    [question] = world.queue.take(SendMessage)
    assert world.dispatcher.send(question).state == "sent"


def test_asked_again_within_a_day_is_asked_once(world: World) -> None:
    """K3, O10: but a JOIN after an opt-out is a new one."""
    register(world)
    world.text(WORD, BOB)
    assert world.text(WORD, BOB) == "repeated_join"
    assert asked(world, BOB) == 1
    world.text("STOP", BOB)
    assert world.text(WORD, BOB) == "join_requested"
    assert asked(world, BOB) == 2
    world.clock.advance(hours=25)
    assert world.text(WORD, BOB) == "join_requested"
    assert asked(world, BOB) == 3


def test_a_question_lapses_after_thirty_days(world: World) -> None:
    """S0: YES comes too late."""
    register(world)
    world.text(WORD, BOB)
    world.clock.advance(days=31)
    assert world.text("YES", BOB) == "inbox_yes"
    assert standing(world, BOB) == Standing.PENDING  # it has lapsed, which is read off its time


def test_what_the_last_owner_of_a_number_asked_for_ends_with_it(world: World) -> None:
    """C11: neither an open question nor a JOIN that arrives late counts for the next owner."""
    register(world)
    early = world.clock.now()
    world.text(WORD, BOB)
    ended = Happening(
        type=EventType.NUMBER_REASSIGNED,
        effective_at=world.clock.advance(minutes=1),
        recorded_at=world.clock.now(),
        channels=list(Channel),
        sender_id=world.sender.id,
        source=Source.ADMIN,
    )
    transaction = Transaction()
    end_all(transaction, world.consent(BOB), ended)
    transaction.commit()
    assert world.text("YES", BOB) == "inbox_yes"
    assert world.text(WORD, BOB, at=early) == "outdated_join"
    assert standing(world, BOB) == Standing.NONE
    assert world.text(WORD, BOB) == "join_requested"


def test_the_account_that_asked_last_is_answered(world: World) -> None:
    """K6: two accounts on one sender, each with its word."""
    register(world)
    register(world, "DEALS", world.b)
    world.text(WORD, BOB)
    world.text("deals", BOB)
    world.text("YES", BOB)
    assert standing(world, BOB, world.b) == Standing.SUBSCRIBED
    assert standing(world, BOB) == Standing.PENDING
    world.text("YES", BOB)
    assert standing(world, BOB) == Standing.SUBSCRIBED


def test_a_word_that_was_taken_away_is_an_ordinary_word(world: World) -> None:
    """K6: within ten seconds everywhere."""
    register(world)
    world.senders.end_word(world.a.id, world.sender.id, WORD)
    world.clock.advance(seconds=10)
    assert world.text(WORD, BOB) == "inbox_other"


def test_where_the_provider_answers_keywords_a_join_is_still_asked(world: World) -> None:
    """K3: no provider knows an account's own words."""
    accounts.replace_sender(
        world.sender.model_copy(update={"keyword_replies": KeywordReplies.PROVIDER})
    )
    world.clock.advance(seconds=11)
    register(world)
    world.text(WORD, BOB)
    assert asked(world, BOB) == 1


phones = count(2125580000)


@pytest.mark.thorough
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_joining_ends_the_same_wherever_the_process_ends(world: World, *, before: bool) -> None:
    """K2, line 4: one question, one thanks, one membership."""
    group = register(world)
    with recorded() as calls:
        world.text_only(WORD, BOB)
        world.text_only("YES", BOB)
    for at in range(len(calls) // 2 + 6):
        phone = f"+1{next(phones)}"
        for body in (WORD, "YES"):
            sent = {"at": world.clock.advance(seconds=1), "message_id": f"{phone}-{body}"}
            with suppress(Died), dying(at, before=before):
                world.text_only(body, phone, **sent)  # type: ignore[arg-type]
            world.text_only(body, phone, **sent)  # type: ignore[arg-type]
            world.run()
        assert world.provider.texts_to(phone) == [
            join_request_text(world.sender),
            thank_you_text(world.sender),
        ], at
        found = world.contact(phone)
        assert found is not None
        assert found.groups == {group.id}, at
        assert events(world, phone) == [EventType.JOIN_REQUESTED, EventType.CONFIRMED], at
