"""Many items created in one call, by PartiQL, which PynamoDB does not speak."""

from collections.abc import Sequence
from functools import cache

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PutError

from assent.platform.tables import Record, connection


def insert_all(records: Sequence[Record]) -> list[str]:
    """Create up to 25 items in one call, each only where there is none.

    Returns a code for each, empty where it was created: `DuplicateItem`, `ThrottlingError` and
    others (Amazon DynamoDB API Reference, BatchStatementError). Raises `PutError` when the call
    failed; then each may have been created or not.
    """
    statements = []
    for record in records:
        item = record.serialize()
        statements.append(
            {
                "Statement": _insertion(record.Meta.table_name, tuple(item)),
                "Parameters": list(item.values()),
            }
        )
    try:
        answer = connection().dispatch("BatchExecuteStatement", {"Statements": statements})
    except (BotoCoreError, ClientError) as error:
        raise PutError(f"Failed to create items: {error}", error) from error
    return [str(one.get("Error", {}).get("Code", "")) for one in answer["Responses"]]


@cache
def _insertion(table: str, names: tuple[str, ...]) -> str:
    values = ", ".join(f"'{name}': ?" for name in names)
    return f'INSERT INTO "{table}" VALUE {{{values}}}'
