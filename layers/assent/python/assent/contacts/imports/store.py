"""Imports, their progress and what came of each slice, in the `contacts` table."""

from collections.abc import Iterable
from datetime import timedelta
from time import sleep
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from assent.contacts.imports.model import (
    Counts,
    Event,
    Import,
    Phase,
    Progress,
    Purpose,
    RowOutcome,
    Sample,
    SliceResult,
    next_state,
)
from assent.platform.tables import (
    ConditionFailed,
    Contention,
    Record,
    Transaction,
    failed_condition,
    get,
)

_COMMIT_TRIES = 6
_WIDTH = 5  # digits of a slice's number
KEPT = timedelta(days=90)
"""How long what an import works with is kept, its files and its slices."""


class ImportRecord(Record):
    """`<ac>#imports` / `<im>`: one import; written a handful of times, and once for each part."""

    class Meta:
        table_name = "contacts_table"

    purpose = UnicodeAttribute()
    state = UnicodeAttribute()
    file_name = UnicodeAttribute()
    size = NumberAttribute()
    group_id = UnicodeAttribute(default="")
    region = UnicodeAttribute()
    asked_encoding = UnicodeAttribute(default="")
    options = JSONAttribute()
    actor = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    parts = NumberSetAttribute(null=True)
    encoding = UnicodeAttribute(default="")
    slices = NumberAttribute(null=True)
    numbers = UnicodeAttribute(default="")
    total = NumberAttribute(default=0)
    repeating = JSONAttribute(null=True)
    attempt = NumberAttribute(default=0)
    counts = JSONAttribute(null=True)
    samples = JSONAttribute(null=True)
    has_errors = BooleanAttribute(default=False)
    committed = BooleanAttribute(default=False)
    committed_at = UTCDateTimeAttribute(null=True)
    problem = JSONAttribute(null=True)
    finished_at = UTCDateTimeAttribute(null=True)


class ImportProgressRecord(Record):
    """`<ac>#<im>#progress` / `<phase>#<attempt>`: what the slices that are in add up to."""

    class Meta:
        table_name = "contacts_table"

    slices = NumberAttribute(default=0)
    rows = NumberAttribute(default=0)
    added = NumberAttribute(null=True)
    raised = NumberAttribute(null=True)
    already = NumberAttribute(null=True)
    updated = NumberAttribute(null=True)
    existing = NumberAttribute(null=True)
    opted_out = NumberAttribute(null=True)
    duplicate = NumberAttribute(null=True)
    invalid = NumberAttribute(null=True)


class ImportSliceRecord(Record):
    """`<ac>#<im>#slices#<phase>#<attempt>` / `<n>`: what came of one slice, written once."""

    class Meta:
        table_name = "contacts_table"

    rows = NumberAttribute()
    counts = JSONAttribute()
    samples = JSONAttribute()
    error_bytes = NumberAttribute()
    expires_at = NumberAttribute(null=True)


_JSON = ("problem", "counts", "samples", "repeating", "options")
_PLAIN = set(Import.model_fields) - {"id", "account_id", "parts", "purpose", "state", *_JSON}


def _key(account_id: str, import_id: str) -> tuple[str, str]:
    return f"{account_id}#imports", import_id


def put_import(job: Import) -> None:
    """Store a new import."""
    record = ImportRecord(
        *_key(job.account_id, job.id),
        **job.model_dump(include=_PLAIN),
        purpose=job.purpose.value,
        state=job.state.value,
        options=job.options,
    )
    record.save(condition=ImportRecord.pk.does_not_exist())


def find(account_id: str, import_id: str) -> Import | None:
    """Read one import as it stands, strongly consistent: its state decides what is done."""
    record = get(ImportRecord, *_key(account_id, import_id), consistent=True)
    return _import(record) if record else None


def imports(account_id: str, purpose: Purpose, after: str | None, limit: int) -> list[Import]:
    """List an account's imports of one kind, newest first, beyond the id `after`."""
    beyond = ImportRecord.sk < after if after else None
    found = ImportRecord.query(
        f"{account_id}#imports",
        beyond,
        filter_condition=ImportRecord.purpose == purpose.value,
        scan_index_forward=False,
        limit=limit,
    )
    return [_import(record) for record in found]


def _import(record: ImportRecord) -> Import:
    values = {name: value for name, value in record.attribute_values.items() if value is not None}
    known = Import.model_fields.keys() & values.keys()
    return Import(
        id=record.sk,
        account_id=record.pk.partition("#")[0],
        **{name: values[name] for name in known - {"parts"}},
        parts=frozenset(int(part) for part in record.parts or ()),
    )


def put_samples(job: Import, samples: Iterable[Sample]) -> None:
    """Write other bad lines in the place of those that an import shows."""
    ImportRecord(*_key(job.account_id, job.id)).update(
        actions=[ImportRecord.samples.set([one.model_dump() for one in samples])],
        condition=ImportRecord.pk.exists(),
    )


def note_part(job: Import, number: int) -> bool:
    """Note that a part has come; false when the import takes no parts any more."""
    return _update(job, [ImportRecord.parts.add({number})])


