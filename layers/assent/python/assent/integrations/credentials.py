"""Credentials of integrations: a form's address and an API key, made and taken apart.

An integration has one of each. Both hold the account, so that they lead there without an index.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from assent.integrations.model import Integration, IntegrationState
from assent.platform.errors import NotFound, Unauthorised

_FORM_SECRET_LENGTH = 10
# No vowels and no look-alikes: nobody reads a word into a form's address.
_FORM_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
_ULID_LENGTH = 26
_KEY_PARTS = 4


@dataclass(frozen=True)
class Found:
    """What a credential leads to, or led to until it was replaced."""

    credential: str
    integration: Integration
    ended_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Whether it still leads there."""
        return self.ended_at is None and self.integration.state != IntegrationState.DELETED

    @property
    def closed_at(self) -> datetime | None:
        """Since when no leads are taken through it."""
        closed = None if self.integration.is_open else self.integration.closed_at
        return min((at for at in (closed, self.ended_at) if at), default=None)


def hashed(key: str) -> str:
    """Hash an API key. Its 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_form_secret() -> str:
    """Make the secret part of a form's address."""
    return "".join(secrets.choice(_FORM_ALPHABET) for _ in range(_FORM_SECRET_LENGTH))


def new_api_key(account_id: str, key_id: str) -> str:
    """Make an API key; only its hash is stored."""
    parts = (key_id[:2], account_id.removeprefix("ac_"), key_id[3:], secrets.token_hex(32))
    return "_".join(parts)


def split_form_key(form_key: str) -> tuple[str, str]:
    """Read account id and secret from a form's key; raises `NotFound`."""
    ulid, _, secret = form_key.partition("-")
    if len(ulid) != _ULID_LENGTH or not ulid.isalnum() or not secret.isalnum():
        raise NotFound("unknown_form", "There is no such form. Check the address.")
    return f"ac_{ulid.upper()}", secret


def split_api_key(key: str) -> tuple[str, str]:
    """Read account id and key id from an API key; raises `Unauthorised`."""
    parts = key.split("_")
    if len(parts) != _KEY_PARTS or parts[0] != "ak" or not key.isascii() or "#" in key:
        raise Unauthorised("bad_key", "The API key is not known. Send it as X-Api-Key.")
    return f"ac_{parts[1]}", f"ak_{parts[2]}"
