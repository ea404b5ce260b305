"""The product's main job, on the real template, from a form to the second broadcast."""

from __future__ import annotations

from pathlib import Path

from local.testing import RunningStack
from tests.integration.stacks import play_main_job, private_stack


def test_the_main_job_holds(stack: RunningStack, tmp_path: Path) -> None:
    """I1, Q1, Q3, Q5, Q6, O4, O8, K3, S5, S6, S7, B2: each step of the transcript holds."""
    held, transcript = play_main_job(stack, tmp_path / "play.log")
    assert held, transcript
    assert "steps hold" in transcript


def test_the_main_job_needs_no_more_than_the_functions_roles(tmp_path: Path) -> None:
    """Each function does its part of the main job with its own role's permissions alone."""
    with private_stack(tmp_path, lambda _ports: {"AUTH": "true"}) as stack:
        held, transcript = play_main_job(stack, tmp_path / "play.log")
    assert held, transcript
