"""What became of each recipient, and the counters of reports, in the `broadcasts` table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep

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

from assent.broadcasts.failures.store import count_failures
from assent.broadcasts.plans import store as plans
from assent.broadcasts.plans.model import Chunk
from assent.broadcasts.results import (
    COLUMNS,
    PENDING,
    SENT,
    Counts,
    Excluded,
    Exclusion,
    handed_on,
    tally,
)
from assent.messaging.model import MessageState
from assent.platform.ids import shard_of
from assent.platform.tables import (
    ConditionFailed,
    Contention,
    Record,
    Transaction,
    failed_condition,
    get,
)

COUNT_SHARDS = 16
"""How many items share a broadcast's counters, so that none of them is written too often."""

_COMMIT_TRIES = 5


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


class LeftRecord(Record):
    """`<bc>#left` / `<chunk>`: work that was let go and met a pause; taken up when it resumes."""

    class Meta:
        table_name = "broadcasts_table"

    upto = NumberAttribute()


class ExcludedRecord(Record):
    """`<bc>#excluded#<shard>` / `<ct>`: why one contact is not sent the broadcast."""

    class Meta:
        table_name = "broadcasts_table"

    reason = UnicodeAttribute()
    evidence = JSONAttribute()
    at = UTCDateTimeAttribute()


class DeliveryRecord(Record):
    """`<bc>#delivery#<shard>` / `<ct>`: the state in which a recipient is counted by now.

    Most are made by a receipt; a recipient whose outcome is unknown has one from the start.
    """

    class Meta:
        table_name = "broadcasts_table"

    state = UnicodeAttribute()


class OptedOutRecord(Record):
    """`<bc>#opted-out#<shard>` / `<ct>`: this recipient opted out after it got the broadcast."""

    class Meta:
        table_name = "broadcasts_table"

    at = UTCDateTimeAttribute()


class CountsRecord(Record):
    """`<bc>#counts` / `<shard>`: a part of the report; the parts are added up."""

    class Meta:
        table_name = "broadcasts_table"

    sent = NumberAttribute(null=True)
    delivered = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)
    unknown = NumberAttribute(null=True)
    deferred = NumberAttribute(null=True)
    ended = NumberAttribute(null=True)
    opt_outs = NumberAttribute(null=True)
    excluded_hard_opt_out = NumberAttribute(null=True)
    excluded_soft_opt_out = NumberAttribute(null=True)
    excluded_needs_decision = NumberAttribute(null=True)
    excluded_no_consent = NumberAttribute(null=True)
    excluded_sender_not_registered = NumberAttribute(null=True)
    excluded_unknown_sender = NumberAttribute(null=True)
    excluded_minus_group = NumberAttribute(null=True)
    excluded_not_back_in_group = NumberAttribute(null=True)
    excluded_contact_gone = NumberAttribute(null=True)
    excluded_no_text = NumberAttribute(null=True)
    excluded_quiet_hours = NumberAttribute(null=True)
    excluded_cap_reached = NumberAttribute(null=True)
    excluded_planned_twice = NumberAttribute(null=True)
    excluded_cancelled = NumberAttribute(null=True)
    excluded_other = NumberAttribute(null=True)
    excluded_not_textable = NumberAttribute(null=True)


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


# Chunks


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
        shard = shard_of(taken.chunk, COUNT_SHARDS)
        _add_counts(transaction, taken.broadcast_id, shard, change)
        if taken.codes != taken.codes_counted:
            actions.append(OutcomesRecord.codes_counted.set(taken.codes))
            failed = _difference(taken.codes_counted, taken.codes)
            count_failures(transaction, taken.broadcast_id, shard, failed)
    transaction.update("outcomes", record, actions, OutcomesRecord.token == taken.token)
    for chunk in deferred:
        plans.add_chunk(transaction, taken.broadcast_id, chunk)
    for _, contact_id in unknown:
        delivery = DeliveryRecord(
            *_spread(taken.broadcast_id, "delivery", contact_id), state=MessageState.UNKNOWN.value
        )
        transaction.put(contact_id, delivery, DeliveryRecord.pk.does_not_exist())
    try:
        _commit(transaction)
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


# Work that met a pause


def put_left(broadcast_id: str, chunk: str, upto: int) -> None:
    """Note work that met a pause; the furthest that it was let go counts."""
    record = LeftRecord(f"{broadcast_id}#left", chunk)
    try:
        record.update(
            actions=[LeftRecord.upto.set(upto)],
            condition=LeftRecord.pk.does_not_exist() | (LeftRecord.upto < upto),
        )
    except UpdateError as error:
        if not failed_condition(error):
            raise


