"""The opt-in queue: entering, leaving, moving, counting and paging, also when two are at it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.model import Channel
from assent.contacts import erasure
from assent.contacts.groups import service as group_service
from assent.contacts.groups import store as group_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group
from assent.contacts.model import Contact, EnterQueue, QueueState, WhyEnter
from assent.contacts.queue import service as queue
from assent.contacts.queue import store as queue_store
from assent.messaging.dispatch import TryLater
from assent.messaging.model import HandleInbound, MessageState
from assent.messaging.providers.base import Refused
from assent.messaging.providers.twilio import CAUSES
from assent.platform.clock import stamp
from assent.platform.errors import Conflict, Invalid, NotFound
from assent.platform.ids import new_id
from assent.platform.tables import Contention
from tests.calls import Call, each_call, ignore, recorded
from tests.fakes import ANN, BOB, World

CONFLICT = {
    "Error": {"Code": "TransactionCanceledException", "Message": "[None, TransactionConflict]"},
    "CancellationReasons": [
        {"Code": "None"},
        {"Code": "TransactionConflict", "Message": "somebody is at it"},
    ],
}


def before_the_next_transaction(act: Callable[[], object]) -> Callable[[Call], None]:
    """Let something happen once, just before the next transaction is written."""
    waiting = [act]

    def do(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    return do


def conflicts(times: int) -> Callable[[Call], None]:
    """Refuse transactions as DynamoDB does while another one holds an item of theirs."""
    left = [None] * times

    def refuse(call: Call) -> None:
        if call[1] == "TransactWriteItems" and left:
            left.pop()
            raise ClientError(CONFLICT, "TransactWriteItems")  # type: ignore[arg-type]

    return refuse


def enter(world: World, contact: Contact, why: WhyEnter = WhyEnter.DELIVERED) -> str:
    command = EnterQueue(account_id=contact.account_id, contact_id=contact.id, why=why)
    return queue.enter(command, world.sender.id, world.clock)


def move(world: World, contact: Contact, group: Group, by: str = "Omar") -> queue.Refusal | None:
    return queue.move(world.a, contact.id, group, by, world.clock)


def stop(world: World, phone: str = ANN) -> HandleInbound:
    now = world.clock.advance(seconds=1)
    return HandleInbound(
        provider="twilio",
        connection_id=world.a.id,
        message_id=f"IN-{stamp(now)}",
        sender_address=world.sender.address,
        phone=phone,
        body="STOP",
        effective_at=now,
        received_at=now,
    )


def lead(world: World, phone: str = ANN) -> Contact:
    found = world.lead(phone)
    assert found is not None
    return found


def ids(world: World, *, newest_first: bool = True) -> list[str]:
    return [contact_id for contact_id, _ in world.line(newest_first=newest_first)]


def test_a_lead_enters_once_however_often_it_is_let_in(world: World) -> None:
    """Q1: the receipt, its repeat, and the ten minutes after both."""
    contact = lead(world)
    outcomes = [enter(world, contact), enter(world, contact), *world.run_delayed()]
    assert outcomes == ["entered", "already_queued", "already_queued"]
    assert ids(world) == [contact.id]


def test_two_workers_letting_the_same_lead_in_make_one_place_in_line(world: World) -> None:
    """Q1."""
    contact = lead(world)
    race = before_the_next_transaction(lambda: enter(world, contact))
    with each_call(race, ignore):
        assert enter(world, contact) == "no_longer_waiting"
    assert ids(world) == [contact.id]


def test_a_stop_just_before_the_entry_keeps_the_lead_out(world: World) -> None:
    """Q9: the entry is conditioned on the opt-out record."""
    contact = lead(world)
    race = before_the_next_transaction(lambda: world.inbound.handle(stop(world)))
    with each_call(race, ignore):
        assert enter(world, contact) == "opted_out"
    assert ids(world) == []
    found = world.contact()
    assert found is not None
    assert (found.queue.state, found.queue.left_reason) == (QueueState.REMOVED, "opted_out")


def test_a_failure_just_before_the_entry_keeps_the_lead_out(world: World) -> None:
    """Q1."""
    contact = lead(world)
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    race = before_the_next_transaction(lambda: world.receipt(ref, MessageState.FAILED, "30003"))
    with each_call(race, ignore):
        assert enter(world, contact) == "no_longer_waiting"
    assert ids(world) == []


def test_a_lead_whose_text_no_provider_took_does_not_enter_by_itself(world: World) -> None:
    """Q1: ten minutes after the provider accepted it, and not before it did."""
    world.provider.fails[ANN] = Refused("20429", CAUSES["30008"], retry=True)
    with pytest.raises(TryLater):
        world.lead()
    contact = world.contact()
    assert contact is not None
    assert enter(world, contact, WhyEnter.NO_RECEIPT) == "not_sent_yet"
    assert ids(world) == []


def test_a_contact_that_is_gone_is_let_in_nowhere(world: World) -> None:
    command = EnterQueue(account_id=world.a.id, contact_id="ct_x", why=WhyEnter.DELIVERED)
    assert queue.enter(command, world.sender.id, world.clock) == "no_contact"


# Moving


def test_a_moved_contact_leaves_the_queue_and_joins_the_group(world: World) -> None:
    """Q5."""
    contact, group = world.queued(), world.group()
    assert move(world, contact, group) is None
    found = world.contact()
    assert found is not None
    assert found.groups == {group.id}
    assert (found.queue.state, found.queue.left_by) == (QueueState.MOVED, "Omar")
    assert ids(world) == []
    [member] = member_store.memberships(world.a.id, found)
    assert member.channels == {Channel.SMS, Channel.VOICE}


def test_of_two_operators_one_wins_and_the_other_is_told_who_and_where(world: World) -> None:
    """Q11: both had read the contact as queued."""
    contact, gold, news = world.queued(), world.group("Gold"), world.group("News")
    race = before_the_next_transaction(lambda: move(world, contact, gold, "Olga"))
    with each_call(race, ignore):
        refusal = move(world, contact, news, "Omar")
    assert refusal is not None
    assert (refusal.code, refusal.by, refusal.group) == ("already_moved", "Olga", "Gold")
    found = world.contact()
    assert found is not None
    assert found.groups == {gold.id}


def test_a_stop_between_reading_and_moving_refuses_the_move(world: World) -> None:
    """Q5, line 3."""
    contact, group = world.queued(), world.group()
    race = before_the_next_transaction(lambda: world.inbound.handle(stop(world)))
    with each_call(race, ignore):
        refusal = move(world, contact, group)
    assert refusal is not None
    assert refusal.code == "opted_out"
    found = world.contact()
    assert found is not None
    assert found.groups == frozenset()
    assert member_store.members_count(world.a.id, group.id, 9) == 0


def test_a_move_that_meets_another_transaction_is_tried_again(world: World) -> None:
    """Q11: a conflict is no answer for an operator."""
    contact, group = world.queued(), world.group()
    with each_call(conflicts(2), ignore):
        assert move(world, contact, group) is None
    assert ids(world) == []


def test_a_move_gives_up_after_many_conflicts_and_changes_nothing(world: World) -> None:
    contact, group = world.queued(), world.group()
    with each_call(conflicts(99), ignore), pytest.raises(Contention):
        move(world, contact, group)
    assert ids(world) == [contact.id]


@pytest.mark.parametrize("why", ["waiting", "removed", "unknown"])
def test_what_is_not_in_the_queue_is_not_moved(world: World, why: str) -> None:
    """Q5, Q9."""
    group = world.group()
    contact = lead(world)
    if why == "removed":
        world.text("STOP")
    if why == "unknown":
        contact = contact.model_copy(update={"id": "ct_x"})
    refusal = move(world, contact, group)
    assert refusal is not None
    codes = {"waiting": "not_in_queue", "removed": "opted_out", "unknown": "unknown_contact"}
    assert refusal.code == codes[why]


def test_a_crash_between_leaving_and_the_place_in_line_is_mended(world: World) -> None:
    """Q9: the contact first, then its place; whoever repeats it finishes it."""
    contact = world.queued()
    place = queue_store.QueueRecord.get(
        *queue_store.queue_key(world.a.id, contact.id, arrived(contact))
    )
    assert queue_store.leave_queue(contact, "opted_out", world.clock.now()) is True
    place.save()
    assert ids(world) == [contact.id]
    assert queue_store.leave_queue(contact, "opted_out", world.clock.now()) is False
    assert ids(world) == []


def arrived(contact: Contact) -> datetime:
    assert contact.queue.arrived_at is not None
    return contact.queue.arrived_at


def test_who_waits_gets_into_a_group_by_a_move_only(world: World) -> None:
    """Q8: what adds to groups, or makes an audience, asks this first."""
    contact, group = world.queued(), world.group()
    with pytest.raises(Conflict) as refused:
        queue.refuse_queued(contact)
    assert refused.value.code == "in_opt_in_queue"
    assert move(world, contact, group) is None
    moved = world.contact()
    assert moved is not None
    queue.refuse_queued(moved)


# Pages and counts


def line_up(world: World, many: int) -> list[str]:
    """Put places into line directly, one a second, and return the ids in their order."""
    made = []
    for number in range(many):
        at = world.clock.now() + timedelta(seconds=number)
        made.append(new_id("ct", at))
        queue_store.QueueRecord(*queue_store.queue_key(world.a.id, made[-1], at)).save()
    return made


def test_the_count_stops_one_past_its_bound(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Q6: 99+."""
    monkeypatch.setattr(queue_store, "COUNT_BOUND", 5)
    line_up(world, 5)
    assert queue_store.size(world.a.id) == 5
    line_up(world, 9)
    with recorded() as calls:
        assert queue_store.size(world.a.id) == 6
    assert len(calls) <= world.settings.queue_shards
    assert queue_store.size(world.b.id) == 0


