"""An import as the console leads it: made, filled with parts, checked, committed, looked at."""

from dataclasses import dataclass
from typing import Any

from assent.accounts.model import Account
from assent.contacts.imports import errors, store
from assent.contacts.imports.cutting import Read
from assent.contacts.imports.files import Files, MissingFile
from assent.contacts.imports.model import (
    LARGEST,
    PART,
    Event,
    Import,
    ImportState,
    Phase,
    Progress,
    Purpose,
    SliceResult,
    Step,
    WorkOnImport,
)
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound, TooLarge
from assent.platform.ids import new_id
from assent.platform.objects import Objects
from assent.platform.queues import Sink

_ERROR_PART = 3 * 512 * 1024  # bytes: stays below 6 MB even where every letter is escaped


# What a look at the file found; it is found again after other choices.
_AFRESH: dict[str, Any] = {
    "encoding": "", "slices": None, "numbers": "", "total": 0, "repeating": {}, "counts": {},
    "samples": (), "has_errors": False, "problem": None, "finished_at": None,
}  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """What is known of a file before it comes."""

    file_name: str
    size: int  # bytes
    region: str = ""
    encoding: str = ""


@dataclass
class ImportService:
    """Makes imports and leads them from state to state."""

    clock: Clock
    objects: Objects
    queue: Sink

    def create(
        self,
        account: Account,
        purpose: Purpose,
        upload: Upload,
        options: dict[str, Any],
        actor: str,
        by: str,
    ) -> Import:
        """Make an import that waits for the parts of its file."""
        if not 1 <= upload.size <= LARGEST:
            message = f"A file has 1 byte to {LARGEST // 1024**2} MiB. Cut larger ones."
            field = FieldError(field="size", code="size", message=message)
            raise Invalid("invalid_size", message, fields=[field])
        now = self.clock.now()
        job = Import(
            id=new_id("im", now),
            account_id=account.id,
            purpose=purpose,
            file_name=upload.file_name,
            size=upload.size,
            region=upload.region or account.default_region,
            asked_encoding=upload.encoding,
            options=options,
            actor=actor,
            created_by=by,
            created_at=now,
        )
        store.put_import(job)
        return job

    def of_group(
        self,
        account: Account,
        purpose: Purpose,
        group: tuple[str, str],
        options: dict[str, Any],
        actor: str,
        by: str,
    ) -> Import:
        """Begin an import of the members of a group, given by id and name; it runs at once."""
        now = self.clock.now()
        group_id, name = group
        job = Import(
            id=new_id("im", now),
            account_id=account.id,
            purpose=purpose,
            state=ImportState.RUNNING,
            file_name=name,
            size=0,
            group_id=group_id,
            region=account.default_region,
            options=options,
            actor=actor,
            created_by=by,
            created_at=now,
            committed=True,
            committed_at=now,
        )
        store.put_import(job)
        self._start(job)
        return job

    def find(self, account_id: str, purpose: Purpose, import_id: str) -> Import:
        """Return an import of this account, or raise `NotFound`."""
        job = store.find(account_id, import_id)
        if job is None or job.purpose != purpose:
            raise NotFound("unknown_import", "This account has no such import.")
        return job

    def put_part(self, job: Import, number: int, content: bytes) -> Import:
        """Keep a part of the file; the same part may come again and counts once."""
        if not 1 <= number <= job.parts_expected:
            raise NotFound("unknown_part", f"This file comes in parts 1 to {job.parts_expected}.")
        if len(content) > PART:
            raise TooLarge("too_large", f"A part has at most {PART} bytes.")
        expected = job.part_size(number)
        if len(content) != expected:
            message = (
                f"Part {number} of a file of {job.size} bytes has {expected} bytes, "
                f"{len(content)} came. Send it as application/octet-stream."
            )
            field = FieldError(field="body", code="size", message=message)
            raise Invalid("wrong_part_size", message, fields=[field])
        if job.state != ImportState.UPLOADING:
            raise _not_now(job, "takes no more parts")
        Files(self.objects, job).put_part(number, content)
        if not store.note_part(job, number):
            raise _not_now(job, "takes no more parts")
        return job.model_copy(update={"parts": job.parts | {number}})

    def check(self, job: Import) -> Import:
        """Begin the dry run. Asked again while it runs, it is only made sure that it does."""
        if job.state == ImportState.UPLOADING:
            missing = sorted(set(range(1, job.parts_expected + 1)) - job.parts)
            if missing:
                shown = ", ".join(map(str, missing[:10]))
                raise Conflict(
                    "parts_missing", f"{len(missing)} parts have not come yet: {shown}. Send them."
                )
            job = store.advance(job, Event.CHECK_STARTED) or self._again(job)
        if job.state != ImportState.CHECKING:
            raise _not_now(job, "cannot be checked")
        self._start(job)
        return job

    def choose(self, job: Import, region: str, options: dict[str, Any]) -> Import:
        """Keep what was chosen: how the file is read, and what is done with its rows.

        What was checked with other choices, or could not be taken, has to be checked again.
        """
        chosen: dict[str, Any] = {"region": region, "options": options}
        if job.state in (ImportState.CHECKED, ImportState.FAILED):
            afresh = store.advance(
                job, Event.REOPENED, **chosen, **_AFRESH, attempt=job.attempt + 1
            )
            if afresh:
                return afresh
        elif job.state == ImportState.UPLOADING and store.choose(job, region, options):
            return job.model_copy(update=chosen)
        raise _not_now(self._again(job), "takes no other choices")

    def head(self, job: Import) -> tuple[Read, int]:
        """Give the reader of the beginning of the file; raises `Conflict` before it has come."""
        if 1 not in job.parts:
            raise Conflict("parts_missing", "The first part of the file has not come yet. Send it.")
        return Files(self.objects, job).read, job.size

    def commit(self, job: Import, options: dict[str, Any] | None = None) -> Import:
        """Begin the real run of a checked import; asked again, it is made sure that it runs.

        `options` are the choices as they are now known, where they differ from those kept.
        """
        if job.state == ImportState.CHECKED:
            after = store.advance(
                job,
                Event.COMMITTED,
                committed=True,
                committed_at=self.clock.now(),
                options=job.options if options is None else options,
            )
            job = after or self._again(job)
        if job.state != ImportState.RUNNING:
            raise _not_now(job, "cannot be started: check it first")
        self._start(job)
        return job

    def cancel(self, job: Import) -> Import:
        """End an import; what it has done stays done."""
        if job.state in (ImportState.FINISHED, ImportState.FAILED):
            raise _not_now(job, "cannot be cancelled")
        if job.state == ImportState.CANCELLED:
            return job
        after = store.advance(job, Event.CANCELLED, finished_at=self.clock.now())
        return after or self.cancel(self._again(job))

    def _again(self, job: Import) -> Import:
        return self.find(job.account_id, job.purpose, job.id)

    def _start(self, job: Import) -> None:
        # Behind the change of state: who asks again after a crash in between sends it again.
        self.queue.send(
            WorkOnImport(
                account_id=job.account_id,
                import_id=job.id,
                step=Step.START,
                attempt=job.attempt,
            )
        )

    def progress(self, job: Import) -> Progress:
        """Say how far it has come, in the phase that it is in."""
        if job.state in (ImportState.CHECKED, ImportState.FINISHED):
            return Progress(slices=job.slices or 0, rows=job.total, counts=job.counts)
        if job.state in (ImportState.UPLOADING, ImportState.FAILED):
            return Progress()
        return store.progress(job, job.phase)

    def error_file(self, job: Import, part: int) -> tuple[str, int]:
        """Return one part of the error file, numbered from 1, and how many parts there are."""
        if job.state in (ImportState.UPLOADING, ImportState.CHECKING):
            raise _not_now(job, "has no error file yet")
        if job.state == ImportState.FAILED:
            raise _not_now(job, "has no error file: look at what is wrong with the whole file")
        phase = Phase.COMMIT if job.state == ImportState.FINISHED else Phase.CHECK
        parts = _parts(job, store.slices(job, phase), phase)
        if not parts:
            raise NotFound("no_errors", "Every row of this import could be taken.")
        if not 1 <= part <= len(parts):
            raise NotFound("unknown_part", f"The error file comes in parts 1 to {len(parts)}.")
        files = Files(self.objects, job)
        try:
            head = errors.header(files.layout()) if part == 1 else ""
            rows = (text for one in parts[part - 1] for _, text in files.errors(phase, one))
            return head + "".join(rows), len(parts)
        except MissingFile:
            raise NotFound("file_gone", "Error files are kept for 90 days.") from None


def _parts(job: Import, results: list[SliceResult], phase: Phase) -> list[list[int]]:
    """Put slices with errors together into parts that one answer can carry."""
    parts: list[list[int]] = []
    size = 0
    for one in results:
        # What repeats earlier slices is known only since all of them are in.
        bytes_of = one.error_bytes
        if phase == Phase.CHECK:
            bytes_of = job.repeating.get(one.number, bytes_of)
        if not bytes_of:
            continue
        if not parts or size + bytes_of > _ERROR_PART:
            parts.append([])
            size = 0
        parts[-1].append(one.number)
        size += bytes_of
    return parts


def _not_now(job: Import, what: str) -> Conflict:
    return Conflict("wrong_state", f"This import is {job.state}; it {what}.")
