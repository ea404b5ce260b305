"""Imports of contacts: who they are, how they agreed, and the group that they join.

The order of the writes is what makes each row safe to repeat and never loses a STOP: who knows the
phone, consent with its event, the contact, its entries, the membership, and then a look at the
opt-out record (docs/adr/0013-the-order-of-an-imported-row.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.consent import store as consent_store
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, Consent
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Group
from assent.contacts.imports.choices import Choices, Existing
from assent.contacts.imports.columns import Reading
from assent.contacts.imports.effects import Decision
from assent.contacts.imports.labelling import found_or_made
from assent.contacts.imports.making import Maker
from assent.contacts.imports.merging import Merger
from assent.contacts.imports.model import Import, RowOutcome
from assent.contacts.imports.rows import Row
from assent.contacts.imports.target import Against, Target, contact_id
from assent.contacts.imports.writing import Writer
from assent.contacts.service import apply_opt_out
from assent.platform.clock import Clock
from assent.platform.pseudonyms import Pseudonyms

_MOST = 100
_KEPT = timedelta(seconds=10)


@dataclass
class ContactImports:
    """Makes contacts of rows."""

    clock: Clock
    accounts: AccountService
    pseudonyms: Pseudonyms

    most_previewed = _MOST
    most_applied = _MOST
    refuses = frozenset(
        {RowOutcome.DUPLICATE, RowOutcome.EXISTING, RowOutcome.INVALID, RowOutcome.OPTED_OUT}
    )

    def __post_init__(self) -> None:
        self._kept: tuple[tuple[str, int, bool], datetime, Target] | None = None

    def reading(self, job: Import) -> Reading:
        """Read the columns that were chosen."""
        return Choices.of(job).reading

    def preview(self, account: Account, job: Import, rows: Sequence[Row]) -> list[RowOutcome]:
        """Say per row what importing it would come to."""
        target = self._target(account, job)
        subjects = self._subjects(rows)
        known = consent_store.consents(account.id, subjects.values())
        against = self._against(target, subjects.values(), consistent=False)
        return [self._outcome(target, row, subjects[row.phone], known, against) for row in rows]

    def _outcome(
        self,
        target: Target,
        row: Row,
        subject: str,
        known: dict[str, Consent],
        against: Against,
    ) -> RowOutcome:
        if target.is_closed(subject, against):
            return RowOutcome.OPTED_OUT
        there = known[subject].contact_id if subject in known else None
        if there in (None, contact_id(target.job, row)):
            return RowOutcome.ADDED
        if target.chosen.existing == Existing.SKIP:
            return RowOutcome.EXISTING
        return RowOutcome.UPDATED

    def apply(self, account: Account, job: Import, rows: Sequence[Decision]) -> list[RowOutcome]:
        """Import the rows; safe to repeat from wherever it ended."""
        target = self._target(account, job)
        subjects = self._subjects(row for row, _ in rows)
        against = self._against(target, subjects.values(), consistent=True)
        wanted = [(row, o) for row, o in rows if o != RowOutcome.OPTED_OUT]
        labels = found_or_made(account.id, (row for row, _ in wanted), self.clock)
        writer = Writer(self.clock, target, subjects, against, labels)
        merger = Merger(writer)
        taken = [(row, o) for row, o in wanted if labels.has(row)]
        added = [row for row, o in taken if o == RowOutcome.ADDED]
        outcomes = Maker(writer, merger).make(added)
        outcomes |= {row.phone: merger.join(row) for row, o in taken if o == RowOutcome.UPDATED}
        outcomes |= {row.phone: RowOutcome.INVALID for row, _ in wanted if not labels.has(row)}
        self._settle(target, subjects)
        return [outcomes.get(row.phone, outcome) for row, outcome in rows]

    def _settle(self, target: Target, subjects: dict[str, str]) -> None:
        """Let an opt-out that stands have its effect, and stand on the account's list.

        Read after everything else was written. A STOP that was committed before is seen here; one
        that comes later finds the account, the contact and the membership by itself.
        """
        account = target.account
        now = self._against(target, subjects.values(), consistent=True)
        for (sender_id, subject), known in sorted(now.items()):
            for channel in Channel:
                entry = known.opted_out(channel, account.id)
                if entry is None:
                    continue
                listing_store.put_listed(
                    account.id, sender_id, subject, channel, entry.effective_at
                )
                there = consent_store.consent(account.id, subject).contact_id
                if there:
                    apply_opt_out(account.id, there, sender_id, channel, self.clock)

    def _target(self, account: Account, job: Import) -> Target:
        """Say where the rows go; kept for some seconds, since every batch asks."""
        asked = job.id, job.attempt, job.committed
        if self._kept and self._kept[0] == asked and self.clock.now() - self._kept[1] < _KEPT:
            return self._kept[2]
        found = self._found(account, job)
        self._kept = asked, self.clock.now(), found
        return found

    def _found(self, account: Account, job: Import) -> Target:
        chosen = Choices.of(job)
        group: Group | None = None
        if chosen.group_id:
            group = group_store.group(account.id, chosen.group_id)
        senders = [sender.id for sender in self.accounts.senders_of(account.id)]
        return Target(account, job, chosen, group, senders)

    def _subjects(self, rows: Iterable[Row]) -> dict[str, str]:
        return {row.phone: self.pseudonyms.of(row.phone) for row in rows}

    @staticmethod
    def _against(target: Target, subjects: Iterable[str], *, consistent: bool) -> Against:
        keys = ((sender_id, subject) for subject in subjects for sender_id in target.looked_at)
        return consent_store.opt_outs(keys, consistent=consistent)
