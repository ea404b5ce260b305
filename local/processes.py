"""Start and stop processes so that nothing stays behind."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_PR_SET_PDEATHSIG = 1
_PROC = Path("/proc")


class AlreadyRunningError(RuntimeError):
    """Another stack holds the lock of this state folder."""


@dataclass(frozen=True)
class Child:
    """A process that leads its own process group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The id of the process and of its group."""
        return self.process.pid

    def ended(self) -> int | None:
        """Return the exit status where the process has ended by itself."""
        return self.process.poll()

    def stop(self, grace: float = 20.0) -> None:
        """Ask the process to end, wait, and end what is left of its group."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(grace)
        kill_group(self.pid)
        self.process.wait()


def start(
    name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path
) -> Child:
    """Start `command` in a process group of its own, with its output in `log`.

    On Linux the process is told to end when its parent dies, however that happens.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            list(command),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_end_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509
        )
    return Child(name, process, log)


def _end_with_parent() -> Callable[[], None]:
    # Loaded before the fork: between fork and exec nothing may be imported or locked.
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask


def kill_group(group: int) -> None:
    """Kill every process that is left in a group; no such group is fine."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def birth(pid: int) -> str | None:
    """Return a mark that tells two processes with the same id apart, None for no process."""
    try:
        if _PROC.is_dir():
            # The 22nd field, after the command's name, which may itself hold spaces.
            fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            return None if fields[0] == "Z" else fields[19]
        shown = subprocess.run(  # noqa: S603
            ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
        return shown.stdout.strip() or None
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None


def end_leftover(pid: int, born: str, grace: float = 20.0) -> bool:
    """End a process group of an earlier start, if it is still the same process."""
    if birth(pid) != born:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while birth(pid) == born and time.monotonic() < deadline:
        time.sleep(0.05)
    kill_group(pid)
    return True


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold `lock` for the block; the system lets go of it however the process ends."""
    with lock.open("a") as handle:
        if not _try_lock(handle):
            raise AlreadyRunningError
        yield


def is_locked(lock: Path) -> bool:
    """Tell whether a living process holds `lock`."""
    if not lock.exists():
        return False
    with lock.open("a") as handle:
        return not _try_lock(handle)


def _try_lock(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def memory(groups: Sequence[int]) -> int | None:
    """Return the bytes that the process groups hold; shared pages count in proportion.

    None where the system does not say (no `/proc`).
    """
    if not _PROC.is_dir():
        return None
    total = 0
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError, ProcessLookupError):
            if os.getpgid(int(folder.name)) in groups:
                total += _proportional_size(folder)
    return total


def _proportional_size(folder: Path) -> int:
    for line in (folder / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
