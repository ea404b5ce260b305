"""Stacks of a test's own: with functions' roles enforced, or behind a proxy that breaks calls."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import emulator, processes, transcript
from local.layout import LOOPBACK, Layout, Ports, choose_ports
from local.play_client import until
from local.progress import Progress
from local.stack import Stack
from local.testing import RunningStack, free_port

START_SECONDS = 20.0
# The stack's own three ports come first; its decade is free when `free_port` says so.
_PROXY_PORT = 5


@contextmanager
def private_stack(
    folder: Path, extra: Callable[[Ports], dict[str, str]] = lambda _ports: {}
) -> Iterator[RunningStack]:
    """Run a stack whose emulator, and so its functions, have `extra` in their environment."""
    layout = Layout.at(folder / "state")
    ports = choose_ports(layout, free_port())
    inherited = emulator.environment

    def environment(of: Layout, at: Ports) -> dict[str, str]:
        return inherited(of, at) | extra(at)

    with pytest.MonkeyPatch.context() as patch, (folder / "stack.log").open("w") as log:
        patch.setattr(emulator, "environment", environment)
        stack = Stack(layout, ports, Progress(log))
        try:
            stack.start(build_console=False)
            yield RunningStack.at(layout)
        finally:
            stack.stop()


def play_main_job(stack: RunningStack, log: Path) -> tuple[bool, str]:
    """Play the main job once; return whether every step held, and the transcript."""
    with log.open("w") as out:
        held = transcript.play(
            Stack(stack.layout, stack.ports, Progress(out)), stack.demo, Progress(out)
        )
    return held, log.read_text("utf-8")


class FaultyCalls:
    """A proxy between the functions and AWS that breaks calls by rules."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/_microburst", timeout=10)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def break_calls(self, *rules: dict[str, Any]) -> None:
        """Replace the rules; none of them lets every call through."""
        self._http.post("/rules", json=list(rules)).raise_for_status()

    def broken(self) -> list[dict[str, Any]]:
        """Return the latest calls that were broken."""
        fired: list[dict[str, Any]] = self._http.get("/fired", params={"limit": 5000}).json()
        return fired


@contextmanager
def stack_with_faults(folder: Path) -> Iterator[tuple[RunningStack, FaultyCalls]]:
    """Run a stack whose functions reach AWS through a proxy; it breaks nothing at first."""
    children: list[processes.Child] = []

    def behind_proxy(ports: Ports) -> dict[str, str]:
        url = f"http://{LOOPBACK}:{ports.front + _PROXY_PORT}"
        if not children:
            children.append(_proxy(ports, folder / "proxy.log"))
        return {"AWS_ENDPOINT_URL": url}

    try:
        with private_stack(folder, behind_proxy) as stack:
            faults = FaultyCalls(f"http://{LOOPBACK}:{stack.ports.front + _PROXY_PORT}")
            try:
                yield stack, faults
            finally:
                faults.break_calls()
                faults.close()
    finally:
        for child in children:
            child.stop(grace=5)


def _proxy(ports: Ports, log: Path) -> processes.Child:
    port = ports.front + _PROXY_PORT
    child = processes.start(
        "proxy",
        [
            *(sys.executable, "-m", "microburst", "--upstream", ports.emulator_url),
            *("--host", LOOPBACK, "--port", str(port)),
        ],
        env={"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
        log=log,
        cwd=log.parent,
    )

    def answers() -> bool:
        try:
            return httpx.get(f"http://{LOOPBACK}:{port}/_microburst/health").is_success
        except httpx.HTTPError:
            return False

    until("the proxy to answer", START_SECONDS, answers)
    return child
