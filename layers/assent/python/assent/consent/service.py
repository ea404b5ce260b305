"""Consent changes, prepared into the caller's transaction: record, event and effect at once.

Callers catch `ConditionFailed` (somebody was faster) by reading again and trying again.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from assent.consent import ledger, store
from assent.consent.chains import store as chain_store
from assent.consent.ledger import Happening
from assent.consent.listing import store as listing_store
from assent.consent.model import (
    ALL_ACCOUNTS,
    Agreement,
    Channel,
    Consent,
    Entry,
    EventType,
    Kind,
    OptOut,
    Source,
    Suppression,
)
from assent.consent.transitions import ASKS, ENDS, LAYS, WITHDRAWS, next_standing, next_suppression
from assent.platform.tables import Transaction

REPLY_EVERY = timedelta(hours=24)
_TICK = timedelta(microseconds=1)


def agree(
    transaction: Transaction,
    before: Consent,
    happening: Happening,
    changes: Mapping[str, object] | None = None,
    *,
    group_id: str = "",
    noted: bool = False,
) -> Consent:
    """Move an account's standing on some channels, and append the event to the account's chain.

    `changes` are other fields of the record to write along (contact id, last lead, todo);
    `group_id` is the group that a YES to this request leads to; `noted` says that the account is
    known to have this phone already.
    """
    lapsed = _lapsed(before, happening)
    current = _append_agreement(transaction, before, lapsed) if lapsed else before
    after = _append_agreement(transaction, current, happening, group_id)
    after = after.model_copy(update=dict(changes or {}))
    if not noted and happening.sender_id not in before.senders():
        # By itself and before the record: an account too many costs an opt-out's effects one
        # look, one too few would be left out of them.
        listing_store.put_known(happening.sender_id, [before.subject], before.account_id)
    store.add_consent(transaction, before, after)
    return after


def point(transaction: Transaction, before: Consent, changes: Mapping[str, object]) -> Consent:
    """Lead from a phone to its contact (`contact_id`), where nobody has agreed to anything.

    Nothing is appended to the chain: nothing has happened to consent.
    """
    after = before.model_copy(update=dict(changes))
    store.add_consent(transaction, before, after)
    return after


def end_all(
    transaction: Transaction,
    before: Consent,
    happening: Happening,
    changes: Mapping[str, object] | None = None,
) -> Consent:
    """End an account's consent on every sender and channel: a number reassigned, an erasure."""
    after = before
    # Whoever ends it has seen what there is, whatever the two clocks say.
    seen = [
        at
        for known in before.agreements.values()
        for at in (known.effective_at, known.asked_at, known.ended_at)
        if at and at >= happening.effective_at
    ]
    if seen:
        happening = happening.model_copy(update={"effective_at": max(seen) + _TICK})
    for sender_id in sorted(before.senders()) or [happening.sender_id]:
        of_sender = happening.model_copy(update={"sender_id": sender_id, "channels": list(Channel)})
        after = _append_agreement(transaction, after, of_sender)
    after = after.model_copy(update=dict(changes or {}))
    store.add_consent(transaction, before, after)
    return after


def _lapsed(before: Consent, happening: Happening) -> Happening | None:
    """Say what must be recorded first: that a question asked before was not answered in time."""
    lapses = {
        channel: at
        for channel in happening.channels
        if (at := before.agreement(happening.sender_id, channel).lapses_at())
        and at <= happening.effective_at
    }
    if not lapses or happening.type == EventType.EXPIRED:
        return None
    return Happening(
        type=EventType.EXPIRED,
        effective_at=max(lapses.values()),
        recorded_at=happening.recorded_at,
        channels=list(lapses),
        sender_id=happening.sender_id,
        source=Source.ADMIN,
        actor="system",
    )


def _append_agreement(
    transaction: Transaction, before: Consent, happening: Happening, group_id: str = ""
) -> Consent:
    agreements = dict(before.agreements)
    for channel in happening.channels:
        key = f"{happening.sender_id}|{channel}"
        agreements[key] = _agreement(
            before.agreement(happening.sender_id, channel), happening, group_id
        )
    appended = ledger.append(
        before.account_id,
        before.subject,
        (before.sequence, before.head),
        happening.model_copy(update={"scope": before.account_id}),
    )
    chain_store.add_event(transaction, appended)
    return before.model_copy(
        update={"agreements": agreements, "sequence": appended.sequence, "head": appended.hash}
    )


def _agreement(current: Agreement, happening: Happening, group_id: str) -> Agreement:
    if current.ended_at and happening.effective_at <= current.ended_at:
        return current  # it came late: consent has ended since
    after = current.model_copy(
        update={
            "standing": next_standing(current.standing, happening.type),
            "effective_at": happening.effective_at,
            "source": happening.source,
            "ended_at": happening.effective_at if happening.type in ENDS else current.ended_at,
        }
    )
    if current.asked_at and happening.effective_at < current.asked_at:
        return after  # it came late: the question that was asked since stays open
    asks = happening.type in ASKS
    return after.model_copy(
        update={
            "asked_at": happening.effective_at if asks else None,
            "asked_through": happening.type if asks else None,
            "group_id": group_id if asks else "",
        }
    )


