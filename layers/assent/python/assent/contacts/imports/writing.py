"""What is written for an imported row: its consent, its contact, its entries, its membership."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.ledger import Happening
from assent.consent.model import Consent, EventType, Source
from assent.contacts import adding, being_made, marks, store
from assent.contacts.directory import store as directory
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.imports.headings import CUSTOM, Known
from assent.contacts.imports.labelling import Labels
from assent.contacts.imports.rows import Row
from assent.contacts.imports.target import Against, Target, contact_id
from assent.contacts.model import Contact, Origin, QueuePlace, QueueState
from assent.platform.clock import Clock
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5


@dataclass(frozen=True)
class Writer:
    """Writes rows of one batch. `against` is what stood against them when it began."""

    clock: Clock
    target: Target
    subjects: Mapping[str, str]
    against: Against
    labels: Labels

    def claim(self, rows: Sequence[Row], before: Mapping[str, Consent]) -> list[Contact]:
        """Let consent records lead to the contacts of these rows, all at once; gives the contacts.

        Only whoever did that may write them without looking. Those that somebody else writes to
        at the same moment, or whom somebody has erased since, are left out.
        """
        transaction = Transaction()
        claimed = [(row, self._add(transaction, row, before[row.phone])) for row in rows]
        found = [(row, after) for row, after in claimed if after]
        try:
            if found:
                transaction.commit()
        except (ConditionFailed, Contention):
            if len(rows) == 1:
                return []
            return [contact for row in rows for contact in self.claim([row], before)]
        return [self.contact(row, after) for row, after in found]

    def _add(self, transaction: Transaction, row: Row, before: Consent) -> Consent | None:
        """Add what is on record of a row; nothing for somebody who was erased or deleted since."""
        if self.is_noted(before):
            return None
        own = contact_id(self.target.job, row)
        if before.sequence and store.contact(self.target.account.id, own):
            return None
        changes = {"contact_id": own, **self.note(before)}
        happening = self.happening(row, before.subject)
        if happening is None:
            return consent.point(transaction, before, changes)
        return consent.agree(transaction, before, happening, changes, noted=True)

    def note(self, before: Consent) -> dict[str, object]:
        """Note on a consent record that this import was there."""
        kept = {k: v for k, v in before.last_lead.items() if k not in before.imported_by}
        return {"last_lead": kept | {self.target.job.id: being_made.note(self.clock.now())}}

    def is_noted(self, known: Consent) -> bool:
        """Tell whether this import was there."""
        return self.target.job.id in known.last_lead

    def is_own(self, row: Row, known: Consent) -> bool:
        """Tell whether a number leads to the contact that this import makes of its row."""
        return known.contact_id == contact_id(self.target.job, row)

    def happening(self, row: Row, subject: str) -> Happening | None:
        """Say what proof there is for a row, on the channels that nothing stands against."""
        proof, job = self.target.chosen.proof, self.target.job
        channels = self.target.open_channels(self.target.sender_id, subject, self.against)
        if proof is None or not channels:
            return None
        return Happening(
            type=EventType.IMPORTED,
            effective_at=self.target.at,
            recorded_at=self.clock.now(),
            channels=channels,
            sender_id=self.target.sender_id,
            source=Source.IMPORT,
            actor=job.actor,
            evidence={
                "disclosure_sha256": proof.sha256,
                "attested_by": proof.attested_by,
                "user": job.created_by,
                "import": job.id,
                "file": job.file_name,
                "line": str(row.line),
            },
        )

    def contact(self, row: Row, known: Consent) -> Contact:
        """Say what the contact of a row is when it is new."""
        target, values = self.target, row.values
        against = {
            sender_id: one
            for sender_id in target.looked_at
            if (one := self.against.get((sender_id, known.subject)))
        }
        own_sender = target.account.sender_id
        return Contact(
            id=contact_id(target.job, row),
            account_id=target.account.id,
            phone=row.phone,
            subject=known.subject,
            first_name=values.get(Known.FIRST_NAME, ""),
            last_name=values.get(Known.LAST_NAME, ""),
            email=values.get(Known.EMAIL, ""),
            custom=custom(values),
            labels=self.labels.of(row),
            created_at=target.at,
            origin=Origin.IMPORT,
            import_id=target.job.id,
            made_by=target.job.created_by,
            line_type=row.line_type,
            marks=marks.of(known, against, target.looked_at, own_sender, self.clock.now()),
            queue=QueuePlace(state=QueueState.OUTSIDE),
            groups=frozenset({target.group.id} if target.group else ()),
        )

    def write(self, contacts: Sequence[Contact]) -> None:
        """Write contacts that were claimed just now: nobody else can have written them.

        Whoever comes to their numbers meanwhile waits. The contacts themselves last: who is found
        can be deleted at once, with all that belongs to it.
        """
        if not contacts:
            return
        directory.put_entries(contacts)
        if self.target.group:
            members = [self.member(contact, self.target.group) for contact in contacts]
            member_store.put_memberships(self.target.account.id, members)
        store.put_all_new(contacts)

    def complete(self, wanted: Contact) -> bool:
        """Write what an earlier try may have left out; where the contact is, nothing is missing.

        Nor is it written for a number that leads to it no more: it was deleted since. False when
        it is not by an import: a lead came by when the earlier try had ended, and made it.
        """
        account_id, group = self.target.account.id, self.target.group
        for _ in range(_ATTEMPTS):
            found = store.contact(account_id, wanted.id, consistent=True)
            if found and not found.import_id:
                self._take_back(wanted, found)
                return False
            if found:
                return True
            transaction = Transaction()
            adding.add(transaction, wanted)
            if group:
                member_store.add_membership(transaction, account_id, self.member(wanted, group))
            consent_store.check_leads_to(transaction, account_id, wanted.subject, wanted.id)
            try:
                transaction.commit()
            except ConditionFailed as failure:
                if "consent" in failure.failed:
                    return True
                continue
            except Contention:
                continue
            return True
        raise Contention

    def _take_back(self, wanted: Contact, found: Contact) -> None:
        """Remove what an earlier try put beside a contact that somebody else made."""
        adding.settle(wanted)
        for group_id in wanted.groups - found.groups:
            member_store.delete_membership(found.account_id, group_id, found.id)

    def member(self, contact: Contact, group: Group) -> Membership:
        """Say by what a new contact is reached in the group."""
        happens = self.target.chosen.proof is not None
        subject = contact.subject
        channels = self.target.open_channels(group.sender_id, subject, self.against)
        return Membership(
            group_id=group.id,
            contact_id=contact.id,
            phone=contact.phone,
            subject=subject,
            channels=frozenset(channels if happens else ()),
        )


def custom(values: Mapping[str, str]) -> dict[str, str]:
    """Take the account's own fields out of what a row says."""
    return {
        name.removeprefix(CUSTOM): value
        for name, value in values.items()
        if name.startswith(CUSTOM)
    }
