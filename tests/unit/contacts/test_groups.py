"""Groups: names, archive, members, deleting, and counts without hot counters."""

from datetime import timedelta

import pytest

from assent.accounts.model import AccountChange
from assent.consent.model import Channel
from assent.contacts.bulk.model import Action, JobState
from assent.contacts.groups import members, service
from assent.contacts.groups import store as group_store
from assent.contacts.groups.counting import service as counting
from assent.contacts.groups.counting.service import CountService, Members
from assent.contacts.groups.members import Act
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import CountGroup, Ended, EndedBy
from assent.contacts.history import store as history_store
from assent.contacts.history.model import Person, What
from assent.contacts.labels import service as labels
from assent.contacts.labels.model import Colour
from assent.platform.errors import Conflict, Invalid, NotFound
from assent.platform.tables import Stretch
from assent.timeline import words
from tests.calls import answer_lost, each_call, ignore, recorded
from tests.fakes import ANN, BOB, World
from tests.unit.contacts.bulk.desk import OLGA, Desk, ids
from tests.unit.contacts.test_queue import before_the_next_transaction, stop


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


# Names


@pytest.mark.parametrize("name", ["NEWS", "  news ", "\uff4e\uff45\uff57\uff53"])
def test_a_name_that_differs_by_case_or_form_alone_is_taken(world: World, name: str) -> None:
    world.group("News")
    other = world.group("Other")
    with pytest.raises(Conflict) as refused:
        service.rename(world.a.id, other.id, name)
    assert refused.value.code == "group_exists"
    assert group_store.group(world.a.id, other.id) == other


def test_a_group_may_change_how_its_own_name_is_written(world: World) -> None:
    group = world.group("News")
    assert service.rename(world.a.id, group.id, "NEWS").name == "NEWS"
    assert world.group("NEWS").id == group.id


def test_a_name_that_was_given_up_is_free(world: World) -> None:
    group = world.group("News")
    service.rename(world.a.id, group.id, "Letters")
    assert service.create_group(world.a, "news", world.clock).name == "news"


def test_a_rename_whose_answer_is_lost_is_done(world: World) -> None:
    group = world.group("News")
    with answer_lost("TransactWriteItems"):
        assert service.rename(world.a.id, group.id, "Letters").name == "Letters"


@pytest.mark.parametrize(
    "name", ["  ", "n" * 101, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 50]
)
def test_a_name_that_is_none_or_fits_into_no_key_is_refused(world: World, name: str) -> None:
    """Bad input: some letters become many when spellings that look alike are made one."""
    with pytest.raises(Invalid):
        service.rename(world.a.id, world.group().id, name)
    with pytest.raises(Invalid):
        labels.create(world.a.id, name, Colour.GREY, world.clock)


# Listing


def test_groups_are_listed_by_name_page_by_page(world: World) -> None:
    """C1, I7: whatever the case; cursors stay right while groups come and go."""
    for name in ("beta", "Alpha", "Gamma", "alpine", "Änne"):
        world.group(name)
    first, cursor = service.page(world.a.id, "", None, 2)
    assert [one.name for one in first] == ["Alpha", "alpine"]
    world.group("Aaa")
    service.rename(world.a.id, first[1].id, "Zeta")
    second, cursor = service.page(world.a.id, "", cursor, 2)
    assert [one.name for one in second] == ["beta", "Gamma"]
    third, cursor = service.page(world.a.id, "", cursor, 5)
    assert ([one.name for one in third], cursor) == (["Zeta", "Änne"], None)


@pytest.mark.parametrize("search", ["al", " AL", "\uff21l"])
def test_groups_are_found_by_what_their_names_begin_with(world: World, search: str) -> None:
    for name in ("Alpha", "alpine", "Beta", "ZAlpha"):
        world.group(name)
    found, _ = service.page(world.a.id, search, None, 1)
    assert [one.name for one in found] == ["Alpha"]
    more, cursor = service.page(world.a.id, search, "alpha", 5)
    assert ([one.name for one in more], cursor) == (["alpine"], None)
    assert service.page(world.a.id, search, "beta", 5) == ([], None)


def test_a_page_of_groups_costs_the_same_however_many_there_are(desk: Desk) -> None:
    """One read of names, of groups and of kept counts; a query for each shard of each group."""
    for number in range(12):
        desk.world.group(f"Group {number:02}")
    service.page(desk.world.a.id, "", None, 3)
    with recorded() as calls:
        page, _ = service.page(desk.world.a.id, "", None, 3)
        counted(desk).of_groups(desk.world.a.id, page)
    assert len(calls) == 3 + 3 * 8


# Archive


def test_an_archived_group_keeps_its_members_and_cannot_be_chosen(world: World) -> None:
    member = world.member()
    group = world.group()
    service.archive(world.a.id, group.id, world.clock.now())
    with pytest.raises(Conflict) as refused:
        service.choosable(world.a.id, group.id)
    assert refused.value.code == "group_archived"
    assert [
        one.contact_id
        for shard in range(8)
        for one in member_store.members(world.a.id, group.id, shard)
    ] == [member.id]
    service.archive(world.a.id, group.id, None)
    assert service.choosable(world.a.id, group.id).archived_at is None


