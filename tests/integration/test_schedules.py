"""Broadcasts ahead of time, through EventBridge Scheduler."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.integration.queues import Queues
from tests.integration.scene import Scene, new_phone

GROUP = "assent-local"


def schedules_of(scene: Scene, broadcast: str) -> list[str]:
    """Return the names of a broadcast's schedules."""
    pages = scene.stack.client("scheduler").get_paginator("list_schedules")
    found = pages.paginate(GroupName=GROUP, NamePrefix=broadcast)
    return [one["Name"] for page in found for one in page["Schedules"]]


def schedule(scene: Scene, broadcast: str, ahead: timedelta) -> None:
    at = (datetime.now(UTC) + ahead).isoformat()
    scene.api("POST", f"/broadcasts/{broadcast}/schedule", body={"at": at})


def test_a_scheduled_broadcast_is_sent_once_and_its_schedule_is_gone(scene: Scene) -> None:
    """B2, B6: given another time, only the last one counts; afterwards no schedule is left."""
    number = new_phone()
    group, _ = scene.group_of(f"Ahead {number[-4:]}", number)
    text = f"Harbor Alerts: ahead of time {number[-4:]}."
    broadcast = scene.draft(group, text)
    schedule(scene, broadcast, timedelta(hours=1))
    (first,) = schedules_of(scene, broadcast)
    found = scene.stack.client("scheduler").get_schedule(Name=first, GroupName=GROUP)
    assert found["ActionAfterCompletion"] == "DELETE"
    assert found["Target"]["Arn"].endswith(":assent-local-plans")
    assert found["ScheduleExpressionTimezone"] == "UTC"
    schedule(scene, broadcast, timedelta(seconds=20))
    assert first not in schedules_of(scene, broadcast)
    shown = scene.finished(broadcast)
    assert (shown["state"], shown["report"]["sent"]) == ("finished", 1)
    scene.until("the schedule to be gone", lambda: not schedules_of(scene, broadcast))
    # The same command once more, as Scheduler may send it.
    Queues(scene.stack).send("plans", found["Target"]["Input"])
    settle(scene)
    assert scene.received(number).count(text) == 1


def test_a_broadcast_cancelled_before_its_time_is_not_sent(scene: Scene) -> None:
    """B2: no schedule is left, and a command that was on its way already sends nothing."""
    number = new_phone()
    group, _ = scene.group_of(f"Cancelled {number[-4:]}", number)
    text = f"Harbor Alerts: never {number[-4:]}."
    broadcast = scene.draft(group, text)
    schedule(scene, broadcast, timedelta(hours=1))
    (name,) = schedules_of(scene, broadcast)
    found = scene.stack.client("scheduler").get_schedule(Name=name, GroupName=GROUP)
    assert scene.api("POST", f"/broadcasts/{broadcast}/cancel")["state"] == "cancelled"
    assert schedules_of(scene, broadcast) == []
    Queues(scene.stack).send("plans", found["Target"]["Input"])
    settle(scene)
    shown = scene.api("GET", f"/broadcasts/{broadcast}")
    assert (shown["state"], shown["report"]["sent"]) == ("cancelled", 0)
    assert text not in scene.received(number)
    scene.api("POST", f"/broadcasts/{broadcast}/schedule", body={"at": None}, expect=409)


def test_what_a_broadcast_that_is_over_left_behind_is_deleted_by_the_daily_check(
    scene: Scene,
) -> None:
    """B2: as the stack's own schedule orders it; that of a broadcast to come stays."""
    client = scene.stack.client("scheduler")
    group = scene.api("GET", "/groups")["items"][0]["id"]
    over = scene.draft(group, "Harbor Alerts: over.")
    to_come = scene.draft(group, "Harbor Alerts: to come.")
    for one in (over, to_come):
        schedule(scene, one, timedelta(hours=1))
    (name,) = schedules_of(scene, over)
    found = client.get_schedule(Name=name, GroupName=GROUP)
    scene.api("POST", f"/broadcasts/{over}/cancel")
    kept = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    client.create_schedule(**{field: found[field] for field in kept})
    daily = client.get_schedule(Name="assent-local-check-schedules", GroupName=GROUP)
    assert daily["ScheduleExpression"].startswith("cron(")
    Queues(scene.stack).send("plans", daily["Target"]["Input"])
    scene.until("the schedule to be gone", lambda: not schedules_of(scene, over))
    assert len(schedules_of(scene, to_come)) == 1
    scene.api("POST", f"/broadcasts/{to_come}/cancel")


def test_a_schedule_that_somebody_deleted_is_made_again_by_the_hourly_check(scene: Scene) -> None:
    """B2: as the stack's own schedule orders it."""
    client = scene.stack.client("scheduler")
    group = scene.api("GET", "/groups")["items"][0]["id"]
    broadcast = scene.draft(group, "Harbor Alerts: missed.")
    schedule(scene, broadcast, timedelta(hours=1))
    (name,) = schedules_of(scene, broadcast)
    before = client.get_schedule(Name=name, GroupName=GROUP)
    client.delete_schedule(Name=name, GroupName=GROUP)
    hourly = client.get_schedule(Name="assent-local-check-due", GroupName=GROUP)
    Queues(scene.stack).send("plans", hourly["Target"]["Input"])
    scene.until("the schedule to be there", lambda: schedules_of(scene, broadcast))
    after = client.get_schedule(Name=name, GroupName=GROUP)
    for what in ("ScheduleExpression", "Target", "ActionAfterCompletion"):
        assert after[what] == before[what]
    scene.api("POST", f"/broadcasts/{broadcast}/cancel")


def settle(scene: Scene) -> None:
    """Wait until plans and chunks have been worked through."""
    queues = Queues(scene.stack)
    scene.until(
        "plans and chunks to be done", lambda: not {"plans", "chunks"} & queues.busy().keys()
    )


def test_a_time_that_cannot_be_is_refused(scene: Scene) -> None:
    """B2: without a zone, in the past, or years ahead: the field is named."""
    group = scene.api("GET", "/groups")["items"][0]["id"]
    broadcast = scene.draft(group, "Harbor Alerts: at no time.")
    now = datetime.now(UTC)
    for at in (
        now.replace(tzinfo=None).isoformat(),
        (now - timedelta(days=1)).isoformat(),
        (now + timedelta(days=1000)).isoformat(),
        "tomorrow",
    ):
        refused = scene.api(
            "POST", f"/broadcasts/{broadcast}/schedule", body={"at": at}, expect=422
        )
        assert refused["errors"][0]["field"] == "at"
    assert scene.api("GET", f"/broadcasts/{broadcast}")["state"] == "draft"
    assert schedules_of(scene, broadcast) == []
