"""The append-only ledger: events chained by their hashes, so that no change goes unseen.

An event's hash covers every field and the hash before it. Evidence is covered through a salted
commitment: erasing evidence and salt leaves a chain that still verifies and tells nothing.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from assent.consent.model import Channel, EventType, Kind, Source

_SALT_BYTES = 16


class Happening(BaseModel):
    """What is to be recorded, before it has its place in a chain."""

    model_config = ConfigDict(frozen=True)

    type: EventType
    effective_at: datetime
    recorded_at: datetime
    channels: list[Channel]
    sender_id: str
    scope: str = ""  # an account, or `*`; filled in with the chain's own when it is appended
    source: Source
    kind: Kind | None = None
    actor: str = ""  # a user, an integration or a key; empty for the contact
    evidence: dict[str, str] = {}


class LedgerEvent(BaseModel):
    """One link of a chain. `owner` is the account or sender whose chain it is."""

    # A field that was slipped in is kept, so that the hash no longer fits.
    model_config = ConfigDict(frozen=True, extra="allow")

    owner: str
    subject: str
    sequence: int
    type: EventType
    effective_at: datetime
    recorded_at: datetime
    channels: list[Channel]
    sender_id: str
    scope: str
    source: Source
    kind: Kind | None
    actor: str
    commitment: str
    previous: str
    hash: str = ""
    # Kept beside the chain, not in it: what an erasure removes.
    evidence: dict[str, str] | None = None
    salt: str | None = None

    def digest(self) -> str:
        """Compute the hash that this event should carry: SHA-256, in hexadecimal."""
        covered = self.model_dump(mode="json", exclude={"hash", "evidence", "salt"})
        return hashlib.sha256(_canonical(covered)).hexdigest()


def _canonical(value: Any) -> bytes:  # noqa: ANN401 -- any JSON value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commit(evidence: dict[str, str], salt: str) -> str:
    """Compute the commitment to evidence under a salt: SHA-256, in hexadecimal."""
    return hashlib.sha256(salt.encode() + _canonical(evidence)).hexdigest()


def append(
    owner: str, subject: str, head: tuple[int, str], happening: Happening, salt: str | None = None
) -> LedgerEvent:
    """Make the next event of a chain whose head is (sequence, hash); (0, "") starts one."""
    sequence, previous = head
    salt = salt or secrets.token_hex(_SALT_BYTES)
    fields = happening.model_dump(exclude={"evidence"})
    event = LedgerEvent(
        owner=owner,
        subject=subject,
        sequence=sequence + 1,
        previous=previous,
        commitment=commit(happening.evidence, salt),
        evidence=happening.evidence,
        salt=salt,
        **fields,
    )
    return event.model_copy(update={"hash": event.digest()})


class Fault(BaseModel):
    """What is wrong with a chain, and where."""

    sequence: int
    code: str
    message: str


def verify(
    owner: str, subject: str, events: Iterable[LedgerEvent], head: tuple[int, str]
) -> Fault | None:
    """Walk a chain and name its first fault: a changed, missing, moved or cut-off event.

    `head` is the (sequence, hash) kept outside the ledger's table.
    """
    sequence, previous = 0, ""
    for event in events:
        sequence += 1
        problem = _problem(owner, subject, event, sequence, previous)
        if problem:
            return Fault(sequence=sequence, code=problem[0], message=problem[1])
        previous = event.hash
    if (sequence, previous) != head:
        at = min(sequence, head[0]) + 1 if sequence != head[0] else sequence
        return Fault(
            sequence=at,
            code="cut_off" if sequence < head[0] else "head_differs",
            message=f"The chain ends at event {sequence}; its head says {head[0]}.",
        )
    return None


def _problem(
    owner: str, subject: str, event: LedgerEvent, sequence: int, previous: str
) -> tuple[str, str] | None:
    if event.sequence != sequence:
        return "missing", f"Event {sequence} is missing: event {event.sequence} stands there."
    if (event.owner, event.subject) != (owner, subject):
        return "moved", f"Event {sequence} belongs to another chain."
    if event.previous != previous:
        return "moved", f"Event {sequence} does not follow the event before it."
    return _altered(event, sequence)


def _altered(event: LedgerEvent, sequence: int) -> tuple[str, str] | None:
    if event.digest() != event.hash:
        return "changed", f"Event {sequence} was changed after it was written."
    if event.evidence is None and event.salt is None:
        return None  # erased, both together
    if event.evidence is None or event.salt is None:
        return "changed", f"Event {sequence} lost its evidence or its salt, not both."
    if commit(event.evidence, event.salt) != event.commitment:
        return "changed", f"The evidence of event {sequence} was changed."
    return None
