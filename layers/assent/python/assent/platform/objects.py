"""Objects: whole files in an S3 bucket, put and got by their keys."""

from functools import cache
from typing import TYPE_CHECKING, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONFIG = Config(connect_timeout=1, read_timeout=10, user_agent="assent")
_MISSING = {"NoSuchKey", "404"}


class NotStored(Exception):
    """S3 did not answer, or refused; doing it again is safe."""


class Objects(Protocol):
    """Where files are kept: a bucket, or a dictionary in a test."""

    def put(self, key: str, content: bytes) -> None:
        """Keep an object, over an earlier one of this key; raises `NotStored`."""
        ...

    def get(self, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        """Return an object, or its bytes from `start` to before `end`; nothing when missing."""
        ...


@cache
def _client() -> "S3Client":
    return boto3.client("s3", config=_CONFIG)


class Bucket:
    """One S3 bucket, by its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def put(self, key: str, content: bytes) -> None:
        """Keep an object, over an earlier one of this key; raises `NotStored`."""
        try:
            _client().put_object(Bucket=self._name, Key=key, Body=content)
        except (BotoCoreError, ClientError) as error:
            raise NotStored(_cause(error)) from error

    def get(self, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        """Return an object, or its bytes from `start` to before `end`; nothing when missing."""
        try:
            if start == 0 and end is None:
                answer = _client().get_object(Bucket=self._name, Key=key)
            else:
                last = "" if end is None else str(end - 1)
                answer = _client().get_object(
                    Bucket=self._name, Key=key, Range=f"bytes={start}-{last}"
                )
            return answer["Body"].read()
        except ClientError as error:
            if _cause(error) in _MISSING:
                return None
            raise NotStored(_cause(error)) from error
        except BotoCoreError as error:
            raise NotStored(_cause(error)) from error


def _cause(error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code"))
    return type(error).__name__


class Shelf:
    """Objects in a dictionary, for tests and for replays."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        """Keep an object."""
        self.kept[key] = content

    def get(self, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        """Return an object, or some of its bytes."""
        found = self.kept.get(key)
        return None if found is None else found[start:end]
