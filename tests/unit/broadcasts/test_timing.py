"""Quiet hours, caps and local times: what holds a copy back, and until when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assent.broadcasts import timing
from assent.broadcasts.local_times import latest, next_turn
from assent.broadcasts.model import Broadcast, Otherwise, Recurrence, State
from assent.broadcasts.timing import Hold
from assent.consent.hours import Whereabouts, whereabouts
from assent.consent.model import Channel
from assent.platform.wall_time import instant

NEW_YORK, FLORIDA, TOLL_FREE = "+12125550101", "+13055550101", "+18885550101"
MONDAY = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


def broadcast(
    quiet_hours: Otherwise = Otherwise.DEFER,
    caps: Otherwise = Otherwise.DEFER,
    local_at: str = "",
) -> Broadcast:
    return Broadcast(
        id="bc_1",
        account_id="ac_1",
        name="Hours",
        channel=Channel.SMS,
        sender_id="sn_1",
        groups=["gr_1"],
        minus_groups=[],
        template="x",
        quiet_hours=quiet_hours,
        caps=caps,
        local_at=local_at,
        state=State.RUNNING,
        created_by="Olga",
        created_at=MONDAY,
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def held(
    phone: str, at: datetime, sent: list[datetime] | None = None, zone: str = ""
) -> timing.Wait | None:
    return timing.wait(broadcast(), whereabouts(phone, zone), at, sent or [])


@pytest.mark.parametrize(
    ("phone", "at", "until"),
    [
        # 10:00 in New York.
        (NEW_YORK, "2026-01-05T15:00", None),
        # 07:59 and 08:00 there, where the federal hours hold.
        (NEW_YORK, "2026-01-05T12:59", "2026-01-05T13:00"),
        (NEW_YORK, "2026-01-05T13:00", None),
        # 20:59 and 21:00.
        (NEW_YORK, "2026-01-06T01:59", None),
        (NEW_YORK, "2026-01-06T02:00", "2026-01-06T13:00"),
        # Florida ends at 20:00.
        (FLORIDA, "2026-01-06T01:00", "2026-01-06T13:00"),
        # A toll-free number could be anywhere: it is 09:00 in Guam and 19:30 in Newfoundland.
        (TOLL_FREE, "2026-01-05T15:00", "2026-01-05T23:00"),
        (TOLL_FREE, "2026-01-05T23:20", None),
        (TOLL_FREE, "2026-01-05T23:30", "2026-01-06T23:00"),
    ],
)
def test_hours_are_those_of_every_place_where_the_contact_may_be(
    phone: str, at: str, until: str | None
) -> None:
    """B4."""
    found = held(phone, utc(at))
    assert (found.until if found else None) == (utc(until) if until else None)
    assert found is None or found.hold == Hold.QUIET_HOURS


def test_a_contacts_own_zone_is_the_only_one_it_may_be_in() -> None:
    """B4: a toll-free number of somebody in Chicago, at 10:00 there."""
    assert held(TOLL_FREE, utc("2026-01-05T16:00"), zone="America/Chicago") is None
    assert held(TOLL_FREE, utc("2026-01-05T14:59"), zone="America/Chicago") is not None


def test_the_hours_follow_the_clocks_when_they_change() -> None:
    """B4: eight o'clock is an hour earlier in UTC from 2026-03-08 on."""
    before, after = held(NEW_YORK, utc("2026-03-07T12:30")), held(NEW_YORK, utc("2026-03-08T11:30"))
    assert before is not None
    assert before.until == utc("2026-03-07T13:00")
    assert after is not None
    assert after.until == utc("2026-03-08T12:00")


def test_an_exempt_broadcast_waits_for_no_hour_and_no_cap() -> None:
    exempt = broadcast(Otherwise.EXEMPT, Otherwise.EXEMPT)
    where = whereabouts(FLORIDA)
    night = utc("2026-01-06T05:00")
    assert timing.wait(exempt, where, night, [night] * 5) is None


