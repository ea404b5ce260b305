"""Forgetting a person: what is personal goes, what stands against sending and the chains stay.

The first step is one transaction: consent ends, the contact is blank and names what is still to
be erased. The rest can be stopped and repeated anywhere, and the chains verify at every moment.
"""

from dataclasses import dataclass
from typing import Protocol

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.chains import store as chain_store
from assent.consent.ledger import Happening
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, EventType, Source
from assent.contacts import store
from assent.contacts.directory import store as directory
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.history import store as history
from assent.contacts.imports import forgetting as import_lines
from assent.contacts.model import Contact, EraseContact, Former
from assent.contacts.queue import store as queue_store
from assent.contacts.service import contact as find
from assent.contacts.under_way import UnderWay
from assent.platform.clock import Clock
from assent.platform.tables import ConditionFailed, Contention, Transaction

REASON = "erased"
_ATTEMPTS = 5
_PAGE = 100


def begin(
    account: Account, contact_id: str, actor: str, by: str, clock: Clock, copies: UnderWay
) -> Contact:
    """End all consent and blank the contact; a contact that is blank already stays as it is.

    Copies of broadcasts that nobody has claimed by then do not go out.
    """
    for attempt in range(_ATTEMPTS):
        found = find(account.id, contact_id, consistent=True)
        if found.erased_at:
            return found
        if not attempt:
            # Before nobody knows any more whom to look for.
            import_lines.forget(found, clock.now())
        known = consent_store.consent(account.id, found.subject)
        now = clock.now()
        transaction = Transaction()
        consent.end_all(
            transaction,
            known,
            Happening(
                type=EventType.ERASED,
                effective_at=now,
                recorded_at=now,
                channels=list(Channel),
                sender_id=account.sender_id,
                source=Source.ADMIN,
                actor=actor,
                evidence={"user": by},
            ),
            # A later lead of the same number makes a new contact.
            {"contact_id": None, "last_lead": {}, "todo": [], "deleted": False},
        )
        store.add_erased(transaction, found, known.sequence, now)
        directory.add_entries(transaction, found, found.model_copy(update={"erased_at": now}))
        copies.add_withdrawn(transaction, found, now)
        try:
            transaction.commit()
        except (ConditionFailed, Contention):
            continue
        return find(account.id, contact_id)
    raise Contention


class Conversations(Protocol):
    """What was said with a person; it belongs to a slice above this one."""

    def erase_own(self, account_id: str, contact_id: str, subject: str) -> None:
        """Blank what the account and the contact wrote to each other."""
        ...

    def erase_received(self, sender_id: str, subject: str) -> None:
        """Blank what a phone texted to a sender."""
        ...

    def end_doubt(self, sender_id: str, subject: str, account_id: str | None) -> None:
        """Take what waits for a decision off its list: an account's, or whoever has it."""
        ...


@dataclass
class ErasureService:
    """Erases all that is left of a person, wherever it is."""

    clock: Clock
    accounts: AccountService
    conversations: Conversations
    copies: UnderWay

    def erase(self, command: EraseContact) -> str:
        """Do what is still to do; says how it ended."""
        found = store.contact(command.account_id, command.contact_id, consistent=True)
        if found is None:
            return "no_contact"
        if not found.erased_at:
            account = self.accounts.account(command.account_id)
            found = begin(account, found.id, command.actor, command.by, self.clock, self.copies)
        if found.erase_through is None:
            return "already_erased"
        self.conversations.erase_own(found.account_id, found.id, found.subject)
        for group_id in sorted(found.groups):
            member_store.delete_membership(found.account_id, group_id, found.id)
        queue_store.leave_queue(found, REASON, self.clock.now())
        history.delete_notes(found.account_id, found.id)
        chain_store.erase_evidence(found.account_id, found.subject, through=found.erase_through)
        for sender_id in self._senders(found):
            self._erase_at_sender(found, sender_id)
        for former in found.former:
            self._erase_former(found, former)
        store.end_erasing(found)
        return "erased"

    def _erase_former(self, contact: Contact, former: Former) -> None:
        """Erase what was this contact's of a number that it had before."""
        account_id, subject = contact.account_id, former.subject
        chain_store.erase_evidence(account_id, subject, through=former.through)
        earlier = contact.model_copy(update={"subject": subject})
        self.conversations.erase_own(account_id, contact.id, subject)
        if consent_store.consent(account_id, subject).contact_id is None:
            for sender_id in self._senders(earlier):
                self._erase_at_sender(earlier, sender_id)

    def _senders(self, contact: Contact) -> list[str]:
        known = consent_store.consent(contact.account_id, contact.subject)
        own = {sender.id for sender in self.accounts.senders_of(contact.account_id)}
        return sorted(own | known.senders())

    def _erase_at_sender(self, contact: Contact, sender_id: str) -> None:
        """Erase what the sender holds: all of it, unless another account has this person too."""
        shared = _is_shared(sender_id, contact)
        scope = contact.account_id if shared else None
        chain_store.erase_evidence(sender_id, contact.subject, scope=scope)
        for _ in range(_ATTEMPTS):
            known = consent_store.opt_out(sender_id, contact.subject)
            if not known.sequence or consent_store.erase_opt_out(known, scope):
                break
        else:
            raise Contention
        self.conversations.end_doubt(sender_id, contact.subject, scope)
        if not shared:
            self.conversations.erase_received(sender_id, contact.subject)


def _is_shared(sender_id: str, contact: Contact) -> bool:
    """Tell whether another account of the sender has this person as a contact."""
    after: str | None = None
    while page := listing_store.knowing(sender_id, contact.subject, after, _PAGE):
        for account_id in page:
            if account_id != contact.account_id:
                known = consent_store.consent(account_id, contact.subject)
                if known.contact_id:
                    return True
        after = page[-1]
    return False
