"""Failures by code in the `broadcasts` table: which codes are counted apart, and their counters."""

from functools import lru_cache

from pynamodb.attributes import NumberAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import size

from assent.broadcasts.failures.model import MOST_CODES, OTHER, named
from assent.broadcasts.results import Counts
from assent.platform.tables import Record, Transaction, changed

_CODES = "codes"
_COUNT = "count#"


class FailureCodesRecord(Record):
    """`<bc>#failures` / `codes`: the codes that are counted apart; it only grows, to a bound."""

    class Meta:
        table_name = "broadcasts_table"

    codes = UnicodeSetAttribute(null=True)


class FailuresRecord(Record):
    """`<bc>#failures` / `count#<code>#<shard>`: a part of how many failed with a code."""

    class Meta:
        table_name = "broadcasts_table"

    number = NumberAttribute()


@lru_cache(maxsize=1_000)
def counted_as(broadcast_id: str, code: str) -> str:
    """Say under which code a failure is counted: its own while there is room, or `other`.

    The answer is the same for all who ask, however often: the codes only grow until they are full.
    """
    name = named(code)
    if name == OTHER:
        return OTHER
    codes = FailureCodesRecord.codes
    few = size(codes) < MOST_CODES  # type: ignore[no-untyped-call]
    room = codes.does_not_exist() | codes.contains(name) | few
    record = FailureCodesRecord(f"{broadcast_id}#failures", _CODES)
    return name if changed(record, [codes.add({name})], room) else OTHER


def count_failures(transaction: Transaction, broadcast_id: str, shard: int, change: Counts) -> None:
    """Add to the counters of some codes, in the transaction of what failed."""
    for code, number in change.items():
        if number:
            record = FailuresRecord(f"{broadcast_id}#failures", f"{_COUNT}{code}#{shard:02}")
            transaction.update(f"failed {code}", record, [FailuresRecord.number.add(number)])


def failures(broadcast_id: str) -> Counts:
    """Add up how many failed, by code."""
    added: Counts = {}
    found = FailuresRecord.query(
        f"{broadcast_id}#failures", FailuresRecord.sk.startswith(_COUNT), consistent_read=True
    )
    for record in found:
        code = record.sk.removeprefix(_COUNT).rpartition("#")[0]
        added[code] = added.get(code, 0) + int(record.number)
    return added
