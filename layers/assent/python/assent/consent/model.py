"""What is kept of each person's consent, in which states, and what can happen to it.

What may happen in which state is in `transitions`.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

ALL_ACCOUNTS = "*"
CONFIRMATION_LAPSES = timedelta(days=30)
"""For how long an answer to a confirmation request is waited for."""


class Channel(StrEnum):
    """A way of reaching a phone."""

    SMS = "sms"
    VOICE = "voice"


class Kind(StrEnum):
    """Whose decision an opt-out is: the account's own (soft), or the contact's will (hard).

    What may be an opt-out is `held` until somebody has decided.
    """

    HELD = "held"
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
    IMPORT = "Import"


class Standing(StrEnum):
    """What an account has on record."""

    NONE = "none"
    PENDING = "pending"
    SUBSCRIBED = "subscribed"


class Suppression(StrEnum):
    """What stands against sending, from nothing to the worst."""

    CLEAR = "clear"
    HELD = "held"  # may be an opt-out: a person has to decide, and broadcasts wait for it
    SOFT = "soft"
    HARD = "hard"


class Status(StrEnum):
    """What people see, the effective status: the standing, unless a suppression hides it."""

    NONE = "none"
    PENDING = "pending"
    SUBSCRIBED = "subscribed"
    SOFT_OPT_OUT = "soft_opt_out"
    HARD_OPT_OUT = "hard_opt_out"


class EventType(StrEnum):
    """What can happen to consent. Ledger events are past tense: they have happened."""

    LEAD_RECEIVED = "lead_received"
    IMPORTED = "imported"
    CONFIRMATION_REQUESTED = "confirmation_requested"
    JOIN_REQUESTED = "join_requested"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    NUMBER_REASSIGNED = "number_reassigned"
    NUMBER_CHANGED = "number_changed"
    ERASED = "erased"
    STOPPED = "stopped"
    OPTED_OUT_ON_REQUEST = "opted_out_on_request"
    PROVIDER_REPORTED = "provider_reported"
    OPTED_OUT_BY_USER = "opted_out_by_user"
    OPT_OUT_REVERSED = "opt_out_reversed"
    DOUBTED = "doubted"
    DOUBT_DISMISSED = "doubt_dismissed"
    STARTED = "started"
    REJOINED = "rejoined"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Agreement(_Frozen):
    """An account's standing with a person on one channel of one sender."""

    standing: Standing = Standing.NONE
    effective_at: datetime | None = None
    source: Source | None = None
    # An open question: when it was asked, through what, and the group that a YES leads to.
    asked_at: datetime | None = None
    asked_through: EventType | None = None
    group_id: str = ""
    # When consent last ended: what is older and comes later changes nothing.
    ended_at: datetime | None = None

    def lapses_at(self) -> datetime | None:
        """Say when the open question, if there is one, is no longer waited for."""
        return self.asked_at + CONFIRMATION_LAPSES if self.asked_at else None

    def is_open(self, at: datetime) -> bool:
        """Tell whether an answer is awaited; what was said before the question is none."""
        lapses = self.lapses_at()
        return self.asked_at is not None and lapses is not None and self.asked_at <= at < lapses


class Consent(_Frozen):
    """What one account has on record of one phone, and the head of that chain."""

    account_id: str
    subject: str  # the phone's pseudonym
    contact_id: str | None = None
    agreements: dict[str, Agreement] = {}
    sequence: int = 0
    head: str = ""
    # The lead that made or last changed this, and the import that did, so that a repeat is known by
    # one read.
    last_lead: dict[str, str] = {}
    todo: list[str] = []
    # It had a contact that was deleted; one that was forgotten leaves no number behind.
    deleted: bool = False

    def agreement(self, sender_id: str, channel: Channel) -> Agreement:
        """Return the standing on one channel of one sender; nothing known is `none`."""
        return self.agreements.get(f"{sender_id}|{channel}", Agreement())

    @property
    def imported_by(self) -> dict[str, str]:
        """The note of the import that was here, by its id.

        It stays when the contact goes: a row that is carried out again must not make it anew.
        """
        return {name: note for name, note in self.last_lead.items() if name.startswith("im_")}

    def senders(self) -> set[str]:
        """Name the senders about which something is on record."""
        return {key.partition("|")[0] for key in self.agreements}


class Entry(_Frozen):
    """One line of an opt-out record. One that a user took back stays, as clear, with its time."""

    suppression: Suppression
    source: Source
    effective_at: datetime
    recorded_at: datetime
    by: str = ""
    reason: str = ""


_WORST_FIRST = (Kind.HARD, Kind.SOFT, Kind.HELD)


