"""The proof of a contact, as somebody outside reads it: the pack, and what its own program says."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_SECONDS = 20


@dataclass(frozen=True)
class Proof:
    """A proof pack, unpacked."""

    events: list[Row]
    verdict: str  # the last line of the pack's program
    holds: bool

    @classmethod
    def of(cls, pack: bytes) -> Proof:
        """Unpack it, and run the program in it beside it, without anything of the product."""
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(io.BytesIO(pack)) as packed:
                packed.extractall(folder)
            read = json.loads((Path(folder) / "proof.json").read_bytes())
            done = subprocess.run(  # noqa: S603 - the program came with the pack that was asked for
                [sys.executable, "-I", str(Path(folder) / "verify.py")],
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        events = [event for chain in read["chains"] for event in chain["events"]]
        return cls(events, (done.stdout or done.stderr).strip(), done.returncode == 0)

    def event(self, source: str, at: str) -> Row | None:
        """Return the event with this source that took effect at this time."""
        return next((event for event in self.events if _is(event, source, at)), None)


def _is(event: Row, source: str, at: str) -> bool:
    if "withheld" in event or event["source"] != source:
        return False
    return datetime.fromisoformat(event["effective_at"]) == datetime.fromisoformat(at)
