"""A desk at which imports are made and worked on."""

import pytest

from tests.fakes import World
from tests.unit.contacts.imports.desk import Desk
from tests.unit.contacts.imports.people import PeopleDesk


@pytest.fixture
def desk(world: World) -> Desk:
    """Imports of account A, with files on a shelf and commands in a list."""
    return Desk(world)


@pytest.fixture
def people(world: World) -> PeopleDesk:
    """Imports of contacts of account A."""
    return PeopleDesk(world)
