"""Which change a job makes: what it does, and what takes it back."""

from collections.abc import Sequence

from assent.accounts.model import Account
from assent.contacts.bulk.changes import (
    Change,
    Join,
    Leave,
    Move,
    Unmove,
    favourite,
    label,
)
from assent.contacts.bulk.deleting import Delete, Disband
from assent.contacts.bulk.model import Action, Job
from assent.contacts.bulk.opting_out import OptOutAll, TakeBack, terms_of
from assent.contacts.groups import service as groups
from assent.contacts.history.model import Person
from assent.contacts.labels import service as labels
from assent.contacts.under_way import UnderWay
from assent.platform.clock import Clock


def forward(  # noqa: PLR0911 -- one for each action
    account: Account, job: Job, senders: Sequence[str], clock: Clock, copies: UnderWay
) -> Change:
    """Choose what a job does; a group that is gone by now raises `NotFound`."""
    by = job.person
    match job.action:
        case Action.MOVE:
            return Move(account, groups.choosable(account.id, job.group_id), by)
        case Action.ADD_TO_GROUP:
            return Join(account, groups.choosable(account.id, job.group_id), by)
        case Action.REMOVE_FROM_GROUP:
            return Leave(job.group_id, by)
        case Action.ADD_LABEL:
            # One that is on its way out is given to nobody.
            return label(labels.label(account.id, job.label_id).id, on=True)
        case Action.REMOVE_LABEL:
            return label(job.label_id, on=False)
        case Action.FAVOURITE | Action.UNFAVOURITE:
            return favourite(on=job.action == Action.FAVOURITE)
        case Action.OPT_OUT:
            return OptOutAll(account, senders, terms_of(job), by, clock)
        case Action.DELETE:
            return Delete(account.id, copies)
        case Action.DELETE_GROUP:
            return Disband(account.id, job.group_id, job.group_name, by)
    raise ValueError(f"{job.action} changes no contact by itself")


def undoing(  # noqa: PLR0911 -- as above
    account: Account, job: Job, by: Person, senders: Sequence[str], clock: Clock
) -> Change:
    """Choose what takes a job back."""
    match job.action:
        case Action.MOVE:
            return Unmove(account, groups.group(account.id, job.group_id), by)
        case Action.ADD_TO_GROUP:
            return Leave(job.group_id, by)
        case Action.REMOVE_FROM_GROUP:
            return Join(account, groups.choosable(account.id, job.group_id), by)
        case Action.ADD_LABEL:
            return label(job.label_id, on=False)
        case Action.REMOVE_LABEL:
            return label(labels.label(account.id, job.label_id).id, on=True)
        case Action.FAVOURITE | Action.UNFAVOURITE:
            return favourite(on=job.action == Action.UNFAVOURITE)
        case Action.OPT_OUT:
            return TakeBack(account, senders, terms_of(job), by, clock)
    raise ValueError(f"{job.action} cannot be taken back")
