"""Exports: a view as a file, safe in a spreadsheet, written once wherever a process ends."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from assent.accounts.model import Member, Role
from assent.consent.model import Channel, Kind, Source
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.exports import columns, work
from assent.contacts.exports import store as export_store
from assent.contacts.exports.model import (
    TRANSITIONS,
    Event,
    Export,
    ExportState,
    WorkOnExport,
    next_state,
)
from assent.contacts.exports.service import ExportService
from assent.contacts.exports.work import ExportWorker
from assent.contacts.listed import Filters
from assent.contacts.opt_outs import OptOutService, Wanted
from assent.platform.errors import Conflict, NotFound
from assent.platform.objects import Bucket, Shelf, Uploads
from assent.platform.queues import Outbox
from assent.platform.transitions import IllegalTransition
from tests.calls import Died, dying, recorded
from tests.conftest import BUCKET
from tests.fakes import ANN, World
from tests.unit.contacts.people import add, crowd

PLENTY = 1_000_000
OLGA = Member(user_id="user", account_id=f"ac_{'A' * 26}", role=Role.OWNER, name="Olga")


@dataclass
class Desk:
    """Begins exports in account A, and works on them."""

    world: World
    uploads: Uploads = field(default_factory=Shelf)
    queue: Outbox = field(default_factory=Outbox)
    labels: dict[str, str] = field(default_factory=lambda: {"lb_1": "VIP"})

    @property
    def service(self) -> ExportService:
        return ExportService(self.world.clock, self.uploads, self.queue)

    @property
    def worker(self) -> ExportWorker:
        world = self.world
        return ExportWorker(
            clock=world.clock,
            accounts=world.accounts,
            uploads=self.uploads,
            queue=self.queue,
            opt_outs=OptOutService(world.clock, world.accounts, world.pseudonyms),
            integrations=lambda _: {world.integration.id: "Website"},
            labels=lambda _: self.labels,
        )

    def contacts(self, asked: Filter | None = None, sort: Sort = Sort.NEWEST) -> Export:
        return self.service.of_contacts(self.world.a, asked or Filter(), sort, OLGA)

    def done(self, job: Export, remaining: Callable[[], int] = lambda: PLENTY) -> Export:
        """Work until nothing is left, and return the export as it stands."""
        self.work(remaining)
        return self.service.find(job.account_id, job.id)

    def work(self, remaining: Callable[[], int] = lambda: PLENTY) -> None:
        """Do what is in the queue, every message twice; who dies is a new process then."""
        for _ in range(500):
            if not self.queue.sent:
                return
            command, _ = self.queue.sent.pop(0)
            assert isinstance(command, WorkOnExport)
            for _ in range(2):
                try:
                    self.worker.do(command, remaining)
                except Died:
                    self.queue.sent.append((command, 0))
        raise AssertionError("it does not come to an end")

    def file(self, job: Export) -> bytes:
        assert isinstance(self.uploads, Shelf)
        return self.uploads.kept[job.key]

    def rows(self, job: Export) -> list[dict[str, str]]:
        text = self.file(job).decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.mark.parametrize("sort", list(Sort))
def test_a_file_holds_what_the_view_lists_in_its_order(
    desk: Desk, sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C10."""
    monkeypatch.setattr(work, "PART", 300)
    monkeypatch.setattr(work, "_PAGE", 4)
    for number in range(17):
        add(desk.world, f"Ann{number % 5}", "Lee", favourite=number % 3 == 0)
    listed = directory.page(desk.world.a, Filter(), sort, None, 50).contacts
    job = desk.done(desk.contacts(sort=sort))
    assert [row["id"] for row in desk.rows(job)] == [one.id for one in listed]
    assert (job.state, job.rows, job.expected) == (ExportState.FINISHED, 17, 17)
    assert len(job.parts) > 3


