"""Jobs as the console leads them: begun, looked at, cancelled, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

from assent.accounts.model import Account, Member
from assent.contacts.bulk import selection, store
from assent.contacts.bulk.lanes import store as lane_store
from assent.contacts.bulk.model import (
    GROUP_WINDOW,
    MOST_IDS,
    PROPOSAL,
    UNDO_WINDOW,
    Action,
    Event,
    Job,
    JobState,
    OptOutTerms,
    Progress,
    Refused,
    WorkOnJob,
)
from assent.contacts.bulk.work import hand_out
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter
from assent.contacts.groups import service as groups
from assent.contacts.groups import store as group_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound
from assent.platform.ids import new_id
from assent.platform.queues import Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.platform.transitions import IllegalTransition

COUNTED = 10_000
"""Contacts that a job counts before it begins; beyond that, people are told that there are more."""
_SAFETY = 5  # seconds, after which a job begins even if the process that made it has ended


@dataclass(frozen=True)
class Selection:
    """Whom a job is for: contacts named one by one, or all that match a filter."""

    contact_ids: Sequence[str] = ()
    filter: Filter | None = None


@dataclass(frozen=True)
class Target:
    """What is done to them, with the group or the label that it takes."""

    action: Action
    group: Group | None = None
    label_id: str = ""
    opt_out: OptOutTerms | None = None


@dataclass
class JobService:
    """Makes jobs and leads them from state to state."""

    clock: Clock
    commands: Sink

    def begin(self, account: Account, target: Target, chosen: Selection, person: Member) -> Job:
        """Begin a job over a selection; a deletion waits a while, and can be cancelled until then.

        The caller has made sure that this person may do this.
        """
        job = self._made(account, target, chosen, person)
        self._put(job, Transaction())
        return job

    def propose(self, account: Account, chosen: Selection, person: Member) -> Job:
        """Count what a deletion would take, and keep it to be confirmed by its id."""
        job = self._made(account, Target(Action.DELETE), chosen, person, JobState.PROPOSED)
        transaction = Transaction()
        store.add_job(transaction, job)
        transaction.commit()
        return job

    def confirm(self, account_id: str, job_id: str, person: Member) -> Job:
        """Begin a deletion that was proposed to the same person a short time ago."""
        job = self.find(account_id, job_id)
        if job.actor != person.user_id or job.action != Action.DELETE:
            raise _unknown()
        if job.state == JobState.WAITING:
            return job  # confirmed before: it is on its way
        if job.state != JobState.PROPOSED:
            raise Conflict("already_confirmed", f"This deletion is {job.state} already.")
        now = self.clock.now()
        if now > job.created_at + PROPOSAL:
            raise Conflict(
                "token_expired", "This confirmation is too old. Look at the effect again."
            )
        self.commands.send(_beginning(job), int(UNDO_WINDOW.total_seconds()))
        after = store.advance(job, Event.CONFIRMED, starts_at=now + UNDO_WINDOW)
        return after or self.confirm(account_id, job_id, person)

    def delete_group(self, account: Account, group: Group, person: Member) -> Job:
        """Let a group be gone at once, and take its members out of it after a while."""
        now = self.clock.now()
        job = Job(
            id=new_id("jb", now),
            account_id=account.id,
            action=Action.DELETE_GROUP,
            state=JobState.WAITING,
            until=now,
            group_id=group.id,
            group_name=group.name,
            lanes=selection.member_lanes(),
            expected=member_store.members_count(account.id, group.id, COUNTED),
            actor=person.user_id,
            created_by=person.name,
            created_at=now,
            starts_at=now + GROUP_WINDOW,
        )
        transaction = Transaction()
        group_store.add_deleted(transaction, group, job.id)
        try:
            self._put(job, transaction)
        except ConditionFailed:
            raise NotFound("unknown_group", "This account has no such group.") from None
        return job

    def _made(
        self,
        account: Account,
        target: Target,
        chosen: Selection,
        person: Member,
        state: JobState | None = None,
    ) -> Job:
        ids = tuple(dict.fromkeys(chosen.contact_ids))
        if bool(ids) == (chosen.filter is not None):
            raise _bad("contact_ids", "which", "Give either contact_ids or a filter.")
        if len(ids) > MOST_IDS:
            raise _bad("contact_ids", "too_many", f"Name at most {MOST_IDS}, or use a filter.")
        now = self.clock.now()
        expected, capped, lanes = len(ids), False, selection.lanes_of_ids(ids)
        if chosen.filter is not None:
            lanes = directory.lanes(account, chosen.filter, now)
            expected, capped = directory.count(account, chosen.filter, COUNTED, now)
        waits = target.action == Action.DELETE
        return Job(
            id=new_id("jb", now),
            account_id=account.id,
            action=target.action,
            state=state or (JobState.WAITING if waits else JobState.RUNNING),
            contact_ids=ids,
            filter=chosen.filter,
            until=now,
            group_id=target.group.id if target.group else "",
            group_name=target.group.name if target.group else "",
            label_id=target.label_id,
            opt_out=target.opt_out,
            lanes=lanes,
            expected=expected,
            expected_capped=capped,
            actor=person.user_id,
            created_by=person.name,
            created_at=now,
            starts_at=now + UNDO_WINDOW if waits else now,
        )

    def _put(self, job: Job, transaction: Transaction) -> None:
        """Store a job, and send what begins it: before, so that no end in between stops it."""
        wait = (job.starts_at - job.created_at).total_seconds()
        self.commands.send(_beginning(job), int(wait) or _SAFETY)
        store.add_job(transaction, job)
        transaction.commit()
        if job.state == JobState.RUNNING:
            hand_out(job, self.commands, range(job.lanes))

    def find(self, account_id: str, job_id: str) -> Job:
        """Return a job of this account, or raise `NotFound`."""
        job = store.find(account_id, job_id)
        if job is None:
            raise _unknown()
        return job

    def cancel(self, job: Job) -> Job:
        """End a job; what it has done stays done. A group whose deletion has not begun comes back.

        Asked again, it is cancelled already.
        """
        if job.state == JobState.CANCELLED:
            return job
        if job.action == Action.DELETE_GROUP and job.state == JobState.RUNNING:
            raise Conflict("too_late", "The group's members are being taken out already.")
        now = self.clock.now()
        transaction = Transaction()
        try:
            after = store.add_advance(transaction, job, Event.CANCELLED, finished_at=now)
        except IllegalTransition:
            raise Conflict("already_finished", "This job is done already.") from None
        if job.action == Action.DELETE_GROUP:
            group_store.add_restored(transaction, job.account_id, job.group_id, job.id)
        try:
            transaction.commit()
        except (ConditionFailed, Contention):
            return self.cancel(self.find(job.account_id, job.id))
        return after

    def undo(self, account: Account, job: Job, person: Member) -> Job:
        """Take back what a job did, as far as it is still so; once."""
        if not job.can_ever_be_undone:
            if job.opt_out:
                message = "These contacts asked to be left alone, and only they can undo that."
                raise Conflict("hard_opt_out", message)
            raise Conflict("not_undoable", "What this job did cannot be taken back.")
        if job.undone_by:
            return self.find(account.id, job.undone_by)
        if not job.is_undoable:
            raise Conflict("still_running", "Cancel this job first, or wait until it is done.")
        if job.action == Action.REMOVE_FROM_GROUP:
            groups.choosable(account.id, job.group_id)
        now = self.clock.now()
        undoing = Job(
            id=new_id("jb", now),
            account_id=account.id,
            action=Action.UNDO,
            state=JobState.RUNNING,
            until=now,
            group_id=job.group_id,
            group_name=job.group_name,
            label_id=job.label_id,
            opt_out=job.opt_out,
            undoes=job.id,
            lanes=job.lanes,
            expected=self.progress(job).done,
            actor=person.user_id,
            created_by=person.name,
            created_at=now,
            starts_at=now,
        )
        transaction = Transaction()
        store.add_undone(transaction, job, undoing.id)
        try:
            self._put(undoing, transaction)
        except ConditionFailed:
            return self.undo(account, self.find(account.id, job.id), person)
        return undoing

    @staticmethod
    def progress(job: Job) -> Progress:
        """Add up how far the lanes of a job have come."""
        found = [lane.progress for lane in lane_store.lanes(job)]
        return Progress(
            looked=sum(one.looked for one in found),
            done=sum(one.done for one in found),
            unchanged=sum(one.unchanged for one in found),
            refused=sum(one.refused for one in found),
        )

    @staticmethod
    def refused(job: Job, cursor: str | None, limit: int) -> tuple[list[Refused], str | None]:
        """List whom a job refused and why, lane by lane; a page may be longer than `limit`.

        It ends with a step, so that the cursor is a step.
        """
        lane, after = _place(cursor, job)
        found: list[Refused] = []
        while lane < job.lanes:
            for step, refusals in lane_store.refused(job, lane, after, limit):
                found += refusals
                after = step
                if len(found) >= limit:
                    return found, f"{lane}.{step}"
            lane, after = lane + 1, None
        return found, None


def _place(cursor: str | None, job: Job) -> tuple[int, str | None]:
    if not cursor:
        return 0, None
    lane, _, step = cursor.partition(".")
    if not (lane.isdecimal() and step.isdecimal() and int(lane) < job.lanes):
        raise _bad("cursor", "invalid", "This cursor belongs to another list. Begin again.")
    return int(lane), step


def _beginning(job: Job) -> WorkOnJob:
    return WorkOnJob(account_id=job.account_id, job_id=job.id)


def _unknown() -> NotFound:
    return NotFound("unknown_job", "This account has no such job.")


def _bad(field: str, code: str, message: str) -> Invalid:
    problem = FieldError(field=field, code=code, message=message)
    return Invalid(f"invalid_{field}", message, fields=[problem])
