"""What a person sees while the stack works: one line per step, with its time."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class StepFailedError(Exception):
    """A step could not be done; says which one, what to do, and where more is written."""

    def __init__(self, message: str, *, advice: str = "", log: Path | None = None) -> None:
        """Keep the message, the advice and the log file for the person who reads it."""
        super().__init__(message)
        self.advice = advice
        self.log = log


@dataclass
class Progress:
    """Prints steps to `out`; on a terminal the running step's line is rewritten."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    _title: str = ""
    _shown: str = ""

    @contextmanager
    def step(self, title: str) -> Iterator[Progress]:
        """Show `title` while the block runs and its time when it ends."""
        began = time.monotonic()
        self._title = title
        self._show("…")
        try:
            yield self
        except BaseException as error:
            mark = "✗" if isinstance(error, Exception) else "■"
            self._end(f"{mark} {title}  {time.monotonic() - began:.1f} s")
            raise
        self._end(f"✓ {title}  {time.monotonic() - began:.1f} s")

    def note(self, detail: str) -> None:
        """Say how far the running step has got."""
        self._show(detail)

    def say(self, line: str = "") -> None:
        """Print a line of its own; a running step's line comes again below it."""
        running, self._shown = self._shown, ""
        if running and self.out.isatty():
            self.out.write("\r\x1b[K")
        self.out.write(line + "\n")
        if running and self.out.isatty():
            self._show(running)
        self.out.flush()

    def _show(self, detail: str) -> None:
        if self._shown == detail:
            return
        self._shown = detail
        if self.out.isatty():
            self.out.write(f"\r\x1b[K  {self._title} {detail}")
        else:
            self.out.write(f"  {self._title} {detail}\n")
        self.out.flush()

    def _end(self, line: str) -> None:
        self._shown = ""
        self.out.write(f"\r\x1b[K{line}\n" if self.out.isatty() else f"{line}\n")
        self.out.flush()
