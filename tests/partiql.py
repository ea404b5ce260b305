"""The one kind of PartiQL statement that the product writes, for those who play DynamoDB."""

import re
from typing import Any

_INSERT = re.compile(r'INSERT INTO "([^"]+)" VALUE \{(.*)\}')
_NAME = re.compile(r"'([^']+)': \?")


def inserted(statement: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Read the table and the item of an INSERT; raises `ValueError` for any other statement."""
    found = _INSERT.fullmatch(statement["Statement"])
    if found is None:
        raise ValueError(statement["Statement"])
    names = _NAME.findall(found[2])
    return found[1], dict(zip(names, statement["Parameters"], strict=True))
