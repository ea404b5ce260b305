"""Ten copies at a time: claimed together, read together, handed over at the same time."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from pynamodb.connection.base import Connection
from pynamodb.exceptions import GetError, PutError, UpdateError

from assent.broadcasts import fanout
from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import Broadcast, SendChunk, State, place_of
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import SLICE
from assent.broadcasts.results import Outcome, Report
from assent.consent import store as consent
from assent.consent.model import Channel
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.copies import Copies, threads
from assent.messaging.model import MessageState, Place
from assent.messaging.providers.base import Credentials, Outgoing, OutgoingCall, Refused, Unanswered
from assent.messaging.providers.connections import AT_ONCE
from assent.messaging.providers.twilio import CAUSES
from assent.platform import inserts
from tests.unit.broadcasts.desk import Desk

BUSY = Refused("20429", CAUSES["30008"], retry=True)


def planned(desk: Desk, people: int) -> tuple[Broadcast, list[Contact], SendChunk]:
    """Plan a broadcast to some people in one chunk, which nobody has sent yet."""
    group = desk.world.group()
    found = [desk.person(group) for _ in range(people)]
    started = desk.start(group)
    [chunk] = desk.chunks()
    return started, found, chunk


def at_each_call(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[str, dict[str, Any]], None]
) -> None:
    """Do something before each call of DynamoDB."""
    whole = Connection._make_api_call

    def call(connection: Connection, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        act(name, arguments)
        return whole(connection, name, arguments)

    monkeypatch.setattr(Connection, "_make_api_call", call)


@pytest.fixture
def side_by_side(desk: Desk) -> Desk:
    """A desk whose copies go out as they do in a function, by threads."""
    desk.fanout.recipients.copies = Copies(desk.world.dispatcher, threads())
    return desk


def test_ten_are_with_the_provider_at_the_same_time(
    side_by_side: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: it answers nobody before all ten are there; in turn, that would never be."""
    assert SLICE == AT_ONCE
    desk = side_by_side
    all_there = threading.Barrier(SLICE)
    take = desk.world.provider.send

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        all_there.wait(timeout=30)
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)
    started, _, chunk = planned(desk, 2 * SLICE)
    assert desk.handle(chunk) == "ended"
    assert desk.report(started) == Report(planned=20, sent=20)


