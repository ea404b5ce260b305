"""Where the rows of an import go, and by what they can be reached there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assent.accounts.model import Account
from assent.consent.model import Channel, OptOut
from assent.contacts.groups.model import Group
from assent.contacts.imports.choices import Choices
from assent.contacts.imports.model import Import
from assent.contacts.imports.rows import Row
from assent.platform.ids import derived_id

Against = Mapping[tuple[str, str], OptOut]
"""Opt-out records by sender and pseudonym; what is not there has nothing against it."""


def contact_id(job: Import, row: Row) -> str:
    """Give the id that this row's contact always has, however often the row is imported."""
    return derived_id("ct", job.created_at, job.id, row.phone)


@dataclass(frozen=True)
class Target:
    """Where the rows of an import go."""

    account: Account
    job: Import
    chosen: Choices
    group: Group | None
    senders: Sequence[str]

    @property
    def sender_id(self) -> str:
        """The sender from which these people are written to: the group's home, or the account's."""
        return self.group.sender_id if self.group else self.account.sender_id

    @property
    def looked_at(self) -> list[str]:
        """All senders by which something may stand against a row."""
        return sorted({*self.senders, self.sender_id})

    def is_closed(self, subject: str, against: Against) -> bool:
        """Tell whether no channel that the import is about is left to reach this phone by.

        In a group its home sender decides; without one, a sender that is left is enough.
        """
        senders = [self.sender_id] if self.group else self.looked_at
        return all(not self.open_channels(sender_id, subject, against) for sender_id in senders)

    def open_channels(self, sender_id: str, subject: str, against: Against) -> list[Channel]:
        """Name the channels that the import is about and that nothing stands against."""
        known = against.get((sender_id, subject))
        return [
            channel
            for channel in self.chosen.channels
            if known is None or known.opted_out(channel, self.account.id) is None
        ]

    @property
    def at(self) -> datetime:
        """When the import was carried out: what people said since then is later."""
        return self.job.committed_at or self.job.created_at
