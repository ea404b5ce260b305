"""What comes before the slices: the file is looked at and cut, or a group's members gathered."""

from collections.abc import Callable

from assent.contacts.imports import store
from assent.contacts.imports.columns import Reading
from assent.contacts.imports.comparing import CHECKED
from assent.contacts.imports.cutting import Refused, cut
from assent.contacts.imports.files import Files
from assent.contacts.imports.gather import gather
from assent.contacts.imports.model import Event, Import
from assent.platform.clock import Clock

Prepared = tuple[str, Import | None]
"""How it ended, if it did not come to an end, and the import with its slices, if it did."""


def prepare(
    job: Import, files: Files, reading: Reading, clock: Clock, may_go_on: Callable[[], bool]
) -> Prepared:
    """Cut the rows into slices, or as many as there is time for; goes on where it stopped."""
    if job.group_id:
        return _gather(job, files, may_go_on)
    return _cut(job, files, reading, clock, may_go_on)


def _cut(
    job: Import, files: Files, reading: Reading, clock: Clock, may_go_on: Callable[[], bool]
) -> Prepared:
    try:
        found = files.found()
        if found is None or not found.done:
            found = cut(
                files.read,
                job.size,
                region=job.region,
                asked=reading,
                before=found,
                may_go_on=may_go_on,
            )
            files.put_found(found)
    except Refused as refused:
        store.advance(
            job,
            Event.REFUSED,
            problem=refused.problem,
            samples=tuple(refused.samples),
            finished_at=clock.now(),
        )
        return refused.problem.code, None
    if not found.done:
        return "continued", None
    return "", store.note_cut(
        job,
        slices=len(found.slices),
        total=found.rows,
        encoding=found.layout.encoding,
        numbers=CHECKED,
    )


def _gather(job: Import, files: Files, may_go_on: Callable[[], bool]) -> Prepared:
    walk = gather(job, files, may_go_on)
    if not walk.done:
        return "continued", None
    return "", store.note_cut(job, slices=walk.slices, total=walk.rows, numbers=walk.name)
