"""Sending a chunk: each recipient once, and what becomes of those that cannot be sent."""

from collections import Counter
from collections.abc import Callable

import pytest
from pynamodb.exceptions import GetError

from assent.broadcasts import fanout
from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import Broadcast, PlanBroadcast, SendChunk, State
from assent.broadcasts.outcomes import store
from assent.broadcasts.results import Report
from assent.broadcasts.text import fill_in
from assent.consent.model import Standing
from assent.contacts import reassigned
from assent.contacts import store as contacts
from assent.contacts.model import Contact
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Credentials, Outgoing, Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from assent.platform.errors import NotFound
from assent.sms import templates
from tests.calls import recorded, throttled_tables
from tests.fakes import ANN, BOB
from tests.unit.broadcasts.desk import Desk

BUSY = Refused("20429", CAUSES["30008"], retry=True)


def planned(desk: Desk, people: int = 1) -> tuple[Broadcast, list[Contact], SendChunk]:
    """Plan a broadcast to some people in one chunk, which nobody has sent yet."""
    group = desk.world.group()
    found = [desk.person(group) for _ in range(people)]
    started = desk.start(group)
    [chunk] = desk.chunks()
    return started, found, chunk


def on_send(desk: Desk, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something at each call of the provider, before it takes the message."""
    take = desk.world.provider.send

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        act()
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)


def crash(desk: Desk, chunk: SendChunk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a worker end when it has sent, and before it wrote down what it did."""
    with monkeypatch.context() as broken:
        broken.setattr(store, "settle", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.handle(chunk)
    desk.clock.advance(minutes=4)  # a chunk is kept for who has it for three


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

    crash(desk, chunk, monkeypatch)
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
    crash(desk, chunk, monkeypatch)
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
    monkeypatch.setattr(fanout, "SLICE", 2)
    started, _, chunk = planned(desk, 5)
    left = iter([fanout.RESERVE] * 2)
    assert desk.handle(chunk, lambda: next(left, 0)) == "continued"
    assert len(desk.world.provider.sent) == 4
    assert desk.run()[0] == "ended"
    assert len(desk.world.provider.sent) == 5
    assert desk.report(started) == Report(planned=5, sent=5)


def test_cancelling_stops_a_running_chunk_at_the_next_ten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: what is out is out; the rest is counted as cancelled."""
    started, _, chunk = planned(desk, 25)
    on_send(desk, monkeypatch, lambda: desk.service.cancel(started.account_id, started.id))
    assert desk.handle(chunk) == "cancelled"
    assert len(desk.world.provider.sent) == 10
    assert desk.report(started) == Report(planned=25, sent=10, excluded={"cancelled": 15})
    assert desk.fresh(started).state == State.CANCELLED


def test_what_a_crash_left_unrecorded_is_unknown_also_after_a_cancellation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: the worker died before it recorded its ten; the claims tell what happened."""
    started, [ann, _], chunk = planned(desk, 2)
    crash(desk, chunk, monkeypatch)
    desk.service.cancel(started.account_id, started.id)
    desk.handle(chunk)
    assert desk.report(started) == Report(planned=2, unknown=2)
    desk.handle(desk.receipt_for(started, ann, MessageState.DELIVERED))
    assert desk.report(started) == Report(planned=2, sent=1, delivered=1, unknown=1)


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
    assert why(done.account_id, done.id, nobody.id, desk.clock).evidence["variable"] == "first_name"


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
    first, second = desk.chunks()
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
    assert desk.handle(stray) == "no_broadcast"
    stray = chunk.model_copy(update={"chunk": "p999999"})
    assert desk.handle(stray) == "no_chunk"


def test_whose_consent_ended_after_the_plan_is_left_out(desk: Desk) -> None:
    """S6, C11: a number that belongs to somebody else now is not texted."""
    contact = desk.world.member()
    started = desk.start(desk.world.group())
    [chunk] = desk.chunks()
    reassigned.reassign(desk.world.a, contact.id, "user", "Olga", desk.clock)
    desk.world.provider.sent.clear()
    desk.handle(chunk)
    assert desk.world.provider.sent == []
    assert desk.report(started) == Report(planned=1, excluded={"no_consent": 1})
    answer = why(started.account_id, started.id, contact.id, desk.clock)
    assert (answer.reason, answer.evidence["standing"]) == ("no_consent", "none")


def test_ten_copies_cost_one_call_to_claim_and_one_to_read(desk: Desk) -> None:
    """Line 2: claim, then read, then send; what became of ten is written together."""
    group = desk.world.group()
    desk.people(group, 10)
    desk.start(group)
    [chunk] = desk.chunks()
    with recorded() as calls:
        desk.handle(chunk)
    operations = Counter(operation for _, operation in calls)
    # The claims, in one call; the chunk is taken and given back once, and the broadcast finished.
    assert operations["BatchExecuteStatement"] == 1
    assert operations["PutItem"] == 0
    assert operations["UpdateItem"] == 2
    assert operations["TransactWriteItems"] == 1
    # The broadcast (twice, and once for its end), the chunk; sender, share.
    assert operations["GetItem"] <= 6
    # Contacts, and what stands against them.
    assert operations["BatchGetItem"] == 2


def test_two_workers_at_one_chunk_do_not_get_in_each_others_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: the second leaves it to the first, and nobody becomes unknown for that."""
    started, _, chunk = planned(desk, 3)
    outcomes: list[str] = []

    def meanwhile() -> None:
        if not outcomes:
            outcomes.append(desk.handle(chunk))

    on_send(desk, monkeypatch, meanwhile)
    outcomes.append(desk.handle(chunk))
    assert outcomes == ["taken", "ended"]
    desk.run()
    assert desk.report(started) == Report(planned=3, sent=3)


def test_who_took_too_long_writes_nothing_over_its_successor(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: its lease has run out; what it sent in vain to write down stays claimed."""
    started, _, chunk = planned(desk, 2)

    def late() -> None:
        if len(desk.world.provider.sent) == 1:
            desk.clock.advance(minutes=4)
            desk.handle(chunk)

    on_send(desk, monkeypatch, late)
    with pytest.raises(store.Overtaken):
        desk.handle(chunk)
    assert len(desk.world.provider.sent) == 2
    report = desk.report(started)
    assert (report.planned, report.sent + report.unknown) == (2, 2)
    assert desk.handle(chunk) == "ended"


def test_a_line_that_takes_no_texts_is_marked_and_not_tried_again(desk: Desk) -> None:
    """Q2: the provider knows for sure; the next broadcast says so and costs nothing."""
    group = desk.world.group()
    ann, bob = desk.person(group), desk.person(group)
    refused = Refused("21614", CAUSES["21614"], retry=False)
    unsure = Refused("30006", CAUSES["30006"], retry=False)
    desk.world.provider.fails = {ann.phone: refused, bob.phone: unsure}
    first = desk.send(group)
    assert desk.report(first) == Report(planned=2, failed=2)
    desk.world.provider.fails.clear()
    second = desk.send(group)
    assert [sent.phone for sent in desk.world.provider.sent] == [bob.phone]
    assert desk.report(second) == Report(planned=2, sent=1, excluded={"not_textable": 1})
    assert why(second.account_id, second.id, ann.id, desk.clock).reason == "not_textable"
    late = desk.receipt_for(second, bob, MessageState.FAILED, "21614")
    assert desk.handle(late) == "failed"
    assert desk.report(desk.send(group)).excluded == {"not_textable": 2}


@pytest.mark.parametrize("claimed", [False, True])
def test_a_recipient_that_cannot_be_handled_holds_nobody_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, claimed: bool
) -> None:
    """B6: odd before the claim it is left out, after it nobody knows whether it went out."""
    started, [ann, bob, cat], chunk = planned(desk, 3)
    if claimed:
        desk.world.provider.fails[bob.phone] = KeyError("odd")
    else:

        def odd(template: templates.Template, contact: Contact) -> str:
            return str(1 / 0) if contact.id == bob.id else fill_in(template, contact)

        monkeypatch.setattr("assent.broadcasts.gates.fill_in", odd)
    assert desk.handle(chunk) == "ended"
    assert {sent.phone for sent in desk.world.provider.sent} == {ann.phone, cat.phone}
    expected = {"unknown": 1} if claimed else {"excluded": {"other": 1}}
    assert desk.report(started) == Report.model_validate({"planned": 3, "sent": 2, **expected})


def test_a_table_that_does_not_answer_is_no_fault_of_a_recipient(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raising means: try again."""
    started, _, chunk = planned(desk, 2)
    with throttled_tables(), pytest.raises(GetError):
        desk.handle(chunk)
    assert desk.handle(chunk) == "ended"
    assert desk.report(started) == Report(planned=2, sent=2)


def test_a_number_that_waits_for_a_decision_is_held_and_named(desk: Desk) -> None:
    """K7, S7: from the moment it wrote, also when it was planned before."""
    contact = desk.world.member()
    started = desk.start(desk.world.group())
    [chunk] = desk.chunks()
    desk.world.text("stop harbor")
    desk.world.provider.sent.clear()
    desk.handle(chunk)
    assert desk.world.provider.sent == []
    assert desk.report(started) == Report(planned=1, excluded={"needs_decision": 1})
    answer = why(started.account_id, started.id, contact.id, desk.clock)
    assert (answer.reason, answer.evidence["kind"]) == ("needs_decision", "held")


def test_a_sender_that_is_taken_away_while_it_runs_sends_nothing_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the rest is told so, and the broadcast ends."""
    started, _, chunk = planned(desk, 3)
    monkeypatch.setattr("assent.accounts.store.is_shared_with", lambda *_: False)
    desk.clock.advance(seconds=11)  # configuration is held for ten seconds
    assert desk.handle(chunk) == "ended"
    assert desk.world.provider.sent == []
    assert desk.report(started) == Report(planned=3, excluded={"unknown_sender": 3})
    assert desk.fresh(started).state == State.FINISHED


def test_nobody_at_all_or_nobody_left_ends_at_once(desk: Desk) -> None:
    """B3: an empty audience, and one in which all are excluded."""
    empty, out = desk.world.group("Empty"), desk.world.group("Out")
    for _ in range(3):
        desk.person(out, standing=Standing.NONE)
    assert desk.report(desk.send(empty)) == Report()
    done = desk.send(out)
    assert done.state == State.FINISHED
    assert desk.report(done) == Report(planned=3, excluded={"no_consent": 3})