def left(broadcast_id: str) -> list[tuple[str, int]]:
    """List the work that met a pause."""
    found = LeftRecord.query(f"{broadcast_id}#left", consistent_read=True)
    return [(record.sk, int(record.upto)) for record in found]


def end_left(broadcast_id: str, chunk: str) -> None:
    """Strike a piece of work off the list; it is under way again."""
    LeftRecord(f"{broadcast_id}#left", chunk).delete()


# Exclusions


def _spread(broadcast_id: str, kind: str, contact_id: str) -> tuple[str, str]:
    return f"{broadcast_id}#{kind}#{shard_of(contact_id, COUNT_SHARDS)}", contact_id


def put_excluded(broadcast_id: str, excluded: Iterable[Excluded]) -> None:
    """Keep why contacts are left out; writing it again changes nothing."""
    with ExcludedRecord.batch_write() as batch:
        for one in excluded:
            record = ExcludedRecord(
                *_spread(broadcast_id, "excluded", one.contact_id),
                reason=one.reason.value,
                evidence=one.evidence,
                at=one.at,
            )
            batch.save(record)


def excluded(broadcast_id: str, contact_id: str) -> Excluded | None:
    """Read why a contact was left out, if it was."""
    record = get(ExcludedRecord, *_spread(broadcast_id, "excluded", contact_id))
    if record is None:
        return None
    return Excluded(
        contact_id=contact_id,
        reason=Exclusion(record.reason),
        evidence=record.evidence,
        at=record.at,
    )


# Deliveries, opt-outs and counters


def delivery(broadcast_id: str, contact_id: str) -> MessageState | None:
    """Read the state in which receipts have a recipient counted; nothing before the first."""
    record = get(DeliveryRecord, *_spread(broadcast_id, "delivery", contact_id), consistent=True)
    return MessageState(record.state) if record else None


def move_delivery(
    broadcast_id: str,
    contact_id: str,
    before: MessageState | None,
    after: MessageState,
    counts: Counts,
    code: str = "",
) -> bool:
    """Count a recipient in another state; false when it is not in `before` any more.

    `code` is the one under which a failure is counted.
    """
    unmoved = DeliveryRecord.state == before.value if before else DeliveryRecord.pk.does_not_exist()
    transaction = Transaction()
    record = DeliveryRecord(*_spread(broadcast_id, "delivery", contact_id), state=after.value)
    transaction.put("delivery", record, unmoved)
    shard = shard_of(contact_id, COUNT_SHARDS)
    _add_counts(transaction, broadcast_id, shard, counts)
    if code:
        count_failures(transaction, broadcast_id, shard, {code: 1})
    return _committed(transaction)


def put_opted_out(broadcast_id: str, contact_id: str, at: datetime) -> bool:
    """Count that a recipient opted out after it got the broadcast; false when it is counted."""
    transaction = Transaction()
    record = OptedOutRecord(*_spread(broadcast_id, "opted-out", contact_id), at=at)
    transaction.put("opted_out", record, OptedOutRecord.pk.does_not_exist())
    shard = shard_of(contact_id, COUNT_SHARDS)
    _add_counts(transaction, broadcast_id, shard, {"opt_outs": 1})
    return _committed(transaction)


def totals(broadcast_id: str) -> Counts:
    """Add the counters up, strongly consistent; what the plan counts is not among them."""
    added = dict.fromkeys(COLUMNS, 0)
    for record in CountsRecord.query(f"{broadcast_id}#counts", consistent_read=True):
        for column, number in record.attribute_values.items():
            if column in added:
                added[column] += int(number)
    return added


def _add_counts(transaction: Transaction, broadcast_id: str, shard: int, counts: Counts) -> None:
    actions: list[Action] = [
        getattr(CountsRecord, column).add(number) for column, number in counts.items() if number
    ]
    if actions:
        record = CountsRecord(f"{broadcast_id}#counts", f"{shard:02}")
        transaction.update("counts", record, actions)


def _committed(transaction: Transaction) -> bool:
    try:
        _commit(transaction)
    except ConditionFailed:
        return False
    return True


def _commit(transaction: Transaction) -> None:
    """Commit, waiting a moment where others write to the same counters."""
    for attempt in range(1, _COMMIT_TRIES):
        try:
            transaction.commit()
        except Contention:
            sleep(0.02 * attempt)
        else:
            return
    transaction.commit()
