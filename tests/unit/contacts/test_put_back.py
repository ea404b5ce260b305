"""After START: one click puts the contact back. After a change of owner: nothing comes back."""

from collections.abc import Callable

import pytest

from assent.consent.chains import store as chain_store
from assent.consent.check import check
from assent.consent.model import Channel, EventType, Kind, Standing, Suppression
from assent.contacts import joining, put_back, reassigned
from assent.contacts.groups.model import EndedBy
from assent.contacts.model import Contact, QueueState
from assent.contacts.queue import store as queue_store
from assent.contacts.service import apply_agreement
from assent.platform.errors import Conflict, NotFound
from tests.calls import Call, Died, each_call, ignore
from tests.fakes import ANN, CALLER, World
from tests.unit.contacts.lists import Lists

BOTH_WAYS = {Channel.SMS, Channel.VOICE}


@pytest.fixture
def lists(world: World) -> Lists:
    return Lists(world)


def back(world: World, contact: Contact) -> Contact:
    return put_back.put_back(world.a, contact.id, world.clock)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Conflict) as refused:
        act()
    return refused.value.code


def state(world: World) -> QueueState:
    found = world.contact()
    assert found is not None
    return found.queue.state


# Put back


def test_a_place_that_is_given_back_while_it_is_taken_is_there(world: World) -> None:
    """O10: START and one click come between the look and the end of the place of an old STOP."""
    contact = world.queued(ANN)
    world.text("STOP")
    stopped = world.contact()
    assert stopped is not None
    assert stopped.queue.state == QueueState.REMOVED
    world.text("START")
    waiting = [None]

    def return_first(call: Call) -> None:
        if call[1] == "DeleteItem" and waiting:
            waiting.pop()
            back(world, contact)

    with each_call(return_first, ignore):
        queue_store.leave_queue(stopped, queue_store.OPTED_OUT, world.clock.now())
    assert state(world) == QueueState.QUEUED
    assert [one for one, _ in world.line()] == [contact.id]


def test_after_start_one_click_restores_the_group(world: World, lists: Lists) -> None:
    """O10: START itself refills nothing."""
    group = world.group()
    contact = world.member(ANN, group)
    world.text("STOP")
    assert refusal(lambda: back(world, contact)) == "still_opted_out"
    world.text("START")
    assert lists.channels(group) == {Channel.VOICE}
    back(world, contact)
    assert lists.channels(group) == BOTH_WAYS
    assert lists.membership(group).ended == {}
    assert refusal(lambda: back(world, contact)) == "nothing_to_put_back"


def test_the_queue_gives_the_old_place_back(world: World) -> None:
    """Q4, O10: with its first arrival."""
    contact = world.queued()
    arrived = contact.queue.arrived_at
    world.clock.advance(hours=1)
    world.text("STOP")
    assert queue_store.size(world.a.id) == 0
    world.text("START")
    found = back(world, contact)
    assert (found.queue.state, found.queue.arrived_at) == (QueueState.QUEUED, arrived)
    assert found.queue.left_reason == ""
    assert world.line() == [(contact.id, arrived)]


def test_a_lead_that_was_on_its_way_arrives_now(world: World) -> None:
    """Q1: its compliance message had gone out when STOP came."""
    contact = world.lead()
    assert contact is not None
    world.text("STOP")
    world.text("START")
    found = back(world, contact)
    assert (found.queue.state, found.queue.arrived_at) == (QueueState.QUEUED, world.clock.now())


def test_a_reversal_gives_groups_back_at_once_and_the_queue_by_a_click(
    world: World, lists: Lists
) -> None:
    """S4."""
    contact = world.queued()
    lists.add()
    lists.remove(lists.line())
    assert state(world) == QueueState.REMOVED
    back(world, contact)
    assert state(world) == QueueState.QUEUED


def test_a_stop_in_between_keeps_the_contact_out(world: World, lists: Lists) -> None:
    """Line 3: both are conditioned on the opt-out record."""
    group = world.group()
    contact = world.member(ANN, group)
    world.text("STOP")
    world.text("START")
    waiting = [lambda: world.text_only("STOP")]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        assert refusal(lambda: back(world, contact)) == "still_opted_out"
    assert lists.channels(group) == {Channel.VOICE}


def test_a_stop_before_the_place_in_line_keeps_the_lead_out(world: World) -> None:
    """Q9."""
    contact = world.queued()
    world.text("STOP")
    world.text("START")
    waiting = [lambda: world.text_only("STOP")]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        assert refusal(lambda: back(world, contact)) == "still_opted_out"
    assert state(world) == QueueState.REMOVED
    assert queue_store.size(world.a.id) == 0


def test_what_still_stands_on_one_channel_stays_out(world: World, lists: Lists) -> None:
    """S2."""
    group = world.group()
    contact = world.member(ANN, group)
    lists.add(kind=Kind.HARD, channels=[Channel.VOICE])
    world.text("STOP")
    world.text("START")
    back(world, contact)
    assert lists.channels(group) == {Channel.SMS}


