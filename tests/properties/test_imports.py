"""Imports: whatever is in a file, and wherever a process ends."""

import csv
import io
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.core.models import MockAWS

from assent.consent.model import Channel, Kind
from assent.contacts.imports import cutting, store
from assent.contacts.imports.cutting import Refused, cut
from assent.contacts.imports.model import Import, ImportState, Purpose, RowOutcome
from assent.contacts.imports.opt_outs import options
from assent.contacts.imports.rows import Row, parse_rows
from assent.contacts.imports.service import ImportService, Upload
from assent.platform import settings as settings_module
from assent.platform.clock import SystemClock
from assent.platform.objects import Bucket
from assent.platform.queues import Queue
from assent.sms.numbers import InvalidNumber, parse
from tests.calls import Died, dying, recorded
from tests.unit.functions.deployment import A, Deployment, deployed

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

# Whatever is in a file

_NUMBERS = st.integers(2125550000, 2125550030).map(str)
_CELLS = st.one_of(_NUMBERS, _NUMBERS.map("+1{}".format), st.text(max_size=12))


@given(
    rows=st.lists(st.tuples(_CELLS, st.text(max_size=8)), max_size=40),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    chunk=st.integers(1, 200),
    most=st.integers(1, 7),
)
@settings(max_examples=200)
def test_cut_anywhere_every_row_is_read_once_as_the_csv_module_reads_it(
    rows: list[tuple[str, str]], encoding: str, chunk: int, most: int
) -> None:
    rows = [(a.replace("\0", ""), b.replace("\0", "")) for a, b in rows]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("phone", "name"), *rows])
    content = text.getvalue().encode(encoding, "replace")
    expected = [
        cells[0]
        for cells in csv.reader(io.StringIO(content.decode(encoding), newline=""))
        if any(cell.strip() for cell in cells)
    ][1:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "SLICE_ROWS", most)
        try:
            found = cut(
                lambda start, end: (
                    content[at : min(at + chunk, end)] for at in range(start, end, chunk)
                ),
                len(content),
                region="US",
            )
        except Refused:
            found = None
    assert (found is None) is (not expected)
    if found is None:
        return
    phones: list[str] = []
    bad: list[str] = []
    for one in found.slices:
        piece = content[one.start : one.end].decode(found.layout.encoding)
        layout = found.layout.model_copy(update={"fields": {}})
        parsed = parse_rows(piece, layout, one.line, "US")
        phones += parsed.phones
        bad += [row.cells[0] for row in parsed.bad]
        assert parsed.rows == one.rows <= most
    assert found.rows == len(expected)
    assert bad == [cell for cell in expected if number(cell) is None]
    assert set(phones) == {n for cell in expected if (n := number(cell))}


def number(cell: str) -> str | None:
    try:
        return parse(cell).e164
    except InvalidNumber:
        return None


# Wherever a process ends

_phones = count(2125580000)
_CHECKED = {ImportState.CHECKED, ImportState.RUNNING}


@pytest.fixture(scope="module")
def deployment(simulated_aws: MockAWS) -> Iterator[Deployment]:
    with deployed(simulated_aws) as made:
        yield made


def uploaded(deployment: Deployment) -> tuple[Import, list[str]]:
    """Send a file of its own: two numbers in four rows and two slices."""
    numbers = [f"+1{next(_phones)}" for _ in range(2)]
    rows = [*numbers, "bad", numbers[0]]
    content = "\n".join(["phone", *rows]).encode()
    imports = service()
    account = deployment.handler("contact_import").worker().accounts.account(A)
    asked = options(Kind.SOFT, [Channel.SMS], "")
    upload = Upload("stop.csv", len(content))
    job = imports.create(account, Purpose.OPT_OUTS, upload, asked, "user", "Olga")
    return imports.put_part(job, 1, content), numbers


def service() -> ImportService:
    names = settings_module.current()
    return ImportService(SystemClock(), Bucket(names.imports_bucket), Queue(names.imports_queue))


def work(deployment: Deployment) -> None:
    failures = 0
    while deployment.waiting("imports"):
        try:
            failures += len(deployment.deliver("imports"))
        except Died:
            deployment.cold()
        assert failures == 0


def carried_out(deployment: Deployment, job: Import) -> Import:
    """Lead an import to its end as the console does: who gets no answer asks again."""
    for _ in range(6):
        try:
            now = store.find(job.account_id, job.id) or job
            if now.state == ImportState.FINISHED:
                return now
            ask = service().commit if now.state in _CHECKED else service().check
            ask(now)
        except Died:
            deployment.cold()
        work(deployment)
    raise AssertionError("it does not come to an end")


def counts(job: Import) -> dict[RowOutcome, int]:
    return {outcome: number for outcome, number in job.counts.items() if number}


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "SLICE_ROWS", 2)


@pytest.mark.usefixtures("_small")
def test_an_import_ends_the_same_wherever_a_process_ends(deployment: Deployment) -> None:
    """C6, O3: killed between any two calls to AWS; nothing is left out or counted twice."""
    expected = {RowOutcome.ADDED: 2, RowOutcome.DUPLICATE: 1, RowOutcome.INVALID: 1}
    deployment.cold()
    with recorded() as calls:
        first = carried_out(deployment, uploaded(deployment)[0])
    assert counts(first) == expected
    assert len(calls) > 40
    for at in range(len(calls)):
        job, numbers = uploaded(deployment)
        with dying(at, before=False):
            done = carried_out(deployment, job)
        assert counts(done) == expected, at
        worker = deployment.handler("contact_import").worker()
        account = worker.accounts.account(A)
        effect = worker.effects[Purpose.OPT_OUTS]
        rows = [Row(line, phone, {}, []) for line, phone in enumerate(numbers)]
        assert effect.preview(account, done, rows) == [RowOutcome.ALREADY] * 2
