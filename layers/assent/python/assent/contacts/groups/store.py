"""Groups and their names in the `contacts` table."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from assent.contacts.groups.model import (
    Group,
    folded,
)
from assent.platform.tables import (
    Record,
    Transaction,
    changed,
    get,
)


class GroupRecord(Record):
    """`<ac>#groups` / `<gr>`."""

    class Meta:
        table_name = "contacts_table"

    name = UnicodeAttribute()
    sender_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    archived_at = UTCDateTimeAttribute(null=True)
    # The job that deletes it. From then on the group is there for nobody else.
    deleted_by = UnicodeAttribute(null=True)


class GroupNameRecord(Record):
    """`<ac>#group-names` / the folded name: makes sure that a name is used once."""

    class Meta:
        table_name = "contacts_table"

    group_id = UnicodeAttribute()


def add_group(transaction: Transaction, group: Group) -> None:
    """Write a new group, on condition that its name is free."""
    transaction.put(
        "name",
        GroupNameRecord(f"{group.account_id}#group-names", folded(group.name), group_id=group.id),
        GroupNameRecord.pk.does_not_exist(),
    )
    transaction.put(
        "group",
        GroupRecord(
            f"{group.account_id}#groups",
            group.id,
            **group.model_dump(include={"name", "sender_id", "created_at"}),
        ),
    )


def group(account_id: str, group_id: str, *, consistent: bool = False) -> Group | None:
    """Read one group; one that is being deleted is gone."""
    record = get(GroupRecord, f"{account_id}#groups", group_id, consistent=consistent)
    return _group(record) if record and not record.deleted_by else None


def groups(account_id: str) -> list[Group]:
    """List all groups of an account, oldest first, also those that are archived."""
    found = GroupRecord.query(f"{account_id}#groups")
    return [_group(record) for record in found if not record.deleted_by]


def some_groups(account_id: str, group_ids: Iterable[str]) -> list[Group]:
    """Read some groups of an account, however many it has; those that are gone are left out."""
    keys = [(f"{account_id}#groups", group_id) for group_id in sorted(set(group_ids))]
    found = GroupRecord.batch_get(keys)
    return [_group(record) for record in found if not record.deleted_by]


def names(account_id: str, beginning: str, after: str | None, limit: int) -> dict[str, str]:
    """Read some names, folded, that begin like this, in their order, with the ids of the groups."""
    prefix = folded(beginning)
    low = max(prefix, f"{folded(after)}\x00") if after else prefix or "\x00"
    high = f"{prefix}\U0010ffff"
    if low > high:
        return {}
    within = GroupNameRecord.sk.between(low, high)
    pk = f"{account_id}#group-names"
    found = GroupNameRecord.query(pk, within, limit=limit, page_size=limit)
    return {record.sk: record.group_id for record in found}


def _group(record: GroupRecord) -> Group:
    values = {k: v for k, v in record.attribute_values.items() if k in Group.model_fields}
    return Group(id=record.sk, account_id=record.pk.partition("#")[0], **values)


def named(account_id: str, name: str) -> str | None:
    """Say which group has a name, in whatever spelling."""
    record = get(GroupNameRecord, f"{account_id}#group-names", folded(name), consistent=True)
    return record.group_id if record else None


def add_rename(transaction: Transaction, before: Group, name: str) -> None:
    """Give a group another name, on condition that it is free and the group still has its own."""
    transaction.update(
        "group",
        GroupRecord(f"{before.account_id}#groups", before.id),
        [GroupRecord.name.set(name)],
        (GroupRecord.name == before.name) & GroupRecord.deleted_by.does_not_exist(),
    )
    old, new = folded(before.name), folded(name)
    if old == new:
        return
    names = f"{before.account_id}#group-names"
    transaction.put(
        "name",
        GroupNameRecord(names, new, group_id=before.id),
        GroupNameRecord.pk.does_not_exist(),
    )
    transaction.delete(
        "old_name", GroupNameRecord(names, old), GroupNameRecord.group_id == before.id
    )


def set_archived(group: Group, at: datetime | None) -> bool:
    """Archive a group, or take it out of the archive; false when it is gone."""
    path = GroupRecord.archived_at
    return changed(
        GroupRecord(f"{group.account_id}#groups", group.id),
        [path.set(at) if at else path.remove()],
        GroupRecord.pk.exists() & GroupRecord.deleted_by.does_not_exist(),
    )


def add_deleted(transaction: Transaction, group: Group, job_id: str) -> None:
    """Let a group be gone for everybody, within the transaction that makes the job."""
    transaction.update(
        "group",
        GroupRecord(f"{group.account_id}#groups", group.id),
        [GroupRecord.deleted_by.set(job_id)],
        GroupRecord.pk.exists() & GroupRecord.deleted_by.does_not_exist(),
    )


def add_restored(transaction: Transaction, account_id: str, group_id: str, job_id: str) -> None:
    """Bring a group back whose deletion is called off."""
    transaction.update(
        "group",
        GroupRecord(f"{account_id}#groups", group_id),
        [GroupRecord.deleted_by.remove()],
        GroupRecord.deleted_by == job_id,
    )


def add_ended(transaction: Transaction, account_id: str, group_id: str, name: str) -> None:
    """Remove a group that has no members left, and free its name."""
    transaction.delete("group", GroupRecord(f"{account_id}#groups", group_id))
    transaction.delete(
        "name",
        GroupNameRecord(f"{account_id}#group-names", folded(name)),
        (GroupNameRecord.group_id == group_id) | GroupNameRecord.pk.does_not_exist(),
    )
