"""Carries jobs out: begins them, works on a lane at a time, and ends them with the last lane."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ulid import ULID

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.contacts.bulk import store
from assent.contacts.bulk.lanes import store as lane_store
from assent.contacts.bulk.model import (
    Action,
    Event,
    Job,
    JobState,
    Lane,
    WorkOnJob,
)
from assent.contacts.bulk.steps import Elsewhere, Run
from assent.contacts.groups import store as groups
from assent.contacts.groups.counting import store as counts
from assent.contacts.under_way import UnderWay
from assent.platform.clock import Clock
from assent.platform.queues import MAX_DELAY, Sink
from assent.platform.tables import ConditionFailed, Transaction

RESERVE = 6_000
"""Milliseconds that are left when a lane hands itself on."""
STEPS = 20
"""Steps that one message takes: the queue carries other work too."""
_LATER = 60  # seconds, after which somebody looks whether the other one goes on

Remaining = Callable[[], int]
"""Says how many milliseconds are left."""


@dataclass
class JobWorker:
    """Begins jobs and works on their lanes."""

    clock: Clock
    accounts: AccountService
    commands: Sink
    copies: UnderWay

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
        begun = {lane.number for lane in lane_store.lanes(job)}
        hand_out(job, self.commands, set(range(job.lanes)) - begun)
        return "started"

    def _work(self, job: Job, command: WorkOnJob, remaining: Remaining) -> str:
        number = command.lane or 0
        lane = lane_store.lane(job, number)
        if lane.ended:
            return self._end(job)
        if job.action == Action.UNDO:
            self._close(job, number)
        senders = [sender.id for sender in self.accounts.senders_of(job.account_id)]
        run = Run(job, self._account(job), senders, self.clock, self.copies, str(ULID()))
        try:
            # Also of a job that was cancelled: what has begun, or has been done, is brought to its
            # end by whoever comes next, should the process that began it have ended.
            if lane.begun:
                lane = run.resumed(lane)
            run.follow(lane)
            return self._steps(run, lane, command, remaining)
        except Elsewhere:
            # Should that process end, its message comes back; this looks after both.
            self.commands.send(command, _LATER)
            return "elsewhere"

    def _steps(self, run: Run, lane: Lane, command: WorkOnJob, remaining: Remaining) -> str:
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
            lane_store.close_lane(undone, number)

    @staticmethod
    def _state(job: Job) -> JobState | None:
        now = store.find(job.account_id, job.id)
        return now.state if now else None

    def _end(self, job: Job) -> str:
        ended = [lane.number for lane in lane_store.lanes(job) if lane.ended]
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
