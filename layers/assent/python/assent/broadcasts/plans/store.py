"""Plans and their chunks in the `broadcasts` table."""

from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute
from pynamodb.exceptions import PutError

from assent.broadcasts.plans.model import Chunk, Cursor, pack, unpack
from assent.platform.tables import Record, Transaction, failed_condition, get

_CURSOR = "cursor"


class CursorRecord(Record):
    """`<bc>#plan` / `cursor`: how far the plan has come, saved every few steps."""

    class Meta:
        table_name = "broadcasts_table"

    step = NumberAttribute()
    cursor = JSONAttribute()


class ChunkRecord(Record):
    """`<bc>#chunks` / `<chunk>`: who is in it, and where the plan goes on; never changed."""

    class Meta:
        table_name = "broadcasts_table"

    size = NumberAttribute()
    members = BinaryAttribute(legacy_encoding=False, null=True)
    beyond = JSONAttribute(null=True)


def cursor(broadcast_id: str) -> Cursor:
    """Read how far a plan has come, or a few steps less."""
    record = get(CursorRecord, f"{broadcast_id}#plan", _CURSOR, consistent=True)
    return Cursor.model_validate(record.cursor) if record else Cursor()


def save_cursor(broadcast_id: str, now: Cursor) -> None:
    """Save how far a plan has come, unless it has come further."""
    record = CursorRecord(
        f"{broadcast_id}#plan", _CURSOR, step=now.step, cursor=now.model_dump(mode="json")
    )
    try:
        record.save(condition=CursorRecord.pk.does_not_exist() | (CursorRecord.step < now.step))
    except PutError as error:
        if not failed_condition(error):
            raise


def put_chunk(broadcast_id: str, chunk: Chunk) -> Chunk:
    """Keep a step of the plan, or return what another worker made of that step before."""
    try:
        _record(broadcast_id, chunk).save(condition=ChunkRecord.pk.does_not_exist())
    except PutError as error:
        if not failed_condition(error):
            raise
        return found(broadcast_id, chunk.key)
    return chunk


def add_chunk(transaction: Transaction, broadcast_id: str, chunk: Chunk) -> None:
    """Keep a chunk within a transaction."""
    transaction.put(chunk.key, _record(broadcast_id, chunk))


def _record(broadcast_id: str, chunk: Chunk) -> ChunkRecord:
    return ChunkRecord(
        f"{broadcast_id}#chunks",
        chunk.key,
        size=len(chunk.members),
        members=pack(chunk.members) or None,
        beyond=_written(chunk.beyond) if chunk.beyond else None,
    )


def chunk(broadcast_id: str, key: str) -> Chunk | None:
    """Read one chunk. It never changes, so only one that is not found is looked for again."""
    pk = f"{broadcast_id}#chunks"
    record = get(ChunkRecord, pk, key) or get(ChunkRecord, pk, key, consistent=True)
    if record is None:
        return None
    return Chunk(
        key=key,
        members=unpack(record.members or b""),
        beyond=_read(record.beyond) if record.beyond else None,
    )


def _written(cursor: Cursor) -> list[object]:
    """Write a cursor without the names of its fields: it lies in every chunk."""
    return list(cursor.model_dump(mode="json").values())


def _read(values: list[object]) -> Cursor:
    return Cursor.model_validate(dict(zip(Cursor.model_fields, values, strict=True)))


def found(broadcast_id: str, key: str) -> Chunk:
    """Read a chunk that is known to be there; raises `LookupError`."""
    there = chunk(broadcast_id, key)
    if there is None:
        raise LookupError(key)
    return there


def sizes(broadcast_id: str, lane: str, after: str, limit: int) -> list[tuple[str, int]]:
    """List the next chunks whose keys begin so, beyond one, each with how many it holds."""
    first, last = max(after + "\x00", lane), lane + "\uffff"
    records = ChunkRecord.query(
        f"{broadcast_id}#chunks",
        ChunkRecord.sk.between(first, last),
        consistent_read=True,
        limit=limit,
        attributes_to_get=["pk", "sk", "size"],
    )
    return [(record.sk, int(record.size)) for record in records]
