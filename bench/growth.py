"""What an operation takes in an account of 1, 10, 100 and 1,000 times the size.

The real services run at PynamoDB's door, on `bench.tables`; units and calls are those that AWS
would see. See `bench.town` for what grows.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from assent.accounts.model import Member, Role
from assent.api.status import statuses_of_many
from assent.broadcasts.model import NewBroadcast
from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.model import Channel
from assent.contacts.bulk.model import Action, WorkOnJob
from assent.contacts.bulk.service import JobService, Selection, Target
from assent.contacts.bulk.work import JobWorker
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter, OptedOut, Sort
from assent.contacts.exports.model import WorkOnExport
from assent.contacts.exports.service import ExportService
from assent.contacts.exports.work import ExportWorker
from assent.contacts.groups import store as group_store
from assent.contacts.labels import store as labels
from assent.contacts.opt_outs import OptOutService
from assent.contacts.queue import service as queue
from assent.contacts.queue import store as queue_store
from assent.messaging.model import MessageState
from assent.platform.objects import Shelf
from assent.platform.queues import Outbox
from assent.platform.tables import Transaction
from bench.prices import Usage
from bench.results import RESULTS, Result
from bench.town import LABEL, PEOPLE, REGULARS, Meter, Town, town
from tests.fakes import ANN
from tests.unit.broadcasts.desk import TEXT
from tests.unit.contacts.imports.people import PeopleDesk, proof, rows

SIZES = (1, 10, 100, 1000)
_PAGE = 50
_IMPORTED = 100
_PLENTY = 1_000_000
_OLGA = Member(user_id="user", account_id=f"ac_{'A' * 26}", role=Role.OWNER, name="Olga")
BOUNDED = (
    *(f"page of {_PAGE} contacts, {sort}" for sort in Sort),
    "page of 50 of a group",
    "page of 50 with a label",
    "page of 50 who opted out",
    "search by last four digits",
    "search by name",
    "search by e-mail",
    "queue: list of 50",
    "queue: search",
    "queue: count of the badge",
    "list of 50 broadcasts",
    "names of all groups",
)
"""What may grow until a page is full: it has a budget instead."""
WALKED = ("search by name, all its pages", "queue: search, all its pages")
"""What grows with what is found, or looked through, and is printed without a budget."""
_GROWS = 1.05
"""How much more an operation may take in an account a thousand times as large."""


@dataclass(frozen=True)
class Figures:
    """What an operation took in one account, divided by what it was done to."""

    name: str
    write_units: float
    read_units: float
    calls: float
    messages: float
    cpu_seconds: float

    @property
    def dollars(self) -> float:
        """Return what a million of them cost in units."""
        used = Usage(write_units=self.write_units, read_units=self.read_units)
        return used.dollars_a_million()

    def __str__(self) -> str:
        return f"{self.write_units:.4g} W {self.read_units:.4g} R {self.calls:.3g}"


def measured(size: int, *, whole: bool = False) -> dict[str, Figures]:
    """Do everything once in an account of a size; `whole` runs botocore too."""
    with town(size, whole=whole) as made:
        _label()
        return {
            name: Figures(
                name,
                used.write_units / each,
                used.read_units / each,
                used.calls / each,
                used.messages / each,
                used.cpu_seconds / each,
            )
            for name, used, each in _all(made)
        }


def results() -> list[Result]:
    """Compare the largest account with the budgets, and with the smallest."""
    tables = {size: measured(size) for size in SIZES}
    smallest, largest = tables[SIZES[0]], tables[SIZES[-1]]
    _keep(tables)
    pages = [
        Result.at_most(f"{name}, of {PEOPLE * SIZES[-1]:,}", one.read_units, "read units", 60)
        for name, one in largest.items()
        if name in BOUNDED
    ]
    return pages + [
        Result.at_most(
            f"growth, {SIZES[-1]:,} times: {name}",
            one.dollars / smallest[name].dollars,
            "times the dollars",
            _GROWS,
        )
        for name, one in largest.items()
        if name not in {*BOUNDED, *WALKED}
    ]


def _keep(tables: dict[int, dict[str, Figures]]) -> None:
    """Write all figures down, and print them: units written, units read, calls."""
    RESULTS.mkdir(exist_ok=True)
    kept = [asdict(one) | {"size": size} for size in tables for one in tables[size].values()]
    (RESULTS / "growth.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    width = max(len(name) for name in tables[1])
    heads = (f"{f'{PEOPLE * size:,} contacts':>24}" for size in tables)
    print(f"{'write units, read units, calls':{width}}", *heads)
    for name in tables[1]:
        cells = (str(of_size[name]).rjust(24) for of_size in tables.values())
        print(f"{name:{width}}", *cells)
    print()


# What is done


def _all(made: Town) -> Iterator[tuple[str, Meter, int]]:
    """Do one thing after the other; yields its name, what it used, and for how many."""
    for parts in (_pages, _lists, _lead, _many):
        yield from parts(made)


def _pages(made: Town) -> Iterator[tuple[str, Meter, int]]:
    asked = {f"page of {_PAGE} contacts, {sort}": (Filter(), sort) for sort in Sort} | {
        "search by last four digits": (Filter(search="0077"), Sort.NEWEST),
        "search by name": (Filter(search="ann featherstonehaughba"), Sort.NEWEST),
        "search by e-mail": (Filter(search=made.email), Sort.NEWEST),
        "page of 50 of a group": (Filter(group_id=made.everybody.id), Sort.NEWEST),
        "page of 50 with a label": (Filter(label_id=LABEL.id), Sort.NEWEST),
        "page of 50 who opted out": (Filter(opted_out=OptedOut.ANY), Sort.NEWEST),
        "queue: list of 50": (Filter(queued=True), Sort.NEWEST),
        "queue: search": (Filter(queued=True, search="jonas petrov"), Sort.NEWEST),
    }
    for name, (chosen, sort) in asked.items():
        with made.measured() as used:
            _page(made, chosen, sort, None)
        yield name, used, 1
    for name in WALKED:
        chosen, sort = asked[name.partition(",")[0]]
        with made.measured() as used:
            cursor = _page(made, chosen, sort, None)
            while cursor:
                cursor = _page(made, chosen, sort, cursor)
        yield name, used, 1


def _page(made: Town, chosen: Filter, sort: Sort, cursor: str | None) -> str | None:
    """Show a page; returns where the next one begins."""
    page = directory.page(made.account, chosen, sort, cursor, _PAGE)
    statuses_of_many(page.contacts, made.account, [made.world.sender], made.world.clock.now())
    return page.cursor


def _lists(made: Town) -> Iterator[tuple[str, Meter, int]]:
    with made.measured() as used:
        queue_store.size(made.account.id)
    yield "queue: count of the badge", used, 1
    with made.measured() as used:
        made.desk.service.listed(made.account.id, None, _PAGE)
    yield "list of 50 broadcasts", used, 1
    with made.measured() as used:
        group_store.groups(made.account.id)
    yield "names of all groups", used, 1


def _lead(made: Town) -> Iterator[tuple[str, Meter, int]]:
    world = made.world
    world.lead("+12125550177")  # warms what is kept for 10 s
    world.queue.sent = []
    with made.measured() as used:
        world.queued(ANN)
    yield "lead by the API, until it is in the queue", used, 1
    contact = world.contact(ANN)
    if contact is None:
        raise LookupError("the lead was lost")
    with made.measured() as used:
        refusal = queue.move(made.account, contact.id, made.everybody, "Olga", world.clock)
    if refusal:
        raise LookupError(refusal.code)
    yield "move from the queue to a group", used, 1
    with made.measured() as used:
        world.text("STOP", ANN)
    if world.opt_out().standing_against(Channel.SMS, made.account.id) is None:
        raise LookupError("the STOP was lost")
    yield "STOP, with its effects", used, 1


def _many(made: Town) -> Iterator[tuple[str, Meter, int]]:
    with made.measured() as used:
        _job(made)
    yield "job: a contact that gets a label", used, REGULARS
    with made.measured() as used:
        _export(made)
    yield "export: a contact", used, REGULARS
    yield "import: a contact with proof", _import(made), _IMPORTED
    desk = made.desk
    wanted = NewBroadcast(
        name="News", groups=[made.regulars.id], template=TEXT, quiet_hours="exempt", caps="exempt"
    )
    draft = desk.drafts.create(made.account, wanted, by="Olga")
    with made.measured() as used:
        desk.begin(draft)
        desk.run()
    if desk.report(draft).sent != REGULARS:
        raise LookupError(f"sent to {desk.report(draft)}")
    yield "broadcast: a recipient", used, REGULARS
    regular = made.regular()
    receipt = desk.receipt_for(draft, regular, MessageState.DELIVERED)
    with made.measured() as used:
        desk.handle(receipt)
    yield "receipt of a broadcast's copy", used, 1


def _label() -> None:
    transaction = Transaction()
    labels.add_label(transaction, LABEL)
    transaction.commit()


def _job(made: Town) -> None:
    line = Outbox()
    chosen = Selection(filter=Filter(group_id=made.regulars.id))
    target = Target(Action.ADD_LABEL, None, LABEL.id)
    job = JobService(made.world.clock, line).begin(made.account, target, chosen, _OLGA)
    worker = JobWorker(made.world.clock, made.world.accounts, line, CopiesUnderWay())
    while line.sent:
        command, delay = line.sent.pop(0)
        made.world.clock.advance(seconds=delay)
        if isinstance(command, WorkOnJob):
            worker.do(command, lambda: _PLENTY)
    done = JobService(made.world.clock, line).progress(job).done
    if done != REGULARS:
        raise LookupError(f"{done} contacts got the label")


def _export(made: Town) -> None:
    world, line, shelf = made.world, Outbox(), Shelf()
    service = ExportService(world.clock, shelf, line)
    asked = Filter(group_id=made.regulars.id)
    job = service.of_contacts(made.account, asked, Sort.NEWEST, _OLGA)
    worker = ExportWorker(
        clock=world.clock,
        accounts=world.accounts,
        uploads=shelf,
        queue=line,
        opt_outs=OptOutService(world.clock, world.accounts, world.pseudonyms),
        integrations=lambda _: {},
        labels=lambda _: {},
    )
    while commands := line.take(WorkOnExport):
        for command in commands:
            worker.do(command, lambda: _PLENTY)
    exported = service.find(job.account_id, job.id).rows
    if exported != REGULARS:
        raise LookupError(f"{exported} rows")


def _import(made: Town) -> Meter:
    desk = PeopleDesk(made.world)
    cells = ((f"+1305{2_000_000 + n}", f"Ann{n}", f"Lee{n}", "") for n in range(_IMPORTED))
    with made.measured() as used:
        desk.finished(rows(*cells), group_id=made.everybody.id, proof=proof(*Channel))
    return used
