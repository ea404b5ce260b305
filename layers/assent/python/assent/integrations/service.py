"""Making and changing integrations, and finding the one that a credential leads to."""

import hashlib
import hmac
import secrets

from pydantic import ValidationError

from assent.accounts.service import CONFIGURATION_AGE, Remembered
from assent.consent.model import Channel
from assent.integrations import store
from assent.integrations.model import ApiKey, Integration, IntegrationState, Via
from assent.platform.clock import Clock
from assent.platform.errors import FieldError, Invalid, NotFound, Unauthorised
from assent.platform.ids import new_id

_FORM_SECRET_LENGTH = 10
# No vowels and no look-alikes: nobody reads a word into a form's address.
_FORM_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
_ULID_LENGTH = 26
_KEY_PARTS = 4


def hashed(key: str) -> str:
    """Hash an API key. Its 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


class IntegrationService:
    """Integrations; what is read is kept for at most 10 s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._found: Remembered[Integration] = Remembered(clock, CONFIGURATION_AGE)

    def create(
        self,
        account_id: str,
        name: str,
        disclosure: str,
        *,
        channels: list[Channel] | None = None,
        double_opt_in: bool = False,
        allowed_origins: list[str] | None = None,
        redirect_urls: list[str] | None = None,
    ) -> tuple[Integration, str]:
        """Make an integration; returns it with its API key, which is never shown again."""
        now = self._clock.now()
        try:
            made = Integration(
                id=new_id("in", now),
                account_id=account_id,
                name=name.strip(),
                disclosure=disclosure.strip(),
                channels=channels or [Channel.SMS],
                double_opt_in=double_opt_in,
                allowed_origins=allowed_origins or [],
                redirect_urls=redirect_urls or [],
                form_secret="".join(
                    secrets.choice(_FORM_ALPHABET) for _ in range(_FORM_SECRET_LENGTH)
                ),
                created_at=now,
            )
        except ValidationError as error:
            raise Invalid(
                "invalid_integration",
                "The integration cannot be made like this.",
                fields=[
                    FieldError(field=str(e["loc"][0]), code=e["type"], message=e["msg"])
                    for e in error.errors()
                ],
            ) from error
        key_id = new_id("ak", now)
        key = "_".join(
            (key_id[:2], account_id.removeprefix("ac_"), key_id[3:], secrets.token_hex(32))
        )
        store.add(
            made,
            ApiKey(
                id=key_id,
                account_id=account_id,
                integration_id=made.id,
                hash=hashed(key),
                created_at=now,
            ),
        )
        return made, key

    def get(self, account_id: str, integration_id: str) -> Integration:
        """Return an integration of this account, or raise `NotFound`."""
        found = store.integration(account_id, integration_id)
        if found is None:
            raise NotFound("unknown_integration", "This account has no such integration.")
        return found

    def all(self, account_id: str) -> list[Integration]:
        """List an account's integrations, oldest first."""
        return store.integrations(account_id)

    def change(
        self,
        account_id: str,
        integration_id: str,
        *,
        state: IntegrationState | None = None,
        name: str | None = None,
    ) -> Integration:
        """Pause, resume or rename an integration; in force everywhere within 10 s."""
        current = self.get(account_id, integration_id)
        changed = current.model_copy(
            update={"state": state or current.state, "name": (name or current.name).strip()}
        )
        store.replace(changed)
        return changed

    def by_form_key(self, form_key: str) -> Integration:
        """Find the integration of a hosted form; raises `NotFound`."""
        account_id, secret = split_form_key(form_key)
        found = self._found.get(f"{Via.FORM}|{account_id}|{secret}", self._load)
        if found is None:
            raise NotFound("unknown_form", "There is no such form. Check the address.")
        return found

    def by_api_key(self, key: str) -> Integration:
        """Find the integration of an API key; raises `Unauthorised`."""
        account_id, key_id = split_api_key(key)
        return self.by_key_hash(account_id, key_id, hashed(key))

    def by_key_hash(self, account_id: str, key_id: str, key_hash: str) -> Integration:
        """Find the integration of an API key by its hash, compared in constant time."""
        found = self._found.get(f"{Via.API}|{account_id}|{key_id}|{key_hash}", self._load)
        if found is None:
            raise Unauthorised("bad_key", "The API key is not known. Send it as X-Api-Key.")
        return found

    def _load(self, credential: str) -> Integration | None:
        via, account_id, *rest = credential.split("|")
        if via == Via.FORM:
            integration_id = store.by_form(account_id, rest[0])
            return store.integration(account_id, integration_id) if integration_id else None
        key = store.by_key(account_id, rest[0])
        if key is None or not hmac.compare_digest(key.hash, rest[1]):
            return None
        return store.integration(account_id, key.integration_id)


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
