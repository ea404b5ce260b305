"""Planning: who is a recipient, who is not and why."""

from typing import Any

import pytest

from assent.broadcasts import plan
from assent.broadcasts.exclusions import store as exclusions
from assent.broadcasts.model import PlanBroadcast, State
from assent.broadcasts.plans import store
from assent.broadcasts.plans.model import planned_key
from assent.broadcasts.results import Report
from assent.consent.model import Channel, Standing
from tests.calls import recorded
from tests.fakes import ANN, BOB
from tests.unit.broadcasts.desk import AMPLE, Desk


def test_only_subscribed_members_are_taken_with_no_manual_filter(desk: Desk) -> None:
    """S6, B3: each exclusion is counted, and the sum is the audience."""
    group = desk.world.group()
    ann = desk.person(group)
    desk.person(group, standing=Standing.NONE)
    desk.person(group, standing=Standing.PENDING)
    done = desk.send(group)
    assert [sent.phone for sent in desk.world.provider.sent] == [ann.phone]
    assert desk.report(done) == Report(planned=3, sent=1, excluded={"no_consent": 2})


def test_out_of_sms_is_not_reached_by_sms_and_out_of_voice_is(desk: Desk) -> None:
    """S6: A is out of SMS, B out of voice, both in the group: the SMS broadcast reaches B only."""
    desk.world.member(ANN)
    desk.world.member(BOB)
    desk.world.text("STOP", ANN)
    desk.world.provider.sent.clear()
    done = desk.send(desk.world.group())
    assert [sent.phone for sent in desk.world.provider.sent] == [BOB]
    assert desk.report(done) == Report(planned=2, sent=1, excluded={"hard_opt_out": 1})


def test_a_lead_in_the_opt_in_queue_is_in_no_audience(desk: Desk) -> None:
    """Q8: whatever groups there are, a queued contact is in none of them."""
    desk.world.member(BOB)
    desk.world.queued(ANN)
    desk.world.provider.sent.clear()
    done = desk.send(desk.world.group())
    assert [sent.phone for sent in desk.world.provider.sent] == [BOB]
    assert desk.report(done).planned == 1


def test_who_is_in_two_chosen_groups_is_taken_once(desk: Desk) -> None:
    """B6."""
    news, offers = desk.world.group("News"), desk.world.group("Offers")
    both, one = desk.person(news, offers), desk.person(offers)
    done = desk.send(news, offers)
    assert sorted(s.phone for s in desk.world.provider.sent) == sorted([both.phone, one.phone])
    assert desk.report(done) == Report(planned=2, sent=2)


def test_members_of_a_minus_group_are_left_out_and_counted(desk: Desk) -> None:
    """B1, B3."""
    news, staff = desk.world.group("News"), desk.world.group("Staff")
    desk.person(news)
    desk.person(news, staff)
    desk.person(staff)
    done = desk.send(news, minus=(staff,))
    assert desk.report(done) == Report(planned=2, sent=1, excluded={"minus_group": 1})


def test_who_agreed_again_but_is_not_back_in_the_group_is_named(desk: Desk) -> None:
    """O10: groups are not refilled by a START."""
    group = desk.world.group()
    desk.person(group, channels=frozenset({Channel.VOICE}))
    done = desk.send(group)
    assert desk.report(done) == Report(planned=1, excluded={"not_back_in_group": 1})


def test_an_empty_audience_finishes_at_once_with_zeros(desk: Desk) -> None:
    done = desk.send(desk.world.group())
    assert done.state == State.FINISHED
    assert done.finished_at is not None
    assert desk.report(done) == Report()


def test_a_plan_that_is_redelivered_after_the_end_does_nothing(desk: Desk) -> None:
    """B6."""
    group = desk.world.group()
    desk.person(group)
    done = desk.send(group)
    again = PlanBroadcast(account_id=done.account_id, broadcast_id=done.id, run=done.run)
    before = desk.report(done)
    assert desk.handle(again) == "already_finished"
    assert desk.queue.sent == []
    assert desk.report(done) == before


