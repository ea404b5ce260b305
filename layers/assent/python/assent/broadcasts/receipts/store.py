"""What recipients are counted as by now, in the `broadcasts` table: receipts and opt-outs."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from assent.broadcasts.counters.store import add_counts, shard
from assent.broadcasts.failures.store import count_failures
from assent.broadcasts.results import Counts
from assent.messaging.model import MessageState
from assent.platform.tables import ConditionFailed, Record, Transaction, get


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


def delivery(broadcast_id: str, contact_id: str) -> MessageState | None:
    """Read the state in which receipts have a recipient counted; nothing before the first."""
    record = get(DeliveryRecord, *_delivery(broadcast_id, contact_id), consistent=True)
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
    record = DeliveryRecord(*_delivery(broadcast_id, contact_id), state=after.value)
    transaction.put("delivery", record, unmoved)
    add_counts(transaction, broadcast_id, contact_id, counts)
    if code:
        count_failures(transaction, broadcast_id, shard(contact_id), {code: 1})
    return _committed(transaction)


def put_opted_out(broadcast_id: str, contact_id: str, at: datetime) -> bool:
    """Count that a recipient opted out after it got the broadcast; false when it is counted."""
    transaction = Transaction()
    record = OptedOutRecord(*_opted_out(broadcast_id, contact_id), at=at)
    transaction.put("opted_out", record, OptedOutRecord.pk.does_not_exist())
    add_counts(transaction, broadcast_id, contact_id, {"opt_outs": 1})
    return _committed(transaction)


def add_unknown(transaction: Transaction, broadcast_id: str, contact_id: str) -> None:
    """Note within a transaction that an outcome is unknown, unless a receipt said more already."""
    record = DeliveryRecord(*_delivery(broadcast_id, contact_id), state=MessageState.UNKNOWN.value)
    transaction.put(contact_id, record, DeliveryRecord.pk.does_not_exist())


def _delivery(broadcast_id: str, contact_id: str) -> tuple[str, str]:
    return f"{broadcast_id}#delivery#{shard(contact_id)}", contact_id


def _opted_out(broadcast_id: str, contact_id: str) -> tuple[str, str]:
    return f"{broadcast_id}#opted-out#{shard(contact_id)}", contact_id


def _committed(transaction: Transaction) -> bool:
    try:
        transaction.insist()
    except ConditionFailed:
        return False
    return True
