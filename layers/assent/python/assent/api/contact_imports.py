"""Imports of contacts: upload in parts, preview, choices, dry run, commit, rows not taken."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from assent.accounts.model import Account, Permission
from assent.api.contact_import_views import (
    ContactImportOptions,
    ContactImportView,
    Delimiter,
    Encoding,
    NewContactImport,
    PreviewView,
    mark_of,
)
from assent.api.context import member, services
from assent.api.views import Page
from assent.contacts.groups import service as groups
from assent.contacts.imports import store
from assent.contacts.imports.choices import Choices
from assent.contacts.imports.lines import ENCODINGS
from assent.contacts.imports.model import PART, Import, Purpose
from assent.contacts.imports.preview import look
from assent.contacts.imports.service import Upload
from assent.integrations import store as integrations
from assent.platform import http

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Contact imports"]
_ALL = "/api/v1/contact-imports"
_ONE = f"{_ALL}/<import_id>"
_SAMPLE = """\
phone,first_name,last_name,email,city
+1 212 555 0101,Ann,Lee,ann@example.com,Boston
(212) 555-0102,Bob,Ortiz,bob@example.com,"Springfield, Illinois"
212.555.0103,Zoë,Łukasz,,
"""


def _import(import_id: str) -> tuple[Account, Import]:
    _, account = member(router.current_event, Permission.CONTACTS_IMPORT)
    return account, services().imports.find(account.id, Purpose.CONTACTS, import_id)


@router.get(_ALL, summary="Imports of contacts", tags=_TAGS)
def list_imports(
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Page[ContactImportView]:
    """List the account's imports of contacts, newest first: who, when, and what came of them."""
    _, account = member(router.current_event, Permission.CONTACTS_IMPORT)
    found = store.imports(account.id, Purpose.CONTACTS, cursor, limit)
    return Page(
        items=[ContactImportView.of(job) for job in found],
        cursor=found[-1].id if len(found) == limit else None,
    )


@router.post(_ALL, summary="Begin an import of contacts", tags=_TAGS)
def create_import(wanted: NewContactImport) -> tuple[ContactImportView, int]:
    """Begin an import. Then send its file in parts of `part_size` bytes.

    With the first part there is a preview. Choose the options, check, and commit.
    """
    person, account = member(router.current_event, Permission.CONTACTS_IMPORT)
    upload = Upload(file_name=wanted.file_name, size=wanted.size)
    job = services().imports.create(
        account,
        Purpose.CONTACTS,
        upload,
        Choices().kept(),
        actor=person.user_id,
        by=person.name,
    )
    return ContactImportView.of(job), 201


@router.get(
    "/api/v1/contact-import-sample",
    summary="A file to begin with",
    tags=_TAGS,
    responses={
        200: {
            "description": "Three made-up contacts.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)
def show_sample() -> Response[str]:
    """Return a small file that can be imported as it is; its numbers belong to nobody."""
    member(router.current_event, Permission.CONTACTS_IMPORT)
    return Response(
        status_code=200,
        content_type="text/csv; charset=utf-8",
        body=f"\ufeff{_SAMPLE}",
        headers={"Content-Disposition": 'attachment; filename="contacts.csv"'},
    )


@router.get(_ONE, summary="One import of contacts", tags=_TAGS)
def show_import(import_id: str) -> ContactImportView:
    """Return an import as it stands; while it works, `done` of `total` rows are in."""
    return ContactImportView.of(_import(import_id)[1])


@router.put(f"{_ONE}/parts/<number>", summary="Send a part of the file", tags=_TAGS)
def put_part(import_id: str, number: int) -> ContactImportView:
    """Keep a part, numbered from 1; the body is its bytes, as application/octet-stream.

    A part that comes again counts once. Each has `part_size` bytes, the last what is left.
    """
    _, job = _import(import_id)
    content = http.raw_body(router.current_event, most=PART)
    return ContactImportView.of(services().imports.put_part(job, number, content))


@router.get(f"{_ONE}/preview", summary="How the file would be read", tags=_TAGS)
def show_preview(
    import_id: str,
    encoding: Annotated[Encoding | None, Query()] = None,
    delimiter: Annotated[Delimiter | None, Query()] = None,
    skip_first_line: Annotated[bool | None, Query()] = None,
    region: Annotated[str | None, Query(pattern="^[A-Z]{2}$")] = None,
) -> PreviewView:
    """Read the beginning of the file: with the options chosen so far, or as asked here.

    Nothing is kept of what is asked here. The first part must have come.
    """
    _, job = _import(import_id)
    asked = Choices.of(job).reading
    if encoding or delimiter:
        # The columns that were chosen may be others now.
        asked = asked.model_copy(update={"phone": None, "fields": None})
    changes = {
        "encoding": ENCODINGS[encoding] if encoding else asked.encoding,
        "delimiter": mark_of(delimiter) or asked.delimiter,
        "skip_first_line": asked.skip_first_line if skip_first_line is None else skip_first_line,
    }
    read, size = services().imports.head(job)
    return PreviewView.of(look(read, size, region or job.region, asked.model_copy(update=changes)))


@router.put(f"{_ONE}/options", summary="Choose how a file is read and imported", tags=_TAGS)
def choose_options(import_id: str, options: ContactImportOptions) -> ContactImportView:
    """Keep the options. What was checked with others has to be checked again."""
    account, job = _import(import_id)
    chosen = options.choices()
    if chosen.group_id:
        groups.choosable(account.id, chosen.group_id)
    region = options.region or account.default_region
    return ContactImportView.of(services().imports.choose(job, region, chosen.kept()))


@router.post(f"{_ONE}/check", summary="Start the dry run", tags=_TAGS)
def check_import(import_id: str) -> tuple[ContactImportView, int]:
    """Check the file and count what committing it would do; nothing is written yet."""
    _, job = _import(import_id)
    return ContactImportView.of(services().imports.check(job)), 202


@router.post(f"{_ONE}/commit", summary="Carry an import out", tags=_TAGS)
def commit_import(import_id: str) -> tuple[ContactImportView, int]:
    """Import the contacts of a checked file; makes the new group, if one was chosen."""
    account, job = _import(import_id)
    if proof := Choices.of(job).proof:
        # Before any evidence names them by their hash.
        integrations.put_disclosure(account.id, proof.sha256, proof.text)
    return ContactImportView.of(services().contact_imports.commit(account, job)), 202


@router.post(f"{_ONE}/cancel", summary="Cancel an import", tags=_TAGS)
def cancel_import(import_id: str) -> tuple[ContactImportView, int]:
    """End an import; contacts that are imported already stay."""
    _, job = _import(import_id)
    return ContactImportView.of(services().imports.cancel(job)), 202


@router.get(
    f"{_ONE}/errors",
    summary="Rows that were not taken",
    tags=_TAGS,
    responses={
        200: {
            "description": "The rows, as they were, with `error_code` and `error` behind.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)
def show_errors(import_id: str, part: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response[str]:
    """Return the rows that were not taken, as CSV; corrected, they can be imported again.

    UTF-8 with a byte order mark, in the delimiter of the file. The header `Assent-Parts` says how
    many parts there are; one after the other they are one file.
    """
    content, parts = services().imports.error_file(_import(import_id)[1], part)
    return Response(
        status_code=200,
        content_type="text/csv; charset=utf-8",
        body=content,
        headers={"Assent-Parts": str(parts)},
    )
