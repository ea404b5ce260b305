"""Labels by their names in one cell of a file: written by exports, read by imports.

Names stand between semicolons. One that holds a semicolon or a quotation mark stands between
quotation marks, which are doubled within, as in CSV.
"""

import csv
from collections.abc import Iterable

_BETWEEN = ";"


def written(names: Iterable[str]) -> str:
    """Write names into a cell, in their order."""
    return f"{_BETWEEN} ".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"' if _BETWEEN in name or '"' in name else name


def read(cell: str) -> list[str]:
    """Read the names in a cell, each once, with single spaces."""
    line = " ".join(cell.split())
    parts = next(csv.reader([line], delimiter=_BETWEEN, skipinitialspace=True), [])
    return list(dict.fromkeys(name for part in parts if (name := " ".join(part.split()))))
