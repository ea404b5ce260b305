"""Exports as the console leads them: begun, looked at, cancelled, fetched."""

from dataclasses import dataclass
from datetime import timedelta

from assent.accounts.model import Account, Member
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.exports import store
from assent.contacts.exports.model import (
    KEPT_DAYS,
    Content,
    Event,
    Export,
    ExportState,
    WorkOnExport,
)
from assent.contacts.exports.work import FILTERS
from assent.contacts.listed import Filters
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, NotFound
from assent.platform.ids import new_id
from assent.platform.objects import Uploads
from assent.platform.queues import Sink

_COUNTED = 10_000
_RECORD_DAYS = 90
_SAFETY = 5  # seconds, after which it begins even if the process that made it has ended
LINK_SECONDS = 900
"""How long a link to the file is good."""


@dataclass
class ExportService:
    """Makes exports and leads them from state to state."""

    clock: Clock
    uploads: Uploads
    queue: Sink

    def of_contacts(self, account: Account, asked: Filter, sort: Sort, person: Member) -> Export:
        """Begin an export of a view of the contacts, in its order."""
        now = self.clock.now()
        directory.lanes(account, asked, now)  # a search that finds too many is refused
        expected, capped = directory.count(account, asked, _COUNTED, now)
        return self._begun(
            Export(
                id=new_id("ex", now),
                account_id=account.id,
                content=Content.CONTACTS,
                asked=asked.model_dump(mode="json", exclude_defaults=True),
                sort=sort.value,
                expected=expected,
                expected_capped=capped,
                actor=person.user_id,
                created_by=person.name,
                created_at=now,
            )
        )

    def of_opt_outs(self, account: Account, asked: Filters, person: Member) -> Export:
        """Begin an export of the opt-out list, newest first."""
        now = self.clock.now()
        return self._begun(
            Export(
                id=new_id("ex", now),
                account_id=account.id,
                content=Content.OPT_OUTS,
                asked=FILTERS.dump_python(asked, mode="json"),
                actor=person.user_id,
                created_by=person.name,
                created_at=now,
            )
        )

    def _begun(self, job: Export) -> Export:
        command = WorkOnExport(account_id=job.account_id, export_id=job.id)
        self.queue.send(command, _SAFETY)
        store.put_export(job, job.created_at + timedelta(days=_RECORD_DAYS))
        return job

    def find(self, account_id: str, export_id: str) -> Export:
        """Return an export of this account, or raise `NotFound`."""
        found = store.find(account_id, export_id)
        if found is None:
            raise NotFound("unknown_export", "This account has no such export.")
        return found

    def cancel(self, job: Export) -> Export:
        """End an export; its file is not kept. Asked again, it is cancelled already."""
        if job.state == ExportState.CANCELLED:
            return job
        if job.state == ExportState.FINISHED:
            raise Conflict("already_finished", "This export is done already.")
        after = store.advance(job, Event.CANCELLED, self.clock.now())
        return after or self.cancel(self.find(job.account_id, job.id))

    def link(self, job: Export) -> str:
        """Make a link to the file that is good for a quarter of an hour; 409 before it is there."""
        if job.state != ExportState.FINISHED or job.finished_at is None:
            raise Conflict("not_ready", f"This export is {job.state}, so it has no file.")
        if self.clock.now() > job.finished_at + timedelta(days=KEPT_DAYS):
            raise NotFound(
                "file_gone", f"Exported files are kept for {KEPT_DAYS} days. Export again."
            )
        return self.uploads.link(job.key, job.file_name, LINK_SECONDS)