def test_ten_calls_ring_at_the_same_time(
    side_by_side: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S6, B6."""
    desk = side_by_side
    group = desk.world.group()
    for _ in range(SLICE):
        desk.person(group, channels=frozenset({Channel.VOICE}))
    desk.clock.at = desk.clock.now().replace(hour=17)
    spoken = desk.drafts.create(desk.world.a, desk.wanted(group, channel="voice"), by="Olga")
    desk.begin(spoken)
    all_there = threading.Barrier(SLICE)
    take = desk.world.provider.voice.call

    def call(credentials: Credentials, outgoing: OutgoingCall) -> str:
        all_there.wait(timeout=30)
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider.voice, "call", call)
    [chunk] = desk.chunks()
    assert desk.handle(chunk) == "ended"
    assert desk.report(spoken) == Report(planned=SLICE, sent=SLICE)


def test_only_the_worker_itself_speaks_to_tables(
    side_by_side: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the provider says of them: threads hand over, and do nothing else."""
    desk = side_by_side
    started, people, chunk = planned(desk, SLICE)
    refused = Refused("21211", CAUSES["21211"], retry=False)
    gone = Refused("21610", CAUSES["21610"], retry=False)
    said = [BUSY, refused, gone, Unanswered("timeout"), KeyError("odd")]
    desk.world.provider.fails = {one.phone: it for one, it in zip(people, said, strict=False)}
    speakers: set[int] = set()
    at_each_call(monkeypatch, lambda *_: speakers.add(threading.get_ident()))
    assert desk.handle(chunk) == "busy"
    assert speakers == {threading.get_ident()}
    report = desk.report(started)
    assert (report.sent, report.failed, report.unknown) == (5, 2, 2)


def test_what_stands_against_ten_is_read_after_all_are_claimed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line 2, B8: one strongly consistent read, which begins when the claims are made."""
    _, people, chunk = planned(desk, 3)
    desk.world.provider.fails[people[0].phone] = BUSY
    desk.handle(chunk)  # one is given back, and is claimed by itself the next time
    desk.world.provider.fails.clear()
    [again] = desk.queue.take(SendChunk)
    order: list[str] = []

    def note(name: str, arguments: dict[str, Any]) -> None:
        if name in ("BatchExecuteStatement", "PutItem"):
            order.append("claim")
        for table, asked in arguments.get("RequestItems", {}).items():
            if table.endswith("consent"):
                assert asked["ConsistentRead"] is True
                order.append("read")

    at_each_call(monkeypatch, note)
    take = desk.world.provider.send

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        order.append("send")
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)
    assert desk.handle(again) == "ended"
    assert order == ["claim", "claim", "read", "send"]


@pytest.mark.parametrize("steer", ["pause", "cancel"])
def test_after_a_pause_or_a_cancellation_at_most_ten_more_go_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, steer: str
) -> None:
    """B5: committed before any call that the worker makes, those under way go out and no more.

    Between a look at the broadcast and the end of the ten after it, exactly ten do.
    """
    group = desk.world.group()

    def played(at: int) -> tuple[int, int] | None:
        """Steer it before the call number `at`; says how many went out in all, and after that."""
        desk.clock.advance(hours=1)
        started = desk.start(group)
        [chunk] = desk.chunks()
        desk.world.provider.sent.clear()
        made, sent_before = 0, 0
        steering = False

        def count(*_: object) -> None:
            nonlocal made, sent_before, steering
            if steering:
                return
            made += 1
            if made == at:
                steering = True
                act(started.account_id, started.id, *(["Olga"] if steer == "pause" else []))
                sent_before = len(desk.world.provider.sent)

        act: Callable[..., object] = getattr(desk.service, steer)
        with monkeypatch.context() as patch:
            at_each_call(patch, count)
            desk.handle(chunk)
        desk.queue.sent.clear()
        sent = len(desk.world.provider.sent)
        return (sent, sent - sent_before) if steering else None

    desk.people(group, 2 * SLICE)
    after: Counter[int] = Counter()
    at = 1
    while told := played(at):
        sent, then = told
        assert then <= SLICE
        assert sent in {0, 10, 20}
        after[then] += 1
        at += 1
    assert after[SLICE] >= 6  # from either look to the first copy of its ten
    assert set(after) == {0, SLICE}


def test_two_workers_send_ten_each_after_a_pause(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: each ends the ten that it has under way."""
    monkeypatch.setattr("assent.broadcasts.plan.CHUNK", 2 * SLICE)
    group = desk.world.group()
    for _ in range(4 * SLICE):
        desk.person(group)
    started = desk.start(group)
    one, other = desk.chunks()
    desk.clock.advance(minutes=1)  # both are due
    take = desk.world.provider.send
    met: list[str] = []

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        if not met:
            met.append("first")
            met.append(desk.handle(other))
        elif len(met) == 1:
            met.append("second")
            desk.service.pause(started.account_id, started.id, "Olga")
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)
    assert desk.handle(one) == "paused"
    assert met == ["first", "second", "paused"]
    assert len(desk.world.provider.sent) == 2 * SLICE
    assert desk.fresh(started).state == State.PAUSED
    desk.service.resume(started.account_id, started.id)
    desk.run()
    assert desk.report(started) == Report(planned=40, sent=40)


def test_three_in_a_row_of_ten_for_whom_it_is_busy_end_the_visit(desk: Desk) -> None:
    """B7: the others of the ten have been handed over with them, and it goes no further."""
    started, people, chunk = planned(desk, 25)
    desk.world.provider.fails = {one.phone: BUSY for one in people}
    assert desk.handle(chunk) == "busy"
    assert len(desk.queue.take(SendChunk)) == 1
    report = desk.report(started)
    assert (report.planned, report.sent, report.unknown) == (25, 0, 0)
    rows = [messages.row(place_of(desk.fresh(started), one.id)) for one in people]
    assert [row.state for row in rows if row] == [MessageState.RELEASED] * SLICE
    desk.world.provider.fails.clear()
    desk.clock.advance(minutes=5)
    assert desk.handle(chunk) == "ended"
    assert desk.report(started) == Report(planned=25, sent=25)


