"""Steering broadcasts: change, copy, pause, resume, turns that recur, dry runs, and guards."""

from datetime import datetime, timedelta

import pytest

from assent.broadcasts import progress
from assent.broadcasts.guards import tripped
from assent.broadcasts.model import Broadcast, PlanBroadcast, SendChunk, State
from assent.broadcasts.results import Report
from assent.broadcasts.service import Asked
from assent.broadcasts.text import preview, usual_segments
from assent.consent.model import Channel, Standing
from assent.contacts.groups import store as groups
from assent.contacts.groups.memberships import store as member_store
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Refused
from assent.messaging.providers.twilio import CAUSES
from assent.platform.clock import stamp
from assent.platform.errors import Conflict, Invalid, NotFound
from tests.fakes import ANN, BOB
from tests.unit.broadcasts.desk import TEXT, Desk


def always() -> bool:
    return True


def test_what_has_not_started_can_be_changed_and_keeps_its_schedule(desk: Desk) -> None:
    """B1, B2."""
    news, offers = desk.world.group("News"), desk.world.group("Offers")
    desk.person(offers)
    made = desk.draft(news)
    desk.begin(made, at=desk.clock.now() + timedelta(hours=1))
    changed = desk.drafts.edit(
        desk.world.a, made.id, desk.wanted(offers, text="Harbor Alerts: new words.")
    )
    assert changed.state == State.SCHEDULED
    desk.run()
    assert [sent.body for sent in desk.world.provider.sent] == ["Harbor Alerts: new words."]
    with pytest.raises(Conflict, match="finished already"):
        desk.drafts.edit(desk.world.a, made.id, desk.wanted(news))


def test_a_change_is_checked_like_a_new_broadcast(desk: Desk) -> None:
    """B1."""
    made = desk.draft(desk.world.group())
    with pytest.raises(Invalid) as refused:
        desk.drafts.edit(desk.world.a, made.id, desk.wanted(text="{{ phone }}"))
    assert {f.field for f in refused.value.fields} == {"groups", "template"}
    assert desk.fresh(made) == made
    with pytest.raises(NotFound):
        desk.drafts.edit(desk.world.b, made.id, desk.wanted(desk.world.group()))


def test_a_copy_is_a_draft_of_its_own(desk: Desk) -> None:
    """B1."""
    done = desk.send(desk.world.group())
    copy = desk.drafts.duplicate(desk.world.a, done.id, by="Otto")
    assert (copy.state, copy.name, copy.template) == (
        State.DRAFT,
        "Copy of Opening hours",
        done.template,
    )
    assert copy.created_by == "Otto"
    assert copy.id != done.id


def test_unscheduled_it_is_a_draft_again_and_nothing_goes_off(desk: Desk) -> None:
    """B2."""
    group = desk.world.group()
    desk.person(group)
    made = desk.draft(group)
    scheduled = desk.begin(made, at=desk.clock.now() + timedelta(hours=1))
    draft = desk.service.unschedule(made.account_id, made.id)
    assert (draft.state, draft.schedule_at) == (State.DRAFT, None)
    assert desk.calendar.kept == {}
    late = PlanBroadcast(account_id=made.account_id, broadcast_id=made.id, run=scheduled.run)
    assert desk.handle(late) == "outdated"
    assert desk.world.provider.sent == []


def test_a_pause_acts_at_the_next_ten_and_a_resumption_goes_on_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5, B6."""
    group = desk.world.group()
    desk.people(group, 35)
    made = desk.start(group)
    [chunk] = desk.chunks()
    take = desk.world.provider.send

    def send(*given: object) -> str:
        if len(desk.world.provider.sent) == 12:
            desk.service.pause(made.account_id, made.id, "Olga")
        return take(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as pausing:
        pausing.setattr(desk.world.provider, "send", send)
        assert desk.handle(chunk) == "paused"
    assert len(desk.world.provider.sent) == 20
    paused = desk.fresh(made)
    assert (paused.state, paused.reason) == (State.PAUSED, "by Olga")
    assert desk.report(made) == Report(planned=35, sent=20)
    desk.run()
    assert len(desk.world.provider.sent) == 20
    desk.service.resume(made.account_id, made.id)
    desk.run()
    assert desk.report(made) == Report(planned=35, sent=35)
    assert len({sent.phone for sent in desk.world.provider.sent}) == 35
    assert desk.fresh(made).state == State.FINISHED


def test_work_that_meets_a_pause_while_it_is_resumed_is_not_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5: the resumption comes between the look at the state and the note of what is left."""
    group = desk.world.group()
    desk.people(group, 3)
    made = desk.start(group)
    [chunk] = desk.chunks()
    desk.service.pause(made.account_id, made.id, "Olga")
    note = desk.fanout._leave

    def resumed_meanwhile(command: SendChunk, broadcast: Broadcast) -> str:
        desk.service.resume(made.account_id, made.id)
        desk.run()
        return note(command, broadcast)

    with monkeypatch.context() as racing:
        racing.setattr(desk.fanout, "_leave", resumed_meanwhile)
        assert desk.handle(chunk) == "paused"
    desk.run()
    assert desk.report(made) == Report(planned=3, sent=3)
    assert desk.fresh(made).state == State.FINISHED


