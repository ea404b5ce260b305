"""The transcript believes a proof pack only as far as the pack's own program does."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from local.play_proof import Proof

AT = "2026-11-26T10:00:00.000000Z"
STOP = {"source": "Keyword", "effective_at": AT, "evidence": {"message": "STOP"}}
WITHHELD = {"sequence": 1, "previous": "", "hash": "", "withheld": True}


def pack(program: str, *events: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("proof.json", json.dumps({"chains": [{"events": list(events)}]}))
        archive.writestr("verify.py", program)
    return packed.getvalue()


def test_a_pack_holds_when_its_program_says_so() -> None:
    """P4."""
    proof = Proof.of(pack("print('OK: all fits')"))
    assert (proof.holds, proof.verdict) == (True, "OK: all fits")


def test_a_pack_whose_program_finds_a_fault_does_not_hold() -> None:
    """P2, P4."""
    proof = Proof.of(pack("import sys; print('FAULT event 2: changed'); sys.exit(1)"))
    assert (proof.holds, proof.verdict) == (False, "FAULT event 2: changed")


def test_the_event_that_an_answer_rests_on_is_found_by_source_and_time() -> None:
    """S7, P1: however the time is written; what is another account's is passed over."""
    proof = Proof.of(pack("", WITHHELD, STOP))
    assert proof.event("Keyword", "2026-11-26T10:00:00+00:00") == STOP
    assert proof.event("Keypress", AT) is None
    assert proof.event("Keyword", "2026-11-26T10:00:01+00:00") is None
