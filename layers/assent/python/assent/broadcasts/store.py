"""Broadcasts, their plans, chunks, outcomes and counters in the `broadcasts` table."""

from collections.abc import Iterable
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
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.update import Action

from assent.broadcasts.model import (
    COLUMNS,
    Broadcast,
    Chunk,
    Counts,
    Cursor,
    Event,
    Excluded,
    Exclusion,
    Outcome,
    Result,
    next_state,
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
_CURSOR = "cursor"
_WIDTH = 6  # digits of a chunk's number; a million chunks are a hundred million recipients


class BroadcastRecord(Record):
    """`<ac>#broadcasts` / `<bc>`: definition and state; written a handful of times."""

    class Meta:
        table_name = "broadcasts_table"

    name = UnicodeAttribute()
    channel = UnicodeAttribute()
    sender_id = UnicodeAttribute()
    groups = ListAttribute[str]()
    minus_groups = ListAttribute[str]()
    template = UnicodeAttribute()
    state = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    schedule_at = UTCDateTimeAttribute(null=True)
    run = UnicodeAttribute(default="")
    started_at = UTCDateTimeAttribute(null=True)
    finished_at = UTCDateTimeAttribute(null=True)
    chunks = NumberAttribute(null=True)
    reason = UnicodeAttribute(default="")


class CursorRecord(Record):
    """`<bc>#plan` / `cursor`: how far the plan has come."""

    class Meta:
        table_name = "broadcasts_table"

    step = NumberAttribute()
    group = NumberAttribute()
    shard = NumberAttribute()
    after = UnicodeAttribute(null=True)
    chunks = NumberAttribute()
    announced = NumberAttribute()
    done = BooleanAttribute()


class ChunkRecord(Record):
    """`<bc>#chunks` / `<n>`: who is in it; never changed."""

    class Meta:
        table_name = "broadcasts_table"

    members = ListAttribute[str]()


class ChunkEndRecord(Record):
    """`<bc>#chunks` / `<n>#end`: says that a chunk is done, apart so that it stays cheap."""

    class Meta:
        table_name = "broadcasts_table"

    counts = JSONAttribute()


class SliceRecord(Record):
    """`<bc>#outcomes` / `<n>#<slice>`: what became of ten recipients, written once."""

    class Meta:
        table_name = "broadcasts_table"

    results = JSONAttribute()


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


class CountsRecord(Record):
    """`<bc>#counts` / `<shard>`: a part of the report; the parts are added up."""

    class Meta:
        table_name = "broadcasts_table"

    planned = NumberAttribute(null=True)
    sent = NumberAttribute(null=True)
    delivered = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)
    unknown = NumberAttribute(null=True)
    ended = NumberAttribute(null=True)
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
    excluded_cancelled = NumberAttribute(null=True)
    excluded_other = NumberAttribute(null=True)


_BROADCAST_FIELDS = set(Broadcast.model_fields) - {"id", "account_id"}


# Definitions


def _key(account_id: str, broadcast_id: str) -> tuple[str, str]:
    return f"{account_id}#broadcasts", broadcast_id


def put_broadcast(broadcast: Broadcast) -> None:
    """Store a new broadcast."""
    record = BroadcastRecord(
        *_key(broadcast.account_id, broadcast.id),
        **broadcast.model_dump(include=_BROADCAST_FIELDS, exclude={"channel", "state"}),
        channel=broadcast.channel.value,
        state=broadcast.state.value,
    )
    record.save(condition=BroadcastRecord.pk.does_not_exist())


def broadcast(account_id: str, broadcast_id: str) -> Broadcast | None:
    """Read one broadcast as it stands, strongly consistent: its state decides what is sent."""
    record = get(BroadcastRecord, *_key(account_id, broadcast_id), consistent=True)
    return _broadcast(record) if record else None


def broadcasts(account_id: str, after: str | None, limit: int) -> list[Broadcast]:
    """List broadcasts, newest first, beyond the id `after`."""
    beyond = BroadcastRecord.sk < after if after else None
    found = BroadcastRecord.query(
        f"{account_id}#broadcasts", beyond, scan_index_forward=False, limit=limit
    )
    return [_broadcast(record) for record in found]


def _broadcast(record: BroadcastRecord) -> Broadcast:
    values = {name: value for name, value in record.attribute_values.items() if value is not None}
    return Broadcast(
        id=record.sk,
        account_id=record.pk.partition("#")[0],
        **{name: values[name] for name in _BROADCAST_FIELDS & values.keys()},
    )


def advance(before: Broadcast, event: Event, **changes: datetime | str | int) -> Broadcast | None:
    """Apply an event, or raise `IllegalTransition`; nothing when it changed under our hands."""
    state = next_state(before.state, event)
    actions: list[Action] = [
        BroadcastRecord.state.set(state.value),
        *(getattr(BroadcastRecord, name).set(value) for name, value in changes.items()),
    ]
    try:
        BroadcastRecord(*_key(before.account_id, before.id)).update(
            actions=actions,
            condition=(BroadcastRecord.state == before.state.value)
            & (BroadcastRecord.run == before.run),
        )
    except UpdateError as error:
        if failed_condition(error):
            return None
        raise
    return before.model_copy(update={"state": state, **changes})


# Plans


