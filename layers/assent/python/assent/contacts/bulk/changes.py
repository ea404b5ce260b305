"""What each action does to a contact: who is refused, and what is written.

A change decides on what it has read, and writes on condition that it is still so.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assent.accounts.model import Account
from assent.contacts import reach
from assent.contacts.bulk.model import (
    STEP,
    Candidate,
    Decision,
    Outcome,
    Refused,
)
from assent.contacts.groups import members
from assent.contacts.groups.members import Act
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group
from assent.contacts.history.model import Person
from assent.contacts.labels import service as labels
from assent.contacts.model import Contact, QueueState
from assent.contacts.profile import tags
from assent.contacts.queue import service as queue
from assent.contacts.queue import store as queue_store
from assent.contacts.reach import Reach
from assent.contacts.service import holding
from assent.platform.errors import AssentError
from assent.platform.tables import Transaction


class Change(ABC):
    """One action, ready for the contacts of one account."""

    has_after = False
    """Whether something follows for the contacts that a step changed."""

    @property
    def most(self) -> int:
        """Contacts that one step takes."""
        return STEP

    @abstractmethod
    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Say what is to be done with each contact; all of them are there."""

    def before(  # noqa: B027 -- most need nothing
        self, found: Sequence[Candidate], at: datetime
    ) -> None:
        """Do what must be done before the transaction; doing it again changes nothing."""

    @abstractmethod
    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Change one contact that is to be changed, within a transaction."""

    def after(self, contact_ids: Sequence[str]) -> None:  # noqa: B027 -- most need nothing
        """Do what follows for contacts that were changed; doing it again changes nothing."""


def decided(one: Candidate, outcome: Outcome) -> Decision:
    """Say what comes of a contact that is not refused."""
    return Decision(one, outcome)


def refused(one: Candidate, why: AssentError) -> Decision:
    """Say why a contact is refused."""
    refusal = Refused(contact_id=one.contact_id, code=why.code, message=why.message)
    return Decision(one, Outcome.REFUSED, refusal)


def contact_of(one: Candidate) -> Contact:
    """Return a contact that is known to be there."""
    if one.contact is None:
        raise ValueError("a contact that is gone cannot be changed")
    return one.contact


@dataclass
class _Reaching(Change):
    """A change that depends on how contacts may be reached from a group's sender."""

    account: Account
    group: Group
    by: Person
    _found: Mapping[str, Reach] = field(default_factory=dict)

    def look(self, found: Sequence[Candidate]) -> None:
        subjects = [contact_of(one).subject for one in found]
        self._found = reach.of_phones(self.account.id, self.group.sender_id, subjects)

    def reach(self, one: Candidate) -> Reach:
        return self._found[contact_of(one).subject]


class Move(_Reaching):
    """From the opt-in queue to a group (Q5)."""

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Refuse who is not in the queue, and who opted out."""
        self.look(found)
        return [self._decide(one) for one in found]

    def _decide(self, one: Candidate) -> Decision:
        contact = contact_of(one)
        if why := queue.why_not_moved(self.account, contact):
            return Decision(one, Outcome.REFUSED, Refused(**why.__dict__))
        if not self.reach(one).open.issuperset(holding(contact)):
            refusal = queue.opted_out(contact.id)
            return Decision(one, Outcome.REFUSED, Refused(**refusal.__dict__))
        return decided(one, Outcome.DONE)

    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Leave the queue and join the group, unless an opt-out came meanwhile."""
        contact, found = contact_of(one), self.reach(one)
        queue_store.add_move(transaction, contact, self.group.id, self.by.name, at)
        member_store.add_membership(
            transaction, contact.account_id, members.membership(contact, self.group, found)
        )
        members.check_open(transaction, contact, self.group, found)


class Join(_Reaching):
    """Into a group (O6)."""

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Refuse who waits in the queue, and who is on the opt-out list."""
        self.look([one for one in found if self.group.id not in contact_of(one).groups])
        return [self._decide(one) for one in found]

    def _decide(self, one: Candidate) -> Decision:
        contact = contact_of(one)
        if self.group.id in contact.groups:
            return decided(one, Outcome.UNCHANGED)
        why = members.refusal(contact, self.reach(one))
        return refused(one, why) if why else decided(one, Outcome.DONE)

    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Write contact and membership, unless an opt-out came meanwhile."""
        members.add_member(
            transaction, contact_of(one), self.group, self.reach(one), Act(self.by, at)
        )


@dataclass
class Leave(Change):
    """Out of a group."""

    group_id: str
    by: Person

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Nobody is refused."""
        return [
            decided(
                one, Outcome.DONE if self.group_id in contact_of(one).groups else Outcome.UNCHANGED
            )
            for one in found
        ]

    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Write contact and membership."""
        members.add_left(transaction, contact_of(one), self.group_id, Act(self.by, at))


@dataclass
class Mark(Change):
    """A label or a favourite's star, put on or taken off."""

    on: bool
    has: Callable[[Contact], bool]
    changed: Callable[[Contact], Contact]
    no_room: Callable[[Contact], AssentError | None] = lambda _: None

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Refuse who was erased, and who has as many labels as a contact can have."""
        return [self._decide(one) for one in found]

    def _decide(self, one: Candidate) -> Decision:
        contact = contact_of(one)
        if contact.erased_at and (why := members.refusal(contact, None)):
            return refused(one, why)
        if self.has(contact) == self.on:
            return decided(one, Outcome.UNCHANGED)
        why = self.no_room(contact) if self.on else None
        return refused(one, why) if why else decided(one, Outcome.DONE)

    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Write contact and entry."""
        del at
        contact = contact_of(one)
        tags.add(transaction, contact, self.changed(contact))


def label(label_id: str, *, on: bool) -> Mark:
    """Put a label on contacts, or take it off."""
    return Mark(
        on,
        lambda contact: label_id in contact.labels,
        lambda contact: contact.model_copy(
            update={"labels": contact.labels | {label_id} if on else contact.labels - {label_id}}
        ),
        labels.no_room,
    )


def favourite(*, on: bool) -> Mark:
    """Make contacts favourites, or no favourites."""
    return Mark(
        on,
        lambda contact: contact.favourite,
        lambda contact: contact.model_copy(update={"favourite": on}),
    )


@dataclass
class Unmove(Change):
    """Back to where a job took contacts from: their old places in the queue (Q4)."""

    account: Account
    group: Group
    by: Person
    _open: Mapping[str, Reach] = field(default_factory=dict)

    @property
    def most(self) -> int:
        """Contacts that one step takes: it also keeps what each was, so fewer fit."""
        return STEP * 2 // 3

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Refuse whom somebody else has moved since, and who opted out."""
        subjects = [contact_of(one).subject for one in found]
        self._open = reach.of_phones(self.account.id, self.group.sender_id, subjects)
        return [self._decide(one) for one in found]

    def _decide(self, one: Candidate) -> Decision:
        contact = contact_of(one)
        if contact.queue.state == QueueState.QUEUED:
            return decided(one, Outcome.UNCHANGED)
        refusal = queue.why_not_undone(self.account, contact, self.group.id)
        if refusal is None and contact.queue.left_at != one.at:
            refusal = queue.changed_since(contact)
        if refusal is None and not self._open[contact.subject].open.issuperset(holding(contact)):
            refusal = queue.opted_out(contact.id)
        if refusal:
            return Decision(one, Outcome.REFUSED, Refused(**refusal.__dict__))
        return decided(one, Outcome.DONE)

    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Restore the place in line with its first time of arrival, and end the membership."""
        queue.add_undo(transaction, contact_of(one), self.group.sender_id, self.by, at)
