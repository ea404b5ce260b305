"""The short way into moto's tables answers as the long way does."""

from contextlib import nullcontext
from datetime import timedelta

from moto.core.models import MockAWS

from assent.consent.model import Channel
from assent.platform.settings import Settings
from tests.conftest import make_tables
from tests.fakes import ANN, BOB, FakeProvider, World
from tests.properties.consent.door import Door


def story(world: World) -> list[object]:
    """Play the same each time; what is drawn by lot is left out."""
    told: list[object] = [world.member(ANN).queue.state, world.lead(BOB) is not None]
    at = world.clock.now()
    told += [world.text("STOP"), world.text("STOP", at=at - timedelta(hours=1))]
    told += [world.lead(ANN) is not None, world.text("START"), world.text("please no more")]
    told += [world.text("HELP", BOB), world.text("STOP", BOB, message_id="x")]
    told += [world.text("STOP", BOB, message_id="x"), world.text("YES", BOB)]
    for phone in (ANN, BOB):
        kept, known = world.opt_out(phone), world.consent(phone)
        told += [kept.entries, kept.lifts, kept.sequence, known.agreements, known.sequence]
        told += [kept.blocked_scopes(Channel.SMS), world.provider.texts_to(phone)]
    return told


def test_a_story_comes_out_the_same_by_either_way(
    simulated_aws: MockAWS, aws: Settings, provider: FakeProvider
) -> None:
    told = []
    for way in (nullcontext(), Door().open()):
        simulated_aws.reset()
        make_tables()
        provider.sent.clear()
        with way:
            told.append(story(World(aws, provider)))
    assert told[0] == told[1]
