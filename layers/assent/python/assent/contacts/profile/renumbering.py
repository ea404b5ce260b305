"""Another number for a contact (C11): consent stays with the old one, and ends there.

One transaction moves the contact, the pointers from both numbers to it, and its entries, and takes
the places of what broadcasts have on its way to it, so nothing that was planned for the old number
goes out. Memberships follow, by a command that was sent before, should the process end.
"""

from assent.accounts.model import Account
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.ledger import Happening
from assent.consent.model import Channel, Consent, EventType, Source, Standing
from assent.contacts import marks, reach
from assent.contacts import store as contact_store
from assent.contacts.groups import store as group_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.history import service as history
from assent.contacts.history.model import Person, What, event
from assent.contacts.model import Contact, Former, QueuePlace, QueueState
from assent.contacts.profile import store
from assent.contacts.queue.store import OPTED_OUT
from assent.contacts.refusals import known_number
from assent.platform.clock import Clock
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.sms.numbers import PhoneNumber

REASON = "number_changed"
"""Why a lead left the queue: its compliance message went to another number."""
_ATTEMPTS = 5
_IN_LINE = (QueueState.WAITING, QueueState.QUEUED)


def add(
    transaction: Transaction,
    account: Account,
    before: Contact,
    edited: Contact,
    number: PhoneNumber,
    subject: str,
    by: Person,
) -> Contact:
    """Move a contact to another number within a transaction; returns what it will be.

    `edited` has the version, time and name of the edit. Raises `Conflict` when another contact has
    the number.
    """
    now = edited.edited_at or before.created_at
    old = consent_store.consent(account.id, before.subject)
    new = consent_store.consent(account.id, subject)
    if new.contact_id:
        raise known_number(new.contact_id)
    left = _let_go(transaction, account, old, edited, by)
    # Consent of this number is of whoever had it before: merging never merges consent.
    _take(transaction, account, new, edited, by)
    place = before.queue
    if place.state in _IN_LINE or place.left_reason == OPTED_OUT:
        # How it left before is kept: what opted out was the old number.
        history.keep_place(transaction, before)
        place = QueuePlace(
            state=QueueState.REMOVED,
            arrived_at=place.arrived_at,
            left_at=now,
            left_by=by.name,
            left_reason=REASON,
        )
    former = Former(subject=before.subject, until=now, through=left.sequence)
    after = edited.model_copy(
        update={
            "phone": number.e164,
            "subject": subject,
            "line_type": number.line_type.value,
            "former": (*before.former, former),
            "queue": place,
        }
    )
    store.add_renumbered(transaction, before, after)
    history.record(transaction, account.id, before.id, event(What.NUMBER_CHANGED, now, by))
    return after


def _let_go(
    transaction: Transaction, account: Account, old: Consent, edited: Contact, by: Person
) -> Consent:
    """End what was agreed to for the old number, and point from it to nobody."""
    changes: dict[str, object] = {"contact_id": None, "last_lead": old.imported_by, "todo": []}
    if old.sequence:
        return consent.end_all(transaction, old, _ends(account, edited, by), changes)
    return consent.point(transaction, old, changes)


def _take(
    transaction: Transaction, account: Account, new: Consent, edited: Contact, by: Person
) -> Consent:
    changes: dict[str, object] = {"contact_id": edited.id}
    if _agreed(new):
        return consent.end_all(transaction, new, _ends(account, edited, by), changes)
    return consent.point(transaction, new, changes)


def _agreed(known: Consent) -> bool:
    return any(one.standing != Standing.NONE or one.asked_at for one in known.agreements.values())


def _ends(account: Account, edited: Contact, by: Person) -> Happening:
    now = edited.edited_at or edited.created_at
    return Happening(
        type=EventType.NUMBER_CHANGED,
        effective_at=now,
        recorded_at=now,
        channels=list(Channel),
        sender_id=account.sender_id,
        source=Source.ADMIN,
        actor=by.id,
        evidence={"user": by.name},
    )


def finish(account_id: str, contact_id: str, clock: Clock) -> str:
    """Let memberships and marks follow the number that a contact has; safe to repeat."""
    found = contact_store.contact(account_id, contact_id, consistent=True)
    if found is None or found.erased_at:
        return "no_contact"
    memberships = member_store.memberships(account_id, found)
    for member in memberships:
        if member.subject != found.subject:
            _follow(found, member.group_id)
    marks.refresh(account_id, contact_id, clock)
    return "finished"


def _follow(found: Contact, group_id: str) -> None:
    """Bring one membership to the contact's number, unless it has yet another by now."""
    sender_id = None
    for one in group_store.groups(found.account_id):
        if one.id == group_id:
            sender_id = one.sender_id
    channels = reach.channels(found, sender_id) if sender_id else frozenset[Channel]()
    for _ in range(_ATTEMPTS):
        transaction = Transaction()
        member_store.add_renumbered_member(transaction, found, group_id, channels)
        if sender_id and channels:
            consent_store.check_open(
                transaction, sender_id, found.subject, found.account_id, channels
            )
        try:
            transaction.commit()
        except ConditionFailed:
            # It left the group, has yet another number, or opted out: that is followed by itself.
            return
        except Contention:
            continue
        return
    raise Contention
