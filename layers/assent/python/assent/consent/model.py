"""The consent state machine as two literal tables, and what is kept of each person.

*Standing* is what one account knows of a person's agreement, per sender and channel. *Suppression*
is what stands against sending, per sender, channel and scope, and always wins. Effective status is
the two together. The time at which a thing took effect decides, never the order of arrival.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

ALL_ACCOUNTS = "*"


class Channel(StrEnum):
    """A way of reaching a phone."""

    SMS = "sms"
    VOICE = "voice"


class Kind(StrEnum):
    """Whose decision an opt-out is: the account's own (soft), or the contact's will (hard)."""

    SOFT = "soft"
    HARD = "hard"


class Source(StrEnum):
    """Through what an opt-out or opt-in came in."""

    KEYWORD = "Keyword"
    KEYPRESS = "Keypress"
    API = "API"
    ADMIN = "Admin"
    PROVIDER = "Provider"
    FORM = "Form"


class Standing(StrEnum):
    """What an account has on record."""

    NONE = "none"
    PENDING = "pending"
    SUBSCRIBED = "subscribed"


class Suppression(StrEnum):
    """What stands against sending."""

    CLEAR = "clear"
    SOFT = "soft"
    HARD = "hard"


class Status(StrEnum):
    """What people see: the standing, unless a suppression hides it."""

    NONE = "none"
    PENDING = "pending"
    SUBSCRIBED = "subscribed"
    SOFT_OPT_OUT = "soft_opt_out"
    HARD_OPT_OUT = "hard_opt_out"


class EventType(StrEnum):
    """What can happen to consent. Ledger events are past tense: they have happened."""

    LEAD_RECEIVED = "lead_received"
    CONFIRMATION_REQUESTED = "confirmation_requested"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    STOPPED = "stopped"
    STARTED = "started"
    OPTED_OUT_BY_USER = "opted_out_by_user"
    OPT_OUT_REVERSED = "opt_out_reversed"
    PROVIDER_REPORTED = "provider_reported"


class IllegalTransition(Exception):
    """This event cannot happen in this state; nothing was changed."""


STANDINGS: dict[tuple[Standing, EventType], Standing] = {
    (Standing.NONE, EventType.LEAD_RECEIVED): Standing.SUBSCRIBED,
    (Standing.PENDING, EventType.LEAD_RECEIVED): Standing.SUBSCRIBED,
    (Standing.SUBSCRIBED, EventType.LEAD_RECEIVED): Standing.SUBSCRIBED,
    (Standing.NONE, EventType.CONFIRMATION_REQUESTED): Standing.PENDING,
    (Standing.PENDING, EventType.CONFIRMATION_REQUESTED): Standing.PENDING,
    # A repeat request does not take away what was given.
    (Standing.SUBSCRIBED, EventType.CONFIRMATION_REQUESTED): Standing.SUBSCRIBED,
    (Standing.PENDING, EventType.CONFIRMED): Standing.SUBSCRIBED,
    (Standing.PENDING, EventType.DECLINED): Standing.NONE,
    (Standing.PENDING, EventType.EXPIRED): Standing.NONE,
}

SUPPRESSIONS: dict[tuple[Suppression, EventType], Suppression] = {
    (Suppression.CLEAR, EventType.STOPPED): Suppression.HARD,
    (Suppression.SOFT, EventType.STOPPED): Suppression.HARD,
    (Suppression.HARD, EventType.STOPPED): Suppression.HARD,
    (Suppression.CLEAR, EventType.STARTED): Suppression.CLEAR,
    (Suppression.SOFT, EventType.STARTED): Suppression.CLEAR,
    # Only the contact lifts what the contact laid down: there is no other row that leaves HARD.
    (Suppression.HARD, EventType.STARTED): Suppression.CLEAR,
    (Suppression.CLEAR, EventType.OPTED_OUT_BY_USER): Suppression.SOFT,
    (Suppression.SOFT, EventType.OPTED_OUT_BY_USER): Suppression.SOFT,
    (Suppression.HARD, EventType.OPTED_OUT_BY_USER): Suppression.HARD,
    (Suppression.SOFT, EventType.OPT_OUT_REVERSED): Suppression.CLEAR,
    (Suppression.CLEAR, EventType.PROVIDER_REPORTED): Suppression.HARD,
    (Suppression.SOFT, EventType.PROVIDER_REPORTED): Suppression.HARD,
    (Suppression.HARD, EventType.PROVIDER_REPORTED): Suppression.HARD,
}


def next_standing(standing: Standing, event: EventType) -> Standing:
    """Look the transition up, or raise `IllegalTransition`."""
    try:
        return STANDINGS[standing, event]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen to {standing}") from None


def next_suppression(suppression: Suppression, event: EventType) -> Suppression:
    """Look the transition up, or raise `IllegalTransition`."""
    try:
        return SUPPRESSIONS[suppression, event]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen to {suppression}") from None


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Agreement(_Frozen):
    """An account's standing with a person on one channel of one sender."""

    standing: Standing = Standing.NONE
    effective_at: datetime | None = None
    source: Source | None = None


