"""The steps of a lane, each one transaction: its contacts' changes, the new position, the counts.

So a step happens once, however often a message comes or wherever a process ends, and the counts are
those of what was done. See docs/adr/0015.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from time import sleep

from assent.accounts.model import Account
from assent.contacts import store as contacts
from assent.contacts.bulk import choosing, selection, store
from assent.contacts.bulk.changes import Change, decided, refused
from assent.contacts.bulk.deleting import Delete, Disband
from assent.contacts.bulk.lanes import store as lane_store
from assent.contacts.bulk.model import (
    STEP,
    Action,
    Candidate,
    Decision,
    Job,
    Lane,
    Outcome,
)
from assent.contacts.under_way import UnderWay
from assent.platform.clock import Clock
from assent.platform.errors import AssentError, NotFound
from assent.platform.tables import ConditionFailed, Contention, Transaction

_LOOKED = 200  # contacts that one step looks at, whether they match or not
_ATTEMPTS = 6


@dataclass(frozen=True)
class Batch:
    """What one step is about; `position` is where the next begins."""

    found: list[Candidate]
    position: str | None
    looked: int
    last: bool


class Elsewhere(Exception):
    """Another process has taken this step."""


@dataclass
class Run:
    """One process that works on one lane."""

    job: Job
    account: Account
    senders: Sequence[str]
    clock: Clock
    copies: UnderWay
    name: str
    taken: int = 0

    def batches(self, lane: Lane) -> Iterator[Batch]:
        """Cut the lane's way, from where it has come to, into steps."""
        found = selection.walk(self.account, self.job, lane.number, lane.position)
        change = self._change()
        most = STEP if isinstance(change, AssentError) else min(STEP, change.most)
        while True:
            looked = 0
            batch: list[Candidate] = []
            position = lane.position
            for one in found:
                looked += 1
                position = one.position
                if one.contact_id and (one.contact or selection.is_named(self.job)):
                    batch.append(one)
                if len(batch) == most or looked == _LOOKED:
                    break
            else:
                yield Batch(batch, position, looked, last=True)
                return
            yield Batch(batch, position, looked, last=False)
            lane = lane.model_copy(update={"position": position})

    def step(self, lane: Lane, batch: Batch) -> Lane:
        """Take one step, and return the lane behind it."""
        self.taken += 1
        change = self._change()
        if isinstance(change, Delete) and batch.found:
            # Noted first: it removes the very entries along which the lane is walked.
            lane = lane.model_copy(
                update={
                    "begun": tuple(one.contact_id for one in batch.found),
                    "begun_to": batch.position or "",
                    "begun_looked": batch.looked,
                    "begun_last": batch.last,
                }
            )
            if not lane_store.begin_step(self.job, lane):
                raise Elsewhere
        return self._take(lane, batch, change)

    def resumed(self, lane: Lane) -> Lane:
        """Take a step of a deletion that had begun when its process ended, even if cancelled."""
        loaded = contacts.contacts(self.job.account_id, lane.begun)
        found = [Candidate("", one, loaded.get(one)) for one in lane.begun]
        batch = Batch(found, lane.begun_to or None, lane.begun_looked, lane.begun_last)
        return self._take(lane, batch, self._change())

    def follow(self, lane: Lane) -> None:
        """Do what follows for the contacts that the lane's last step changed; safe to repeat."""
        if lane.todo and not isinstance(change := self._change(), AssentError):
            change.after(lane.todo)

    def _change(self) -> Change | AssentError:
        job = self.job
        try:
            if job.action != Action.UNDO:
                return choosing.forward(self.account, job, self.senders, self.clock, self.copies)
            undone = store.find(job.account_id, job.undoes)
            if undone is None:
                return NotFound("unknown_job", "The job that was to be taken back is gone.")
            return choosing.undoing(self.account, undone, job.person, self.senders, self.clock)
        except AssentError as refusal:
            return refusal  # its group is gone by now: each contact says so

    def _take(self, lane: Lane, batch: Batch, change: Change | AssentError) -> Lane:
        for attempt in range(_ATTEMPTS):
            if attempt:
                sleep(0.02 * attempt)
            now = self.clock.now()
            decisions = self._decide(batch.found, change)
            after = self._after(lane, batch, decisions, change)
            transaction = self._transaction(lane, after, decisions, change, now)
            try:
                transaction.commit()
            except ConditionFailed as failure:
                if "lane" in failure.failed:
                    return self._taken_before(lane)
                labels = (label.split("/") for label in failure.failed)
                batch = self._again(batch, {parts[0] for parts in labels})
            except Contention:
                batch = self._again(batch, {one.contact_id for one in batch.found})
                if attempt and not isinstance(change, Delete):
                    batch = _halved(batch)
            else:
                return after
        raise Contention

    def _taken_before(self, lane: Lane) -> Lane:
        """Tell our own step, whose answer was lost, from another's."""
        now = lane_store.lane(self.job, lane.number)
        if now.run != self.name:
            raise Elsewhere
        return now

    def _decide(self, found: Sequence[Candidate], change: Change | AssentError) -> list[Decision]:
        if isinstance(change, AssentError):
            return [refused(one, change) for one in found]
        there = [one for one in found if one.contact or isinstance(change, Disband)]
        of_these = {one.candidate.contact_id: one for one in change.decide(there)} if there else {}
        return [of_these.get(one.contact_id) or self._missing(one) for one in found]

    def _missing(self, one: Candidate) -> Decision:
        if self.job.action == Action.DELETE:
            return decided(one, Outcome.UNCHANGED)
        return refused(one, NotFound("unknown_contact", "This account has no such contact."))

    def _after(
        self,
        lane: Lane,
        batch: Batch,
        decisions: Sequence[Decision],
        change: Change | AssentError,
    ) -> Lane:
        done = [one.candidate for one in decisions if one.outcome == Outcome.DONE]
        follows = not isinstance(change, AssentError) and change.has_after
        todo = tuple(one.contact_id for one in done) if follows else ()
        return Lane(
            number=lane.number,
            position=batch.position,
            steps=lane.steps + 1,
            progress=lane.progress.plus(batch.looked, decisions),
            # With something still to do, another step ends it.
            ended=batch.last and not todo,
            todo=todo,
            run=self.name,
        )

    def _transaction(
        self,
        lane: Lane,
        after: Lane,
        decisions: Sequence[Decision],
        change: Change | AssentError,
        at: datetime,
    ) -> Transaction:
        transaction = Transaction()
        done = [one.candidate for one in decisions if one.outcome == Outcome.DONE]
        lane_store.add_step(
            transaction,
            self.job,
            lane,
            after,
            [one.contact_id for one in done] if self.job.can_ever_be_undone else [],
            [one.refused for one in decisions if one.refused],
            at,
        )
        if not isinstance(change, AssentError):
            if done:
                change.before(done, at)
            for one in done:
                change.write(transaction.part(one.contact_id), one, at)
        return transaction

    def _again(self, batch: Batch, ids: set[str]) -> Batch:
        """Read some contacts afresh."""
        found = [
            replace(
                one,
                contact=contacts.contact(self.job.account_id, one.contact_id, consistent=True),
            )
            if one.contact_id in ids
            else one
            for one in batch.found
        ]
        return replace(batch, found=found)


def _halved(batch: Batch) -> Batch:
    """Take the first half of a step, so that fewer others can be at the same contacts."""
    if len(batch.found) < 2:  # noqa: PLR2004 -- a single contact has no halves
        return batch
    found = list(islice(batch.found, len(batch.found) // 2))
    return Batch(found, found[-1].position, len(found), last=False)
