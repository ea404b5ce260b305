"""An office with people of every role, and something of every kind in account A."""

from collections.abc import Iterator

import pytest

from tests.unit.api.office import Office
from tests.unit.functions.deployment import deployed


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """One office for a whole module."""
    with deployed() as deployment:
        yield Office(deployment)
