"""The opt-out list: what users lay down and take back, and what no user can."""

import dataclasses
from collections.abc import Callable

import pytest

from assent.consent.chains import store as chain_store
from assent.consent.ledger import verify
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, EventType, Kind, Source, Standing, Suppression
from assent.contacts.groups.model import EndedBy
from assent.contacts.model import QueueState
from assent.contacts.opt_outs import MOST_ADDED, Filters, Wanted
from assent.contacts.queue import store as queue_store
from assent.platform.errors import Conflict, NotFound
from tests.calls import Call, Died, each_call, ignore, recorded
from tests.fakes import ANN, BOB, CAT, World
from tests.unit.contacts.lists import BOTH, Lists


@pytest.fixture
def lists(world: World) -> Lists:
    return Lists(world)


def before_the_next_transaction(act: Callable[[], object]) -> Callable[[Call], None]:
    waiting = [act]

    def do(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    return do


def against(world: World, phone: str = ANN, channel: Channel = Channel.SMS) -> list[str]:
    """Show what stands against each of the three accounts."""
    record = world.opt_out(phone)
    found = (record.standing_against(channel, one.id) for one in (world.a, world.b, world.c))
    return [entry.suppression if entry else "clear" for entry in found]


# Laying down


def test_a_users_opt_out_covers_this_account_alone(world: World, lists: Lists) -> None:
    """S4, O9: soft, by whom and why; the chain of the sender has it and verifies."""
    assert lists.add() == {ANN: "added"}
    assert against(world) == ["soft", "clear", "clear"]
    line = lists.line()
    assert (line.kind, line.scope, line.removable) == (Kind.SOFT, world.a.id, True)
    entry = line.entry
    assert (entry.source, entry.by, entry.reason) == (Source.ADMIN, "Omar", "moved away")
    record = world.opt_out()
    [event] = chain_store.events(world.sender.id, record.subject)
    assert (event.type, event.scope) == (EventType.OPTED_OUT_BY_USER, world.a.id)
    head = (record.sequence, record.head)
    assert verify(world.sender.id, record.subject, [event], head) is None


def test_it_covers_all_of_the_accounts_senders(world: World, lists: Lists) -> None:
    """S4."""
    second = lists.second_sender()
    lists.add()
    assert {line.sender_id for line in lists.page()} == {world.sender.id, second.id}


def test_what_stands_already_is_not_written_again(world: World, lists: Lists) -> None:
    lists.add()
    before = world.opt_out()
    with recorded() as calls:
        assert lists.add() == {ANN: "already"}
    assert "TransactWriteItems" not in [operation for _, operation in calls]
    assert world.opt_out() == before
    assert lists.add(channels=BOTH) == {ANN: "added"}
    assert world.opt_out().sequence == 2


def test_the_contacts_own_wish_raises_a_users_opt_out(world: World, lists: Lists) -> None:
    """C3: soft becomes hard, never the other way."""
    lists.add(channels=BOTH)
    assert lists.add(kind=Kind.HARD) == {ANN: "raised"}
    kinds = {line.channel: line.kind for line in lists.page(Filters(number=ANN))}
    assert kinds == {Channel.SMS: Kind.HARD, Channel.VOICE: Kind.SOFT}
    assert lists.add() == {ANN: "already"}
    assert against(world) == ["hard", "clear", "clear"]


@pytest.mark.parametrize("kind", [Kind.SOFT, Kind.HARD])
def test_nothing_is_laid_over_a_stop(world: World, lists: Lists, kind: Kind) -> None:
    """O8: it holds for all accounts already."""
    world.text("STOP")
    before = world.opt_out()
    assert lists.add(kind=kind) == {ANN: "already"}
    assert world.opt_out() == before


def test_a_number_nobody_knows_can_be_listed(world: World, lists: Lists) -> None:
    """O3."""
    assert lists.add(BOB) == {BOB: "added"}
    assert lists.line(BOB).phone == BOB
    assert world.consent(BOB).contact_id is None


def test_twenty_five_numbers_on_both_channels_are_one_transaction(
    world: World, lists: Lists
) -> None:
    """A hundred operations, the most that one transaction holds."""
    phones = [f"+12125551{number:03}" for number in range(MOST_ADDED)]
    with recorded() as calls:
        assert set(lists.add(*phones, channels=BOTH).values()) == {"added"}
    assert [operation for _, operation in calls].count("TransactWriteItems") == 1
    assert len(lists.page(limit=100)) == 50


def test_one_busy_number_does_not_hold_up_the_others(world: World, lists: Lists) -> None:
    """A STOP at the same moment: that number is looked at again, by itself."""
    race = before_the_next_transaction(lambda: world.text_only("STOP", BOB))
    with each_call(race, ignore):
        outcomes = lists.add(ANN, BOB, CAT)
    assert outcomes == {ANN: "added", BOB: "already", CAT: "added"}
    assert against(world, BOB) == ["hard", "hard", "hard"]
    assert against(world, CAT) == ["soft", "clear", "clear"]


def test_a_users_clock_that_is_behind_does_not_make_the_opt_out_an_old_one(
    world: World, lists: Lists
) -> None:
    """K2: whoever decides has seen what is known."""
    later = world.clock.now().replace(year=2027)
    world.text("STOP", at=later)
    world.text("START", at=later.replace(month=2))
    assert lists.add() == {ANN: "added"}
    assert against(world) == ["soft", "clear", "clear"]


@pytest.mark.parametrize(("kind", "channels"), [(Kind.HELD, [Channel.SMS]), (Kind.SOFT, [])])
def test_an_opt_out_is_soft_or_hard_and_of_something(kind: Kind, channels: list[Channel]) -> None:
    with pytest.raises(ValueError, match="soft or hard"):
        Wanted(kind=kind, channels=channels, source=Source.API, actor="ak_1", by="CRM")


# Effects


def test_it_takes_the_channel_out_of_groups_and_names_why(world: World, lists: Lists) -> None:
    """O4: the other channel stays."""
    group = world.group()
    world.member(ANN, group)
    lists.add()
    member = lists.membership(group)
    assert member.channels == {Channel.VOICE}
    assert member.ended[Channel.SMS].why == EndedBy.SOFT
    assert member.ended[Channel.SMS].at == lists.line().entry.effective_at
    lists.add(channels=[Channel.VOICE])
    assert lists.channels(group) == frozenset()


@pytest.mark.parametrize("source", [Source.API, Source.ADMIN])
def test_an_sms_opt_out_takes_the_lead_out_of_the_queue(
    world: World, lists: Lists, source: Source
) -> None:
    """Q9."""
    contact = world.queued()
    lists.add(source=source)
    assert queue_store.size(world.a.id) == 0
    found = world.contact()
    assert found is not None
    assert (found.queue.state, found.queue.left_reason) == (QueueState.REMOVED, "opted_out")
    assert found.id == contact.id


def test_a_calls_opt_out_leaves_a_mobile_lead_in_the_queue(world: World, lists: Lists) -> None:
    """Q9."""
    world.queued()
    lists.add(channels=[Channel.VOICE])
    assert queue_store.size(world.a.id) == 1


def test_a_process_that_ended_after_the_commit_is_made_up_for_by_a_repeat(
    world: World, lists: Lists
) -> None:
    """O4: what stands already is tidied all the same."""
    group = world.group()
    world.member(ANN, group)

    def die(call: Call) -> None:
        if call[1] == "TransactWriteItems":
            raise Died

    with each_call(ignore, die), pytest.raises(Died):
        lists.add()
    assert lists.channels(group) == {Channel.SMS, Channel.VOICE}
    assert lists.add() == {ANN: "already"}
    assert lists.channels(group) == {Channel.VOICE}


# Taking back


def test_a_reversal_gives_back_what_the_opt_out_took(world: World, lists: Lists) -> None:
    """S4, O5: and the number may be added again."""
    groups = [world.group("News"), world.group("Offers")]
    world.member(ANN, groups[0])
    contact = world.contact()
    assert contact is not None
    lists.add()
    assert lists.remove(lists.line()) == [groups[0].id]
    assert lists.channels(groups[0]) == {Channel.SMS, Channel.VOICE}
    assert lists.page() == []
    assert against(world) == ["clear", "clear", "clear"]
    assert world.consent().agreement(world.sender.id, Channel.SMS).standing == Standing.SUBSCRIBED
    assert lists.add() == {ANN: "added"}


def test_a_reversal_does_not_give_back_what_a_stop_took(world: World, lists: Lists) -> None:
    """S4, O10: START refills no group, and neither does the reversal after it."""
    group = world.group()
    world.member(ANN, group)
    lists.add()
    world.text("STOP")
    world.text("START")
    assert lists.add() == {ANN: "added"}
    assert lists.remove(lists.line()) == []
    assert lists.channels(group) == {Channel.VOICE}


def test_what_was_raised_is_not_given_back(world: World, lists: Lists) -> None:
    """S5."""
    group = world.group()
    world.member(ANN, group)
    lists.add()
    lists.add(kind=Kind.HARD)
    assert lists.membership(group).ended[Channel.SMS].why == EndedBy.HARD


@pytest.mark.parametrize("by_stop", [True, False])
def test_a_hard_one_is_not_taken_back_and_says_the_way(
    world: World, lists: Lists, *, by_stop: bool
) -> None:
    """S5, O5, C3: 409, and nothing is written."""
    world.lead()
    if by_stop:
        world.text("STOP")
    else:
        lists.add(kind=Kind.HARD)
    before = world.opt_out()
    with pytest.raises(Conflict) as refused:
        lists.remove(lists.line())
    assert refused.value.code == "hard_opt_out"
    assert f"texts START to {world.sender.address}" in refused.value.message
    assert world.opt_out() == before


def test_the_way_back_from_calls_is_a_call(world: World, lists: Lists) -> None:
    """S5."""
    lists.add(kind=Kind.HARD, channels=[Channel.VOICE])
    with pytest.raises(Conflict, match="presses 1 when calling"):
        lists.remove(lists.line())


def test_a_stop_just_before_the_reversal_wins(world: World, lists: Lists) -> None:
    """S5: the transaction fails, is looked at again, and is refused."""
    world.member()
    lists.add()
    line = lists.line()
    race = before_the_next_transaction(lambda: world.text_only("STOP"))
    with each_call(race, ignore), pytest.raises(Conflict):
        lists.remove(line)
    assert against(world) == ["hard", "hard", "hard"]


def test_a_stop_just_after_the_reversal_keeps_the_memberships_out(
    world: World, lists: Lists
) -> None:
    """S4, line 3: giving back is conditioned on the opt-out record."""
    group = world.group()
    world.member(ANN, group)
    lists.add()
    line = lists.line()
    transactions: list[Call] = []

    def stop_before_the_second(call: Call) -> None:
        if call[1] == "TransactWriteItems":
            transactions.append(call)
            if len(transactions) == 2:
                world.text_only("STOP")

    with each_call(stop_before_the_second, ignore):
        assert lists.remove(line) == []
    assert lists.channels(group) == {Channel.VOICE}


def test_a_removal_that_ended_half_way_is_finished_by_its_command(
    world: World, lists: Lists
) -> None:
    """S4: repeated, it does nothing more; before the removal it does nothing at all."""
    group = world.group()
    world.member(ANN, group)
    lists.add()
    line = lists.line()
    at = line.entry.effective_at
    assert lists.service.finish_removal(world.a, line.id, at) == []
    assert lists.channels(group) == {Channel.VOICE}
    assert len(lists.page()) == 1

    def die(call: Call) -> None:
        if call[1] == "TransactWriteItems":
            raise Died

    with each_call(ignore, die), pytest.raises(Died):
        lists.remove(line)
    assert lists.service.finish_removal(world.a, line.id, at) == [group.id]
    assert lists.service.finish_removal(world.a, line.id, at) == []
    assert lists.channels(group) == {Channel.SMS, Channel.VOICE}
    assert listing_store.listed(world.a.id) == []


def test_a_reversal_of_one_sender_leaves_the_other(world: World, lists: Lists) -> None:
    second = lists.second_sender()
    lists.add()
    mine = next(line for line in lists.page() if line.sender_id == second.id)
    lists.remove(mine)
    assert [line.sender_id for line in lists.page()] == [world.sender.id]


# Who sees what


def test_another_accounts_line_is_not_there(world: World, lists: Lists) -> None:
    """Line 9, O9: neither to be read nor to be taken back."""
    lists.add()
    line = lists.line()
    assert lists.page(account=world.b) == []
    assert lists.page(Filters(number=ANN), account=world.b) == []
    for act in (
        lambda: lists.service.find(world.b, line.id),
        lambda: lists.remove(line, world.b),
    ):
        with pytest.raises(NotFound):
            act()
    assert against(world) == ["soft", "clear", "clear"]


@pytest.mark.parametrize(
    "listed_id",
    ["", "x", "sn_1~x", "sn_18885550100~nobody~sms", "sn_18885550100~x~fax", "sn_9~x~sms"],
)
def test_an_id_that_is_none_is_not_found(lists: Lists, world: World, listed_id: str) -> None:
    with pytest.raises(NotFound):
        lists.service.find(world.a, listed_id)


def test_a_sender_of_another_account_is_no_part_of_an_id(world: World, lists: Lists) -> None:
    """Line 9: the second sender is A's alone."""
    second = lists.second_sender()
    lists.add()
    mine = next(line for line in lists.page() if line.sender_id == second.id)
    with pytest.raises(NotFound):
        lists.service.find(world.b, mine.id)


def test_a_stop_is_seen_by_the_accounts_that_know_the_number(world: World, lists: Lists) -> None:
    """O1, O8: all are stopped, but the contact of A is nothing to B."""
    world.lead()
    world.text("STOP")
    assert against(world) == ["hard", "hard", "hard"]
    line = lists.line()
    assert (line.scope, line.entry.source) == ("*", Source.KEYWORD)
    assert [one.id for one in lists.page()] == [line.id]
    assert lists.page(account=world.b) == lists.page(Filters(number=ANN), world.b) == []


def test_who_tries_to_add_a_stopped_number_sees_why_not(world: World, lists: Lists) -> None:
    """O1: from then on it stands on that account's list as well, and goes with START."""
    world.text("STOP")
    assert lists.page(account=world.b) == []
    assert lists.add(account=world.b) == {ANN: "already"}
    [line] = lists.page(account=world.b)
    assert (line.scope, line.kind) == ("*", Kind.HARD)
    assert lists.page(Filters(number=ANN), world.b) == [line]
    world.text("START")
    assert lists.page(account=world.b) == lists.page() == []


def test_a_dry_run_says_what_stands_and_changes_nothing(world: World, lists: Lists) -> None:
    """O3."""
    lists.add()
    world.text("STOP", BOB)
    with recorded() as calls:
        found = lists.service.preview(world.a, [ANN, BOB, CAT])
    assert {phone: [line.kind for line in stands] for phone, stands in found.items()} == {
        ANN: [Kind.SOFT],
        BOB: [Kind.HARD],
        CAT: [],
    }
    assert {operation for _, operation in calls} == {"BatchGetItem"}


# The list


def numbers(count: int) -> list[str]:
    return [f"+12125552{number:03}" for number in range(count)]


def test_the_newest_stands_first_and_pages_go_on_while_lines_are_added(
    world: World, lists: Lists
) -> None:
    """O1: over all shards; nothing twice, nothing left out."""
    for phone in numbers(12):
        lists.add(phone)
    seen: list[str] = []
    cursor = None
    while True:
        page, cursor = lists.service.page(world.a, Filters(), cursor, 5)
        seen += [line.phone for line in page]
        lists.add(f"+1212555{3000 + len(seen)}")
        if cursor is None:
            break
    assert seen == list(reversed(numbers(12)))


def test_rows_that_no_longer_say_how_things_stand_are_passed_over(
    world: World, lists: Lists
) -> None:
    """A raised line shows once, at its later time."""
    for phone in numbers(6):
        lists.add(phone)
    lists.add(*numbers(6)[:3], kind=Kind.HARD)
    page, _ = lists.service.page(world.a, Filters(), None, 50)
    assert [line.kind for line in page] == [Kind.HARD] * 3 + [Kind.SOFT] * 3
    assert len({line.phone for line in page}) == 6


def test_each_filter_takes_what_it_says(world: World, lists: Lists) -> None:
    """O2."""
    second = lists.second_sender()
    lists.add(ANN, channels=BOTH)
    middle = world.clock.now()
    lists.add(BOB, kind=Kind.HARD, source=Source.API)
    everything = lists.page()
    assert len(everything) == 6
    for filters, count in [
        (Filters(sender_id=second.id), 3),
        (Filters(channel=Channel.VOICE), 2),
        (Filters(kind=Kind.HARD), 2),
        (Filters(source=Source.API), 2),
        (Filters(source=Source.KEYWORD), 0),
        (Filters(since=middle), 6),
        (Filters(until=middle), 4),
        (Filters(since=world.clock.now()), 2),
        (Filters(until=middle.replace(year=2020)), 0),
        (Filters(since=world.clock.now(), until=middle), 0),
        (Filters(number=ANN), 4),
        (Filters(number=ANN, kind=Kind.HARD), 0),
        (Filters(number=CAT), 0),
    ]:
        found = lists.page(filters)
        assert len(found) == count, filters
        assert all(filters.take(line) for line in found)
        assert sorted(line.id for line in found) == sorted(
            line.id
            for line in everything
            if filters.take(line) and filters.number in ("", line.phone)
        )


def test_a_page_thinned_out_by_filters_is_filled_up_or_leads_on(world: World, lists: Lists) -> None:
    """O2: a short page has a cursor, until the end."""
    lists.add(BOB, kind=Kind.HARD)
    for phone in numbers(30):
        lists.add(phone)
    wanted = Filters(kind=Kind.HARD)
    found, cursor = lists.service.page(world.a, wanted, None, 2)
    assert (found, cursor is None) == ([], False)
    while cursor:
        more, cursor = lists.service.page(world.a, wanted, cursor, 2)
        found += more
    assert [line.phone for line in found] == [BOB]


@pytest.mark.parametrize("cursor", ["", "!", "0", "zzz", "2026-01-05T15:00:00.000Z#sn_x#y#sms"])
def test_a_cursor_that_is_none_of_ours_does_no_harm(
    world: World, lists: Lists, cursor: str
) -> None:
    """Line 9: a position in one's own list is all that it can be."""
    lists.add()
    page, _ = lists.service.page(world.a, Filters(), cursor or None, 5)
    assert {line.phone for line in page} <= {ANN}
    assert lists.page(account=world.b, cursor=cursor or None) == []


def test_a_held_number_is_on_no_list(world: World, lists: Lists) -> None:
    """K7: a doubt is no opt-out, and does not keep a user from one."""
    world.lead()
    world.text("Stop. I'll be there at 5")
    assert lists.page() == []
    assert lists.add() == {ANN: "added"}
    assert world.opt_out().standing_against(Channel.SMS, world.a.id) == lists.line().entry
    entry = world.opt_out().standing_against(Channel.SMS, world.b.id)
    assert entry is None or entry.suppression == Suppression.HELD


def test_a_line_says_nothing_of_other_accounts_scopes(world: World, lists: Lists) -> None:
    """Line 9."""
    lists.add(account=world.b)
    lists.add(account=world.a)
    fields = dataclasses.asdict(lists.line())
    assert world.b.id not in str(fields)
