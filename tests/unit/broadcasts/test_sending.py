"""Sending a chunk: each recipient once, and what becomes of those that cannot be sent."""

from collections.abc import Callable

import pytest

from assent.broadcasts import fanout, model, store
from assent.broadcasts.model import Broadcast, PlanBroadcast, Report, SendChunk, State
from assent.broadcasts.why import why
from assent.contacts import store as contacts
from assent.contacts.model import Contact
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Credentials, Outgoing, Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from assent.platform.errors import NotFound
from tests.fakes import ANN, BOB
from tests.unit.broadcasts.desk import Desk

BUSY = Refused("20429", CAUSES["30008"], retry=True)


def planned(desk: Desk, people: int = 1) -> tuple[Broadcast, list[Contact], SendChunk]:
    """Plan a broadcast to some people in one chunk, which nobody has sent yet."""
    group = desk.world.group()
    found = [desk.person(group) for _ in range(people)]
    started = desk.start(group)
    [command] = desk.queue.take(PlanBroadcast)
    desk.handle(command)
    [chunk] = desk.queue.take(SendChunk)
    return started, found, chunk


def on_send(desk: Desk, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something at each call of the provider, before it takes the message."""
    take = desk.world.provider.send

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        act()
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)


def test_each_text_is_filled_in_for_its_contact(desk: Desk) -> None:
    """B1."""
    group = desk.world.group()
    ann, nobody = desk.person(group), desk.person(group, first_name="")
    desk.send(group)
    assert desk.world.provider.texts_to(ann.phone) == ["Harbor Alerts: hello Ann."]
    assert desk.world.provider.texts_to(nobody.phone) == ["Harbor Alerts: hello friend."]


def test_a_chunk_that_is_redelivered_is_sent_once(desk: Desk) -> None:
    """B6."""
    started, _, chunk = planned(desk, 3)
    assert [desk.handle(chunk) for _ in range(3)] == ["ended"] * 3
    assert len(desk.world.provider.sent) == 3
    assert desk.report(started) == Report(planned=3, sent=3)


def test_a_stop_after_planning_is_seen_just_before_sending(desk: Desk) -> None:
    """S6, B8: the read after the claim finds it, and the report says why."""
    desk.world.member(ANN)
    desk.world.member(BOB)
    started = desk.start(desk.world.group())
    [command] = desk.queue.take(PlanBroadcast)
    desk.handle(command)
    desk.world.text("STOP", ANN)
    desk.world.provider.sent.clear()
    desk.run()
    assert [sent.phone for sent in desk.world.provider.sent] == [BOB]
    assert desk.report(started) == Report(planned=2, sent=1, excluded={"hard_opt_out": 1})


def test_an_unanswered_send_is_unknown_and_never_repeated(desk: Desk) -> None:
    """B6."""
    started, [ann], chunk = planned(desk)
    desk.world.provider.fails[ann.phone] = Unanswered("timeout")
    desk.handle(chunk)
    del desk.world.provider.fails[ann.phone]
    desk.handle(chunk)
    assert desk.world.provider.sent == []
    assert desk.report(started) == Report(planned=1, unknown=1)


def test_a_receipt_for_an_unknown_send_settles_it(desk: Desk) -> None:
    """B6, B5: it was taken after all."""
    started, [ann], chunk = planned(desk)
    desk.world.provider.fails[ann.phone] = Unanswered("timeout")
    desk.handle(chunk)
    desk.handle(desk.receipt_for(started, ann, MessageState.DELIVERED))
    assert desk.report(started) == Report(planned=1, sent=1, delivered=1)


def test_a_receipt_that_comes_before_an_unknown_outcome_is_kept_counts_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: the worker died after the provider took the message; the receipt was faster."""
    started, [ann], chunk = planned(desk)

    def die(*_: object, **__: object) -> None:
        raise RuntimeError("died")

    with monkeypatch.context() as broken:
        broken.setattr(desk.world.dispatcher, "_finish", die)
        with pytest.raises(RuntimeError):
            desk.handle(chunk)
    desk.handle(desk.receipt_for(started, ann, MessageState.DELIVERED))
    desk.handle(chunk)
    assert len(desk.world.provider.sent) == 1
    assert desk.report(started) == Report(planned=1, sent=1, delivered=1)


def test_receipts_are_counted_once_each_in_any_order(desk: Desk) -> None:
    """B5: delivered is a part of sent; a failure is the carrier's last word."""
    started, [ann, bob], chunk = planned(desk, 2)
    desk.handle(chunk)
    delivered = desk.receipt_for(started, ann, MessageState.DELIVERED)
    for receipt in (
        delivered,
        desk.receipt_for(started, ann, MessageState.SENT),
        delivered,
        desk.receipt_for(started, bob, MessageState.DELIVERED),
        desk.receipt_for(started, bob, MessageState.FAILED, "30003"),
        desk.receipt_for(started, bob, MessageState.FAILED, "30003"),
    ):
        desk.handle(receipt)
    assert desk.report(started) == Report(planned=2, sent=1, delivered=1, failed=1)


def test_a_failure_receipt_during_the_chunk_is_counted_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: the repeated chunk finds the message failed, and the receipt has counted that."""
    started, [ann], chunk = planned(desk)
    with monkeypatch.context() as broken:
        broken.setattr(store, "put_slice", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.handle(chunk)
    desk.handle(desk.receipt_for(started, ann, MessageState.FAILED, "30003"))
    desk.handle(chunk)
    assert desk.report(started) == Report(planned=1, failed=1)


def test_a_refused_message_is_failed_and_the_others_go_on(desk: Desk) -> None:
    started, [ann, bob], chunk = planned(desk, 2)
    desk.world.provider.fails[ann.phone] = Refused("21211", CAUSES["21211"], retry=False)
    desk.handle(chunk)
    assert [sent.phone for sent in desk.world.provider.sent] == [bob.phone]
    assert desk.report(started) == Report(planned=2, sent=1, failed=1)


def test_a_busy_provider_delays_its_recipient_and_nobody_else(desk: Desk) -> None:
    """B6, B7: nothing was sent, so it is tried later, longer and longer."""
    started, [ann, bob], chunk = planned(desk, 2)
    desk.world.provider.fails[ann.phone] = BUSY
    assert desk.handle(chunk) == "busy"
    assert [sent.phone for sent in desk.world.provider.sent] == [bob.phone]
    [(again, delay)] = desk.queue.sent
    assert delay == 15
    desk.queue.sent.clear()
    assert desk.handle(again) == "busy"
    [(last, delay)] = desk.queue.sent
    assert delay == 30
    desk.world.provider.fails.clear()
    desk.queue.sent.clear()
    assert desk.handle(last) == "ended"
    assert len(desk.world.provider.sent) == 2
    assert desk.report(started) == Report(planned=2, sent=2)


def test_a_chunk_hands_itself_on_before_its_time_is_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "SLICE", 2)
    started, _, chunk = planned(desk, 5)
    left = iter([fanout.RESERVE] * 3)
    assert desk.handle(chunk, lambda: next(left, 0)) == "continued"
    assert len(desk.world.provider.sent) == 3
    assert desk.run() == ["ended"]
    assert len(desk.world.provider.sent) == 5
    assert desk.report(started) == Report(planned=5, sent=5)


def test_cancelling_stops_a_running_chunk_at_the_next_ten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: what is out is out; the rest is counted as cancelled."""
    started, _, chunk = planned(desk, 25)
    on_send(desk, monkeypatch, lambda: desk.service.cancel(started.account_id, started.id))
    assert desk.handle(chunk) == "ended"
    assert len(desk.world.provider.sent) == 10
    assert desk.report(started) == Report(planned=25, sent=10, excluded={"cancelled": 15})
    assert desk.fresh(started).state == State.CANCELLED


def test_a_message_that_went_out_before_the_cancellation_counts_as_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: the worker died before it recorded its ten; the claims tell what happened."""
    started, _, chunk = planned(desk, 2)
    with monkeypatch.context() as broken:
        broken.setattr(store, "put_slice", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.handle(chunk)
    desk.service.cancel(started.account_id, started.id)
    desk.handle(chunk)
    assert desk.report(started) == Report(planned=2, sent=2)


def test_a_contact_that_is_gone_is_left_out(desk: Desk) -> None:
    started, [ann, _], chunk = planned(desk, 2)
    contacts.ContactRecord(*contacts.contact_key(ann.account_id, ann.id)).delete()
    desk.handle(chunk)
    assert desk.report(started) == Report(planned=2, sent=1, excluded={"contact_gone": 1})


def test_a_contact_for_whom_the_text_cannot_be_filled_in_is_left_out(desk: Desk) -> None:
    """B1, S7: nobody gets "Hello ,"."""
    group = desk.world.group()
    nobody = desk.person(group, first_name="")
    desk.person(group)
    done = desk.send(group, text="Harbor Alerts: hello {{ first_name }}.")
    assert desk.report(done) == Report(planned=2, sent=1, excluded={"no_text": 1})
    assert why(done.account_id, done.id, nobody.id).evidence["variable"] == "first_name"


def test_an_account_without_provider_fails_its_messages_and_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, _, chunk = planned(desk, 2)

    def missing(*_: object) -> None:
        raise NotFound("no_provider", "This account has no provider.")

    monkeypatch.setattr("assent.messaging.dispatch.credentials", missing)
    assert desk.handle(chunk) == "ended"
    assert desk.report(started) == Report(planned=2, failed=2)


def test_the_last_chunk_finishes_the_broadcast_and_only_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: whichever chunk is last, and however often it ends."""
    monkeypatch.setattr("assent.broadcasts.plan.CHUNK", 2)
    group = desk.world.group()
    for _ in range(4):
        desk.person(group)
    started = desk.start(group)
    [command] = desk.queue.take(PlanBroadcast)
    desk.handle(command)
    first, second = desk.queue.take(SendChunk)
    desk.clock.advance(minutes=1)
    desk.handle(second)
    assert desk.fresh(started).state == State.RUNNING
    desk.handle(first)
    done = desk.fresh(started)
    assert done.state == State.FINISHED
    desk.clock.advance(hours=1)
    desk.handle(second)
    assert desk.fresh(started) == done


def test_a_chunk_of_nothing_known_is_dropped(desk: Desk) -> None:
    _, _, chunk = planned(desk)
    stray = chunk.model_copy(update={"broadcast_id": "bc_other"})
    assert desk.handle(stray) == "no_chunk"
