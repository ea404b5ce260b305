"""A slow sender's chunk: it goes out in pieces, is counted with the last, and loses nobody."""

from datetime import timedelta

import pytest

from assent.accounts import store as accounts
from assent.broadcasts import reports
from assent.broadcasts.counters import store as counters
from assent.broadcasts.model import Broadcast, ReleaseWork, SendChunk, State
from assent.broadcasts.pacing import store as leases
from assent.broadcasts.receipts import store as deliveries
from assent.broadcasts.results import Report
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from tests.calls import recorded
from tests.unit.broadcasts.desk import Desk


def slow(desk: Desk, *, rate: float = 0.2, campaign: str = "") -> None:
    """Give the sender a rate at which ten make a piece of 50 seconds."""
    update = {"messages_per_second": rate, "campaign": campaign}
    accounts.put_sender(desk.world.sender.model_copy(update=update))
    desk.world.accounts.forget_sender(desk.world.sender.id)


def let_go(desk: Desk, people: int) -> tuple[Broadcast, list[tuple[SendChunk, int]]]:
    """Start a broadcast to so many, and return its first pieces, each with its delay."""
    group = desk.world.group()
    desk.people(group, people)
    made = desk.start(group)
    desk.handle(desk.queue.sent.pop(0)[0])
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    found = [(one, delay) for one, delay in desk.queue.sent if isinstance(one, SendChunk)]
    desk.queue.take(SendChunk)
    return made, found


def counted(made: Broadcast) -> int:
    """Return how many stand in the counters as sent."""
    return counters.totals(made.id)["sent"]


def test_a_piece_is_shown_at_once_and_counted_with_the_last(desk: Desk) -> None:
    """B5: the report of a slow sender moves with each piece."""
    slow(desk)
    made, pieces = let_go(desk, 25)
    assert [(one.upto, delay) for one, delay in pieces] == [(10, 0), (20, 50), (25, 100)]
    shown, in_counters = [], []
    for one, _ in pieces:
        assert one.at is not None
        desk.clock.at = max(desk.clock.at, one.at)
        desk.handle(one)
        shown.append(desk.report(made).sent)
        in_counters.append(counted(made))
    assert shown == [10, 20, 25]
    assert in_counters == [0, 0, 25]
    assert desk.fresh(made).state == State.FINISHED


def test_a_piece_costs_one_write_more_than_its_copies_and_its_tens(desk: Desk) -> None:
    """Line 2: taking the chunk; what gives it back records the last ten as well."""
    slow(desk)
    _, [(first, _), *_] = let_go(desk, 25)
    with recorded() as calls:
        assert desk.handle(first) == "done"
    operations = [operation for _, operation in calls]
    assert operations.count("UpdateItem") == 2
    assert operations.count("TransactWriteItems") == 0


def test_a_piece_that_comes_before_its_time_puts_itself_off_and_reads_nothing(desk: Desk) -> None:
    """B7: a queue holds a message back for minutes only."""
    slow(desk)
    made, [_, (second, delay), _] = let_go(desk, 25)
    with recorded() as calls:
        assert desk.handle(second) == "early"
    assert calls == []
    assert desk.queue.sent[-1] == (second, delay)
    desk.clock.advance(seconds=49)
    assert desk.handle(second) != "early"  # clocks differ
    assert desk.report(made).sent == 10


def test_a_chunk_rests_until_its_piece_is_through(desk: Desk) -> None:
    """B7: a piece that was late, and the next that is in time, are not sent together."""
    slow(desk)
    made, [(first, _), (second, _), _] = let_go(desk, 25)
    desk.clock.advance(seconds=49)
    assert desk.handle(first) == "done"
    desk.clock.advance(seconds=1)
    desk.queue.sent.clear()
    assert desk.handle(second) == "taken"
    assert desk.queue.sent == [(second, 44)]
    desk.clock.advance(seconds=44)
    assert desk.handle(second) == "done"
    assert desk.report(made).sent == 20


def test_what_was_not_counted_is_counted_when_a_piece_meets_a_pause(desk: Desk) -> None:
    """B5: the report of a paused broadcast is exact, in the counters too."""
    slow(desk)
    made, [(first, _), (second, delay), (third, _)] = let_go(desk, 25)
    desk.handle(first)
    desk.service.pause(made.account_id, made.id, "Olga")
    assert (counted(made), desk.report(made).sent) == (0, 10)
    desk.clock.advance(seconds=delay)
    assert desk.handle(second) == "paused"
    assert (counted(made), desk.report(made).sent) == (10, 10)
    desk.clock.advance(seconds=delay)
    assert desk.handle(third) == "paused"
    desk.run()
    desk.service.resume(made.account_id, made.id)
    desk.run()
    assert desk.report(made) == Report(planned=25, sent=25)
    assert len(desk.world.provider.sent) == 25


def test_what_was_not_counted_is_counted_when_a_piece_meets_a_cancellation(desk: Desk) -> None:
    """B5."""
    slow(desk)
    made, [(first, _), (second, delay), _] = let_go(desk, 25)
    desk.handle(first)
    desk.service.cancel(made.account_id, made.id)
    assert desk.report(made) == Report(planned=25, sent=10, excluded={"cancelled": 15})
    desk.clock.advance(seconds=delay)
    assert desk.handle(second) == "cancelled"
    assert counted(made) == 10
    assert desk.report(made) == Report(planned=25, sent=10, excluded={"cancelled": 15})


