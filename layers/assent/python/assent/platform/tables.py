"""The base of every table: a partition key, a sort key, and transactions that say what failed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, TypeVar, cast

from botocore.config import Config
from botocore.exceptions import ClientError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import (
    DeleteError,
    GetError,
    PutError,
    QueryError,
    TransactWriteError,
    UpdateError,
)
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_R = TypeVar("_R", bound="Record")
# A table that hangs must not use up the ten seconds that a web handler has: workers come back
# later by themselves, and web handlers go on without what they could not read.
_CONNECT_SECONDS = 1.0
_READ_SECONDS = 3.0
_RETRIES = 1
# Working out how to introduce itself takes botocore a quarter of each call.
_CONFIG = Config(user_agent="assent")
_LONGEST_KEY = 1024  # bytes of a sort key
_TRIES, _MOMENT = 5, 0.02  # of a transaction that others are in the way of; seconds
_CHECK, _DELETE, _PUT, _UPDATE = range(4)
_CONDITION = "ConditionalCheckFailed"
# Somebody else's transaction holds an item of ours. Nothing was written: the caller tries again.
_CONTENTION = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


class Record(Model):
    """One item. A subclass names its table in `Meta.table_name` by the setting that holds it."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


Unavailable = (GetError, QueryError)
"""What a read raises while the table throttles or does not answer."""


class ConditionFailed(Exception):
    """A condition did not hold, so nothing was written; `failed` holds the labels of those."""

    def __init__(self, failed: list[str]) -> None:
        super().__init__(f"conditions failed: {', '.join(failed)}")
        self.failed = failed


class Contention(Exception):
    """Other writers were at the same items; nothing was written and trying again is safe."""


def _subclasses(of: type[Record]) -> Iterator[type[Record]]:
    for subclass in of.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


_names: dict[type[Record], str] = {}
_shared: list[Connection] = []
_described: set[str] = set()


class _SharedTable(TableConnection):
    """A table on the one connection of the process.

    PynamoDB opens a connection, with a botocore client of its own, for every model class: some
    50 ms of start-up each.
    """

    def __init__(self, table_name: str, connection: Connection) -> None:
        self.table_name = table_name
        self.connection = connection


def bind(name_of: Callable[[str], str]) -> None:
    """Point every record class at its deployed table, on one connection.

    `name_of` gives a table's name by the setting that holds it.

    PynamoDB wants the name when the class is made; ours are known only at start, so the classes
    carry the setting's name until then.
    """
    if not _shared:
        made = Connection(
            connect_timeout_seconds=_CONNECT_SECONDS,
            read_timeout_seconds=_READ_SECONDS,
            max_retry_attempts=_RETRIES,
        )
        made.session.set_default_client_config(_CONFIG)
        _shared.append(made)
    connection = _shared[0]
    for record in _subclasses(Record):
        name = name_of(_names.setdefault(record, record.Meta.table_name))
        if name not in _described:
            schema = record._get_schema()  # noqa: SLF001 -- as PynamoDB does for its own
            connection.add_meta_table(
                MetaTable(
                    {
                        "TableName": name,
                        "KeySchema": schema["key_schema"],
                        "AttributeDefinitions": schema["attribute_definitions"],
                    }
                )
            )
            _described.add(name)
        record.Meta.table_name = name
        record._connection = _SharedTable(name, connection)  # noqa: SLF001 -- no public way


def connection() -> Connection:
    """Return the process's one connection, for reads that make no records."""
    return _shared[0]


def client() -> "DynamoDBClient":
    """Return the process's one DynamoDB client, for measuring and for raw calls."""
    return cast("DynamoDBClient", _shared[0].client)


