"""Contacts made by hand, and profiles as users edit them.

Every write is one transaction with the entries of the directory and the event of the history.
"""

from collections.abc import Callable
from datetime import datetime

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel
from assent.contacts import adding, marks, reach
from assent.contacts import store as contact_store
from assent.contacts.directory import store as directory
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.groups.service import choosable
from assent.contacts.history import service as history
from assent.contacts.history.model import Person, What, event
from assent.contacts.model import Contact, Origin, QueuePlace, QueueState
from assent.contacts.profile import renumbering, store
from assent.contacts.profile.model import NewContact, ProfileChange, changed_fields, edited, shown
from assent.contacts.refusals import erased, known_number
from assent.contacts.service import contact as find
from assent.platform.clock import Clock, stamp
from assent.platform.errors import Conflict, FieldError, Invalid
from assent.platform.ids import new_id
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.sms.numbers import InvalidNumber, PhoneNumber, parse

_ATTEMPTS = 5


class ProfileService:
    """Makes and edits contacts for users."""

    def __init__(
        self,
        clock: Clock,
        accounts: AccountService,
        pseudonyms: Pseudonyms,
        take_places: Callable[[Transaction, Contact, datetime], None],
    ) -> None:
        self._clock, self._accounts, self._pseudonyms = clock, accounts, pseudonyms
        # Broadcasts stand above this slice: what of them is on its way to an old number is theirs.
        self._take_places = take_places

    def create(self, account: Account, new: NewContact, by: Person) -> Contact:
        """Make a contact; its status is what is on record of its number, which mostly is none.

        It never waits in the opt-in queue (Q4). Raises `Conflict` for a number that is known, and,
        with a group, for one that has no channel left there.
        """
        number = number_of(new.phone, account)
        group = choosable(account.id, new.group_id) if new.group_id else None
        subject = self._pseudonyms.of(number.e164)
        senders = {one.id for one in self._accounts.senders_of(account.id)}
        for sender_id in sorted(senders):
            # Before the contact: an opt-out's effects look at whoever knows the number.
            listing_store.put_known(sender_id, [subject], account.id)
        self._list_what_stands(account.id, senders, subject)
        for _ in range(_ATTEMPTS):
            known = consent_store.consent(account.id, subject)
            if known.contact_id:
                raise known_number(known.contact_id)
            now = self._clock.now()
            made = self._made(account, new, number, subject, now, by)
            transaction = Transaction()
            if group:
                made = made.model_copy(update={"groups": frozenset({group.id})})
                _add_membership(transaction, made, group)
                joined = event(What.GROUP_JOINED, now, by, group_id=group.id)
                history.record(transaction, account.id, made.id, joined)
            adding.add(transaction, made)
            consent.point(transaction, known, {"contact_id": made.id})
            try:
                transaction.commit()
            except (ConditionFailed, Contention):
                continue
            # What was texted meanwhile found no contact to mark.
            self._list_what_stands(account.id, senders, subject)
            marks.refresh(account.id, made.id, self._clock)
            return contact_store.contact(account.id, made.id, consistent=True) or made
        raise Contention

    def _made(
        self,
        account: Account,
        new: NewContact,
        number: PhoneNumber,
        subject: str,
        now: datetime,
        by: Person,
    ) -> Contact:
        return Contact(
            id=new_id("ct", now),
            account_id=account.id,
            phone=number.e164,
            subject=subject,
            created_at=now,
            origin=Origin.MANUAL,
            made_by=by.name,
            line_type=number.line_type.value,
            queue=QueuePlace(state=QueueState.OUTSIDE),
            marks=marks.read(account.id, subject, now),
            edited_at=now,
            edited_by=by.name,
            **new.model_dump(exclude={"phone", "group_id"}),
        )

    @staticmethod
    def _list_what_stands(account_id: str, senders: set[str], subject: str) -> None:
        """Put what stands against a number on the list of the account that has it, or tried to."""
        found = consent_store.opt_outs(((one, subject) for one in senders), consistent=True)
        for known in found.values():
            for channel in Channel:
                entry = known.opted_out(channel, account_id)
                if entry:
                    listing_store.put_listed(
                        account_id, known.sender_id, subject, channel, entry.effective_at
                    )

    def edit(self, account: Account, contact_id: str, change: ProfileChange, by: Person) -> Contact:
        """Edit a profile that was read at a version.

        Raises `Conflict` `edited_meanwhile` with who was faster, when, and how it stands now.
        What is there already is no edit, so a repeat of one's own is none either.
        """
        for _ in range(_ATTEMPTS):
            found = find(account.id, contact_id, consistent=True)
            if found.erased_at:
                raise erased()
            number = number_of(change.phone, account) if change.phone is not None else None
            moves = number is not None and number.e164 != found.phone
            after = edited(found, change)
            fields = changed_fields(found, after)
            if not fields and not moves:
                return found
            if found.version != change.version:
                raise _edited_meanwhile(found)
            now = self._clock.now()
            after = after.model_copy(
                update={"version": found.version + 1, "edited_at": now, "edited_by": by.name}
            )
            transaction = Transaction()
            if number is not None and moves:
                subject = self._pseudonyms.of(number.e164)
                senders = {one.id for one in self._accounts.senders_of(account.id)}
                for sender_id in sorted(senders):
                    listing_store.put_known(sender_id, [subject], account.id)
                self._list_what_stands(account.id, senders, subject)
                after = renumbering.add(transaction, account, found, after, number, subject, by)
                self._take_places(transaction, found, now)
            else:
                store.add_profile(transaction, found, after)
            directory.add_entries(transaction, found, after)
            if fields:
                happened = event(What.EDITED, now, by, fields=", ".join(fields))
                history.record(transaction, account.id, contact_id, happened)
            try:
                transaction.commit()
            except (ConditionFailed, Contention):
                continue
            if moves:
                renumbering.finish(account.id, contact_id, self._clock)
            return contact_store.contact(account.id, contact_id, consistent=True) or after
        raise Contention


def number_of(text: str, account: Account) -> PhoneNumber:
    """Read a number that a user typed, or say what is wrong with it."""
    try:
        return parse(text, account.default_region)
    except InvalidNumber as error:
        field = FieldError(field="phone", code=error.code.value, message=str(error))
        raise Invalid("invalid_phone", str(error), fields=[field]) from None


def _add_membership(transaction: Transaction, made: Contact, group: Group) -> None:
    """Put a new contact into a group, unless no channel of it is left there (O6)."""
    against = consent_store.opt_out(group.sender_id, made.subject)
    if all(against.opted_out(channel, made.account_id) for channel in Channel):
        raise Conflict(
            "opted_out",
            "This number is on the opt-out list, so it cannot be added to a group. "
            "Make the contact without one.",
        )
    channels = reach.channels(made, group.sender_id)
    member = Membership(
        group_id=group.id,
        contact_id=made.id,
        phone=made.phone,
        subject=made.subject,
        channels=channels,
    )
    member_store.add_membership(transaction, made.account_id, member)
    if channels:
        consent_store.check_open(
            transaction, group.sender_id, made.subject, made.account_id, channels
        )


def _edited_meanwhile(found: Contact) -> Conflict:
    by = found.edited_by or "Somebody"
    return Conflict(
        "edited_meanwhile",
        f"{by} edited this contact while you did. Look at how it is now, and edit it again.",
        more={
            "by": found.edited_by,
            "at": stamp(found.edited_at) if found.edited_at else None,
            "current": shown(found),
        },
    )
