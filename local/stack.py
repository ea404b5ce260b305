"""Everything that runs: the emulator and the front door, started and stopped in order."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import httpx

from local import console, deploy, emulator, processes, seed
from local.layout import Layout, Ports, read_json, write_json
from local.progress import Progress, StepFailedError

_START_SECONDS = 20.0


class Stack:
    """One running stack; `stop` may be called at any point, also after a failed start."""

    def __init__(self, layout: Layout, ports: Ports, progress: Progress) -> None:
        self.layout = layout
        self.ports = ports
        self._progress = progress
        self._emulator: processes.Child | None = None
        self._front_door: processes.Child | None = None

    def start(self, *, build_console: bool = True) -> seed.Demo:
        """Start everything; returns the demo data's names."""
        step = self._progress.step
        self._note_run(ready=False)
        if build_console and (self.layout.console / "package.json").is_file():
            with step("Console"):
                console.build(self.layout, self._progress)
        with step("AWS emulator"):
            self._emulator = emulator.start(self.layout, self.ports)
            self._note_run(ready=False)
        with step("Deploying template.yaml"):
            deployment = deploy.deploy(self.layout, self.ports, self._progress)
        with step("Demo data"):
            demo = seed.seed(self.layout, self.ports, deployment)
        with step("Front door, phones and provider"):
            self._front_door = self._serve()
            self._note_run(ready=False)
            self._wait_for_front_door(self._front_door)
            seed.seed_phones(self.layout, self.ports)
        self._note_run(ready=True)
        return demo

    def _serve(self) -> processes.Child:
        command = [sys.executable, "-m", "local.serve"]
        command += ["--state", str(self.layout.state), "--repository", str(self.layout.repository)]
        for name, port in asdict(self.ports).items():
            command += [f"--{name}", str(port)]
        return processes.start(
            "front door",
            command,
            env=emulator.environment(self.layout, self.ports)
            | {"PYTHONPATH": str(self.layout.repository)},
            log=self.layout.logs / "front-door.log",
            cwd=self.layout.state,
        )

    def _wait_for_front_door(self, child: processes.Child) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and child.ended() is None:
            try:
                if httpx.get(f"{self.ports.front_url}/phone/api/phones", timeout=2).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise StepFailedError(
            f"The front door did not answer on port {self.ports.front}.",
            advice="Read the end of its log.",
            log=child.log,
        )

    def fallen(self) -> processes.Child | None:
        """Return a process that has ended by itself, if one has."""
        for child in (self._emulator, self._front_door):
            if child is not None and child.ended() is not None:
                return child
        return None

    def memory(self) -> int | None:
        """Return the bytes that the stack's processes hold, functions included."""
        children = [child for child in (self._emulator, self._front_door) if child]
        return processes.memory([child.pid for child in children])

    def stop(self) -> None:
        """End what was started, the emulator last: it writes its state when all is quiet."""
        if self._front_door:
            self._front_door.stop(grace=5)
        if self._emulator:
            emulator.stop(self._emulator, self.layout)
        self.layout.run.unlink(missing_ok=True)

    def _note_run(self, *, ready: bool) -> None:
        children = [child for child in (self._emulator, self._front_door) if child]
        write_json(
            self.layout.run,
            {
                "pid": os.getpid(),
                "since": datetime.now(UTC).isoformat(timespec="seconds"),
                "ready": ready,
                "ports": asdict(self.ports),
                "url": self.ports.front_url,
                "children": {child.pid: processes.birth(child.pid) for child in children},
            },
        )


def end_leftovers(layout: Layout) -> int:
    """End what an earlier start left running because it was killed; returns how many."""
    children: dict[str, Any] = read_json(layout.run).get("children", {})
    ended = sum(processes.end_leftover(int(pid), born) for pid, born in children.items() if born)
    emulator.remove_leftovers(layout)
    layout.run.unlink(missing_ok=True)
    return ended
