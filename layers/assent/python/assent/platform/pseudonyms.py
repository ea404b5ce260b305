"""Keyed pseudonyms of phone numbers.

Ledger, opt-out list and logs hold the pseudonym, so that erasing a person's number never breaks
a chain or forgets an opt-out, and no log ever shows a number.
"""

import hashlib
import hmac
from functools import cache

from aws_lambda_powertools.utilities import parameters

_LENGTH = 32
# The secret never changes (a changed one would orphan every opt-out): keep it for a day.
_MAX_AGE = 86_400


class Pseudonyms:
    """Turns E.164 numbers into 32 hexadecimal characters, the same for the same secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def of(self, phone: str) -> str:
        """Return the pseudonym of a number in E.164 form."""
        return hmac.new(self._secret, phone.encode(), hashlib.sha256).hexdigest()[:_LENGTH]


@cache
def stored(secret_id: str) -> Pseudonyms:
    """Return the deployment's pseudonyms; the secret is read once per process."""
    return Pseudonyms(str(parameters.get_secret(secret_id, max_age=_MAX_AGE)))
