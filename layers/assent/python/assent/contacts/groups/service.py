"""Groups as operators work with them."""

from assent.accounts.model import Account
from assent.contacts.groups import store
from assent.contacts.groups.model import Group, folded
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound
from assent.platform.ids import new_id
from assent.platform.tables import ConditionFailed, Transaction

_NAME_LENGTH = 100


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


def homes(account_id: str) -> dict[str, str]:
    """Name the home sender of each group of an account."""
    return {one.id: one.sender_id for one in store.groups(account_id)}
