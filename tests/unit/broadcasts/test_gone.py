"""A broadcast on its way, and a contact who is deleted or erased meanwhile."""

from collections.abc import Callable

import pytest

from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import Broadcast, place_of
from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent import store as consent
from assent.contacts import erasure, store
from assent.contacts.bulk.deleting import Delete
from assent.contacts.bulk.model import Action, WorkOnJob
from assent.contacts.groups import members
from assent.contacts.groups.members import Act
from assent.contacts.groups.model import Group
from assent.contacts.history.model import Person
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.claims import store as claims
from assent.messaging.providers.base import Refused
from assent.messaging.providers.twilio import CAUSES
from tests.calls import Died, dying
from tests.unit.broadcasts.desk import Desk, ample
from tests.unit.contacts.bulk.desk import Desk as Office
from tests.unit.contacts.profiles import Profiles

OLGA = Person(id="user", name="Olga")
Go = Callable[[Desk, Contact], None]


def deleted(desk: Desk, contact: Contact) -> None:
    office = Office(desk.world)
    office.begin(Action.DELETE, [contact.id])
    office.work()


def erased(desk: Desk, contact: Contact) -> None:
    world = desk.world
    erasure.begin(world.a, contact.id, "user", "Olga", world.clock, CopiesUnderWay())


def renumbered(desk: Desk, contact: Contact) -> None:
    Profiles(desk.world).edit(contact, phone="+12125550104")


both = pytest.mark.parametrize("go", [deleted, erased], ids=["deleted", "erased"])
BETWEEN = ["before the claim", "before the opt-out list", "before the provider"]


def at_call(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, act: Callable[[], None]
) -> list[str]:
    """Do something when a function is called first; the list says that it was."""
    done: list[str] = []
    whole = getattr(owner, name)

    def interrupted(*given: object, **more: object) -> object:
        if not done:
            done.append(name)
            act()
        return whole(*given, **more)

    monkeypatch.setattr(owner, name, interrupted)
    return done


def planned(desk: Desk, group: Group) -> tuple[Broadcast, Callable[[], str]]:
    """Start a broadcast, whose only chunk is sent to when it is said."""
    started = desk.start(group)
    [chunk] = desk.chunks()
    return started, lambda: desk.handle(chunk)


@both
@pytest.mark.parametrize("at", range(3), ids=BETWEEN)
def test_who_goes_between_two_calls_for_a_copy_does_not_get_it_unless_it_was_claimed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int, go: Go
) -> None:
    """C7, P5, B6: a worker that has read the contact already finds the place of its copy taken."""
    group = desk.world.group()
    contact = desk.person(group)
    started, send = planned(desk, group)
    owner, name = [
        (claims, "claim_all"),
        (consent, "opt_outs"),
        (desk.world.provider, "send"),
    ][at]
    called = at_call(monkeypatch, owner, name, lambda: go(desk, contact))
    send()
    assert called
    assert [one.phone for one in desk.world.provider.sent] == ([contact.phone] if at else [])
    report = desk.report(started)
    assert (report.sent, report.excluded) == ((1, {}) if at else (0, {"contact_gone": 1}))