# One contact


def act(world: World) -> Act:
    return Act(Person(id=OLGA.user_id, name=OLGA.name), world.clock.now())


def test_a_contact_joins_and_leaves_in_both_records(desk: Desk) -> None:
    person, group = desk.person(), desk.world.group()
    joined = members.add(desk.world.a, person.id, group, act(desk.world))
    assert joined.groups == {group.id}
    assert members.add(desk.world.a, person.id, group, act(desk.world)) == joined
    assert len(member_store.memberships(desk.world.a.id, joined)) == 1
    left = members.remove(desk.world.a, person.id, group, act(desk.world))
    assert left.groups == frozenset()
    assert member_store.memberships(desk.world.a.id, joined) == []
    assert members.remove(desk.world.a, person.id, group, act(desk.world)) == left


def test_who_put_a_contact_into_a_group_and_took_it_out_is_told_once(desk: Desk) -> None:
    """C1: the user's name stands on the timeline, also when the whole group came by a job."""
    person, other = desk.people(2)
    group = desk.world.group()
    for _ in range(2):
        members.add(desk.world.a, person.id, group, act(desk.world))
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids([person, other]), group=group))
    desk.done(desk.begin(Action.REMOVE_FROM_GROUP, ids([person, other]), group=group))
    for one in (person, other):
        told = [(e.what, e.by) for e in history_store.entries(one.account_id, one.id, Stretch(50))]
        assert sorted(told) == [(What.GROUP_JOINED, OLGA.name), (What.GROUP_LEFT, OLGA.name)]


def test_a_number_with_no_channel_left_is_told_to_be_on_the_list(desk: Desk) -> None:
    """O6."""
    world = desk.world
    world.accounts.change(world.a.id, AccountChange(stop_ends_calls=True))
    member = world.member()
    world.text("STOP")
    with pytest.raises(Conflict) as refused:
        members.add(world.a, member.id, world.group("Other"), act(world))
    assert refused.value.code == "opted_out"
    assert "opt-out list" in refused.value.message


def test_a_stop_between_reading_and_adding_keeps_its_channel_out(desk: Desk) -> None:
    """O6, line 3: conditioned on the opt-out record."""
    world = desk.world
    member, other = world.member(), world.group("Other")
    race = before_the_next_transaction(lambda: world.inbound.handle(stop(world)))
    with each_call(race, ignore):
        members.add(world.a, member.id, other, act(world))
    found = {
        one.group_id: one.channels
        for one in member_store.memberships(world.a.id, desk.read(member))
    }
    assert found[other.id] == {Channel.VOICE}


def test_a_stop_racing_a_job_keeps_its_channel_out_and_counts_once(desk: Desk) -> None:
    """O6, line 3."""
    world = desk.world
    member, second, other = world.member(), world.member(BOB), world.group("Other")
    job = desk.begin(Action.ADD_TO_GROUP, ids([member, second]), group=other)
    race = before_the_next_transaction(lambda: world.inbound.handle(stop(world)))
    with each_call(race, ignore):
        desk.work()
    assert desk.counts(job) == (2, 0, 0)
    channels = {
        phone: {
            one.group_id: one.channels
            for one in member_store.memberships(world.a.id, desk.read(one_of))
        }[other.id]
        for phone, one_of in ((ANN, member), (BOB, second))
    }
    assert channels == {ANN: {Channel.VOICE}, BOB: {Channel.SMS, Channel.VOICE}}


def test_a_lead_in_the_queue_is_moved_and_not_added(desk: Desk) -> None:
    """Q8."""
    queued = desk.world.queued()
    with pytest.raises(Conflict) as refused:
        members.add(desk.world.a, queued.id, desk.world.group(), act(desk.world))
    assert refused.value.code == "in_opt_in_queue"


def test_another_accounts_contact_joins_nothing(desk: Desk) -> None:
    """Line 9."""
    person, group = desk.person(), service.create_group(desk.world.b, "Theirs", desk.world.clock)
    with pytest.raises(NotFound):
        members.add(desk.world.b, person.id, group, act(desk.world))


# Deleting


def test_a_deleted_group_is_gone_at_once_and_its_members_stay_contacts(desk: Desk) -> None:
    people, group = desk.people(9), desk.world.group()
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids(people), group=group))
    job = desk.service.delete_group(desk.world.a, group, OLGA)
    assert group_store.group(desk.world.a.id, group.id) is None
    assert group_store.groups(desk.world.a.id) == []
    done = desk.done(job)
    assert (done.state, desk.counts(job)) == (JobState.FINISHED, (9, 0, 0))
    assert not any(desk.read(one).groups for one in people)
    assert member_store.members_count(desk.world.a.id, group.id, 99) == 0
    assert service.create_group(desk.world.a, group.name, desk.world.clock).name == group.name


