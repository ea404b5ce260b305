"""The stack's commands on a state folder of their own: up, up again, down, up."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local import processes
from local.layout import LOOPBACK, REPOSITORY, Layout, is_free, read_json
from local.play_client import Browser, until
from local.testing import RunningStack, free_port
from tests.integration import chains
from tests.integration.scene import SECONDS, Scene
from tests.integration.stacks import play_main_job


def local(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "local", *arguments],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def up(layout: Layout, port: int) -> subprocess.Popen[str]:
    arguments = ["--no-play", "--no-console", "--state", str(layout.state), "--port", str(port)]
    return local("up", *arguments, "--until-pid", str(os.getpid()))


@contextmanager
def running(layout: Layout, port: int) -> Iterator[RunningStack]:
    """Run `up` until the block ends, then end it as Ctrl-C does."""
    process = up(layout, port)

    def ready() -> bool:
        assert process.poll() is None, process.communicate()[0]
        return bool(read_json(layout.run).get("ready"))

    try:
        until("the stack to be ready", SECONDS, ready)
        yield RunningStack.at(layout)
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, said


def remembered(stack: RunningStack) -> dict[str, Any]:
    """Return what must be there after a restart: tables, users, queue, phones."""
    browser = Browser(stack.url)
    browser.sign_in(stack.demo.email, stack.demo.password)
    scene = Scene(stack, browser)
    phones = browser.phones("GET", "/phones")["phones"]
    found = {
        "groups": scene.api("GET", "/groups"),
        "queue": scene.api("GET", "/queue"),
        "broadcasts": scene.api("GET", "/broadcasts"),
        "threads": {one["number"]: browser.received(one["number"]) for one in phones},
        "ledger": sorted(item["pk"] + item["sk"] for item in chains.items(stack, "ledger")),
    }
    browser.close()
    return found


def test_everything_survives_a_restart_and_the_main_job_holds_again(tmp_path: Path) -> None:
    """Contacts, queue, ledger, users and phones are there; the chains verify; nothing stays."""
    layout, port = Layout.at(tmp_path / "state"), free_port()
    with running(layout, port) as stack:
        held, transcript = play_main_job(stack, tmp_path / "first.log")
        assert held, transcript
        children = read_json(layout.run)["children"]
        before = remembered(stack)
    assert [pid for pid in children if processes.birth(int(pid)) is not None] == []
    assert is_free(port)
    with running(layout, port) as stack:
        after = remembered(stack)
        assert after == before
        assert chains.faults(stack)[1] == []
        held, transcript = play_main_job(stack, tmp_path / "second.log")
        assert held, transcript
        check_second_up(layout, port)
        count, found = chains.faults(stack)
        assert found == []
        assert count > 0


def check_second_up(layout: Layout, port: int) -> None:
    second = up(layout, port)
    said, _ = second.communicate(timeout=SECONDS)
    assert second.returncode != 0
    assert f"already running at http://{LOOPBACK}:{port}" in said
    assert read_json(layout.run).get("ready")


def test_a_busy_port_is_named_with_a_way_out(tmp_path: Path) -> None:
    """What holds the port is left alone, and the command says how to take another one."""
    layout, port = Layout.at(tmp_path / "state"), free_port()
    with socket.create_server((LOOPBACK, port)):
        process = up(layout, port)
        said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode != 0
    assert f"Port {port} is in use" in said
    assert "PORT=" in said


def test_status_and_down_say_what_is_so(tmp_path: Path) -> None:
    """Commands from another terminal find the running stack by its state folder."""
    layout, port = Layout.at(tmp_path / "state"), free_port()
    state = ("--state", str(layout.state))
    process = up(layout, port)
    try:
        until("the stack to be ready", SECONDS, lambda: read_json(layout.run).get("ready"))
        status = local("status", *state)
        said, _ = status.communicate(timeout=SECONDS)
        assert (status.returncode, f"127.0.0.1:{port}" in said) == (0, True)
        down = local("down", *state)
        down.communicate(timeout=SECONDS)
        assert down.returncode == 0
        process.communicate(timeout=SECONDS)
    finally:
        if process.poll() is None:
            process.kill()
    assert is_free(port)
    assert not processes.is_locked(layout.lock)