class OptOut(_Frozen):
    """All that stands against sending from one sender to one phone, for every account.

    `entries` holds, per `channel|scope|kind`, the latest that was laid down or taken back;
    `lifts` holds, per `channel|scope`, when the contact last lifted what was there: for all
    accounts by START, for one account by YES to its JOIN. An entry stands unless a later lift
    covers it. Each is decided by its own latest time, so the order of arrival never matters.
    """

    sender_id: str
    subject: str
    phone: str = ""
    entries: dict[str, Entry] = {}
    lifts: dict[str, datetime] = {}
    sequence: int = 0
    head: str = ""
    # When STOP was last confirmed: once in 24 hours is enough.
    replied_at: datetime | None = None

    def entry(self, channel: Channel, scope: str, kind: Kind) -> Entry | None:
        """Return the line for exactly this channel, scope and kind, standing or not."""
        return self.entries.get(f"{channel}|{scope}|{kind}")

    def lifted_at(self, channel: Channel, account_id: str) -> datetime | None:
        """Say when the contact last lifted what stood between this account and itself."""
        found = [
            at
            for scope in {ALL_ACCOUNTS, account_id}
            if (at := self.lifts.get(f"{channel}|{scope}"))
        ]
        return max(found, default=None)

    def standing(
        self, channel: Channel, scope: str, account_id: str = ALL_ACCOUNTS
    ) -> Entry | None:
        """Return the worst line of a scope that no lift known to this account covers."""
        lifted = self.lifted_at(channel, account_id)
        for kind in _WORST_FIRST:
            entry = self.entry(channel, scope, kind)
            if entry is None or entry.suppression == Suppression.CLEAR:
                continue
            # A STOP at the very moment of a START wins.
            if lifted is None or entry.effective_at >= lifted:
                return entry
        return None

    def standing_against(self, channel: Channel, account_id: str) -> Entry | None:
        """Return the worst line that concerns this account's sending, if any stands."""
        found = [
            entry
            for scope in (ALL_ACCOUNTS, account_id)
            if (entry := self.standing(channel, scope, account_id))
        ]
        return max(found, key=lambda entry: SEVERITY[entry.suppression], default=None)

    def opted_out(self, channel: Channel, account_id: str) -> Entry | None:
        """Return the opt-out that stands against this account; a mere doubt is none."""
        entry = self.standing_against(channel, account_id)
        return entry if entry and entry.suppression != Suppression.HELD else None

    def open_doubt(self, channel: Channel) -> Entry | None:
        """Return the doubt that holds somebody's broadcasts and that nothing has settled."""
        entry = self.entry(channel, ALL_ACCOUNTS, Kind.HELD)
        # Over a STOP it may still stand for an account that was joined since.
        concerned = {ALL_ACCOUNTS, *self.open_scopes(channel)}
        seen = (self.standing(channel, ALL_ACCOUNTS, account) for account in concerned)
        return entry if entry is not None and entry in seen else None

    def opted_out_at(self, channel: Channel, account_id: str) -> datetime | None:
        """Say when the latest of all opt-outs that stand against an account was laid down."""
        lifted = self.lifted_at(channel, account_id)
        lines = (
            self.entry(channel, scope, kind)
            for scope in (ALL_ACCOUNTS, account_id)
            for kind in (Kind.HARD, Kind.SOFT)
        )
        laid = (
            line.effective_at for line in lines if line and line.suppression != Suppression.CLEAR
        )
        return max((at for at in laid if lifted is None or at >= lifted), default=None)

    def state(self, channel: Channel, scope: str) -> Suppression:
        """Say which state of the table a scope is in."""
        entry = self.standing(channel, scope, scope)
        return entry.suppression if entry else Suppression.CLEAR

    def scopes(self, channel: Channel) -> set[str]:
        """Name the scopes for which this channel has a line, standing or not."""
        keys = (key.split("|") for key in self.entries)
        return {scope for of, scope, _ in keys if of == channel}

    def blocked_scopes(self, channel: Channel) -> set[str]:
        """Return the scopes that may not send on this channel, for conditions on the item."""
        return {
            scope
            for scope in self.scopes(channel)
            if self.state(channel, scope) in (Suppression.SOFT, Suppression.HARD)
        }

    def open_scopes(self, channel: Channel) -> set[str]:
        """Return the accounts that a line for all accounts no longer concerns: they were joined."""
        if ALL_ACCOUNTS not in self.blocked_scopes(channel):
            return set()
        joined = (key.partition("|")[2] for key in self.lifts if key.startswith(f"{channel}|"))
        return {
            account
            for account in joined
            # A mere doubt that came after it blocks nobody.
            if account != ALL_ACCOUNTS and self._open_to(channel, account)
        }

    def _open_to(self, channel: Channel, account_id: str) -> bool:
        entry = self.standing(channel, ALL_ACCOUNTS, account_id)
        return entry is None or entry.suppression == Suppression.HELD


SEVERITY = {one: rank for rank, one in enumerate(Suppression)}
"""Of two lines, the worse one is what people are told."""


def status_of(agreement: Agreement, against: Entry | None, at: datetime) -> Status:
    """Join standing and suppression into what people see at a moment."""
    if against and against.suppression == Suppression.HARD:
        return Status.HARD_OPT_OUT
    if against and against.suppression == Suppression.SOFT:
        return Status.SOFT_OPT_OUT
    if agreement.standing == Standing.PENDING and not agreement.is_open(at):
        return Status.NONE
    return Status(agreement.standing.value)
