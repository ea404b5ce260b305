"""Making and changing integrations, and what a credential leads to."""

import hmac
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from assent.accounts.service import CONFIGURATION_AGE, Remembered
from assent.consent.model import Channel
from assent.integrations import store
from assent.integrations.credentials import (
    Found,
    hashed,
    new_api_key,
    new_form_secret,
    split_api_key,
    split_form_key,
)
from assent.integrations.model import (
    ApiKey,
    Integration,
    IntegrationChange,
    IntegrationSettings,
    IntegrationState,
    Via,
    hashed_words,
)
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Gone, Invalid, NotFound, Unauthorised
from assent.platform.ids import new_id
from assent.platform.tables import ConditionFailed, Contention, Transaction

__all__ = ["IntegrationService", "hashed", "split_api_key", "split_form_key"]

_M = TypeVar("_M", bound=BaseModel)


class IntegrationService:
    """Integrations; what is read is kept for at most 10 s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._found: Remembered[Found] = Remembered(clock, CONFIGURATION_AGE)

    def create(
        self, account_id: str, name: str, disclosure: str, **settings: object
    ) -> tuple[Integration, str]:
        """Make an integration; returns it with its API key, which is never shown again.

        `settings` are the other fields of `IntegrationSettings`; raises `Invalid` naming bad ones.
        """
        now = self._clock.now()
        wanted = _valid(IntegrationSettings, {"name": name, "disclosure": disclosure, **settings})
        made = Integration(
            id=new_id("in", now),
            account_id=account_id,
            form_secret=new_form_secret(),
            created_at=now,
            disclosed_at=now,
            **wanted.model_dump(),
        )
        key, stored = self._new_key(made, now)
        store.add(made, stored)
        return made.model_copy(update={"key_id": stored.id, "key_made_at": now}), key

    @staticmethod
    def _new_key(integration: Integration, now: datetime) -> tuple[str, ApiKey]:
        key_id = new_id("ak", now)
        key = new_api_key(integration.account_id, key_id)
        return key, ApiKey(
            id=key_id,
            account_id=integration.account_id,
            integration_id=integration.id,
            hash=hashed(key),
            created_at=now,
        )

    def get(self, account_id: str, integration_id: str) -> Integration:
        """Return an integration of this account that was not deleted, or raise `NotFound`."""
        found = store.integration(account_id, integration_id)
        if found is None or found.state == IntegrationState.DELETED:
            raise NotFound("unknown_integration", "This account has no such integration.")
        return found

    def all(self, account_id: str) -> list[Integration]:
        """List an account's integrations, oldest first."""
        found = store.integrations(account_id)
        return [one for one in found if one.state != IntegrationState.DELETED]

    def names(self, account_id: str) -> dict[str, str]:
        """Name all integrations that leads came through, also those that were deleted."""
        return {one.id: one.name for one in store.integrations(account_id)}

    def change(self, account_id: str, integration_id: str, **wanted: object) -> Integration:
        """Change the fields of `IntegrationChange` that are given; in force everywhere within 10 s.

        Raises `Invalid` naming bad fields, `Conflict` when somebody else changed the words at once.
        """
        change = _valid(IntegrationChange, wanted)
        before = self.get(account_id, integration_id)
        given = {
            name: value for name in change.model_fields_set if (value := getattr(change, name))
            is not None
        }  # fmt: skip
        if given.get("state") == IntegrationState.DELETED:
            raise _invalid("state", "use_delete", "Delete the integration instead.")
        words: dict[str, Any] = {
            name: given.pop(name) for name in ("disclosure", "channels") if name in given
        }
        after = before.model_copy(update=given)
        if after.state != before.state:
            after = after.model_copy(update={"closed_at": self._closed_at(before, after)})
        if any(getattr(before, name) != value for name, value in words.items()):
            disclosed = self._disclosed(before, words)
            transaction = Transaction()
            store.add_disclosure(transaction, before, disclosed)
            self._commit(transaction)
        if not store.change(before, after):
            raise NotFound("unknown_integration", "This account has no such integration.")
        return self.get(account_id, integration_id)

    def _closed_at(self, before: Integration, after: Integration) -> datetime | None:
        """Say since when it takes no leads: from paused to inactive nothing changes there."""
        if after.is_open:
            return None
        return self._clock.now() if before.is_open else before.closed_at or self._clock.now()

    def _disclosed(self, before: Integration, words: dict[str, Any]) -> Integration:
        """Give new words; evidence names words by their hash, which must say what they cover."""
        disclosure = words.get("disclosure", before.disclosure)
        channels: list[Channel] = list(dict.fromkeys(words.get("channels", before.channels)))
        covered = before.covered_by(hashed_words(disclosure))
        if covered is not None and set(covered) != set(channels):
            raise _invalid(
                "disclosure",
                "same_words",
                "These words were shown for other channels before. Change them, so that they say "
                "what people agree to now.",
            )
        earlier = {**before.earlier, before.disclosure_sha256: before.channels}
        earlier.pop(hashed_words(disclosure), None)
        return before.model_copy(
            update={
                "disclosure": disclosure,
                "channels": channels,
                "earlier": earlier,
                "disclosed_at": self._clock.now(),
            }
        )

    def renew_key(self, account_id: str, integration_id: str) -> tuple[Integration, str]:
        """Make another API key; the one before is dead everywhere within 10 s."""
        before = self.get(account_id, integration_id)
        now = self._clock.now()
        key, stored = self._new_key(before, now)
        transaction = Transaction()
        store.add_key(transaction, before, stored)
        live = store.live_keys(account_id, integration_id)
        store.end_credentials(transaction, account_id, live, now)
        self._commit(transaction)
        return before.model_copy(update={"key_id": stored.id, "key_made_at": now}), key

    def renew_form(self, account_id: str, integration_id: str) -> Integration:
        """Give the form another address; the one before is dead everywhere within 10 s."""
        before = self.get(account_id, integration_id)
        after = before.model_copy(update={"form_secret": new_form_secret()})
        transaction = Transaction()
        store.add_form(transaction, before, after)
        ended = [f"form#{before.form_secret}"]
        store.end_credentials(transaction, account_id, ended, self._clock.now())
        self._commit(transaction)
        return after

    def delete(self, account_id: str, integration_id: str) -> Integration:
        """Delete an integration with its key and form; the leads that came through it stay."""
        found = self.get(account_id, integration_id)
        now = self._clock.now()
        transaction = Transaction()
        store.add_end(transaction, found, found.closed_at or now)
        ended = [f"form#{found.form_secret}", *store.live_keys(account_id, integration_id)]
        store.end_credentials(transaction, account_id, ended, now)
        self._commit(transaction)
        return found.model_copy(
            update={"state": IntegrationState.DELETED, "closed_at": found.closed_at or now}
        )

    @staticmethod
    def _commit(transaction: Transaction) -> None:
        try:
            transaction.commit()
        except (ConditionFailed, Contention):
            raise Conflict(
                "changed_meanwhile",
                "Somebody else has just changed this integration. Look at it again.",
            ) from None

    # What a credential leads to

    def find_form(self, form_key: str) -> Found:
        """Find what a form's address leads to, or led to; raises `NotFound`."""
        account_id, secret = split_form_key(form_key)
        found = self._found.get(f"{Via.FORM}|{account_id}|{secret}", _load)
        if found is None:
            raise NotFound("unknown_form", "There is no such form. Check the address.")
        return found

    def find_key(self, account_id: str, key_id: str, key_hash: str) -> Found:
        """Find what an API key leads to, or led to, by its hash; raises `Unauthorised`."""
        found = self._found.get(f"{Via.API}|{account_id}|{key_id}|{key_hash}", _load)
        if found is None:
            raise Unauthorised("bad_key", "The API key is not known. Send it as X-Api-Key.")
        return found

    def forget(self, found: Found) -> None:
        """Read this afresh: it was changed since it was read."""
        self._found.forget(found.credential)

    def by_form_key(self, form_key: str) -> Integration:
        """Return a form's integration; raises `NotFound`, and `Gone` for a former address."""
        found = self.find_form(form_key)
        return found.integration if found.is_live else _ended(found, Via.FORM)

    def by_api_key(self, key: str) -> Integration:
        """Return the integration of an API key; raises `Unauthorised`."""
        account_id, key_id = split_api_key(key)
        found = self.find_key(account_id, key_id, hashed(key))
        return found.integration if found.is_live else _ended(found, Via.API)


