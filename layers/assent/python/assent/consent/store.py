"""Consent and opt-out records in the `consent` table. Keys hold pseudonyms only."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
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

from assent.consent.model import ALL_ACCOUNTS, Agreement, Channel, Consent, Entry, OptOut
from assent.platform.tables import Record, Transaction, failed_condition, get

_AGREEMENTS = TypeAdapter(dict[str, Agreement])
_ENTRIES = TypeAdapter(dict[str, Entry])
_LIFTS = TypeAdapter(dict[str, datetime])
_CONSENT = "consent"
_OPT_OUT = "optout"


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
