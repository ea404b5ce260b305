"""Opt-out lists from a file or a group: the dry run says what the real run then does."""

import csv
import io

import pytest

from assent.consent.model import Channel, Kind, Source
from assent.contacts.imports import cutting, store
from assent.contacts.imports.model import (
    LARGEST,
    PART,
    TRANSITIONS,
    Event,
    Import,
    ImportState,
    Phase,
    Purpose,
    RowOutcome,
    Step,
    WorkOnImport,
    next_state,
)
from assent.contacts.imports.service import Upload
from assent.contacts.imports.work import RESERVE
from assent.contacts.opt_outs import Wanted
from assent.platform.errors import Conflict, Invalid, NotFound, TooLarge
from assent.platform.transitions import IllegalTransition
from tests.calls import Call, answer_lost, each_call, ignore
from tests.fakes import ANN, BOB, CAT
from tests.unit.contacts.imports.desk import Desk, FakeEffect, counts

DAN = "+12125550104"
FILE = f"phone,name\n{ANN},Ann\n{BOB},Bob\n{CAT},Cat\n212 555 0101,Ann again\njunk,Eve\n".encode()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of three rows."""
    monkeypatch.setattr(cutting, "SLICE_ROWS", 3)


def opt_out(desk: Desk, phone: str, kind: Kind) -> None:
    wanted = Wanted(kind, [Channel.SMS], Source.ADMIN, actor="user", by="Olga")
    desk.opt_outs.add_many(desk.account, [phone], wanted)


def test_the_dry_run_shows_the_effect_and_changes_nothing(desk: Desk) -> None:
    """O3."""
    opt_out(desk, BOB, Kind.SOFT)
    opt_out(desk, CAT, Kind.HARD)
    job = desk.checked(FILE, kind=Kind.HARD)
    assert (job.state, job.total, job.encoding) == (ImportState.CHECKED, 5, "utf-8")
    assert counts(job) == {
        "added": 1, "raised": 1, "already": 1, "duplicate": 1, "invalid": 1,
    }  # fmt: skip
    [sample] = job.samples
    assert (sample.line, sample.value, sample.code) == (6, "junk", "invalid_phone")
    assert job.has_errors
    assert desk.listed(ANN) == []
    assert desk.listed(BOB)[0].kind == Kind.SOFT


@pytest.mark.parametrize("kind", [Kind.SOFT, Kind.HARD])
def test_the_real_run_does_what_the_dry_run_said(desk: Desk, kind: Kind) -> None:
    """O3, O9, S4, S5: this account only, as a user's own record."""
    opt_out(desk, BOB, Kind.SOFT)
    job = desk.checked(FILE, kind=kind, channels=[Channel.SMS, Channel.VOICE])
    desk.imports.commit(job)
    desk.run()
    done = desk.again(job)
    assert done.state == ImportState.FINISHED
    assert counts(done) == counts(job)
    assert desk.imports.progress(done).rows == 5
    for phone in (ANN, BOB, CAT):
        lines = desk.listed(phone)
        assert {line.channel for line in lines} == {Channel.SMS, Channel.VOICE}
        assert {line.kind for line in lines} == {kind}
        assert {line.scope for line in lines} == {desk.account.id}
        assert {line.entry.source for line in lines} == {Source.ADMIN}
        assert "Olga" in {line.entry.by for line in lines}
    assert desk.opt_outs.preview(desk.world.b, [ANN]) == {ANN: []}


def test_a_second_import_of_the_same_file_finds_everything_there(desk: Desk) -> None:
    desk.finished(FILE)
    assert counts(desk.finished(FILE)) == {"already": 3, "duplicate": 1, "invalid": 1}


def test_a_soft_list_never_weakens_what_the_contact_said(desk: Desk) -> None:
    """S5, C5."""
    desk.finished(FILE, kind=Kind.HARD)
    assert counts(desk.finished(FILE))["already"] == 3
    assert desk.listed(ANN)[0].kind == Kind.HARD


@pytest.mark.usefixtures("small")
def test_numbers_that_several_slices_have_count_once(desk: Desk) -> None:
    """The sum of the dry run is the sum of the real run, wherever the file is cut."""
    opt_out(desk, BOB, Kind.SOFT)
    rows = [ANN, BOB, ANN, CAT, BOB, ANN, DAN, DAN, CAT, "junk"]
    job = desk.checked("\n".join(["phone", *rows]).encode())
    assert job.slices == 4
    expected = {"added": 3, "already": 1, "duplicate": 5, "invalid": 1}
    assert counts(job) == expected
    desk.imports.commit(job)
    desk.run()
    assert counts(desk.again(job)) == expected
    assert sum(expected.values()) == job.total


