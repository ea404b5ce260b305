"""The objects of one import: the parts as they came, and what is worked out of them."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from assent.contacts.imports.columns import Layout
from assent.contacts.imports.cutting import Found
from assent.contacts.imports.model import PART, Import, RowOutcome
from assent.platform.objects import Objects

_CHUNK = 1024 * 1024


class Numbers(NamedTuple):
    """Numbers with what becomes of each; outcomes are empty as long as nobody has looked."""

    phones: list[str]
    outcomes: list[RowOutcome]


class MissingFile(Exception):
    """An object of the import is gone: after 30 days S3 deletes them."""


class Files:
    """Keeps and reads the objects of one import, all below `imports/<ac>/<im>/`."""

    def __init__(self, objects: Objects, job: Import) -> None:
        self._objects = objects
        self._base = f"imports/{job.account_id}/{job.id}"

    def put_part(self, number: int, content: bytes) -> None:
        """Keep a part of the file; numbered from 1."""
        self._objects.put(f"{self._base}/{number}", content)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Read the file's bytes from `start` to before `end`, a chunk at a time."""
        while start < end:
            number, inside = divmod(start, PART)
            until = min(inside + _CHUNK, PART, inside + end - start)
            chunk = self._get(str(number + 1), inside, until)
            if len(chunk) != until - inside:
                raise MissingFile(f"{number + 1}")
            start += len(chunk)
            yield chunk

    def put_found(self, found: Found) -> None:
        """Keep what the first look found."""
        self._put("cut", found.model_dump_json())

    def found(self) -> Found | None:
        """Read what the first look had found when it stopped, if it has begun."""
        kept = self._objects.get(f"{self._base}/cut")
        return Found.model_validate_json(kept) if kept else None

    def plan(self) -> Found:
        """Read the whole of it."""
        return Found.model_validate_json(self._get("cut"))

    def layout(self) -> Layout:
        """Read how the rows are to be read."""
        return self.plan().layout

    def put_numbers(self, name: str, slice_number: int, numbers: Numbers) -> None:
        """Keep the numbers of a slice."""
        self._put(f"{name}/{slice_number}", json.dumps(numbers))

    def numbers(self, name: str, slice_number: int) -> Numbers | None:
        """Read the numbers of a slice, if they are there."""
        kept = self._objects.get(f"{self._base}/{name}/{slice_number}")
        if kept is None:
            return None
        phones, outcomes = json.loads(kept)
        return Numbers(phones, [RowOutcome(one) for one in outcomes])

    def put_errors(self, slice_number: int, content: bytes) -> None:
        """Keep a slice's part of the error file."""
        self._objects.put(f"{self._base}/errors/{slice_number}", content)

    def errors(self, slice_number: int) -> bytes:
        """Read a slice's part of the error file."""
        return self._get(f"errors/{slice_number}")

    def put_walk(self, walk: str) -> None:
        """Keep how far the members of a group were gathered."""
        self._put("walk", walk)

    def walk(self) -> str | None:
        """Read how far the members of a group were gathered."""
        kept = self._objects.get(f"{self._base}/walk")
        return kept.decode() if kept else None

    def _put(self, name: str, text: str) -> None:
        self._objects.put(f"{self._base}/{name}", text.encode())

    def _get(self, name: str, start: int = 0, end: int | None = None) -> bytes:
        found = self._objects.get(f"{self._base}/{name}", start, end)
        if found is None:
            raise MissingFile(name)
        return found