def test_the_fourth_in_a_day_waits_until_the_first_is_a_day_old() -> None:
    """B4: three in 24 hours in Florida; in New York there is no cap."""
    now = utc("2026-01-05T20:00")
    sent = [now - timedelta(hours=hours) for hours in (23, 5, 2)]
    found = held(FLORIDA, now, sent)
    assert found is not None
    assert (found.hold, found.until) == (Hold.CAP_REACHED, now + timedelta(hours=1))
    assert found.evidence["cap"] == "3 in 24 h"
    assert held(FLORIDA, now, sent[:2]) is None
    assert held(FLORIDA, now, [now - timedelta(hours=25), *sent[:2]]) is None
    assert held(NEW_YORK, now, sent) is None


def test_a_place_that_never_opens_is_never_waited_for() -> None:
    """Two zones twelve hours apart have no hour in common."""
    nowhere = Whereabouts("elsewhere", ("Asia/Singapore", "America/Puerto_Rico"))
    found = timing.wait(broadcast(), nowhere, MONDAY, [])
    assert found is not None
    assert found.until is None


def test_a_local_time_is_waited_for_where_the_contact_is() -> None:
    """B2: ten o'clock comes to Los Angeles three hours after New York."""
    at_ten = broadcast(local_at="2026-01-05T10:00")
    assert timing.wait(at_ten, whereabouts(NEW_YORK), MONDAY, []) is None
    found = timing.wait(at_ten, whereabouts("+12135550101"), MONDAY, [])
    assert found is not None
    assert (found.hold, found.until) == (Hold.LOCAL_TIME, MONDAY + timedelta(hours=3))


def test_whoever_waits_is_woken_in_a_quarter_of_an_hour_not_one_by_one() -> None:
    night = timing.Wait(Hold.QUIET_HOURS, None, {})
    assert timing.slot(night, utc("2026-01-05T13:07"), MONDAY) == utc("2026-01-05T15:15")
    assert timing.slot(night, utc("2026-01-05T16:00"), MONDAY) == utc("2026-01-05T16:00")
    assert timing.slot(night, utc("2026-01-05T16:01"), MONDAY) == utc("2026-01-05T16:15")
    local = timing.Wait(Hold.LOCAL_TIME, None, {})
    assert timing.slot(local, utc("2026-01-05T16:01"), MONDAY) == utc("2026-01-05T16:01")


@pytest.mark.parametrize(
    ("wall", "zone", "moment"),
    [
        ("2026-01-05T10:00", "America/New_York", "2026-01-05T15:00"),
        # Skipped when clocks go forward: the next minute there is.
        ("2026-03-08T02:30", "America/New_York", "2026-03-08T07:00"),
        # Comes twice when they go back: the first.
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"),
        # Half an hour, on Lord Howe Island.
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30"),
        # A day that Samoa left out.
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_a_wall_time_is_a_moment_also_where_it_is_skipped_or_comes_twice(
    wall: str, zone: str, moment: str
) -> None:
    """B2."""
    assert instant(datetime.fromisoformat(wall), zone) == utc(moment)


def test_in_several_zones_the_last_clock_counts() -> None:
    """B2: nobody gets it before its time."""
    wall = datetime(2026, 1, 5, 10, 0)  # noqa: DTZ001 -- a wall time
    zones = ("America/New_York", "America/Chicago")
    assert latest(wall, zones) == utc("2026-01-05T16:00")


def test_turns_come_on_their_weekdays_at_their_time_through_the_year() -> None:
    """B2: each Monday and Friday at 09:00 in New York, summer and winter."""
    recurrence = Recurrence(time="09:00", weekdays=[0, 4])
    at, zone = utc("2026-01-01T00:00"), ZoneInfo("America/New_York")
    turns = []
    for _ in range(104):
        at = next_turn(recurrence, "America/New_York", at)
        turns.append(at.astimezone(zone))
    assert {(turn.weekday(), turn.hour, turn.minute) for turn in turns} == {(0, 9, 0), (4, 9, 0)}
    assert turns == sorted(set(turns))
    assert turns[-1].date().isoformat() == "2026-12-28"


def test_a_turn_at_a_time_that_is_skipped_is_taken_all_the_same() -> None:
    """B2."""
    daily = Recurrence(time="02:30")
    found = next_turn(daily, "America/New_York", utc("2026-03-08T00:00"))
    assert found == utc("2026-03-08T07:00")
    assert next_turn(daily, "America/New_York", found) == utc("2026-03-09T06:30")
