"""Undoing a move: the same entry with its first arrival, or a plain reason why not."""

import itertools
from collections.abc import Callable

import pytest

from assent.consent import store as consent
from assent.consent.model import Channel
from assent.contacts import store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group
from assent.contacts.history.model import Person
from assent.contacts.model import Contact, QueueState
from assent.contacts.queue import service as queue
from assent.messaging.model import HandleInbound, MessageState
from assent.platform.clock import stamp
from tests.calls import Call, Died, dying, each_call, ignore, recorded
from tests.fakes import ANN, World


def undo(world: World, contact: Contact, group: Group, by: str = "Omar") -> queue.Refusal | None:
    return queue.undo(world.a, contact.id, group.id, Person(id=by, name=by), world.clock)


def now(world: World) -> Contact:
    found = world.contact()
    assert found is not None
    return found


def moved(world: World) -> tuple[Contact, Group]:
    group = world.group()
    contact = world.member(ANN, group)
    world.clock.advance(minutes=1)
    return contact, group


def once(act: Callable[[], object]) -> Callable[[Call], None]:
    waiting = [act]

    def do(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    return do


def stop(world: World) -> None:
    at = world.clock.advance(seconds=1)
    world.inbound.handle(
        HandleInbound(
            provider="twilio",
            connection_id=world.a.id,
            message_id=f"IN-{stamp(at)}",
            sender_address=world.sender.address,
            phone=ANN,
            body="STOP",
            effective_at=at,
            received_at=at,
        )
    )


def test_undo_gives_the_same_entry_back_with_its_first_arrival(world: World) -> None:
    """Q4: the place in line, no membership, and who undid what."""
    contact, group = moved(world)
    arrived = contact.queue.arrived_at
    with recorded() as calls:
        assert undo(world, contact, group) is None
    assert [one for _, one in calls].count("TransactWriteItems") == 1
    found = now(world)
    assert (found.queue.state, found.queue.arrived_at) == (QueueState.QUEUED, arrived)
    assert (found.queue.left_by, found.queue.moved_to, found.groups) == ("", "", frozenset())
    assert world.line() == [(contact.id, arrived)]
    assert member_store.members_count(world.a.id, group.id, 9) == 0
    undone = found.queue.undone
    assert undone is not None
    assert (undone.by, undone.moved_by, undone.moved_to) == ("Omar", "Olga", group.id)


def test_who_was_put_back_is_moved_again_as_if_nothing_had_been(world: World) -> None:
    """Q4, Q5."""
    contact, group = moved(world)
    other = world.group("Other")
    assert undo(world, contact, group) is None
    assert queue.move(world.a, contact.id, other, "Olga", world.clock) is None
    found = now(world)
    assert found.groups == {other.id}
    assert world.line() == []
    refusal = undo(world, contact, group)
    assert refusal is not None
    assert (refusal.code, refusal.by, refusal.group) == ("already_moved", "Olga", "Other")


def test_undo_asked_for_twice_is_done_once(world: World) -> None:
    """Q4: the second is told who did it."""
    contact, group = moved(world)
    assert undo(world, contact, group, "Omar") is None
    refusal = undo(world, contact, group, "Olga")
    assert refusal is not None
    assert (refusal.code, refusal.by) == ("already_undone", "Omar")
    assert len(world.line()) == 1


def test_of_two_who_undo_at_once_one_does_it(world: World) -> None:
    """Q4, Q11."""
    contact, group = moved(world)
    with each_call(once(lambda: undo(world, contact, group, "Olga")), ignore):
        refusal = undo(world, contact, group, "Omar")
    assert refusal is not None
    assert (refusal.code, refusal.by) == ("already_undone", "Olga")


@pytest.mark.parametrize("in_between", [True, False])
def test_a_stop_since_the_move_keeps_the_contact_out(world: World, *, in_between: bool) -> None:
    """Q4, Q9: no undo brings an opted-out contact into the queue."""
    contact, group = moved(world)
    if in_between:
        with each_call(once(lambda: stop(world)), ignore):
            refusal = undo(world, contact, group)
    else:
        stop(world)
        refusal = undo(world, contact, group)
    assert refusal is not None
    assert refusal.code == "opted_out"
    assert world.line() == []
    assert now(world).queue.state == QueueState.MOVED


def test_a_contact_that_was_put_elsewhere_stays_there(world: World) -> None:
    """Q4, Q8: whoever is in a group is not in the queue."""
    contact, group = moved(world)
    store.ContactRecord(*store.contact_key(world.a.id, contact.id)).update(
        actions=[store.ContactRecord.groups.add(["gr_other"])]
    )
    refusal = undo(world, contact, group)
    assert refusal is not None
    assert refusal.code == "changed_since"
    assert world.line() == []


def test_a_failure_reported_since_the_move_keeps_the_contact_out(world: World) -> None:
    """Q1, Q4."""
    contact, group = moved(world)
    ref = world.provider.sent[0].status_url.partition("ref=")[2]
    world.receipt(ref, MessageState.FAILED, "30003")
    refusal = undo(world, contact, group)
    assert refusal is not None
    assert refusal.code == "compliance_failed"


@pytest.mark.parametrize("how", ["waiting", "queued", "unknown", "another group"])
def test_what_was_not_moved_there_is_not_put_back(world: World, how: str) -> None:
    """Q4."""
    group = world.group()
    if how == "another group":
        contact = world.member(ANN, world.group("Other"))
    elif how == "queued":
        contact = world.queued()
    else:
        world.lead()
        contact = now(world)
    if how == "unknown":
        contact = contact.model_copy(update={"id": "ct_x"})
    refusal = undo(world, contact, group)
    assert refusal is not None
    expected = {"another group": "already_moved", "unknown": "unknown_contact"}
    assert refusal.code == expected.get(how, "not_moved")


def test_whoever_joined_by_its_own_word_is_put_back_by_nobody(world: World) -> None:
    """Q4: it never stood in line, so there is no place to give back."""
    world.lead()
    contact, group = now(world), world.group()
    store.ContactRecord(*store.contact_key(world.a.id, contact.id)).update(
        actions=[
            store.ContactRecord.queue_state.set("moved"),
            store.ContactRecord.moved_to.set(group.id),
            store.ContactRecord.groups.add([group.id]),
        ]
    )
    refusal = undo(world, contact, group)
    assert refusal is not None
    assert refusal.code == "not_moved"


@pytest.mark.parametrize("before", [True, False])
def test_a_process_that_ends_anywhere_in_an_undo_leaves_all_or_nothing(
    world: World, *, before: bool
) -> None:
    """Q4: and whoever repeats it finds it done, or does it."""
    contact, group = moved(world)
    for at in itertools.count():
        try:
            with dying(at, before=before):
                undo(world, contact, group)
            break
        except Died:
            found = now(world)
            queued = found.queue.state == QueueState.QUEUED
            assert (len(world.line()), len(found.groups)) == ((1, 0) if queued else (0, 1))
            assert member_store.members_count(world.a.id, group.id, 9) == len(found.groups)
        undo(world, contact, group)
        assert now(world).queue.state == QueueState.QUEUED
        assert queue.move(world.a, contact.id, group, "Olga", world.clock) is None
    assert at >= 3
    assert len(world.line()) == 1
    against = consent.opt_out(world.sender.id, contact.subject)
    assert against.opted_out(Channel.SMS, world.a.id) is None
