"""Opting numbers out for one account, prepared into the caller's transaction, and taking it back.

What a user lays down covers a sender for this account alone (O9).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assent.consent import service as consent
from assent.consent.ledger import Happening
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, Entry, EventType, Kind, OptOut, Source, Suppression
from assent.contacts.listed import Listed, lines
from assent.platform.tables import Contention, Transaction


@dataclass(frozen=True)
class Wanted:
    """An opt-out that somebody of the account, or a program of theirs, asks for."""

    kind: Kind
    channels: list[Channel]
    source: Source
    actor: str  # the id of the user or key
    by: str  # the name that people see
    reason: str = ""
    evidence: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind == Kind.HELD or not self.channels:
            raise ValueError("an opt-out is soft or hard, and on at least one channel")


def missing(before: OptOut, account_id: str, wanted: Wanted) -> list[Channel]:
    """Name the channels on which nothing, or only something weaker, stands yet."""
    return [
        channel
        for channel in wanted.channels
        if _is_weaker(before.opted_out(channel, account_id), wanted.kind)
    ]


def _is_weaker(entry: Entry | None, kind: Kind) -> bool:
    if entry is None:
        return True
    return kind == Kind.HARD and entry.suppression == Suppression.SOFT


def lay(
    transaction: Transaction,
    account_id: str,
    before: OptOut,
    phone: str,
    wanted: Wanted,
    now: datetime,
) -> str:
    """Opt one number (E.164) out on one sender: record, event, and a line of the list per channel.

    Says what comes of it: `added`, `raised` (a soft one is hard now), or `already`, for which
    nothing is written. Raises `Contention` when something later is known: read again.
    """
    channels = missing(before, account_id, wanted)
    if not channels:
        return "already"
    seen = consent.latest(before, channels, account_id)
    hard = wanted.kind == Kind.HARD
    after = consent.lay(
        transaction,
        before,
        Happening(
            type=EventType.OPTED_OUT_ON_REQUEST if hard else EventType.OPTED_OUT_BY_USER,
            # Whoever decides has seen what is known, whatever the two clocks say.
            effective_at=max(now, seen) if seen else now,
            recorded_at=now,
            channels=channels,
            sender_id=before.sender_id,
            scope=account_id,
            source=wanted.source,
            actor=wanted.actor,
            evidence={**wanted.evidence, "user": wanted.by, "reason": wanted.reason},
        ),
        phone,
    )
    if after is None:
        raise Contention
    for channel in channels:
        entry = after.opted_out(channel, account_id)
        if entry:
            listing_store.add_listed(
                transaction,
                account_id,
                before.sender_id,
                before.subject,
                channel,
                entry.effective_at,
            )
    stood = any(before.opted_out(channel, account_id) for channel in channels)
    return "raised" if stood else "added"


def list_others(account_id: str, before: OptOut, channels: Sequence[Channel]) -> None:
    """Put on an account's list what another's contact laid down for all; safe to repeat.

    The account tried to add the number, so it may see this from now on (O1).
    """
    for line in lines(before, account_id):
        if line.channel in channels and not line.is_own:
            put(account_id, line)


def put(account_id: str, line: Listed) -> None:
    """Put a line on an account's list; doing it again changes nothing."""
    at = line.entry.effective_at
    listing_store.put_listed(account_id, line.sender_id, line.subject, line.channel, at)


def withdraw(
    transaction: Transaction,
    account_id: str,
    known: OptOut,
    channels: Sequence[Channel],
    by: tuple[str, str],
    now: datetime,
) -> None:
    """Take back what users laid down on one sender; `by` is the user's id and name.

    Raises `IllegalTransition` for what the contact laid down itself.
    """
    actor, name = by
    consent.withdraw(
        transaction,
        known,
        Happening(
            type=EventType.OPT_OUT_REVERSED,
            effective_at=now,
            recorded_at=now,
            channels=list(channels),
            sender_id=known.sender_id,
            scope=account_id,
            source=Source.ADMIN,
            actor=actor,
            evidence={"user": name},
        ),
    )
