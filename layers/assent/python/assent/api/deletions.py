"""Deleting contacts: one at once, or many by way of their number and the account's name."""

from datetime import datetime

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Member, Permission
from assent.api.context import member, services
from assent.api.jobs import JobView
from assent.contacts import service as contacts
from assent.contacts.bulk.model import PROPOSAL, Action
from assent.contacts.bulk.service import Selection, Target
from assent.contacts.directory.model import Filter
from assent.platform.errors import FieldError, Invalid

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Deleting contacts"]


class ProposedDeletion(BaseModel):
    """Whom to delete: all that match; an empty filter is all contacts (C7)."""

    model_config = ConfigDict(extra="forbid")

    filter: Filter = Field(
        description="`import_id` alone means all that one import made; `{}` means all contacts."
    )


class DeletionPreview(BaseModel):
    """What a deletion would take, and the token that confirms it."""

    token: str
    count: int
    capped: bool = Field(description="There are more than `count`.")
    account_name: str = Field(description="What has to be typed.")
    expires_at: datetime


class ConfirmedDeletion(BaseModel):
    """The token of a preview, and the account's name as it was typed."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=40)
    account_name: str = Field(max_length=200)


@router.delete("/api/v1/contacts/<contact_id>", summary="Delete a contact", tags=_TAGS)
def delete_contact(contact_id: str) -> tuple[JobView, int]:
    """Delete one contact, 30 seconds from now; until then the job can be cancelled.

    Opt-outs and the ledger stay. To forget a person, erase it.
    """
    person, account = member(router.current_event, Permission.CONTACTS_DELETE)
    contacts.contact(account.id, contact_id)
    target, chosen = Target(Action.DELETE), Selection([contact_id])
    return JobView.of(services().jobs.begin(account, target, chosen, person)), 202


@router.post("/api/v1/contacts/deletions/preview", summary="What deleting would take", tags=_TAGS)
def preview_deletion(proposed: ProposedDeletion) -> tuple[DeletionPreview, int]:
    """Count the contacts that match, and give a token that is good for 15 minutes.

    It stands for those contacts that are there now.
    """
    person, account = _member()
    job = services().jobs.propose(account, Selection(filter=proposed.filter), person)
    return DeletionPreview(
        token=job.id,
        count=job.expected,
        capped=job.expected_capped,
        account_name=account.name,
        expires_at=job.created_at + PROPOSAL,
    ), 201


@router.post("/api/v1/contacts/deletions", summary="Delete all that match", tags=_TAGS)
def confirm_deletion(confirmed: ConfirmedDeletion) -> tuple[JobView, int]:
    """Delete what a preview counted, 30 seconds from now; until then it can be cancelled."""
    person, account = _member()
    if " ".join(confirmed.account_name.split()) != " ".join(account.name.split()):
        message = f"Type the account's name to confirm: {account.name}"
        field = FieldError(field="account_name", code="differs", message=message)
        raise Invalid("not_confirmed", message, fields=[field])
    return JobView.of(services().jobs.confirm(account.id, confirmed.token, person)), 202


def _member() -> tuple[Member, Account]:
    return member(router.current_event, Permission.CONTACTS_DELETE_ALL)
