"""Processes are started, told apart, and ended without a trace."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from local import processes

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
_PARENT = f"""
import subprocess, time
print(subprocess.Popen({SLEEPER!r}).pid, flush=True)
time.sleep(60)
"""
PARENT = [sys.executable, "-c", _PARENT]


def start(command: list[str], folder: Path) -> processes.Child:
    return processes.start("test", command, env=os.environ, log=folder / "log", cwd=folder)


def test_stopping_ends_the_whole_group(tmp_path: Path) -> None:
    child = start(PARENT, tmp_path)
    while not (grandchild := (tmp_path / "log").read_text().strip()):
        time.sleep(0.02)
    child.stop(grace=5)
    assert processes.birth(child.pid) is None
    for _ in range(100):
        if processes.birth(int(grandchild)) is None:
            break
        time.sleep(0.02)
    assert processes.birth(int(grandchild)) is None


def test_one_that_ended_by_itself_is_noticed(tmp_path: Path) -> None:
    child = start([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)
    child.process.wait()
    assert child.ended() == 3
    child.stop()


def test_a_leftover_is_ended_but_never_a_stranger(tmp_path: Path) -> None:
    child = start(SLEEPER, tmp_path)
    born = processes.birth(child.pid)
    assert born is not None
    assert not processes.end_leftover(child.pid, "another start")
    assert child.ended() is None
    assert processes.end_leftover(child.pid, born, grace=5)
    child.process.wait()


def test_a_process_that_is_gone_has_no_birth() -> None:
    assert processes.birth(2**22 + 1) is None


def test_only_one_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert not processes.is_locked(lock)
    with processes.only_one(lock):
        assert processes.is_locked(lock)
        with pytest.raises(processes.AlreadyRunningError), processes.only_one(lock):
            pass
    assert not processes.is_locked(lock)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the system does not say")
def test_memory_of_a_group_is_counted(tmp_path: Path) -> None:
    child = start(SLEEPER, tmp_path)
    try:
        time.sleep(0.3)
        held = processes.memory([child.pid])
        assert held is not None
        assert 1_000_000 < held < 200_000_000
    finally:
        child.stop(grace=1)