class Transaction:
    """Up to 100 writes that happen together or not at all. Each has a label, told on failure."""

    def __init__(self) -> None:
        self._operations: list[tuple[int, str, Callable[[TransactWrite], None]]] = []
        self._name = ""
        self._checked: set[str] = set()

    def part(self, name: str) -> "Transaction":
        """Return a view of this transaction that puts `<name>/` before the labels given to it."""
        part = Transaction()
        part._operations, part._checked = self._operations, self._checked
        part._name = f"{self._name}{name}/"
        return part

    def put(self, label: str, record: Record, condition: Condition | None = None) -> None:
        """Write a whole item."""
        self._add(_PUT, label, lambda t: t.save(record, condition=condition))

    def update(
        self, label: str, record: Record, actions: list[Action], condition: Condition | None = None
    ) -> None:
        """Change some attributes of an item."""
        self._add(_UPDATE, label, lambda t: t.update(record, actions=actions, condition=condition))

    def delete(self, label: str, record: Record, condition: Condition | None = None) -> None:
        """Remove an item."""
        self._add(_DELETE, label, lambda t: t.delete(record, condition=condition))

    def check(self, label: str, model: type[Record], key: tuple[str, str], that: Condition) -> None:
        """Require something of an item that the transaction does not write.

        One item can be checked once: what was required of it already is not required again.
        """
        required = f"{key} {that}"
        if required in self._checked:
            return
        self._checked.add(required)
        self._add(_CHECK, label, lambda t: t.condition_check(model, *key, condition=that))

    def _add(self, kind: int, label: str, operation: Callable[[TransactWrite], None]) -> None:
        self._operations.append((kind, self._name + label, operation))

    def commit(self) -> None:
        """Write all, or raise `ConditionFailed` or `Contention` with nothing written."""
        # PynamoDB sends the operations sorted by kind, and reasons come back in that order.
        operations = sorted(self._operations, key=lambda operation: operation[0])
        try:
            with TransactWrite(connection=_shared[0]) as write:
                for _, _, operation in operations:
                    operation(write)
        except TransactWriteError as error:
            reasons = error.cancellation_reasons
            failed = [
                label
                for (_, label, _), reason in zip(operations, reasons, strict=False)
                if reason is not None and reason.code == _CONDITION
            ]
            if failed:
                raise ConditionFailed(failed) from error
            if any(reason is not None and reason.code in _CONTENTION for reason in reasons):
                raise Contention from error
            raise

    def insist(self) -> None:
        """Commit, waiting a moment where others write to the same items; then as `commit`."""
        for attempt in range(1, _TRIES):
            try:
                self.commit()
            except Contention:
                sleep(_MOMENT * attempt)
            else:
                return
        self.commit()


def failed_condition(error: PutError | UpdateError | DeleteError) -> bool:
    """Tell whether a single write failed because its condition did not hold."""
    # A connection that broke off has no response, on which PynamoDB's property fails.
    answered = isinstance(error.cause, ClientError)
    return answered and error.cause_response_code == "ConditionalCheckFailedException"


def changed(record: Record, actions: list[Action], condition: Condition) -> bool:
    """Change some attributes of an item; false when the condition did not hold."""
    try:
        record.update(actions=actions, condition=condition)
    except UpdateError as error:
        if failed_condition(error):
            return False
        raise
    return True


def get(model: type[_R], pk: str, sk: str, *, consistent: bool = False) -> _R | None:
    """Read one item, or nothing."""
    if len(pk.encode()) > _LONGEST_KEY or len(sk.encode()) > _LONGEST_KEY:
        return None  # nothing can be stored there
    try:
        return model.get(pk, sk, consistent_read=consistent)
    except model.DoesNotExist:
        return None


@dataclass(frozen=True)
class Stretch:
    """How a partition is walked: from beyond a sort key, in which direction, by how many items."""

    page_size: int
    newest_first: bool = False
    after: str | None = None


def along(model: type[_R], pk: str, stretch: Stretch) -> Iterator[_R]:
    """Walk a partition, reading a page of items when the one before is used up."""
    beyond = None
    if stretch.after:
        beyond = model.sk < stretch.after if stretch.newest_first else model.sk > stretch.after
    return model.query(
        pk, beyond, scan_index_forward=not stretch.newest_first, page_size=stretch.page_size
    )


def count(model: type[Record], pk: str, most: int) -> int:
    """Count the items of a partition, no further than `most`.

    PynamoDB's own count walks the whole partition, in pages of the limit's size.
    """
    connection = model._get_connection()  # noqa: SLF001 -- no public way
    total, start = 0, None
    while total < most:
        # An answer ends at 1 MB, whether there is more or not.
        page = connection.query(pk, limit=most - total, select="COUNT", exclusive_start_key=start)
        total += int(page["Count"])
        start = page.get("LastEvaluatedKey")
        if start is None:
            break
    return total
