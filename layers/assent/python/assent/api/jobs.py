"""Jobs: one thing done to many contacts in the background, with progress, cancelling, undoing."""

from datetime import datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Member, Permission
from assent.api.context import member, permits, services
from assent.api.views import Page, RefusalView
from assent.consent.model import Channel, Kind
from assent.contacts.bulk import store
from assent.contacts.bulk.model import MOST_IDS, Action, Job, JobState, OptOutTerms
from assent.contacts.bulk.service import Selection, Target
from assent.contacts.directory.model import Filter
from assent.contacts.groups import service as groups
from assent.contacts.groups.model import Group
from assent.contacts.labels import service as labels
from assent.platform.errors import FieldError, Forbidden, Invalid

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Jobs"]
_ONE = "/api/v1/jobs/<job_id>"
_LABEL = "^(lb_[0-9A-HJKMNP-TV-Z]{26})?$"

PERMISSIONS: dict[Action, Permission] = {
    Action.MOVE: Permission.QUEUE_MOVE,
    Action.ADD_TO_GROUP: Permission.GROUPS_EDIT,
    Action.REMOVE_FROM_GROUP: Permission.GROUPS_EDIT,
    Action.ADD_LABEL: Permission.CONTACTS_EDIT,
    Action.REMOVE_LABEL: Permission.CONTACTS_EDIT,
    Action.FAVOURITE: Permission.CONTACTS_EDIT,
    Action.UNFAVOURITE: Permission.CONTACTS_EDIT,
    Action.OPT_OUT: Permission.OPT_OUTS_EDIT,
    Action.DELETE: Permission.CONTACTS_DELETE,
    Action.DELETE_GROUP: Permission.GROUPS_EDIT,
}
"""Who may begin a job, cancel it and take it back."""


class NewOptOuts(BaseModel):
    """How contacts are opted out: on all senders of this account, and for it alone."""

    model_config = ConfigDict(extra="forbid")

    channels: list[Channel] = Field(min_length=1, max_length=2)
    kind: Literal["soft", "hard"] = Field(
        default="soft",
        description="`hard` says that each of them asked: only they can undo it, the job cannot.",
    )
    reason: str = Field(default="", max_length=500)


class NewJob(BaseModel):
    """What is to be done, and to whom: contacts named one by one, or all that match a filter."""

    model_config = ConfigDict(extra="forbid")

    action: Literal[
        "move",
        "add_to_group",
        "remove_from_group",
        "add_label",
        "remove_label",
        "favourite",
        "unfavourite",
        "opt_out",
        "delete",
    ]
    contact_ids: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        default=[], max_length=MOST_IDS
    )
    filter: Filter | None = Field(
        default=None, description="All that match, of those that are there now. Not for deleting."
    )
    group_id: str = Field(default="", max_length=40, description="For move and the group actions.")
    new_group_name: str = Field(
        default="", max_length=100, description="In the place of `group_id`: made in the same step."
    )
    label_id: str = Field(default="", pattern=_LABEL, description="For the label actions.")
    opt_out: NewOptOuts | None = Field(default=None, description="For opting out.")


class JobView(BaseModel):
    """A job, and how far it has come."""

    id: str
    action: Action
    state: JobState
    group_id: str
    group_name: str
    label_id: str
    opt_out: OptOutTerms | None
    filter: Filter | None
    undoes: str = Field(description="The job that this one takes back.")
    undone_by: str = Field(description="The job that takes this one back.")
    expected: int = Field(description="Contacts that matched when it was made.")
    expected_capped: bool = Field(description="There were more than `expected`.")
    done: int
    unchanged: int = Field(description="Contacts that were so already.")
    refused: int
    can_cancel: bool
    can_undo: bool
    created_by: str
    created_at: datetime
    starts_at: datetime = Field(description="Until then, a deletion can be thought better of.")
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> "JobView":
        """Show a job."""
        progress = services().jobs.progress(job)
        started_group = job.action == Action.DELETE_GROUP and job.state == JobState.RUNNING
        shown = set(cls.model_fields) & set(Job.model_fields)
        return cls(
            **job.model_dump(include=shown),
            done=progress.done,
            unchanged=progress.unchanged,
            refused=progress.refused,
            can_cancel=job.state in (JobState.WAITING, JobState.RUNNING) and not started_group,
            can_undo=job.is_undoable,
        )


@router.post("/api/v1/jobs", summary="Do something to many contacts", tags=_TAGS)
def create_job(wanted: NewJob) -> tuple[JobView, int]:
    """Begin a job; each contact is changed or refused on its own, with the reason.

    A deletion waits 30 seconds, in which it can be cancelled. All that match a filter are deleted
    by way of `/contacts/deletions`.
    """
    action = Action(wanted.action)
    person, account = member(router.current_event, PERMISSIONS[action])
    if action == Action.DELETE and wanted.filter is not None:
        raise _bad("filter", "not_for_deleting", "Look at the effect first: /contacts/deletions.")
    if bool(wanted.contact_ids) == (wanted.filter is not None):
        raise _bad("contact_ids", "which", "Give either contact_ids or a filter.")
    label_id = _label(account, wanted, action)
    terms = _terms(wanted, action)
    target = Target(action, _group(account, wanted, action, person), label_id, terms)
    chosen = Selection(wanted.contact_ids, wanted.filter)
    return JobView.of(services().jobs.begin(account, target, chosen, person)), 202


