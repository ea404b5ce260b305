"""Consent and opt-out records in `consent`, events in `ledger`. Keys hold pseudonyms only."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import reduce
from heapq import merge
from itertools import islice
from operator import and_

from pydantic import TypeAdapter
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from assent.consent.ledger import LedgerEvent, Link, read
from assent.consent.model import ALL_ACCOUNTS, Agreement, Channel, Consent, Entry, OptOut
from assent.platform import settings
from assent.platform.clock import stamp
from assent.platform.ids import shard_of
from assent.platform.tables import Record, Transaction, failed_condition, get

_AGREEMENTS = TypeAdapter(dict[str, Agreement])
_ENTRIES = TypeAdapter(dict[str, Entry])
_LIFTS = TypeAdapter(dict[str, datetime])
_CONSENT = "consent"
_OPT_OUT = "optout"
_KNOWN = "account#"


class ConsentRecord(Record):
    """`<ac>#<phone_key>` / `consent`."""

    class Meta:
        table_name = "consent_table"

    contact_id = UnicodeAttribute(null=True)
    agreements = JSONAttribute()
    sequence = NumberAttribute(null=True)  # absent as long as nothing happened: a mere pointer
    head = UnicodeAttribute(default="")
    last_lead = JSONAttribute(null=True)
    todo = ListAttribute[str](null=True)
    deleted = BooleanAttribute(null=True)


class OptOutRecord(Record):
    """`<sn>#<phone_key>` / `optout`. The sets repeat the entries, for conditions to look at."""

    class Meta:
        table_name = "consent_table"

    phone = UnicodeAttribute(null=True)
    entries = JSONAttribute()
    lifts = JSONAttribute(null=True)
    sms = UnicodeSetAttribute(null=True)
    sms_open = UnicodeSetAttribute(null=True)
    voice = UnicodeSetAttribute(null=True)
    voice_open = UnicodeSetAttribute(null=True)
    sequence = NumberAttribute()
    head = UnicodeAttribute()
    replied_at = UTCDateTimeAttribute(null=True)


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


class LedgerRecord(Record):
    """`<owner>#<phone_key>` / sequence. Written once; only erasure touches evidence and salt."""

    class Meta:
        table_name = "ledger_table"

    event = JSONAttribute()
    evidence = JSONAttribute(null=True)
    salt = UnicodeAttribute(null=True)


def consent(account_id: str, subject: str) -> Consent:
    """Read what an account has on record, strongly consistent; nothing yet is an empty record."""
    record = get(ConsentRecord, f"{account_id}#{subject}", _CONSENT, consistent=True)
    return _consent(record) if record else Consent(account_id=account_id, subject=subject)


def consents(
    account_id: str, subjects: Iterable[str], *, consistent: bool = False
) -> dict[str, Consent]:
    """Read what an account has on record of many phones, by pseudonym."""
    wanted = [(f"{account_id}#{subject}", _CONSENT) for subject in set(subjects)]
    records = ConsentRecord.batch_get(wanted, consistent_read=consistent)
    found = (_consent(record) for record in records)
    return {one.subject: one for one in found}


def _consent(record: ConsentRecord) -> Consent:
    account_id, _, subject = record.pk.partition("#")
    return Consent(
        account_id=account_id,
        subject=subject,
        contact_id=record.contact_id,
        agreements=_AGREEMENTS.validate_python(record.agreements),
        sequence=int(record.sequence or 0),
        head=record.head,
        last_lead=record.last_lead or {},
        todo=list(record.todo or []),
        deleted=bool(record.deleted),
    )


def opt_out(sender_id: str, subject: str) -> OptOut:
    """Read all that stands against sending, strongly consistent: one read for every account."""
    record = get(OptOutRecord, f"{sender_id}#{subject}", _OPT_OUT, consistent=True)
    return _opt_out(record) if record else OptOut(sender_id=sender_id, subject=subject)


def opt_outs(
    keys: Iterable[tuple[str, str]], *, consistent: bool = False
) -> dict[tuple[str, str], OptOut]:
    """Read many opt-out records by (sender, phone's pseudonym); what is not there is left out."""
    wanted = [(f"{sender_id}#{subject}", _OPT_OUT) for sender_id, subject in set(keys)]
    found = (_opt_out(r) for r in OptOutRecord.batch_get(wanted, consistent_read=consistent))
    return {(one.sender_id, one.subject): one for one in found}


def _opt_out(record: OptOutRecord) -> OptOut:
    sender_id, _, subject = record.pk.partition("#")
    return OptOut(
        sender_id=sender_id,
        subject=subject,
        phone=record.phone or "",
        entries=_ENTRIES.validate_python(record.entries),
        lifts=_LIFTS.validate_python(record.lifts or {}),
        sequence=int(record.sequence),
        head=record.head,
        replied_at=record.replied_at,
    )


def add_consent(transaction: Transaction, before: Consent, after: Consent) -> None:
    """Write an account's record, on condition that nobody appended to the chain meanwhile.

    Nor took its contact away: who writes on must not bring back what was deleted.
    """
    record = ConsentRecord(
        f"{after.account_id}#{after.subject}",
        _CONSENT,
        contact_id=after.contact_id,
        agreements=_AGREEMENTS.dump_python(after.agreements, mode="json"),
        sequence=after.sequence or None,
        head=after.head,
        last_lead=after.last_lead or None,
        todo=after.todo or None,
        deleted=after.deleted or None,
    )
    # A pointer to a contact is no event: of two that are made at once, one is told by its contact.
    path = ConsentRecord.contact_id
    same = path == before.contact_id if before.contact_id else path.does_not_exist()
    transaction.put("consent", record, _unmoved(ConsentRecord.sequence, before.sequence) & same)


def add_opt_out(transaction: Transaction, before: OptOut, after: OptOut) -> None:
    """Write an opt-out record, on condition that nobody appended to the chain meanwhile."""
    record = OptOutRecord(
        f"{after.sender_id}#{after.subject}",
        _OPT_OUT,
        phone=after.phone or None,
        entries=_ENTRIES.dump_python(after.entries, mode="json"),
        lifts=_LIFTS.dump_python(after.lifts, mode="json") or None,
        sms=after.blocked_scopes(Channel.SMS) or None,
        sms_open=after.open_scopes(Channel.SMS) or None,
        voice=after.blocked_scopes(Channel.VOICE) or None,
        voice_open=after.open_scopes(Channel.VOICE) or None,
        sequence=after.sequence,
        head=after.head,
        replied_at=after.replied_at,
    )
    transaction.put("opt_out", record, _unmoved(OptOutRecord.sequence, before.sequence))


def add_contact_deleted(transaction: Transaction, known: Consent) -> None:
    """Take a deleted contact off an account's record, so that a later lead makes a new one.

    What it agreed to, its chain and its opt-outs stay, and that an import was here.
    """
    last, note = ConsentRecord.last_lead, known.imported_by
    transaction.update(
        "consent",
        ConsentRecord(f"{known.account_id}#{known.subject}", _CONSENT),
        [
            ConsentRecord.contact_id.remove(),
            last.set(note) if note else last.remove(),
            ConsentRecord.todo.remove(),
            ConsentRecord.deleted.set(True),
        ],
        (ConsentRecord.contact_id == known.contact_id)
        & _unmoved(ConsentRecord.sequence, known.sequence),
    )


def check_leads_to(
    transaction: Transaction, account_id: str, subject: str, contact_id: str
) -> None:
    """Require, inside a transaction, that a phone leads to this contact of an account."""
    key = (f"{account_id}#{subject}", _CONSENT)
    transaction.check("consent", ConsentRecord, key, ConsentRecord.contact_id == contact_id)


def _unmoved(path: NumberAttribute, sequence: int) -> Condition:
    return path == sequence if sequence else path.does_not_exist()


def add_event(transaction: Transaction, event: LedgerEvent) -> None:
    """Append an event; the condition makes sure that nothing is ever written over."""
    record = LedgerRecord(
        f"{event.owner}#{event.subject}",
        f"{event.sequence:010d}",
        event=event.model_dump(mode="json", exclude={"evidence", "salt"}),
        evidence=event.evidence,
        salt=event.salt,
    )
    transaction.put("ledger", record, LedgerRecord.pk.does_not_exist())


def events(owner: str, subject: str) -> list[LedgerEvent]:
    """Read a whole chain, in order, strongly consistent."""
    return [
        LedgerEvent(**record.event, evidence=record.evidence, salt=record.salt)
        for record in LedgerRecord.query(f"{owner}#{subject}", consistent_read=True)
    ]


def events_back(
    owner: str, subject: str, before: int | None, page_size: int
) -> Iterator[LedgerEvent]:
    """Walk a chain from its end, or from below a sequence, towards its beginning."""
    beyond = LedgerRecord.sk < f"{before:010d}" if before is not None else None
    found = LedgerRecord.query(
        f"{owner}#{subject}", beyond, scan_index_forward=False, page_size=page_size
    )
    for record in found:
        yield LedgerEvent(**record.event, evidence=record.evidence, salt=record.salt)


def links(owner: str, subject: str) -> list[Link]:
    """Read a chain as it lies in the table, strongly consistent, whatever was done to it."""
    table = LedgerRecord._get_connection()  # noqa: SLF001 -- models refuse what was tampered with
    found: list[Link] = []
    start: object = None
    while True:
        page = table.query(f"{owner}#{subject}", consistent_read=True, exclusive_start_key=start)
        for item in page["Items"]:
            plain = {name: value.get("S", value) for name, value in item.items()}
            found.append(read(plain))
        start = page.get("LastEvaluatedKey")
        if not start:
            return found


def erase_evidence(
    owner: str, subject: str, *, scope: str | None = None, through: int | None = None
) -> int:
    """Remove evidence and salt from a chain's events, up to one and of one scope, if given.

    Returns how many events were touched. It can be cut off and repeated: what is erased already
    is passed over, and the chain verifies at every moment.
    """
    erased = 0
    # Read as it lies there: what somebody spoilt must be erased as well.
    for link in links(owner, subject):
        kept = link.evidence is not None or link.salt is not None or link.problem
        wanted = scope in (None, link.fields.get("scope"))
        if link.position and kept and wanted and link.position <= (through or link.position):
            LedgerRecord(f"{owner}#{subject}", f"{link.position:010d}").update(
                actions=[LedgerRecord.evidence.remove(), LedgerRecord.salt.remove()],
                condition=LedgerRecord.pk.exists(),
            )
            erased += 1
    return erased


def erase_opt_out(before: OptOut, scope: str | None = None) -> bool:
    """Remove the number and what users wrote from an opt-out record; what stands, stands on.

    With a scope only what was written there; the number stays for the others who know it. False
    when somebody appended to the chain meanwhile: read again, and try again.
    """
    entries = {
        key: entry.model_copy(update={"by": "", "reason": ""})
        if scope in (None, key.split("|")[1])
        else entry
        for key, entry in before.entries.items()
    }
    actions: list[Action] = [OptOutRecord.entries.set(_ENTRIES.dump_python(entries, mode="json"))]
    if scope is None:
        actions.append(OptOutRecord.phone.remove())
    try:
        OptOutRecord(f"{before.sender_id}#{before.subject}", _OPT_OUT).update(
            actions=actions, condition=OptOutRecord.sequence == before.sequence
        )
    except UpdateError as error:
        if failed_condition(error):
            return False
        raise
    return True


def stale_sets(sender_id: str, subject: str) -> list[str]:
    """Name the sets of an opt-out record that do not repeat its entries, as they have to."""
    record = get(OptOutRecord, f"{sender_id}#{subject}", _OPT_OUT, consistent=True)
    if record is None:
        return []
    known = _opt_out(record)
    wanted = {
        "sms": (record.sms, known.blocked_scopes(Channel.SMS)),
        "sms_open": (record.sms_open, known.open_scopes(Channel.SMS)),
        "voice": (record.voice, known.blocked_scopes(Channel.VOICE)),
        "voice_open": (record.voice_open, known.open_scopes(Channel.VOICE)),
    }
    return [name for name, (found, should) in wanted.items() if set(found or ()) != should]


def clear_todo(account_id: str, subject: str) -> None:
    """Say that the follow-ups of a consent record are done."""
    ConsentRecord(f"{account_id}#{subject}", _CONSENT).update(
        actions=[ConsentRecord.todo.remove()], condition=ConsentRecord.pk.exists()
    )


def check_open(
    transaction: Transaction,
    sender_id: str,
    subject: str,
    account_id: str,
    channels: Iterable[Channel],
) -> None:
    """Require, inside a transaction, that nothing stands against an account's sending on these."""
    conditions = [_open(channel, account_id) for channel in sorted(channels)]
    key = (f"{sender_id}#{subject}", _OPT_OUT)
    transaction.check("not_opted_out", OptOutRecord, key, reduce(and_, conditions))


def _open(channel: Channel, account_id: str) -> Condition:
    blocked, freed = {
        Channel.SMS: (OptOutRecord.sms, OptOutRecord.sms_open),
        Channel.VOICE: (OptOutRecord.voice, OptOutRecord.voice_open),
    }[channel]
    # `contains` is false of an absent item or set, so a number never listed passes.
    for_all = ~blocked.contains(ALL_ACCOUNTS) | freed.contains(account_id)
    nothing: Condition = for_all & ~blocked.contains(account_id)
    return nothing


# Which accounts know a phone, and what an account lists


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