def test_a_plan_hands_itself_on_before_its_time_is_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CHUNK", 2)
    group = desk.world.group()
    for _ in range(5):
        desk.person(group)
    started = desk.start(group)
    [command] = desk.queue.take(PlanBroadcast)
    left = iter([plan.RESERVE, plan.RESERVE - 1])
    assert desk.handle(command, lambda: next(left)) == "continued"
    assert desk.fresh(started).state == State.PLANNING
    assert desk.queue.take(PlanBroadcast) == [command]
    assert desk.handle(command) == "planned"
    desk.run()
    assert desk.fresh(started).state == State.FINISHED
    assert desk.report(started) == Report(planned=5, sent=5)
    assert len(desk.world.provider.sent) == 5


def test_two_plans_at_once_take_each_member_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: one overtakes the other in the midst of a step; the slower goes on from there."""
    monkeypatch.setattr(plan, "CHUNK", 2)
    group = desk.world.group()
    for _ in range(5):
        desk.person(group)
    started = desk.start(group)
    [command] = desk.queue.take(PlanBroadcast)
    keep = exclusions.put_excluded
    ended = []

    def overtaken(*given: Any) -> None:  # noqa: ANN401 -- passed on as they come
        monkeypatch.setattr(exclusions, "put_excluded", keep)
        left = iter([AMPLE, 0])
        ended.append(desk.handle(command, lambda: next(left)))
        keep(*given)

    monkeypatch.setattr(exclusions, "put_excluded", overtaken)
    ended.append(desk.handle(command))
    assert ended == ["continued", "planned"]
    desk.run()
    assert len(desk.world.provider.sent) == 5
    assert desk.report(started) == Report(planned=5, sent=5)
    assert desk.fresh(started).state == State.FINISHED


def test_a_cancelled_plan_stops_and_its_chunks_end_so_that_the_sum_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5, B3."""
    monkeypatch.setattr(plan, "CHUNK", 2)
    group = desk.world.group()
    for _ in range(6):
        desk.person(group)
    started = desk.start(group)
    [command] = desk.queue.take(PlanBroadcast)
    left = iter([plan.RESERVE, plan.RESERVE, plan.RESERVE - 1])
    desk.handle(command, lambda: next(left))
    desk.service.cancel(started.account_id, started.id)
    desk.run()
    assert desk.world.provider.sent == []
    assert desk.report(started) == Report(planned=4, excluded={"cancelled": 4})


def test_without_its_sender_a_broadcast_fails_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = desk.start(desk.world.group())
    monkeypatch.setattr("assent.accounts.store.is_shared_with", lambda *_: False)
    desk.clock.advance(seconds=11)  # configuration is held for ten seconds
    desk.world.clock.advance(seconds=11)  # configuration is kept for ten seconds
    assert desk.run()[0] == "failed"
    failed = desk.fresh(started)
    assert failed.state == State.FAILED
    assert "sender" in failed.reason


def test_chunks_hold_no_phone_numbers(desk: Desk) -> None:
    """The number is read when it is needed, so a corrected one is used and none is copied."""
    group = desk.world.group()
    ann = desk.person(group)
    done = desk.send(group)
    chunk = store.chunk(done.id, planned_key(0))
    assert chunk is not None
    assert chunk.members == [ann.id]
    kept = store.ChunkRecord.get(f"{done.id}#chunks", planned_key(0))
    assert ann.phone not in str(kept.attribute_values)


def test_those_whom_memberships_do_not_clear_are_looked_up_together(desk: Desk) -> None:
    """S6, B3: a group of people who opted out costs a plan two calls by the hundred."""
    group = desk.world.group()
    for _ in range(12):
        desk.person(group, standing=Standing.NONE)
    draft = desk.draft(group)
    desk.begin(draft)
    [(command, _)] = desk.queue.sent
    with recorded() as calls:
        desk.handle(command)
    # The groups' home senders, the opt-out records, the consent records.
    assert calls.count(("dynamodb", "BatchGetItem")) == 3
    assert desk.report(draft).excluded == {"no_consent": 12}
