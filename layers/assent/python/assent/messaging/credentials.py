"""Providers' credentials: SSM SecureStrings, one per account, kept in memory for a minute."""

import re

from pydantic import ValidationError

from assent.messaging.providers.base import Credentials
from assent.platform import secrets
from assent.platform.errors import NotFound
from assent.platform.settings import Settings

# The id comes out of a webhook's path: nothing else may become a part of a parameter's name.
_ACCOUNT_ID = re.compile(r"ac_[0-9A-Z]{1,40}")
_last: dict[str, Credentials] = {}
"""What was read last, for while the parameter store does not answer."""


def credentials(settings: Settings, account_id: str) -> Credentials:
    """Return an account's credentials, or raise `NotFound` when it has none that can be read."""
    if not _ACCOUNT_ID.fullmatch(account_id):
        raise NotFound("no_provider", "There is no such account.")
    name = f"{settings.provider_parameters}/{account_id}"
    try:
        stored = secrets.parameter(name)
    except secrets.NotRead:
        if name in _last:
            return _last[name]  # a STOP must not wait for the parameter store
        raise
    if stored is None:
        raise NotFound("no_provider", "This account has no provider yet.")
    try:
        _last[name] = Credentials.model_validate_json(stored)
    except ValidationError as error:
        raise NotFound("no_provider", "The stored credentials cannot be read.") from error
    return _last[name]
