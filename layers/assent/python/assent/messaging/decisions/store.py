"""Doubts, and the lists of what needs a decision, in the `messages` table."""

from collections.abc import Iterable
from datetime import datetime
from heapq import merge
from itertools import islice

from pynamodb.attributes import ListAttribute, UnicodeAttribute, UTCDateTimeAttribute

from assent.platform import settings
from assent.platform.clock import stamp
from assent.platform.ids import shard_of
from assent.platform.tables import Record, Transaction, count, get

COUNT_BOUND = 99
_DOUBT = "undecided"


class DoubtRecord(Record):
    """`<sn>#<phone_key>` / `undecided`: the latest doubt about a phone, and who is to decide it."""

    class Meta:
        table_name = "messages_table"

    account_id = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    todo = ListAttribute[str](null=True)


class DecisionRecord(Record):
    """`<ac>#decisions#<shard>` / `<time>#<sn>#<phone_key>`.

    An account's list of what needs a decision. A row is a hint: what stands is in the opt-out
    record.
    """

    class Meta:
        table_name = "messages_table"

    phone = UnicodeAttribute()
    body = UnicodeAttribute()
    message_id = UnicodeAttribute()


def _decision_key(account_id: str, sender_id: str, subject: str, at: datetime) -> tuple[str, str]:
    shard = shard_of(subject, settings.current().opt_out_shards)
    return f"{account_id}#decisions#{shard}", f"{stamp(at)}#{sender_id}#{subject}"


def put_doubt(
    account_id: str,
    sender_id: str,
    subject: str,
    at: datetime,
    *,
    phone: str,
    body: str,
    message_id: str,
) -> None:
    """Put a doubt on the list of the account that is to decide it, in the place of an older one."""
    before = doubt(sender_id, subject)
    if before and before.at == at:
        account_id = before.account_id  # done again after a crash: it stays where it was
    DoubtRecord(f"{sender_id}#{subject}", _DOUBT).update(
        actions=[DoubtRecord.account_id.set(account_id), DoubtRecord.at.set(at)]
    )
    key = _decision_key(account_id, sender_id, subject, at)
    DecisionRecord(*key, phone=phone, body=body, message_id=message_id).save()
    if before and (before.account_id, before.at) != (account_id, at):
        DecisionRecord(*_decision_key(before.account_id, sender_id, subject, before.at)).delete()


def doubt(sender_id: str, subject: str) -> DoubtRecord | None:
    """Read the latest doubt about a phone, strongly consistent."""
    return get(DoubtRecord, f"{sender_id}#{subject}", _DOUBT, consistent=True)


def add_decided(transaction: Transaction, decided: DoubtRecord, todo: list[str]) -> None:
    """Note within a transaction what follows from a decision, unless a newer doubt came."""
    transaction.update(
        "doubt",
        DoubtRecord(decided.pk, decided.sk),
        [DoubtRecord.todo.set(todo)],
        DoubtRecord.at == decided.at,
    )


def end_decided(decided: DoubtRecord) -> None:
    """Say that what follows from a decision is done."""
    DoubtRecord(decided.pk, decided.sk).update(
        actions=[DoubtRecord.todo.remove()], condition=DoubtRecord.pk.exists()
    )


def end_doubt(sender_id: str, subject: str) -> None:
    """Take what is settled off the list that it stands on; doing it again changes nothing."""
    settled = doubt(sender_id, subject)
    if settled:
        end_decision(settled.account_id, sender_id, subject, settled.at)


def end_decision(account_id: str, sender_id: str, subject: str, at: datetime) -> None:
    """Take one row off an account's list."""
    DecisionRecord(*_decision_key(account_id, sender_id, subject, at)).delete()


def decisions(account_id: str, *, before: str | None, limit: int) -> list[DecisionRecord]:
    """List what an account is to decide, newest first, from older than the row `before`."""

    def shard(number: int) -> Iterable[DecisionRecord]:
        beyond = DecisionRecord.sk < before if before else None
        return DecisionRecord.query(
            f"{account_id}#decisions#{number}",
            beyond,
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
        )

    shards = [shard(number) for number in range(settings.current().opt_out_shards)]
    return list(islice(merge(*shards, key=lambda row: str(row.sk), reverse=True), limit))


def decisions_count(account_id: str) -> int:
    """Count what an account is to decide, no further than one past `COUNT_BOUND`."""
    total = 0
    for number in range(settings.current().opt_out_shards):
        total += count(DecisionRecord, f"{account_id}#decisions#{number}", COUNT_BOUND + 1 - total)
        if total > COUNT_BOUND:
            break
    return total
