"""Groups as operators work with them."""

from collections.abc import Iterable
from datetime import datetime

from assent.accounts.model import Account
from assent.contacts.groups import store
from assent.contacts.groups.model import Group, is_name
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound
from assent.platform.ids import new_id
from assent.platform.tables import ConditionFailed, Contention, Transaction

_NAME_LENGTH = 100
_ATTEMPTS = 5


def group(account_id: str, group_id: str, *, consistent: bool = False) -> Group:
    """Return a group of this account, or raise `NotFound`."""
    found = store.group(account_id, group_id, consistent=consistent)
    if found is None:
        raise NotFound("unknown_group", "This account has no such group.")
    return found


def choosable(account_id: str, group_id: str) -> Group:
    """Return a group that contacts can be put into; one that is archived is a `Conflict`."""
    found = group(account_id, group_id, consistent=True)
    if found.archived_at:
        raise Conflict(
            "group_archived",
            f"“{found.name}” is archived. Take it out of the archive, or choose another group.",
        )
    return found


def page(
    account_id: str, search: str, cursor: str | None, limit: int
) -> tuple[list[Group], str | None]:
    """Return groups by name, those whose names begin like this, and where the next page begins.

    Also those that are archived. One that is being deleted is left out, so a page may be short.
    """
    found = store.names(account_id, search, cursor, limit)
    known = {one.id: one for one in store.some_groups(account_id, found.values())}
    shown = [known[group_id] for group_id in found.values() if group_id in known]
    return shown, list(found)[-1] if len(found) == limit else None


def create_group(account: Account, name: str, clock: Clock, sender_id: str = "") -> Group:
    """Make a group; a name that another group has, in any spelling, is a `Conflict`.

    The caller has made sure that the sender is the account's; without one it is its own.
    """
    name = _name(name)
    now = clock.now()
    made = Group(
        id=new_id("gr", now),
        account_id=account.id,
        name=name,
        sender_id=sender_id or account.sender_id,
        created_at=now,
    )
    transaction = Transaction()
    store.add_group(transaction, made)
    try:
        transaction.commit()
    except ConditionFailed:
        raise _taken(name) from None
    return made


def rename(account_id: str, group_id: str, name: str) -> Group:
    """Give a group another name; one that another group has, in any spelling, is a `Conflict`."""
    name = _name(name)
    for _ in range(_ATTEMPTS):
        before = group(account_id, group_id, consistent=True)
        if before.name == name:
            return before
        transaction = Transaction()
        store.add_rename(transaction, before, name)
        try:
            transaction.commit()
        except ConditionFailed as failure:
            # Its own commit whose answer was lost holds the name too: look who it is.
            if "name" in failure.failed and store.named(account_id, name) != group_id:
                raise _taken(name) from None
            continue
        except Contention:
            continue
        return before.model_copy(update={"name": name})
    raise Contention


def archive(account_id: str, group_id: str, at: datetime | None) -> Group:
    """Archive a group, or with no time take it out of the archive; its members stay."""
    before = group(account_id, group_id, consistent=True)
    if (before.archived_at is None) == (at is None):
        return before
    if not store.set_archived(before, at):
        return group(account_id, group_id, consistent=True)
    return before.model_copy(update={"archived_at": at})


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not is_name(name, _NAME_LENGTH):
        raise Invalid(
            "invalid_name",
            "Give the group a name of 1 to 100 characters.",
            fields=[FieldError(field="name", code="length", message="1 to 100 characters")],
        )
    return name


def _taken(name: str) -> Conflict:
    return Conflict(
        "group_exists",
        f"There is a group named “{name}” already. Use it, or choose another name.",
    )


def homes(account_id: str, group_ids: Iterable[str]) -> dict[str, str]:
    """Name the home sender of some groups, however many others the account has."""
    return {one.id: one.sender_id for one in store.some_groups(account_id, group_ids)}
