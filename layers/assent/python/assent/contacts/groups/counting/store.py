"""Kept counts of large groups in the `contacts` table."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UTCDateTimeAttribute

from assent.contacts.groups.model import KeptCount
from assent.platform.tables import Record, changed


class GroupCountRecord(Record):
    """`<ac>#group-counts` / `<gr>`: how many members a large group had, and who counts it now."""

    class Meta:
        table_name = "contacts_table"

    members = NumberAttribute(null=True)
    at = UTCDateTimeAttribute(null=True)
    counting_since = UTCDateTimeAttribute(null=True)


def kept_counts(
    account_id: str, group_ids: Iterable[str]
) -> dict[str, tuple[KeptCount | None, datetime | None]]:
    """Read the counts of those groups that are large, and since when they are counted anew."""
    keys = [(f"{account_id}#group-counts", group_id) for group_id in sorted(set(group_ids))]
    found = GroupCountRecord.batch_get(keys)
    return {record.sk: (_kept(record), record.counting_since) for record in found}


def _kept(record: GroupCountRecord) -> KeptCount | None:
    values = record.attribute_values
    if "at" not in values:
        return None  # it is counted for the first time
    return KeptCount(group_id=record.sk, members=int(values["members"]), at=values["at"])


def claim_count(account_id: str, group_id: str, at: datetime, ended_by: datetime) -> bool:
    """Take on counting a group; false while another does that who began after `ended_by`."""
    path = GroupCountRecord.counting_since
    return changed(
        GroupCountRecord(f"{account_id}#group-counts", group_id),
        [path.set(at)],
        path.does_not_exist() | (path < ended_by),
    )


def keep_count(account_id: str, group_id: str, members: int, at: datetime, since: datetime) -> bool:
    """Keep a count that is complete; false when another began since, or the group is gone."""
    path = GroupCountRecord.counting_since
    return changed(
        GroupCountRecord(f"{account_id}#group-counts", group_id),
        [GroupCountRecord.members.set(members), GroupCountRecord.at.set(at), path.remove()],
        path == since,
    )


def delete_count(account_id: str, group_id: str) -> None:
    """Forget the count of a group that is gone."""
    GroupCountRecord(f"{account_id}#group-counts", group_id).delete()
