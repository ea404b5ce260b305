"""Deleting contacts: first what they are found by, the contact itself last.

Copies of broadcasts that are on their way to them are withdrawn before: a worker may have read the
contact already.

Opt-outs and the ledger stay (O11). The consent record loses its contact, so that a later lead makes
a new one, with a compliance message of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assent.consent import store as consent
from assent.consent.model import Consent
from assent.contacts import store as contacts
from assent.contacts.bulk.changes import Change, contact_of, decided, refused
from assent.contacts.bulk.model import Candidate, Decision, Outcome
from assent.contacts.directory import store as directory
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.history import store as history
from assent.contacts.history.model import Person, What, event
from assent.contacts.queue import store as queue
from assent.contacts.under_way import UnderWay
from assent.platform.errors import Conflict
from assent.platform.tables import Transaction

_WITHDRAWN = 100
"""Copies that one step withdraws, one by one: about a second's work."""


@dataclass
class Delete(Change):
    """Take contacts out of the account."""

    account_id: str
    copies: UnderWay
    _known: Mapping[str, Consent] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """Contacts that one step takes: fewer while many broadcasts are on their way to them."""
        return max(1, _WITHDRAWN // max(1, self.copies.number(self.account_id)))

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Refuse who is being erased: there, too, the contact goes last."""
        subjects = {contact_of(one).subject for one in found}
        self._known = consent.consents(self.account_id, subjects, consistent=True)
        return [self._decide(one) for one in found]

    @staticmethod
    def _decide(one: Candidate) -> Decision:
        if contact_of(one).erase_through is not None:
            message = "This person is being erased at the moment. Try again in a minute."
            return refused(one, Conflict("being_erased", message))
        return decided(one, Outcome.DONE)

    def before(self, found: Sequence[Candidate], at: datetime) -> None:
        """Remove all that leads to these contacts; doing it again changes nothing."""
        these = [contact_of(one) for one in found]
        queue.delete_places(these)
        member_store.delete_memberships(self.account_id, these)
        # Behind the memberships, so that no plan begun since has them; before the history, which
        # says what groups they left.
        self.copies.withdraw(these, at)
        directory.delete_entries(these)
        for one in these:
            history.delete_all(self.account_id, one.id)

    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Remove the contact itself, and its mention in the consent record."""
        del at
        contact = contact_of(one)
        contacts.add_deleted(transaction, contact)
        known = self._known.get(contact.subject)
        if known and known.contact_id == contact.id:
            consent.add_contact_deleted(transaction, known)


@dataclass
class Disband(Change):
    """Take the members out of a group that is being deleted, also those whose contact is gone."""

    account_id: str
    group_id: str
    name: str
    by: Person

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Nobody is refused."""
        return [decided(one, Outcome.DONE) for one in found]

    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Write contact and membership, and keep in its history what group it was in."""
        if one.contact and self.group_id in one.contact.groups:
            member_store.add_left(transaction, self.account_id, one.contact_id, self.group_id)
            gone = event(What.GROUP_DELETED, at, self.by, group_id=self.group_id, group=self.name)
            history.add(transaction, self.account_id, one.contact_id, gone)
        else:
            member_store.add_leaving(transaction, self.account_id, self.group_id, one.contact_id)
