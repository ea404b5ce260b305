"""Jobs over many contacts: what each action does, to whom, and what is counted."""

from datetime import datetime

import boto3
import pytest

from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.model import Channel, Kind, Source
from assent.contacts import erasure, store
from assent.contacts.bulk import steps
from assent.contacts.bulk.model import STEP, Action, JobState
from assent.contacts.bulk.service import Selection
from assent.contacts.directory.model import Filter
from assent.contacts.directory.service import walk
from assent.contacts.groups import service as groups
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.labels import service as labels
from assent.contacts.labels.model import MOST_ON_CONTACT
from assent.contacts.model import Contact, QueueState
from assent.contacts.opt_outs import OptOutService, Wanted
from assent.platform.errors import Conflict, Invalid, NotFound
from assent.platform.ids import derived_id, new_id
from tests.fakes import ANN, BOB, CAT, World
from tests.unit.contacts.bulk.desk import LABEL, OLGA, Desk, ids


@pytest.fixture
def desk(world: World, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(steps, "STEP", 4)
    return Desk(world)


def in_queue(desk: Desk) -> list[str]:
    return [contact_id for contact_id, _ in desk.world.line(newest_first=False)]


def members_of(desk: Desk, group_id: str) -> set[str]:
    return {
        member.contact_id
        for shard in range(8)
        for member in member_store.members(desk.world.a.id, group_id, shard)
    }


def test_all_that_match_are_moved_from_the_queue_of_those_that_were_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q5: who arrives after the job was begun stays."""
    monkeypatch.setattr(steps, "STEP", STEP)
    people, group = desk.people(25, queued=True), desk.world.group()
    job = desk.begin(Action.MOVE, all_of=Filter(queued=True), group=group)
    late = desk.person(queued=True)
    done = desk.done(job)
    assert (done.state, done.expected) == (JobState.FINISHED, 25)
    assert desk.counts(job) == (25, 0, 0)
    assert in_queue(desk) == [late.id]
    assert members_of(desk, group.id) == set(ids(people))
    found = desk.read(people[7])
    assert (found.queue.state, found.queue.left_by) == (QueueState.MOVED, "Olga")
    assert found.groups == {group.id}


def test_a_move_of_some_leaves_the_others_and_says_who_was_faster(desk: Desk) -> None:
    """Q5, Q11: each is moved or refused on its own."""
    gold, news = desk.world.group("Gold"), desk.world.group("News")
    people = desk.people(6, queued=True)
    desk.done(desk.begin(Action.MOVE, ids(people[:2]), group=gold))
    job = desk.done(desk.begin(Action.MOVE, [*ids(people[:4]), "ct_x"], group=news))
    assert desk.counts(job) == (2, 0, 3)
    expected = {people[0].id: "already_moved", people[1].id: "already_moved"}
    assert desk.refused(job) == {**expected, "ct_x": "unknown_contact"}
    page, _ = desk.service.refused(job, None, 50)
    assert {one.group for one in page} == {"Gold", ""}
    assert in_queue(desk) == ids(people[4:])


def test_who_is_being_erased_is_moved_to_no_group(desk: Desk) -> None:
    """Q5, P5: though it stays in line until what is left of it is cleared away."""
    lead, group = desk.person(queued=True), desk.world.group("People")
    erasure.begin(desk.world.a, lead.id, "user", "Olga", desk.world.clock, CopiesUnderWay())
    job = desk.begin(Action.MOVE, [lead.id], group=group)
    desk.work()
    assert desk.refused(job) == {lead.id: "contact_erased"}
    assert desk.read(lead).groups == frozenset()


def test_channels_of_a_moved_lead_are_those_it_agreed_to(desk: Desk) -> None:
    """Q5: moved contacts are eligible for campaigns."""
    lead, group = desk.world.queued(), desk.world.group()
    desk.done(desk.begin(Action.MOVE, [lead.id], group=group))
    [member] = member_store.memberships(desk.world.a.id, desk.read(lead))
    assert member.channels == {Channel.SMS, Channel.VOICE}


def test_undoing_a_move_restores_the_first_arrival(desk: Desk) -> None:
    """Q4: the same entry with its first arrival time, and the membership is gone."""
    people, group = desk.people(6, queued=True), desk.world.group()
    job = desk.done(desk.begin(Action.MOVE, ids(people), group=group))
    undo = desk.done(desk.service.undo(desk.world.a, job, OLGA))
    assert desk.counts(undo) == (6, 0, 0)
    assert in_queue(desk) == ids(people)
    assert members_of(desk, group.id) == set()
    again = desk.read(people[3])
    assert again == people[3].model_copy(update={"queue": again.queue})
    assert again.queue.arrived_at == people[3].queue.arrived_at
    assert again.queue.state == QueueState.QUEUED


def test_undoing_leaves_what_was_changed_since(desk: Desk) -> None:
    """Q4, Q9: who opted out since the move, or was moved again, does not come back."""
    first, second = desk.world.queued(), desk.world.queued(BOB)
    group = desk.world.group()
    job = desk.done(desk.begin(Action.MOVE, [first.id, second.id], group=group))
    desk.world.text("STOP")
    undo = desk.done(desk.service.undo(desk.world.a, job, OLGA))
    assert desk.counts(undo) == (1, 0, 1)
    assert desk.refused(undo) == {first.id: "opted_out"}
    assert in_queue(desk) == [second.id]


def test_a_job_is_undone_once(desk: Desk) -> None:
    people = desk.people(2)
    job = desk.done(desk.begin(Action.FAVOURITE, ids(people)))
    undo = desk.service.undo(desk.world.a, job, OLGA)
    seen = desk.done(job)
    assert desk.service.undo(desk.world.a, seen, OLGA).id == undo.id
    assert desk.service.undo(desk.world.a, job, OLGA).id == undo.id
    assert not any(desk.read(one).favourite for one in people)


def test_contacts_join_a_group_unless_the_list_or_the_queue_forbids_it(desk: Desk) -> None:
    """O6, Q8."""
    group = desk.world.group()
    free, there, waiting = (
        desk.person(),
        desk.person(groups=frozenset({group.id})),
        desk.person(queued=True),
    )
    gone = desk.world.member(group=desk.world.group("Old"))
    opt_out(desk.world, ANN)
    job = desk.begin(Action.ADD_TO_GROUP, ids([free, there, waiting, gone]), group=group)
    assert desk.counts(desk.done(job)) == (1, 1, 2)
    assert desk.refused(job) == {waiting.id: "in_opt_in_queue", gone.id: "opted_out"}
    assert members_of(desk, group.id) == {free.id}


def opt_out(world: World, phone: str) -> None:
    """Let a user opt a number out of both channels."""
    service = OptOutService(world.clock, world.accounts, world.pseudonyms)
    wanted = Wanted(Kind.SOFT, list(Channel), Source.ADMIN, "user", "Olga")
    service.add_many(world.a, [phone], wanted)


def test_one_channel_left_is_enough_to_join(desk: Desk) -> None:
    """O4, O6."""
    caller, group = desk.world.member(group=desk.world.group("Old")), desk.world.group("New")
    desk.world.text("STOP")
    job = desk.done(desk.begin(Action.ADD_TO_GROUP, [caller.id], group=group))
    assert desk.counts(job) == (1, 0, 0)
    found = member_store.memberships(desk.world.a.id, desk.read(caller))
    assert {one.group_id: one.channels for one in found}[group.id] == {Channel.VOICE}


def test_leaving_a_group_ends_contact_and_membership(desk: Desk) -> None:
    group = desk.world.group()
    people = desk.people(3)
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids(people), group=group))
    job = desk.done(
        desk.begin(Action.REMOVE_FROM_GROUP, all_of=Filter(group_id=group.id), group=group)
    )
    assert desk.counts(job) == (3, 0, 0)
    assert members_of(desk, group.id) == set()
    assert not any(desk.read(one).groups for one in people)
    undo = desk.done(desk.service.undo(desk.world.a, job, OLGA))
    assert desk.counts(undo) == (3, 0, 0)
    assert members_of(desk, group.id) == set(ids(people))


@pytest.mark.parametrize("action", [Action.ADD_LABEL, Action.FAVOURITE])
def test_marks_and_the_entries_they_are_found_by_change_together(
    desk: Desk, action: Action
) -> None:
    """Q7: labels and favourites, of many, and back."""
    label = LABEL if action == Action.ADD_LABEL else ""
    asked = Filter(label_id=LABEL) if label else Filter(favourite=True)
    people = desk.people(6)
    marked = desk.person(labels=frozenset({LABEL}), favourite=True)
    job = desk.done(desk.begin(action, all_of=Filter(), label_id=label))
    assert desk.counts(job) == (6, 1, 0)
    assert matching(desk, asked) == set(ids([*people, marked]))
    undo = desk.done(desk.service.undo(desk.world.a, job, OLGA))
    assert desk.counts(undo) == (6, 0, 0)
    assert matching(desk, asked) == {marked.id}


def matching(desk: Desk, asked: Filter) -> set[str]:
    until = desk.world.clock.now()
    return {
        contact.id
        for lane in range(8)
        for _, contact in walk(desk.world.a, asked, lane, after=None, until=until)
        if contact
    }


def test_a_contact_gets_no_more_labels_by_a_job_than_by_hand(desk: Desk) -> None:
    """Q7: beyond these it could not be erased or edited in one transaction."""
    most = frozenset(f"lb_{number}" for number in range(MOST_ON_CONTACT))
    full, other = desk.person(labels=most), desk.person(labels=most - {"lb_0"})
    job = desk.done(desk.begin(Action.ADD_LABEL, ids([full, other]), label_id=LABEL))
    assert desk.refused(job) == {full.id: "too_many_labels"}
    assert (desk.read(full).labels, LABEL in desk.read(other).labels) == (most, True)


def test_a_label_is_taken_off_all_that_have_it_while_the_walk_goes_along_it(desk: Desk) -> None:
    people = desk.people(13, labels=frozenset({LABEL}))
    job = desk.done(desk.begin(Action.REMOVE_LABEL, all_of=Filter(label_id=LABEL), label_id=LABEL))
    assert desk.counts(job) == (13, 0, 0)
    assert not any(desk.read(one).labels for one in people)


# The life of a job


def test_a_running_job_can_be_cancelled_and_what_it_did_undone(desk: Desk) -> None:
    people, group = desk.people(9, queued=True), desk.world.group()
    job = desk.begin(Action.MOVE, ids(people), group=group)
    command = desk.queue.sent[1][0]
    short = iter([0, 0, 0])
    desk.queue.sent = []
    assert desk.worker.do(command, lambda: next(short)) == "continued"  # type: ignore[arg-type]
    cancelled = desk.service.cancel(job)
    desk.work()
    assert cancelled.state == JobState.CANCELLED
    assert desk.counts(job) == (4, 0, 0)
    assert desk.service.cancel(cancelled) == cancelled
    desk.done(desk.service.undo(desk.world.a, cancelled, OLGA))
    assert in_queue(desk) == ids(people)


def test_a_finished_job_cannot_be_cancelled(desk: Desk) -> None:
    job = desk.done(desk.begin(Action.FAVOURITE, ids(desk.people(1))))
    with pytest.raises(Conflict) as refused:
        desk.service.cancel(job)
    assert refused.value.code == "already_finished"


def test_a_label_that_is_gone_is_not_given_back(desk: Desk) -> None:
    """Q7: taking back its removal would leave an id that stands for nothing."""
    person = desk.person(labels=frozenset({LABEL}))
    job = desk.done(desk.begin(Action.REMOVE_LABEL, [person.id], label_id=LABEL))
    labels.clear(labels.begin_removal(desk.world.a.id, LABEL))
    undone = desk.done(desk.service.undo(desk.world.a, job, OLGA))
    assert desk.refused(undone) == {person.id: "unknown_label"}
    assert desk.read(person).labels == frozenset()


def test_a_running_job_is_not_undone(desk: Desk) -> None:
    job = desk.begin(Action.FAVOURITE, ids(desk.people(1)))
    with pytest.raises(Conflict) as refused:
        desk.service.undo(desk.world.a, job, OLGA)
    assert refused.value.code == "still_running"


def test_a_job_that_nobody_handed_out_begins_by_itself(desk: Desk) -> None:
    """The process that made it ended at once."""
    people = desk.people(2)
    job = desk.begin(Action.FAVOURITE, ids(people))
    desk.queue.sent = desk.queue.sent[:1]
    assert desk.done(job).state == JobState.FINISHED
    assert all(desk.read(one).favourite for one in people)


def test_a_group_that_goes_while_a_job_runs_refuses_each_contact(desk: Desk) -> None:
    people, group = desk.people(2), desk.world.group()
    job = desk.begin(Action.ADD_TO_GROUP, ids(people), group=group)
    groups.archive(desk.world.a.id, group.id, desk.world.clock.now())
    assert desk.counts(desk.done(job)) == (0, 0, 2)
    assert set(desk.refused(job).values()) == {"group_archived"}


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"ids": []}, "contact_ids"),
        ({"ids": ["ct_1"], "all_of": Filter()}, "contact_ids"),
        ({"ids": [f"ct_{number}" for number in range(501)]}, "contact_ids"),
    ],
)
def test_a_selection_is_one_way_or_the_other(
    desk: Desk, chosen: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        desk.begin(Action.FAVOURITE, **chosen)  # type: ignore[arg-type]
    assert refused.value.fields[0].field == field


def test_another_accounts_job_is_unknown(desk: Desk) -> None:
    """Line 9."""
    job = desk.begin(Action.FAVOURITE, ids(desk.people(1)))
    with pytest.raises(NotFound):
        desk.service.find(desk.world.b.id, job.id)
    with pytest.raises(Invalid):
        desk.service.refused(job, "9.1", 5)


# Deleting


def test_a_deletion_waits_half_a_minute_and_can_be_called_off(desk: Desk) -> None:
    people = desk.people(3)
    job = desk.begin(Action.DELETE, ids(people))
    assert job.state == JobState.WAITING
    desk.service.cancel(job)
    desk.work()
    assert [desk.read(one) for one in people] == people


def test_a_deleted_contact_leaves_nothing_behind_but_its_opt_outs_and_chains(desk: Desk) -> None:
    """C7, O11: and a later lead makes a new contact, with a compliance message of its own."""
    world = desk.world
    member = world.member()
    queued = world.queued(BOB)
    stopped = world.member(CAT, group=world.group("Other"))
    world.text("STOP", CAT)
    chain = world.consent(BOB)
    before = snapshot(world)
    job = desk.done(desk.begin(Action.DELETE, ids([member, queued, stopped])))
    assert desk.counts(job) == (3, 0, 0)
    assert all(store.contact(world.a.id, one.id) is None for one in (member, queued, stopped))
    assert [key for key in keys("contacts") if member.id in str(key) or queued.id in str(key)] == []
    assert snapshot(world) == before
    assert world.consent(BOB) == chain.model_copy(
        update={"contact_id": None, "last_lead": {}, "todo": [], "deleted": True}
    )
    sent = len(world.provider.texts_to(BOB))
    again = world.lead(BOB)
    assert again is not None
    assert again.id != queued.id
    assert len(world.provider.texts_to(BOB)) == sent + 1


def snapshot(world: World) -> object:
    return (keys("ledger"), [world.opt_out(phone) for phone in (BOB, CAT)])


def keys(table: str) -> list[tuple[str, str]]:
    items = boto3.client("dynamodb").scan(TableName=f"assent-test-{table}")["Items"]
    found = [(one["pk"]["S"], one["sk"]["S"]) for one in items]
    return sorted(key for key in found if "#jb_" not in key[0])


def test_all_that_one_import_made_can_be_deleted(desk: Desk) -> None:
    """C7."""
    made_at = desk.world.clock.advance(seconds=1)
    import_id = new_id("im", made_at)
    others = desk.people(2)
    mine = [derived_person(desk, made_at, import_id, number) for number in range(5)]
    proposed = desk.service.propose(
        desk.world.a, Selection(filter=Filter(import_id=import_id)), OLGA
    )
    assert proposed.expected == 5
    job = desk.service.confirm(desk.world.a.id, proposed.id, OLGA)
    assert desk.service.confirm(desk.world.a.id, proposed.id, OLGA).id == job.id
    assert desk.counts(desk.done(job)) == (5, 0, 0)
    assert [desk.read(one) for one in others] == others
    assert not any(store.contact(one.account_id, one.id) for one in mine)


def test_everything_can_be_deleted_in_the_end(desk: Desk) -> None:
    """C7: and what came after the look at it stays."""
    desk.people(9, favourite=True)
    proposed = desk.service.propose(desk.world.a, Selection(filter=Filter()), OLGA)
    late = desk.person()
    job = desk.done(desk.service.confirm(desk.world.a.id, proposed.id, OLGA))
    assert desk.counts(job) == (9, 0, 0)
    assert matching(desk, Filter()) == {late.id}
    left = [key for key in keys("contacts") if "ct_" in key[0] + key[1]]
    assert left
    assert all(late.id in key[0] + key[1] for key in left)


def test_a_look_at_a_deletion_grows_old_and_is_for_one_person(desk: Desk) -> None:
    proposed = desk.service.propose(desk.world.a, Selection(filter=Filter()), OLGA)
    other = OLGA.model_copy(update={"user_id": "other"})
    with pytest.raises(NotFound):
        desk.service.confirm(desk.world.a.id, proposed.id, other)
    desk.world.clock.advance(minutes=16)
    with pytest.raises(Conflict) as refused:
        desk.service.confirm(desk.world.a.id, proposed.id, OLGA)
    assert refused.value.code == "token_expired"


def derived_person(desk: Desk, at: datetime, import_id: str, number: int) -> Contact:
    return desk.person(id=derived_id("ct", at, import_id, str(number)), import_id=import_id)
