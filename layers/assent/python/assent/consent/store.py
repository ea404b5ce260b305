"""Consent and opt-out records in `consent`, events in `ledger`. Keys hold pseudonyms only."""

from pydantic import TypeAdapter
from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.condition import Condition

from assent.consent.ledger import LedgerEvent
from assent.consent.model import ALL_ACCOUNTS, Agreement, Channel, Consent, Entry, OptOut
from assent.platform.tables import Record, Transaction, get

_AGREEMENTS = TypeAdapter(dict[str, Agreement])
_ENTRIES = TypeAdapter(dict[str, Entry])


class ConsentRecord(Record):
    """`<ac>#<phone_key>` / `consent`."""

    class Meta:
        table_name = "consent_table"

    contact_id = UnicodeAttribute(null=True)
    agreements = JSONAttribute()
    sequence = NumberAttribute()
    head = UnicodeAttribute()
    last_lead = JSONAttribute(null=True)
    todo = ListAttribute[str](null=True)


class OptOutRecord(Record):
    """`<sn>#<phone_key>` / `optout`. The sets repeat the entries, for conditions to look at."""

    class Meta:
        table_name = "consent_table"

    phone = UnicodeAttribute(null=True)
    entries = JSONAttribute()
    sms = UnicodeSetAttribute(null=True)
    voice = UnicodeSetAttribute(null=True)
    sequence = NumberAttribute()
    head = UnicodeAttribute()
    replied_at = UTCDateTimeAttribute(null=True)


class LedgerRecord(Record):
    """`<owner>#<phone_key>` / sequence. Written once; only erasure touches evidence and salt."""

    class Meta:
        table_name = "ledger_table"

    event = JSONAttribute()
    evidence = JSONAttribute(null=True)
    salt = UnicodeAttribute(null=True)


def consent(account_id: str, subject: str) -> Consent:
    """Read what an account has on record, strongly consistent; nothing yet is an empty record."""
    record = get(ConsentRecord, f"{account_id}#{subject}", "consent", consistent=True)
    if record is None:
        return Consent(account_id=account_id, subject=subject)
    return Consent(
        account_id=account_id,
        subject=subject,
        contact_id=record.contact_id,
        agreements=_AGREEMENTS.validate_python(record.agreements),
        sequence=int(record.sequence),
        head=record.head,
        last_lead=record.last_lead or {},
        todo=list(record.todo or []),
    )


def opt_out(sender_id: str, subject: str) -> OptOut:
    """Read all that stands against sending, strongly consistent: one read for every account."""
    record = get(OptOutRecord, f"{sender_id}#{subject}", "optout", consistent=True)
    if record is None:
        return OptOut(sender_id=sender_id, subject=subject)
    return OptOut(
        sender_id=sender_id,
        subject=subject,
        phone=record.phone or "",
        entries=_ENTRIES.validate_python(record.entries),
        sequence=int(record.sequence),
        head=record.head,
        replied_at=record.replied_at,
    )


def add_consent(transaction: Transaction, before: Consent, after: Consent) -> None:
    """Write an account's record, on condition that nobody appended to the chain meanwhile."""
    record = ConsentRecord(
        f"{after.account_id}#{after.subject}",
        "consent",
        contact_id=after.contact_id,
        agreements=_AGREEMENTS.dump_python(after.agreements, mode="json"),
        sequence=after.sequence,
        head=after.head,
        last_lead=after.last_lead or None,
        todo=after.todo or None,
    )
    transaction.put("consent", record, _unmoved(ConsentRecord.sequence, before.sequence))


def add_opt_out(transaction: Transaction, before: OptOut, after: OptOut) -> None:
    """Write an opt-out record, on condition that nobody appended to the chain meanwhile."""
    record = OptOutRecord(
        f"{after.sender_id}#{after.subject}",
        "optout",
        phone=after.phone or None,
        entries=_ENTRIES.dump_python(after.entries, mode="json"),
        sms=after.blocked_scopes(Channel.SMS) or None,
        voice=after.blocked_scopes(Channel.VOICE) or None,
        sequence=after.sequence,
        head=after.head,
        replied_at=after.replied_at,
    )
    transaction.put("opt_out", record, _unmoved(OptOutRecord.sequence, before.sequence))


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


def clear_todo(account_id: str, subject: str) -> None:
    """Say that the follow-ups of a consent record are done."""
    ConsentRecord(f"{account_id}#{subject}", "consent").update(
        actions=[ConsentRecord.todo.remove()], condition=ConsentRecord.pk.exists()
    )


def check_not_blocked(
    transaction: Transaction, sender_id: str, subject: str, account_id: str, channel: Channel
) -> None:
    """Require, inside a transaction, that nothing stands against this account's sending."""
    blocked = {Channel.SMS: OptOutRecord.sms, Channel.VOICE: OptOutRecord.voice}[channel]
    # `contains` is false of an absent item or set, so a number never listed passes.
    transaction.check(
        "not_opted_out",
        OptOutRecord,
        (f"{sender_id}#{subject}", "optout"),
        ~blocked.contains(ALL_ACCOUNTS) & ~blocked.contains(account_id),
    )
