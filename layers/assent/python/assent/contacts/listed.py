"""A line of an account's opt-out list: what it says, and which lines are asked for."""

from dataclasses import dataclass
from datetime import datetime

from assent.consent.model import ALL_ACCOUNTS, Channel, Entry, Kind, OptOut, Source


@dataclass(frozen=True)
class Listed:
    """One line of an account's opt-out list."""

    sender_id: str
    subject: str
    channel: Channel
    phone: str
    entry: Entry
    scope: str  # `*`, or the account's id

    @property
    def id(self) -> str:
        """The line's id, which holds no phone number."""
        return f"{self.sender_id}~{self.subject}~{self.channel}"

    @property
    def kind(self) -> Kind:
        """Whose decision it is."""
        return Kind(self.entry.suppression.value)

    @property
    def removable(self) -> bool:
        """Tell whether a user may take it back."""
        return self.kind == Kind.SOFT

    @property
    def is_own(self) -> bool:
        """Tell whether it concerns this account alone; who else's decision it was is not shown."""
        return self.scope != ALL_ACCOUNTS


@dataclass(frozen=True)
class Filters:
    """Which lines are asked for; what is left out takes all."""

    number: str = ""  # E.164
    sender_id: str = ""
    channel: Channel | None = None
    kind: Kind | None = None
    source: Source | None = None
    since: datetime | None = None
    until: datetime | None = None

    def take(self, one: Listed) -> bool:
        """Tell whether a line is among those asked for."""
        at = one.entry.effective_at
        return (
            self.sender_id in ("", one.sender_id)
            and self.channel in (None, one.channel)
            and self.kind in (None, one.kind)
            and self.source in (None, one.entry.source)
            and (self.since is None or at >= self.since)
            and (self.until is None or at <= self.until)
        )


def line_of(known: OptOut, channel: Channel, account_id: str) -> Listed | None:
    """Show what stands against an account on one channel as a line of its list."""
    entry = known.opted_out(channel, account_id)
    if entry is None:
        return None
    everywhere = known.standing(channel, ALL_ACCOUNTS, account_id)
    return Listed(
        sender_id=known.sender_id,
        subject=known.subject,
        channel=channel,
        phone=known.phone,
        entry=entry,
        scope=ALL_ACCOUNTS if entry == everywhere else account_id,
    )


def lines(known: OptOut, account_id: str) -> list[Listed]:
    """Show all that stands against an account, a line per channel."""
    found = (line_of(known, channel, account_id) for channel in Channel)
    return [line for line in found if line]
