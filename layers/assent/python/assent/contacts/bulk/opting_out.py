"""Opting contacts out, many at once, and taking back what was a user's decision.

The step's transaction holds the opt-out records with their events and lines, of as many senders as
fit; memberships, places in the queue and marks follow, as after every opt-out.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assent.accounts.model import Account
from assent.consent import store as consent
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, Kind, OptOut, Source, Suppression
from assent.contacts import opting_out
from assent.contacts.bulk.changes import Change, contact_of, decided, refused
from assent.contacts.bulk.model import (
    STEP,
    Candidate,
    Decision,
    Job,
    OptOutTerms,
    Outcome,
)
from assent.contacts.history.model import Person
from assent.contacts.opting_out import Wanted
from assent.contacts.refusals import erased
from assent.contacts.service import apply_opt_out, undo_opt_out
from assent.platform.clock import Clock
from assent.platform.errors import Conflict
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ROOM = 97  # operations of a transaction, but for the step's own record
_OF_RECORD = 2  # an opt-out record and its event; and a line of the list for each channel
_ATTEMPTS = 5


def terms_of(job: Job) -> OptOutTerms:
    """Return how a job opts its contacts out."""
    if job.opt_out is None:
        raise ValueError(f"{job.action} opts nobody out")
    return job.opt_out


@dataclass
class _OfRecords(Change):
    """A change of opt-out records: one for each contact and sender."""

    account: Account
    senders: Sequence[str]
    terms: OptOutTerms
    by: Person
    clock: Clock
    _found: Mapping[tuple[str, str], OptOut] = field(default_factory=dict)

    has_after = True

    @property
    def _senders_that_fit(self) -> int:
        return _ROOM // (_OF_RECORD + len(self.terms.channels))

    @property
    def most(self) -> int:
        """Contacts that one transaction takes, by the number of senders."""
        senders = max(1, min(len(self.senders), self._senders_that_fit))
        return min(STEP, self._senders_that_fit // senders)

    def look(self, found: Sequence[Candidate]) -> None:
        keys = [(s, contact_of(one).subject) for one in found for s in self.senders]
        self._found = consent.opt_outs(keys, consistent=True)

    def record(self, one: Candidate, sender_id: str) -> OptOut:
        subject = contact_of(one).subject
        known = self._found.get((sender_id, subject))
        return known or OptOut(sender_id=sender_id, subject=subject)

    def write(self, transaction: Transaction, one: Candidate, at: datetime) -> None:
        """Write the records of the senders that fit into the transaction."""
        for sender_id in self.senders[: self._senders_that_fit]:
            self.change(transaction.part(sender_id), one, self.record(one, sender_id), at)

    def before(self, found: Sequence[Candidate], at: datetime) -> None:
        """Write the records of all other senders, each by itself."""
        del at
        for sender_id in self.senders[self._senders_that_fit :]:
            for one in found:
                self._alone(one, sender_id)

    def _alone(self, one: Candidate, sender_id: str) -> None:
        for _ in range(_ATTEMPTS):
            transaction = Transaction()
            known = consent.opt_out(sender_id, contact_of(one).subject)
            self.change(transaction, one, known, self.clock.now())
            try:
                transaction.commit()
            except (ConditionFailed, Contention):
                continue
            return
        raise Contention

    @abstractmethod
    def change(self, transaction: Transaction, one: Candidate, known: OptOut, at: datetime) -> None:
        """Change one record within a transaction, if there is anything to change."""

    def after(self, contact_ids: Sequence[str]) -> None:
        """Let memberships, queue and marks follow."""
        for contact_id in contact_ids:
            for sender_id in self.senders:
                for channel in self.terms.channels:
                    self.follow(contact_id, sender_id, channel)

    @abstractmethod
    def follow(self, contact_id: str, sender_id: str, channel: Channel) -> None:
        """Let what depends on one record and channel follow."""


@dataclass
class OptOutAll(_OfRecords):
    """Opt contacts out on all senders of the account, for this account alone (O9)."""

    @property
    def _wanted(self) -> Wanted:
        return Wanted(
            kind=self.terms.kind,
            channels=list(self.terms.channels),
            source=Source.ADMIN,
            actor=self.by.id,
            by=self.by.name,
            reason=self.terms.reason,
        )

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Refuse who was erased; who is out already, and as hard, stays as it is."""
        self.look(found)
        return [self._decide(one) for one in found]

    def _decide(self, one: Candidate) -> Decision:
        if contact_of(one).erased_at:
            return refused(one, erased())
        records = [self.record(one, sender_id) for sender_id in self.senders]
        for known in records:
            opting_out.list_others(self.account.id, known, self.terms.channels)
        if any(opting_out.missing(known, self.account.id, self._wanted) for known in records):
            return decided(one, Outcome.DONE)
        return decided(one, Outcome.UNCHANGED)

    def change(self, transaction: Transaction, one: Candidate, known: OptOut, at: datetime) -> None:
        """Lay the opt-out, with its event and its lines."""
        phone = contact_of(one).phone
        opting_out.lay(transaction, self.account.id, known, phone, self._wanted, at)

    def follow(self, contact_id: str, sender_id: str, channel: Channel) -> None:
        """Take the channel out of the sender's groups, and the lead out of the queue."""
        apply_opt_out(self.account.id, contact_id, sender_id, channel, self.clock)


@dataclass
class TakeBack(_OfRecords):
    """Take back what a job laid down as the account's decision, as far as it stands as it did."""

    def decide(self, found: Sequence[Candidate]) -> list[Decision]:
        """Refuse who opted out itself since, and whose opt-out somebody else changed."""
        self.look(found)
        return [self._decide(one) for one in found]

    def _decide(self, one: Candidate) -> Decision:
        records = [self.record(one, sender_id) for sender_id in self.senders]
        if any(self._of_job(one, known) for known in records):
            return decided(one, Outcome.DONE)
        against = [
            entry
            for known in records
            for channel in self.terms.channels
            if (entry := known.opted_out(channel, self.account.id))
        ]
        if not against:
            return decided(one, Outcome.UNCHANGED)
        if any(entry.suppression == Suppression.HARD for entry in against):
            message = "The contact has opted out itself, and only the contact can undo that."
            return refused(one, Conflict("hard_opt_out", message))
        message = "Somebody else has opted this contact out since. Take that back on its profile."
        return refused(one, Conflict("changed_since", message))

    def _of_job(self, one: Candidate, known: OptOut) -> list[Channel]:
        """Name the channels on which nothing stands but what the job laid down."""
        return [
            channel
            for channel in self.terms.channels
            if (entry := known.opted_out(channel, self.account.id))
            and entry.suppression == Suppression.SOFT
            and entry.recorded_at == one.at
        ]

    def change(self, transaction: Transaction, one: Candidate, known: OptOut, at: datetime) -> None:
        """Take the opt-out back, with its event; its lines leave the list."""
        channels = self._of_job(one, known)
        if not channels:
            return
        account_id, by = self.account.id, (self.by.id, self.by.name)
        opting_out.withdraw(transaction, account_id, known, channels, by, at)
        for channel in channels:
            if stood := known.entry(channel, account_id, Kind.SOFT):
                listing_store.add_unlisted(
                    transaction,
                    account_id,
                    known.sender_id,
                    known.subject,
                    channel,
                    stood.effective_at,
                )

    def follow(self, contact_id: str, sender_id: str, channel: Channel) -> None:
        """Give back the memberships that the opt-out took."""
        undo_opt_out(self.account.id, contact_id, sender_id, channel, self.clock)
