"""One-off schedules with EventBridge Scheduler, which sends the plan command when time has come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol

import boto3

from assent.broadcasts.schedules import store
from assent.broadcasts.schedules.store import Due
from assent.platform.queues import Command
from assent.platform.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_scheduler.type_defs import (
        CreateScheduleInputTypeDef,
        ListSchedulesInputTypeDef,
    )

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")


class Schedules(Protocol):
    """What the service needs of a scheduler."""

    def put(self, broadcast_id: str, run: str, command: Command, at: datetime) -> None:
        """Have a command sent at a moment, by a name; doing it again changes nothing."""
        ...

    def remove(self, broadcast_id: str, run: str) -> None:
        """Drop the schedule of a run; one that is gone already is fine."""
        ...


@cache
def _client() -> "EventBridgeSchedulerClient":
    return boto3.client("scheduler")


def name_of(broadcast_id: str, run: str) -> str:
    """Return the name of a run's schedule.

    Each run has its own, so that giving a broadcast another time never leaves it without one:
    the new schedule stands before the old one goes.
    """
    return f"{broadcast_id}-{_NOT_IN_NAMES.sub('', run)}"


@dataclass(frozen=True)
class NotedSchedules:
    """Schedules that are noted before they are made, so that a missing one is found (`missing`)."""

    schedules: Schedules

    def put(self, broadcast_id: str, run: str, command: Command, at: datetime) -> None:
        """Note and make a schedule; doing it again changes nothing."""
        name = name_of(broadcast_id, run)
        store.put_due(Due(name, broadcast_id, run, at, command.model_dump_json()))
        self.schedules.put(broadcast_id, run, command, at)

    def remove(self, broadcast_id: str, run: str) -> None:
        """Drop a schedule; the note goes when its time has passed and nobody waits for it."""
        self.schedules.remove(broadcast_id, run)


class SchedulerSchedules:
    """Schedules in the deployment's own group."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def put(self, broadcast_id: str, run: str, command: Command, at: datetime) -> None:
        """Create the schedule, or bring one of the same name up to date."""
        wanted: CreateScheduleInputTypeDef = {
            "Name": name_of(broadcast_id, run),
            "GroupName": self._settings.schedule_group,
            "ScheduleExpression": f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            # Otherwise spent schedules pile up against the account's quota.
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self._settings.plans_queue_arn,
                "RoleArn": self._settings.scheduler_role_arn,
                "Input": command.model_dump_json(),
                "DeadLetterConfig": {"Arn": self._settings.scheduler_dead_letters_arn},
            },
        }
        client = _client()
        try:
            client.create_schedule(**wanted)
        except client.exceptions.ConflictException:
            client.update_schedule(**wanted)

    def remove(self, broadcast_id: str, run: str) -> None:
        """Delete the schedule."""
        self.delete(name_of(broadcast_id, run))

    def kept(self) -> Iterator[tuple[str, str]]:
        """Walk all schedules of the group: each one's name, and the command that it sends."""
        page = ""
        while True:
            names, page = self.page(page)
            for name in names:
                yield name, self.sent(name) or ""
            if not page:
                return

    def page(self, page: str) -> tuple[list[str], str]:
        """List some names of schedules, and how the next page is called; empty for none."""
        wanted: ListSchedulesInputTypeDef = {
            "GroupName": self._settings.schedule_group,
            "MaxResults": 100,
        }
        if page:
            wanted["NextToken"] = page
        found = _client().list_schedules(**wanted)
        return [one["Name"] for one in found["Schedules"]], found.get("NextToken", "")

    def sent(self, name: str) -> str | None:
        """Return the command that a schedule sends, as text; nothing when it is gone."""
        client = _client()
        try:
            found = client.get_schedule(Name=name, GroupName=self._settings.schedule_group)
        except client.exceptions.ResourceNotFoundException:
            return None
        return found["Target"].get("Input", "")

    def delete(self, name: str) -> None:
        """Delete a schedule by its name; one that is gone already is fine."""
        client = _client()
        try:
            client.delete_schedule(Name=name, GroupName=self._settings.schedule_group)
        except client.exceptions.ResourceNotFoundException:
            return
