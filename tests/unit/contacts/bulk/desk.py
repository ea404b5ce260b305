"""A desk from which jobs are begun, and the worker that does them, with queues that are lists."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from assent.accounts.model import Member, Role
from assent.broadcasts.under_way import CopiesUnderWay
from assent.contacts import adding, store
from assent.contacts.bulk import store as job_store
from assent.contacts.bulk.model import (
    Action,
    Job,
    OptOutTerms,
    Refused,
    WorkOnJob,
)
from assent.contacts.bulk.service import JobService, Selection, Target
from assent.contacts.bulk.work import JobWorker
from assent.contacts.directory.model import Filter
from assent.contacts.groups.model import Group
from assent.contacts.labels import store as labels
from assent.contacts.labels.model import Label
from assent.contacts.model import Contact, Origin, QueuePlace, QueueState
from assent.contacts.queue.store import QueueRecord, queue_key
from assent.platform.ids import new_id
from assent.platform.queues import Outbox
from assent.platform.tables import ConditionFailed, Transaction
from tests.calls import Died
from tests.fakes import World

PLENTY = 1_000_000
LABEL = f"lb_{'0' * 26}"
OLGA = Member(user_id="user", account_id=f"ac_{'A' * 26}", role=Role.OWNER, name="Olga")


class Desk:
    """Begins jobs in account A of a world, and works on them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.queue = Outbox()
        self.service = JobService(world.clock, self.queue)
        self._people = 0
        self._label()

    def _label(self) -> None:
        """Make the one label that jobs put on and take off."""
        now = self.world.clock.now()
        made = Label(id=LABEL, account_id=self.world.a.id, name="VIP", created_at=now)
        transaction = Transaction()
        labels.add_label(transaction, made)
        with suppress(ConditionFailed):
            transaction.commit()

    @property
    def worker(self) -> JobWorker:
        """A process of its own."""
        return JobWorker(self.world.clock, self.world.accounts, self.queue, CopiesUnderWay())

    def begin(
        self,
        action: Action,
        ids: Iterable[str] = (),
        *,
        all_of: Filter | None = None,
        group: Group | None = None,
        label_id: str = "",
        opt_out: OptOutTerms | None = None,
    ) -> Job:
        """Begin a job."""
        target = Target(action, group, label_id, opt_out)
        return self.service.begin(self.world.a, target, Selection(list(ids), all_of), OLGA)

    def work(self, *, twice: bool = False, remaining: Callable[[], int] = lambda: PLENTY) -> None:
        """Do what is in the queue, what is held back last; who dies is a new process then."""
        for _ in range(2000):
            if not self.queue.sent:
                return
            command, delay = min(self.queue.sent, key=lambda one: one[1])
            self.queue.sent.remove((command, delay))
            if delay:
                self.world.clock.advance(seconds=delay)
                self.queue.sent = [(c, max(0, d - delay)) for c, d in self.queue.sent]
            if not isinstance(command, WorkOnJob):
                continue
            for _ in range(2 if twice else 1):
                try:
                    self.worker.do(command, remaining)
                except Died:
                    self.queue.sent.append((command, 1))
        raise AssertionError("it does not come to an end")

    def turn(self) -> None:
        """Do one thing that waits in the queue and is not held back, if there is any."""
        now = next((one for one in self.queue.sent if not one[1]), None)
        if now and isinstance(now[0], WorkOnJob):
            self.queue.sent.remove(now)
            self.worker.do(now[0], lambda: PLENTY)

    def empty(self) -> None:
        """Forget all contacts and their consent, and name those to come as the first."""
        simulated = dynamodb_backends["123456789012"]["us-east-1"]
        names = self.world.settings
        for table in (names.contacts_table, names.consent_table, names.ledger_table):
            simulated.tables[table].items.clear()
        self._people = 0
        self._label()

    def done(self, job: Job, *, twice: bool = False) -> Job:
        """Work until nothing is left, and return the job as it stands."""
        self.work(twice=twice)
        found = job_store.find(job.account_id, job.id)
        assert found is not None
        return found

    def counts(self, job: Job) -> tuple[int, int, int]:
        """Say how many were done, unchanged and refused."""
        progress = self.service.progress(job)
        return progress.done, progress.unchanged, progress.refused

    def refused(self, job: Job) -> dict[str, str]:
        """Say why which contacts were refused."""
        found: list[Refused] = []
        cursor: str | None = None
        while True:
            page, cursor = self.service.refused(job, cursor, 5)
            found += page
            if cursor is None:
                return {one.contact_id: one.code for one in found}

    def people(self, number: int, **fields: Any) -> list[Contact]:  # noqa: ANN401 -- any field
        """Make contacts that came from nowhere."""
        return [self.person(**fields) for _ in range(number)]

    def person(self, *, queued: bool = False, **fields: Any) -> Contact:  # noqa: ANN401 -- as above
        """Make one contact, waiting in the queue if it is to."""
        self._people += 1
        now = self.world.clock.advance(seconds=1)
        phone = f"+1212555{self._people:04}"
        values = {
            "id": new_id("ct", now),
            "first_name": f"Ann{self._people}",
            "last_name": "Lee",
            "origin": Origin.MANUAL,
            **fields,
        }
        made = Contact(
            account_id=self.world.a.id,
            phone=phone,
            subject=self.world.pseudonyms.of(phone),
            created_at=now,
            queue=QueuePlace(state=QueueState.QUEUED if queued else QueueState.OUTSIDE),
            **values,
        )
        adding.put(made)
        if queued:
            record = store.ContactRecord(*store.contact_key(made.account_id, made.id))
            record.update(actions=[store.ContactRecord.arrived_at.set(now)])
            QueueRecord(*queue_key(made.account_id, made.id, now)).save()
        return self.read(made)

    @staticmethod
    def read(contact: Contact) -> Contact:
        """Read a contact as it stands."""
        found = store.contact(contact.account_id, contact.id, consistent=True)
        assert found is not None
        return found


def ids(people: Sequence[Contact]) -> list[str]:
    """Name contacts."""
    return [one.id for one in people]
