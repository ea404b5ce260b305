"""Imports of contacts, killed again and again: what is there in the end is always the same."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, Kind, Source, Status
from assent.contacts import store
from assent.contacts.bulk.model import Action
from assent.contacts.groups import store as group_store
from assent.contacts.imports import cutting
from assent.contacts.imports import service as import_service
from assent.contacts.imports import store as imports
from assent.contacts.imports.choices import Existing
from assent.contacts.imports.model import (
    Import,
    ImportState,
    Purpose,
    RowOutcome,
    WorkOnImport,
)
from assent.contacts.imports.people import ContactImports
from assent.contacts.imports.rows import Row
from assent.contacts.opt_outs import OptOutService, Wanted
from assent.platform import settings
from assent.platform.objects import Shelf
from assent.platform.settings import Settings
from assent.platform.tables import Stretch
from tests.calls import Call, Died, each_call, ignore, recorded
from tests.conftest import put_back
from tests.fakes import FakeProvider, World
from tests.unit.contacts.bulk.desk import Desk
from tests.unit.contacts.imports.people import PeopleDesk, everything, keys, proof, rows

STOPPED, HALF, OLD, NEW = (f"+1212555010{n}" for n in range(1, 5))
FILE = rows(
    (NEW, "Nell", "New", "nell@example.com"),
    (STOPPED, "Sam", "Stopped", ""),
    ("junk", "Jim", "", ""),
    (OLD, "Olive", "Renamed", "olive@example.com"),
    (HALF, "Hal", "Half", ""),
    *((f"+1212555{n:04}", f"Ann {n}", "Lee", "") for n in range(110, 117)),
    ("(212) 555-0104", "Nell", "Twice", ""),
)
STATES_BEFORE_THE_RUN = {ImportState.UPLOADING, ImportState.CHECKING}


@dataclass
class Mortal(Shelf):
    """Files on a shelf; to put one there, or to take one, is a call like any other."""

    touch: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        super().__init__()

    def put(self, key: str, content: bytes) -> None:
        self.touch()
        super().put(key, content)
        self.touch()


class Scene:
    """An account with one contact, one STOP and one group, and an import that is to be led."""

    def __init__(self, aws: Settings, provider: FakeProvider, existing: Existing) -> None:
        self.world = World(aws, provider, partial(put_back, "world"))
        self.people = PeopleDesk(self.world)
        self.existing = existing
        self._ids = iter(f"im_{'0' * 25}{n}" for n in range(9))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(import_service, "new_id", lambda *_: next(self._ids))
            self.people.finished(rows((OLD, "Olive", "Old", "")), proof=proof())
            self.world.text("STOP", STOPPED)
            self.world.text("STOP", HALF)
            self.job = self.people.made(
                FILE, new_group="Choir", existing=existing, proof=proof(*Channel)
            )
        # Neither channel is left to one of the two.
        self.world.clock.advance(seconds=1)
        _end_calls(self.world, STOPPED)

    def lead(self) -> Import:
        """Lead the import to its end; who gets no answer asks again."""
        while True:
            now = self.people.again(self.job)
            if now.state == ImportState.FINISHED:
                return now
            try:
                if now.state in STATES_BEFORE_THE_RUN:
                    self.people.imports.check(now)
                else:
                    self.people.leading.commit(self.people.account, now)
            except Died:
                continue
            self._work()

    def _work(self) -> None:
        """Deliver what is queued; a message whose worker died comes again."""
        while commands := self.people.queue.take(WorkOnImport):
            for command in commands:
                world = self.world
                self.people.use(ContactImports(world.clock, world.accounts, world.pseudonyms))
                try:
                    self.people.worker.do(command, lambda: 60_000)
                except Died:
                    self.people.queue.send(command)

    def end(self, done: Import) -> dict[str, Any]:
        """Say all that is there at the end."""
        [group] = group_store.groups(self.people.account.id)
        text = json.dumps(everything(), sort_keys=True).replace(group.id, "the-group")
        return {
            "items": json.loads(text),
            "counts": {outcome.value: n for outcome, n in done.counts.items() if n},
            "errors": self.people.errors(done),
            "samples": done.samples,
        }


def _end_calls(world: World, phone: str) -> None:
    service = OptOutService(world.clock, world.accounts, world.pseudonyms)
    wanted = Wanted(Kind.HARD, [Channel.VOICE], Source.ADMIN, actor="user", by="Olga")
    service.add_many(world.a, [phone], wanted)


@contextmanager
def dying_often(scene: Scene, seed: int, share: float) -> Iterator[list[int]]:
    """Let the process end before or after any call, with this probability for each."""
    chance = random.Random(seed)  # noqa: S311 -- no secret
    deaths = [0]

    def perhaps(_: object = None) -> None:
        if chance.random() < share:
            deaths[0] += 1
            raise Died

    shelf = Mortal(perhaps)
    shelf.kept = scene.people.shelf.kept
    scene.people.shelf = shelf
    scene.people.imports.objects = shelf
    with each_call(perhaps, perhaps):
        yield deaths


EXPECTED = {
    Existing.UPDATE: {"added": 9, "updated": 1, "opted_out": 1, "duplicate": 1, "invalid": 1},
    Existing.SKIP: {"added": 9, "existing": 1, "opted_out": 1, "duplicate": 1, "invalid": 1},
}
_ends: dict[Existing, dict[str, Any]] = {}


def undisturbed(aws: Settings, provider: FakeProvider, existing: Existing) -> dict[str, Any]:
    """Lead the import in peace, once."""
    if existing not in _ends:
        scene = Scene(aws, provider, existing)
        _ends[existing] = scene.end(scene.lead())
    return _ends[existing]


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "SLICE_ROWS", 5)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("existing", list(EXPECTED))
def test_undisturbed_it_does_what_it_says(
    aws: Settings, provider: FakeProvider, existing: Existing
) -> None:
    """C4, C5, O7: so that what follows is compared with the right end."""
    end = undisturbed(aws, provider, existing)
    assert end["counts"] == EXPECTED[existing]
    codes = [row[4] for row in end["errors"]]
    left_out = ["existing"] if existing == Existing.SKIP else []
    assert codes == ["opted_out", "invalid_phone", *left_out, "duplicate_in_file"]


@pytest.mark.thorough
@pytest.mark.usefixtures("_small")
@given(seed=st.integers(0, 2**32), existing=st.sampled_from(list(EXPECTED)))
@hypothesis_settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_killed_at_random_in_a_loop_it_ends_the_same(
    aws: Settings, provider: FakeProvider, seed: int, existing: Existing
) -> None:
    """C6: contacts, memberships, entries, consent, ledger, counts and error file."""
    expected = undisturbed(aws, provider, existing)
    scene = Scene(aws, provider, existing)
    with dying_often(scene, seed, 0.05) as deaths:
        while True:
            try:
                done = scene.lead()
            except Died:
                continue
            break
    scene.people.imports.objects = scene.people.shelf = _quiet(scene)
    assert deaths[0] > 0
    end = scene.end(done)
    assert end["counts"] == expected["counts"], deaths
    assert end["errors"] == expected["errors"]
    assert end == expected


def _quiet(scene: Scene) -> Shelf:
    shelf = Shelf()
    shelf.kept = scene.people.shelf.kept
    return shelf


# A STOP at any moment


def calls_of_the_run(aws: Settings, provider: FakeProvider) -> int:
    """Count the calls of the real run of one row."""
    people = one_row(aws, provider)
    with recorded() as calls:
        people.run()
    return len(calls)


def one_row(aws: Settings, provider: FakeProvider) -> PeopleDesk:
    """Commit an import of one person with proof into a group."""
    people = PeopleDesk(World(aws, provider, partial(put_back, "world")))
    people.committed(rows((NEW, "Nell", "New", "")), new_group="Choir", proof=proof())
    return people


@pytest.mark.thorough
@pytest.mark.parametrize("effects", ["at once", "after the import"])
def test_a_stop_at_any_moment_takes_the_channel_out_of_the_group(
    aws: Settings, provider: FakeProvider, effects: str
) -> None:
    """C5, O4: before each call of the real run, its effects at once or when all is done."""
    many = calls_of_the_run(aws, provider)
    assert many > 15
    for at in range(many):
        people = one_row(aws, provider)
        stopping = Stop(people.world, at, at_once=effects == "at once")
        with each_call(stopping, ignore):
            people.run()
        people.world.run()
        contact = people.world.contact(NEW)
        if contact is None:
            # It was seen when the row was decided on: the row is in the error file.
            [job] = imports.imports(people.account.id, Purpose.CONTACTS, None, 5)
            assert [row[4] for row in people.errors(job)] == ["opted_out"], at
            continue
        [group] = group_store.groups(people.account.id)
        member = people.membership(NEW, group)
        assert member is not None, at
        assert member.channels == set(), at
        assert contact.marks[Channel.SMS] == Status.HARD_OPT_OUT, at
        subject = people.world.pseudonyms.of(NEW)
        assert any(subject in row for row in listing_store.listed(people.account.id)), at


@dataclass
class Stop:
    """A phone that texts STOP just before a call."""

    world: World
    at: int
    at_once: bool
    made: int = 0

    def __call__(self, _: Call) -> None:
        self.made += 1
        if self.made == self.at + 1:
            (self.world.text if self.at_once else self.world.text_only)("STOP", NEW)


# A deletion at any moment


@pytest.mark.parametrize("proven", [True, False], ids=["with proof", "without proof"])
def test_a_contact_deleted_while_its_import_runs_does_not_come_back(
    aws: Settings, provider: FakeProvider, *, proven: bool
) -> None:
    """C6, C7: deleted before any call, the row carried out again as after a crash: nothing left."""
    at, deleted = 0, 0
    while True:
        people = PeopleDesk(World(aws, provider, partial(put_back, "world")))
        chosen = {"proof": proof()} if proven else {}
        job = people.committed(rows((NEW, "Nell", "New", "")), new_group="Choir", **chosen)
        decided = [(Row(2, NEW, {"first_name": "Nell"}, []), RowOutcome.ADDED)]
        desk = Desk(people.world)
        deleting = Deleting(desk, at)
        with each_call(deleting, ignore):
            outcome = people.effect.apply(people.account, people.again(job), decided)
        last = deleting.made <= at
        if last:
            deleting.delete()
        again = people.effect.apply(people.account, people.again(job), decided)
        assert outcome == again == [RowOutcome.ADDED], at
        if deleting.gone:
            deleted += 1
            assert people.world.contact(NEW) is None, at
            assert [key for key in keys() if deleting.gone in key] == [], at
        if last:
            break
        at += 1
    assert deleted > 1


@dataclass
class Deleting:
    """A user who deletes a contact just before a call, if it is there by then."""

    desk: Desk
    at: int
    made: int = 0
    gone: str = ""

    def __call__(self, _: Call) -> None:
        self.made += 1
        if self.made == self.at + 1:
            self.delete()

    def delete(self) -> None:
        """Delete the only contact there is, if there is one."""
        shards, account_id = range(settings.current().contact_shards), self.desk.world.a.id
        walks = [store.contacts_of_shard(account_id, n, Stretch(50)) for n in shards]
        found = [one for walk in walks for one in walk]
        if found:
            self.gone = found[0].id
            self.desk.done(self.desk.begin(Action.DELETE, [self.gone]))
