"""Imports of opt-out lists: upload in parts, dry run, commit, the rows that could not be taken."""

from datetime import datetime
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Permission
from assent.api.context import member, services
from assent.api.views import Page
from assent.consent.model import Channel, Kind
from assent.contacts.imports import store
from assent.contacts.imports.lines import ENCODINGS, name_of
from assent.contacts.imports.model import (
    PART,
    FileProblem,
    Import,
    ImportState,
    Purpose,
    RowOutcome,
    Sample,
)
from assent.contacts.imports.opt_outs import options
from assent.contacts.imports.service import Upload
from assent.platform import http

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Opt-out imports"]
_OUTCOMES = (
    RowOutcome.ADDED,
    RowOutcome.RAISED,
    RowOutcome.ALREADY,
    RowOutcome.DUPLICATE,
    RowOutcome.INVALID,
)
_ONE = "/api/v1/opt-out-imports/<import_id>"


class NewOptOutImport(BaseModel):
    """A list of numbers to be opted out, before its file comes."""

    model_config = ConfigDict(extra="forbid")

    file_name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=1, description="Bytes of the whole file.")
    kind: Literal["soft", "hard"] = "soft"
    channels: list[Channel] = Field(min_length=1, max_length=2)
    reason: str = Field(default="", max_length=500)
    region: str = Field(
        default="",
        pattern="^([A-Z]{2})?$",
        description="Where numbers without a country code belong; the account's by default.",
    )
    encoding: Literal["", "utf-8", "windows-1252", "utf-16-le", "utf-16-be"] = Field(
        default="", description="Found out when it is not given."
    )


class ImportView(BaseModel):
    """An import, and how far it has come."""

    id: str
    state: ImportState
    file_name: str
    created_at: datetime
    created_by: str
    kind: Literal["soft", "hard"]
    channels: list[Channel]
    reason: str
    part_size: int
    parts_expected: int
    parts_received: int
    size: int
    encoding: str
    total: int
    done: int
    counts: dict[RowOutcome, int]
    samples: list[Sample]
    has_errors: bool
    problem: FileProblem | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Import) -> "ImportView":
        """Show an import."""
        progress = services().imports.progress(job)
        return cls(
            **job.model_dump(
                include={
                    "id", "state", "file_name", "created_at", "created_by",
                    "size", "total", "samples", "has_errors", "problem", "finished_at",
                }
            ),
            parts_expected=job.parts_expected,
            parts_received=len(job.parts),
            kind=Kind(job.options["kind"]),
            channels=job.options["channels"],
            reason=job.options["reason"],
            part_size=PART,
            encoding=name_of(job.encoding),
            done=progress.rows,
            counts={outcome: progress.counts.get(outcome, 0) for outcome in _OUTCOMES},
        )  # fmt: skip


def _import(import_id: str, permission: Permission = Permission.OPT_OUTS_IMPORT) -> Import:
    _, account = member(router.current_event, permission)
    return services().imports.find(account.id, Purpose.OPT_OUTS, import_id)


@router.get("/api/v1/opt-out-imports", summary="Imports of opt-out lists", tags=_TAGS)
def list_imports(
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[ImportView]:
    """List the account's imports of opt-out lists, newest first."""
    _, account = member(router.current_event, Permission.OPT_OUTS_IMPORT)
    found = store.imports(account.id, Purpose.OPT_OUTS, cursor, limit)
    return Page(
        items=[ImportView.of(job) for job in found],
        cursor=found[-1].id if len(found) == limit else None,
    )


@router.post("/api/v1/opt-out-imports", summary="Begin an import", tags=_TAGS)
def create_import(wanted: NewOptOutImport) -> tuple[ImportView, int]:
    """Begin an import. Then send its file in parts of `part_size` bytes, and check it."""
    person, account = member(router.current_event, Permission.OPT_OUTS_IMPORT)
    upload = Upload(
        file_name=wanted.file_name,
        size=wanted.size,
        region=wanted.region,
        encoding=ENCODINGS.get(wanted.encoding, ""),
    )
    asked = options(Kind(wanted.kind), list(dict.fromkeys(wanted.channels)), wanted.reason)
    job = services().imports.create(
        account, Purpose.OPT_OUTS, upload, asked, actor=person.user_id, by=person.name
    )
    return ImportView.of(job), 201


@router.get(_ONE, summary="One import", tags=_TAGS)
def show_import(import_id: str) -> ImportView:
    """Return an import as it stands; while it works, `done` of `total` rows are in."""
    # Whoever may opt a whole group out may also see how far that has come.
    return ImportView.of(_import(import_id, Permission.OPT_OUTS_EDIT))


@router.put(f"{_ONE}/parts/<number>", summary="Send a part of the file", tags=_TAGS)
def put_part(import_id: str, number: int) -> ImportView:
    """Keep a part, numbered from 1; the body is its bytes, as application/octet-stream.

    A part that comes again counts once. Each has `part_size` bytes, the last what is left.
    """
    job = _import(import_id)
    content = http.raw_body(router.current_event, most=PART)
    return ImportView.of(services().imports.put_part(job, number, content))


@router.post(f"{_ONE}/check", summary="Start the dry run", tags=_TAGS)
def check_import(import_id: str) -> tuple[ImportView, int]:
    """Check the file and count what committing it would do; nothing is opted out yet."""
    return ImportView.of(services().imports.check(_import(import_id))), 202


@router.post(f"{_ONE}/commit", summary="Carry an import out", tags=_TAGS)
def commit_import(import_id: str) -> tuple[ImportView, int]:
    """Opt the numbers of a checked import out."""
    return ImportView.of(services().imports.commit(_import(import_id))), 202


@router.post(f"{_ONE}/cancel", summary="Cancel an import", tags=_TAGS)
def cancel_import(import_id: str) -> tuple[ImportView, int]:
    """End an import; numbers that are opted out already stay so."""
    return ImportView.of(services().imports.cancel(_import(import_id))), 202


@router.get(
    f"{_ONE}/errors",
    summary="Rows that could not be taken",
    tags=_TAGS,
    responses={
        200: {
            "description": "The rows, as they were, with `error_code` and `error` behind.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)
def show_errors(import_id: str, part: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response[str]:
    """Return the rows that could not be taken, as CSV: as they were, with a code and a reason.

    The header `Assent-Parts` says how many parts there are; one after the other they are one file.
    """
    content, parts = services().imports.error_file(_import(import_id), part)
    return Response(
        status_code=200,
        content_type="text/csv; charset=utf-8",
        body=content,
        headers={"Assent-Parts": str(parts)},
    )
