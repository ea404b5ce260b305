"""Exports: the contacts of a view, or the opt-out list, as a CSV file."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Permission
from assent.api.context import member, permits, services
from assent.api.opt_outs import OptOutFilter
from assent.api.views import Page
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.exports import store
from assent.contacts.exports.model import KEPT_DAYS, Content, Export, ExportState
from assent.contacts.exports.service import LINK_SECONDS
from assent.platform.errors import Forbidden

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Exports"]
_ONE = "/api/v1/exports/<export_id>"

PERMISSIONS = {
    Content.CONTACTS: Permission.CONTACTS_EXPORT,
    Content.OPT_OUTS: Permission.OPT_OUTS_VIEW,
}
"""Who may export what: contacts in bulk are for administrators, the opt-out list is for all."""


class NewContactExport(BaseModel):
    """Which contacts, and in which order."""

    model_config = ConfigDict(extra="forbid")

    filter: Filter = Filter()
    sort: Sort = Sort.NEWEST


class ExportView(BaseModel):
    """An export, and how far it has come."""

    id: str
    content: Content
    state: ExportState
    filter: dict[str, Any]
    sort: str
    expected: int = Field(description="Contacts that matched when it was begun; 0 when unknown.")
    expected_capped: bool
    rows: int = Field(description="Rows that are written.")
    size: int = Field(description="Bytes that are written.")
    file_name: str
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="When the file is deleted.")

    @classmethod
    def of(cls, job: Export) -> "ExportView":
        """Show an export."""
        shown = set(cls.model_fields) & set(Export.model_fields)
        ends = job.finished_at if job.state == ExportState.FINISHED else None
        return cls(
            **job.model_dump(include=shown),
            filter=job.asked,
            file_name=job.file_name,
            expires_at=ends + timedelta(days=KEPT_DAYS) if ends else None,
        )


class LinkView(BaseModel):
    """Where a file can be fetched, by whoever has the link, for a while."""

    url: str
    file_name: str
    seconds: int


@router.post("/api/v1/exports/contacts", summary="Export contacts", tags=_TAGS)
def export_contacts(wanted: NewContactExport) -> tuple[ExportView, int]:
    """Write a view of the contacts to a CSV file in the background; see docs/exports.md."""
    person, account = member(router.current_event, PERMISSIONS[Content.CONTACTS])
    job = services().exports.of_contacts(account, wanted.filter, wanted.sort, person)
    return ExportView.of(job), 202


@router.post("/api/v1/exports/opt-outs", summary="Export the whole opt-out list", tags=_TAGS)
def export_opt_outs(wanted: OptOutFilter) -> tuple[ExportView, int]:
    """Write the opt-out list to a CSV file in the background, newest first (O2)."""
    person, account = member(router.current_event, PERMISSIONS[Content.OPT_OUTS])
    job = services().exports.of_opt_outs(account, wanted.read(account), person)
    return ExportView.of(job), 202


@router.get("/api/v1/exports", summary="Exports", tags=_TAGS)
def list_exports(
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[ExportView]:
    """List the account's exports that one may see, newest first. A page may be short."""
    person, account = member(router.current_event, Permission.OPT_OUTS_VIEW)
    found = store.exports(account.id, cursor, limit)
    shown = [one for one in found if person.may(PERMISSIONS[one.content])]
    after = found[-1].id if len(found) == limit else None
    return Page(items=[ExportView.of(one) for one in shown], cursor=after)


@router.get(_ONE, summary="One export", tags=_TAGS)
def show_export(export_id: str) -> ExportView:
    """Return an export as it stands."""
    return ExportView.of(_export(export_id))


@router.post(f"{_ONE}/cancel", summary="Cancel an export", tags=_TAGS)
def cancel_export(export_id: str) -> ExportView:
    """End an export; nothing of its file is kept."""
    return ExportView.of(services().exports.cancel(_export(export_id)))


@router.post(f"{_ONE}/link", summary="A link to an export's file", tags=_TAGS)
def link_export(export_id: str) -> LinkView:
    """Make a link to the file that is good for 15 minutes; 409 as long as there is no file."""
    job = _export(export_id)
    url = services().exports.link(job)
    return LinkView(url=url, file_name=job.file_name, seconds=LINK_SECONDS)


def _export(export_id: str) -> Export:
    person, account = member(router.current_event, Permission.OPT_OUTS_VIEW)
    job = services().exports.find(account.id, export_id)
    permission = PERMISSIONS[job.content]
    if not permits(person, permission):
        raise Forbidden(
            "not_permitted",
            f"Your role here, {person.role}, does not permit this ({permission}).",
        )
    return job
