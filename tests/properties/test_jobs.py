"""Jobs: wherever a process ends, however often a message comes, whoever else is at the contacts."""

import json
import re
from collections.abc import Callable

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.consent.model import Channel
from assent.contacts import store
from assent.contacts.bulk import steps, work
from assent.contacts.bulk.model import Action, Job, JobState, OptOutTerms
from assent.contacts.bulk.service import Selection
from assent.contacts.directory.model import Filter, OptedOut
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group
from assent.contacts.labels import service as labels
from assent.contacts.labels import store as label_store
from assent.contacts.labels.model import ClearLabel, Colour
from assent.contacts.model import QueueState
from tests.calls import Call, answer_lost, dying, each_call, ignore, recorded
from tests.fakes import World
from tests.unit.contacts.bulk.desk import LABEL, OLGA, Desk, ids

PEOPLE = 3
SOFT = OptOutTerms(channels=(Channel.SMS,), reason="They moved away.")
EVERY = 3
"""Of the calls of a run, each of these is the one at which a process ends; all would take long."""

Begin = Callable[[Desk, Group], Job]


def moved(desk: Desk, group: Group) -> Job:
    desk.people(PEOPLE, queued=True)
    return desk.begin(Action.MOVE, all_of=Filter(queued=True), group=group)


def joined(desk: Desk, group: Group) -> Job:
    return desk.begin(Action.ADD_TO_GROUP, ids(desk.people(PEOPLE)), group=group)


def labelled(desk: Desk, group: Group) -> Job:
    del group
    people = desk.people(PEOPLE, labels=frozenset({LABEL}))
    assert people
    return desk.begin(Action.REMOVE_LABEL, all_of=Filter(label_id=LABEL), label_id=LABEL)


def deleted(desk: Desk, group: Group) -> Job:
    """All that have a label: the walk goes along what the deletion removes."""
    people = desk.people(PEOPLE, labels=frozenset({LABEL}), favourite=True)
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids(people), group=group))
    proposed = desk.service.propose(desk.world.a, Selection(filter=Filter(label_id=LABEL)), OLGA)
    return desk.service.confirm(desk.world.a.id, proposed.id, OLGA)


def opted_out(desk: Desk, group: Group) -> Job:
    """All that are not: the walk goes along what the job takes away."""
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids(desk.people(PEOPLE)), group=group))
    asked = Filter(opted_out=OptedOut.NEITHER)
    return desk.begin(Action.OPT_OUT, all_of=asked, opt_out=SOFT)


def opted_in_again(desk: Desk, group: Group) -> Job:
    return desk.service.undo(desk.world.a, desk.done(opted_out(desk, group)), OLGA)


def disbanded(desk: Desk, group: Group) -> Job:
    desk.done(desk.begin(Action.ADD_TO_GROUP, ids(desk.people(PEOPLE)), group=group))
    return desk.service.delete_group(desk.world.a, group, OLGA)


def taken_back(desk: Desk, group: Group) -> Job:
    job = desk.done(moved(desk, group))
    return desk.service.undo(desk.world.a, job, OLGA)


def state(desk: Desk, group: Group) -> list[str]:
    """Show what the table holds but for jobs; ids and times differ from run to run."""
    items = boto3.client("dynamodb").scan(TableName=desk.world.settings.contacts_table)["Items"]
    names = {one["sk"]["S"]: one["first_name"]["S"] for one in items if "first_name" in one}
    kept = ("groups", "labels", "favourite", "queue_state", "channels", "sms_mark")
    shown = []
    for one in items:
        text = f"{one['pk']['S']} {one['sk']['S']} {[one.get(name) for name in kept]}"
        if "#jobs" in text or "#jb_" in text:
            continue
        for contact_id, name in names.items():
            text = text.replace(contact_id, name)
        text = text.replace(group.id, "GROUP").replace(group.name.casefold(), "group")
        shown.append(re.sub(r"#\d(?= )|[\dT:.-]{20,}Z|hi_[0-9A-Z]{26}", "", text))
    return sorted(shown)