def test_a_lead_whose_message_failed_is_not_for_the_queue(world: World) -> None:
    """Q1: the STOP came first, so its compliance message never went out."""
    body = {"first_name": "Ann", "last_name": "Lee", "phone": ANN}
    world.ingest.from_api(world.api_key, body, CALLER)
    [command] = [one for one, _ in world.queue.sent]
    world.queue.sent = []
    world.handle(command)
    world.text("STOP")
    contact = world.contact()
    assert contact is not None
    assert contact.compliance.state == "excluded"
    world.text("START")
    assert refusal(lambda: back(world, contact)) == "nothing_to_put_back"


def test_somebody_elses_contact_is_not_found(world: World) -> None:
    """Line 9."""
    contact = world.queued()
    with pytest.raises(NotFound):
        put_back.put_back(world.b, contact.id, world.clock)
    with pytest.raises(NotFound):
        reassigned.reassign(world.b, contact.id, "user-9", "Eve", world.clock)


# The number has a new owner


def reassign(world: World, contact: Contact) -> Contact:
    world.clock.advance(seconds=1)
    return reassigned.reassign(world.a, contact.id, "user-1", "Olga", world.clock)


def test_a_new_owner_ends_all_consent_and_keeps_the_opt_outs(world: World, lists: Lists) -> None:
    """C11, P2: on every sender and channel; the chain says who reported it."""
    group = world.group()
    contact = world.member(ANN, group)
    lists.add(kind=Kind.HARD, channels=[Channel.VOICE])
    reassign(world, contact)
    known = world.consent()
    assert {one.standing for one in known.agreements.values()} == {Standing.NONE}
    event = chain_store.events(world.a.id, known.subject)[-1]
    assert (event.type, event.actor) == (EventType.NUMBER_REASSIGNED, "user-1")
    assert check(world.a.id, known.subject).ok
    assert lists.channels(group) == frozenset()
    ended = lists.membership(group).ended
    assert {one.why for one in ended.values()} == {EndedBy.REASSIGNED}
    entry = world.opt_out().standing_against(Channel.VOICE, world.a.id)
    assert entry is not None
    assert entry.suppression == Suppression.HARD
    assert not known.todo


def test_it_takes_the_lead_out_of_the_queue(world: World) -> None:
    """C11, Q11: with the reason."""
    contact = world.queued()
    found = reassign(world, contact)
    assert (found.queue.state, found.queue.left_reason) == ("removed", "number_reassigned")
    assert queue_store.size(world.a.id) == 0
    assert refusal(lambda: back(world, contact)) == "nothing_to_put_back"


def test_reporting_it_again_changes_nothing(world: World) -> None:
    contact = world.queued()
    reassign(world, contact)
    before = world.consent()
    reassign(world, contact)
    assert world.consent() == before


def test_the_new_owners_consent_does_not_bring_the_old_owners_groups(
    world: World, lists: Lists
) -> None:
    """C11."""
    group = world.group()
    contact = world.member(ANN, group)
    reassign(world, contact)
    world.clock.advance(hours=25)
    world.lead()
    known = world.consent()
    assert known.agreement(world.sender.id, Channel.SMS).standing == Standing.SUBSCRIBED
    apply_agreement(world.a.id, contact.id, world.sender.id, Channel.SMS, world.clock)
    assert lists.channels(group) == frozenset()
    assert refusal(lambda: back(world, contact)) == "nothing_to_put_back"


def test_a_report_whose_process_ended_is_finished_by_its_command(
    world: World, lists: Lists
) -> None:
    """Line 4: before the report, and after it is done, the command does nothing."""
    group = world.group()
    contact = world.member(ANN, group)

    def finish() -> str:
        return reassigned.finish(world.a.id, contact.id, world.clock)

    def die(call: Call) -> None:
        if call[1] == "TransactWriteItems":
            raise Died

    assert finish() == "nothing_to_do"
    with each_call(ignore, die), pytest.raises(Died):
        reassign(world, contact)
    assert lists.channels(group) == BOTH_WAYS
    assert finish() == "finished"
    assert lists.channels(group) == frozenset()
    assert finish() == "nothing_to_do"


# Joining


def test_a_contact_joins_once_and_leaves_the_queue(world: World, lists: Lists) -> None:
    """Q5, O10."""
    contact = world.queued()
    group = world.group()
    outcomes = [joining.join(world.a.id, contact.id, group.id, world.clock) for _ in range(2)]
    assert outcomes == [True, True]
    assert state(world) == QueueState.MOVED
    assert lists.channels(group) == BOTH_WAYS


def test_who_opted_out_does_not_join(world: World) -> None:
    """K4."""
    contact = world.queued()
    world.text("STOP")
    group = world.group()
    assert joining.join(world.a.id, contact.id, group.id, world.clock) is False
