"""The opt-out list of an account: what stands on it, and what its users add and take back.

What stands is in the opt-out records of the senders; the account's own list is an index over them
in the order of time. What a user adds covers every sender of the account and this account alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from assent.accounts.model import Account, Sender
from assent.accounts.service import AccountService
from assent.consent import store
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, OptOut
from assent.consent.policy import way_back
from assent.contacts import opting_out
from assent.contacts.listed import Filters, Listed, line_of, lines
from assent.contacts.opting_out import Wanted
from assent.contacts.service import apply_opt_out, undo_opt_out
from assent.platform.clock import Clock, stamp
from assent.platform.errors import Conflict, NotFound
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.tables import ConditionFailed, Contention, Transaction

__all__ = ["MOST_ADDED", "Filters", "Listed", "OptOutService", "Wanted", "line_of", "lines"]

_T = TypeVar("_T")
_ATTEMPTS = 5
_ROUNDS = 8
"""How often a page is filled up after filters have thinned it out, before it is given as it is."""
MOST_ADDED = 25
"""Numbers in one transaction: an opt-out record, an event and two lines of the list for each."""


@dataclass
class OptOutService:
    """Reads and changes an account's opt-out list."""

    clock: Clock
    accounts: AccountService
    pseudonyms: Pseudonyms

    def preview(
        self, account: Account, phones: Sequence[str], *, consistent: bool = False
    ) -> dict[str, list[Listed]]:
        """Say per number (E.164, at most 100) what stands against it for this account already."""
        subjects = {phone: self.pseudonyms.of(phone) for phone in phones}
        senders = self.accounts.senders_of(account.id)
        keys = [(sender.id, subject) for sender in senders for subject in subjects.values()]
        found = store.opt_outs(keys, consistent=consistent)
        return {
            phone: [
                line
                for sender in senders
                if (known := found.get((sender.id, subject)))
                for line in lines(known, account.id)
            ]
            for phone, subject in subjects.items()
        }

    def add_many(self, account: Account, phones: Sequence[str], wanted: Wanted) -> dict[str, str]:
        """Opt numbers (E.164, at most 25) out for this account on all of its senders.

        Says per number what became of it: `added`, `raised` (a soft one is hard now) or `already`.
        Safe to repeat: what stands already is not written again. A number that another account's
        contact stopped for all is on this account's list from now on, since it tried to add it.
        """
        outcomes = dict.fromkeys(phones, "already")
        for sender in self.accounts.senders_of(account.id):
            for phone, outcome in self._add_to_sender(account, sender, phones, wanted).items():
                if outcome != "already":
                    outcomes[phone] = outcome
        self._apply(account, phones, wanted.channels)
        return outcomes

    def _add_to_sender(
        self, account: Account, sender: Sender, phones: Sequence[str], wanted: Wanted
    ) -> dict[str, str]:
        try:
            return self._add_at_once(account, sender, phones, wanted)
        except (ConditionFailed, Contention):
            # Somebody else writes to one of them: each by itself, so that none waits for another.
            outcomes: dict[str, str] = {}
            for phone in phones:
                alone = partial(self._add_at_once, account, sender, [phone], wanted)
                outcomes |= _trying(alone)
            return outcomes

    def _add_at_once(
        self, account: Account, sender: Sender, phones: Sequence[str], wanted: Wanted
    ) -> dict[str, str]:
        subjects = {phone: self.pseudonyms.of(phone) for phone in dict.fromkeys(phones)}
        found = store.opt_outs(((sender.id, s) for s in subjects.values()), consistent=True)
        transaction = Transaction()
        outcomes: dict[str, str] = {}
        for phone, subject in subjects.items():
            before = found.get((sender.id, subject)) or OptOut(sender_id=sender.id, subject=subject)
            opting_out.list_others(account.id, before, wanted.channels)
            now = self.clock.now()
            outcomes[phone] = opting_out.lay(transaction, account.id, before, phone, wanted, now)
        if any(outcome != "already" for outcome in outcomes.values()):
            transaction.commit()
        return outcomes

    def _apply(self, account: Account, phones: Sequence[str], channels: Iterable[Channel]) -> None:
        """Tidy memberships and queue; also for what stood already, after a crash in between."""
        subjects = {self.pseudonyms.of(phone) for phone in phones}
        known = store.consents(account.id, subjects)
        for one in known.values():
            if one.contact_id:
                for sender in self.accounts.senders_of(account.id):
                    for channel in channels:
                        apply_opt_out(account.id, one.contact_id, sender.id, channel, self.clock)

    def find(self, account: Account, listed_id: str) -> Listed:
        """Return one line of this account's list, or raise `NotFound`."""
        known, channel = self._read(account, listed_id)
        return self._line(account, known, channel)

    def _read(self, account: Account, listed_id: str) -> tuple[OptOut, Channel]:
        sender_id, _, rest = listed_id.partition("~")
        subject, _, name = rest.partition("~")
        senders = {sender.id for sender in self.accounts.senders_of(account.id)}
        if sender_id not in senders or name not in set(Channel):
            raise _not_listed()
        return store.opt_out(sender_id, subject), Channel(name)

    def _line(self, account: Account, known: OptOut, channel: Channel) -> Listed:
        line = line_of(known, channel, account.id)
        if line is None or not self._may_see(account, line):
            raise _not_listed()
        return line

    def _may_see(self, account: Account, line: Listed) -> bool:
        """Let an account see what covers all accounts only of numbers it has or tried to add."""
        return line.is_own or (
            listing_store.is_known(line.sender_id, line.subject, account.id)
            or listing_store.is_listed(
                account.id, line.sender_id, line.subject, line.channel, line.entry.effective_at
            )
        )

    def remove(
        self, account: Account, listed_id: str, actor: str, by: str
    ) -> tuple[Listed, list[str]]:
        """Take back a soft opt-out; returns it, with the groups that the contact is back in.

        Raises `NotFound`, and `Conflict` with the way back for what the contact laid down.
        """
        line = _trying(lambda: self._withdraw(account, listed_id, actor, by))
        return line, self.finish_removal(account, listed_id, line.entry.effective_at)

    def finish_removal(self, account: Account, listed_id: str, at: datetime) -> list[str]:
        """Tidy after a line that stood since `at` was taken back; safe to repeat.

        Returns the groups that the contact is back in. Nothing happens while the line stands.
        """
        known, channel = self._read(account, listed_id)
        stands = known.opted_out(channel, account.id)
        if stands is None or stands.effective_at != at:
            listing_store.end_listed(account.id, known.sender_id, known.subject, channel, at)
        agreed = store.consent(account.id, known.subject)
        if stands or agreed.contact_id is None:
            return []
        return undo_opt_out(account.id, agreed.contact_id, known.sender_id, channel, self.clock)

    def _withdraw(self, account: Account, listed_id: str, actor: str, by: str) -> Listed:
        known, channel = self._read(account, listed_id)
        line = self._line(account, known, channel)
        if not line.removable:
            sender = self.accounts.sender(line.sender_id)
            address = sender.address if sender else ""
            raise Conflict(
                "hard_opt_out",
                "The contact opted out, and only the contact can undo it. "
                + way_back(channel, address),
            )
        transaction = Transaction()
        now = self.clock.now()
        opting_out.withdraw(transaction, account.id, known, [channel], (actor, by), now)
        transaction.commit()
        return line

    def page(
        self, account: Account, filters: Filters, cursor: str | None, limit: int
    ) -> tuple[list[Listed], str | None]:
        """List lines, newest first, and the cursor of the next page; a page may be short."""
        if filters.number:
            return list(self._of_number(account, filters)), None
        after = cursor or (f"{stamp(filters.until)}~" if filters.until else None)
        if after is not None and after < (stamp(filters.since) if filters.since else "0"):
            return [], None  # nothing can be between them
        found: list[Listed] = []
        for _ in range(_ROUNDS):
            rows = listing_store.listed(account.id, since=filters.since, before=after, limit=limit)
            for row, line in zip(rows, self._lines(account, rows), strict=True):
                after = row
                if line and filters.take(line):
                    found.append(line)
                    if len(found) == limit:
                        return found, after
            if len(rows) < limit:
                return found, None
        return found, after

    def _lines(self, account: Account, rows: list[str]) -> list[Listed | None]:
        """Read what the rows point at; a row that no longer says how things stand gives nothing."""
        keys = [_parts(row) for row in rows]
        found = store.opt_outs((sender_id, subject) for _, sender_id, subject, _ in keys)
        lines: list[Listed | None] = []
        for at, sender_id, subject, channel in keys:
            known = found.get((sender_id, subject))
            line = line_of(known, channel, account.id) if known else None
            current = line and stamp(line.entry.effective_at) == at
            lines.append(line if current else None)
        return lines

    def _of_number(self, account: Account, filters: Filters) -> Iterable[Listed]:
        [found] = self.preview(account, [filters.number]).values()
        return (line for line in found if filters.take(line) and self._may_see(account, line))


def _parts(row: str) -> tuple[str, str, str, Channel]:
    at, sender_id, subject, channel = row.split("#")
    return at, sender_id, subject, Channel(channel)


def _not_listed() -> NotFound:
    return NotFound("not_listed", "This is not, or no longer, on your opt-out list.")


def _trying(change: Callable[[], _T]) -> _T:
    for _ in range(_ATTEMPTS):
        try:
            return change()
        except (ConditionFailed, Contention):
            continue
    raise Contention