def cursor(broadcast_id: str) -> Cursor:
    """Read how far a plan has come."""
    record = get(CursorRecord, f"{broadcast_id}#plan", _CURSOR, consistent=True)
    if record is None:
        return Cursor()
    values = record.attribute_values
    return Cursor(**{name: values[name] for name in Cursor.model_fields if name in values})


def commit_step(
    broadcast_id: str, before: Cursor, after: Cursor, members: list[str], counts: Counts
) -> bool:
    """Write a step of the plan: its chunk, its counts and the cursor, all at once.

    False when the plan has moved on from `before` already: then nothing is written.
    """
    transaction = Transaction()
    unmoved = CursorRecord.step == before.step if before.step else CursorRecord.pk.does_not_exist()
    transaction.put(
        "cursor", CursorRecord(f"{broadcast_id}#plan", _CURSOR, **after.model_dump()), unmoved
    )
    if members:
        chunk = ChunkRecord(f"{broadcast_id}#chunks", f"{before.chunks:0{_WIDTH}}", members=members)
        transaction.put("chunk", chunk, ChunkRecord.pk.does_not_exist())
    _add_counts(transaction, broadcast_id, before.step % COUNT_SHARDS, counts)
    return _committed(transaction)


def chunk(broadcast_id: str, number: int) -> Chunk | None:
    """Read one chunk."""
    record = get(ChunkRecord, f"{broadcast_id}#chunks", f"{number:0{_WIDTH}}", consistent=True)
    return Chunk(number=number, members=list(record.members)) if record else None


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


# Chunks and their outcomes


def slices(broadcast_id: str, number: int) -> dict[int, list[Result]]:
    """Read the outcomes of a chunk as far as they are recorded, by slice."""
    found = SliceRecord.query(
        f"{broadcast_id}#outcomes",
        SliceRecord.sk.startswith(f"{number:0{_WIDTH}}#"),
        consistent_read=True,
    )
    return {
        int(record.sk.partition("#")[2]): [
            Result(contact_id=contact_id, outcome=Outcome(outcome), reason=reason)
            for contact_id, outcome, reason in record.results
        ]
        for record in found
    }


def put_slice(broadcast_id: str, number: int, slice_number: int, results: list[Result]) -> None:
    """Record the outcomes of a slice, unless they are recorded already.

    Who is `unknown` gets a delivery record in the same transaction, so that a receipt that comes
    later knows from where it moves the count. Where a receipt came first, the provider took the
    message: it is recorded as sent.
    """
    record = SliceRecord(
        f"{broadcast_id}#outcomes",
        f"{number:0{_WIDTH}}#{slice_number:02}",
        results=[[r.contact_id, r.outcome.value, r.reason] for r in results],
    )
    unknown = [r.contact_id for r in results if r.outcome == Outcome.UNKNOWN]
    if not unknown:
        _put_once(record)
        return
    transaction = Transaction()
    transaction.put("slice", record, SliceRecord.pk.does_not_exist())
    for contact_id in unknown:
        delivery = DeliveryRecord(
            *_spread(broadcast_id, "delivery", contact_id), state=MessageState.UNKNOWN.value
        )
        transaction.put(contact_id, delivery, DeliveryRecord.pk.does_not_exist())
    try:
        _commit(transaction)
    except ConditionFailed as failure:
        if "slice" in failure.failed:
            return
        known = [
            r.model_copy(update={"outcome": Outcome.SENT, "reason": ""})
            if r.contact_id in failure.failed
            else r
            for r in results
        ]
        put_slice(broadcast_id, number, slice_number, known)


def _put_once(record: Record) -> None:
    try:
        record.save(condition=type(record).pk.does_not_exist())
    except PutError as error:
        if not failed_condition(error):
            raise


def has_ended(broadcast_id: str, number: int) -> bool:
    """Tell whether a chunk is done and counted."""
    key = f"{broadcast_id}#chunks", f"{number:0{_WIDTH}}#end"
    return get(ChunkEndRecord, *key, consistent=True) is not None


def end_chunk(broadcast_id: str, number: int) -> None:
    """Mark a chunk as done and add its recorded outcomes to the counters; once, ever."""
    counts = tally(r for results in slices(broadcast_id, number).values() for r in results)
    transaction = Transaction()
    end = ChunkEndRecord(f"{broadcast_id}#chunks", f"{number:0{_WIDTH}}#end", counts=counts)
    transaction.put("end", end, ChunkEndRecord.pk.does_not_exist())
    _add_counts(transaction, broadcast_id, number % COUNT_SHARDS, {**counts, "ended": 1})
    _committed(transaction)


# Deliveries and counters


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
) -> bool:
    """Count a recipient in another state; false when it is not in `before` any more."""
    unmoved = DeliveryRecord.state == before.value if before else DeliveryRecord.pk.does_not_exist()
    transaction = Transaction()
    record = DeliveryRecord(*_spread(broadcast_id, "delivery", contact_id), state=after.value)
    transaction.put("delivery", record, unmoved)
    _add_counts(transaction, broadcast_id, shard_of(contact_id, COUNT_SHARDS), counts)
    return _committed(transaction)


def totals(broadcast_id: str) -> Counts:
    """Add the counters up, strongly consistent."""
    added = dict.fromkeys(COLUMNS, 0)
    for record in CountsRecord.query(f"{broadcast_id}#counts", consistent_read=True):
        for column in COLUMNS:
            added[column] += int(getattr(record, column) or 0)
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
