"""Failures by code: counted once each, bounded, and explained."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from assent.broadcasts.failures import store
from assent.broadcasts.failures.model import MOST_CODES, NO_CODE, OTHER, named
from assent.broadcasts.model import Broadcast, Otherwise
from assent.broadcasts.progress import note_delivery
from assent.broadcasts.reports import expected_end, explained, report
from assent.broadcasts.results import FailureCount, Report
from assent.consent.model import Channel
from assent.messaging.causes import OWN, cause
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Refused
from assent.messaging.providers.twilio import CAUSES
from assent.messaging.redialing import Wish
from tests.fakes import ANN
from tests.unit.broadcasts.desk import Desk

ZONE = "America/New_York"


def by_code(desk: Desk, broadcast: Broadcast) -> dict[str, int]:
    """Read the whole report, whose failures add up."""
    found = report(desk.fresh(broadcast))
    assert sum(one.count for one in found.failures) == found.failed
    return {one.code: one.count for one in found.failures}


def refuse(desk: Desk, phone: str, code: str) -> None:
    known = CAUSES.get(code, CAUSES["30008"])
    desk.world.provider.fails[phone] = Refused(code, known, retry=False)


def test_refusals_at_the_send_are_counted_by_code_with_the_chunk(desk: Desk) -> None:
    """B5: plain causes; a chunk that is delivered again counts nobody twice."""
    group = desk.world.group()
    people = [desk.person(group) for _ in range(5)]
    for one, code in zip(people, ("21211", "21211", "30007"), strict=False):
        refuse(desk, one.phone, code)
    started = desk.start(group)
    [chunk] = desk.chunks()
    for _ in range(3):
        desk.handle(chunk)
    assert by_code(desk, started) == {"21211": 2, "30007": 1}
    assert report(desk.fresh(started)).failures[0] == FailureCount(
        code="21211",
        count=2,
        kind=CAUSES["21211"].failure,
        message=CAUSES["21211"].message,
        next_step=CAUSES["21211"].next_step,
    )


def test_a_chunk_that_goes_on_after_a_pause_adds_only_what_failed_since(desk: Desk) -> None:
    """B5: what was counted when the chunk was given back is not counted again."""
    group = desk.world.group()
    people = [desk.person(group) for _ in range(4)]
    for one in people:
        refuse(desk, one.phone, "30003")
    started = desk.start(group)
    [chunk] = desk.chunks()
    desk.handle(chunk.model_copy(update={"upto": 2}))
    assert by_code(desk, started) == {"30003": 2}
    desk.handle(chunk)
    assert by_code(desk, started) == {"30003": 4}


@pytest.mark.parametrize("code", ["30007", ""])
def test_a_failed_receipt_is_counted_once_however_often_it_comes(desk: Desk, code: str) -> None:
    """B5: receipts come twice, and with another code the second time: the first one counts."""
    group = desk.world.group()
    ann = desk.person(group)
    done = desk.send(group)
    for again in (code, code, "30008" if code else ""):
        desk.handle(desk.receipt_for(done, ann, MessageState.FAILED, again))
    assert by_code(desk, done) == {code or NO_CODE: 1}


def test_a_message_that_was_delivered_first_and_failed_then_has_its_code(desk: Desk) -> None:
    """B5: the carrier's last word counts."""
    group = desk.world.group()
    ann = desk.person(group)
    done = desk.send(group)
    for state, code in ((MessageState.DELIVERED, ""), (MessageState.FAILED, "30005")):
        desk.handle(desk.receipt_for(done, ann, state, code))
    assert by_code(desk, done) == {"30005": 1}


def test_only_so_many_codes_are_counted_apart_and_the_sum_stays_exact(desk: Desk) -> None:
    """B5: whatever a provider says, the counters of a broadcast are bounded."""
    group = desk.world.group()
    done = desk.send(group)
    more = MOST_CODES + 5
    for at in range(more):
        for twice in range(2):
            note_delivery(done.id, f"ct_{at}_{twice}", MessageState.FAILED, f"9{at:04}")
    counted = store.failures(done.id)
    assert len(counted) == MOST_CODES + 1
    assert counted[OTHER] == 2 * 5
    assert sum(counted.values()) == 2 * more


def test_all_who_ask_get_the_same_answer_about_a_code(desk: Desk) -> None:
    """B5: a process that starts later counts a code under the same name."""
    for at in range(MOST_CODES):
        assert store.counted_as("bc_1", str(at)) == str(at)
    assert store.counted_as("bc_1", "late") == OTHER
    store.counted_as.cache_clear()
    assert store.counted_as("bc_1", "0") == "0"
    assert store.counted_as("bc_1", "late") == OTHER
    assert store.counted_as("bc_2", "late") == "late"


@pytest.mark.parametrize(
    ("code", "name"),
    [("", NO_CODE), ("30003", "30003"), ("no-answer", "no-answer"), ("a b", OTHER), ("x#1", OTHER)],
)
def test_what_is_no_code_is_not_taken_for_one(code: str, name: str) -> None:
    assert named(code) == name