@pytest.mark.parametrize("cancelled", [False, True])
def test_what_is_cut_off_is_counted_too_although_no_piece_follows(
    desk: Desk, *, cancelled: bool
) -> None:
    """B5: the last piece that was let go is out, and the rest of the chunk was not let go yet."""
    slow(desk, rate=0.1)
    made, pieces = let_go(desk, 60)
    assert pieces[-1][0].upto == 30
    for one, _ in pieces:
        assert one.at is not None
        desk.clock.at = max(desk.clock.at, one.at)
        desk.handle(one)
    assert counted(made) == 0
    steer = desk.service.cancel if cancelled else desk.service.pause
    steer(made.account_id, made.id, *([] if cancelled else ["Olga"]))
    assert desk.report(made).sent == 30
    desk.run()
    assert (counted(made), desk.report(made).sent) == (30, 30)
    if not cancelled:
        desk.service.resume(made.account_id, made.id)
        desk.run()
        assert desk.report(made) == Report(planned=60, sent=60)


def test_failures_that_are_not_counted_yet_are_named_by_their_code(desk: Desk) -> None:
    """B5: codes add up to the failed ones at any time."""
    slow(desk)
    refused = Refused("30007", CAUSES["30007"], retry=False)
    desk.world.provider.fails = {f"+1212557{at:04}": refused for at in range(25)}
    made, [(first, _), *_] = let_go(desk, 25)
    desk.handle(first)
    assert counters.totals(made.id)["failed"] == 0
    found = reports.report(desk.fresh(made))
    assert found.failed == 10
    assert [(one.code, one.count) for one in found.failures] == [("30007", 10)]


def test_who_became_unknown_in_a_piece_is_settled_by_a_receipt(desk: Desk) -> None:
    """B6: whether the receipt comes before it is counted or after."""
    slow(desk)
    group = desk.world.group()
    people = [desk.person(group) for _ in range(14)]
    made = desk.start(group)
    pieces = desk.chunks()
    desk.world.provider.fails = {one.phone: Unanswered("timeout") for one in people}
    desk.handle(pieces[0])
    assert desk.report(made).unknown == 10
    tried = [one for one in people if deliveries.delivery(made.id, one.id)]
    assert len(tried) == 10
    for one in tried:
        desk.handle(desk.receipt_for(made, one, MessageState.DELIVERED))
    desk.world.provider.fails = {}
    desk.clock.advance(seconds=50)
    desk.handle(pieces[1])
    assert desk.report(made) == Report(planned=14, sent=14, delivered=10)


def test_a_report_that_is_read_while_a_chunk_is_counted_counts_it_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: it was written down when the report looked first, and counted when it looked again."""
    slow(desk)
    made, pieces = let_go(desk, 25)
    desk.handle(pieces[0][0])
    totals = counters.totals

    def meanwhile(broadcast_id: str) -> dict[str, int]:
        monkeypatch.setattr(counters, "totals", totals)
        for one, _ in pieces[1:]:
            assert one.at is not None
            desk.clock.at = one.at
            desk.handle(one)
        return totals(broadcast_id)

    now = desk.fresh(made)
    monkeypatch.setattr(counters, "totals", meanwhile)
    assert reports.report(now).sent == 25


@pytest.mark.parametrize("change", ["taken_away", "moved"])
def test_a_paused_broadcast_goes_on_where_it_began_whatever_becomes_of_its_sender(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """B5, B7: its lane is with its campaign, which cannot be found by its sender any more."""
    slow(desk, campaign="C1")
    made, [(first, _), *others] = let_go(desk, 25)
    desk.handle(first)
    desk.service.pause(made.account_id, made.id, "Olga")
    desk.clock.advance(seconds=100)
    for one, _ in others:
        desk.handle(one)
    desk.run()
    if change == "moved":
        slow(desk, campaign="C2")
    else:
        monkeypatch.setattr("assent.accounts.store.sender", lambda *_: None)
        desk.world.accounts.forget_sender(desk.world.sender.id)
    desk.clock.advance(minutes=1)
    desk.service.resume(made.account_id, made.id)
    desk.run()
    done = desk.fresh(made)
    assert done.state == State.FINISHED
    assert leases.lease("C1").lanes == []
    assert leases.lease("C2").turn == leases.lease(desk.world.sender.id).turn == 0
    gone = {"unknown_sender": 15} if change == "taken_away" else {}
    assert desk.report(made) == Report(planned=25, sent=25 - sum(gone.values()), excluded=gone)


def test_a_chain_that_ended_is_not_handed_on_again_by_who_joins_later(desk: Desk) -> None:
    """Line 4: no turn followed to say so, so the lease does."""
    slow(desk)
    first, pieces = let_go(desk, 5)
    desk.handle(pieces[0][0])
    desk.run()
    desk.clock.advance(hours=1)
    second, others = let_go(desk, 5)
    assert {one.broadcast_id for one, _ in others} == {second.id}
    assert desk.fresh(first).finished_at is not None
    assert desk.clock.now() - timedelta(hours=1) >= desk.fresh(first).created_at
