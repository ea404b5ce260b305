"""Memberships in the `contacts` table."""

from collections.abc import Iterable, Iterator

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from assent.consent.model import Channel
from assent.contacts.groups.model import Ended, EndedBy, Member, Membership
from assent.contacts.model import Contact
from assent.contacts.store import ContactRecord, contact_key
from assent.platform import settings
from assent.platform.ids import shard_of
from assent.platform.parts import Item, query_parts
from assent.platform.tables import (
    Record,
    Stretch,
    Transaction,
    along,
    changed,
)


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


def add_membership(transaction: Transaction, account_id: str, member: Membership) -> None:
    """Write a membership."""
    transaction.put("member", _record(account_id, member))


def put_memberships(account_id: str, members: Iterable[Membership]) -> None:
    """Write memberships of contacts that were not in the group before."""
    with MembershipRecord.batch_write() as batch:
        for member in members:
            batch.save(_record(account_id, member))


def _record(account_id: str, member: Membership) -> MembershipRecord:
    return MembershipRecord(
        *member_key(account_id, member.group_id, member.contact_id),
        phone=member.phone,
        subject=member.subject,
        channels={c.value for c in member.channels} or None,
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


def delete_memberships(account_id: str, contacts: Iterable[Contact]) -> None:
    """Remove all memberships of contacts that are to be deleted."""
    with MembershipRecord.batch_write() as batch:
        for contact in contacts:
            for group_id in sorted(contact.groups):
                batch.delete(MembershipRecord(*member_key(account_id, group_id, contact.id)))


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


def members_page(
    account_id: str, group_id: str, shard: int, after: str | None, limit: int
) -> list[Member]:
    """Read the next members of a shard, at most a thousand, for whoever walks millions."""
    beyond = MembershipRecord.sk > after if after else None
    pk = f"{account_id}#{group_id}#{shard}"
    found = query_parts(MembershipRecord, pk, beyond, _PLANNED, limit)
    return [Member(item["sk"]["S"], item["subject"]["S"], _channels(item)) for item in found]


_PLANNED = ("sk", "subject", "channels")
_CHANNELS: dict[tuple[str, ...], frozenset[Channel]] = {
    names: frozenset(map(Channel, names))
    for names in (("sms",), ("voice",), ("sms", "voice"), ("voice", "sms"))
}


def _channels(item: Item) -> frozenset[Channel]:
    return _CHANNELS[tuple(item["channels"]["SS"])] if "channels" in item else frozenset()


_OUT = MembershipRecord.channels.does_not_exist() & (
    MembershipRecord.sms_ended.exists() | MembershipRecord.voice_ended.exists()
)
"""A member from whom an opt-out took the last channel counts as out of the group."""


def members_count(account_id: str, group_id: str, bound: int) -> int:
    """Count a group's members by their keys, no further than one past `bound`."""
    total = 0
    for shard in range(settings.current().group_shards):
        after: str | None = None
        while total <= bound:
            counted, after = count_members(account_id, group_id, shard, after, bound + 1)
            total += counted
            if after is None:
                break
    return min(total, bound + 1)


def count_members(
    account_id: str, group_id: str, shard: int, after: str | None, most: int
) -> tuple[int, str | None]:
    """Count some members of a shard, looking at up to `most`; and say where to go on.

    Only the count comes back, no item.
    """
    found = MembershipRecord._get_connection().query(  # noqa: SLF001 -- models give no counts by page
        f"{account_id}#{group_id}#{shard}",
        MembershipRecord.sk > after if after else None,
        filter_condition=~_OUT,
        limit=most,
        select="COUNT",
    )
    last = found.get("LastEvaluatedKey")
    return int(found["Count"]), last["sk"]["S"] if last else None


def add_joined(transaction: Transaction, contact: Contact, member: Membership) -> None:
    """Put a contact into a group, in both records, on condition that it is as it was read."""
    transaction.update(
        "contact",
        ContactRecord(*contact_key(contact.account_id, contact.id)),
        [ContactRecord.groups.add([member.group_id])],
        (ContactRecord.queue_state == contact.queue.state.value)
        & (ContactRecord.subject == contact.subject)
        & ContactRecord.erased_at.does_not_exist()
        & ~ContactRecord.groups.contains(member.group_id),
    )
    add_membership(transaction, contact.account_id, member)


def add_left(transaction: Transaction, account_id: str, contact_id: str, group_id: str) -> None:
    """Take a contact out of a group, in both records, on condition that it is in it."""
    transaction.update(
        "contact",
        ContactRecord(*contact_key(account_id, contact_id)),
        [ContactRecord.groups.delete([group_id])],
        ContactRecord.groups.contains(group_id),
    )
    add_leaving(transaction, account_id, group_id, contact_id)


def add_leaving(transaction: Transaction, account_id: str, group_id: str, contact_id: str) -> None:
    """Remove a membership within a transaction."""
    transaction.delete("member", MembershipRecord(*member_key(account_id, group_id, contact_id)))


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
