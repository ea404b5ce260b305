"""One deployment for many tests, or a fresh one for those that count."""

from collections.abc import Iterator

import pytest

from tests.unit.functions.deployment import Deployment, deployed


@pytest.fixture(scope="module")
def shared() -> Iterator[Deployment]:
    """A deployment for tests that do not mind each other."""
    with deployed() as deployment:
        yield deployment


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    """A deployment of one's own."""
    with deployed() as deployment:
        yield deployment