def test_what_was_sent_before_a_table_failed_is_not_unknown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: the worker goes on until its error is told, so it writes down what it knows."""
    monkeypatch.setattr(fanout, "SLICE", 2)
    started, _, chunk = planned(desk, 3)
    made: list[object] = []

    def fails(*given: Any) -> list[str]:  # noqa: ANN401 -- as what it stands for
        made.append(given)
        if len(made) == 2:
            raise PutError
        return inserts.insert_all(*given)

    with monkeypatch.context() as broken:
        broken.setattr("assent.messaging.claims.store.insert_all", fails)
        with pytest.raises(PutError):
            desk.handle(chunk)
    desk.clock.advance(minutes=4)
    assert desk.handle(chunk) == "ended"
    assert desk.report(started) == Report(planned=3, sent=3)


def test_an_error_in_the_midst_of_ten_makes_nobody_else_unknown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: of one the failure cannot be written down; the others of its ten have their letters."""
    started, people, chunk = planned(desk, 5)
    refused = Refused("21211", CAUSES["21211"], retry=False)
    desk.world.provider.fails = {people[1].phone: refused, people[3].phone: refused}
    record, failing = messages.record_state, place_of(desk.fresh(started), people[1].id)

    def fails(place: Place, *given: Any, **more: Any) -> Any:  # noqa: ANN401 -- as above
        if place == failing:
            raise UpdateError
        return record(place, *given, **more)

    with monkeypatch.context() as broken:
        broken.setattr(messages, "record_state", fails)
        with pytest.raises(UpdateError):
            desk.handle(chunk)
    desk.clock.advance(minutes=4)
    assert desk.handle(chunk) == "ended"
    assert len(desk.world.provider.sent) == 3
    assert desk.report(started).model_dump(exclude={"failures"}) == Report(
        planned=5, sent=3, failed=1, unknown=1
    ).model_dump(exclude={"failures"})


def test_a_thread_that_fails_in_an_unforeseen_way_is_told_when_the_others_are_noted(
    desk: Desk,
) -> None:
    """B6: raising means to try again; the claimed one is unknown then, and nobody else."""
    started, people, chunk = planned(desk, 3)
    desk.world.provider.fails[people[0].phone] = OSError("unforeseen")
    with pytest.raises(OSError, match="unforeseen"):
        desk.handle(chunk)
    desk.clock.advance(minutes=4)
    assert desk.handle(chunk) == "ended"
    assert len(desk.world.provider.sent) == 2
    assert desk.report(started) == Report(planned=3, sent=2, unknown=1)


def test_an_opt_out_record_that_cannot_be_read_holds_nobody_else_up(desk: Desk) -> None:
    """B6, S6: it is not sent to, and the others of its ten are."""
    started, people, chunk = planned(desk, 3)
    broken = consent.OptOutRecord(
        f"{desk.world.sender.id}#{people[1].subject}",
        "optout",
        entries={"sms": {"nothing": "of the kind"}},
        sequence=1,
        head="",
    )
    broken.save()
    assert desk.handle(chunk) == "ended"
    assert {one.phone for one in desk.world.provider.sent} == {people[0].phone, people[2].phone}
    assert desk.report(started) == Report(planned=3, sent=2, unknown=1)


def test_ten_whose_opt_outs_cannot_be_read_are_given_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B8: nothing goes out unread; they are tried again."""
    started, _, chunk = planned(desk, 3)

    def throttled(*_: object, **__: object) -> dict[str, Any]:
        raise GetError

    with monkeypatch.context() as broken:
        broken.setattr(consent, "opt_outs", throttled)
        assert desk.handle(chunk) == "busy"
    assert desk.world.provider.sent == []
    desk.clock.advance(minutes=4)
    assert desk.handle(chunk) == "ended"
    assert desk.report(started) == Report(planned=3, sent=3)


def test_who_was_left_by_a_worker_that_ended_is_found_wherever_it_stands(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: more than ten wait before those who were claimed; cancelled, they are unknown."""
    started, people, chunk = planned(desk, 14)
    members = plans.found(started.id, chunk.chunk).members
    # Every second of them as they lie in the chunk: three in a row would end the visit.
    every_second = set(members[::2])
    desk.world.provider.fails = {one.phone: BUSY for one in people if one.id in every_second}
    monkeypatch.setattr(fanout, "SLICE", 7)

    def dies(*_: object, **__: object) -> None:
        raise UpdateError

    with monkeypatch.context() as broken:
        broken.setattr("assent.broadcasts.outcomes.store.record_slice", dies)
        with pytest.raises(UpdateError):
            desk.handle(chunk)
    desk.service.cancel(started.account_id, started.id)
    desk.clock.advance(minutes=4)
    desk.handle(chunk)
    sent = len(desk.world.provider.sent)
    report = desk.report(started)
    assert (report.unknown, report.excluded) == (sent, {"cancelled": 14 - sent})
    asked = [why(started.account_id, started.id, one.id, desk.clock) for one in people]
    assert sum(one.outcome == Outcome.UNKNOWN for one in asked) == sent
