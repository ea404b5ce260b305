"""A lead of a number that an import is at: it ends as if one had come behind the other.

So no field, no consent and no place in the queue is lost, wherever the two meet and whichever of
them ends in between.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from assent.consent import store as consent
from assent.contacts import being_made
from assent.contacts.directory import store as directory
from assent.contacts.imports import merging
from assent.contacts.imports.choices import Existing
from assent.contacts.imports.model import Import, WorkOnImport
from assent.contacts.model import QueueState
from assent.integrations import intake
from assent.integrations.model import ProcessLead
from assent.platform.settings import Settings
from assent.platform.tables import Contention
from tests.calls import Call, Died, each_call, ignore
from tests.conftest import put_back
from tests.fakes import CALLER, FakeProvider, World
from tests.unit.contacts.imports.people import PeopleDesk, keys, proof, rows

NELL = "+12125550104"
FILE = rows((NELL, "Nell", "", "row@example.com"))
LEAD = {"first_name": "Eleanor", "last_name": "New", "phone": NELL, "custom": {"city": "Bern"}}
LEAD_AGAIN, ROW_AGAIN = 190, 370  # seconds after which their queues hand messages out anew
CASES = [
    (Existing.SKIP, "", True),
    (Existing.SKIP, "Choir", False),
    (Existing.JOIN, "Choir", True),
    (Existing.UPDATE, "", False),
    (Existing.UPDATE, "Choir", True),
]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits in a test; who would, gives up sooner and comes again."""
    for module in (intake, merging):
        monkeypatch.setattr(module, "sleep", ignore)


@dataclass
class Meeting:
    """An account that is about to import Nell, whose lead comes by just before a call."""

    people: PeopleDesk
    job: Import
    at: int | None = None
    ends_at: int | None = None  # of the import's calls, the one at which its process ends
    made: int = 0
    inside: bool = False
    outcomes: list[str] = field(default_factory=list)

    def __call__(self, _: Call) -> None:
        if self.inside:
            return
        self.made += 1
        if self.made - 1 == self.at:
            self.lead()
        if self.made - 1 == self.ends_at:
            self.ends_at = None
            raise Died

    def lead(self) -> None:
        """Let the lead come in; one that has to wait comes again later."""
        world, self.inside = self.people.world, True
        world.ingest.from_api(world.api_key, LEAD, CALLER)
        [self.waiting] = world.queue.take(ProcessLead)
        self.again()
        self.inside = False

    def again(self) -> None:
        """Hand the lead out, to whoever processes it."""
        world = self.people.world
        try:
            self.outcomes.append(world.leads.process(self.waiting))
        except Contention:
            self.outcomes.append("later")
        world.run()

    def run(self) -> None:
        """Run the import; who ended, or has to wait, is handed out again when its time has come."""
        queue = self.people.queue
        while commands := queue.take(WorkOnImport):
            for command in commands:
                try:
                    self.people.worker.do(command, lambda: 60_000)
                except Died:
                    queue.send(command)
                    self.people.world.clock.advance(seconds=LEAD_AGAIN)
                    self._late_lead()
                    self.people.world.clock.advance(seconds=ROW_AGAIN - LEAD_AGAIN)
        self.people.world.clock.advance(seconds=LEAD_AGAIN)
        self._late_lead()

    def _late_lead(self) -> None:
        if self.outcomes[-1:] == ["later"]:
            with paused(self):
                self.again()

    def end(self) -> dict[str, Any]:
        """Say what there is of Nell."""
        world = self.people.world
        contact = world.contact(NELL)
        assert contact is not None
        known = consent.consent(contact.account_id, contact.subject)
        of_contact = [key for key in keys() if contact.id in key and "#history" not in key]
        entries = {type(one).__name__ for one in directory.entries(contact)}
        assert entries
        return {
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "email": contact.email,
            "custom": contact.custom,
            "queue": contact.queue.state,
            "compliance": contact.compliance.state,
            "in_group": len(contact.groups),
            "items": len(of_contact),
            "marks": contact.marks,
            "agreements": {name: one.standing for name, one in known.agreements.items()},
            "todo": known.todo,
            "events": sorted(self.people.events(NELL)),
            "texts": len(world.provider.texts_to(NELL)),
        }


@contextmanager
def paused(meeting: Meeting) -> Iterator[None]:
    """Count no calls of the import."""
    meeting.inside = True
    yield
    meeting.inside = False


Case = tuple[Existing, str, bool]
Make = Callable[[Case], Meeting]


@pytest.fixture
def make(aws: Settings, provider: FakeProvider) -> Make:
    """Make the account anew, with the import committed."""

    def made(case: Case) -> Meeting:
        existing, group, proven = case
        provider.sent.clear()
        people = PeopleDesk(World(aws, provider, partial(put_back, "world")))
        chosen: dict[str, object] = {"existing": existing}
        if group:
            chosen["new_group"] = group
        if proven:
            chosen["proof"] = proof()
        return Meeting(people, people.committed(FILE, **chosen))

    return made


def in_order(make: Make, case: Case) -> list[dict[str, Any]]:
    """Say how it ends when the lead comes before the import, and when it comes behind it."""
    first = make(case)
    first.lead()
    first.run()
    ends = [first.end()]
    behind = make(case)
    behind.run()
    behind.lead()
    return [*ends, behind.end()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_lead_that_meets_an_import_loses_nothing(make: Make, case: Case) -> None:
    """Q13, C6, P1: before each call of the run; it is queued, told and on record as in order."""
    orders = in_order(make, case)
    at, waited = 0, 0
    while True:
        meeting = make(case)
        meeting.at = at
        with each_call(meeting, ignore):
            meeting.run()
        if not meeting.outcomes:
            break
        waited += "later" in meeting.outcomes
        assert meeting.end() in orders, (at, meeting.outcomes)
        at += 1
    assert at > 12
    # From the transaction that takes the number to the write of the contact.
    assert waited > 1


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES[::2], ids=str)
def test_an_import_that_ends_before_it_wrote_the_contact_keeps_no_lead_waiting(
    make: Make, case: Case
) -> None:
    """Q13, C6: the lead makes the contact then, and the row that comes again finds it there."""
    existing, _, _ = case
    orders = in_order(make, case)
    at, by_lead = 0, 0
    while True:
        meeting = make(case)
        meeting.at = meeting.ends_at = at
        with each_call(meeting, ignore):
            meeting.run()
        if not meeting.outcomes:
            break
        end = meeting.end()
        contact = meeting.people.world.contact(NELL)
        assert contact is not None
        if contact.import_id or end in orders:
            assert end in orders, (at, meeting.outcomes)
        else:
            # The number was taken with its proof, the contact is the lead's: as in order, but that
            # the proof is there where an import of its number would have left it alone.
            by_lead += 1
            assert existing == Existing.SKIP
            assert (end["in_group"], end["texts"]) == (0, 1)
            assert end["queue"] == QueueState.WAITING
        at += 1
    assert at > 12
    assert by_lead == 0 or existing == Existing.SKIP
    assert being_made.LIFE.total_seconds() < LEAD_AGAIN
