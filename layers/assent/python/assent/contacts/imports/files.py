"""The objects of one import: the parts as they came, and what is worked out of them."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from assent.contacts.imports.columns import Layout
from assent.contacts.imports.cutting import Found
from assent.contacts.imports.errors import Line
from assent.contacts.imports.model import PART, Import, Phase, RowOutcome
from assent.platform.objects import Objects

_CHUNK = 1024 * 1024


class Numbers(NamedTuple):
    """Numbers with what becomes of each; outcomes are empty as long as nobody has looked."""

    phones: list[str]
    outcomes: list[RowOutcome]
    lines: list[int]  # the lines of the file that they stand on


class Decided(NamedTuple):
    """What becomes of the rows of a slice, and for how many of the changes it is done."""

    outcomes: list[RowOutcome]
    done: int = 0


class MissingFile(Exception):
    """An object of the import is gone: after 90 days S3 deletes them."""


class Files:
    """Keeps and reads the objects of one import, all below `imports/<ac>/<im>/`.

    The parts of the file stand there by their numbers; what is worked out of them stands below
    the attempt, so that a file that is looked at again starts afresh.
    """

    def __init__(self, objects: Objects, job: Import) -> None:
        self._objects = objects
        self._base = f"imports/{job.account_id}/{job.id}"
        self._attempt = f"{self._base}/attempt-{job.attempt}"

    def put_part(self, number: int, content: bytes) -> None:
        """Keep a part of the file; numbered from 1."""
        self._objects.put(f"{self._base}/{number}", content)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Read the file's bytes from `start` to before `end`, a chunk at a time."""
        while start < end:
            number, inside = divmod(start, PART)
            until = min(inside + _CHUNK, PART, inside + end - start)
            chunk = self._objects.get(f"{self._base}/{number + 1}", inside, until)
            if chunk is None:
                raise MissingFile(f"{number + 1}")
            if len(chunk) != until - inside:
                raise MissingFile(f"{number + 1}")
            start += len(chunk)
            yield chunk

    def put_found(self, found: Found) -> None:
        """Keep what the first look found."""
        self._put("cut", found.model_dump_json())

    def found(self) -> Found | None:
        """Read what the first look had found when it stopped, if it has begun."""
        kept = self._maybe("cut")
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
        kept = self._maybe(f"{name}/{slice_number}")
        if kept is None:
            return None
        phones, outcomes, lines = json.loads(kept)
        return Numbers(phones, [RowOutcome(one) for one in outcomes], lines)

    def put_decided(self, slice_number: int, decided: Decided) -> None:
        """Keep what becomes of the rows of a slice."""
        self._put(f"decided/{slice_number}", json.dumps(decided))

    def decided(self, slice_number: int) -> Decided | None:
        """Read what becomes of the rows of a slice, if that was decided."""
        kept = self._maybe(f"decided/{slice_number}")
        if kept is None:
            return None
        outcomes, done = json.loads(kept)
        return Decided([RowOutcome(one) for one in outcomes], done)

    def put_repeats(self, slice_number: int, lines: list[int]) -> None:
        """Keep the lines of a slice whose numbers an earlier slice has."""
        self._put(f"repeats/{slice_number}", json.dumps(lines))

    def repeats(self, slice_number: int) -> list[int]:
        """Read the lines of a slice whose numbers an earlier slice has."""
        found: list[int] = json.loads(self._get(f"repeats/{slice_number}"))
        return found

    def put_errors(self, phase: Phase, slice_number: int, lines: list[Line]) -> None:
        """Keep a slice's part of the error file."""
        self._put(f"errors/{phase}/{slice_number}", json.dumps(lines))

    def errors(self, phase: Phase, slice_number: int, *, or_none: bool = False) -> list[Line]:
        """Read a slice's part of the error file; with `or_none` it may never have been kept."""
        name = f"errors/{phase}/{slice_number}"
        kept = self._maybe(name) if or_none else self._get(name)
        return [(line, text) for line, text in json.loads(kept)] if kept else []

    def put_walk(self, walk: str) -> None:
        """Keep how far the members of a group were gathered."""
        self._put("walk", walk)

    def walk(self) -> str | None:
        """Read how far the members of a group were gathered."""
        kept = self._maybe("walk")
        return kept.decode() if kept else None

    def _put(self, name: str, text: str) -> None:
        self._objects.put(f"{self._attempt}/{name}", text.encode())

    def _maybe(self, name: str) -> bytes | None:
        return self._objects.get(f"{self._attempt}/{name}")

    def _get(self, name: str) -> bytes:
        found = self._maybe(name)
        if found is None:
            raise MissingFile(name)
        return found
