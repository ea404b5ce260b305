"""Imports of account A, with everything but the tables in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from assent.accounts.model import Account
from assent.consent.model import Channel, Kind
from assent.contacts.imports import store
from assent.contacts.imports.columns import Reading
from assent.contacts.imports.effects import Decision, Effect
from assent.contacts.imports.model import (
    PART,
    Import,
    ImportState,
    Purpose,
    RowOutcome,
    WorkOnImport,
)
from assent.contacts.imports.opt_outs import OptOutImports, options
from assent.contacts.imports.rows import Row
from assent.contacts.imports.service import ImportService, Upload
from assent.contacts.imports.work import ImportWorker
from assent.contacts.opt_outs import Listed, OptOutService
from assent.platform.objects import Shelf
from assent.platform.queues import Outbox
from tests.fakes import World

PLENTY = 60_000


@dataclass
class FakeEffect:
    """Remembers what it was asked to do."""

    standing: dict[str, RowOutcome] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    most_previewed: int = 100
    most_applied: int = 25
    refuses: frozenset[RowOutcome] = frozenset()

    def reading(self, job: Import) -> Reading:
        return Reading(encoding=job.asked_encoding, fields={})

    def preview(self, account: Account, job: Import, rows: Sequence[Row]) -> list[RowOutcome]:
        assert len(rows) <= self.most_previewed
        return [self.standing.get(row.phone, RowOutcome.ADDED) for row in rows]

    def apply(self, account: Account, job: Import, rows: Sequence[Decision]) -> list[RowOutcome]:
        assert len(rows) <= self.most_applied
        phones = [row.phone for row, _ in rows]
        self.done += phones
        self.standing |= dict.fromkeys(phones, RowOutcome.ALREADY)
        return [outcome for _, outcome in rows]


class Desk:
    """Leads imports as an administrator does, and plays the queue."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.account = world.a
        self.shelf = Shelf()
        self.queue = Outbox()
        self.opt_outs = OptOutService(world.clock, world.accounts, world.pseudonyms)
        self.imports = ImportService(world.clock, self.shelf, self.queue)
        self.use(OptOutImports(self.opt_outs, world.accounts))

    def use(self, effect: Effect) -> None:
        self.worker = ImportWorker(
            self.world.clock,
            self.world.accounts,
            self.shelf,
            self.queue,
            {Purpose.OPT_OUTS: effect},
        )

    def made(
        self,
        content: bytes,
        *,
        kind: Kind = Kind.SOFT,
        channels: Sequence[Channel] = (Channel.SMS,),
        region: str = "",
    ) -> Import:
        """Make an import and send its file."""
        job = self.imports.create(
            self.account,
            Purpose.OPT_OUTS,
            Upload("stop.csv", len(content), region),
            options(kind, channels, "from the old system"),
            actor="user",
            by="Olga",
        )
        for number in range(1, job.parts_expected + 1):
            job = self.imports.put_part(job, number, content[(number - 1) * PART : number * PART])
        return job

    def checked(self, content: bytes, **how: object) -> Import:
        """Make an import and check it."""
        job = self.made(content, **how)  # type: ignore[arg-type]
        self.imports.check(job)
        self.run()
        return self.again(job)

    def finished(self, content: bytes, **how: object) -> Import:
        """Make an import, check and commit it."""
        job = self.checked(content, **how)
        assert job.state == ImportState.CHECKED, job.problem
        self.imports.commit(job)
        self.run()
        return self.again(job)

    def run(self, milliseconds: int = PLENTY) -> list[str]:
        """Do what is in the queue, and what comes of it, until it is empty."""
        outcomes = []
        while commands := self.queue.take(WorkOnImport):
            outcomes += [self.worker.do(one, lambda: milliseconds) for one in commands]
        return outcomes

    def again(self, job: Import) -> Import:
        found = store.find(job.account_id, job.id)
        assert found is not None
        return found

    def listed(self, phone: str) -> list[Listed]:
        [lines] = self.opt_outs.preview(self.account, [phone]).values()
        return lines


def counts(job: Import) -> dict[str, int]:
    """Show the counts that are not nought."""
    return {outcome.value: number for outcome, number in job.counts.items() if number}
