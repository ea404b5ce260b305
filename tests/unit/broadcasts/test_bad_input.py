"""What goes wrong around a broadcast: each ends it in order, and the sums hold.

A time that is past is in `test_service`, local times that do not exist or come twice in
`test_timing`, a provider that is away for an hour in `test_pacing`, an empty audience in
`test_planning`, a sender that is taken away in `test_planning` and `test_sending`.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import count as count_from

import pytest

from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import PlanBroadcast, SendChunk, State, place_of
from assent.broadcasts.plans import store as plans
from assent.broadcasts.results import Report
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.model import MessageState, Place, RecordReceipt
from assent.messaging.providers.base import Credentials, Outgoing
from tests.calls import Died
from tests.unit.broadcasts.desk import Desk, ample
from tests.unit.contacts.bulk.desk import OLGA
from tests.unit.contacts.bulk.desk import Desk as Office


def receipt(desk: Desk, place: Place) -> RecordReceipt:
    return RecordReceipt(
        place=place,
        connection_id=desk.world.a.id,
        provider_message_id="SM1",
        state=MessageState.FAILED,
        code="30003",
        received_at=desk.clock.now(),
    )


@pytest.mark.parametrize("whose", ["not claimed", "nobody", "another account", "nonsense"])
def test_a_receipt_for_a_message_that_is_not_known_changes_nothing(desk: Desk, whose: str) -> None:
    """B5: nothing is made of it, neither a row nor a figure; the copy goes out as ever."""
    group = desk.world.group()
    contact = desk.person(group)
    started = desk.start(group)
    [chunk] = desk.chunks()
    made = desk.fresh(started)
    at = {
        "not claimed": place_of(made, contact.id),
        "nobody": place_of(made, "ct_nobody"),
        "another account": Place(thread="ac_x#ct_x", sort="2026#bc_x"),
        "nonsense": Place(thread="nonsense", sort="nonsense"),
    }[whose]
    assert desk.handle(receipt(desk, at)) == "unknown_message"
    assert messages.row(at) is None
    desk.handle(chunk)
    assert desk.report(started) == Report(planned=1, sent=1)
    assert len(desk.world.provider.sent) == 1


def test_everybody_may_be_left_out_between_plan_and_send(desk: Desk) -> None:
    """B3: all excluded, with the reason; it ends, and nothing is sent."""
    group = desk.world.group()
    people = [desk.person(group) for _ in range(3)]
    started = desk.start(group)
    [chunk] = desk.chunks()
    for one in people:
        desk.world.text_only("STOP", one.phone)
    desk.handle(chunk)
    desk.run()
    assert desk.fresh(started).state == State.FINISHED
    assert desk.report(started).excluded == {"hard_opt_out": 3}
    assert desk.world.provider.sent == []


@pytest.mark.parametrize("planned", [0, 2], ids=["before the plan", "in its midst"])
def test_a_group_that_its_job_deletes_while_it_runs_ends_it_in_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, planned: int
) -> None:
    """B3: who was planned by then is sent to; of all others it is said that they are in none."""
    monkeypatch.setattr("assent.broadcasts.plan.CHUNK", 2)
    group = desk.world.group()
    people = [desk.person(group) for _ in range(5)]
    started = desk.start(group)
    if planned:
        [plan] = desk.queue.take(PlanBroadcast)
        left = iter([1_000_000, 0])
        assert desk.handle(plan, left.__next__) == "continued"
    office = Office(desk.world)
    office.done(office.service.delete_group(desk.world.a, group, OLGA))
    desk.run()
    assert desk.fresh(started).state == State.FINISHED
    assert desk.report(started) == Report(planned=planned, sent=planned)
    sent = {one.phone for one in desk.world.provider.sent}
    told = {one.phone: _told(desk, started.id, one) for one in people}
    assert {phone for phone, outcome in told.items() if outcome == "sent"} == sent
    assert len(sent) == planned


def _told(desk: Desk, broadcast_id: str, contact: Contact) -> str:
    return why(contact.account_id, broadcast_id, contact.id, desk.clock).outcome


def _ending_at(desk: Desk, most: int) -> Callable[[Credentials, Outgoing], str]:
    """Be a provider that takes so many copies, and at the next the worker ends."""
    take, given = desk.world.provider.send, count_from(1)

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        if next(given) > most:
            raise Died
        return take(credentials, outgoing)

    return send


@pytest.mark.parametrize("seconds", [-600, -5, 5, 600])
def test_a_worker_whose_clock_is_wrong_sends_each_copy_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    """B6: a chunk's lease and a claim's time are of that clock; its redelivery meets another's."""
    group = desk.world.group()
    desk.people(group, 12)
    started = desk.start(group)
    [chunk] = desk.chunks()
    assert isinstance(chunk, SendChunk)
    desk.clock.at += timedelta(seconds=seconds)
    with monkeypatch.context() as patch:
        patch.setattr(desk.world.provider, "send", _ending_at(desk, 5))
        with pytest.raises(Died):
            desk.handle(chunk)
    desk.clock.at -= timedelta(seconds=seconds)
    assert desk.handle(chunk) in ("taken", "ended")
    desk.clock.advance(minutes=20)
    desk.handle(chunk)
    desk.run()
    report = desk.report(started)
    assert desk.fresh(started).state == State.FINISHED
    assert report.planned == 12
    assert report.sent + report.unknown == 12
    phones = [one.phone for one in desk.world.provider.sent]
    assert len(set(phones)) == len(phones) >= report.sent
    assert 0 < report.unknown <= 10


@pytest.mark.parametrize("seconds", [-600, 600])
def test_a_plan_by_a_clock_that_is_wrong_is_the_same_plan(desk: Desk, seconds: int) -> None:
    """B6: two workers, one of them ten minutes off, cut the same chunks."""
    group = desk.world.group()
    desk.people(group, 30)
    started = desk.start(group)
    [plan] = desk.queue.take(PlanBroadcast)
    desk.clock.at += timedelta(seconds=seconds)
    desk.handle(plan, iter([1_000_000, 0]).__next__)
    desk.clock.at -= timedelta(seconds=seconds)
    desk.handle(plan, ample)
    desk.run()
    assert desk.report(started) == Report(planned=30, sent=30)
    assert len({one.phone for one in desk.world.provider.sent}) == 30
    assert plans.cursor(started.id).done
