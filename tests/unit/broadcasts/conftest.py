"""The desk of broadcasts."""

import pytest

from tests.fakes import World
from tests.unit.broadcasts.desk import Desk


@pytest.fixture
def desk(world: World) -> Desk:
    """An operator's desk in account A."""
    return Desk(world)
