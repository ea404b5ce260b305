"""What an import does with its rows: the port that each kind of import fills."""

from collections.abc import Sequence
from typing import Protocol

from assent.accounts.model import Account
from assent.contacts.imports.columns import Reading
from assent.contacts.imports.model import Import, RowOutcome
from assent.contacts.imports.rows import Row

Decision = tuple[Row, RowOutcome]
"""A row with what is to become of it."""


class Effect(Protocol):
    """What an import does with its rows."""

    most_previewed: int
    most_applied: int
    refuses: frozenset[RowOutcome]
    """Outcomes of sound rows that stand in the error file as well."""

    def reading(self, job: Import) -> Reading:
        """Say how the file is to be read, as far as that was chosen."""
        ...

    def preview(self, account: Account, job: Import, rows: Sequence[Row]) -> list[RowOutcome]:
        """Say per row what would become of it; changes nothing."""
        ...

    def apply(self, account: Account, job: Import, rows: Sequence[Decision]) -> list[RowOutcome]:
        """Do it, safe to repeat; says per row what became of it, the same when it is repeated."""
        ...
