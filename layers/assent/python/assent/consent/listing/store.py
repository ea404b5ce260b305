"""Who knows a phone, and the lines of opt-out lists, in the `consent` table."""

from collections.abc import Iterable
from datetime import datetime
from heapq import merge
from itertools import islice

from assent.consent.model import Channel
from assent.platform import settings
from assent.platform.clock import stamp
from assent.platform.ids import shard_of
from assent.platform.tables import Record, Transaction, get

_KNOWN = "account#"


class KnownRecord(Record):
    """`<sn>#<phone_key>` / `account#<ac>`: an account that has this phone on record."""

    class Meta:
        table_name = "consent_table"


class ListedRecord(Record):
    """`<ac>#optouts#<shard>` / `<at>#<sn>#<phone_key>#<channel>`.

    An account's opt-out list in the order of time. A row is a hint: what stands is in the opt-out
    record, which is read along with it.
    """

    class Meta:
        table_name = "consent_table"


def put_known(sender_id: str, subjects: Iterable[str], account_id: str) -> None:
    """Note that an account has these phones on record; doing it again changes nothing."""
    with KnownRecord.batch_write() as batch:
        for subject in subjects:
            batch.save(KnownRecord(f"{sender_id}#{subject}", f"{_KNOWN}{account_id}"))


def knowing(sender_id: str, subject: str, after: str | None = None, limit: int = 25) -> list[str]:
    """List the accounts of a sender that know a phone, in the order of their ids, by page."""
    key = KnownRecord.sk
    beyond = key.between(f"{_KNOWN}{after}\x00", f"{_KNOWN}~") if after else key.startswith(_KNOWN)
    found = KnownRecord.query(
        f"{sender_id}#{subject}", beyond, limit=limit, page_size=limit, consistent_read=True
    )
    return [record.sk.removeprefix(_KNOWN) for record in found]


def is_known(sender_id: str, subject: str, account_id: str) -> bool:
    """Tell whether an account has this phone on record for this sender."""
    return get(KnownRecord, f"{sender_id}#{subject}", f"{_KNOWN}{account_id}") is not None


def _listed_key(
    account_id: str, sender_id: str, subject: str, channel: Channel, at: datetime
) -> tuple[str, str]:
    shard = shard_of(subject, settings.current().opt_out_shards)
    row = f"{stamp(at)}#{sender_id}#{subject}#{channel}"
    return f"{account_id}#optouts#{shard}", row


def add_listed(
    transaction: Transaction,
    account_id: str,
    sender_id: str,
    subject: str,
    channel: Channel,
    at: datetime,
) -> None:
    """Put a line on an account's list within a transaction."""
    key = _listed_key(account_id, sender_id, subject, channel, at)
    transaction.put("listed", ListedRecord(*key))


def add_unlisted(
    transaction: Transaction,
    account_id: str,
    sender_id: str,
    subject: str,
    channel: Channel,
    at: datetime,
) -> None:
    """Take a line off an account's list within the transaction that ends it."""
    key = _listed_key(account_id, sender_id, subject, channel, at)
    transaction.delete("listed", ListedRecord(*key))


def put_listed(
    account_id: str, sender_id: str, subject: str, channel: Channel, at: datetime
) -> None:
    """Put a line on an account's list; doing it again changes nothing."""
    ListedRecord(*_listed_key(account_id, sender_id, subject, channel, at)).save()


def end_listed(
    account_id: str, sender_id: str, subject: str, channel: Channel, at: datetime
) -> None:
    """Take a line that no longer stands off an account's list."""
    ListedRecord(*_listed_key(account_id, sender_id, subject, channel, at)).delete()


def is_listed(
    account_id: str, sender_id: str, subject: str, channel: Channel, at: datetime
) -> bool:
    """Tell whether a line is on an account's list."""
    key = _listed_key(account_id, sender_id, subject, channel, at)
    return get(ListedRecord, *key) is not None


def listed(
    account_id: str,
    *,
    since: datetime | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[str]:
    """List an account's rows, newest first, from older than the row `before` back to `since`."""
    first = stamp(since) if since else "0"

    def shard(number: int) -> Iterable[str]:
        found = ListedRecord.query(
            f"{account_id}#optouts#{number}",
            ListedRecord.sk.between(first, before or "~"),
            scan_index_forward=False,
            limit=limit + 1,
            page_size=limit + 1,
        )
        return (record.sk for record in found if record.sk != before)

    shards = [shard(number) for number in range(settings.current().opt_out_shards)]
    return list(islice(merge(*shards, reverse=True), limit))
