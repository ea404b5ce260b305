"""What people text: which meaning goes before which, and that nothing is done twice."""

import pytest

from assent.accounts import store as accounts
from assent.accounts.model import KeywordReplies
from assent.consent.chains import store as chain_store
from assent.consent.ledger import verify
from assent.consent.model import Channel
from assent.contacts.groups.memberships import store as member_store
from assent.messaging import store
from assent.messaging.incoming import store as incoming
from assent.messaging.model import contact_thread, sender_thread
from tests.calls import Call, Died, each_call, ignore
from tests.fakes import ANN, BOB, DISCLOSURE, World

# Replies


@pytest.mark.parametrize("body", ["STOP", "START", "HELP"])
def test_where_the_provider_answers_keywords_the_product_does_not(world: World, body: str) -> None:
    """K3: never two answers."""
    provider_answers = {"keyword_replies": KeywordReplies.PROVIDER}
    accounts.put_sender(world.sender.model_copy(update=provider_answers))
    world.clock.advance(seconds=11)
    world.text(body)
    assert world.provider.sent == []


def test_a_stop_after_a_start_is_confirmed_again(world: World) -> None:
    """K3: a new decision gets its own confirmation, also within the day."""
    for body in ("STOP", "START", "STOP"):
        world.text(body)
    assert [o.body for o in world.provider.sent] == [
        world.sender.stop_text,
        world.sender.start_text,
        world.sender.stop_text,
    ]


# Once


def test_the_same_message_ten_times_is_one_event_and_one_answer(world: World) -> None:
    """K2, K5."""
    at = world.clock.now()
    outcomes = {world.text("STOP", at=at, message_id="IN1") for _ in range(10)}
    assert outcomes == {"stopped"}
    assert world.opt_out().sequence == 1
    assert len(world.provider.texts_to(ANN)) == 1


def test_two_workers_with_the_same_message_write_it_once(world: World) -> None:
    """K2."""
    at = world.clock.now()
    waiting = [lambda: world.text("STOP", at=at, message_id="IN1")]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        assert world.text("STOP", at=at, message_id="IN1") == "stopped"
    assert world.opt_out().sequence == 1
    assert len(world.provider.texts_to(ANN)) == 1


def test_two_messages_at_once_both_count(world: World) -> None:
    """K2: the one that comes second to the record tries again."""
    early = world.clock.now()
    late = world.clock.advance(minutes=1)
    waiting = [lambda: world.text("STOP", at=early, message_id="IN1")]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        assert world.text("START", at=late, message_id="IN2") == "started"
    assert world.opt_out().sequence == 2
    assert world.opt_out().standing_against(Channel.SMS, world.a.id) is None


def test_what_still_was_to_do_is_done_by_the_redelivery(world: World) -> None:
    """Line 4: the record says what is to do until it is done."""
    contact = world.member()
    at = world.clock.now()
    waiting = [None]

    def die(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()
            raise Died

    with each_call(ignore, die), pytest.raises(Died):
        world.text("STOP", at=at, message_id="IN1")
    assert world.opt_out().standing_against(Channel.SMS, world.a.id) is not None
    assert world.text("STOP", at=at, message_id="IN1") == "stopped"
    assert world.provider.texts_to(ANN)[-1] == world.sender.stop_text
    [member] = member_store.memberships(world.a.id, contact)
    assert member.channels == {Channel.VOICE}
    kept = incoming.inbound(sender_thread(world.sender.id, world.pseudonyms.of(ANN)), "IN1")
    assert kept is not None
    assert not kept.todo


# Routing and proof


def test_free_text_goes_to_the_account_that_texted_last(world: World) -> None:
    """K6."""
    world.member()
    key = world.integrations.create(world.b.id, "B's form", DISCLOSURE)[1]
    world.clock.advance(minutes=1)
    world.lead(ANN, key=key)
    theirs = world.contact(ANN, world.b)
    assert theirs is not None
    world.text("Is there parking?")
    thread = store.thread(contact_thread(world.b.id, theirs.id))
    assert [m.body for m in thread if m.inbound] == ["Is there parking?"]
    ours = world.contact()
    assert ours is not None
    assert not any(m.inbound for m in store.thread(contact_thread(world.a.id, ours.id)))


def test_a_stop_is_proven_by_the_message_itself(world: World) -> None:
    """P1, P2."""
    world.text("Please STOP", phone=BOB)
    record = world.opt_out(BOB)
    subject = world.pseudonyms.of(BOB)
    [event] = chain_store.events(world.sender.id, subject)
    assert event.evidence is not None
    assert event.evidence["message"] == "Please STOP"
    assert (event.kind, event.source, event.scope) == ("hard", "Keyword", "*")
    assert verify(world.sender.id, subject, [event], (record.sequence, record.head)) is None
    assert BOB not in event.model_dump_json()
