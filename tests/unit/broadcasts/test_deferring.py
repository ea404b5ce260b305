"""Those who cannot be sent to now: deferred to their own hours, or dropped, and counted."""

from datetime import datetime

import pytest

from assent.accounts.model import AccountChange
from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import Broadcast, State, WakeSlot
from assent.broadcasts.outcomes import store as outcomes
from assent.broadcasts.results import Outcome, Report
from assent.messaging.providers.base import Credentials, Outgoing
from tests.unit.broadcasts.desk import Desk

EVENING = datetime.fromisoformat("2026-01-06T03:00:00+00:00")  # 22:00 in New York


def sent_at(
    desk: Desk, made: Broadcast, monkeypatch: pytest.MonkeyPatch, **when: object
) -> dict[str, datetime]:
    """Let it run to its end; returns when each phone was sent something."""
    times: dict[str, datetime] = {}
    take = desk.world.provider.send

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        times[outgoing.phone] = desk.clock.now()
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)
    desk.begin(made, **when)
    desk.run()
    return times


def test_at_night_it_is_deferred_to_the_morning_and_counted_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B4, B5, S7: all of them by one schedule."""
    desk.clock.at = EVENING
    group = desk.world.group()
    ann, _ = desk.person(group), desk.person(group)
    made = desk.draft(group)
    desk.begin(made)
    desk.run(until=EVENING.replace(hour=6))
    waiting = desk.fresh(made)
    assert waiting.state == State.FINISHING
    assert desk.report(made) == Report(planned=2, deferred=2)
    slots = [command for _, command in desk.calendar.kept.values() if isinstance(command, WakeSlot)]
    assert [slot.slot for slot in slots] == ["2026-01-06T13:00:00.000Z"]
    answer = why(made.account_id, made.id, ann.id, desk.clock)
    assert (answer.outcome, answer.reason) == (Outcome.DEFERRED, "quiet_hours")
    assert answer.evidence["until"] == "2026-01-06T13:00:00.000Z"
    desk.run()
    assert desk.clock.now() >= EVENING.replace(hour=13)
    assert desk.fresh(made).state == State.FINISHED
    assert desk.report(made) == Report(planned=2, sent=2)
    assert desk.calendar.kept == {}


def test_a_broadcast_that_drops_says_whom_and_why(desk: Desk) -> None:
    """B4, B3, S7."""
    desk.clock.at = EVENING
    group = desk.world.group()
    ann = desk.person(group)
    made = desk.drafts.create(desk.world.a, desk.wanted(group, quiet_hours="drop"), by="Olga")
    desk.begin(made)
    desk.run()
    assert desk.report(made) == Report(planned=1, excluded={"quiet_hours": 1})
    answer = why(made.account_id, made.id, ann.id, desk.clock)
    assert (answer.outcome, answer.reason) == (Outcome.EXCLUDED, "quiet_hours")
    assert answer.evidence["place"] == "NY"
    assert answer.evidence["until"] == "2026-01-06T13:00:00.000Z"


def test_what_an_account_has_chosen_holds_where_a_broadcast_says_nothing(desk: Desk) -> None:
    account = desk.world.accounts.change(
        desk.world.a.id, AccountChange(quiet_hours="exempt", caps="drop")
    )
    made = desk.drafts.create(account, desk.wanted(desk.world.group()), by="Olga")
    assert (made.quiet_hours, made.caps) == ("exempt", "drop")
    own = desk.wanted(desk.world.group(), quiet_hours="drop", caps="defer")
    made = desk.drafts.create(account, own, by="Olga")
    assert (made.quiet_hours, made.caps) == ("drop", "defer")


def test_a_stop_while_somebody_is_deferred_is_seen_in_the_morning(desk: Desk) -> None:
    """B8, B4."""
    ann = desk.world.member()
    desk.clock.at = EVENING
    made = desk.begin(desk.draft(desk.world.group()))
    desk.run(until=EVENING.replace(hour=6))
    desk.world.text("STOP", ann.phone)
    desk.world.provider.sent.clear()
    desk.run()
    assert desk.world.provider.sent == []
    assert desk.report(made) == Report(planned=1, excluded={"hard_opt_out": 1})


def test_the_fourth_of_a_day_is_deferred_until_it_may_go(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B4: three in 24 hours in Florida."""
    group = desk.world.group()
    ann = desk.person(group, phone="+13055550123")
    for _ in range(3):
        desk.send(group)
        desk.clock.advance(minutes=1)
    made = desk.draft(group)
    first = desk.clock.now()
    at = sent_at(desk, made, monkeypatch)[ann.phone]
    assert (at - first).total_seconds() >= 23 * 3600
    assert len(desk.world.provider.texts_to(ann.phone)) == 4
    dropping = desk.drafts.create(desk.world.a, desk.wanted(group, caps="drop"), by="Olga")
    for _ in range(2):
        desk.send(group)
    desk.begin(dropping)
    desk.run()
    assert desk.report(dropping).excluded == {"cap_reached": 1}


