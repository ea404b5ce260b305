"""The dry run: who at once, who later and why, who not, until when it takes and what it costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from assent.accounts import store as accounts
from assent.broadcasts import dry_run, forecast
from assent.broadcasts.dry_run import DryRun, Waiting
from assent.broadcasts.forecast import Pace, ends_at
from assent.broadcasts.model import Broadcast
from assent.broadcasts.pacing import store as pacing
from assent.broadcasts.pacing.model import Lease
from assent.broadcasts.results import Report
from assent.broadcasts.service import Asked, Schedule
from assent.broadcasts.timing import Hold
from assent.contacts import store as contacts
from assent.messaging import store as messages
from assent.platform.errors import Invalid
from assent.sms.numbers import LineType
from tests.unit.broadcasts.desk import Desk

EVENING = datetime(2026, 1, 6, 3, 0, tzinfo=UTC)  # 22:00 in New York, 19:00 in Los Angeles
NOON = datetime(2026, 1, 6, 17, 0, tzinfo=UTC)
EAST, WEST, FLORIDA = "+12125550101", "+12135550101", "+13055550101"


def asked(
    desk: Desk,
    made: Broadcast,
    schedule: Schedule | None = None,
    cursor: str | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> DryRun:
    """Ask, and see that the figures add up."""
    asked = Asked(cursor=cursor, schedule=schedule)
    found = desk.service.dry_run(desk.world.a, made, asked, go_on)
    waiting = sum(one.recipients for one in found.waiting)
    assert found.to_be_sent == found.at_once + waiting
    assert found.total == found.to_be_sent + sum(found.excluded.values())
    return found


def written(desk: Desk, quiet_hours: str = "defer", caps: str = "defer") -> Broadcast:
    wanted = desk.wanted(desk.world.group(), quiet_hours=quiet_hours, caps=caps)
    return desk.drafts.create(desk.world.a, wanted, by="Olga")


def test_by_day_all_go_at_once(desk: Desk) -> None:
    """B3."""
    for _ in range(2):
        desk.person(desk.world.group())
    found = asked(desk, written(desk))
    assert (found.complete, found.total, found.at_once, found.waiting) == (True, 2, 2, [])
    assert found.begins_at == desk.clock.now()


def test_at_night_it_says_who_waits_until_when_there(desk: Desk) -> None:
    """B3, B4: by the rules of the place, in UTC and as clocks show it there."""
    desk.clock.at = EVENING
    for phone in (EAST, "+12125550102", WEST):
        desk.person(desk.world.group(), phone=phone)
    found = asked(desk, written(desk))
    assert found.at_once == 1
    assert found.waiting == [
        Waiting(reason=Hold.QUIET_HOURS, at=EVENING.replace(hour=13), local="08:00", recipients=2)
    ]


def test_who_would_be_dropped_is_excluded_before_anything_is_sent(desk: Desk) -> None:
    """B3, B4: the same counts as in the report afterwards."""
    desk.clock.at = EVENING
    for phone in (EAST, WEST):
        desk.person(desk.world.group(), phone=phone)
    made = written(desk, quiet_hours="drop")
    found = asked(desk, made)
    assert (found.excluded, found.at_once) == ({"quiet_hours": 1}, 1)
    desk.begin(made)
    desk.run()
    assert desk.report(made) == Report(planned=2, sent=1, excluded=found.excluded)


def test_it_may_be_asked_for_another_time_than_now(desk: Desk) -> None:
    """B3, B2: in the composer, before there is a schedule."""
    desk.person(desk.world.group(), phone=EAST)
    made = written(desk)
    found = asked(desk, made, Schedule(at=EVENING))
    assert [one.reason for one in found.waiting] == [Hold.QUIET_HOURS]
    assert found.begins_at == EVENING
    with pytest.raises(Invalid, match="time"):
        asked(desk, made, Schedule(at=desk.clock.now() - timedelta(days=1)))


def test_a_scheduled_broadcast_is_looked_at_as_of_its_time(desk: Desk) -> None:
    """B3, B2."""
    desk.person(desk.world.group(), phone=EAST)
    made = desk.begin(written(desk), at=EVENING)
    assert asked(desk, made).waiting[0].at == EVENING.replace(hour=13)
    draft = desk.service.unschedule(made.account_id, made.id)
    assert asked(desk, draft).at_once == 1


@pytest.mark.parametrize(
    ("wall", "reason", "local"),
    [
        ("2026-01-07T10:00", Hold.LOCAL_TIME, "10:00"),
        ("2026-01-07T06:30", Hold.QUIET_HOURS, "08:00"),
    ],
)
def test_each_waits_for_its_own_time_or_for_the_hours_after_it(
    desk: Desk, wall: str, reason: Hold, local: str
) -> None:
    """B2, B4: a recipient's local time before eight is warned of."""
    for phone in (EAST, WEST):
        desk.person(desk.world.group(), phone=phone)
    found = asked(desk, written(desk), Schedule(wall=wall, recipient_local=True))
    assert {(one.reason, one.local) for one in found.waiting} == {(reason, local)}
    east, west = [one.at for one in found.waiting]
    assert east is not None
    assert west is not None
    assert west - east == timedelta(hours=3)