@pytest.mark.parametrize(
    "begin",
    [
        moved,
        joined,
        labelled,
        pytest.param(opted_out, marks=pytest.mark.thorough),
        pytest.param(opted_in_again, marks=pytest.mark.thorough),
        deleted,
        disbanded,
        taken_back,
    ],
    ids=lambda one: one.__name__,
)
def test_a_job_ends_the_same_wherever_a_process_ends(
    world: World, monkeypatch: pytest.MonkeyPatch, begin: Begin
) -> None:
    """Q5, C7: killed between any two calls, every message twice; counts are exact."""
    monkeypatch.setattr(steps, "STEP", 2)
    monkeypatch.setattr(work, "STEPS", 2)
    desk = Desk(world)
    group = world.group("First")
    job = begin(desk, group)
    with recorded() as calls:
        desk.work()
    expected, counts, told = state(desk, group), desk.counts(job), events(desk)
    assert counts == (PEOPLE, 0, 0)
    assert len(calls) > 15
    for at in range(0, len(calls), EVERY):
        desk.empty()
        group = world.group(f"Group {at}")
        job = begin(desk, group)
        with dying(at, before=at % 2 == 0):
            done = desk.done(job, twice=True)
        assert done.state == JobState.FINISHED, at
        assert desk.counts(job) == counts, at
        assert state(desk, group) == expected, at
        assert events(desk) == told, at


def events(desk: Desk) -> list[str]:
    """Name what the ledger tells of the contacts on the sender's chains."""
    items = boto3.client("dynamodb").scan(TableName=desk.world.settings.ledger_table)["Items"]
    of_sender = (one for one in items if one["pk"]["S"].startswith("sn_"))
    return sorted(f"{one['pk']['S']} {json.loads(one['event']['S'])['type']}" for one in of_sender)


@pytest.mark.parametrize("begin", [moved, joined, deleted, opted_out], ids=lambda one: one.__name__)
def test_a_step_whose_answer_is_lost_is_counted_as_done(
    world: World, monkeypatch: pytest.MonkeyPatch, begin: Begin
) -> None:
    """Q11: nobody is told that somebody else was faster, when that was the job itself."""
    monkeypatch.setattr(steps, "STEP", 2)
    desk = Desk(world)
    job = begin(desk, world.group())
    with answer_lost("TransactWriteItems"):
        desk.work()
    assert desk.counts(job) == (PEOPLE, 0, 0)


class Interleaved:
    """Runs a second process in the middle of a first one, before some of its calls."""

    def __init__(self, at: set[int], act: Callable[[], None]) -> None:
        self._at, self._act, self._made, self._inside = at, act, 0, False

    def __call__(self, _: Call) -> None:
        if self._inside:
            return
        self._made += 1
        if self._made in self._at:
            self._inside = True
            try:
                self._act()
            finally:
                self._inside = False


