"""The pace of a sender, kept over all its broadcasts and workers."""

from datetime import datetime, timedelta

import pytest

from assent.accounts import store as accounts
from assent.accounts.model import Sender
from assent.broadcasts.model import Broadcast, ReleaseWork, SendChunk, State
from assent.broadcasts.pacing import store
from assent.broadcasts.pacing.model import AHEAD, Lease, day_of, horizon_of, next_day, pace_of
from assent.broadcasts.results import Report
from assent.contacts.groups.model import Group
from assent.messaging.providers.base import Credentials, Outgoing, Refused
from assent.messaging.providers.twilio import CAUSES
from tests.unit.broadcasts.desk import Desk

MINUTE = timedelta(minutes=1)


def pace(desk: Desk, rate: float, *, daily_cap: int | None = None, campaign: str = "") -> Sender:
    """Give the sender another pace."""
    sender = desk.world.sender.model_copy(
        update={"messages_per_second": rate, "daily_cap": daily_cap, "campaign": campaign}
    )
    accounts.put_sender(sender)
    desk.world.accounts.forget_sender(sender.id)
    return sender


def crowd(desk: Desk, people: int, name: str = "Crowd") -> Group:
    group = desk.world.group(name)
    desk.people(group, people)
    return group


def let_go(desk: Desk) -> list[tuple[int, int]]:
    """Take what is let go from the queue: the delay of each piece, and how far it goes."""
    found = [(delay, c.upto) for c, delay in desk.queue.sent if isinstance(c, SendChunk)]
    desk.queue.take(SendChunk)
    return found