def test_a_resumption_whose_maker_ended_is_made_good(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B5, line 4."""
    group = desk.world.group()
    desk.people(group, 3)
    made = desk.start(group)
    [chunk] = desk.chunks()
    desk.service.pause(made.account_id, made.id, "Olga")
    desk.handle(chunk)
    desk.run()
    with monkeypatch.context() as broken:
        broken.setattr(desk.service.lanes, "resume", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.service.resume(made.account_id, made.id)
    desk.run()
    assert desk.report(made) == Report(planned=3, sent=3)


def test_turns_recur_and_each_is_a_broadcast_of_its_own(desk: Desk) -> None:
    """B2: weekdays at 09:00 in New York; the next is scheduled before the turn is taken."""
    group = desk.world.group()
    ann = desk.person(group)
    made = desk.draft(group)
    parent = desk.begin(made, recurrence={"time": "09:00", "weekdays": [0, 1, 2, 3, 4]})
    assert parent.schedule_at == datetime.fromisoformat("2026-01-06T14:00:00+00:00")
    desk.run(until=datetime.fromisoformat("2026-01-12T13:00:00+00:00"))
    assert len(desk.world.provider.texts_to(ann.phone)) == 4  # Tuesday to Friday
    parent = desk.fresh(made)
    assert parent.state == State.SCHEDULED
    assert parent.schedule_at == datetime.fromisoformat("2026-01-12T14:00:00+00:00")
    turns = [one for one in desk.service.listed(made.account_id, None, 9) if one.parent_id]
    assert [one.state for one in turns] == [State.FINISHED] * 4
    assert {one.parent_id for one in turns} == {made.id}
    assert len(desk.calendar.kept) == 1
    desk.service.cancel(made.account_id, made.id)
    assert desk.calendar.kept == {}


def test_a_turn_that_is_repeated_is_taken_once(desk: Desk) -> None:
    """B6."""
    group = desk.world.group()
    ann = desk.person(group)
    made = desk.draft(group)
    parent = desk.begin(made, recurrence={"time": "11:00"})
    turn = PlanBroadcast(account_id=made.account_id, broadcast_id=made.id, run=parent.run)
    assert parent.schedule_at is not None
    desk.clock.at = parent.schedule_at
    assert desk.handle(turn) == "turn_taken"
    assert desk.handle(turn) == "outdated"
    desk.run(until=desk.clock.now() + timedelta(hours=2))
    assert len(desk.world.provider.texts_to(ann.phone)) == 1


@pytest.mark.parametrize(
    ("when", "field", "code"),
    [
        ({"wall": "2026-01-04T10:00"}, "wall", "in_the_past"),
        ({"wall": "2026-02-30T10:00"}, "wall", "no_such_time"),
        ({"recipient_local": True}, "at", "ambiguous"),
        ({"wall": "2026-01-06T10:00", "recurrence": {"time": "10:00"}}, "at", "ambiguous"),
    ],
)
def test_a_time_that_means_nothing_is_refused(
    desk: Desk, when: dict[str, object], field: str, code: str
) -> None:
    """B2."""
    made = desk.draft(desk.world.group())
    with pytest.raises(Invalid) as refused:
        desk.begin(made, **when)
    assert [(f.field, f.code) for f in refused.value.fields] == [(field, code)]


def test_a_wall_time_is_the_accounts(desk: Desk) -> None:
    """B2: the account is in New York; a time that is skipped there is the next there is."""
    made = desk.draft(desk.world.group())
    scheduled = desk.begin(made, wall="2026-03-08T02:30")
    assert scheduled.schedule_at == datetime.fromisoformat("2026-03-08T07:00:00+00:00")
    assert scheduled.run == stamp(scheduled.schedule_at)


def test_a_dry_run_counts_what_the_plan_will(desk: Desk) -> None:
    """B3: total minus each exclusion is the number to be sent, and nothing is kept."""
    news, staff = desk.world.group("News"), desk.world.group("Staff")
    desk.person(news)
    desk.person(news, staff)
    desk.person(news, standing=Standing.NONE)
    made = desk.draft(news, minus=(staff,))
    found = desk.service.dry_run(desk.world.a, made, Asked(), always)
    assert (found.complete, found.total, found.to_be_sent) == (True, 3, 1)
    assert found.excluded == {"no_consent": 1, "minus_group": 1}
    desk.begin(made)
    desk.run()
    assert desk.report(made) == Report(planned=3, sent=1, excluded=found.excluded)


def test_a_group_that_is_deleted_while_it_runs_ends_the_plan_with_who_was_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: what was planned is sent to, and the sums hold."""
    monkeypatch.setattr("assent.broadcasts.plan.CHUNK", 2)
    group = desk.world.group()
    people = [desk.person(group) for _ in range(5)]
    made = desk.start(group)
    [plan] = desk.queue.take(PlanBroadcast)
    left = iter([1_000_000, 0])
    assert desk.handle(plan, lambda: next(left)) == "continued"
    groups.GroupRecord(f"{made.account_id}#groups", group.id).delete()
    for one in people:
        member_store.delete_membership(made.account_id, group.id, one.id)
    desk.run()
    assert desk.fresh(made).state == State.FINISHED
    assert desk.report(made) == Report(planned=2, sent=2)


def test_many_opt_outs_pause_it_once(desk: Desk) -> None:
    """B5: an opt-out is counted for the broadcast that it answers, once."""
    ann, bob = desk.world.member(ANN), desk.world.member(BOB)
    made = desk.send(desk.world.group())
    assert desk.report(made).opt_outs == 0
    desk.clock.advance(hours=1)
    desk.world.text("STOP", ann.phone)
    desk.world.text("STOP", ann.phone)
    report = desk.report(made)
    assert (report.sent, report.opt_outs, report.opt_out_rate) == (2, 1, 0.5)
    desk.clock.advance(days=4)
    desk.world.text("STOP", bob.phone)
    assert desk.report(made).opt_outs == 1


def test_many_failures_pause_it_and_a_resumption_is_not_paused_for_them_again(
    desk: Desk,
) -> None:
    """B5: it pauses itself, says why, and goes on when a person says so."""
    group = desk.world.group()
    desk.people(group, 60)
    refused = Refused("30007", CAUSES["30007"], retry=False)
    desk.world.provider.fails = {f"+1212557{at:04}": refused for at in range(60)}
    made = desk.start(group)
    desk.run()
    paused = desk.fresh(made)
    assert (paused.state, paused.reason) == (State.PAUSED, "many_failures")
    desk.service.resume(made.account_id, made.id)
    desk.run()
    assert desk.fresh(made).state == State.FINISHED
    assert desk.report(made).failed == 60


@pytest.mark.parametrize(
    ("counts", "off", "reason"),
    [
        ({"sent": 100, "opt_outs": 9}, [], None),
        ({"sent": 100, "opt_outs": 10}, [], "many_opt_outs"),
        ({"sent": 1_000, "opt_outs": 29}, [], None),
        ({"sent": 1_000, "opt_outs": 30}, ["many_opt_outs"], None),
        ({"sent": 10, "failed": 19}, [], None),
        ({"sent": 80, "failed": 20}, [], "many_failures"),
        ({"sent": 81, "failed": 20}, [], None),
    ],
)
def test_thresholds_are_a_number_and_a_share(
    counts: dict[str, int], off: list[str], reason: str | None
) -> None:
    """B5."""
    assert tripped(counts, off) == reason


def test_a_receipt_after_the_end_still_counts(desk: Desk) -> None:
    """B5."""
    group = desk.world.group()
    ann = desk.person(group)
    made = desk.send(group)
    receipt = desk.receipt_for(made, ann, MessageState.DELIVERED)
    assert [desk.handle(receipt) for _ in range(2)] == ["delivered", "delivered"]
    assert progress.report(desk.fresh(made)) == Report(planned=1, sent=1, delivered=1)
    unknown = receipt.model_copy(
        update={"place": receipt.place.model_copy(update={"sort": "2026#bc_none"})}
    )
    assert desk.handle(unknown) == "unknown_message"


def test_a_text_is_shown_as_somebody_gets_it_with_what_is_missing(desk: Desk) -> None:
    """B1: the program's name must be there; in a first message a way to stop should."""
    ann = desk.person(desk.world.group(), first_name="Zoë")
    shown = preview(TEXT, desk.world.sender, Channel.SMS, ann)
    assert shown.text == "Harbor Alerts: hello Zoë."
    assert (shown.encoding, shown.segments, shown.forced_by) == ("UCS-2", 1, ["ë"])
    assert shown.problems == []
    assert "missing_stop" in {one.code for one in shown.warnings}
    broken = preview("{{ phone }}", desk.world.sender, Channel.SMS, None)
    assert [one.code for one in broken.problems] == ["unknown_variable"]
    both = preview("{{ phone }} at bit.ly/x", desk.world.sender, Channel.SMS, None)
    must = [(one.code, one.about) for one in both.problems]
    assert must == [("unknown_variable", "phone"), ("link_shortener", "bit.ly")]
    nameless = desk.person(desk.world.group(), first_name="")
    missing = preview(
        "Harbor Alerts: hi {{ first_name }}", desk.world.sender, Channel.SMS, nameless
    )
    assert [one.code for one in missing.problems] == ["missing_value"]
    assert usual_segments("Harbor Alerts: " + "x" * 200) == 2
    assert usual_segments("{{ custom.plan }}") == 1
