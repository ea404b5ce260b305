"""The daily check of schedules: those of broadcasts that are over are deleted, and no others."""

from dataclasses import dataclass, field
from datetime import timedelta

import boto3
import pytest

from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import (
    Broadcast,
    CheckDue,
    CheckSchedules,
    Event,
    PlanBroadcast,
    WakeSlot,
)
from assent.broadcasts.schedules import orphans
from assent.broadcasts.schedules.orphans import OrphanCheck
from assent.broadcasts.schedules.scheduler import SchedulerSchedules, name_of
from assent.platform.clock import stamp
from assent.platform.queues import Outbox
from tests.unit.broadcasts.desk import Desk, ample

FIRST = CheckSchedules(page="")


@dataclass
class Pages:
    """Schedules in pages of two; which of them are gone when they are looked at."""

    kept: dict[str, str]
    gone: set[str] = field(default_factory=set)

    def page(self, page: str) -> tuple[list[str], str]:
        names = sorted(self.kept)[int(page or 0) :]
        return names[:2], str(int(page or 0) + 2) if len(names) > 2 else ""

    def sent(self, name: str) -> str | None:
        return None if name in self.gone else self.kept[name]

    def delete(self, name: str) -> None:
        self.gone.add(name)


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    monkeypatch.setattr(orphans, "count", lambda name, value: found.append((name, value)))
    return found


def plan(made: Broadcast) -> str:
    return PlanBroadcast(
        account_id=made.account_id, broadcast_id=made.id, run=made.run
    ).model_dump_json()


def wake(made: Broadcast, desk: Desk) -> str:
    slot = stamp(desk.clock.now())
    return WakeSlot(account_id=made.account_id, broadcast_id=made.id, slot=slot).model_dump_json()


def test_schedules_of_what_is_over_or_gone_are_deleted_and_others_stay(
    desk: Desk, counted: list[tuple[str, float]]
) -> None:
    """B2: whatever a process that ended left behind, and never what somebody still waits for."""
    group = desk.world.group()
    done = desk.send(group)
    later = desk.clock.now() + timedelta(hours=2)
    waiting = desk.begin(desk.draft(group), at=later)
    cancelled = desk.begin(desk.draft(group), at=later)
    definitions.advance(cancelled, Event.CANCELLED)
    draft = desk.service.unschedule(waiting.account_id, desk.begin(desk.draft(group), at=later).id)
    gone = waiting.model_copy(update={"id": "bc_gone"})
    other_time = waiting.model_copy(update={"run": "old"})
    pages = Pages(
        {
            "a-cancelled": plan(cancelled),
            "b-done": wake(done, desk),
            "c-gone": plan(gone),
            "d-draft": plan(draft),
            "e-waiting": plan(waiting),
            "f-other-time": plan(other_time),
            "g-itself": FIRST.model_dump_json(),
            "g-other-check": CheckDue(due="").model_dump_json(),
            "h-nonsense": "{}",
        }
    )
    check = OrphanCheck(pages, Outbox())
    assert check.run(FIRST, ample) == "checked_3_deleted"
    assert pages.gone == {"a-cancelled", "b-done", "c-gone"}
    assert counted == [("OrphanedSchedules", 3)]
    assert check.run(FIRST, ample) == "checked_0_deleted"
    assert len(counted) == 1


def test_a_check_that_runs_out_of_time_goes_on_with_its_page(desk: Desk) -> None:
    """B2: it is handed on, and what was looked at twice is deleted once."""
    missing = PlanBroadcast(account_id="ac_1", broadcast_id="bc_1", run="x").model_dump_json()
    pages, queue = Pages({f"{at}": missing for at in range(5)}), Outbox()
    check = OrphanCheck(pages, queue)
    left = iter([30_000, 30_000, 30_000, 0])
    assert check.run(FIRST, left.__next__) == "continued_3_deleted"
    [(handed, _)] = queue.sent
    assert handed == CheckSchedules(page="2")
    assert isinstance(handed, CheckSchedules)
    assert check.run(handed, ample) == "checked_2_deleted"
    assert pages.gone == set(pages.kept)


def test_it_goes_through_the_group_of_the_stage_and_deletes_there(desk: Desk) -> None:
    """B2: with EventBridge Scheduler, page by page."""
    names = desk.world.settings
    boto3.client("scheduler").create_schedule_group(Name=names.schedule_group)
    schedules = SchedulerSchedules(names)
    desk.service.schedules = schedules
    group = desk.world.group()
    later = desk.clock.now() + timedelta(hours=2)
    waiting = desk.begin(desk.draft(group), at=later)
    cancelled = desk.begin(desk.draft(group), at=later)
    definitions.advance(cancelled, Event.CANCELLED)
    assert OrphanCheck(schedules, Outbox()).run(FIRST, ample) == "checked_1_deleted"
    assert [name for name, _ in schedules.kept()] == [name_of(waiting.id, waiting.run)]
    assert schedules.sent("nothing") is None