def answerable(known: Consent, against: OptOut, at: datetime) -> list[Channel]:
    """Name the channels on which a YES or NO at this moment answers an open question.

    A question is no longer open, on any channel, when the contact opted out of one after it was
    asked. A hard opt-out from before stays unless the contact asked for the question, by a JOIN
    word.
    """
    if any(_has_refused_since(known, against, channel) for channel in Channel):
        return []
    return [
        channel
        for channel in Channel
        if _is_answerable(known.agreement(against.sender_id, channel), known, against, channel, at)
    ]


def _has_refused_since(known: Consent, against: OptOut, channel: Channel) -> bool:
    asked_at = known.agreement(against.sender_id, channel).asked_at
    out_at = against.opted_out_at(channel, known.account_id)
    return out_at is not None and asked_at is not None and out_at >= asked_at


def _is_answerable(
    agreement: Agreement, known: Consent, against: OptOut, channel: Channel, at: datetime
) -> bool:
    if agreement.asked_at is None or not agreement.is_open(at):
        return False
    entry = against.opted_out(channel, known.account_id)
    if entry is None:
        return True
    joining = agreement.asked_through == EventType.JOIN_REQUESTED
    return entry.suppression == Suppression.SOFT or joining


def lay(
    transaction: Transaction, before: OptOut, happening: Happening, phone: str
) -> OptOut | None:
    """Lay an opt-out, or a doubt, over `happening.scope` of a sender.

    Returns nothing, and writes nothing, when something later is already known: a START after a
    STOP, or the same kind of line with a later time. The new record's `replied_at` differs from
    the old one's when the confirmation of a STOP is due.
    """
    kind = LAYS[happening.type]
    entries = dict(before.entries)
    for channel in happening.channels:
        next_suppression(before.state(channel, happening.scope), happening.type)
        if not _counts(before, channel, happening, kind):
            return None
        entries[f"{channel}|{happening.scope}|{kind}"] = _entry(Suppression(kind.value), happening)
    changes: dict[str, object] = {"phone": phone, "entries": entries}
    # Calls that end are confirmed in the call: that is no answer to a later STOP by text.
    if happening.type == EventType.STOPPED and Channel.SMS in happening.channels:
        now, last = happening.recorded_at, before.replied_at
        changes["replied_at"] = now if last is None or now - last >= REPLY_EVERY else last
    return _append(transaction, before, happening.model_copy(update={"kind": kind}), changes)


def _counts(before: OptOut, channel: Channel, happening: Happening, kind: Kind) -> bool:
    """Tell whether a line counts beside what is known: the later wins, ties go to the opt-out."""
    current = before.entry(channel, happening.scope, kind)
    if current and happening.effective_at < current.effective_at:
        return False
    lifted = before.lifted_at(channel, happening.scope)
    return lifted is None or happening.effective_at >= lifted


def withdraw(transaction: Transaction, before: OptOut, happening: Happening) -> OptOut:
    """Take back what a user laid down, or a doubt; raises `IllegalTransition` otherwise."""
    kind = WITHDRAWS[happening.type]
    entries = dict(before.entries)
    # Whoever takes it back has seen it, whatever the two clocks say.
    seen = latest(before, happening.channels, happening.scope)
    if seen and happening.effective_at <= seen:
        happening = happening.model_copy(update={"effective_at": seen + _TICK})
    for channel in happening.channels:
        next_suppression(before.state(channel, happening.scope), happening.type)
        entries[f"{channel}|{happening.scope}|{kind}"] = _entry(Suppression.CLEAR, happening)
    happening = happening.model_copy(update={"kind": kind})
    return _append(transaction, before, happening, {"entries": entries})


def latest(known: OptOut, channels: Collection[Channel], scope: str) -> datetime | None:
    """Say when the latest thing known of a scope happened, for a user who acts on what is known."""
    found = [at for channel in channels if (at := known.lifted_at(channel, scope))]
    for channel in channels:
        lines = (known.entry(channel, scope, kind) for kind in Kind)
        found.extend(line.effective_at for line in lines if line)
    return max(found, default=None)


def lift(
    transaction: Transaction, before: OptOut, happening: Happening, phone: str
) -> OptOut | None:
    """Lift every line of `happening.scope` that is older, hard and soft, leaving its time behind.

    START lifts for all accounts; YES to a JOIN for the account that was joined, by the time of the
    JOIN. Returns nothing, and writes nothing, when a later STOP or lift is already known.
    """
    lifts = dict(before.lifts)
    for channel in happening.channels:
        next_suppression(before.state(channel, happening.scope), happening.type)
        line = before.entry(channel, ALL_ACCOUNTS, Kind.HARD)
        last = before.lifted_at(channel, happening.scope)
        if line and happening.effective_at <= line.effective_at:
            return None
        if last and happening.effective_at <= last:
            return None
        lifts[f"{channel}|{happening.scope}"] = happening.effective_at
    changes: dict[str, object] = {"phone": phone, "lifts": lifts}
    if happening.type == EventType.STARTED and Channel.SMS in happening.channels:
        changes["replied_at"] = None  # the next STOP is a new decision with its own confirmation
    return _append(transaction, before, happening, changes)


def _entry(suppression: Suppression, happening: Happening) -> Entry:
    return Entry(
        suppression=suppression,
        source=happening.source,
        effective_at=happening.effective_at,
        recorded_at=happening.recorded_at,
        by=happening.evidence.get("user", ""),
        reason=happening.evidence.get("reason", ""),
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
    chain_store.add_event(transaction, appended)
    return after
