"""Schedules as EventBridge Scheduler has them."""

import re
from datetime import UTC, datetime, timedelta, timezone

import boto3
import pytest

from assent.broadcasts.__main__ import main
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import Event, PlanBroadcast
from assent.broadcasts.schedules.scheduler import SchedulerSchedules, name_of
from assent.platform.clock import stamp
from assent.platform.ids import new_id
from assent.platform.settings import Settings
from tests.unit.broadcasts.desk import Desk

AT = datetime(2026, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=-4)))
ID = new_id("bc", AT)
COMMAND = PlanBroadcast(account_id="ac_1", broadcast_id=ID, run=stamp(AT))


def test_names_fit_what_the_scheduler_allows() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name_of(ID, stamp(AT)))


def test_a_schedule_is_in_utc_deletes_itself_and_carries_the_command(aws: Settings) -> None:
    """B2."""
    client = boto3.client("scheduler")
    client.create_schedule_group(Name=aws.schedule_group)
    SchedulerSchedules(aws).put(ID, COMMAND.run, COMMAND, AT)
    kept = client.get_schedule(Name=name_of(ID, COMMAND.run), GroupName=aws.schedule_group)
    assert kept["ScheduleExpression"] == "at(2026-07-01T13:30:00)"
    assert kept["ScheduleExpressionTimezone"] == "UTC"
    assert kept["ActionAfterCompletion"] == "DELETE"
    assert kept["Target"]["Arn"] == aws.plans_queue_arn
    assert kept["Target"]["RoleArn"] == aws.scheduler_role_arn
    assert kept["Target"]["DeadLetterConfig"] == {"Arn": aws.scheduler_dead_letters_arn}
    assert PlanBroadcast.model_validate_json(kept["Target"]["Input"]) == COMMAND


def test_making_a_schedule_again_brings_it_up_to_date(aws: Settings) -> None:
    client = boto3.client("scheduler")
    client.create_schedule_group(Name=aws.schedule_group)
    schedules = SchedulerSchedules(aws)
    schedules.put(ID, COMMAND.run, COMMAND, AT)
    schedules.put(ID, COMMAND.run, COMMAND, datetime(2026, 7, 2, tzinfo=UTC))
    kept = client.get_schedule(Name=name_of(ID, COMMAND.run), GroupName=aws.schedule_group)
    assert kept["ScheduleExpression"] == "at(2026-07-02T00:00:00)"


def test_removing_a_schedule_that_is_gone_is_fine(aws: Settings) -> None:
    client = boto3.client("scheduler")
    client.create_schedule_group(Name=aws.schedule_group)
    schedules = SchedulerSchedules(aws)
    schedules.put(ID, COMMAND.run, COMMAND, AT)
    schedules.remove(ID, COMMAND.run)
    schedules.remove(ID, COMMAND.run)
    assert client.list_schedules(GroupName=aws.schedule_group)["Schedules"] == []


def test_schedules_that_belong_to_nothing_are_named_and_deleted(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """B2: whatever a process that ended left behind."""
    names = desk.world.settings
    boto3.client("scheduler").create_schedule_group(Name=names.schedule_group)
    schedules = SchedulerSchedules(names)
    desk.service.schedules = schedules
    later = desk.clock.now() + timedelta(hours=2)
    waiting, cancelled = desk.draft(desk.world.group()), desk.draft(desk.world.group())
    kept = desk.begin(waiting, at=later)
    desk.begin(cancelled, at=later)
    definitions.advance(desk.fresh(cancelled), Event.CANCELLED)
    schedules.put(ID, COMMAND.run, COMMAND, later)
    old = PlanBroadcast(account_id=kept.account_id, broadcast_id=kept.id, run="old")
    schedules.put(kept.id, "old", old, later)
    assert main([]) == 1
    told = capsys.readouterr().out
    assert "its broadcast is cancelled" in told
    assert "there is no such broadcast" in told
    assert "another time" in told
    assert main(["--delete"]) == 0
    assert [name for name, _ in schedules.kept()] == [name_of(kept.id, kept.run)]
    assert main([]) == 0
