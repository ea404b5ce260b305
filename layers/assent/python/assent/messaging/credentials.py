"""Providers' credentials: SSM SecureStrings, one per account, kept in memory for a minute."""

import re

from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from pydantic import ValidationError

from assent.messaging.providers.base import Credentials
from assent.platform.errors import NotFound
from assent.platform.settings import Settings

_AGE = 60
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
        stored = parameters.get_parameter(name, decrypt=True, max_age=_AGE)
        _last[name] = Credentials.model_validate_json(str(stored))
        return _last[name]
    except GetParameterError as error:
        if "ParameterNotFound" in str(error):
            raise NotFound("no_provider", "This account has no provider yet.") from error
        if name in _last:
            return _last[name]  # a STOP must not wait for the parameter store
        raise
    except ValidationError as error:
        raise NotFound("no_provider", "The stored credentials cannot be read.") from error
