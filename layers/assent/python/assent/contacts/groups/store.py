"""Groups and memberships in the `contacts` table."""

from collections.abc import Iterable, Iterator
from itertools import islice

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute, UTCDateTimeAttribute

from assent.consent.model import Channel
from assent.contacts.groups.model import Ended, EndedBy, Group, Membership, folded
from assent.contacts.model import Contact
from assent.contacts.store import ContactRecord, contact_key
from assent.platform import settings
from assent.platform.ids import shard_of
from assent.platform.tables import Record, Stretch, Transaction, along, changed, get


class GroupRecord(Record):
    """`<ac>#groups` / `<gr>`."""

    class Meta:
        table_name = "contacts_table"

    name = UnicodeAttribute()
    sender_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()


class GroupNameRecord(Record):
    """`<ac>#group-names` / the folded name: makes sure that a name is used once."""

    class Meta:
        table_name = "contacts_table"

    group_id = UnicodeAttribute()


class MembershipRecord(Record):
    """`<ac>#<gr>#<shard>` / `<ct>`: what a fan-out needs to know, and no more."""

    class Meta:
        table_name = "contacts_table"

    phone = UnicodeAttribute()
    subject = UnicodeAttribute()
    channels = UnicodeSetAttribute(null=True)
    # Why and when a channel was taken out, as `<why>|<time>`, for whoever puts it back.
    sms_ended = UnicodeAttribute(null=True)
    voice_ended = UnicodeAttribute(null=True)


def member_key(account_id: str, group_id: str, contact_id: str) -> tuple[str, str]:
    """Return the key of a membership."""
    shard = shard_of(contact_id, settings.current().group_shards)
    return f"{account_id}#{group_id}#{shard}", contact_id


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


def group(account_id: str, group_id: str) -> Group | None:
    """Read one group."""
    record = get(GroupRecord, f"{account_id}#groups", group_id)
    return _group(record) if record else None


def groups(account_id: str) -> list[Group]:
    """List all groups of an account, oldest first."""
    return [_group(record) for record in GroupRecord.query(f"{account_id}#groups")]


def _group(record: GroupRecord) -> Group:
    return Group(id=record.sk, account_id=record.pk.partition("#")[0], **record.attribute_values)


def add_membership(transaction: Transaction, account_id: str, member: Membership) -> None:
    """Write a membership."""
    transaction.put(
        "member",
        MembershipRecord(
            *member_key(account_id, member.group_id, member.contact_id),
            phone=member.phone,
            subject=member.subject,
            channels={c.value for c in member.channels} or None,
        ),
    )


def add_leaving(transaction: Transaction, account_id: str, group_id: str, contact_id: str) -> None:
    """Remove a membership within a transaction, if it is there."""
    transaction.delete(
        "member",
        MembershipRecord(*member_key(account_id, group_id, contact_id)),
        MembershipRecord.pk.exists(),
    )


def _ended(channel: Channel) -> UnicodeAttribute:
    return {Channel.SMS: MembershipRecord.sms_ended, Channel.VOICE: MembershipRecord.voice_ended}[
        channel
    ]


def end_channel(
    account_id: str, group_id: str, contact_id: str, channel: Channel, ended: Ended
) -> None:
    """Take a channel out of a membership, and note why; the membership stays, to be named.

    What a user took out and the contact then refuses itself is no longer for a user to restore,
    and what was the last owner's is nobody's to restore.
    """
    path = _ended(channel)
    taken = MembershipRecord.channels.contains(channel.value)
    if ended.why == EndedBy.HARD:
        taken |= path.startswith(f"{EndedBy.SOFT}|")
    elif ended.why == EndedBy.REASSIGNED:
        taken |= path.exists()
    changed(
        MembershipRecord(*member_key(account_id, group_id, contact_id)),
        [MembershipRecord.channels.delete([channel.value]), path.set(str(ended))],
        MembershipRecord.pk.exists() & taken,
    )


