"""One set of tables for all histories of a process."""

from collections.abc import Iterator

import pytest
from moto.core.models import MockAWS

from assent.messaging.providers import PROVIDERS
from assent.platform import settings
from tests.conftest import environment, make_tables
from tests.fakes import World
from tests.properties.consent.door import Door
from tests.properties.consent.scene import FatefulProvider, Scene


@pytest.fixture(scope="module")
def scene(simulated_aws: MockAWS) -> Iterator[Scene]:
    """Three accounts, a shared sender and everything that histories need, set up once."""
    simulated_aws.reset()
    door = Door()
    provider = FatefulProvider(door)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment().items():
            patch.setenv(name, value)
        patch.setitem(PROVIDERS, "twilio", provider)
        patch.setattr(
            "assent.messaging.dispatch.credentials",
            lambda _, account: provider.credentials(account),
        )
        make_tables()
        settings.current.cache_clear()
        with door.open():
            yield Scene(World(settings.current(), provider), provider, door)
        settings.current.cache_clear()
