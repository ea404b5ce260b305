"""The counters of reports in the `broadcasts` table."""

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.update import Action

from assent.broadcasts.results import COLUMNS, Counts
from assent.platform.ids import shard_of
from assent.platform.tables import Record, Transaction

COUNT_SHARDS = 16
"""How many items share a broadcast's counters, so that none of them is written too often."""


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


def totals(broadcast_id: str) -> Counts:
    """Add the counters up, strongly consistent; what the plan counts is not among them."""
    added = dict.fromkeys(COLUMNS, 0)
    for record in CountsRecord.query(f"{broadcast_id}#counts", consistent_read=True):
        for column, number in record.attribute_values.items():
            if column in added:
                added[column] += int(number)
    return added


def shard(key: str) -> int:
    """Return which of the items counts what has this key: a chunk's, or a contact's id."""
    return shard_of(key, COUNT_SHARDS)


def add_counts(transaction: Transaction, broadcast_id: str, key: str, counts: Counts) -> None:
    """Add to the counters, in the transaction of what is counted."""
    actions: list[Action] = [
        getattr(CountsRecord, column).add(number) for column, number in counts.items() if number
    ]
    if actions:
        record = CountsRecord(f"{broadcast_id}#counts", f"{shard(key):02}")
        transaction.update("counts", record, actions)