@pytest.mark.parametrize(
    "content", [b"\x81", b"name\nAnn\n", b"a,phone\nx,+12125550101\nonly\n", b"phone\n"]
)
def test_a_bad_file_writes_nothing_and_says_why(desk: Desk, content: bytes) -> None:
    """C4: refused whole."""
    job = desk.checked(content)
    assert job.state == ImportState.FAILED
    assert job.problem is not None
    assert job.problem.message
    assert store.slices(job, Phase.CHECK) == []
    with pytest.raises(Conflict):
        desk.imports.commit(job)


@pytest.mark.usefixtures("small")
def test_rows_that_cannot_be_taken_are_in_one_error_file(desk: Desk) -> None:
    rows = [ANN, "bad 1", "=1+1", CAT, BOB, DAN, "bad 2"]
    job = desk.finished("\n".join(["phone", *rows]).encode())
    content, parts = desk.imports.error_file(job, 1)
    assert parts == 1
    read = list(csv.reader(io.StringIO(content, newline="")))
    assert read[0] == ["\ufeffphone", "error_code", "error"]
    assert [(row[0], row[1]) for row in read[1:]] == [
        ("bad 1", "invalid_phone"), ("'=1+1", "invalid_phone"), ("bad 2", "invalid_phone"),
    ]  # fmt: skip
    with pytest.raises(NotFound):
        desk.imports.error_file(job, 2)


@pytest.mark.usefixtures("small")
def test_a_long_error_file_comes_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.contacts.imports.service._ERROR_PART", 200)
    job = desk.checked("\n".join(["phone", ANN, *(["bad"] * 20)]).encode())
    whole, parts = desk.imports.error_file(job, 1)
    assert parts > 2
    for part in range(2, parts + 1):
        whole += desk.imports.error_file(job, part)[0]
    assert len(whole.splitlines()) == 21
    assert whole.count("error_code") == 1


def test_without_bad_rows_there_is_no_error_file(desk: Desk) -> None:
    job = desk.finished(ANN.encode())
    assert not job.has_errors
    with pytest.raises(NotFound) as refused:
        desk.imports.error_file(job, 1)
    assert refused.value.code == "no_errors"


# Uploading