def test_each_recipient_gets_it_at_its_own_ten_oclock(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B2: recipient-local time, at one schedule per zone."""
    group = desk.world.group()
    east, west = desk.person(group), desk.person(group, phone="+12135550123")
    made = desk.draft(group)
    times = sent_at(desk, made, monkeypatch, wall="2026-01-07T10:00", recipient_local=True)
    # Sorted when ten o'clock comes anywhere.
    began = desk.fresh(made).started_at
    assert began == datetime.fromisoformat("2026-01-06T20:00:00+00:00")
    ten = datetime.fromisoformat("2026-01-07T15:00:00+00:00")
    assert 0 <= (times[east.phone] - ten).total_seconds() < 120
    assert 0 <= (times[west.phone] - ten).total_seconds() - 3 * 3600 < 120
    assert desk.report(made) == Report(planned=2, sent=2)


def test_a_cancellation_counts_those_who_waited_as_cancelled(desk: Desk) -> None:
    """B5."""
    desk.clock.at = EVENING
    group = desk.world.group()
    ann = desk.person(group)
    made = desk.begin(desk.draft(group))
    desk.run(until=EVENING.replace(hour=6))
    desk.service.cancel(made.account_id, made.id)
    assert desk.report(made) == Report(planned=1, excluded={"cancelled": 1})
    assert why(made.account_id, made.id, ann.id, desk.clock).reason == "cancelled"
    assert set(desk.run()) <= {"over", "idle", "nothing_to_release", "already_cancelled"}
    assert desk.world.provider.sent == []


def test_a_pause_of_what_waits_holds_it_beyond_the_morning(desk: Desk) -> None:
    """B5."""
    desk.clock.at = EVENING
    group = desk.world.group()
    desk.person(group)
    made = desk.begin(desk.draft(group))
    desk.run(until=EVENING.replace(hour=6))
    desk.service.pause(made.account_id, made.id, "Olga")
    desk.run()
    assert desk.world.provider.sent == []
    desk.clock.at = EVENING.replace(hour=15)
    desk.service.resume(made.account_id, made.id)
    desk.run()
    assert desk.report(made) == Report(planned=1, sent=1)
    assert desk.fresh(made).state == State.FINISHED


def test_the_moment_is_known_before_those_who_wait_are_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line 4: a worker that ends in between loses nobody, whenever another takes its place."""
    desk.clock.at = EVENING
    group = desk.world.group()
    desk.person(group)
    made = desk.begin(desk.draft(group))
    with monkeypatch.context() as broken:
        broken.setattr(outcomes, "settle", lambda *_, **__: 1 / 0)
        [chunk] = desk.chunks()
        with pytest.raises(ZeroDivisionError):
            desk.handle(chunk)
    assert [type(command) for command, _ in desk.queue.sent if isinstance(command, WakeSlot)]
    desk.clock.at = EVENING.replace(hour=14)  # the morning has come before it is repeated
    desk.queue.send(chunk)
    desk.run()
    assert desk.report(made) == Report(planned=1, sent=1)


def test_those_whose_moments_have_passed_while_nobody_wrote_them_are_woken_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: two moments that become one are one chunk; nothing is written twice, nobody is lost."""
    desk.clock.at = EVENING
    group = desk.world.group()
    for phone in ("+12125550123", "+12135550123"):  # eight o'clock comes later in Los Angeles
        desk.person(group, phone=phone)
    made = desk.begin(desk.draft(group))
    [chunk] = desk.chunks()
    settle = outcomes.settle

    def late(*given: object, **more: object) -> str:
        # The letters are recorded, and the worker ends before those who wait are in chunks.
        taken, letters = given[:2]
        outcomes.record_slice(taken, letters, [])  # type: ignore[arg-type]
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(outcomes, "settle", late)
        with pytest.raises(ZeroDivisionError):
            desk.handle(chunk)
    assert outcomes.settle is settle
    desk.clock.at = EVENING.replace(hour=18)
    desk.queue.send(chunk)
    desk.run()
    assert desk.report(made) == Report(planned=2, sent=2)


def test_who_is_written_after_the_moment_has_come_is_woken_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: the write took so long that the moment's chunks were looked for before it."""
    desk.clock.at = EVENING
    group = desk.world.group()
    desk.person(group)
    made = desk.begin(desk.draft(group))
    [chunk] = desk.chunks()
    settle = outcomes.settle

    def slow(*given: object, **more: object) -> str:
        monkeypatch.setattr(outcomes, "settle", settle)
        desk.run()  # until nothing is left: the moment has come, and nobody was there
        return settle(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(outcomes, "settle", slow)
    desk.handle(chunk)
    assert desk.report(made).deferred == 1
    desk.run()
    assert desk.report(made) == Report(planned=1, sent=1)
    assert desk.fresh(made).state == State.FINISHED
