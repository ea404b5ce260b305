"""What became of each recipient of a chunk, and who works on it, in the `broadcasts` table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from assent.broadcasts.counters import store as counters
from assent.broadcasts.failures.store import count_failures
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import Chunk
from assent.broadcasts.receipts import store as receipts
from assent.broadcasts.results import PENDING, SENT, Counts, handed_on, tally
from assent.platform.tables import (
    ConditionFailed,
    Record,
    Transaction,
    failed_condition,
    get,
)


class OutcomesRecord(Record):
    """`<bc>#outcomes` / `<chunk>`: a letter per recipient, and who works on the chunk until when.

    `counted` is what of it stands in the counters already; `codes` and `codes_counted` are the same
    of those who failed, by code.
    """

    class Meta:
        table_name = "broadcasts_table"

    letters = UnicodeAttribute(null=True)
    slots = ListAttribute[str](null=True)
    counted = JSONAttribute(null=True)
    codes = JSONAttribute(null=True)
    codes_counted = JSONAttribute(null=True)
    token = UnicodeAttribute(null=True)
    until = UTCDateTimeAttribute(null=True)
    visits = NumberAttribute(null=True)
    ended = BooleanAttribute(null=True)


@dataclass
class Taken:
    """A chunk that one worker has for itself: what is known of its recipients so far."""

    broadcast_id: str
    chunk: str
    token: str
    letters: str = ""
    slots: list[str] = field(default_factory=list)
    counted: Counts = field(default_factory=dict)
    codes: Counts = field(default_factory=dict)  # of those who failed
    codes_counted: Counts = field(default_factory=dict)
    # Whoever had it before did not give it back: some may be claimed of whom nothing is recorded.
    abandoned: bool = False

    def note_failure(self, code: str) -> None:
        """Note that a recipient failed with a code; recorded with its letter."""
        self.codes[code] = self.codes.get(code, 0) + 1


@dataclass(frozen=True)
class Standing:
    """How far a chunk is that somebody else has, or that has ended."""

    letters: str
    ended: bool


class Overtaken(Exception):
    """Another worker has the chunk now, because this one took too long; nothing was written."""


def take(
    broadcast_id: str, chunk: str, token: str, now: datetime, until: datetime
) -> Taken | Standing:
    """Take a chunk for oneself until a moment, or say how it stands with another."""
    record = OutcomesRecord(f"{broadcast_id}#outcomes", chunk)
    free = OutcomesRecord.token.does_not_exist() | (OutcomesRecord.until < now)
    try:
        record.update(
            actions=[
                OutcomesRecord.token.set(token),
                OutcomesRecord.until.set(until),
                OutcomesRecord.visits.add(1),
            ],
            # Its own token: the SDK repeats a call whose answer was lost.
            condition=OutcomesRecord.ended.does_not_exist()
            & (free | (OutcomesRecord.token == token)),
        )
    except UpdateError as error:
        if not failed_condition(error):
            raise
        return standing(broadcast_id, chunk)
    return Taken(
        broadcast_id,
        chunk,
        token,
        record.letters or "",
        list(record.slots or ()),
        _counts(record.counted),
        _counts(record.codes),
        _counts(record.codes_counted),
        abandoned=(record.visits or 0) > 1,
    )


def _counts(kept: dict[str, int] | None) -> Counts:
    return {name: int(number) for name, number in (kept or {}).items()}


def standing(broadcast_id: str, chunk: str) -> Standing:
    """Read how far a chunk is."""
    record = get(OutcomesRecord, f"{broadcast_id}#outcomes", chunk, consistent=True)
    if record is None:
        return Standing("", ended=False)
    return Standing(record.letters or "", ended=bool(record.ended))


def letter(broadcast_id: str, chunk: str, position: int) -> str:
    """Read what became of one recipient of a chunk, as far as it is recorded."""
    record = get(OutcomesRecord, f"{broadcast_id}#outcomes", chunk)
    letters = (record.letters or "") if record else ""
    return letters[position : position + 1] or PENDING


def record_slice(taken: Taken, letters: str, unknown: Iterable[tuple[int, str]]) -> str:
    """Record what became of some more recipients of a chunk; returns the letters as recorded.

    `unknown` names the recipients of this slice whose outcome is, by position. Raises `Overtaken`.
    """
    named = list(unknown)
    if named:
        return _record_unknown(taken, letters, named, [])
    record = OutcomesRecord(f"{taken.broadcast_id}#outcomes", taken.chunk)
    try:
        record.update(
            actions=_outcomes(letters, taken), condition=OutcomesRecord.token == taken.token
        )
    except UpdateError as error:
        if failed_condition(error):
            raise Overtaken from None
        raise
    return letters


def settle(
    taken: Taken,
    letters: str,
    unknown: Iterable[tuple[int, str]],
    deferred: list[Chunk],
    *,
    woken: bool,
    size: int,
) -> str:
    """Give a chunk back, and count what became of its recipients since it was last counted.

    The chunks of those who wait for a later moment are made in the same transaction. Ends the
    chunk when nobody is pending; returns the letters as recorded. Raises `Overtaken`.
    """
    return _record_unknown(taken, letters, list(unknown), deferred, Settling(woken, size))


@dataclass(frozen=True)
class Settling:
    """What ends a visit to a chunk: whose members were counted as deferred, and how many."""

    woken: bool
    size: int


def _record_unknown(
    taken: Taken,
    letters: str,
    unknown: list[tuple[int, str]],
    deferred: list[Chunk],
    settling: Settling | None = None,
) -> str:
    """Record letters, with a delivery record for each recipient whose outcome is unknown.

    So a receipt that comes later knows from where it moves the count. Where a receipt came first,
    the provider took the message: it is recorded as sent.
    """
    transaction = Transaction()
    record = OutcomesRecord(f"{taken.broadcast_id}#outcomes", taken.chunk)
    kept = handed_on(letters) if settling else letters
    actions = _outcomes(kept, taken)
    if settling:
        counts = tally(kept)
        actions += [
            OutcomesRecord.counted.set(counts),
            OutcomesRecord.token.remove(),
            OutcomesRecord.until.remove(),
            OutcomesRecord.visits.remove(),
        ]
        change = _change(taken.counted, counts, settling)
        if len(kept) == settling.size and PENDING not in kept:
            actions.append(OutcomesRecord.ended.set(True))
            change["ended"] = 0 if settling.woken else 1
        counters.add_counts(transaction, taken.broadcast_id, taken.chunk, change)
        if taken.codes != taken.codes_counted:
            actions.append(OutcomesRecord.codes_counted.set(taken.codes))
            failed = _difference(taken.codes_counted, taken.codes)
            count_failures(transaction, taken.broadcast_id, counters.shard(taken.chunk), failed)
    transaction.update("outcomes", record, actions, OutcomesRecord.token == taken.token)
    for chunk in deferred:
        plans.add_chunk(transaction, taken.broadcast_id, chunk)
    for _, contact_id in unknown:
        receipts.add_unknown(transaction, taken.broadcast_id, contact_id)
    try:
        transaction.insist()
    except ConditionFailed as failure:
        if "outcomes" in failure.failed:
            raise Overtaken from None
        known = {at for at, contact_id in unknown if contact_id in failure.failed}
        mended = "".join(SENT if at in known else one for at, one in enumerate(letters))
        left = [(at, contact_id) for at, contact_id in unknown if at not in known]
        return _record_unknown(taken, mended, left, deferred, settling)
    return kept


def _outcomes(letters: str, taken: Taken) -> list[Action]:
    actions: list[Action] = [
        OutcomesRecord.letters.set(letters),
        OutcomesRecord.slots.set(taken.slots),
    ]
    return [*actions, OutcomesRecord.codes.set(taken.codes)] if taken.codes else actions


def _change(before: Counts, after: Counts, settling: Settling) -> Counts:
    change = _difference(before, after)
    if settling.woken:
        # Whoever has an outcome now was counted as deferred until now.
        change["deferred"] = change.get("deferred", 0) - sum(change.values())
    return change


def _difference(before: Counts, after: Counts) -> Counts:
    return {name: after.get(name, 0) - before.get(name, 0) for name in {*before, *after}}
