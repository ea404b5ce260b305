"""Labels as users work with them, on their own and on one contact."""

from collections.abc import Collection
from itertools import islice

from assent.contacts.groups.model import is_name
from assent.contacts.labels import store
from assent.contacts.labels.model import (
    LONGEST_NAME,
    MOST_LABELS,
    MOST_ON_CONTACT,
    ClearLabel,
    Colour,
    Label,
)
from assent.contacts.model import Contact
from assent.contacts.profile import tags
from assent.platform import settings
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound
from assent.platform.ids import new_id
from assent.platform.tables import ConditionFailed, Contention, Transaction

SWEPT_AFTER = 150
"""Seconds after which a label is looked for once more: longer than any function lives that may
have read it before it left, and gives it to a contact after it was taken off all."""
AT_ONCE = 20
"""Contacts that a label is taken off while the user waits; the others follow."""
_ATTEMPTS = 5


def label(account_id: str, label_id: str, *, leaving: bool = False) -> Label:
    """Return a label of this account, or raise `NotFound`; one that is `leaving` mostly is gone."""
    found = store.label(account_id, label_id)
    if found is None or (found.leaving and not leaving):
        raise NotFound("unknown_label", "This account has no such label.")
    return found


def labels(account_id: str) -> list[Label]:
    """List an account's labels, oldest first."""
    return [one for one in store.labels(account_id) if not one.leaving]


def create(account_id: str, name: str, colour: Colour, clock: Clock) -> Label:
    """Make a label; a name that another one has, in any spelling, is a `Conflict`."""
    now = clock.now()
    made = Label(
        id=new_id("lb", now),
        account_id=account_id,
        name=_checked(name),
        colour=colour,
        created_at=now,
    )
    if len(store.labels(account_id)) >= MOST_LABELS:
        raise Conflict(
            "too_many_labels", f"An account has at most {MOST_LABELS} labels. Merge some first."
        )
    transaction = Transaction()
    store.add_label(transaction, made)
    try:
        transaction.commit()
    except ConditionFailed:
        raise _exists(made.name) from None
    return made


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not is_name(name, LONGEST_NAME):
        message = f"Give the label a name of 1 to {LONGEST_NAME} characters."
        field = FieldError(field="name", code="length", message=message)
        raise Invalid("invalid_name", message, fields=[field])
    return name


def _exists(name: str) -> Conflict:
    return Conflict(
        "label_exists", f"There is a label named “{name}” already. Use it, or merge the two."
    )


def change(account_id: str, label_id: str, name: str | None, colour: Colour | None) -> Label:
    """Rename a label, or give it another colour."""
    for _ in range(_ATTEMPTS):
        before = label(account_id, label_id)
        after = before.model_copy(
            update={
                "name": before.name if name is None else _checked(name),
                "colour": colour or before.colour,
            }
        )
        transaction = Transaction()
        store.add_changed(transaction, before, after)
        try:
            transaction.commit()
        except ConditionFailed as failure:
            if "name" in failure.failed:
                raise _exists(after.name) from None
            continue
        except Contention:
            continue
        return after
    raise Contention


def begin_removal(account_id: str, label_id: str, into: str = "") -> ClearLabel:
    """Let a label leave its contacts, for another one or for none; safe to repeat.

    From here on nobody gets it. What is returned says what is still to do.
    """
    found = store.label(account_id, label_id)
    if found is None:
        raise NotFound("unknown_label", "This account has no such label.")
    if into == label_id:
        raise Conflict("same_label", "Choose another label to merge this one into.")
    if into:
        label(account_id, into)
    if not store.start_leaving(found, into):
        now = store.label(account_id, label_id)
        if now and now.merged_into != into:
            raise Conflict("label_leaving", "This label is being deleted or merged already.")
    return ClearLabel(account_id=account_id, label_id=label_id, merged_into=into)


def clear(command: ClearLabel, most: int | None = None) -> bool:
    """Take a leaving label off its contacts, up to `most`; true once there is nothing left to do.

    Safe to repeat, and to be cut off anywhere: who has it not is not found any more. Also of a
    label that is gone: a step of a job that had read it before may have given it to somebody since.
    """
    leaving = store.label(command.account_id, command.label_id)
    if leaving and not leaving.leaving:
        return True
    add = {leaving.merged_into if leaving else command.merged_into} - {""}
    left = most
    for shard in range(settings.current().contact_shards):
        found = store.labelled(command.account_id, command.label_id, shard)
        for contact_id in found if left is None else islice(found, left + 1):
            if left == 0:
                return False
            _relabel_whoever(command, contact_id, add)
            left = None if left is None else left - 1
    if leaving is None:
        return True
    transaction = Transaction()
    store.add_removal(transaction, leaving)
    try:
        transaction.commit()
    except ConditionFailed:
        return store.label(leaving.account_id, leaving.id) is None
    return True


def _relabel_whoever(command: ClearLabel, contact_id: str, add: set[str]) -> None:
    """Take the leaving label off a contact; where the target left as well, for none."""
    try:
        relabel(command.account_id, contact_id, remove={command.label_id}, add=add)
    except NotFound:
        relabel(command.account_id, contact_id, remove={command.label_id}, add=())


def relabel(
    account_id: str, contact_id: str, remove: Collection[str] = (), add: Collection[str] = ()
) -> Contact | None:
    """Take labels off a contact and give it others, with its entries in the directory.

    Idempotent; nothing for a contact that is gone or erased. Raises `NotFound` when a label that
    is to be added is not there, and `Conflict` when there would be too many.
    """

    def wanted(found: Contact) -> Contact:
        labels = (found.labels - set(remove)) | set(add)
        if len(labels) > max(MOST_ON_CONTACT, len(found.labels)):
            raise _too_many()
        return found.model_copy(update={"labels": labels})

    def also(transaction: Transaction, before: Contact) -> None:
        for one in sorted(set(add) - before.labels):
            store.check_staying(transaction, account_id, one)

    def refused(failed: list[str]) -> None:
        if "label" in failed:
            raise NotFound("unknown_label", "This account has no such label.")

    return tags.change(account_id, contact_id, wanted, also, refused)


def no_room(contact: Contact) -> Conflict | None:
    """Say why a contact can be given no further label, if it cannot."""
    return _too_many() if len(contact.labels) >= MOST_ON_CONTACT else None


def _too_many() -> Conflict:
    return Conflict("too_many_labels", f"A contact has at most {MOST_ON_CONTACT} labels.")