@given(
    at=st.sets(st.integers(1, 60), max_size=12),
    actions=st.sampled_from(
        [
            (Action.MOVE, Action.MOVE),
            (Action.ADD_TO_GROUP, Action.ADD_TO_GROUP),
            (Action.ADD_TO_GROUP, Action.REMOVE_FROM_GROUP),
            (Action.ADD_LABEL, Action.REMOVE_LABEL),
            (Action.FAVOURITE, Action.FAVOURITE),
            (Action.OPT_OUT, Action.OPT_OUT),
            (Action.MOVE, Action.OPT_OUT),
            (Action.ADD_LABEL, Action.DELETE),
            (Action.MOVE, Action.DELETE),
        ]
    ),
)
@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_two_jobs_over_the_same_contacts_count_what_each_of_them_did(
    world: World, at: set[int], actions: tuple[Action, Action]
) -> None:
    """Q11: whatever the order of their steps, each change is one job's and counted there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "STEP", 2)
        patch.setattr(work, "STEPS", 1)
        desk, other = Desk(world), Desk(world)
        desk.empty()
        groups = [world.group("One"), world.group("Two" if actions[1] == Action.MOVE else "One")]
        people = desk.people(PEOPLE, queued=Action.MOVE in actions)
        jobs = [
            one.begin(
                action,
                ids(people),
                group=group if "group" in action or action == Action.MOVE else None,
                label_id=LABEL if "label" in action else "",
                opt_out=SOFT if action == Action.OPT_OUT else None,
            )
            for one, action, group in zip((desk, other), actions, groups, strict=True)
        ]
        with each_call(Interleaved(at, other.turn), ignore):
            desk.work()
        other.work()
    first, second = (desk.counts(job) for job in jobs)
    assert sum(first) == sum(second) == PEOPLE
    everybody = [store.contact(one.account_id, one.id, consistent=True) for one in people]
    there = [one for one in everybody if one]
    if actions == (Action.MOVE, Action.MOVE):
        assert first[0] + second[0] == PEOPLE
        assert sum(groups[0].id in one.groups for one in there) == first[0]
        assert all(one.queue.state == QueueState.MOVED for one in there)
    elif actions == (Action.MOVE, Action.OPT_OUT):
        # A move leaves an opted-out lead where the opt-out took it to.
        assert second[0] == PEOPLE
        assert sum(one.queue.state == QueueState.MOVED for one in there) == first[0]
        assert all(one.queue.state != QueueState.QUEUED for one in there)
    elif Action.DELETE in actions:
        assert second[0] == PEOPLE
        assert there == []
        assert leftovers(world, ids(people)) == []
    elif actions[0] == actions[1]:
        assert first[0] + second[0] == PEOPLE
    else:
        has = sum(bool(one.groups or one.labels) for one in there)
        assert first[0] - second[0] == has
    for group in set(groups):
        members = [m for s in range(8) for m in member_store.members(world.a.id, group.id, s)]
        in_it = {one.id for one in there if group.id in one.groups}
        assert {member.contact_id for member in members} & set(ids(people)) == in_it


@given(at=st.integers(1, 40))
@settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_a_job_cancelled_and_undone_in_one_moment_leaves_no_step_behind(
    world: World, at: int
) -> None:
    """Q5: a step on its way when the job is taken back is undone with the others, or not taken."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "STEP", 2)
        desk, other = Desk(world), Desk(world)
        desk.empty()
        people = desk.people(PEOPLE + 2)
        job = desk.begin(Action.ADD_LABEL, ids(people), label_id=LABEL)

        def take_back() -> None:
            found = other.service.find(job.account_id, job.id)
            if found.state == JobState.RUNNING:
                found = other.service.cancel(found)
            other.service.undo(world.a, found, OLGA)
            other.work()

        with each_call(Interleaved({at}, take_back), ignore):
            desk.work()
        if not desk.service.find(job.account_id, job.id).undone_by:
            take_back()
    assert [one.first_name for one in people if desk.read(one).labels] == []


@pytest.mark.parametrize("into", [False, True], ids=["deleted", "merged"])
@pytest.mark.parametrize("step", [1, 2])
def test_a_label_that_goes_while_a_job_gives_it_stays_with_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch, step: int, *, into: bool
) -> None:
    """Q7: a step that had seen the label gives it after it was taken off all; it is found again."""
    monkeypatch.setattr(steps, "STEP", 2)
    desk = Desk(world)
    people = desk.people(PEOPLE)
    best = labels.create(world.a.id, "Best", Colour.GREY, world.clock).id if into else ""
    desk.begin(Action.ADD_LABEL, ids(people), label_id=LABEL)
    transactions = 0

    def remove(call: Call) -> None:
        nonlocal transactions
        transactions += call == ("dynamodb", "TransactWriteItems")
        if transactions == step:
            transactions = PEOPLE
            assert labels.clear(labels.begin_removal(world.a.id, LABEL, best))

    with each_call(remove, ignore):
        desk.work()
    assert LABEL in {label for one in people for label in desk.read(one).labels}
    assert labels.clear(ClearLabel(account_id=world.a.id, label_id=LABEL, merged_into=best))
    given = {label for one in people for label in desk.read(one).labels}
    assert given == ({best} if into else set())
    found = [label_store.labelled(world.a.id, LABEL, shard) for shard in range(8)]
    assert [one for shard in found for one in shard] == []


def leftovers(world: World, contact_ids: list[str]) -> list[str]:
    """Find what is left of contacts in the table, but for what jobs keep of them."""
    items = boto3.client("dynamodb").scan(TableName=world.settings.contacts_table)["Items"]
    keys = [f"{one['pk']['S']} {one['sk']['S']}" for one in items]
    return [key for key in keys if any(one in key for one in contact_ids)]