class Consent(_Frozen):
    """What one account has on record of one phone, and the head of that chain."""

    account_id: str
    subject: str  # the phone's pseudonym
    contact_id: str | None = None
    agreements: dict[str, Agreement] = {}
    sequence: int = 0
    head: str = ""
    # The lead that made or last changed this, so that a repeat is known by one read.
    last_lead: dict[str, str] = {}
    todo: list[str] = []

    def agreement(self, sender_id: str, channel: Channel) -> Agreement:
        """Return the standing on one channel of one sender; nothing known is `none`."""
        return self.agreements.get(f"{sender_id}|{channel}", Agreement())


class Entry(_Frozen):
    """One line of the opt-out list. Lifted ones stay, as tombstones with their time."""

    suppression: Suppression
    source: Source
    effective_at: datetime
    recorded_at: datetime
    by: str = ""


class OptOut(_Frozen):
    """All that stands against sending from one sender to one phone, for every account."""

    sender_id: str
    subject: str
    phone: str = ""
    entries: dict[str, Entry] = {}
    sequence: int = 0
    head: str = ""
    # When STOP was last confirmed: once in 24 hours is enough.
    replied_at: datetime | None = None

    def entry(self, channel: Channel, scope: str) -> Entry | None:
        """Return the line for exactly this channel and scope, lifted or not."""
        return self.entries.get(f"{channel}|{scope}")

    def standing_against(self, channel: Channel, account_id: str) -> Entry | None:
        """Return the line that keeps this account from sending, the hard one first."""
        found = [
            entry
            for scope in (ALL_ACCOUNTS, account_id)
            if (entry := self.entry(channel, scope)) and entry.suppression != Suppression.CLEAR
        ]
        return max(found, key=lambda e: e.suppression == Suppression.HARD, default=None)

    def blocked_scopes(self, channel: Channel) -> set[str]:
        """Return the scopes that may not send on this channel, for conditions on the item."""
        return {
            key.partition("|")[2]
            for key, entry in self.entries.items()
            if key.startswith(f"{channel}|") and entry.suppression != Suppression.CLEAR
        }

    def scopes(self, channel: Channel) -> list[str]:
        """Return every scope this channel has a line for, lifted or not."""
        return [key.partition("|")[2] for key in self.entries if key.startswith(f"{channel}|")]


def takes_effect(entry: Entry | None, event: EventType, at: datetime) -> bool:
    """Tell whether an event counts beside what is known: the later one wins, ties go to STOP."""
    if entry is None:
        return True
    if event in (EventType.STARTED, EventType.OPT_OUT_REVERSED):
        return at > entry.effective_at
    return at >= entry.effective_at


def status_of(agreement: Agreement, against: Entry | None) -> Status:
    """Join standing and suppression into what people see."""
    if against is None:
        return Status(agreement.standing.value)
    if against.suppression == Suppression.HARD:
        return Status.HARD_OPT_OUT
    return Status.SOFT_OPT_OUT
