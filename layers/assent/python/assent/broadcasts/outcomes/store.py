"""What became of each recipient of a chunk, and who works on it, in the `broadcasts` table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
from assent.broadcasts.outcomes.model import Recorded, Settling, Standing, change, difference
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import PLANNED, WOKEN, Chunk
from assent.broadcasts.receipts import store as receipts
from assent.broadcasts.results import PENDING, SENT, Counts, handed_on, tally
from assent.platform.tables import (
    ConditionFailed,
    Record,
    Transaction,
    failed_condition,
    get,
)

CLOCKS = timedelta(seconds=2)
"""How far the clocks of two workers may differ without one finding the other's work early."""


_UNDER_WAY = 12
"""How many chunks of a kind may be under way at a slow sender, should some have to be repeated."""


class OutcomesRecord(Record):
    """`<bc>#outcomes` / `<chunk>`: a letter per recipient, and who works on the chunk until when.

    `counted` is what of it stands in the counters already; `codes` and `codes_counted` are the same
    of those who failed, by code. Until `rests` nobody takes it: its sender is slow.
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
    rests = UTCDateTimeAttribute(null=True)
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
    rested: datetime | None = None
    # Whoever had it before did not give it back: some may be claimed of whom nothing is recorded.
    abandoned: bool = False

    def note_failure(self, code: str) -> None:
        """Note that a recipient failed with a code; recorded with its letter."""
        self.codes[code] = self.codes.get(code, 0) + 1


class Overtaken(Exception):
    """Another worker has the chunk now, because this one took too long; nothing was written."""


def take(
    broadcast_id: str, chunk: str, token: str, now: datetime, until: datetime
) -> Taken | Standing:
    """Take a chunk for oneself until a moment, or say how it stands with another."""
    record = OutcomesRecord(f"{broadcast_id}#outcomes", chunk)
    free = OutcomesRecord.token.does_not_exist() | (OutcomesRecord.until < now)
    rested = OutcomesRecord.rests.does_not_exist() | (OutcomesRecord.rests <= now + CLOCKS)
    try:
        record.update(
            actions=[
                OutcomesRecord.token.set(token),
                OutcomesRecord.until.set(until),
                OutcomesRecord.visits.add(1),
            ],
            # Its own token: the SDK repeats a call whose answer was lost.
            condition=OutcomesRecord.ended.does_not_exist()
            & rested
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
        rested=record.rests,
        abandoned=(record.visits or 0) > 1,
    )


def _counts(kept: dict[str, int] | None) -> Counts:
    return {name: int(number) for name, number in (kept or {}).items()}


def standing(broadcast_id: str, chunk: str) -> Standing:
    """Read how far a chunk is."""
    record = get(OutcomesRecord, f"{broadcast_id}#outcomes", chunk, consistent=True)
    if record is None:
        return Standing()
    letters = record.letters or ""
    counted = tally(letters) == _counts(record.counted)
    return Standing(letters, bool(record.ended), counted, record.rests)


def recorded(broadcast_id: str) -> dict[str, Recorded]:
    """Read what is recorded and not counted of the latest chunks that go out in pieces, by key."""
    found: dict[str, Recorded] = {}
    for first in (PLANNED, WOKEN):
        for record in OutcomesRecord.query(
            f"{broadcast_id}#outcomes",
            OutcomesRecord.sk.startswith(first),
            consistent_read=True,
            scan_index_forward=False,
            limit=_UNDER_WAY,
        ):
            kept = record.attribute_values
            if kept.get("rests") and not kept.get("ended"):
                counted, codes = _counts(record.counted), _counts(record.codes)
                counts = tally(record.letters or "")
                found[record.sk] = Recorded(
                    counted,
                    change(counted, counts, Settling(first == WOKEN, 0)),
                    difference(_counts(record.codes_counted), codes),
                )
    return found


def letter(broadcast_id: str, chunk: str, position: int) -> str:
    """Read what became of one recipient of a chunk, as far as it is recorded."""
    record = get(OutcomesRecord, f"{broadcast_id}#outcomes", chunk)
    letters = (record.letters or "") if record else ""
    return letters[position : position + 1] or PENDING


def record_slice(taken: Taken, letters: str, unknown: Iterable[tuple[int, str]]) -> str:
    """Record what became of some more recipients of a chunk; returns the letters as recorded.

    `unknown` names the recipients of this slice whose outcome is, by position. Raises `Overtaken`.
    """
    return _record(taken, letters, list(unknown))


def lay_down(
    taken: Taken, letters: str, unknown: Iterable[tuple[int, str]], rests: datetime
) -> str:
    """Record as `record_slice`, and give the chunk back until its next piece; counted later."""
    return _record(taken, letters, list(unknown), rests)


def _record(
    taken: Taken, letters: str, unknown: list[tuple[int, str]], rests: datetime | None = None
) -> str:
    if unknown:
        return _record_unknown(taken, letters, unknown, rests)
    record = OutcomesRecord(f"{taken.broadcast_id}#outcomes", taken.chunk)
    actions = [*_outcomes(letters, taken), *_free(rests)]
    try:
        record.update(actions=actions, condition=OutcomesRecord.token == taken.token)
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
    settling: Settling,
) -> str:
    """Give a chunk back, and count what became of its recipients since it was last counted.

    The chunks of those who wait for a later moment are made in the same transaction. Ends the
    chunk when nobody is pending; returns the letters as recorded. Raises `Overtaken`.
    """
    return _record_unknown(
        taken, letters, list(unknown), settling.rests, deferred=deferred, settling=settling
    )


def _record_unknown(
    taken: Taken,
    letters: str,
    unknown: list[tuple[int, str]],
    rests: datetime | None = None,
    *,
    deferred: list[Chunk] | None = None,
    settling: Settling | None = None,
) -> str:
    """Record letters, with a delivery record for each recipient whose outcome is unknown.

    So a receipt that comes later knows from where it moves the count. Where a receipt came first,
    the provider took the message: it is recorded as sent.
    """
    transaction = Transaction()
    record = OutcomesRecord(f"{taken.broadcast_id}#outcomes", taken.chunk)
    kept = handed_on(letters) if settling else letters
    actions = [*_outcomes(kept, taken), *_free(rests)]
    if settling:
        counts = tally(kept)
        actions += [OutcomesRecord.counted.set(counts), *([] if rests else _GIVEN_BACK)]
        added = change(taken.counted, counts, settling)
        if len(kept) == settling.size and PENDING not in kept:
            actions.append(OutcomesRecord.ended.set(True))
            added["ended"] = 0 if settling.woken else 1
        counters.add_counts(transaction, taken.broadcast_id, taken.chunk, added)
        if taken.codes != taken.codes_counted:
            actions.append(OutcomesRecord.codes_counted.set(taken.codes))
            failed = difference(taken.codes_counted, taken.codes)
            count_failures(transaction, taken.broadcast_id, counters.shard(taken.chunk), failed)
    transaction.update("outcomes", record, actions, OutcomesRecord.token == taken.token)
    for chunk in deferred or ():
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
        return _record_unknown(taken, mended, left, rests, deferred=deferred, settling=settling)
    return kept


def _outcomes(letters: str, taken: Taken) -> list[Action]:
    actions: list[Action] = [
        OutcomesRecord.letters.set(letters),
        OutcomesRecord.slots.set(taken.slots),
    ]
    return [*actions, OutcomesRecord.codes.set(taken.codes)] if taken.codes else actions


_GIVEN_BACK = (
    OutcomesRecord.token.remove(),
    OutcomesRecord.until.remove(),
    OutcomesRecord.visits.remove(),
)


def _free(rests: datetime | None) -> list[Action]:
    return [*_GIVEN_BACK, OutcomesRecord.rests.set(rests)] if rests else []
