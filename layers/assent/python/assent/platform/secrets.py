"""Secrets of Secrets Manager and parameters of Parameter Store, kept in memory for a while."""

from functools import cache
from time import monotonic
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from assent.platform import aws

_AGE = 60.0
"""Seconds for which a parameter is kept."""

_kept: dict[str, tuple[float, str]] = {}


class NotRead(Exception):
    """The store did not answer, or refused; its reason is the text."""


@cache
def _client(service: str) -> Any:  # noqa: ANN401 -- made at run time
    return aws.client(service)


def secret(secret_id: str) -> str:
    """Read a secret; raises `NotRead`."""
    try:
        return str(_client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])
    except (BotoCoreError, ClientError) as error:
        raise NotRead(_cause(error)) from error


def parameter(name: str) -> str | None:
    """Read a SecureString, decrypted; nothing when there is none. Raises `NotRead`."""
    kept = _kept.get(name)
    if kept and monotonic() < kept[0] + _AGE:
        return kept[1]
    try:
        answer = _client("ssm").get_parameter(Name=name, WithDecryption=True)
    except ClientError as error:
        if _cause(error) == "ParameterNotFound":
            return None
        raise NotRead(_cause(error)) from error
    except BotoCoreError as error:
        raise NotRead(_cause(error)) from error
    value = str(answer["Parameter"]["Value"])
    _kept[name] = (monotonic(), value)
    return value


def forget() -> None:
    """Forget all parameters, so that they are read anew."""
    _kept.clear()


def _cause(error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code"))
    return type(error).__name__
