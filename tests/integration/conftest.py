"""The integration tests' stack: private, on free ports, one for all workers of a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.play_client import Browser
from local.testing import RunningStack, last_to_finish, shared_stack, stop_stack
from tests.integration.scene import Scene

_folders: list[Path] = []


def _folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of this run share."""
    base = factory.getbasetemp()
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    return (base.parent if parallel else base) / "stack"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> RunningStack:
    """Deploy template.yaml to a private stack, with the demo data in it."""
    folder = _folder(tmp_path_factory)
    _folders.append(folder)
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    return shared_stack(folder, os.getppid() if parallel else os.getpid())


@pytest.fixture(scope="session")
def operator(stack: RunningStack) -> Iterator[Browser]:
    """Sign in as the demo user, owner in the three demo accounts."""
    browser = Browser(stack.url)
    browser.sign_in(stack.demo.email, stack.demo.password)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def scene(stack: RunningStack, operator: Browser) -> Scene:
    """Return the shared stack with its operator, and what the tests do on it."""
    return Scene(stack, operator)


@pytest.fixture(scope="session")
def http(stack: RunningStack) -> Iterator[httpx.Client]:
    """Call the front door as anybody can."""
    with httpx.Client(base_url=stack.url, timeout=65) as client:
        yield client


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the stack when the last worker of the run has finished."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1 and "PYTEST_XDIST_WORKER" in os.environ:
        factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
        folder = _folder(factory)
        if last_to_finish(folder, workers):
            stop_stack(folder)
        return
    for folder in _folders:
        stop_stack(folder)
