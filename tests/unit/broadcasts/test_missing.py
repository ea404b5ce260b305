"""Schedules that are missing: made again while there is time, otherwise what waits goes at once."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from assent.broadcasts.model import (
    Broadcast,
    CheckDue,
    PlanBroadcast,
    State,
    WakeSlot,
)
from assent.broadcasts.schedules import missing, store
from assent.broadcasts.schedules.missing import AHEAD, LATE, SOON, MissingCheck
from assent.broadcasts.schedules.scheduler import NotedSchedules, SchedulerSchedules, name_of
from assent.platform.clock import stamp
from assent.platform.queues import Command
from tests.unit.broadcasts.desk import Desk, ample

FIRST = CheckDue(due="")
FLORIDA = "+13055550100"
MOMENT = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    monkeypatch.setattr(missing, "count", lambda name, value: found.append((name, value)))
    return found


def check(desk: Desk, command: CheckDue = FIRST) -> str:
    return MissingCheck(desk.clock, desk.calendar, desk.queue).run(command, ample)


def noted(desk: Desk) -> list[str]:
    today = desk.clock.now().date()
    days = [today + timedelta(days=at) for at in range(-2, 3)]
    return [due.name for day in days for due in store.due_on(day, "", 10)]


def waiting(desk: Desk, wait: timedelta) -> Broadcast:
    """Schedule a broadcast to one person, whose schedule is lost."""
    group = desk.world.group()
    desk.person(group)
    made = desk.begin(desk.draft(group), at=desk.clock.now() + wait)
    desk.calendar.kept.clear()
    return made


def test_a_schedule_that_is_missing_is_made_again(
    desk: Desk, counted: list[tuple[str, float]]
) -> None:
    """B2: once, with its own time and command, and somebody is told."""
    made = waiting(desk, timedelta(hours=1))
    assert check(desk) == "checked_1_missing"
    at, command = desk.calendar.kept[made.id, made.run]
    assert at == made.schedule_at
    assert command == PlanBroadcast(account_id=made.account_id, broadcast_id=made.id, run=made.run)
    assert counted == [("MissingSchedules", 1)]
    assert check(desk) == "checked_0_missing"
    desk.run()
    assert desk.fresh(made).state == State.FINISHED
    assert len(desk.world.provider.sent) == 1


def test_what_should_have_gone_off_goes_at_once(
    desk: Desk, counted: list[tuple[str, float]]
) -> None:
    """B2, B6: by the rules of the hour in which it goes; asked twice, it goes once."""
    made = waiting(desk, timedelta(hours=1))
    desk.clock.advance(hours=3)
    assert check(desk) == check(desk) == "checked_1_missing"
    desk.run()
    assert desk.fresh(made).state == State.FINISHED
    assert len(desk.world.provider.sent) == 1
    assert len(counted) == 2
    assert check(desk) == "checked_0_missing"
    assert noted(desk) == []


def test_a_turn_that_was_missed_is_taken_and_the_next_is_scheduled(desk: Desk) -> None:
    """B2: of those missed meanwhile, the first alone is made up for."""
    group = desk.world.group()
    desk.person(group)
    parent = desk.begin(desk.draft(group), recurrence={"time": "11:00"})
    desk.calendar.kept.clear()
    assert parent.schedule_at is not None
    desk.clock.at = parent.schedule_at + timedelta(days=2, hours=1)
    assert check(desk) == "checked_1_missing"
    desk.run(until=desk.clock.now() + timedelta(hours=1))
    assert len(desk.world.provider.sent) == 1
    following = desk.fresh(parent)
    assert following.state == State.SCHEDULED
    assert following.schedule_at == parent.schedule_at + timedelta(days=3)
    assert (parent.id, following.run) in desk.calendar.kept


def asleep(desk: Desk) -> tuple[Broadcast, datetime]:
    """Send a broadcast at night to somebody who is deferred to the morning; that is lost."""
    desk.clock.at = datetime(2026, 1, 6, 4, 0, tzinfo=UTC)
    group = desk.world.group()
    desk.person(group, phone=FLORIDA)
    made = desk.start(group)
    desk.run(until=desk.clock.now() + timedelta(hours=1))
    [(_, slot)] = [key for key in desk.calendar.kept if key[1].startswith("w")]
    at, _ = desk.calendar.kept[made.id, slot]
    desk.calendar.kept.clear()
    assert desk.fresh(made).state == State.FINISHING
    return made, at


def test_people_who_were_deferred_are_woken_though_their_schedule_is_gone(desk: Desk) -> None:
    """B4: made again before its time."""
    made, at = asleep(desk)
    desk.clock.at = at - timedelta(hours=1)
    assert check(desk) == "checked_1_missing"
    desk.run()
    assert desk.fresh(made).state == State.FINISHED
    assert len(desk.world.provider.sent) == 1


def test_people_whose_moment_has_passed_are_woken_at_once_and_once(desk: Desk) -> None:
    """B4, B6."""
    made, at = asleep(desk)
    desk.clock.at = at + timedelta(hours=1)
    assert check(desk) == check(desk) == "checked_1_missing"
    desk.run()
    assert desk.fresh(made).state == State.FINISHED
    assert len(desk.world.provider.sent) == 1
    assert check(desk) == "checked_0_missing"
    assert noted(desk) == []


def test_nobody_is_woken_in_a_broadcast_that_is_paused_or_over(desk: Desk) -> None:
    """B5: what is paused is looked at again when somebody has resumed it."""
    made, at = asleep(desk)
    desk.clock.at = at + timedelta(hours=1)
    desk.service.pause(made.account_id, made.id, "Olga")
    assert check(desk) == "checked_0_missing"
    desk.run()
    assert desk.world.provider.sent == []


@pytest.mark.parametrize(
    ("wait", "found"),
    [
        (AHEAD + MOMENT, 0),  # a later check sees to it
        (AHEAD, 1),
        (SOON + MOMENT, 1),
        (SOON, 0),  # it may be going off now, by the scheduler's clock
        (-LATE, 0),  # it may be on its way through the queue
        (-LATE - MOMENT, 1),
    ],
    ids=str,
)
def test_what_may_be_going_off_now_is_left_alone(desk: Desk, wait: timedelta, found: int) -> None:
    """B2: clocks differ, and queues take a moment."""
    made = waiting(desk, timedelta(days=1))
    assert made.schedule_at is not None
    desk.clock.at = made.schedule_at - wait
    assert check(desk) == f"checked_{found}_missing"


def test_what_nobody_waits_for_is_not_made_again(desk: Desk) -> None:
    """B2: a draft again, another time, cancelled, gone."""
    group = desk.world.group()
    desk.person(group)
    hour = desk.clock.now() + timedelta(hours=1)
    undone, moved, cancelled = (desk.begin(desk.draft(group), at=hour) for _ in range(3))
    desk.service.unschedule(undone.account_id, undone.id)
    desk.begin(moved, at=hour + timedelta(hours=6))
    desk.service.cancel(cancelled.account_id, cancelled.id)
    gone = PlanBroadcast(account_id=undone.account_id, broadcast_id="bc_x", run=stamp(hour))
    store.put_due(store.Due("bc_x", "bc_x", stamp(hour), hour, gone.model_dump_json()))
    desk.calendar.kept.clear()
    assert check(desk) == "checked_0_missing"
    assert desk.calendar.kept == {}
    desk.clock.at = hour + timedelta(hours=1)
    assert check(desk) == "checked_0_missing"
    assert desk.queue.sent == []
    assert noted(desk) == [name_of(moved.id, stamp(hour + timedelta(hours=6)))]


def test_a_check_that_runs_out_of_time_goes_on_where_it_was(desk: Desk) -> None:
    """B2: over several days, each schedule is looked at."""
    group = desk.world.group()
    desk.person(group)
    desk.clock.at = datetime(2026, 1, 6, 22, 50, tzinfo=UTC)
    now = desk.clock.now()
    made = [
        desk.begin(desk.draft(group), at=now + timedelta(minutes=20 * at)) for at in range(1, 6)
    ]
    desk.calendar.kept.clear()
    left = iter([30_000, 30_000, 0, 30_000, 0, 30_000, 30_000])
    following, told = FIRST, []
    for _ in range(3):
        told.append(
            MissingCheck(desk.clock, desk.calendar, desk.queue).run(following, left.__next__)
        )
        for found in desk.queue.take(CheckDue):
            following = found
    assert told == ["continued_2_missing", "continued_1_missing", "checked_2_missing"]
    assert {one for one, _ in desk.calendar.kept} == {one.id for one in made}


def test_every_schedule_is_noted_before_it_is_made(desk: Desk) -> None:
    """B2, line 4: a process that ends in between leaves a note, which nobody waits for."""

    class Dead:
        def put(self, broadcast_id: str, run: str, command: Command, at: datetime) -> None:
            raise ConnectionError

        def remove(self, broadcast_id: str, run: str) -> None:
            raise AssertionError

    desk.service.schedules = NotedSchedules(Dead())
    draft = desk.draft(desk.world.group())
    with pytest.raises(ConnectionError):
        desk.begin(draft, at=desk.clock.now() + timedelta(hours=1))
    assert len(noted(desk)) == 1
    assert desk.fresh(draft).state == State.DRAFT
    assert check(desk) == "checked_0_missing"


def test_it_is_made_again_with_the_scheduler(desk: Desk) -> None:
    """B2: in the stage's group."""
    names = desk.world.settings
    boto3.client("scheduler").create_schedule_group(Name=names.schedule_group)
    kept = SchedulerSchedules(names)
    made = waiting(desk, timedelta(hours=1))
    found = MissingCheck(desk.clock, kept, desk.queue)
    assert found.run(FIRST, ample) == "checked_1_missing"
    assert [name for name, _ in kept.kept()] == [name_of(made.id, made.run)]
    assert found.run(FIRST, ample) == "checked_0_missing"