def test_the_cap_of_a_place_is_counted(desk: Desk) -> None:
    """B3, B4: three in 24 hours in Florida, then it waits, or is dropped."""
    group = desk.world.group()
    desk.person(group, phone=FLORIDA)
    desk.person(group, phone=EAST)
    for _ in range(3):
        desk.send(group)
    [one] = asked(desk, written(desk)).waiting
    assert (one.reason, one.local, one.recipients) == (Hold.CAP_REACHED, "", 1)
    assert asked(desk, written(desk, caps="drop")).excluded == {"cap_reached": 1}


def test_nobody_is_looked_up_for_a_cap_that_too_few_broadcasts_could_reach(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: so that a dry run of a million reads each contact once."""
    group = desk.world.group()
    for at in range(4):
        desk.person(group, phone=f"+1305555010{at}")
    for _ in range(2):
        desk.send(group)
    looked: list[str] = []

    def look(thread: str, *_: object) -> list[datetime]:
        looked.append(thread)
        return []

    monkeypatch.setattr(messages, "recently_sent", look)
    asked(desk, written(desk))
    assert looked == []
    desk.send(group)
    looked.clear()
    asked(desk, written(desk))
    assert len(set(looked)) == len(looked) == 4


def test_a_landline_and_a_text_that_lacks_something_are_left_out(desk: Desk) -> None:
    """B3, B1: the gates of the send."""
    group = desk.world.group()
    line, _ = desk.person(group), desk.person(group, first_name="")
    contacts.set_line_type(line.account_id, line.id, LineType.fixed_line)
    made = desk.draft(group, text="Harbor Alerts: hello {{ first_name }}.")
    assert asked(desk, made).excluded == {"not_textable": 1, "no_text": 1}


def test_in_pieces_it_comes_to_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: however large the audience is, it answers in time, and goes on from the cursor."""
    monkeypatch.setattr(dry_run, "_AT_ONCE", 2)
    desk.clock.at = EVENING
    group = desk.world.group()
    for at in range(7):
        desk.person(group, phone=f"+1{'212' if at % 2 else '213'}555010{at}")
    made = written(desk)
    whole = asked(desk, made)
    cursor, totals = None, []
    while True:
        left = iter([True, False])
        part = asked(desk, made, cursor=cursor, go_on=left.__next__)
        desk.clock.advance(minutes=90)  # it is asked on after a while
        totals.append(part.total)
        cursor = part.cursor
        if part.complete:
            break
    assert totals == [2, 4, 6, 7]
    assert part == whole


@pytest.mark.parametrize("cursor", ["nonsense", "e30"])
def test_a_cursor_of_another_hand_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        asked(desk, written(desk), cursor=cursor)


def test_a_cursor_that_is_out_of_date_is_refused(desk: Desk) -> None:
    for _ in range(2):
        desk.person(desk.world.group())
    made = written(desk)
    cursor = asked(desk, made, go_on=lambda: False).cursor
    desk.clock.advance(days=3)
    with pytest.raises(Invalid, match="long ago"):
        asked(desk, made, cursor=cursor)


def test_moments_that_are_too_many_are_counted_without_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: the cursor stays small, and the sum exact."""
    monkeypatch.setattr(dry_run, "_MOST_WAITS", 1)
    desk.clock.at = EVENING + timedelta(hours=4)
    for phone in (EAST, "+12125550102", WEST, "+13125550101"):
        desk.person(desk.world.group(), phone=phone)
    found = asked(desk, written(desk))
    assert [(one.at is None, one.recipients) for one in found.waiting] in (
        [(False, 2), (True, 2)],
        [(False, 1), (True, 3)],
    )


START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)  # 07:00 where carriers' days begin


@pytest.mark.parametrize(
    ("work", "pace", "end"),
    [
        ([], Pace(1.0), START),
        ([(START, 90)], Pace(1.5), START + timedelta(minutes=1)),
        # The second part is due later than the first is done, and the third while it is sent.
        (
            [(START, 60), (START + timedelta(hours=1), 60), (START + timedelta(hours=1), 60)],
            Pace(1.0),
            START + timedelta(hours=1, minutes=2),
        ),
        # 100 a day from midnight Pacific, of which 40 are used: 60, then 100, then 20.
        (
            [(START, 180)],
            Pace(1.0, daily_cap=100, used_today=40),
            datetime(2026, 1, 7, 8, 0, 20, tzinfo=UTC),
        ),
        ([(START, 10**9)], Pace(1.0), None),
        ([(START, 10**9)], Pace(1.0, daily_cap=10), None),
        ([(START, 10**400)], Pace(1.0), None),
    ],
)
def test_the_end_follows_from_rate_and_daily_cap(
    work: list[tuple[datetime, int]], pace: Pace, end: datetime | None
) -> None:
    """B7, B3."""
    assert ends_at(START, work, pace) == end


def test_what_the_day_has_used_is_not_there_any_more(desk: Desk) -> None:
    """B7: other broadcasts of the sender had their part of today."""
    sender = desk.world.sender.model_copy(update={"daily_cap": 10})
    accounts.replace_sender(sender)
    for _ in range(3):
        desk.person(desk.world.group())
    made = written(desk)
    assert asked(desk, made).ends_at == desk.clock.now() + timedelta(seconds=3)
    today = Lease(pace=sender.id, turn=1, day="2026-01-05", used=9, returned=1)
    pacing.replace(Lease(pace=sender.id), today)
    assert asked(desk, made).ends_at == datetime(2026, 1, 6, 8, 0, 1, tzinfo=UTC)


def test_the_cost_is_of_the_segments_that_each_really_gets(desk: Desk) -> None:
    """B1, B3: a long name makes a longer text, and a number abroad has no known price."""
    group = desk.world.group()
    desk.person(group)
    desk.person(group, first_name="Ann" * 60)
    desk.person(group, phone="+442079460123")
    found = asked(desk, written(desk))
    assert found.messages == 4
    assert found.cost is not None
    assert (found.cost.micros, found.cost.priced, found.cost.unpriced) == (3 * 12_800, 3, 1)


def test_rounds_end_where_nothing_ever_opens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """B4: it says when it would be looked at again, and does not go on for ever."""
    monkeypatch.setattr(forecast, "_ROUNDS", 1)
    desk.clock.at = EVENING
    desk.person(desk.world.group(), phone=EAST)
    found = asked(desk, written(desk))
    assert (found.at_once, len(found.waiting), found.messages) == (0, 1, 1)
