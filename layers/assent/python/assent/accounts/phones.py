"""A user's own phone, verified by a code that is texted to it: test sends go to no other."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from assent.accounts import store
from assent.accounts.model import OwnPhone
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Invalid
from assent.sms.numbers import InvalidNumber, parse

VALID_FOR = timedelta(minutes=10)
AGAIN_AFTER = timedelta(seconds=60)
MOST_TRIES = 5
_DIGITS = 6


@dataclass
class PhoneService:
    """Verifies users' own phones."""

    clock: Clock

    def begin(self, user_id: str, phone: str, region: str) -> tuple[OwnPhone, str]:
        """Note a phone that a user says is theirs; returns it with the code to text to it."""
        try:
            number = parse(phone, region).e164
        except InvalidNumber as error:
            wrong = FieldError(field="phone", code=error.code, message=str(error))
            raise Invalid(
                "invalid_phone", "This number cannot be texted.", fields=[wrong]
            ) from None
        now = self.clock.now()
        before = store.own_phone(user_id)
        if before and now < before.asked_at + AGAIN_AFTER:
            raise Conflict(
                "asked_just_now", "A code was sent less than a minute ago. Wait for it, then retry."
            )
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        asked = OwnPhone(
            user_id=user_id, phone=number, code_hash=_hashed(user_id, code), asked_at=now
        )
        store.put_own_phone(asked)
        return asked, code

    def verify(self, user_id: str, code: str) -> OwnPhone:
        """Take the code as proof that the phone is the user's; five tries, ten minutes."""
        asked = store.own_phone(user_id)
        if asked is None:
            raise Conflict("no_code", "No code was asked for. Enter your number first.")
        if asked.verified_at:
            return asked
        # Counted before it is compared, so that guessing at once is no way around it.
        tries = store.count_try(user_id)
        if tries > MOST_TRIES or self.clock.now() > asked.asked_at + VALID_FOR:
            raise Conflict("code_expired", "This code is used up. Ask for another one.")
        if not hmac.compare_digest(_hashed(user_id, code.strip()), asked.code_hash):
            raise Conflict("wrong_code", "This is not the code that was texted. Look again.")
        verified = asked.model_copy(update={"verified_at": self.clock.now(), "tries": tries})
        store.put_own_phone(verified)
        return verified

    def verified(self, user_id: str) -> OwnPhone:
        """Return a user's verified phone; raises `Conflict` when there is none."""
        found = store.own_phone(user_id)
        if found is None or found.verified_at is None:
            raise Conflict(
                "no_own_phone", "Verify your own phone first: a test goes to no other number."
            )
        return found


def _hashed(user_id: str, code: str) -> str:
    return hashlib.sha256(f"{user_id}|{code}".encode()).hexdigest()