# Clocks that differ


def test_a_slot_that_goes_off_by_a_clock_that_is_ahead_waits_in_the_queue(desk: Desk) -> None:
    """B4: a schedule of that moment would come too late, and be deleted with the one that went."""
    made, at = asleep(desk)
    desk.clock.at = at - timedelta(seconds=2)
    wake = WakeSlot(account_id=made.account_id, broadcast_id=made.id, slot=stamp(at))
    assert desk.handle(wake) == "early"
    assert desk.calendar.kept == {}
    assert desk.queue.sent == [(wake, 2)]
    desk.run()
    assert len(desk.world.provider.sent) == 1


def test_a_start_that_is_near_is_a_message_and_has_a_schedule_behind_it(desk: Desk) -> None:
    """B2: what is due in seconds could be over before the scheduler has it."""
    group = desk.world.group()
    desk.person(group)
    made = desk.begin(desk.draft(group), at=desk.clock.now() + timedelta(seconds=10))
    [(command, delay)] = desk.queue.sent
    assert isinstance(command, PlanBroadcast)
    assert delay == 10
    [(at, again)] = desk.calendar.kept.values()
    assert again == command
    assert at == desk.clock.now() + timedelta(seconds=70)
    desk.run()
    assert desk.fresh(made).state == State.FINISHED
    assert len(desk.world.provider.sent) == 1
