"""Profiles: after whatever users do, with a process that ends anywhere, entries are the contact's.

Each example is a course of edits by two users, any of which may be cut off before or after any of
its calls; what was sent to the queue is then carried out, as it would be.
"""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.consent.check import check
from assent.contacts import adding
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.labels import service as labels
from assent.contacts.labels.model import ClearLabel, Colour
from assent.contacts.model import Contact
from assent.contacts.profile import renumbering, tags
from assent.platform.errors import AssentError
from tests.calls import Call, Died, dying, each_call, ignore
from tests.conftest import put_back
from tests.fakes import World
from tests.unit.contacts.profiles import OLGA, OMAR, Profiles, contacts_and_entries, differences

pytestmark = pytest.mark.thorough

_NAMES = ("Ann", "Anna Lee", "", "Ωmega", "ann")
_STEPS = st.one_of(
    st.tuples(st.just("create"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("name"), st.integers(0, 3), st.sampled_from(_NAMES)),
    st.tuples(st.just("email"), st.integers(0, 3), st.sampled_from(("", "a@b.example"))),
    st.tuples(st.just("number"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("star"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("label"), st.integers(0, 3), st.integers(0, 1)),
    st.tuples(st.just("unlabel"), st.integers(0, 3), st.integers(0, 1)),
    st.tuples(st.just("merge"), st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.just("lead again"), st.integers(0, 3), st.just(0)),
)
_ENDS = st.none() | st.tuples(st.integers(0, 14), st.booleans())


class Course:
    """One example: four numbers, two labels, and who has which as the tables say."""

    def __init__(self, before: World) -> None:
        world = World(before.settings, before.provider, partial(put_back, "world"))
        self.world = world
        self.profiles = Profiles(world)
        self.phones = [f"+1212555010{n}" for n in range(4)]
        self.group = world.group()
        self.labels = [
            labels.create(world.a.id, name, Colour.GREY, world.clock).id for name in "ab"
        ]
        self.first_seen: dict[str, Contact] = {}
        self.leaving: list[ClearLabel] = []

    def of(self, number: int) -> Contact | None:
        return self.world.contact(self.phones[number])

    def take(self, step: tuple[str, int, object]) -> None:
        what, number, more = step
        found = self.of(number)
        acts: dict[str, Callable[[], object]] = {
            "create": lambda: self.create(number, bool(more)),
            "merge": lambda: self.merge(number, int(str(more))),
        }
        if what in acts:
            acts[what]()
        elif found is not None:
            self.first_seen.setdefault(found.id, found)
            self.edit(what, found, more)

    def create(self, number: int, grouped: bool) -> None:
        group_id = self.group.id if grouped else None
        self.profiles.create(self.phones[number], group_id=group_id, first_name="Ann")

    def merge(self, one: int, other: int) -> None:
        command = labels.begin_removal(
            self.world.a.id, self.labels[one], self.labels[other] if one != other else ""
        )
        self.leaving.append(command)
        labels.clear(command)

    def edit(self, what: str, found: Contact, more: object) -> None:
        account_id = self.world.a.id
        if what == "name":
            self.profiles.edit(found, OMAR, last_name=more)
        elif what == "email":
            self.profiles.edit(found, OLGA, email=more)
        elif what == "number":
            self.profiles.edit(found, OLGA, phone=self.phones[int(str(more))])
        elif what == "star":
            tags.set_favourite(account_id, found.id, on=bool(more))
        elif what == "lead again":
            # As it was made: what a redelivered lead writes once more.
            adding.put(self.first_seen[found.id])
        else:
            label = {self.labels[int(str(more))]}
            add, remove = (label, set[str]()) if what == "label" else (set[str](), label)
            labels.relabel(account_id, found.id, remove=remove, add=add)

    def finish(self) -> None:
        """Carry out what lies in the queue."""
        for contact in contacts_and_entries(self.world.a.id)[0]:
            renumbering.finish(self.world.a.id, contact.id, self.world.clock)
        for command in self.leaving:
            labels.clear(command)

    def look(self) -> None:
        """What must hold of every contact, number, label and membership."""
        account_id = self.world.a.id
        found, _ = contacts_and_entries(account_id)
        assert differences(account_id) == set()
        kept = {one.id for one in labels.labels(account_id)}
        for contact in found:
            assert self.world.consent(contact.phone).contact_id == contact.id
            assert contact.labels <= kept
            for member in member_store.memberships(account_id, contact):
                assert (member.phone, member.subject) == (contact.phone, contact.subject)
        taken = {contact.phone for contact in found}
        assert len(taken) == len(found)
        for phone in self.phones:
            known = self.world.consent(phone)
            assert (known.contact_id is not None) is (phone in taken)
            assert check(account_id, known.subject).ok


@given(steps=st.lists(st.tuples(_STEPS, _ENDS), max_size=12))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_done_and_wherever_it_ends_entries_are_the_contacts(
    world: World, steps: list[tuple[tuple[str, int, object], tuple[int, bool] | None]]
) -> None:
    """C1, C11, Q7: index equals table, numbers lead to their contacts, nothing dangles."""
    course = Course(world)
    for step, end in steps:
        try:
            if end:
                with dying(end[0], before=end[1]):
                    course.take(step)
            else:
                course.take(step)
        except (Died, AssentError):
            continue
    course.finish()
    course.look()


@given(
    first=st.sampled_from(["name", "email", "number", "star", "label", "unlabel", "lead again"]),
    second=st.sampled_from(["name", "email", "number", "star", "label", "unlabel", "merge"]),
    at=st.integers(0, 12),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_of_two_at_once_one_wins_or_both_do_and_entries_are_the_contacts(
    world: World, first: str, second: str, at: int
) -> None:
    """C1: the second acts whole between any two calls of the first."""
    course = Course(world)
    course.create(0, grouped=True)
    course.take(("name", 0, "Anna Lee"))
    course.take(("label", 0, 1))
    waiting = [at]

    def between(_: Call) -> None:
        if waiting and waiting[0] == 0:
            waiting.clear()
            more: object = {"name": "Ωmega", "email": "b@c.example", "number": 1}.get(second, 1)
            course.take((second, 0, more))
        elif waiting:
            waiting[0] -= 1

    more: object = {"name": "ann", "email": "a@b.example", "number": 2}.get(first, 0)
    refused = ""
    with each_call(between, ignore):
        try:
            course.take((first, 0, more))
        except AssentError as error:
            refused = error.code
    if {first, second} <= {"name", "email", "number"}:
        assert refused in ("", "edited_meanwhile")
    elif (first, second) == ("label", "merge"):
        assert refused in ("", "unknown_label")  # it is gone by then
    else:
        assert not refused
    course.finish()
    course.look()