def _group(account: Account, wanted: NewJob, action: Action, person: Member) -> Group | None:
    takes = action in (Action.MOVE, Action.ADD_TO_GROUP, Action.REMOVE_FROM_GROUP)
    given = [name for name in ("group_id", "new_group_name") if getattr(wanted, name)]
    if len(given) != takes:
        message = "Give either group_id or new_group_name." if takes else "It takes no group."
        raise _bad(given[0] if given else "group_id", "which", message)
    if not takes:
        return None
    if action == Action.REMOVE_FROM_GROUP:
        if not wanted.group_id:
            raise _bad("new_group_name", "which", "Nobody is in a new group.")
        return groups.group(account.id, wanted.group_id)
    if wanted.group_id:
        return groups.choosable(account.id, wanted.group_id)
    if not person.may(Permission.GROUPS_EDIT):
        raise Forbidden("not_permitted", "Your role here does not permit making groups.")
    return groups.create_group(account, wanted.new_group_name, services().clock)


def _label(account: Account, wanted: NewJob, action: Action) -> str:
    takes = action in (Action.ADD_LABEL, Action.REMOVE_LABEL)
    if bool(wanted.label_id) != takes:
        message = "Give the label's id." if takes else "It takes no label."
        raise _bad("label_id", "which", message)
    if takes:
        labels.label(account.id, wanted.label_id)
    return wanted.label_id


def _terms(wanted: NewJob, action: Action) -> OptOutTerms | None:
    if (wanted.opt_out is not None) != (action == Action.OPT_OUT):
        message = "Say on which channels." if action == Action.OPT_OUT else "It opts nobody out."
        raise _bad("opt_out", "which", message)
    if wanted.opt_out is None:
        return None
    return OptOutTerms(
        kind=Kind(wanted.opt_out.kind),
        channels=tuple(dict.fromkeys(wanted.opt_out.channels)),
        reason=wanted.opt_out.reason.strip(),
    )


@router.get("/api/v1/jobs", summary="Jobs", tags=_TAGS)
def list_jobs(
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[JobView]:
    """List the account's jobs of the last 90 days, newest first. A page may be short."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    found, after = store.jobs(account.id, cursor, limit)
    return Page(items=[JobView.of(one) for one in found], cursor=after)


@router.get(_ONE, summary="One job", tags=_TAGS)
def show_job(job_id: str) -> JobView:
    """Return a job as it stands."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    return JobView.of(services().jobs.find(account.id, job_id))


@router.get(f"{_ONE}/refused", summary="Whom a job refused, and why", tags=_TAGS)
def list_refused(
    job_id: str,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[RefusalView]:
    """List contacts that were left as they were. A page may hold a few more than `limit`."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    job = services().jobs.find(account.id, job_id)
    found, after = services().jobs.refused(job, cursor, limit)
    return Page(items=[RefusalView(**one.model_dump()) for one in found], cursor=after)


@router.post(f"{_ONE}/cancel", summary="Cancel a job", tags=_TAGS)
def cancel_job(job_id: str) -> JobView:
    """End a job; what it has done stays done, and can be undone where that is possible."""
    _, _, job = _permitted(job_id)
    return JobView.of(services().jobs.cancel(job))


@router.post(f"{_ONE}/undo", summary="Take back what a job did", tags=_TAGS)
def undo_job(job_id: str) -> tuple[JobView, int]:
    """Begin a job that takes another back, as far as its contacts are as that one left them.

    Moved leads go back to their old places in the queue. Asked again, it is the same job.
    """
    person, account, job = _permitted(job_id)
    return JobView.of(services().jobs.undo(account, job, person)), 202


def _permitted(job_id: str) -> tuple[Member, Account, Job]:
    """Find a job that this person may steer: who may begin such a job."""
    person, account = member(router.current_event, Permission.CONTACTS_VIEW)
    job = services().jobs.find(account.id, job_id)
    action = job.action
    if action == Action.UNDO:
        action = services().jobs.find(account.id, job.undoes).action
    permission = PERMISSIONS[action]
    if not permits(person, permission):
        raise Forbidden(
            "not_permitted",
            f"Your role here, {person.role}, does not permit this ({permission}).",
        )
    return person, account, job


def _bad(field: str, code: str, message: str) -> Invalid:
    problem = FieldError(field=field, code=code, message=message)
    return Invalid("invalid_job", message, fields=[problem])