@pytest.mark.parametrize(
    ("counts", "failed", "expected"),
    [
        ({}, 0, {}),
        ({}, 3, {OTHER: 3}),
        ({"30003": 2, "30007": 5}, 7, {"30007": 5, "30003": 2}),
        ({"30003": 2, OTHER: 9}, 12, {"30003": 2, OTHER: 10}),
        ({"30003": 0}, 0, {}),
    ],
)
def test_what_is_not_counted_by_code_yet_stands_with_the_others(
    counts: Mapping[str, int], failed: int, expected: dict[str, int]
) -> None:
    """B5: the parts add up to the number of failures, most frequent first and others last."""
    found = [(one.code, one.count) for one in explained(counts, failed, Channel.SMS)]
    assert found == list(expected.items())


@pytest.mark.parametrize("code", [*OWN, *CAUSES, "99999", "", "no_answer", OTHER])
def test_every_code_has_a_plain_cause_and_a_next_step(code: str) -> None:
    """B5."""
    [one] = explained({named(code): 1}, 1, Channel.SMS)
    assert one.message.endswith(".")
    assert one.next_step.endswith(".")
    assert "not known here" in one.message or code != "99999"


def test_a_call_held_back_at_its_second_attempt_is_explained_by_the_policy() -> None:
    """S7: the same words as anywhere else."""
    assert "opted out" in cause("hard_opt_out", Channel.VOICE).message


def calls(desk: Desk) -> Broadcast:
    """Begin a broadcast by call to one person, whose phone rings; calls made again count here."""
    desk.world.redialer.count_delivery = note_delivery
    desk.world.member(ANN)
    wanted = desk.wanted(desk.world.group(), channel="voice")
    spoken = desk.begin(desk.drafts.create(desk.world.a, wanted, by="Olga"))
    desk.run()
    return spoken


def not_taken(desk: Desk, code: str, minutes: int) -> None:
    """Let nobody take the latest call, and some minutes pass, in which it may be made again."""
    ref = desk.world.provider.voice.placed[-1].status_url.partition("ref=")[2]
    desk.world.receipt(ref, MessageState.FAILED, code)
    desk.clock.advance(minutes=minutes)
    desk.world.run_delayed()


def test_a_call_that_nobody_ever_took_is_counted_once_by_how_its_last_attempt_ended(
    desk: Desk,
) -> None:
    """B5: the attempts before it are no failures of the broadcast."""
    spoken = calls(desk)
    not_taken(desk, "no-answer", 31)
    assert by_code(desk, spoken) == {}
    not_taken(desk, "no-answer", 121)
    not_taken(desk, "no-answer", 0)
    assert len(desk.world.provider.voice.placed) == 3
    assert by_code(desk, spoken) == {"no-answer": 1}


def test_a_call_that_is_given_up_has_the_code_of_its_last_attempt(desk: Desk) -> None:
    """B5: the broadcast was cancelled before the next one."""
    spoken = calls(desk)
    desk.world.wish = Wish.NO
    not_taken(desk, "busy", 6)
    assert len(desk.world.provider.voice.placed) == 1
    assert by_code(desk, spoken) == {"busy": 1}


def test_while_it_runs_the_report_says_who_is_to_come_and_until_when(desk: Desk) -> None:
    """B5: the live bar adds up; the end is at the sender's rate, once all are chosen."""
    group = desk.world.group()
    for _ in range(4):
        desk.person(group)
    started = desk.start(group)
    [chunk] = desk.chunks()
    desk.handle(chunk.model_copy(update={"upto": 1}))
    now = desk.fresh(started)
    found = report(now)
    assert (found.planned, found.sent, found.to_come) == (4, 1, 3)
    end = expected_end(now, found, desk.world.sender, ZONE, desk.clock.now())
    assert end == desk.clock.now() + timedelta(seconds=3)
    planning = now.model_copy(update={"chunks": None})
    assert expected_end(planning, found, desk.world.sender, ZONE, desk.clock.now()) is None
    desk.handle(chunk)
    done = desk.fresh(started)
    assert report(done).to_come == 0
    assert expected_end(done, report(done), desk.world.sender, ZONE, desk.clock.now()) is None


def test_the_expected_end_waits_for_hours_that_close_meanwhile(desk: Desk) -> None:
    """B5, B4: it is ten in New York; by eight 36,000 are sent to, and the rest from nine on."""
    group = desk.world.group()
    desk.person(group)
    made = desk.start(group)
    desk.chunks()
    now, at = desk.fresh(made), desk.clock.now()
    found = Report(planned=50_000)
    end = expected_end(now, found, desk.world.sender, ZONE, at)
    opens = at.replace(hour=14) + timedelta(days=1)
    assert end == opens + timedelta(seconds=14_000)
    exempt = now.model_copy(update={"quiet_hours": Otherwise.EXEMPT})
    end = expected_end(exempt, found, desk.world.sender, ZONE, at)
    assert end == at + timedelta(seconds=50_000)


def test_the_expected_end_counts_the_turns_of_other_broadcasts(desk: Desk) -> None:
    """B5, B7: they share the sender's rate, until ours is through."""
    large, small = desk.world.group("Large"), desk.world.group("Small")
    desk.people(large, 30)
    for _ in range(4):
        desk.person(small)
    made = []
    for group in (large, small):
        made.append(desk.start(group))
        desk.handle(desk.queue.sent.pop(0)[0])
        desk.queue.sent.clear()
    ends = []
    for one in map(desk.fresh, made):
        end = expected_end(one, report(one), desk.world.sender, ZONE, desk.clock.now())
        assert end is not None
        ends.append((end - desk.clock.now()).total_seconds())
    assert ends == [34, 8]