@pytest.mark.thorough
def test_a_file_of_several_parts_is_one_file(desk: Desk) -> None:
    """A line, and a character of it, may be in two parts."""
    line = "+12125550101,Zoë\n".encode()
    content = b"phone,name\n" + line * (PART // len(line) + 2)
    # So that the cut is within the two bytes of the last letter of a name.
    pad = (PART - len(b"phone,name\n")) % len(line)
    content = b"phone,name" + b"\n" * (1 + (pad - line.index(b"\xab")) % len(line)) + content[11:]
    assert content[PART - 1 : PART + 1] == "ë".encode()
    checked = desk.checked(content)
    assert checked.parts == {1, 2}
    assert checked.state == ImportState.CHECKED
    assert counts(checked) == {"added": 1, "duplicate": checked.total - 1}


def test_parts_must_have_come_and_be_of_the_right_size(desk: Desk) -> None:
    job = desk.imports.create(
        desk.account, Purpose.OPT_OUTS, Upload("big.csv", PART + 10), {}, "user", "Olga"
    )
    assert job.parts_expected == 2
    with pytest.raises(Conflict) as missing:
        desk.imports.check(job)
    assert missing.value.code == "parts_missing"
    for number, size in ((1, 10), (2, 9), (2, 11)):
        with pytest.raises(Invalid):
            desk.imports.put_part(job, number, b"1" * size)
    with pytest.raises(TooLarge):
        desk.imports.put_part(job, 1, b"1" * (PART + 1))
    for number in (0, 3):
        with pytest.raises(NotFound):
            desk.imports.put_part(job, number, b"1" * 10)
    desk.imports.put_part(job, 2, b"1" * 10)
    desk.imports.put_part(job, 2, b"2" * 10)
    assert desk.again(job).parts == {2}


@pytest.mark.parametrize("size", [0, -1, LARGEST + 1])
def test_a_file_of_no_size_or_too_large_is_refused(desk: Desk, size: int) -> None:
    with pytest.raises(Invalid):
        desk.imports.create(
            desk.account, Purpose.OPT_OUTS, Upload("x.csv", size), {}, "user", "Olga"
        )


def test_nothing_is_changed_of_a_file_that_is_checked(desk: Desk) -> None:
    job = desk.checked(FILE)
    with pytest.raises(Conflict):
        desk.imports.put_part(job, 1, FILE)
    # As if it had been read before the check began.
    early = job.model_copy(update={"state": ImportState.UPLOADING})
    with pytest.raises(Conflict):
        desk.imports.put_part(early, 1, FILE)


# Its life


def test_the_table_of_states_is_the_whole_truth() -> None:
    ends = {ImportState.FINISHED, ImportState.CANCELLED}
    assert {state for state, _ in TRANSITIONS} == set(ImportState) - ends
    for state in ImportState:
        for event in Event:
            if (state, event) not in TRANSITIONS:
                with pytest.raises(IllegalTransition):
                    next_state(state, event)


def test_asking_again_makes_sure_that_it_goes_on(desk: Desk) -> None:
    """The change of state and its message may be parted by a crash."""
    job = desk.made(FILE)
    job = desk.imports.check(job)
    desk.queue.sent.clear()
    assert desk.imports.check(job).state == ImportState.CHECKING
    desk.run()
    job = desk.imports.commit(desk.again(job))
    desk.queue.sent.clear()
    desk.imports.commit(desk.again(job))
    desk.run()
    assert desk.again(job).state == ImportState.FINISHED
    with pytest.raises(Conflict):
        desk.imports.check(desk.again(job))
    with pytest.raises(Conflict):
        desk.imports.cancel(desk.again(job))


@pytest.mark.usefixtures("small")
def test_cancelled_while_it_runs_it_stops_and_says_what_it_did(desk: Desk) -> None:
    job = desk.checked(f"phone\n{ANN}\n{BOB}\n{CAT}\n{DAN}".encode())
    desk.imports.commit(job)
    [start] = desk.queue.take(WorkOnImport)
    desk.worker.do(start, lambda: 60_000)
    first, second = desk.queue.take(WorkOnImport)
    desk.worker.do(first, lambda: 60_000)
    cancelled = desk.imports.cancel(desk.again(job))
    assert desk.worker.do(second, lambda: 60_000) == "already_cancelled"
    assert (desk.listed(CAT) != [], desk.listed(DAN)) == (True, [])
    assert desk.imports.progress(cancelled).counts["added"] == 3  # type: ignore[index]
    assert desk.imports.cancel(cancelled) == cancelled


def test_cancelled_within_a_slice_only_what_was_done_counts(desk: Desk) -> None:
    effect = FakeEffect()
    desk.use(effect)
    job = desk.checked("\n".join(f"+1212555{n:04}" for n in range(1000)).encode())
    desk.imports.commit(job)
    [start] = desk.queue.take(WorkOnImport)
    desk.worker.do(start, lambda: 60_000)
    apply, calls = effect.apply, []

    def then_cancel(*of: object) -> list[RowOutcome]:
        outcomes = apply(*of)  # type: ignore[arg-type]
        calls.append(of)
        if len(calls) == 3:
            desk.imports.cancel(desk.again(job))
        return outcomes

    effect.apply = then_cancel  # type: ignore[assignment,method-assign]
    desk.run()
    done = desk.imports.progress(desk.again(job))
    assert 75 <= done.counts["added"] == len(effect.done) < 1000  # type: ignore[index]


# Slices, redelivered and cut off


@pytest.mark.thorough
@pytest.mark.usefixtures("small")
def test_every_message_may_come_again_at_any_time(desk: Desk) -> None:
    """C6: counted once, in any order."""
    rows = [ANN, BOB, ANN, CAT, "junk", BOB, DAN]
    job = desk.made("\n".join(["phone", *rows]).encode())
    desk.imports.check(job)
    seen: list[WorkOnImport] = []

    def run_twice() -> None:
        while commands := desk.queue.take(WorkOnImport):
            seen.extend(commands)
            for command in [*reversed(commands), *commands]:
                desk.worker.do(command, lambda: 60_000)

    run_twice()
    expected = {"added": 4, "duplicate": 2, "invalid": 1}
    assert counts(desk.again(job)) == expected
    desk.imports.commit(desk.again(job))
    run_twice()
    done = desk.again(job)
    assert (done.state, counts(done)) == (ImportState.FINISHED, expected)
    for command in seen:
        assert desk.worker.do(command, lambda: 60_000) == "already_finished"
    assert desk.again(job) == done


def test_a_slice_goes_on_by_itself_when_its_time_is_up(desk: Desk) -> None:
    effect = FakeEffect()
    desk.use(effect)
    job = desk.checked("\n".join(f"+1212555{n:04}" for n in range(120)).encode())
    desk.imports.commit(job)
    left = iter([60_000, RESERVE - 1] * 50)
    outcomes = []
    while commands := desk.queue.take(WorkOnImport):
        outcomes += [desk.worker.do(one, lambda: next(left, 60_000)) for one in commands]
    assert outcomes == ["handed_out", *["continued"] * 4, "ended"]
    assert len(effect.done) == len(set(effect.done)) == 120
    assert counts(desk.again(job)) == {"added": 120}


@pytest.mark.usefixtures("small")
def test_the_look_at_a_file_goes_on_in_another_message(desk: Desk) -> None:
    job = desk.made(f"phone\n{ANN}\n{BOB}\n{CAT}\n{DAN}".encode())
    desk.imports.check(job)
    left = iter([0])
    outcomes = []
    while commands := desk.queue.take(WorkOnImport):
        outcomes += [desk.worker.do(one, lambda: next(left, 60_000)) for one in commands]
    assert outcomes[:2] == ["continued", "handed_out"]
    assert counts(desk.again(job)) == {"added": 4}


@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_a_lost_answer_stops_nothing(desk: Desk, operation: str) -> None:
    """The SDK repeats the call, whose condition then fails on its own change."""
    job = desk.made(FILE)
    desk.imports.check(job)
    with answer_lost(operation):
        desk.run()
    job = desk.imports.commit(desk.again(job))
    with answer_lost(operation):
        desk.run()
    done = desk.again(job)
    assert (done.state, counts(done)["added"]) == (ImportState.FINISHED, 3)


def test_counts_stay_what_was_decided_when_a_slice_is_repeated(desk: Desk) -> None:
    """What the first try added is no `already` of the second."""
    job = desk.checked(FILE)
    desk.imports.commit(job)

    def fail(call: Call) -> None:
        if call == ("dynamodb", "TransactWriteItems") and desk.listed(CAT):
            raise ConnectionError

    [start] = desk.queue.take(WorkOnImport)
    desk.worker.do(start, lambda: 60_000)
    [part] = desk.queue.take(WorkOnImport)
    with each_call(fail, ignore), pytest.raises(ConnectionError):
        desk.worker.do(part, lambda: 60_000)
    desk.worker.do(part, lambda: 60_000)
    assert counts(desk.again(job)) == counts(job)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"import_id": "im_none"}, "no_import"),
        ({"account_id": f"ac_{'B' * 26}"}, "no_import"),
        ({"step": Step.SLICE, "phase": Phase.COMMIT}, "outdated"),
    ],
)
def test_a_message_that_fits_nothing_does_nothing(
    desk: Desk, change: dict[str, str], outcome: str
) -> None:
    desk.imports.check(desk.made(FILE))
    [command] = desk.queue.take(WorkOnImport)
    assert desk.worker.do(command.model_copy(update=change), lambda: 60_000) == outcome


