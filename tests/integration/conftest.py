"""The integration tests' fixtures, on the private stack of the run."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from local.play_client import Browser
from local.testing import RunningStack
from tests.integration.scene import Scene
from tests.stack import operator, stack

__all__ = ["http", "operator", "scene", "stack"]


@pytest.fixture(scope="session")
def scene(stack: RunningStack, operator: Browser) -> Scene:
    """Return the shared stack with its operator, and what the tests do on it."""
    return Scene(stack, operator)


@pytest.fixture(scope="session")
def http(stack: RunningStack) -> Iterator[httpx.Client]:
    """Call the front door as anybody can."""
    with httpx.Client(base_url=stack.url, timeout=65) as client:
        yield client
