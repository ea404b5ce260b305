"""Carries jobs out: a lane at a time, a step of contacts at a time.

A step is one transaction: the changes of its contacts, the lane's new position and its counts. So a
step happens once, however often a message comes or wherever a process ends, and the counts are
those of what was done. See docs/adr/0015.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from time import sleep

from ulid import ULID

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.contacts import store as contacts
from assent.contacts.bulk import choosing, selection, store
from assent.contacts.bulk.changes import Change, decided, refused
from assent.contacts.bulk.deleting import Delete, Disband
from assent.contacts.bulk.model import (
    STEP,
    Action,
    Candidate,
    Decision,
    Event,
    Job,
    JobState,
    Lane,
    Outcome,
    WorkOnJob,
)
from assent.contacts.groups import store as groups
from assent.contacts.groups.counting import store as counts
from assent.platform.clock import Clock
from assent.platform.errors import AssentError, NotFound
from assent.platform.queues import MAX_DELAY, Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction

RESERVE = 6_000
"""Milliseconds that are left when a lane hands itself on."""
STEPS = 20
"""Steps that one message takes: the queue carries other work too."""
_LOOKED = 200  # contacts that one step looks at, whether they match or not
_ATTEMPTS = 6
_LATER = 60  # seconds, after which somebody looks whether the other one goes on

Remaining = Callable[[], int]
"""Says how many milliseconds are left."""


@dataclass(frozen=True)
class _Batch:
    """What one step is about; `position` is where the next begins."""

    found: list[Candidate]
    position: str | None
    looked: int
    last: bool


class _Elsewhere(Exception):
    """Another process has taken this step."""


@dataclass
class JobWorker:
    """Begins jobs and works on their lanes."""

    clock: Clock
    accounts: AccountService
    commands: Sink

    def do(self, command: WorkOnJob, remaining: Remaining) -> str:
        """Do what a message asks for; says how it ended."""
        job = store.find(command.account_id, command.job_id)
        if job is None:
            return "no_job"
        if command.lane is None:
            return self._begin(job, command)
        return self._work(job, command, remaining)

    def _begin(self, job: Job, command: WorkOnJob) -> str:
        if job.state == JobState.WAITING:
            wait = (job.starts_at - self.clock.now()).total_seconds()
            if wait > 0:
                self.commands.send(command, min(int(wait) + 1, MAX_DELAY))
                return "too_early"
            job = store.advance(job, Event.STARTED) or store.find(job.account_id, job.id) or job
        if job.state != JobState.RUNNING:
            return f"is_{job.state}"
        begun = {lane.number for lane in store.lanes(job)}
        hand_out(job, self.commands, set(range(job.lanes)) - begun)
        return "started"

    def _work(self, job: Job, command: WorkOnJob, remaining: Remaining) -> str:
        number = command.lane or 0
        lane = store.lane(job, number)
        if lane.ended:
            return self._end(job)
        if job.action == Action.UNDO:
            self._close(job, number)
        senders = [sender.id for sender in self.accounts.senders_of(job.account_id)]
        run = _Run(job, self._account(job), senders, self.clock, str(ULID()))
        try:
            # Also of a job that was cancelled: what has begun, or has been done, is brought to its
            # end by whoever comes next, should the process that began it have ended.
            if lane.begun:
                lane = run.resumed(lane)
            run.follow(lane)
            return self._steps(run, lane, command, remaining)
        except _Elsewhere:
            # Should that process end, its message comes back; this looks after both.
            self.commands.send(command, _LATER)
            return "elsewhere"

    def _steps(self, run: "_Run", lane: Lane, command: WorkOnJob, remaining: Remaining) -> str:
        job = run.job
        for batch in run.batches(lane):
            if self._state(job) != JobState.RUNNING:
                return "not_running"
            lane = run.step(lane, batch)
            run.follow(lane)
            if lane.ended:
                return self._end(job)
            if lane.position != batch.position or run.taken == STEPS or remaining() < RESERVE:
                break
        if lane.ended:
            return self._end(job)
        self.commands.send(command)
        return "continued"

    @staticmethod
    def _close(job: Job, number: int) -> None:
        """End the lane that is taken back: a step on its way would come behind the walk along it.

        It is written before what the lane did is read: each step was taken by then, or never is.
        """
        undone = store.find(job.account_id, job.undoes)
        if undone and undone.state == JobState.CANCELLED:
            store.close_lane(undone, number)

    @staticmethod
    def _state(job: Job) -> JobState | None:
        now = store.find(job.account_id, job.id)
        return now.state if now else None

    def _end(self, job: Job) -> str:
        ended = [lane.number for lane in store.lanes(job) if lane.ended]
        if len(ended) < job.lanes or job.state != JobState.RUNNING:
            return "lane_ended"
        now = self.clock.now()
        if job.action != Action.DELETE_GROUP:
            store.advance(job, Event.ENDED, finished_at=now)
            return "ended"
        transaction = Transaction()
        store.add_advance(transaction, job, Event.ENDED, finished_at=now)
        groups.add_ended(transaction, job.account_id, job.group_id, job.group_name)
        try:
            transaction.commit()
        except ConditionFailed:
            return "lane_ended"  # another has ended it
        counts.delete_count(job.account_id, job.group_id)
        return "ended"

    def _account(self, job: Job) -> Account:
        return self.accounts.account(job.account_id)


def hand_out(job: Job, commands: Sink, lanes: Collection[int]) -> None:
    """Send a message for each of these lanes."""
    commands.send_all(
        (WorkOnJob(account_id=job.account_id, job_id=job.id, lane=number), 0)
        for number in sorted(lanes)
    )


@dataclass
class _Run:
    """One process that works on one lane."""

    job: Job
    account: Account
    senders: Sequence[str]
    clock: Clock
    name: str
    taken: int = 0

    def batches(self, lane: Lane) -> Iterator[_Batch]:
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
                yield _Batch(batch, position, looked, last=True)
                return
            yield _Batch(batch, position, looked, last=False)
            lane = lane.model_copy(update={"position": position})

    def step(self, lane: Lane, batch: _Batch) -> Lane:
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
            if not store.begin_step(self.job, lane):
                raise _Elsewhere
        return self._take(lane, batch, change)

    def resumed(self, lane: Lane) -> Lane:
        """Take a step of a deletion that had begun when its process ended, even if cancelled."""
        loaded = contacts.contacts(self.job.account_id, lane.begun)
        found = [Candidate("", one, loaded.get(one)) for one in lane.begun]
        batch = _Batch(found, lane.begun_to or None, lane.begun_looked, lane.begun_last)
        return self._take(lane, batch, self._change())

    def follow(self, lane: Lane) -> None:
        """Do what follows for the contacts that the lane's last step changed; safe to repeat."""
        if lane.todo and not isinstance(change := self._change(), AssentError):
            change.after(lane.todo)

    def _change(self) -> Change | AssentError:
        job = self.job
        try:
            if job.action != Action.UNDO:
                return choosing.forward(self.account, job, self.senders, self.clock)
            undone = store.find(job.account_id, job.undoes)
            if undone is None:
                return NotFound("unknown_job", "The job that was to be taken back is gone.")
            return choosing.undoing(self.account, undone, job.person, self.senders, self.clock)
        except AssentError as refusal:
            return refusal  # its group is gone by now: each contact says so

    def _take(self, lane: Lane, batch: _Batch, change: Change | AssentError) -> Lane:
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
        now = store.lane(self.job, lane.number)
        if now.run != self.name:
            raise _Elsewhere
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
        batch: _Batch,
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
        store.add_step(
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
                change.before(done)
            for one in done:
                change.write(transaction.part(one.contact_id), one, at)
        return transaction

    def _again(self, batch: _Batch, ids: set[str]) -> _Batch:
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


def _halved(batch: _Batch) -> _Batch:
    """Take the first half of a step, so that fewer others can be at the same contacts."""
    if len(batch.found) < 2:  # noqa: PLR2004 -- a single contact has no halves
        return batch
    found = list(islice(batch.found, len(batch.found) // 2))
    return _Batch(found, found[-1].position, len(found), last=False)
