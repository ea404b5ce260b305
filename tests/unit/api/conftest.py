"""An office with people of every role, and something of every kind in account A."""

from collections.abc import Iterator

import pytest
from moto.core.models import MockAWS

from tests.unit.api.office import Office
from tests.unit.functions.deployment import deployed


@pytest.fixture(scope="module")
def office(simulated_aws: MockAWS) -> Iterator[Office]:
    """One office for a whole module."""
    with deployed(simulated_aws) as deployment:
        yield Office(deployment)