def test_an_erased_contact_is_told_of_what_it_did_not_get(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S7, P5: with the reason, and without a word of the text."""
    group = desk.world.group()
    contact = desk.person(group)
    started, send = planned(desk, group)
    called = at_call(monkeypatch, claims, "claim_all", lambda: erased(desk, contact))
    send()
    assert called
    answer = why(started.account_id, started.id, contact.id, desk.clock)
    assert (answer.outcome, answer.reason) == ("excluded", "contact_gone")
    row = messages.row(place_of(desk.fresh(started), contact.id))
    assert row is not None
    assert row.body == ""


@both
def test_a_copy_that_was_given_back_does_not_go_out_to_who_has_gone(desk: Desk, go: Go) -> None:
    """C7, P5: the provider was busy when it was claimed first."""
    group = desk.world.group()
    contact = desk.person(group)
    desk.world.provider.fails[contact.phone] = Refused("429", CAUSES["30008"], retry=True)
    started, send = planned(desk, group)
    assert send() == "busy"
    go(desk, contact)
    desk.world.provider.fails.clear()
    desk.run()
    assert desk.world.provider.sent == []
    assert desk.report(started).excluded == {"contact_gone": 1}


@pytest.mark.parametrize("go", [deleted, erased, renumbered], ids=lambda one: one.__name__)
def test_who_left_the_group_since_the_plan_and_goes_does_not_get_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, go: Go
) -> None:
    """C7, C11, P5: the plan has it still; its history says what groups it was in."""
    group = desk.world.group()
    contact = desk.person(group)
    started, send = planned(desk, group)
    desk.clock.advance(minutes=10)
    members.remove(desk.world.a, contact.id, group, Act(OLGA, desk.clock.now()))
    found = Profiles(desk.world).read(contact)
    called = at_call(monkeypatch, claims, "claim_all", lambda: go(desk, found))
    send()
    assert called
    assert desk.world.provider.sent == []
    assert sum(desk.report(started).excluded.values()) == 1


@both
def test_who_goes_leaves_no_trace_at_broadcasts_without_it(desk: Desk, go: Go) -> None:
    """S7: nothing says that it was to be sent this, and was not."""
    group, other = desk.world.group(), desk.world.group("Others")
    desk.person(group)
    contact = desk.person(other)
    started, _ = planned(desk, group)
    go(desk, contact)
    assert messages.row(place_of(desk.fresh(started), contact.id)) is None


def one_process(office: Office) -> bool:
    """Let one process work on a deletion; true when it ended before that was done."""
    while office.queue.sent:
        command, delay = office.queue.sent.pop(0)
        office.world.clock.advance(seconds=delay)
        assert isinstance(command, WorkOnJob)
        try:
            office.worker.do(command, ample)
        except Died:
            office.queue.sent.append((command, 0))
            return True
    return False


@pytest.mark.thorough
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_deletion_that_ends_anywhere_lets_no_copy_out_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    """C7, B6: its process ends in the midst of a copy's, which goes on before another takes it up.

    The copy goes out if the contact was there when it was claimed and nobody had withdrawn it.
    """
    outcomes: set[tuple[bool, bool]] = set()
    at, ended = 0, [True]
    there: list[bool] = []
    while ended[-1]:
        desk.world.provider.sent.clear()
        group = desk.world.group(f"Group {at}")
        contact = desk.person(group)
        started, send = planned(desk, group)
        office = Office(desk.world)
        office.begin(Action.DELETE, [contact.id])

        def go(office: Office = office, contact: Contact = contact, at: int = at) -> None:
            with dying(at, before=before):
                ended.append(one_process(office))
            found = store.contact(contact.account_id, contact.id, consistent=True)
            there.append(found is not None)

        with monkeypatch.context() as patch:
            at_call(patch, claims, "claim_all", go)
            send()
        office.work()
        sent = bool(desk.world.provider.sent)
        outcomes.add((there[-1], sent))
        report = desk.report(started)
        assert (report.sent, report.excluded) == ((1, {}) if sent else (0, {"contact_gone": 1})), at
        assert store.contact(contact.account_id, contact.id, consistent=True) is None
        at += 1
    assert at > 15
    # Withdrawn first, deleted last: in between it is there, and gets nothing.
    assert outcomes == {(True, True), (True, False), (False, False)}


def test_a_step_of_a_deletion_is_shorter_while_many_broadcasts_are_on_their_way(
    desk: Desk,
) -> None:
    """C7: so that it ends in its time."""

    class Many(CopiesUnderWay):
        def number(self, account_id: str) -> int:
            return {"none": 0, "some": 10, "many": 500}[account_id]

    found = {one: Delete(one, Many()).most for one in ("none", "some", "many")}
    assert found == {"none": 100, "some": 10, "many": 1}
    assert CopiesUnderWay().number(desk.world.a.id) == 0


def test_nobody_is_looked_for_where_nothing_is_on_its_way(desk: Desk) -> None:
    """C7: a deletion costs one look at the account's broadcasts, whoever it is about."""
    CopiesUnderWay().withdraw([], desk.clock.now())
    contact = desk.person(desk.world.group())
    CopiesUnderWay().withdraw([contact], desk.clock.now())
    assert messages.thread(f"{contact.account_id}#{contact.id}") == []