def _ended(found: Found, via: Via) -> NoReturn:
    """Refuse a credential that was replaced, or whose integration was deleted."""
    raise ended(found, via)


def ended(found: Found, via: Via) -> Gone | Unauthorised:
    """Say why a credential that once was good is refused, and what to do."""
    deleted = found.integration.state == IntegrationState.DELETED
    if via == Via.FORM:
        if deleted:
            return Gone("form_removed", "This form was removed. Nothing was sent.")
        return Gone(
            "form_replaced",
            "This form has another address now, so nothing was sent. Ask whoever gave you this "
            "one for the new one.",
        )
    if deleted:
        return Unauthorised("key_removed", "The integration of this API key was deleted.")
    return Unauthorised(
        "key_replaced", "This API key was replaced. Use the one that was made in its place."
    )


def _load(credential: str) -> Found | None:
    via, account_id, *rest = credential.split("|")
    if via == Via.FORM:
        kept = store.by_form(account_id, rest[0])
    else:
        kept = store.by_key(account_id, rest[0])
        if kept and not hmac.compare_digest(kept.hash, rest[1]):
            return None
    found = store.integration(account_id, kept.integration_id) if kept else None
    return Found(credential, found, kept.ended_at) if kept and found else None


def _valid(model: type[_M], values: dict[str, Any]) -> _M:
    """Read settings; raises `Invalid` naming every bad one."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid(
            "invalid_integration",
            "The integration cannot be like this.",
            fields=[
                FieldError(
                    field=str(e["loc"][0]),
                    code=e["type"],
                    message=e["msg"].removeprefix("Value error, "),
                )
                for e in error.errors()
            ],
        ) from error


def _invalid(field: str, code: str, message: str) -> Invalid:
    return Invalid(
        "invalid_integration",
        "The integration cannot be like this.",
        fields=[FieldError(field=field, code=code, message=message)],
    )
