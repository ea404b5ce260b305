"""Groups, and what consent does to a contact's memberships and place in the queue."""

from assent.accounts.model import Account
from assent.consent import store as consent
from assent.consent.model import Channel
from assent.contacts import store
from assent.contacts.model import Contact, Group, folded
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound
from assent.platform.ids import new_id
from assent.platform.tables import ConditionFailed, Transaction

_NAME_LENGTH = 100


def contact(account_id: str, contact_id: str) -> Contact:
    """Return a contact of this account, or raise `NotFound`."""
    found = store.contact(account_id, contact_id)
    if found is None:
        raise NotFound("unknown_contact", "This account has no such contact.")
    return found


def group(account_id: str, group_id: str) -> Group:
    """Return a group of this account, or raise `NotFound`."""
    found = store.group(account_id, group_id)
    if found is None:
        raise NotFound("unknown_group", "This account has no such group.")
    return found


def create_group(account: Account, name: str, clock: Clock) -> Group:
    """Make a group; a name that another group has, in any spelling, is a `Conflict`."""
    name = " ".join(name.split())
    if not folded(name) or len(name) > _NAME_LENGTH:
        raise Invalid(
            "invalid_name",
            "Give the group a name of 1 to 100 characters.",
            fields=[FieldError(field="name", code="length", message="1 to 100 characters")],
        )
    now = clock.now()
    made = Group(
        id=new_id("gr", now),
        account_id=account.id,
        name=name,
        sender_id=account.sender_id,
        created_at=now,
    )
    transaction = Transaction()
    store.add_group(transaction, made)
    try:
        transaction.commit()
    except ConditionFailed:
        raise Conflict(
            "group_exists",
            f"There is a group named “{name}” already. Use it, or choose another name.",
        ) from None
    return made


def apply_opt_out(
    account_id: str, contact_id: str, sender_id: str, channel: Channel, clock: Clock
) -> None:
    """Take an opted-out channel out of the sender's groups, and the lead out of the queue.

    Safe to repeat. Sends are already stopped by the opt-out record: this is the tidying after it.
    """
    found = store.contact(account_id, contact_id, consistent=True)
    if found is None:
        return
    if consent.opt_out(sender_id, found.subject).standing_against(channel, account_id) is None:
        return  # a START came first: what was to be tidied is in order again
    home = {one.id: one.sender_id for one in store.groups(account_id)}
    for group_id in found.groups:
        if home.get(group_id) == sender_id:
            store.end_channel(account_id, group_id, contact_id, channel)
    if channel == Channel.SMS:
        store.leave_queue(found, "opted_out", clock.now())


def apply_agreement(account_id: str, contact_id: str, sender_id: str, channel: Channel) -> None:
    """Let a contact who just agreed be reached through the groups it is in already."""
    found = store.contact(account_id, contact_id, consistent=True)
    if found is None:
        return
    for group_id in found.groups:
        one = store.group(account_id, group_id)
        if one and one.sender_id == sender_id:
            store.allow_channel(account_id, group_id, contact_id, channel)
