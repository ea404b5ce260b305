"""Which contacts are asked for, and in which order."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from ulid import ULID

from assent.consent.model import Channel, Status
from assent.contacts.directory.words import Query
from assent.contacts.model import ComplianceState, Contact, Origin, QueueState, Textable

_OUT = frozenset({Status.SOFT_OPT_OUT, Status.HARD_OPT_OUT})
_LONGEST_SEARCH = 100
TIME_LENGTH = 10
"""Characters of a ULID that hold its time, to the millisecond."""


class Sort(StrEnum):
    """The orders in which contacts are listed."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    FAVOURITES = "favourites"  # these first, each part newest first


class Overall(StrEnum):
    """What a contact is all in all."""

    ACTIVE = "active"
    OPTED_OUT = "opted_out"  # of both channels
    UNREACHABLE = "unreachable"
    ERASED = "erased"


class OptedOut(StrEnum):
    """Of what a contact opted out, whoever decided it."""

    ANY = "any"
    SMS = "sms"
    VOICE = "voice"
    BOTH = "both"
    NEITHER = "neither"


def overall(contact: Contact) -> Overall:
    """Derive what a contact is all in all."""
    if contact.erased_at:
        return Overall.ERASED
    out = {channel for channel in Channel if contact.mark(channel) in _OUT}
    if len(out) == len(Channel):
        return Overall.OPTED_OUT
    silent = contact.compliance.state == ComplianceState.FAILED
    # A landline gets no texts, so calls are all that is left of it.
    only_calls = contact.textable != Textable.YES and Channel.VOICE in out
    return Overall.UNREACHABLE if silent or only_calls else Overall.ACTIVE


class Filter(BaseModel):
    """What a contact must be; what is left out takes all. All of it has to hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    search: str = Field(
        default="",
        max_length=_LONGEST_SEARCH,
        description="Beginnings of words of the name in any order, an e-mail address, a number in "
        "any notation or at least its last four digits; accents and case do not matter.",
    )
    group_id: str = Field(default="", max_length=40)
    no_group: bool = False
    label_id: str = Field(default="", max_length=40)
    favourite: bool | None = None
    status: Overall | None = None
    opted_out: OptedOut | None = None
    sms: Status | None = None
    voice: Status | None = None
    compliance: ComplianceState | None = None
    opt_in: Literal["", "Y", "N", "none"] = ""
    origin: Origin | None = None
    integration_id: str = Field(default="", max_length=40)
    import_id: str = Field(default="", max_length=40)
    queued: bool = False  # waits in the opt-in queue

    def takes(self, contact: Contact, query: Query | None) -> bool:
        """Tell whether a contact is among those asked for; `query` is the search, read."""
        return (
            (query is None or query.takes(contact))
            and self._takes_places(contact)
            and self._takes_status(contact)
            and self._takes_origin(contact)
        )

    def _takes_places(self, contact: Contact) -> bool:
        return (
            (not self.group_id or self.group_id in contact.groups)
            and not (self.no_group and contact.groups)
            and (not self.label_id or self.label_id in contact.labels)
            and self.favourite in (None, contact.favourite)
            and (not self.queued or contact.queue.state == QueueState.QUEUED)
        )

    def _takes_status(self, contact: Contact) -> bool:
        is_all_in_all = overall(contact)
        # Who was erased is shown to those who ask for it, and in nobody else's way.
        if self.status != Overall.ERASED and is_all_in_all == Overall.ERASED:
            return False
        return (
            self.status in (None, is_all_in_all)
            and self.sms in (None, contact.mark(Channel.SMS))
            and self.voice in (None, contact.mark(Channel.VOICE))
            and self._takes_opt_out(contact)
            and self.compliance in (None, contact.compliance.state)
            and (not self.opt_in or (contact.opt_in or "none") == self.opt_in)
        )

    def _takes_opt_out(self, contact: Contact) -> bool:
        sms, voice = (contact.mark(channel) in _OUT for channel in (Channel.SMS, Channel.VOICE))
        return {
            None: True,
            OptedOut.ANY: sms or voice,
            OptedOut.SMS: sms,
            OptedOut.VOICE: voice,
            OptedOut.BOTH: sms and voice,
            OptedOut.NEITHER: not sms and not voice,
        }[self.opted_out]

    def _takes_origin(self, contact: Contact) -> bool:
        return (
            self.origin in (None, contact.origin)
            and self.integration_id in ("", contact.integration_id)
            and self.import_id in ("", contact.import_id)
        )


def first_id_after(at: datetime) -> str:
    """Return an id that sorts behind all contacts made up to a moment (to the millisecond)."""
    milliseconds = int(at.timestamp() * 1000) + 1
    return f"ct_{ULID.from_bytes(milliseconds.to_bytes(6, 'big') + bytes(10))}"
