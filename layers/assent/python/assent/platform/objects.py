"""Objects: whole files in an S3 bucket, put and got by their keys."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# Links to objects under a key of one's own are signed by version 4 alone.
_CONFIG = Config(connect_timeout=1, read_timeout=10, user_agent="assent", signature_version="s3v4")
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


class Uploads(Objects, Protocol):
    """Where large files are put together from parts, and fetched by a link."""

    def begin(self, key: str, content_type: str) -> str:
        """Begin an upload; its id names it from then on. Raises `NotStored`."""
        ...

    def put_part(self, key: str, upload_id: str, number: int, content: bytes) -> str:
        """Keep a part, and return its tag; all but the last have 5 MiB or more."""
        ...

    def complete(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        """Put the parts together, by ascending numbers; doing it again changes nothing."""
        ...

    def abort(self, key: str, upload_id: str) -> None:
        """Forget an upload that is not complete."""
        ...

    def link(self, key: str, file_name: str, seconds: int) -> str:
        """Make an address from which whoever has it can fetch the object for a while."""
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

    def begin(self, key: str, content_type: str) -> str:
        """Begin an upload; its id names it from then on. Raises `NotStored`."""
        with _answered():
            answer = _client().create_multipart_upload(
                Bucket=self._name, Key=key, ContentType=content_type
            )
        return answer["UploadId"]

    def put_part(self, key: str, upload_id: str, number: int, content: bytes) -> str:
        """Keep a part, and return its tag; all but the last have 5 MiB or more."""
        with _answered():
            answer = _client().upload_part(
                Bucket=self._name, Key=key, UploadId=upload_id, PartNumber=number, Body=content
            )
        return answer["ETag"]

    def complete(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        """Put the parts together, by ascending numbers; doing it again changes nothing."""
        listed: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": tag} for number, tag in parts
        ]
        try:
            _client().complete_multipart_upload(
                Bucket=self._name, Key=key, UploadId=upload_id, MultipartUpload={"Parts": listed}
            )
        except ClientError as error:
            # It was completed before, and the answer was lost: then the object is there.
            if _cause(error) != "NoSuchUpload" or not self._is_there(key):
                raise NotStored(_cause(error)) from error
        except BotoCoreError as error:
            raise NotStored(_cause(error)) from error

    def _is_there(self, key: str) -> bool:
        with _answered():
            found = _client().list_objects_v2(Bucket=self._name, Prefix=key, MaxKeys=1)
        return bool(found.get("Contents"))

    def abort(self, key: str, upload_id: str) -> None:
        """Forget an upload that is not complete."""
        try:
            _client().abort_multipart_upload(Bucket=self._name, Key=key, UploadId=upload_id)
        except ClientError as error:
            if _cause(error) != "NoSuchUpload":
                raise NotStored(_cause(error)) from error
        except BotoCoreError as error:
            raise NotStored(_cause(error)) from error

    def link(self, key: str, file_name: str, seconds: int) -> str:
        """Make an address from which whoever has it can fetch the object for a while."""
        asked = {
            "Bucket": self._name,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{file_name}"',
        }
        return _client().generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise NotStored(_cause(error)) from error


def _cause(error: BotoCoreError | ClientError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code"))
    return type(error).__name__


class Shelf:
    """Objects in a dictionary, for tests and for replays."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.uploads: dict[str, tuple[str, dict[int, bytes]]] = {}

    def put(self, key: str, content: bytes) -> None:
        """Keep an object."""
        self.kept[key] = content

    def get(self, key: str, start: int = 0, end: int | None = None) -> bytes | None:
        """Return an object, or some of its bytes."""
        found = self.kept.get(key)
        return None if found is None else found[start:end]

    def begin(self, key: str, content_type: str) -> str:
        """Begin an upload."""
        del content_type
        upload_id = f"upload-{len(self.uploads)}"
        self.uploads[upload_id] = (key, {})
        return upload_id

    def put_part(self, key: str, upload_id: str, number: int, content: bytes) -> str:
        """Keep a part."""
        of_key, parts = self.uploads[upload_id]
        if of_key != key:
            raise NotStored("NoSuchUpload")
        parts[number] = content
        return f"{number}-{len(content)}"

    def complete(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        """Put the parts together."""
        _, kept = self.uploads[upload_id]
        if [number for number, _ in parts] != sorted({number for number, _ in parts}):
            raise NotStored("InvalidPartOrder")
        if any(tag != f"{number}-{len(kept[number])}" for number, tag in parts):
            raise NotStored("InvalidPart")
        self.kept[key] = b"".join(kept[number] for number, _ in parts)

    def abort(self, key: str, upload_id: str) -> None:
        """Forget an upload."""
        del key
        self.uploads.pop(upload_id, None)

    def link(self, key: str, file_name: str, seconds: int) -> str:
        """Make an address."""
        return f"https://shelf.example/{key}?name={file_name}&seconds={seconds}"
