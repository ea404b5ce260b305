"""Accounts, senders and members, as the other slices and the API ask for them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pydantic import ValidationError

from assent.accounts import store
from assent.accounts.model import Account, AccountChange, JoinWord, Member, Sender
from assent.accounts.team import store as team_store
from assent.platform.clock import Clock
from assent.platform.errors import FieldError, Forbidden, Invalid, NotFound
from assent.platform.tables import Unavailable

_V = TypeVar("_V")
CONFIGURATION_AGE = timedelta(seconds=10)
MEMBERSHIP_AGE = timedelta(seconds=60)


@dataclass
class Remembered(Generic[_V]):
    """Values kept for a while by key, so that configuration is not read for every message.

    Nothing is kept of what was not found: a thing just made must be seen at once. While the table
    does not answer, a value of any age is better than none.
    """

    clock: Clock
    age: timedelta
    _kept: dict[str, tuple[datetime, _V]] = field(default_factory=dict)

    def get(self, key: str, load: Callable[[str], _V | None]) -> _V | None:
        """Return the value of a key, loading it when it is not known or too old."""
        kept = self._kept.get(key)
        now = self.clock.now()
        if kept and now - kept[0] < self.age:
            return kept[1]
        try:
            loaded = load(key)
        except Unavailable:
            if kept is None:
                raise
            # Not asked again at once: every look that fails takes seconds.
            self._kept[key] = (now, kept[1])
            return kept[1]
        if loaded:
            self._kept[key] = (now, loaded)
        else:
            self._kept.pop(key, None)
        return loaded

    def forget(self, key: str) -> None:
        """Load this key afresh next time, since it was just changed."""
        self._kept.pop(key, None)


class AccountService:
    """Reads configuration (kept for at most 10 s) and changes it."""

    def __init__(self, clock: Clock) -> None:
        self._accounts: Remembered[Account] = Remembered(clock, CONFIGURATION_AGE)
        self._senders: Remembered[Sender] = Remembered(clock, CONFIGURATION_AGE)
        self._shares: Remembered[bool] = Remembered(clock, CONFIGURATION_AGE)
        self._sender_ids: Remembered[list[str]] = Remembered(clock, CONFIGURATION_AGE)
        self._words: Remembered[JoinWord] = Remembered(clock, CONFIGURATION_AGE)
        self._members: Remembered[list[Member]] = Remembered(clock, MEMBERSHIP_AGE)

    def account(self, account_id: str) -> Account:
        """Return an account, or raise `NotFound`."""
        found = self._accounts.get(account_id, store.account)
        if found is None:
            raise NotFound("unknown_account", "There is no such account.")
        return found

    def change(self, account_id: str, change: AccountChange) -> Account:
        """Change an account's settings; a bad value is named and nothing is changed."""
        self._accounts.forget(account_id)
        current = self.account(account_id)
        wanted = current.model_dump() | change.model_dump(exclude_none=True)
        try:
            changed = Account.model_validate(wanted)
        except ValidationError as error:
            raise Invalid(
                "invalid_settings",
                "Some settings are not acceptable.",
                fields=[
                    FieldError(field=str(e["loc"][0]), code=e["type"], message=e["msg"])
                    for e in error.errors()
                ],
            ) from error
        store.replace_account(changed)
        self._accounts.forget(account_id)
        return changed

    def sender(self, sender_id: str) -> Sender | None:
        """Return a sender, or nothing when nobody owns it."""
        return self._senders.get(sender_id, store.sender)

    def sender_for(self, account_id: str, sender_id: str) -> Sender:
        """Return a sender that this account may use, or raise `NotFound`."""
        found = self.sender(sender_id)
        if found is None or not self._shares.get(f"{sender_id}|{account_id}", _is_shared):
            raise NotFound("unknown_sender", "This account has no such sender.")
        return found

    def senders_of(self, account_id: str) -> list[Sender]:
        """List an account's senders (kept for at most 10 s)."""
        known = self._sender_ids.get(account_id, store.senders_of) or []
        return [found for one in known if (found := self.sender(one))]

    def join_word(self, sender_id: str, folded: str) -> JoinWord | None:
        """Return the JOIN word that is compared as this, while its account has the sender."""
        found = self._words.get(f"{sender_id}|{folded}", _join_word)
        if found is None or not self._shares.get(f"{sender_id}|{found.account_id}", _is_shared):
            return None
        return found

    def forget_sender(self, sender_id: str) -> None:
        """Read this sender afresh, since it was just changed."""
        self._senders.forget(sender_id)

    def forget_word(self, sender_id: str, folded: str) -> None:
        """Look this JOIN word up afresh, since it was just taken away."""
        self._words.forget(f"{sender_id}|{folded}")

    def members(self, user_id: str) -> list[Member]:
        """List a signed-in user's accounts; re-read at least every minute."""
        return self._members.get(user_id, team_store.members_of) or []

    def forget_member(self, user_id: str) -> None:
        """Read this user's places afresh, since one was just changed."""
        self._members.forget(user_id)

    def member(self, user_id: str, account_id: str | None) -> Member:
        """Return the user's place in the account asked for, or in the first; else `Forbidden`."""
        members = self.members(user_id)
        for member in members:
            if account_id in (None, member.account_id):
                return member
        raise Forbidden(
            "not_a_member",
            "You are not a member of this account. Ask one of its administrators to add you.",
        )


def _is_shared(key: str) -> bool:
    sender_id, _, account_id = key.partition("|")
    return store.is_shared_with(sender_id, account_id)


def _join_word(key: str) -> JoinWord | None:
    sender_id, _, folded = key.partition("|")
    return store.join_word(sender_id, folded)
