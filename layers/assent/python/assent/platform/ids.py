"""Identifiers: a short prefix that tells what a thing is, then a ULID that sorts by time."""

import hashlib
from datetime import datetime

from ulid import ULID

_RANDOM_BYTES = 10


def new_id(prefix: str, at: datetime) -> str:
    """Make a fresh identifier such as `ct_01JD…`; those made later sort later."""
    return f"{prefix}_{ULID.from_datetime(at)}"


def derived_id(prefix: str, at: datetime, *parts: str) -> str:
    """Make the identifier that these parts always give, so that doing a thing twice finds itself.

    `at` fills the time half of the ULID; it must be as repeatable as the parts.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()[:_RANDOM_BYTES]
    milliseconds = int(at.timestamp() * 1000).to_bytes(6, "big")
    return f"{prefix}_{ULID.from_bytes(milliseconds + digest)}"


def shard_of(key: str, shards: int) -> int:
    """Say which of `shards` equal parts a key belongs to; the same on every machine."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % shards
