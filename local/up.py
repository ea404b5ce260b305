"""The commands: up, down, reset, status."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from local import processes, transcript
from local.layout import Layout, PortBusyError, choose_ports, read_json
from local.progress import Progress, StepFailedError
from local.seed import Demo
from local.stack import Stack, end_leftovers

_STOP_SECONDS = 60.0
_WATCH_SECONDS = 0.5


class _StopAsked(BaseException):
    """Somebody pressed Ctrl-C, or asked by signal."""


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Turn the first Ctrl-C or SIGTERM into an exception; further ones wait for the end."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = True
            raise _StopAsked

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def up(
    layout: Layout,
    *,
    port: int | None,
    once: bool = False,
    play: bool = True,
    until_pid: int | None = None,
    build_console: bool = True,
) -> int:
    """Start the stack, play the main job once, then stay until asked to end.

    With `once`, end after playing. Returns the exit status.
    """
    progress = Progress()
    try:
        with processes.only_one(layout.lock):
            end_leftovers(layout)  # before the ports are chosen: what was left may hold them
            ports = choose_ports(layout, port)
            stack = Stack(layout, ports, progress)
            return _run(stack, progress, once, play, until_pid, build_console)
    except processes.AlreadyRunningError:
        return _say_running(layout, progress)
    except PortBusyError as error:
        progress.say(f"✗ {error}")
        return 1


def _run(
    stack: Stack,
    progress: Progress,
    once: bool,
    play: bool,
    until_pid: int | None,
    build_console: bool,
) -> int:
    status = 0
    began = time.monotonic()
    with _stopped_by_signals():
        try:
            demo = stack.start(build_console=build_console)
            progress.say(f"  Ready after {time.monotonic() - began:.1f} s.")
            if play:
                passed = transcript.play(stack, demo, progress)
                status = 0 if passed else 1
            if not once:
                _say_where(stack, demo, progress)
                status = _stay(stack, progress, until_pid) or status
        except StepFailedError as error:
            _say_failure(error, progress)
            status = 1
        except _StopAsked:
            status = 1 if once else status
        finally:
            with progress.step("Stopping"):
                stack.stop()
    return status


def _stay(stack: Stack, progress: Progress, until_pid: int | None) -> int:
    """Wait until asked to end, a process falls, or the watched process is gone."""
    born = processes.birth(until_pid) if until_pid else None
    while True:
        fallen = stack.fallen()
        if fallen:
            progress.say(f"✗ The {fallen.name} ended by itself. Its log: {fallen.log}")
            return 1
        if until_pid and processes.birth(until_pid) != born:
            return 0
        time.sleep(_WATCH_SECONDS)


def _say_where(stack: Stack, demo: Demo, progress: Progress) -> None:
    url = stack.ports.front_url
    progress.say(f"""
  Console   {url}/          sign in as {demo.email}  password {demo.password}
  Phones    {url}/phone     text from them, answer STOP, take calls
  Form      {url}{demo.form_path}     agrees to texts
  Form      {url}{demo.calls_form_path}     agrees to texts and calls
  API       {url}/api/v1/   key of the demo integration: X-Api-Key in {stack.layout.demo}
  Logs      {stack.layout.logs}

  Ctrl-C ends everything; what you did is there the next time. `make reset` forgets it.""")


def _say_failure(error: StepFailedError, progress: Progress) -> None:
    progress.say(f"  {error}")
    if error.advice:
        progress.say(f"  What to do: {error.advice}")
    if error.log:
        progress.say(f"  Log: {error.log}")
        with suppress(OSError):
            for line in error.log.read_text("utf-8", errors="replace").splitlines()[-8:]:
                progress.say(f"  | {line[:200]}")


def _say_running(layout: Layout, progress: Progress) -> int:
    run = read_json(layout.run)
    progress.say(
        f"  Assent is already running at {run.get('url', 'its address')} "
        f"(process {run.get('pid', '?')}, since {run.get('since', '?')})."
        "\n  Stop it with `make down`, or with Ctrl-C where it runs."
    )
    return 1


def down(layout: Layout) -> int:
    """Stop the running stack, or what a killed one left behind."""
    progress = Progress()
    if not processes.is_locked(layout.lock):
        left = end_leftovers(layout)
        progress.say(f"  Ended {left} left-over processes." if left else "  Nothing is running.")
        return 0
    pid = read_json(layout.run).get("pid")
    with progress.step("Stopping"):
        if isinstance(pid, int):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while processes.is_locked(layout.lock):
            if time.monotonic() > deadline:
                progress.say(f"  Process {pid} does not end. Try: kill -9 {pid} && make down")
                return 1
            time.sleep(0.1)
    end_leftovers(layout)
    return 0


def reset(layout: Layout) -> int:
    """Stop the stack and forget all that it stored."""
    status = down(layout)
    if status == 0:
        shutil.rmtree(layout.state)
        Progress().say("  Forgotten: tables, queues, users, phones, logs.")
    return status


def status(layout: Layout) -> int:
    """Say whether a stack runs, and where; the exit status is 0 only when it is ready."""
    progress = Progress()
    run = read_json(layout.run)
    if not processes.is_locked(layout.lock):
        progress.say("  Nothing is running.")
        return 3
    state = "running" if run.get("ready") else "starting"
    progress.say(f"  Assent is {state} at {run.get('url')} (process {run.get('pid')}).")
    return 0 if run.get("ready") else 2