def test_the_deletion_of_a_group_is_told_in_the_history_of_its_members(desk: Desk) -> None:
    """C1: who was in it still shows that it was, and who deleted it, by the name it had."""
    person, group = desk.person(), desk.world.group("Gold")
    members.add(desk.world.a, person.id, group, act(desk.world))
    desk.done(desk.service.delete_group(desk.world.a, group, OLGA), twice=True)
    [*_, told] = history_store.entries(person.account_id, person.id, Stretch(50))
    assert (told.what, told.by, told.actor) == (What.GROUP_DELETED, OLGA.name, OLGA.user_id)
    assert words.of_history(told, {}) == "Olga deleted “Gold”, a group that it was in"


def test_a_group_comes_back_when_its_deletion_is_called_off(desk: Desk) -> None:
    person, group = desk.person(), desk.world.group()
    members.add(desk.world.a, person.id, group, act(desk.world))
    job = desk.service.delete_group(desk.world.a, group, OLGA)
    desk.service.cancel(job)
    desk.work()
    assert group_store.group(desk.world.a.id, group.id) == group
    assert desk.read(person).groups == {group.id}
    with pytest.raises(Conflict):
        service.rename(desk.world.a.id, desk.world.group("B").id, group.name)


def test_nobody_is_added_behind_the_deletion_of_a_group(desk: Desk) -> None:
    """Whoever had read the group before it was deleted has ended before its members are taken."""
    people, group = desk.people(3), desk.world.group()
    late = desk.begin(Action.ADD_TO_GROUP, ids(people[:2]), group=group)
    race = before_the_next_transaction(lambda: desk.service.delete_group(desk.world.a, group, OLGA))
    with each_call(race, ignore):
        desk.work()
    assert desk.counts(late) == (2, 0, 0)
    assert not any(desk.read(one).groups for one in people)
    assert member_store.members_count(desk.world.a.id, group.id, 99) == 0
    job = desk.begin(Action.ADD_TO_GROUP, ids(people), group=group)
    desk.work()
    assert set(desk.refused(job).values()) == {"unknown_group"}


def test_a_group_is_deleted_once(desk: Desk) -> None:
    group = desk.world.group()
    desk.service.delete_group(desk.world.a, group, OLGA)
    with pytest.raises(NotFound):
        desk.service.delete_group(desk.world.a, group, OLGA)


# Counting


def counted(desk: Desk) -> CountService:
    return CountService(desk.world.clock, desk.queue)


def test_a_small_group_is_counted_exactly_by_keys_alone(desk: Desk) -> None:
    """O4: who has no channel left because of an opt-out is out, who never agreed is in."""
    group = desk.world.group()
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids(desk.people(4)), group=group))
    gone = desk.person()
    members.add(desk.world.a, gone.id, group, act(desk.world))
    ended = Ended(why=EndedBy.HARD, at=desk.world.clock.now())
    member_store.MembershipRecord(
        *member_store.member_key(desk.world.a.id, group.id, gone.id)
    ).update(actions=[member_store.MembershipRecord.sms_ended.set(str(ended))])
    with recorded() as calls:
        assert counted(desk).of_group(group) == Members(4, exact=True)
    # One look whether a count is kept, then keys alone.
    assert {operation for _, operation in calls} == {"BatchGetItem", "Query"}


def test_a_large_group_is_counted_in_the_background_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "EXACT", 3)
    monkeypatch.setattr(counting, "_PAGE", 2)
    group = desk.world.group()
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids(desk.people(9)), group=group))
    counts = counted(desk)
    assert counts.of_group(group) == Members(3, exact=False)
    assert counts.of_group(group) == Members(3, exact=False)
    commands = desk.queue.take(CountGroup)
    assert len(commands) == 1
    times = iter([1, *[99_999] * 3, *[1] * 2, *[99_999] * 99])
    while commands:
        counts.count(commands[0], lambda: next(times))
        assert counts.count(commands[0], lambda: 99_999) in ("counted", "out_of_date")
        commands = desk.queue.take(CountGroup)
    now = desk.world.clock.now()
    assert counts.of_group(group) == Members(9, exact=False, at=now)
    assert desk.queue.take(CountGroup) == []
    desk.world.clock.advance(minutes=2)
    assert counts.of_group(group) == Members(9, exact=False, at=now)
    assert len(desk.queue.take(CountGroup)) == 1


def test_a_count_that_never_ends_is_begun_again_by_somebody_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "EXACT", 1)
    group = desk.world.group()
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids(desk.people(3)), group=group))
    counts = counted(desk)
    counts.of_group(group)
    [lost] = desk.queue.take(CountGroup)
    desk.world.clock.advance(minutes=11)
    counts.of_group(group)
    [again] = desk.queue.take(CountGroup)
    assert counts.count(lost, lambda: 99_999) == "out_of_date"
    assert counts.count(again, lambda: 99_999) == "counted"


@pytest.mark.parametrize(
    ("members", "age"),
    [
        (1_000, timedelta(minutes=1)),
        (1_000_000, timedelta(minutes=100)),
        (10**9, timedelta(hours=12)),
    ],
)
def test_the_larger_a_group_the_older_its_count_may_be(members: int, age: timedelta) -> None:
    assert counting.interval(members) == age
