"""What consent does to a contact's memberships and place in the queue."""

from assent.consent import store as consent
from assent.consent.model import Channel
from assent.contacts import marks, reach, store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Ended, EndedBy
from assent.contacts.groups.service import homes
from assent.contacts.model import Contact, QueueState, Textable
from assent.contacts.queue import store as queue_store
from assent.platform.clock import Clock
from assent.platform.errors import NotFound
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5


def contact(account_id: str, contact_id: str, *, consistent: bool = False) -> Contact:
    """Return a contact of this account, or raise `NotFound`."""
    found = store.contact(account_id, contact_id, consistent=consistent)
    if found is None:
        raise NotFound("unknown_contact", "This account has no such contact.")
    return found


def apply_opt_out(
    account_id: str, contact_id: str, sender_id: str, channel: Channel, clock: Clock
) -> None:
    """Take an opted-out channel out of the sender's groups, and the lead out of the queue.

    Safe to repeat. Sends are already stopped by the opt-out record: this is the tidying after it.
    """
    found = store.contact(account_id, contact_id, consistent=True)
    if found is None:
        return
    entry = consent.opt_out(sender_id, found.subject).opted_out(channel, account_id)
    if entry is None:
        return  # a START came first: what was to be tidied is in order again
    ended = Ended(why=EndedBy(entry.suppression.value), at=entry.effective_at)
    for group_id in _at_home(found, sender_id):
        member_store.end_channel(account_id, group_id, contact_id, channel, ended)
    if _ends_waiting(found, channel):
        _leave_queue(found, clock)
    marks.refresh(account_id, contact_id, clock)


def _leave_queue(contact: Contact, clock: Clock) -> None:
    """Take an opted-out lead out of the queue, with its new marks in the same write."""
    now = clock.now()
    shown = marks.read(contact.account_id, contact.subject, now)
    if not queue_store.leave_queue(contact, queue_store.OPTED_OUT, now, shown):
        # It has left, or somebody else wrote the marks: they are refreshed by themselves then.
        queue_store.leave_queue(contact, queue_store.OPTED_OUT, now)


def _at_home(contact: Contact, sender_id: str) -> list[str]:
    """Name the contact's groups whose home is this sender."""
    if not contact.groups:
        return []
    home = homes(contact.account_id, contact.groups)
    return sorted(one for one in contact.groups if home.get(one) == sender_id)


def _ends_waiting(contact: Contact, channel: Channel) -> bool:
    """Tell whether this opt-out takes the lead out of the queue; a call's only a landline's."""
    # One that left already is looked at again: its place in line may have outlived a crash.
    if contact.queue.state in (QueueState.MOVED, QueueState.OUTSIDE):
        return False
    return channel in holding(contact)


def holding(contact: Contact) -> list[Channel]:
    """Name the channels whose opt-out keeps a lead out of the queue; a call's only a landline's."""
    return [Channel.SMS] if contact.textable == Textable.YES else [Channel.SMS, Channel.VOICE]


def undo_opt_out(
    account_id: str, contact_id: str, sender_id: str, channel: Channel, clock: Clock
) -> list[str]:
    """Give back the memberships that a user's opt-out took, and no other; names their groups."""
    marks.refresh(account_id, contact_id, clock)
    found = store.contact(account_id, contact_id, consistent=True)
    if found is None or channel not in reach.channels(found, sender_id):
        return []
    return [
        group_id
        for group_id in _at_home(found, sender_id)
        if give_back(found, group_id, sender_id, channel, taken_by=EndedBy.SOFT)
    ]


def apply_agreement(
    account_id: str, contact_id: str, sender_id: str, channel: Channel, clock: Clock
) -> None:
    """Let a contact who just agreed be reached through the groups it is in already."""
    marks.refresh(account_id, contact_id, clock)
    found = store.contact(account_id, contact_id, consistent=True)
    if found is None:
        return
    for group_id in _at_home(found, sender_id):
        give_back(found, group_id, sender_id, channel)


def give_back(
    contact: Contact,
    group_id: str,
    sender_id: str,
    channel: Channel,
    taken_by: EndedBy | None = None,
) -> bool:
    """Give a membership a channel, unless an opt-out came meanwhile; false when it did not."""
    for _ in range(_ATTEMPTS):
        transaction = Transaction()
        account_id = contact.account_id
        member_store.add_channel(transaction, contact, group_id, channel, taken_by)
        consent.check_open(transaction, sender_id, contact.subject, account_id, [channel])
        try:
            transaction.commit()
        except ConditionFailed:
            return False
        except Contention:
            continue
        return True
    raise Contention
