"""Checking one phone's chains against what is kept beside them: heads and present state."""

from dataclasses import dataclass
from enum import StrEnum

from assent.consent import store
from assent.consent.chains import store as chain_store
from assent.consent.history import differences_of_consent, differences_of_opt_out
from assent.consent.ledger import Fault, LedgerEvent, Link, verify
from assent.consent.model import Consent, OptOut

_ATTEMPTS = 3
_UNREADABLE = (ValueError, TypeError, LookupError)

_TOLD = {
    "changed": "Something was changed after it was written",
    "missing": "An event is missing",
    "moved": "An event stands where it does not belong",
    "cut_off": "The end of the chain is missing",
    "head_differs": "The chain does not end where its head says",
}


class OwnerKind(StrEnum):
    """Whose chain it is: agreement is an account's, STOP and START are a sender's."""

    ACCOUNT = "account"
    SENDER = "sender"


@dataclass(frozen=True)
class Checked:
    """A chain as it was found, its first fault, and how the stored state differs from it."""

    owner: str
    subject: str
    record: Consent | OptOut | None  # nothing when it cannot be read
    links: list[Link]
    fault: Fault | None
    differences: list[str]

    @property
    def owner_kind(self) -> OwnerKind:
        """Say whose chain it is."""
        return _kind(self.owner)

    @property
    def ok(self) -> bool:
        """Tell whether chain, head and state fit together."""
        return self.fault is None and not self.differences

    @property
    def fault_told(self) -> Fault | None:
        """Give the fault as any account of a sender may read it: without what an event holds."""
        if self.fault is None or self.owner_kind == OwnerKind.ACCOUNT:
            return self.fault
        place = f"event {self.fault.sequence}" if self.fault.sequence else "its record"
        told = f"{_TOLD.get(self.fault.code, self.fault.code)}: {place}."
        return self.fault.model_copy(update={"message": told})

    @property
    def head(self) -> tuple[int, str]:
        """Give the (sequence, hash) that is kept outside the ledger."""
        return (self.record.sequence, self.record.head) if self.record else (0, "")

    @property
    def events(self) -> list[LedgerEvent]:
        """Give the events that can be read."""
        return [link.event for link in self.links if link.event]


def check(owner: str, subject: str) -> Checked:
    """Check a phone's chain of an account or a sender; whatever is stored, it does not raise."""
    found = _look(owner, subject)
    for _ in range(_ATTEMPTS):
        # What was appended between the two reads is no fault.
        if found.ok or found.record == _record(owner, subject):
            break
        found = _look(owner, subject)
    return found


def _look(owner: str, subject: str) -> Checked:
    record = _record(owner, subject)
    links = chain_store.links(owner, subject)
    if record is None:
        problem = Fault(
            sequence=0,
            code="head_differs",
            field="record",
            message="The record that keeps the head of the chain cannot be read.",
        )
        return Checked(owner, subject, None, links, problem, ["the record cannot be read"])
    fault = verify(owner, subject, links, (record.sequence, record.head))
    return Checked(owner, subject, record, links, fault, _differences(record, links))


def _differences(record: Consent | OptOut, links: list[Link]) -> list[str]:
    events = [link.event for link in links if link.event]
    if isinstance(record, Consent):
        return differences_of_consent(events, record)
    stale = store.stale_sets(record.sender_id, record.subject)
    sets = [f"set {name}: it does not repeat the record's lines" for name in stale]
    return [*differences_of_opt_out(events, record), *sets]


def _record(owner: str, subject: str) -> Consent | OptOut | None:
    read = store.opt_out if _kind(owner) == OwnerKind.SENDER else store.consent
    try:
        return read(owner, subject)
    except _UNREADABLE:
        return None


def _kind(owner: str) -> OwnerKind:
    return OwnerKind.SENDER if owner.startswith("sn_") else OwnerKind.ACCOUNT
