"""Imported rows whose numbers are contacts already: proof, group, and what the row says of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import sleep

from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.model import Consent, Standing
from assent.contacts import reach, store
from assent.contacts.being_made import BeingMade, wait_for_contact
from assent.contacts.directory import store as directory
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.history import service as history
from assent.contacts.history.model import Person, What, event
from assent.contacts.imports.choices import Existing
from assent.contacts.imports.columns import MOST_CUSTOM
from assent.contacts.imports.headings import Known
from assent.contacts.imports.model import RowOutcome
from assent.contacts.imports.rows import Row
from assent.contacts.imports.writing import Writer, custom
from assent.contacts.labels import service as labels
from assent.contacts.model import Contact
from assent.contacts.profile import store as profile_store
from assent.contacts.queue import store as queue_store
from assent.contacts.service import apply_agreement
from assent.platform.errors import Conflict, NotFound
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS, _MOMENT = 5, 0.1  # seconds


@dataclass(frozen=True)
class Merger:
    """Brings contacts that are there together with what a row says."""

    writer: Writer

    def join(self, row: Row) -> RowOutcome:
        """Record the proof, take over what the row says if that was chosen, join the group."""
        for attempt in range(_ATTEMPTS):
            try:
                self._join(row)
            except BeingMade:
                sleep(_MOMENT * attempt)
                continue
            except (ConditionFailed, Contention):
                continue  # somebody else was at it: look again at how it is
            except Conflict:
                return RowOutcome.INVALID  # no more labels fit on it
            return RowOutcome.UPDATED
        raise Contention

    def _join(self, row: Row) -> None:
        target = self.writer.target
        known = consent_store.consent(target.account.id, self.writer.subjects[row.phone])
        if known.contact_id is None:
            # It was deleted or erased since somebody looked: the row makes a contact of its own.
            self.writer.write(self.writer.claim([row], {row.phone: known}))
            return
        if not self.writer.is_own(row, known):
            wait_for_contact(known, self.writer.clock.now())
        found = store.contact(target.account.id, known.contact_id, consistent=True)
        self._record(row, known)
        if found is None:
            # Whoever claimed the number ended before it wrote the contact.
            wanted = self.writer.contact(row, known)
            self.writer.complete(wanted.model_copy(update={"id": known.contact_id}))
            return
        if target.chosen.existing == Existing.UPDATE:
            self._update(row, found)
        if target.group:
            self._join_group(found, target.group)
        self._apply(found)
        self._tell(found)

    def _record(self, row: Row, known: Consent) -> None:
        """Append the proof to the ledger, once."""
        happening = self.writer.happening(row, known.subject)
        if happening is None or self.writer.is_noted(known):
            return
        transaction = Transaction()
        consent.agree(transaction, known, happening, self.writer.note(known))
        transaction.commit()

    def _update(self, row: Row, found: Contact) -> None:
        if found.edited_at and found.edited_at >= self.writer.target.at:
            return  # by us, before a crash; or by somebody since: the later one counts
        self._label(row, found)
        after = _merged(found, row.values)
        if after == found:
            return
        after = after.model_copy(
            update={
                "version": found.version + 1,
                "edited_at": self.writer.clock.now(),
                "edited_by": self.writer.target.job.created_by,
            }
        )
        transaction = Transaction()
        profile_store.add_profile(transaction, found, after)
        directory.add_entries(transaction, found, after)
        transaction.commit()

    def _label(self, row: Row, found: Contact) -> None:
        """Give a contact the labels of its row, beside those that it has."""
        wanted = self.writer.labels.of(row) - found.labels
        if not wanted:
            return
        try:
            labels.relabel(found.account_id, found.id, add=wanted)
        except NotFound:
            return  # somebody deletes one of them at this moment

    def _join_group(self, found: Contact, group: Group) -> None:
        """Put a contact into the group; a lead leaves the queue for it, or never enters it."""
        if group.id in found.groups:
            return
        job, now = self.writer.target.job, self.writer.clock.now()
        transaction = Transaction()
        queue_store.add_joining(transaction, found, group.id, job.created_by, now)
        member = Membership(
            group_id=group.id,
            contact_id=found.id,
            phone=found.phone,
            subject=found.subject,
            channels=reach.channels(found, group.sender_id),
        )
        member_store.add_membership(transaction, found.account_id, member)
        transaction.commit()

    def _tell(self, found: Contact) -> None:
        """Note in the contact's history that an import changed it, once."""
        target = self.writer.target
        job = target.job
        happened = event(
            What.IMPORTED,
            target.at,
            Person(id=job.actor, name=job.created_by),
            once=(found.id, job.id),
            file=job.file_name,
            import_id=job.id,
            group_id=target.group.id if target.group else "",
        )
        history.record(None, found.account_id, found.id, happened)

    def _apply(self, found: Contact) -> None:
        """Let somebody who agreed be reached through all groups of that sender."""
        target = self.writer.target
        if target.chosen.proof is None:
            return
        known = consent_store.consent(found.account_id, found.subject)
        for channel in target.chosen.proof.channels:
            if known.agreement(target.sender_id, channel).standing == Standing.SUBSCRIBED:
                apply_agreement(
                    found.account_id, found.id, target.sender_id, channel, self.writer.clock
                )


def _merged(found: Contact, values: Mapping[str, str]) -> Contact:
    """Take over what a row says; what it leaves empty stays."""
    names = (Known.FIRST_NAME, Known.LAST_NAME, Known.EMAIL)
    changes: dict[str, object] = {name.value: values[name] for name in names if values.get(name)}
    fields = dict(found.custom)
    for name, value in custom(values).items():
        if name in fields or len(fields) < MOST_CUSTOM:
            fields[name] = value
    return found.model_copy(update={**changes, "custom": fields})