def watched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Keep the times at which the provider gets something."""
    times: list[datetime] = []
    take = desk.world.provider.send

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        times.append(desk.clock.now())
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)
    return times


def most_in(times: list[datetime], span: timedelta) -> int:
    return max(sum(at <= other < at + span for other in times) for at in times)


def started(desk: Desk, *groups: Group) -> Broadcast:
    """Start a broadcast and plan it; nothing of it was let go yet."""
    made = desk.start(*groups)
    desk.handle(desk.queue.sent.pop(0)[0])
    return made


@pytest.mark.thorough
def test_no_more_than_a_step_is_let_go_at_once(desk: Desk) -> None:
    """B7, line 6: at five a second, 300 of 700 recipients, and the next turn in time for more."""
    pace(desk, 5)
    started(desk, crowd(desk, 700))
    [release] = desk.queue.take(ReleaseWork)
    assert desk.handle(release) == "released_1"
    assert let_go(desk) == [(0, 300)]
    [(again, delay)] = desk.queue.sent
    assert isinstance(again, ReleaseWork)
    assert delay == 55
    assert desk.handle(again) == "early"
    desk.queue.sent.clear()
    desk.clock.advance(seconds=delay)
    desk.handle(again)
    assert let_go(desk) == [(5, 300)]  # not cut for the sake of a few seconds


def test_a_slow_sender_takes_longer_steps_in_pieces_of_a_minute(desk: Desk) -> None:
    """B7: at one a second a whole chunk, since each step costs the same however few it lets go."""
    pace(desk, 1)
    started(desk, crowd(desk, 400))
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    assert let_go(desk) == [(0, 60), (60, 120), (120, 180), (180, 240), (240, 300)]
    [(_, delay)] = desk.queue.sent
    assert delay == 295


@pytest.mark.parametrize(
    ("rate", "seconds"), [(100, 60), (5, 60), (3, 100), (2, 150), (1, 300), (0.2, 300)]
)
def test_a_step_is_a_minute_or_at_a_slow_pace_up_to_five(rate: float, seconds: int) -> None:
    """Line 6: what a chunk takes, or five minutes."""
    assert horizon_of(rate) == timedelta(seconds=seconds) + AHEAD


def test_chunks_that_wait_are_no_messages(desk: Desk) -> None:
    """Line 6: nothing uses up receives, and nothing expires, while a slow sender is busy."""
    pace(desk, 0.2)
    started(desk, crowd(desk, 100))
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    assert let_go(desk) == [(n * 50, n * 10 + 10) for n in range(6)] + [(300, 61)]
    assert [type(command) for command, _ in desk.queue.sent] == [ReleaseWork]


@pytest.mark.thorough
def test_two_broadcasts_of_one_sender_share_its_rate(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7: by turns, and together no faster than one."""
    pace(desk, 1)
    times = watched(desk, monkeypatch)
    one, other = desk.start(crowd(desk, 150, "One")), desk.start(crowd(desk, 150, "Other"))
    desk.run()
    assert len(times) == 300
    assert most_in(times, MINUTE) <= 60 + 60
    assert times[-1] - times[0] >= timedelta(seconds=300 - 60)
    ends = [desk.fresh(broadcast).finished_at for broadcast in (one, other)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert abs(ends[0] - ends[1]) <= 5 * MINUTE


@pytest.mark.thorough
def test_a_days_messages_are_counted_from_the_carriers_midnight(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7: a hundred a day, and the rest after midnight in Los Angeles."""
    pace(desk, 5, daily_cap=100)
    times = watched(desk, monkeypatch)
    made = desk.drafts.create(
        desk.world.a, desk.wanted(crowd(desk, 250), quiet_hours="exempt"), by="Olga"
    )
    desk.begin(made)
    desk.run()
    by_day: dict[str, int] = {}
    for at in times:
        by_day[day_of(at)] = by_day.get(day_of(at), 0) + 1
    assert list(by_day.values()) == [100, 100, 50]
    assert desk.report(made) == Report(planned=250, sent=250)


@pytest.mark.thorough
def test_who_was_not_sent_anything_does_not_use_up_the_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7, B4: the night's deferrals leave the day's messages for the day."""
    sender = pace(desk, 5, daily_cap=100)
    times = watched(desk, monkeypatch)
    desk.clock.at = desk.clock.now().replace(hour=4)  # 23:00 in New York, the evening before
    made = desk.start(crowd(desk, 90))
    desk.run()
    assert len(times) == 90
    assert {at.hour for at in times} <= {13, 14}
    assert desk.report(made) == Report(planned=90, sent=90)
    lease = store.lease(pace_of(sender))
    assert lease.used - lease.returned == 90


def capped(desk: Desk, people: int, daily_cap: int) -> Broadcast:
    """Start a broadcast at a sender of so many a day, and send until the day is full."""
    pace(desk, 5, daily_cap=daily_cap)
    made = desk.drafts.create(
        desk.world.a, desk.wanted(crowd(desk, people), quiet_hours="exempt"), by="Olga"
    )
    desk.begin(made)
    desk.run(until=desk.clock.now() + 30 * MINUTE)
    assert len(desk.world.provider.sent) == daily_cap
    return made


def change_cap(desk: Desk, cap: int) -> None:
    """Change the daily cap as the API does; another process still remembers the old one."""
    sender = desk.world.sender.model_copy(update={"messages_per_second": 5.0, "daily_cap": cap})
    accounts.replace_sender(sender)
    desk.lanes.look_again(sender)


def test_a_daily_cap_that_is_raised_holds_at_once(desk: Desk) -> None:
    """B7: the rest of the day has room again, and no more of it than the new cap."""
    made = capped(desk, 60, 20)
    change_cap(desk, 45)
    at = desk.clock.now()
    desk.run(until=at + MINUTE)
    assert len(desk.world.provider.sent) == 45
    desk.run()
    assert desk.report(made) == Report(planned=60, sent=60)


@pytest.mark.thorough
def test_a_daily_cap_that_is_lowered_holds_at_once(desk: Desk) -> None:
    """B7: what was sent stays sent; nothing more goes out today."""
    made = capped(desk, 60, 20)
    change_cap(desk, 10)
    day = day_of(desk.clock.now())
    desk.run(until=next_day(desk.clock.now()) - MINUTE)
    assert len(desk.world.provider.sent) == 20
    lease = store.lease(pace_of(desk.world.sender))
    assert (lease.day, lease.used) == (day, 20)
    desk.run(until=next_day(desk.clock.now()) + 10 * MINUTE)
    assert len(desk.world.provider.sent) == 30
    desk.run()
    assert desk.report(made) == Report(planned=60, sent=60)


def test_what_met_a_pause_is_counted_on_the_day_on_which_it_goes_out(desk: Desk) -> None:
    """B7, B5: let go yesterday, and not sent; today it counts, and yesterday has it back."""
    sender = pace(desk, 5, daily_cap=30)
    made = started(desk, crowd(desk, 30))
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    yesterday = store.lease(sender.id)
    assert yesterday.used == 30
    desk.service.pause(made.account_id, made.id, "Olga")
    [chunk] = desk.queue.take(SendChunk)
    assert desk.handle(chunk) == "paused"
    assert desk.handle(chunk) == "paused"
    assert store.lease(sender.id).returned == 30
    desk.clock.at = next_day(desk.clock.now()) + timedelta(hours=9)
    desk.service.resume(made.account_id, made.id)
    desk.run()
    lease = store.lease(sender.id)
    assert lease.used - lease.returned == 30
    assert desk.report(made) == Report(planned=30, sent=30)


def test_segments_count_where_they_are_what_is_paid_for(desk: Desk) -> None:
    """B7: a text of two parts goes at half the rate, and half as many make a piece."""
    pace(desk, 1)
    long = "Harbor Alerts: " + "the pool is closed today. " * 8
    desk.start(crowd(desk, 100), text=long)
    desk.handle(desk.queue.sent.pop(0)[0])
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    assert let_go(desk) == [(0, 30), (60, 60), (120, 90), (180, 100)]
    assert store.lease(desk.world.sender.id).until == desk.clock.now() + timedelta(seconds=200)


def test_senders_of_a_campaign_share_a_lease(desk: Desk) -> None:
    """B7: where the carrier counts by campaign."""
    sender = pace(desk, 1, campaign="C1")
    started(desk, crowd(desk, 5))
    assert [command.pace for command in desk.queue.take(ReleaseWork)] == ["C1"]
    assert pace_of(sender) == "C1"


def test_a_turn_that_is_repeated_takes_no_other(desk: Desk) -> None:
    """B7: of two messages of one turn the second takes none, and sends for no other."""
    pace(desk, 1)
    started(desk, crowd(desk, 400))
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    assert len(let_go(desk)) == 5
    desk.queue.sent.clear()
    assert desk.handle(ReleaseWork(pace=release.pace, turn=release.turn)) == "taken"
    assert desk.queue.sent == []


def test_a_turn_that_is_delivered_twice_does_not_double_those_that_follow(desk: Desk) -> None:
    """B7: it cannot be told from one whose worker ended; what it sends for dies out."""
    pace(desk, 0.1)
    made = started(desk, crowd(desk, 70))
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    assert desk.handle(release) == "handed_on"
    assert len([one for one, _ in desk.queue.sent if isinstance(one, ReleaseWork)]) == 2
    outcomes = desk.run()
    assert outcomes.count("taken") - outcomes.count("released_1") <= 1
    assert len([one for one in outcomes if one.startswith("released")]) == 2
    assert desk.report(made) == Report(planned=70, sent=70)


@pytest.mark.parametrize("known", [False, True])
def test_what_was_let_go_and_not_sent_on_is_sent_by_whoever_comes_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    """Line 4: the worker ended in between; its own message comes back, or somebody joins."""
    sender = pace(desk, 0.2)
    made = started(desk, crowd(desk, 80))
    [release] = desk.queue.take(ReleaseWork)

    def ends(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(desk.queue, "send_all", ends)
        with pytest.raises(ConnectionError):
            desk.handle(release)
    assert desk.queue.sent == []
    desk.clock.advance(minutes=6)
    if known:
        desk.handle(release)
    else:
        desk.lanes.look_again(sender)
        [(again, _)] = desk.queue.sent
        desk.queue.sent.clear()
        desk.handle(again)
    pieces = [c.upto for c, _ in desk.queue.sent if isinstance(c, SendChunk)]
    assert pieces[:6] == [10, 20, 30, 40, 50, 60]
    desk.queue.send(release)
    desk.run()
    assert desk.report(made) == Report(planned=80, sent=80)
    assert desk.fresh(made).state == State.FINISHED


def test_a_change_whose_answer_was_lost_stops_no_turns(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line 4: the SDK repeats the call, and it meets its own change."""
    pace(desk, 1)
    made = started(desk, crowd(desk, 70))
    [release] = desk.queue.take(ReleaseWork)
    replace = store.replace

    def unheard(*given: Lease) -> bool:
        replace(*given)
        return replace(*given)

    with monkeypatch.context() as broken:
        broken.setattr(store, "replace", unheard)
        assert desk.handle(release) == "changed_meanwhile"
    assert desk.run()[0] == "handed_on"
    assert desk.report(made) == Report(planned=70, sent=70)


@pytest.mark.thorough
def test_a_paused_broadcast_keeps_its_place_and_lets_others_go(desk: Desk) -> None:
    """B5."""
    pace(desk, 1)
    paused = started(desk, crowd(desk, 100, "One"))
    desk.queue.sent.clear()
    desk.service.pause(paused.account_id, paused.id, "Olga")
    started(desk, crowd(desk, 10, "Other"))
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    assert let_go(desk) == [(0, 10)]
    desk.queue.sent.clear()
    desk.service.resume(paused.account_id, paused.id)
    desk.run()
    assert desk.fresh(paused).state == State.FINISHED
    assert desk.report(paused).sent == 100


def test_a_busy_provider_holds_all_work_of_the_sender_back(desk: Desk) -> None:
    """B7: what it takes no more of is not offered to it again and again."""
    sender = pace(desk, 1)
    group = crowd(desk, 30)
    started(desk, group)
    [release] = desk.queue.take(ReleaseWork)
    desk.handle(release)
    [chunk] = desk.queue.take(SendChunk)
    busy = Refused("429", CAUSES["30008"], retry=True)
    desk.world.provider.fails = {f"+1212557{at:04}": busy for at in range(30)}
    desk.clock.advance(minutes=2)
    assert desk.handle(chunk) == "busy"
    until = store.lease(pace_of(sender)).until
    assert until is not None
    assert until == desk.clock.now() + timedelta(seconds=15)
    desk.world.provider.fails = {}
    desk.run()
    assert len(desk.world.provider.sent) == 30


@pytest.mark.thorough
def test_a_provider_that_is_down_for_an_hour_costs_nobody_a_message(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: no connection, so nothing can have been taken; all is sent when it is back."""
    pace(desk, 3)
    down = Refused("unreachable", CAUSES["30008"], retry=True)
    back = desk.clock.now() + timedelta(hours=1)
    take, tries = desk.world.provider.send, []

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        tries.append(outgoing.phone)
        if desk.clock.now() < back:
            raise down
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)
    made = desk.start(crowd(desk, 60))
    desk.run()
    assert desk.report(made) == Report(planned=60, sent=60)
    assert len(tries) < 60 + 100


def test_the_carriers_day_follows_its_clock() -> None:
    at = datetime.fromisoformat("2026-03-08T07:30:00+00:00")
    assert day_of(at) == "2026-03-07"
    assert next_day(at) == datetime.fromisoformat("2026-03-08T08:00:00+00:00")
    assert next_day(next_day(at)) == datetime.fromisoformat("2026-03-09T07:00:00+00:00")