def test_a_part_that_takes_longer_than_a_process_has_is_gone_on_with(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C10: few match among many, so that pages are short and the file is one part."""
    monkeypatch.setattr(directory, "MOST_READ", 1)
    monkeypatch.setattr(work, "_PAGE", 1)
    for number in range(12):
        add(desk.world, f"Ann{number}", opt_in="" if number % 4 else "Y")
    looks = iter([PLENTY, 0] * 500)  # time for one page each
    job = desk.done(desk.contacts(Filter(opt_in="Y")), lambda: next(looks))
    assert [row["first_name"] for row in desk.rows(job)] == ["Ann8", "Ann4", "Ann0"]
    assert (job.state, job.rows, len(job.parts)) == (ExportState.FINISHED, 3, 1)
    assert job.size == len(desk.uploads.get(job.key) or b"")


@pytest.mark.thorough
def test_ten_thousand_rows_equal_the_listing(desk: Desk) -> None:
    """C10."""
    crowd(desk.world, 10_000)
    job = desk.done(desk.contacts())
    listed: list[str] = []
    cursor: str | None = None
    while True:
        page = directory.page(desk.world.a, Filter(), Sort.NEWEST, cursor, 500, of_shown=0)
        listed += [one.id for one in page.contacts]
        cursor = page.cursor
        if cursor is None:
            break
    assert len(listed) == 10_000
    assert [row["id"] for row in desk.rows(job)] == listed


def test_a_filter_is_kept_to(desk: Desk) -> None:
    """C10: any filtered view."""
    add(desk.world, "Ann")
    chosen = add(desk.world, "Bob", favourite=True)
    job = desk.done(desk.contacts(Filter(favourite=True)))
    assert [row["id"] for row in desk.rows(job)] == [chosen.id]


def test_each_own_field_has_a_column_and_those_beyond_the_most_are_kept_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C10: found wherever they first occur, and no header is a formula."""
    monkeypatch.setattr(work, "_PAGE", 1)
    monkeypatch.setattr(columns, "MOST_FIELDS", 2)
    add(desk.world, "Ann", custom={"=City": "=Bern", "Age": "41"}, labels=frozenset({"lb_1"}))
    add(desk.world, "Bob", custom={"Town": "Ulm", "Age": "-2"})
    looks = iter([PLENTY, 0] * 500)  # time for one page each
    bob, ann = desk.rows(desk.done(desk.contacts(), lambda: next(looks)))
    assert list(ann)[-2:] == ["custom:=City", "custom:Age"]
    assert (ann["custom:=City"], ann["custom:Age"], ann["custom"]) == ("'=Bern", "41", "")
    assert (bob["custom:=City"], bob["custom:Age"], bob["custom"]) == ("", "-2", '{"Town": "Ulm"}')
    assert ann["labels"] == "VIP"


def test_a_view_of_nobody_is_a_file_with_its_columns(desk: Desk) -> None:
    job = desk.done(desk.contacts())
    assert isinstance(desk.uploads, Shelf)
    assert desk.uploads.kept[job.key].decode() == ",".join(columns.CONTACTS) + "\r\n"


def test_a_row_tells_all_of_a_contact_in_words(desk: Desk) -> None:
    """C10: times in UTC, numbers as they are, names of groups, labels and integrations."""
    member = desk.world.member()
    job = desk.done(desk.contacts())
    [row] = desk.rows(job)
    assert row["phone"] == member.phone == ANN
    assert row["created_at"] == "2026-01-05T15:00:00.000Z"
    assert (row["groups"], row["integration"]) == ("News", "Website")
    assert (row["sms_status"], row["voice_status"]) == ("subscribed", "subscribed")
    assert row["compliance_message"] == "delivered"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2", "-2"),
        ("-2+3", "'-2+3"),
        ("@cmd", "'@cmd"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("+14155550100", "+14155550100"),
        ("+1 415", "'+1 415"),
        ("+\u0661\u0662", "'+\u0661\u0662"),
        ("'=1+1", "''=1+1"),
        ("'+1", "''+1"),
        ("Ann = Lee", "Ann = Lee"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula_and_no_number_is_spoilt(cell: str, written: str) -> None:
    """C10, O2."""
    assert columns.safe(cell) == written


def test_the_opt_out_list_is_a_file_that_keeps_deleted_and_hides_erased_people(desk: Desk) -> None:
    """O2, O11, P5."""
    world = desk.world
    world.member()
    world.text("STOP")
    wanted = Wanted(Kind.SOFT, [Channel.VOICE], Source.ADMIN, "user", "Olga", "=asked")
    service = OptOutService(world.clock, world.accounts, world.pseudonyms)
    service.add_many(world.a, ["+12125550777"], wanted)
    job = desk.done(desk.service.of_opt_outs(world.a, Filters(), OLGA))
    rows = desk.rows(job)
    assert [(row["phone"], row["kind"], row["channel"]) for row in rows] == [
        ("+12125550777", "soft", "voice"),
        (ANN, "hard", "sms"),
    ]
    assert (rows[0]["reason"], rows[1]["by"]) == ("'=asked", "")
    assert rows[0]["at"].endswith("Z")
    only = desk.done(desk.service.of_opt_outs(world.a, Filters(kind=Kind.HARD), OLGA))
    assert [row["phone"] for row in desk.rows(only)] == [ANN]


@pytest.mark.thorough
def test_an_export_ends_the_same_wherever_a_process_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C10: killed after any call, every message twice; no row is missing or there twice."""
    monkeypatch.setattr(work, "PART", 200)
    monkeypatch.setattr(work, "_PAGE", 2)
    people = [add(desk.world, f"Ann{number}").id for number in range(3)]
    first = desk.contacts(sort=Sort.OLDEST)
    with recorded() as calls:
        desk.work()
    assert desk.done(first).state == ExportState.FINISHED
    for at in range(len(calls)):
        job = desk.contacts(sort=Sort.OLDEST)
        with dying(at, before=False):
            desk.work()
        done = desk.done(job)
        assert [row["id"] for row in desk.rows(done)] == people, at
        assert done.rows == len(people), at


def test_two_writers_of_one_export_do_not_write_over_each_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "PART", 100)
    monkeypatch.setattr(work, "_PAGE", 1)
    people = [add(desk.world, f"Ann{number}").id for number in range(4)]
    job = desk.contacts(sort=Sort.OLDEST)
    command = WorkOnExport(account_id=job.account_id, export_id=job.id)
    really = export_store.next_number
    inside: list[Export] = []

    def interrupted(of: Export) -> int:
        if not inside:
            inside.append(of)
            desk.worker.do(command, lambda: PLENTY)
        return really(of)

    monkeypatch.setattr(export_store, "next_number", interrupted)
    assert desk.worker.do(command, lambda: PLENTY) == "looked"
    assert desk.worker.do(command, lambda: PLENTY) in ("ended", "cancelled")
    assert inside
    assert [row["id"] for row in desk.rows(job)] == people


def test_an_export_without_time_hands_itself_on(desk: Desk) -> None:
    add(desk.world, "Ann")
    times = iter([0, 0, 0, PLENTY, PLENTY, PLENTY, PLENTY])
    job = desk.done(desk.contacts(), lambda: next(times))
    assert job.state == ExportState.FINISHED


def test_a_cancelled_export_leaves_no_file(desk: Desk) -> None:
    add(desk.world, "Ann")
    job = desk.contacts()
    cancelled = desk.service.cancel(job)
    assert desk.service.cancel(cancelled) == cancelled
    assert desk.done(job).state == ExportState.CANCELLED
    assert isinstance(desk.uploads, Shelf)
    assert desk.uploads.kept == {}
    with pytest.raises(Conflict) as refused:
        desk.service.link(cancelled)
    assert refused.value.code == "not_ready"


def test_a_link_is_made_for_a_finished_file_until_it_is_gone(desk: Desk) -> None:
    job = desk.done(desk.contacts())
    assert job.key in desk.service.link(job)
    with pytest.raises(Conflict):
        desk.service.cancel(job)
    desk.world.clock.at += timedelta(days=8)
    with pytest.raises(NotFound) as refused:
        desk.service.link(job)
    assert refused.value.code == "file_gone"


def test_another_accounts_export_is_unknown(desk: Desk) -> None:
    """Line 9."""
    job = desk.contacts()
    with pytest.raises(NotFound):
        desk.service.find(desk.world.b.id, job.id)


@pytest.mark.parametrize("event", list(Event))
def test_what_has_ended_does_not_go_on(event: Event) -> None:
    assert next_state(ExportState.RUNNING, event) == TRANSITIONS[ExportState.RUNNING, event]
    for state in (ExportState.FINISHED, ExportState.CANCELLED):
        with pytest.raises(IllegalTransition):
            next_state(state, event)


# The bucket itself


def test_a_bucket_puts_parts_together_and_links_to_them(world: World) -> None:
    """C10: completing it twice is no fault, and the link needs no key of ours."""
    del world
    bucket = Bucket(BUCKET)
    upload = bucket.begin("exports/a/b.csv", "text/csv")
    parts = [
        (number, bucket.put_part("exports/a/b.csv", upload, number, content))
        for number, content in ((2, b"a" * 5 * 1024 * 1024), (5, b"end"))
    ]
    bucket.complete("exports/a/b.csv", upload, parts)
    bucket.complete("exports/a/b.csv", upload, parts)
    assert bucket.get("exports/a/b.csv", 5 * 1024 * 1024) == b"end"
    link = bucket.link("exports/a/b.csv", "contacts.csv", 60)
    assert "X-Amz-Signature" in link
    assert "contacts.csv" in link