def test_members_are_counted_no_further_than_the_bound(world: World) -> None:
    group = world.group()
    for phone in (ANN, BOB):
        world.member(phone, group)
    counted = [member_store.members_count(world.a.id, group.id, bound) for bound in (1, 2, 9)]
    assert counted == [2, 2, 2]


# Groups


@pytest.mark.parametrize("name", ["news", " NEWS ", "\uff2eews", "News\u00a0"])
def test_a_name_in_another_spelling_is_the_same_name(world: World, name: str) -> None:
    world.group("News")
    with pytest.raises(Conflict) as refused:
        group_service.create_group(world.a, name, world.clock)
    assert refused.value.code == "group_exists"
    assert len(group_store.groups(world.a.id)) == 1


def test_another_account_may_use_the_same_name(world: World) -> None:
    """Line 9."""
    world.group("News")
    made = group_service.create_group(world.b, "News", world.clock)
    assert [one.id for one in group_store.groups(world.b.id)] == [made.id]
    with pytest.raises(NotFound):
        group_service.group(world.a.id, made.id)


@pytest.mark.parametrize("name", ["", " \t\n", "x" * 101])
def test_a_group_without_a_name_is_refused(world: World, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        group_service.create_group(world.a, name, world.clock)
    assert [field.field for field in refused.value.fields] == ["name"]


def test_who_is_being_erased_is_moved_to_no_group(world: World) -> None:
    """Q5, P5: neither by who saw the erasure begin nor by who had looked before it."""
    contact, group = world.queued(ANN), world.group()

    def forget() -> None:
        erasure.begin(world.a, contact.id, "user-1", "Olga", world.clock, CopiesUnderWay())

    with each_call(before_the_next_transaction(forget), ignore):
        refusals = [queue.move(world.a, contact.id, group, "Omar", world.clock)]
    refusals.append(queue.move(world.a, contact.id, group, "Omar", world.clock))
    assert [one.code for one in refusals if one] == ["contact_erased", "contact_erased"]
    assert member_store.members_count(world.a.id, group.id, 5) == 0