def add_channel(
    transaction: Transaction,
    contact: Contact,
    group_id: str,
    channel: Channel,
    taken_by: EndedBy | None = None,
) -> None:
    """Give a membership a channel within a transaction; never what the number's last owner had.

    On condition that it is of the number that the contact was read with. With `taken_by`, only
    where that was the last to take it.
    """
    path = _ended(channel)
    condition = MembershipRecord.pk.exists() & (MembershipRecord.subject == contact.subject)
    if taken_by:
        condition &= path.startswith(f"{taken_by}|")
    else:
        condition &= ~path.startswith(f"{EndedBy.REASSIGNED}|")
    transaction.update(
        "member",
        MembershipRecord(*member_key(contact.account_id, group_id, contact.id)),
        [MembershipRecord.channels.add([channel.value]), path.remove()],
        condition,
    )


def add_renumbered_member(
    transaction: Transaction, contact: Contact, group_id: str, channels: frozenset[Channel]
) -> None:
    """Bring a membership to the number of its contact, on condition that it still has that number.

    What opt-outs of the old number took out is no longer told: they are not about this one.
    """
    record = MembershipRecord
    transaction.update(
        "member",
        record(*member_key(contact.account_id, group_id, contact.id)),
        [
            record.phone.set(contact.phone),
            record.subject.set(contact.subject),
            record.channels.set({one.value for one in channels})
            if channels
            else record.channels.remove(),
            record.sms_ended.remove(),
            record.voice_ended.remove(),
        ],
        record.pk.exists(),
    )
    transaction.check(
        "contact",
        ContactRecord,
        contact_key(contact.account_id, contact.id),
        ContactRecord.subject == contact.subject,
    )


def delete_membership(account_id: str, group_id: str, contact_id: str) -> None:
    """Remove a membership altogether; doing it again changes nothing."""
    MembershipRecord(*member_key(account_id, group_id, contact_id)).delete()


def memberships(account_id: str, contact: Contact) -> list[Membership]:
    """Read a contact's memberships."""
    keys = [member_key(account_id, group_id, contact.id) for group_id in contact.groups]
    return [_membership(record) for record in MembershipRecord.batch_get(keys)]


def members(
    account_id: str,
    group_id: str,
    shard: int,
    *,
    after: str | None = None,
    limit: int | None = None,
) -> Iterable[Membership]:
    """Walk one shard of a group in the order of contact ids, from beyond `after`."""
    beyond = MembershipRecord.sk > after if after else None
    found = MembershipRecord.query(f"{account_id}#{group_id}#{shard}", beyond, limit=limit)
    return (_membership(record) for record in found)


def member_ids(account_id: str, group_id: str, shard: int, stretch: Stretch) -> Iterator[str]:
    """Walk the contact ids of one shard of a group."""
    found = along(MembershipRecord, f"{account_id}#{group_id}#{shard}", stretch)
    return (record.sk for record in found)


def members_count(account_id: str, group_id: str, bound: int) -> int:
    """Count the members who can be reached by any channel, no further than one past `bound`."""
    reachable = (
        member
        for shard in range(settings.current().group_shards)
        for member in MembershipRecord.query(
            f"{account_id}#{group_id}#{shard}",
            filter_condition=MembershipRecord.channels.exists(),
            attributes_to_get=["pk", "sk"],
            page_size=bound + 1,
        )
    )
    return sum(1 for _ in islice(reachable, bound + 1))


def _membership(record: MembershipRecord) -> Membership:
    return Membership(
        group_id=record.pk.split("#")[1],
        contact_id=record.sk,
        phone=record.phone,
        subject=record.subject,
        channels=frozenset(Channel(channel) for channel in record.channels or ()),
        ended={
            channel: Ended.read(text)
            for channel, text in (
                (Channel.SMS, record.sms_ended),
                (Channel.VOICE, record.voice_ended),
            )
            if text
        },
    )
