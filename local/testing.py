"""A private stack for tests: started once, shared by all workers of a run, ended with it."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from local import emulator, processes
from local.layout import LOOPBACK, REPOSITORY, Layout, Ports, is_free, read_json
from local.seed import Demo

_START_SECONDS = 120.0
_STOP_SECONDS = 30.0


@dataclass(frozen=True)
class RunningStack:
    """What a test needs to know of the stack."""

    layout: Layout
    ports: Ports
    demo: Demo
    outputs: dict[str, str]

    @classmethod
    def at(cls, layout: Layout) -> Self:
        """Read it from a state folder whose stack is ready."""
        ports = Ports(**read_json(layout.run)["ports"])
        return cls(layout, ports, Demo.read(layout), read_json(layout.deployed)["outputs"])

    @property
    def url(self) -> str:
        """The front door: console, API, forms, webhooks, phones."""
        return self.ports.front_url

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        """Return a boto3 client of this stack's emulator."""
        return emulator.client(service, self.ports)


def shared_stack(folder: Path, owner: int) -> RunningStack:
    """Return the stack of `folder`, starting it if no other worker has.

    It ends by itself when the process `owner` has ended, and before that by `stop_stack`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    layout = Layout.at(folder / "state")
    with _one_at_a_time(folder / "starting.lock"):
        if not (processes.is_locked(layout.lock) and read_json(layout.run).get("ready")):
            _start(layout, folder / "stack.log", owner)
    return RunningStack.at(layout)


def stop_stack(folder: Path) -> None:
    """Stop the stack of `folder`, where one runs."""
    layout = Layout.at(folder / "state")
    pid = read_json(layout.run).get("pid")
    if not isinstance(pid, int) or not processes.is_locked(layout.lock):
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while processes.is_locked(layout.lock) and time.monotonic() < deadline:
        time.sleep(0.05)


def last_to_finish(folder: Path, workers: int) -> bool:
    """Note that one of `workers` has finished; tell whether it was the last."""
    folder.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(folder / "starting.lock"):
        with (folder / "finished").open("a") as finished:
            finished.write("1")
        return (folder / "finished").stat().st_size >= workers


def free_port() -> int:
    """Return a port below those that the system hands out, with room for the stack's others."""
    for base in range(20000 + os.getpid() % 500 * 10, 32000, 10):
        if all(is_free(base + offset) for offset in range(3)):
            return base
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _start(layout: Layout, log: Path, owner: int) -> None:
    command = [sys.executable, "-m", "local", "up", "--no-play", "--no-console"]
    command += ["--state", str(layout.state), "--port", str(free_port())]
    command += ["--until-pid", str(owner)]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            command,
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while not read_json(layout.run).get("ready"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The stack did not start:\n{log.read_text('utf-8')}")
        time.sleep(0.1)
    # It outlives this process on purpose; its owner is the whole run.
    process.returncode = 0


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
