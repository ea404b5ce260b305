"""The events of the ledger, chained by their hashes, so that no change goes unseen.

An event's hash covers every field and the hash before it. Evidence is covered through a salted
commitment: erasing evidence and salt leaves a chain that still verifies and tells nothing.
`assent.consent.ledger` reads what is stored and finds what is wrong with it.
"""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from assent.consent.model import Channel, EventType, Kind, Source

_SALT_BYTES = 16
BESIDE = frozenset({"hash", "evidence", "salt"})
"""What the hash does not cover: itself, and what an erasure removes."""


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

    def covered(self) -> dict[str, Any]:
        """Give the fields that the hash covers, as they are stored."""
        # A field that a later version adds is not there in what an earlier one wrote.
        return self.model_dump(mode="json", exclude=set(BESIDE), exclude_unset=True)

    def digest(self) -> str:
        """Compute the hash that this event should carry: SHA-256, in hexadecimal."""
        return digest(self.covered())


def digest(covered: dict[str, Any]) -> str:
    """Compute the hash of the fields that it covers: SHA-256, in hexadecimal."""
    return hashlib.sha256(_canonical(covered)).hexdigest()


def _canonical(value: Any) -> bytes:  # noqa: ANN401 -- any JSON value
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Half a surrogate pair cannot be written by us, but may be found where something was changed.
    return text.encode("utf-8", "surrogatepass")


def commit(evidence: Any, salt: str) -> str:  # noqa: ANN401 -- any JSON value may be stored there
    """Compute the commitment to evidence under a salt: SHA-256, in hexadecimal."""
    salted = salt.encode("utf-8", "surrogatepass") + _canonical(evidence)
    return hashlib.sha256(salted).hexdigest()


def append(
    owner: str, subject: str, head: tuple[int, str], happening: Happening, salt: str | None = None
) -> LedgerEvent:
    """Make the next event of a chain whose head is (sequence, hash); (0, "") starts one."""
    sequence, previous = head
    # Sorted as it is stored, so that every stored byte has one right value.
    evidence = dict(sorted(happening.evidence.items()))
    salt = salt or secrets.token_hex(_SALT_BYTES)
    fields = happening.model_dump(exclude={"evidence"})
    event = LedgerEvent(
        owner=owner,
        subject=subject,
        sequence=sequence + 1,
        previous=previous,
        commitment=commit(evidence, salt),
        evidence=evidence,
        salt=salt,
        **fields,
    )
    return event.model_copy(update={"hash": event.digest()})
