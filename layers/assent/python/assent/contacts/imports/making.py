"""New contacts of imported rows, many at once; looked at one by one where somebody was faster."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assent.consent import store as consent_store
from assent.consent.listing import store as listing_store
from assent.consent.model import Consent
from assent.contacts import store
from assent.contacts.imports.choices import Existing
from assent.contacts.imports.merging import Merger
from assent.contacts.imports.model import RowOutcome
from assent.contacts.imports.rows import Row
from assent.contacts.imports.target import contact_id
from assent.contacts.imports.writing import Writer
from assent.platform.tables import Contention

_MOST = 100  # operations of one transaction
_ATTEMPTS = 5


@dataclass(frozen=True)
class Maker:
    """Makes contacts of rows."""

    writer: Writer
    merger: Merger

    def make(self, rows: Sequence[Row]) -> dict[str, RowOutcome]:
        """Make contacts of rows; says per number what became of it.

        A number that turns out to be a contact's by now is treated like any other such.
        """
        if not rows:
            return {}
        target = self.writer.target
        subjects = {row.phone: self.writer.subjects[row.phone] for row in rows}
        listing_store.put_known(target.sender_id, subjects.values(), target.account.id)
        known = consent_store.consents(target.account.id, subjects.values(), consistent=True)
        before = {
            phone: known.get(subject) or Consent(account_id=target.account.id, subject=subject)
            for phone, subject in subjects.items()
        }
        fresh = [row for row in rows if before[row.phone].contact_id is None]
        made = [
            contact
            for some in _packed(fresh, before)
            for contact in self.writer.claim(some, before)
        ]
        self.writer.write(made)
        outcomes = dict.fromkeys((contact.phone for contact in made), RowOutcome.ADDED)
        return outcomes | {row.phone: self._again(row) for row in rows if row.phone not in outcomes}

    def _again(self, row: Row) -> RowOutcome:
        """Look again at a row that is claimed already: by an earlier try, or by somebody else."""
        target = self.writer.target
        own, account_id = contact_id(target.job, row), target.account.id
        for _ in range(_ATTEMPTS):
            known = consent_store.consent(account_id, self.writer.subjects[row.phone])
            is_own = self.writer.is_own(row, known)
            if is_own and self.writer.complete(self.writer.contact(row, known)):
                return RowOutcome.ADDED
            if known.contact_id:
                if target.chosen.existing == Existing.SKIP:
                    return RowOutcome.EXISTING
                return self.merger.join(row)
            made = self.writer.claim([row], {row.phone: known})
            self.writer.write(made)
            if made or self.writer.is_noted(known) or store.contact(account_id, own):
                return RowOutcome.ADDED  # made, or deleted or erased since it was
        raise Contention


def _packed(rows: Sequence[Row], before: Mapping[str, Consent]) -> Iterator[list[Row]]:
    """Put rows together into what one transaction can take: a record and an event for each.

    Where a question was open, there is one event more: that it lapsed.
    """
    some: list[Row] = []
    operations = 0
    for row in rows:
        asked = any(agreement.asked_at for agreement in before[row.phone].agreements.values())
        needed = 3 if asked else 2
        if operations + needed > _MOST:
            yield some
            some, operations = [], 0
        some.append(row)
        operations += needed
    if some:
        yield some
