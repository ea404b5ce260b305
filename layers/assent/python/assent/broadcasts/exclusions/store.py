"""Why contacts are left out of broadcasts, in the `broadcasts` table."""

from collections.abc import Iterable

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UTCDateTimeAttribute

from assent.broadcasts.checkpoints import GateName, GateSeen
from assent.broadcasts.counters.store import shard
from assent.broadcasts.results import Excluded, Exclusion
from assent.platform.tables import Record, get


class ExcludedRecord(Record):
    """`<bc>#excluded#<shard>` / `<ct>`: why one contact is not sent the broadcast."""

    class Meta:
        table_name = "broadcasts_table"

    reason = UnicodeAttribute()
    evidence = JSONAttribute()
    passed = JSONAttribute(null=True)  # name and evidence of each gate before, in order
    at = UTCDateTimeAttribute()


def put_excluded(broadcast_id: str, excluded: Iterable[Excluded]) -> None:
    """Keep why contacts are left out; writing it again changes nothing."""
    with ExcludedRecord.batch_write() as batch:
        for one in excluded:
            record = ExcludedRecord(
                *_key(broadcast_id, one.contact_id),
                reason=one.reason.value,
                evidence=one.evidence,
                passed=_written(one.passed),
                at=one.at,
            )
            batch.save(record)


def excluded(broadcast_id: str, contact_id: str) -> Excluded | None:
    """Read why a contact was left out, if it was."""
    record = get(ExcludedRecord, *_key(broadcast_id, contact_id))
    if record is None:
        return None
    return Excluded(
        contact_id=contact_id,
        reason=Exclusion(record.reason),
        evidence=record.evidence,
        passed=_read(record.passed),
        at=record.at,
    )


def _written(passed: list[GateSeen] | None) -> list[tuple[str, dict[str, str]]] | None:
    return None if passed is None else [(gate.name.value, gate.evidence) for gate in passed]


def _read(passed: list[tuple[str, dict[str, str]]] | None) -> list[GateSeen] | None:
    if passed is None:
        return None
    return [
        GateSeen(name=GateName(name), passed=True, evidence=evidence) for name, evidence in passed
    ]


def _key(broadcast_id: str, contact_id: str) -> tuple[str, str]:
    return f"{broadcast_id}#excluded#{shard(contact_id)}", contact_id
