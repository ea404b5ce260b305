"""Writes exports: page by page into parts of a file, in bounded memory, from where it has come to.

Where few match, a part may take longer than a process has: what there is of it is held then, and
the next process goes on with it. A part counts by the condition with which it is noted. It has a
number that no other writer was given, so that two who write the same part never write over each
other's.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import TypeAdapter

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.consent import store as consent
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.exports import columns, store
from assent.contacts.exports.model import (
    PART,
    Content,
    Event,
    Export,
    ExportState,
    WorkOnExport,
)
from assent.contacts.groups import store as groups
from assent.contacts.listed import Filters
from assent.contacts.opt_outs import OptOutService
from assent.platform.clock import Clock
from assent.platform.objects import Uploads
from assent.platform.queues import Sink

RESERVE = 20_000
"""Milliseconds that are left when an export hands itself on."""
_PAGE = 500
_TYPE = "text/csv; charset=utf-8"

Remaining = Callable[[], int]
"""Says how many milliseconds are left."""
Names = Callable[[str], Mapping[str, str]]
"""Names, by their ids, what an account has of a kind that belongs to a slice above this one."""


@dataclass(frozen=True)
class _Written:
    """Rows as bytes, and where the next begin; nothing at the end."""

    content: bytes
    rows: int
    cursor: str | None
    full: bool  # enough for a part, or all there is


@dataclass
class ExportWorker:
    """Writes exports."""

    clock: Clock
    accounts: AccountService
    uploads: Uploads
    queue: Sink
    opt_outs: OptOutService
    integrations: Names
    labels: Names

    def do(self, command: WorkOnExport, remaining: Remaining) -> str:
        """Write as many parts as there is time for; says how it ended."""
        job = store.find(command.account_id, command.export_id)
        if job is None:
            return "no_export"
        if job.state != ExportState.RUNNING:
            return f"is_{job.state}"
        if job.content == Content.CONTACTS and not job.looked:
            return self._look(job, command, remaining)
        return self._write(job, command, remaining)

    def _write(self, job: Export, command: WorkOnExport, remaining: Remaining) -> str:
        if not job.upload_id:
            upload_id = self.uploads.begin(job.key, _TYPE)
            if not store.set_upload(job, upload_id):
                self.uploads.abort(job.key, upload_id)
                self.queue.send(command)
                return "elsewhere"
            job = job.model_copy(update={"upload_id": upload_id})
        source = self._source(job)
        while not job.complete:
            if remaining() < RESERVE:
                self.queue.send(command)
                return "continued"
            after = self._part(job, source, remaining)
            if after is None:
                now = store.find(job.account_id, job.id)
                if now is None or now.state != ExportState.RUNNING:
                    self.uploads.abort(job.key, job.upload_id)
                    return "cancelled"
                after = now  # another wrote this part: go on behind it
            job = after
        self.uploads.complete(job.key, job.upload_id, job.parts)
        store.advance(job, Event.ENDED, self.clock.now())
        return "ended"

    def _look(self, job: Export, command: WorkOnExport, remaining: Remaining) -> str:
        """Look through what is exported for the account's own fields; then begin to write.

        A file's columns stand in its first line, so they must be known before.
        """
        account, asked = self.accounts.account(job.account_id), Filter.model_validate(job.asked)
        fields, cursor = set(job.fields), job.looked_to or None
        while True:
            found = directory.page(account, asked, Sort(job.sort), cursor, _PAGE, of_shown=0)
            fields.update(name for one in found.contacts for name in one.custom)
            cursor = found.cursor
            if cursor is None or remaining() < RESERVE:
                break
        kept = tuple(sorted(fields)[: columns.MOST_FIELDS])
        after = job.model_copy(
            update={"fields": kept, "looked_to": cursor or "", "looked": cursor is None}
        )
        noted = store.note_fields(job, after)
        self.queue.send(command)
        return "looked" if noted else "elsewhere"

    def _part(self, job: Export, source: "_Source", remaining: Remaining) -> Export | None:
        """Write one part, or hold what there is of it when time runs out.

        Nothing when another wrote it, or the export was cancelled.
        """
        written = self._fill(job, source, remaining)
        number = store.next_number(job)
        if not written.full:
            held = job.model_copy(
                update={
                    "held": number,
                    "cursor": written.cursor or "",
                    "rows": job.rows + written.rows,
                }
            )
            self.uploads.put(held.held_key, written.content)
            return held if store.add_part(job, held) else None
        tag = self.uploads.put_part(job.key, job.upload_id, number, written.content)
        after = job.model_copy(
            update={
                "parts": (*job.parts, (number, tag)),
                "cursor": written.cursor or "",
                "rows": job.rows + written.rows,
                "size": job.size + len(written.content),
                "held": 0,
                "complete": written.cursor is None,
            }
        )
        return after if store.add_part(job, after) else None

    def _fill(self, job: Export, source: "_Source", remaining: Remaining) -> _Written:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        if job.held:
            held = self.uploads.get(job.held_key)
            if held is None:
                raise LookupError(f"what {job.id} held is gone")
            text.write(held.decode())
        elif not job.parts:
            writer.writerow(source.header)
        rows, cursor = 0, job.cursor or None
        while True:
            found, cursor = source.page(cursor)
            for row in found:
                writer.writerow(row)
                rows += 1
            # Characters, so never more bytes than there are: a part is not too short.
            full = cursor is None or text.tell() >= PART
            if full or remaining() < RESERVE:
                return _Written(text.getvalue().encode(), rows, cursor, full)

    def _source(self, job: Export) -> "_Source":
        account = self.accounts.account(job.account_id)
        if job.content == Content.CONTACTS:
            return _Contacts(
                account,
                Filter.model_validate(job.asked),
                Sort(job.sort),
                fields=job.fields,
                integrations=self.integrations,
                label_names=self.labels,
            )
        asked = FILTERS.validate_python(job.asked)
        return _OptOuts(account, asked, self.accounts, self.opt_outs)


FILTERS = TypeAdapter(Filters)
"""Which lines of the opt-out list are asked for, as an export keeps it."""
_Rows = tuple[Iterable[list[str]], str | None]


@dataclass
class _Contacts:
    """A view of the contacts, in the order of its listing."""

    account: Account
    asked: Filter
    sort: Sort
    fields: Sequence[str]
    integrations: Names
    label_names: Names
    _asked_for: set[str] = field(default_factory=set)
    _group_names: dict[str, str] = field(default_factory=dict)

    @property
    def header(self) -> list[str]:
        return columns.header(self.fields)

    @cached_property
    def _names(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        return self.label_names(self.account.id), self.integrations(self.account.id)

    def page(self, cursor: str | None) -> _Rows:
        found = directory.page(self.account, self.asked, self.sort, cursor, _PAGE, of_shown=0)
        # An account may have thousands of groups, of which the rows need a few.
        new = {group_id for one in found.contacts for group_id in one.groups} - self._asked_for
        self._asked_for |= new
        named = self._group_names
        named |= {one.id: one.name for one in groups.some_groups(self.account.id, new)}
        rows = [
            columns.contact_row(one, self.fields, named, *self._names) for one in found.contacts
        ]
        return rows, found.cursor


@dataclass
class _OptOuts:
    """The opt-out list, newest first."""

    account: Account
    asked: Filters
    accounts: AccountService
    opt_outs: OptOutService
    header: Sequence[str] = columns.OPT_OUTS

    def page(self, cursor: str | None) -> _Rows:
        found, after = self.opt_outs.page(self.account, self.asked, cursor, _PAGE)
        known = consent.consents(self.account.id, {one.subject for one in found})
        forgotten = {
            one.subject for one in known.values() if one.contact_id is None and not one.deleted
        }
        rows = [
            columns.opt_out_row(
                one, self._address(one.sender_id), is_forgotten=one.subject in forgotten
            )
            for one in found
        ]
        return rows, after

    def _address(self, sender_id: str) -> str:
        sender = self.accounts.sender(sender_id)
        return sender.address if sender else ""


_Source = _Contacts | _OptOuts
