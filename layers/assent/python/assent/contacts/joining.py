"""Joining a group by one's own word: a JOIN that was confirmed with YES."""

from assent.consent import store as consent
from assent.consent.model import Channel
from assent.contacts import reach, store
from assent.contacts.groups import store as group_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Membership
from assent.contacts.queue import store as queue_store
from assent.contacts.service import give_back
from assent.platform.clock import Clock
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5
_BY = "The contact"
"""Who moved it out of the queue, as people read it on the timeline."""


def join(account_id: str, contact_id: str, group_id: str, clock: Clock) -> bool:
    """Put a contact that asked for it into a group, and out of the queue; safe to repeat.

    False when it may not be reached there by SMS: it opted out meanwhile, or did not agree.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _join(account_id, contact_id, group_id, clock)
        except (ConditionFailed, Contention):
            continue  # an opt-out, or an operator, was at it: look again at how it is
    raise Contention


def _join(account_id: str, contact_id: str, group_id: str, clock: Clock) -> bool:
    found = store.contact(account_id, contact_id, consistent=True)
    target = group_store.group(account_id, group_id)
    if found is None or target is None or found.erased_at:
        return False
    channels = reach.channels(found, target.sender_id)
    if Channel.SMS not in channels:
        return False
    if group_id in found.groups:
        given = [give_back(found, group_id, target.sender_id, one) for one in sorted(channels)]
        return all(given)
    transaction = Transaction()
    queue_store.add_joining(transaction, found, group_id, _BY, clock.now())
    member_store.add_membership(
        transaction,
        account_id,
        Membership(
            group_id=group_id,
            contact_id=contact_id,
            phone=found.phone,
            subject=found.subject,
            channels=channels,
        ),
    )
    consent.check_open(transaction, target.sender_id, found.subject, account_id, [Channel.SMS])
    transaction.commit()
    return True
