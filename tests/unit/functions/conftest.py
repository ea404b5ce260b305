"""One deployment for many tests, or a fresh one for those that count."""

from collections.abc import Iterator

import pytest
from moto.core.models import MockAWS

from tests.unit.functions.deployment import Deployment, deployed


@pytest.fixture(scope="module")
def shared(simulated_aws: MockAWS) -> Iterator[Deployment]:
    """A deployment for tests that do not mind each other."""
    with deployed(simulated_aws) as deployment:
        yield deployment


@pytest.fixture
def deployment(simulated_aws: MockAWS) -> Iterator[Deployment]:
    """A deployment of one's own."""
    with deployed(simulated_aws) as deployment:
        yield deployment
