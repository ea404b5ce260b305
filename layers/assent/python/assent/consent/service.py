"""Consent changes, prepared into the caller's transaction: record, event and effect at once.

Callers catch `ConditionFailed` (somebody was faster) by reading again and trying again.
"""

from collections.abc import Mapping
from datetime import timedelta

from assent.consent import ledger, store
from assent.consent.ledger import Happening
from assent.consent.model import (
    ALL_ACCOUNTS,
    Agreement,
    Channel,
    Consent,
    Entry,
    Kind,
    OptOut,
    Suppression,
    next_standing,
    next_suppression,
    takes_effect,
)
from assent.platform.tables import Transaction

REPLY_EVERY = timedelta(hours=24)


def agree(
    transaction: Transaction,
    before: Consent,
    happening: Happening,
    changes: Mapping[str, object] | None = None,
) -> Consent:
    """Move an account's standing on some channels, and append the event to the account's chain.

    `changes` are other fields of the record to write along (contact id, last lead, todo).
    """
    agreements = dict(before.agreements)
    for channel in happening.channels:
        current = before.agreement(happening.sender_id, channel)
        agreements[f"{happening.sender_id}|{channel}"] = Agreement(
            standing=next_standing(current.standing, happening.type),
            effective_at=happening.effective_at,
            source=happening.source,
        )
    appended = ledger.append(
        before.account_id,
        before.subject,
        (before.sequence, before.head),
        happening.model_copy(update={"scope": before.account_id}),
    )
    after = before.model_copy(
        update={
            "agreements": agreements,
            "sequence": appended.sequence,
            "head": appended.hash,
            **(changes or {}),
        }
    )
    store.add_consent(transaction, before, after)
    store.add_event(transaction, appended)
    return after


def stop(
    transaction: Transaction, before: OptOut, happening: Happening, phone: str
) -> OptOut | None:
    """Lay the contact's own opt-out over the sender, for all accounts that share it.

    Returns nothing, and writes nothing, when a later START is already known. The new record's
    `replied_at` differs from the old one's when a confirmation is due.
    """
    entries = dict(before.entries)
    for channel in happening.channels:
        current = before.entry(channel, ALL_ACCOUNTS)
        if not takes_effect(current, happening.type, happening.effective_at):
            return None
        entries[f"{channel}|{ALL_ACCOUNTS}"] = _entry(current, happening)
    now = happening.recorded_at
    due = before.replied_at is None or now - before.replied_at >= REPLY_EVERY
    return _append(
        transaction,
        before,
        happening.model_copy(update={"scope": ALL_ACCOUNTS, "kind": Kind.HARD}),
        {"phone": phone, "entries": entries, "replied_at": now if due else before.replied_at},
    )


def start(
    transaction: Transaction, before: OptOut, happening: Happening, phone: str
) -> OptOut | None:
    """Lift every SMS line of the sender, hard and soft, leaving tombstones with their time.

    Returns nothing, and writes nothing, when a later STOP is already known.
    """
    whole = before.entry(Channel.SMS, ALL_ACCOUNTS)
    if not takes_effect(whole, happening.type, happening.effective_at):
        return None
    entries = dict(before.entries)
    # The line for all accounts is written even when there was none: an older STOP may be late.
    for scope in {ALL_ACCOUNTS, *before.scopes(Channel.SMS)}:
        current = before.entry(Channel.SMS, scope)
        if takes_effect(current, happening.type, happening.effective_at):
            entries[f"{Channel.SMS}|{scope}"] = _entry(current, happening)
    return _append(
        transaction,
        before,
        happening.model_copy(update={"scope": ALL_ACCOUNTS}),
        # The next STOP is a new decision and gets its own confirmation.
        {"phone": phone, "entries": entries, "replied_at": None},
    )


def _entry(current: Entry | None, happening: Happening) -> Entry:
    suppression = current.suppression if current else Suppression.CLEAR
    return Entry(
        suppression=next_suppression(suppression, happening.type),
        source=happening.source,
        effective_at=happening.effective_at,
        recorded_at=happening.recorded_at,
    )


def _append(
    transaction: Transaction, before: OptOut, happening: Happening, changes: Mapping[str, object]
) -> OptOut:
    appended = ledger.append(
        before.sender_id, before.subject, (before.sequence, before.head), happening
    )
    after = before.model_copy(
        update={"sequence": appended.sequence, "head": appended.hash, **changes}
    )
    store.add_opt_out(transaction, before, after)
    store.add_event(transaction, appended)
    return after
