"""Imports of opt-out lists: each number is opted out for this account, as one decision."""

from collections.abc import Sequence
from typing import Protocol

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.consent.model import Channel, Kind, Source
from assent.contacts.imports.columns import Reading
from assent.contacts.imports.effects import Decision
from assent.contacts.imports.model import Import, RowOutcome
from assent.contacts.imports.rows import Row
from assent.contacts.opt_outs import MOST_ADDED, Listed, Wanted

_MOST_PREVIEWED = 100


class OptOutList(Protocol):
    """What is asked of the opt-out list."""

    def preview(self, account: Account, phones: Sequence[str]) -> dict[str, list[Listed]]:
        """Say per number (E.164, at most 100) what stands against it already."""
        ...

    def add_many(self, account: Account, phones: Sequence[str], wanted: Wanted) -> dict[str, str]:
        """Opt numbers (E.164, at most 25) out; safe to repeat."""
        ...


def options(kind: Kind, channels: Sequence[Channel], reason: str) -> dict[str, object]:
    """Keep what is asked for with the import."""
    return {"kind": kind.value, "channels": [one.value for one in channels], "reason": reason}


def wanted(job: Import) -> Wanted:
    """Say what the import opts its numbers out of, and who said so."""
    origin = {"group": job.group_id} if job.group_id else {"file": job.file_name}
    return Wanted(
        kind=Kind(job.options["kind"]),
        channels=[Channel(one) for one in job.options["channels"]],
        source=Source.ADMIN,
        actor=job.actor,
        by=job.created_by,
        reason=job.options["reason"],
        evidence={"import": job.id, **origin},
    )


class OptOutImports:
    """Opts the numbers of an import out."""

    most_previewed = _MOST_PREVIEWED
    most_applied = MOST_ADDED
    refuses: frozenset[RowOutcome] = frozenset()

    def __init__(self, opt_outs: OptOutList, accounts: AccountService) -> None:
        self._opt_outs = opt_outs
        self._accounts = accounts

    def reading(self, job: Import) -> Reading:
        """Read nothing but the numbers."""
        return Reading(encoding=job.asked_encoding, fields={})

    def preview(self, account: Account, job: Import, rows: Sequence[Row]) -> list[RowOutcome]:
        """Say per number what adding it would come to."""
        asked = wanted(job)
        senders = [sender.id for sender in self._accounts.senders_of(account.id)]
        standing = self._opt_outs.preview(account, [row.phone for row in rows])
        return [_outcome(senders, standing[row.phone], asked) for row in rows]

    def apply(self, account: Account, job: Import, rows: Sequence[Decision]) -> list[RowOutcome]:
        """Add the numbers to the list."""
        self._opt_outs.add_many(account, [row.phone for row, _ in rows], wanted(job))
        # What a repetition finds there was added by this import: what was decided is the truth.
        return [outcome for _, outcome in rows]


def _outcome(senders: Sequence[str], standing: Sequence[Listed], asked: Wanted) -> RowOutcome:
    """Say what adding would come to, as adding itself would: the last sender's change counts."""
    outcome = RowOutcome.ALREADY
    for sender in senders:
        kinds = {line.channel: line.kind for line in standing if line.sender_id == sender}
        weaker = [
            channel
            for channel in asked.channels
            if channel not in kinds or (asked.kind == Kind.HARD and kinds[channel] == Kind.SOFT)
        ]
        if weaker:
            raised = any(channel in kinds for channel in weaker)
            outcome = RowOutcome.RAISED if raised else RowOutcome.ADDED
    return outcome
