"""Labels that rows of an import name: those of the account, made where they are missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assent.contacts.groups.model import folded
from assent.contacts.imports.headings import Known
from assent.contacts.imports.rows import Row
from assent.contacts.labels import cells
from assent.contacts.labels import service as labels
from assent.contacts.labels.model import Colour
from assent.platform.clock import Clock
from assent.platform.errors import Conflict


def names_of(row: Row) -> list[str]:
    """Name the labels of a row."""
    return cells.read(row.values.get(Known.LABELS, ""))


@dataclass(frozen=True)
class Labels:
    """Ids of labels by their names, in whatever spelling; those that cannot be made are missing."""

    ids: Mapping[str, str] = field(default_factory=dict)

    def has(self, row: Row) -> bool:
        """Tell whether every label of a row is there."""
        return all(folded(name) in self.ids for name in names_of(row))

    def of(self, row: Row) -> frozenset[str]:
        """Give the ids of a row's labels."""
        return frozenset(self.ids[folded(name)] for name in names_of(row))


def found_or_made(account_id: str, rows: Iterable[Row], clock: Clock) -> Labels:
    """Find the labels of rows, and make those that are missing, as many as an account may have.

    Nothing is read where no row names any. Done again, it finds what it made.
    """
    wanted = {folded(name): name for row in rows for name in names_of(row)}
    if not wanted:
        return Labels()
    ids = _known(account_id)
    for key, name in sorted(wanted.items()):
        if key in ids:
            continue
        try:
            ids[key] = labels.create(account_id, name, Colour.GREY, clock).id
        except Conflict as refused:
            if refused.code == "too_many_labels":
                break
            ids = _known(account_id)  # another slice has made it meanwhile
    return Labels(ids)


def _known(account_id: str) -> dict[str, str]:
    return {folded(one.name): one.id for one in labels.labels(account_id)}
