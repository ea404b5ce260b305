"""Events in the `ledger` table."""

from collections.abc import Iterator

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from assent.consent.ledger import LedgerEvent, Link, read
from assent.platform.tables import Record, Transaction


class LedgerRecord(Record):
    """`<owner>#<phone_key>` / sequence. Written once; only erasure touches evidence and salt."""

    class Meta:
        table_name = "ledger_table"

    event = JSONAttribute()
    evidence = JSONAttribute(null=True)
    salt = UnicodeAttribute(null=True)


def add_event(transaction: Transaction, event: LedgerEvent) -> None:
    """Append an event; the condition makes sure that nothing is ever written over."""
    record = LedgerRecord(
        f"{event.owner}#{event.subject}",
        f"{event.sequence:010d}",
        event=event.model_dump(mode="json", exclude={"evidence", "salt"}),
        evidence=event.evidence,
        salt=event.salt,
    )
    transaction.put("ledger", record, LedgerRecord.pk.does_not_exist())


def events(owner: str, subject: str) -> list[LedgerEvent]:
    """Read a whole chain, in order, strongly consistent."""
    return [
        LedgerEvent(**record.event, evidence=record.evidence, salt=record.salt)
        for record in LedgerRecord.query(f"{owner}#{subject}", consistent_read=True)
    ]


def events_back(
    owner: str, subject: str, before: int | None, page_size: int
) -> Iterator[LedgerEvent]:
    """Walk a chain from its end, or from below a sequence, towards its beginning."""
    beyond = LedgerRecord.sk < f"{before:010d}" if before is not None else None
    found = LedgerRecord.query(
        f"{owner}#{subject}", beyond, scan_index_forward=False, page_size=page_size
    )
    for record in found:
        yield LedgerEvent(**record.event, evidence=record.evidence, salt=record.salt)


def links(owner: str, subject: str) -> list[Link]:
    """Read a chain as it lies in the table, strongly consistent, whatever was done to it."""
    table = LedgerRecord._get_connection()  # noqa: SLF001 -- models refuse what was tampered with
    found: list[Link] = []
    start: object = None
    while True:
        page = table.query(f"{owner}#{subject}", consistent_read=True, exclusive_start_key=start)
        for item in page["Items"]:
            plain = {name: value.get("S", value) for name, value in item.items()}
            found.append(read(plain))
        start = page.get("LastEvaluatedKey")
        if not start:
            return found


def erase_evidence(
    owner: str, subject: str, *, scope: str | None = None, through: int | None = None
) -> int:
    """Remove evidence and salt from a chain's events, up to one and of one scope, if given.

    Returns how many events were touched. It can be cut off and repeated: what is erased already
    is passed over, and the chain verifies at every moment.
    """
    erased = 0
    # Read as it lies there: what somebody spoilt must be erased as well.
    for link in links(owner, subject):
        kept = link.evidence is not None or link.salt is not None or link.problem
        wanted = scope in (None, link.fields.get("scope"))
        if link.position and kept and wanted and link.position <= (through or link.position):
            LedgerRecord(f"{owner}#{subject}", f"{link.position:010d}").update(
                actions=[LedgerRecord.evidence.remove(), LedgerRecord.salt.remove()],
                condition=LedgerRecord.pk.exists(),
            )
            erased += 1
    return erased
