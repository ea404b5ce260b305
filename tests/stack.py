"""The stack that the integration and the browser tests share: private, one for a whole run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from local.play_client import Browser
from local.testing import RunningStack, last_to_finish, shared_stack, stop_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Deploy template.yaml to a private stack, with the demo data in it.

    The last worker that used it stops it; should one not get there, it ends with the run.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if parallel else base) / "stack"
    yield shared_stack(folder, os.getppid() if parallel else os.getpid())
    if last_to_finish(folder, workers if parallel else 1):
        stop_stack(folder)


@pytest.fixture(scope="session")
def operator(stack: RunningStack) -> Iterator[Browser]:
    """Sign in as the demo user, owner in the three demo accounts."""
    browser = Browser(stack.url)
    browser.sign_in(stack.demo.email, stack.demo.password)
    yield browser
    browser.close()