# Groups


def group_of(desk: Desk, phones: list[str]) -> str:
    """Make a group with contacts of these numbers."""
    group = desk.world.group()
    for phone in phones:
        desk.world.member(phone, group)
    return group.id


def test_the_members_of_a_group_are_opted_out(desk: Desk) -> None:
    """O3, O4: in the background, and out of the group's reach at the end."""
    group_id = group_of(desk, [ANN, BOB])
    job = group_import(desk, group_id)
    desk.run()
    done = desk.again(job)
    assert (done.state, done.total, counts(done)) == (ImportState.FINISHED, 2, {"added": 2})
    assert desk.listed(ANN)[0].entry.reason == "moved away"


def test_an_empty_group_is_done_at_once(desk: Desk) -> None:
    job = group_import(desk, group_of(desk, []))
    desk.run()
    assert desk.again(job).state == ImportState.FINISHED


@pytest.mark.thorough
def test_gathering_goes_on_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.contacts.imports.gather._SLICE", 1)
    job = group_import(desk, group_of(desk, [ANN, BOB, CAT]))
    [start] = desk.queue.take(WorkOnImport)
    steps = 0
    while desk.again(job).slices is None:
        desk.worker.do(start, lambda: 0)
        steps += 1
    assert steps > 8
    desk.queue.sent.clear()
    desk.worker.do(start, lambda: 60_000)
    desk.run()
    assert counts(desk.again(job)) == {"added": 3}


def group_import(desk: Desk, group_id: str) -> Import:
    asked = {"kind": "soft", "channels": ["sms"], "reason": "moved away"}
    return desk.imports.of_group(
        desk.account, Purpose.OPT_OUTS, (group_id, "News"), asked, "user", "Olga"
    )
