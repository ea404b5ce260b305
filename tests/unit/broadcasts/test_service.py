"""Making, scheduling and cancelling broadcasts."""

from datetime import datetime, timedelta

import pytest

from assent.broadcasts.model import NewBroadcast, PlanBroadcast, State
from assent.broadcasts.service import Schedule
from assent.platform.clock import stamp
from assent.platform.errors import Conflict, Invalid, NotFound
from tests.unit.broadcasts.desk import TEXT, Desk


def test_everything_wrong_with_a_draft_is_named_in_one_answer(desk: Desk) -> None:
    wanted = NewBroadcast(
        name=" ", channel="fax", sender_id="sn_1", groups=["gr_x"], template="{{ phone }}"
    )
    with pytest.raises(Invalid) as refused:
        desk.drafts.create(desk.world.a, wanted, by="Olga")
    assert {(f.field, f.code) for f in refused.value.fields} == {
        ("name", "length"),
        ("channel", "unknown_channel"),
        ("groups", "unknown_group"),
        ("template", "unknown_variable"),
        ("sender_id", "unknown_sender"),
    }


def test_another_accounts_group_is_unknown(desk: Desk) -> None:
    group = desk.world.group()
    wanted = NewBroadcast(name="x", groups=[group.id], template=TEXT)
    with pytest.raises(Invalid):
        desk.drafts.create(desk.world.b, wanted, by="Olga")


def test_another_account_finds_nothing(desk: Desk) -> None:
    made = desk.draft(desk.world.group())
    with pytest.raises(NotFound):
        desk.service.get(desk.world.b.id, made.id)
    with pytest.raises(NotFound):
        desk.service.schedule(desk.world.b, made.id, Schedule())


def test_broadcasts_are_listed_newest_first_a_page_at_a_time(desk: Desk) -> None:
    group = desk.world.group()
    made = []
    for _ in range(3):
        desk.clock.advance(seconds=1)
        made.append(desk.draft(group))
    first = desk.service.listed(desk.world.a.id, None, 2)
    assert [b.id for b in first] == [made[2].id, made[1].id]
    assert desk.service.listed(desk.world.a.id, first[-1].id, 2) == [made[0]]


def test_now_goes_to_the_planner_at_once(desk: Desk) -> None:
    """B2."""
    started = desk.start(desk.world.group())
    assert started.state == State.SCHEDULED
    [command] = desk.queue.take(PlanBroadcast)
    assert command.run == started.run


def test_now_is_scheduled_as_well_so_that_a_lost_command_is_made_good(desk: Desk) -> None:
    """B2: the process may die between the table and the queue."""
    started = desk.start(desk.world.group())
    [command] = desk.queue.take(PlanBroadcast)
    [(at, again)] = desk.calendar.kept.values()
    assert again == command
    assert at == desk.clock.now() + timedelta(seconds=60)
    assert desk.handle(again) == "planned"
    assert desk.handle(command) == "already_finished"
    assert desk.fresh(started).state == State.FINISHED


def test_a_time_makes_a_schedule_and_nothing_else(desk: Desk) -> None:
    """B2."""
    made = desk.draft(desk.world.group())
    at = desk.clock.now() + timedelta(hours=2)
    scheduled = desk.service.schedule(desk.world.a, made.id, Schedule(at=at))
    assert scheduled.schedule_at == at
    assert [when for when, _ in desk.calendar.kept.values()] == [at]
    assert desk.queue.sent == []


def test_another_time_replaces_the_first_and_the_old_command_does_nothing(desk: Desk) -> None:
    """B2: edit before it runs."""
    made = desk.draft(desk.world.group())
    now = desk.clock.now()
    desk.service.schedule(desk.world.a, made.id, Schedule(at=now + timedelta(hours=1)))
    [(_, old)] = desk.calendar.kept.values()
    desk.service.schedule(desk.world.a, made.id, Schedule(at=now + timedelta(hours=2)))
    [(at, new)] = desk.calendar.kept.values()
    assert at == now + timedelta(hours=2)
    assert desk.handle(old) == "outdated"
    assert desk.handle(new) == "planned"


def test_a_minute_late_is_now_and_more_is_refused(desk: Desk) -> None:
    made = desk.draft(desk.world.group())
    now = desk.clock.now()
    with pytest.raises(Invalid) as refused:
        desk.service.schedule(desk.world.a, made.id, Schedule(at=now - timedelta(seconds=61)))
    assert refused.value.fields[0].code == "in_the_past"
    late = desk.service.schedule(desk.world.a, made.id, Schedule(at=now - timedelta(seconds=59)))
    assert late.schedule_at == now
    assert desk.queue.take(PlanBroadcast)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (datetime(2027, 2, 5, tzinfo=None), "no_zone"),  # noqa: DTZ001 -- that is the mistake
        (datetime.fromisoformat("2027-02-05T00:00:00+00:00"), "too_far"),
    ],
)
def test_a_time_without_zone_or_too_far_away_is_refused(
    desk: Desk, at: datetime, code: str
) -> None:
    made = desk.draft(desk.world.group())
    with pytest.raises(Invalid) as refused:
        desk.service.schedule(desk.world.a, made.id, Schedule(at=at))
    assert refused.value.fields[0].code == code


def test_a_finished_broadcast_cannot_be_scheduled_or_cancelled(desk: Desk) -> None:
    done = desk.send(desk.world.group())
    with pytest.raises(Conflict, match="finished already"):
        desk.service.schedule(desk.world.a, done.id, Schedule())
    with pytest.raises(Conflict, match="finished already"):
        desk.service.cancel(done.account_id, done.id)


def test_cancelling_before_the_start_removes_the_schedule_and_sends_nothing(desk: Desk) -> None:
    """B2: cancel before it runs."""
    group = desk.world.group()
    desk.person(group)
    made = desk.draft(group)
    at = desk.clock.now() + timedelta(hours=1)
    desk.service.schedule(desk.world.a, made.id, Schedule(at=at))
    cancelled = desk.service.cancel(made.account_id, made.id)
    assert cancelled.state == State.CANCELLED
    assert desk.calendar.kept == {}
    late = PlanBroadcast(account_id=made.account_id, broadcast_id=made.id, run=stamp(at))
    assert desk.handle(late) == "already_cancelled"
    assert desk.world.provider.sent == []


def test_cancelling_twice_is_cancelling_once(desk: Desk) -> None:
    made = desk.draft(desk.world.group())
    first = desk.service.cancel(made.account_id, made.id)
    assert desk.service.cancel(made.account_id, made.id) == first
