"""After START or a reversal: a contact goes back where an opt-out took it from, by one click."""

from collections.abc import Callable, Iterable
from datetime import datetime

from assent.accounts.model import Account
from assent.consent import store as consent
from assent.consent.model import Channel
from assent.contacts import reach
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import EndedBy, Membership
from assent.contacts.groups.service import homes
from assent.contacts.history import service as history
from assent.contacts.history.model import Person, What, event
from assent.contacts.model import ComplianceState, Contact, QueueState
from assent.contacts.queue import store as queue_store
from assent.contacts.refusals import erased
from assent.contacts.service import contact as find
from assent.contacts.service import give_back, holding
from assent.platform.clock import Clock
from assent.platform.errors import Conflict
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5
_BY_OPT_OUT = frozenset({EndedBy.SOFT, EndedBy.HARD})
_NEVER_CAME = frozenset({ComplianceState.FAILED, ComplianceState.EXCLUDED})


def taken(memberships: Iterable[Membership]) -> list[tuple[Membership, Channel]]:
    """Name the channels that opt-outs took out of memberships."""
    return [
        (one, channel)
        for one in memberships
        for channel, ended in one.ended.items()
        if ended.why in _BY_OPT_OUT
    ]


def left_by_opt_out(contact: Contact) -> bool:
    """Tell whether an opt-out took the lead out of the queue, and it may wait there again."""
    return (
        contact.queue.state == QueueState.REMOVED
        and contact.queue.left_reason == queue_store.OPTED_OUT
        # By its own word it may be in a group since: then there is nothing to review any more.
        and not contact.groups
        # It never arrived where its compliance message did not: it is not for the queue.
        and (contact.queue.arrived_at is not None or contact.compliance.state not in _NEVER_CAME)
    )


def put_back(account: Account, contact_id: str, clock: Clock, by: Person | None = None) -> Contact:
    """Give back the memberships and the place in line that opt-outs took, as far as may be.

    Raises `Conflict` with the reason when nothing can be given back; safe to repeat.
    """
    found = find(account.id, contact_id)
    if found.erased_at:
        raise erased()
    memberships = taken(member_store.memberships(account.id, found))
    home = homes(account.id, [one.group_id for one, _ in memberships])
    done = [
        _give(found, one, channel, home.get(one.group_id, account.sender_id))
        for one, channel in memberships
    ]
    wanted = left_by_opt_out(found)
    if wanted:
        done.append(_queue_again(account, found, clock.now, by))
    if not any(done):
        raise _refusal(account, found, home, memberships, queued=wanted)
    return find(account.id, contact_id)


def _give(contact: Contact, one: Membership, channel: Channel, sender_id: str) -> bool:
    return channel in reach.channels(contact, sender_id) and give_back(
        contact, one.group_id, sender_id, channel, taken_by=one.ended[channel].why
    )


def _queue_again(
    account: Account, contact: Contact, now: Callable[[], datetime], by: Person | None
) -> bool:
    for _ in range(_ATTEMPTS):
        against = consent.opt_out(account.sender_id, contact.subject)
        channels = holding(contact)
        if any(against.opted_out(channel, account.id) for channel in channels):
            return False
        transaction = Transaction()
        queue_store.add_return(transaction, contact, contact.queue.arrived_at or now())
        history.keep_place(transaction, contact)
        back = event(What.QUEUE_BACK, now(), by)
        history.record(transaction, account.id, contact.id, back)
        consent.check_open(transaction, account.sender_id, contact.subject, account.id, channels)
        try:
            transaction.commit()
        except ConditionFailed:
            return False
        except Contention:
            continue
        return True
    raise Contention


def _refusal(
    account: Account,
    contact: Contact,
    home: dict[str, str],
    memberships: list[tuple[Membership, Channel]],
    *,
    queued: bool,
) -> Conflict:
    """Say why nothing could be given back."""
    wanted = {(home.get(one.group_id, account.sender_id), channel) for one, channel in memberships}
    if queued:
        wanted |= {(account.sender_id, channel) for channel in holding(contact)}
    if not wanted:
        return Conflict(
            "nothing_to_put_back", "No opt-out took this contact out of a group or the queue."
        )
    for sender_id, channel in wanted:
        if consent.opt_out(sender_id, contact.subject).opted_out(channel, account.id):
            return Conflict(
                "still_opted_out",
                "This contact is still opted out. Its profile says who can undo that, and how.",
            )
    return Conflict(
        "no_consent",
        "There is no consent on record for this contact any more, so it has to agree first.",
    )