def note_cut(job: Import, **found: int | str) -> Import | None:
    """Note how the rows were cut, once; nothing when they were cut before, or it has moved on."""
    actions: list[Action] = [getattr(ImportRecord, name).set(v) for name, v in found.items()]
    uncut = ImportRecord.slices.does_not_exist()
    return job.model_copy(update=found) if _update(job, actions, uncut) else None


def advance(job: Import, event: Event, **changes: Any) -> Import | None:  # noqa: ANN401 -- any field
    """Apply an event, or raise `IllegalTransition`; nothing when it changed under our hands."""
    state = next_state(job.state, event)
    after = job.model_copy(update={"state": state, **changes})
    plain = after.model_dump(mode="json", include=set(_JSON))
    actions: list[Action] = [
        ImportRecord.state.set(state.value),
        *(_change(name, plain.get(name, value)) for name, value in changes.items()),
    ]
    return after if _update(job, actions) else None


def choose(job: Import, region: str, options: dict[str, Any]) -> bool:
    """Keep what was chosen for an import; false when its file is being looked at already."""
    changes = {"region": region, "options": options}
    return _update(job, [_change(name, value) for name, value in changes.items()])


def _change(name: str, value: object) -> Action:
    path = getattr(ImportRecord, name)
    action: Action = path.remove() if value is None else path.set(value)
    return action


def _update(job: Import, actions: list[Action], also: Condition | None = None) -> bool:
    unmoved = ImportRecord.state == job.state.value
    try:
        ImportRecord(*_key(job.account_id, job.id)).update(
            actions=actions, condition=unmoved & also if also is not None else unmoved
        )
    except UpdateError as error:
        if failed_condition(error):
            return False
        raise
    return True


# Slices


def _slices(job: Import, phase: Phase) -> str:
    return f"{job.account_id}#{job.id}#slices#{phase}#{job.attempt}"


def _progress_key(job: Import, phase: Phase) -> tuple[str, str]:
    return f"{job.account_id}#{job.id}#progress", f"{phase}#{job.attempt}"


def _slice_key(job: Import, phase: Phase, number: int) -> tuple[str, str]:
    return _slices(job, phase), f"{number:0{_WIDTH}}"


def has_slice(job: Import, phase: Phase, number: int) -> bool:
    """Tell whether a slice is done and counted."""
    return get(ImportSliceRecord, *_slice_key(job, phase, number), consistent=True) is not None


def add_slice(job: Import, phase: Phase, result: SliceResult) -> bool:
    """Record what came of a slice and count it, once; false when it was counted before."""
    transaction = Transaction()
    record = ImportSliceRecord(
        *_slice_key(job, phase, result.number),
        rows=result.rows,
        counts=result.counts,
        samples=[sample.model_dump() for sample in result.samples],
        error_bytes=result.error_bytes,
        expires_at=int((job.created_at + KEPT).timestamp()),
    )
    transaction.put("slice", record, ImportSliceRecord.pk.does_not_exist())
    actions: list[Action] = [
        ImportProgressRecord.slices.add(1),
        ImportProgressRecord.rows.add(result.rows),
        *(
            getattr(ImportProgressRecord, outcome.value).add(number)
            for outcome, number in result.counts.items()
            if number
        ),
    ]
    transaction.update("progress", ImportProgressRecord(*_progress_key(job, phase)), actions)
    try:
        _commit(transaction)
    except ConditionFailed:
        return False
    return True


def _commit(transaction: Transaction) -> None:
    """Commit, waiting a moment where other slices are counted at the same time."""
    for attempt in range(1, _COMMIT_TRIES):
        try:
            transaction.commit()
        except Contention:
            sleep(0.02 * attempt)
        else:
            return
    transaction.commit()


def slices(job: Import, phase: Phase) -> list[SliceResult]:
    """Read what came of the slices so far, in their order."""
    found = ImportSliceRecord.query(_slices(job, phase), consistent_read=True)
    return [
        SliceResult(
            number=int(record.sk),
            rows=int(record.rows),
            counts=_counts(record.counts),
            samples=tuple(Sample(**sample) for sample in record.samples),
            error_bytes=int(record.error_bytes),
        )
        for record in found
    ]


def put_slice_samples(job: Import, phase: Phase, number: int, samples: Iterable[Sample]) -> None:
    """Write other bad lines in the place of those that a slice keeps."""
    ImportSliceRecord(*_slice_key(job, phase, number)).update(
        actions=[ImportSliceRecord.samples.set([one.model_dump() for one in samples])],
        condition=ImportSliceRecord.pk.exists(),
    )


def progress(job: Import, phase: Phase) -> Progress:
    """Read how far a phase has come, strongly consistent."""
    record = get(ImportProgressRecord, *_progress_key(job, phase), consistent=True)
    if record is None:
        return Progress()
    return Progress(
        slices=int(record.slices),
        rows=int(record.rows),
        counts=_counts(record.attribute_values),
    )


def _counts(values: dict[str, Any]) -> Counts:
    return {
        outcome: int(values[outcome.value])
        for outcome in RowOutcome
        if values.get(outcome.value) is not None
    }
