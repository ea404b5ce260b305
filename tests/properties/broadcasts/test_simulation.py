"""Whatever the order in which Lambdas move and end, each recipient gets one copy and is counted."""

from collections import Counter
from datetime import datetime

import pytest

from assent.accounts.service import AccountService
from assent.broadcasts import fanout, plan, progress
from assent.broadcasts.model import State
from assent.broadcasts.results import Report
from assent.platform import settings
from assent.platform.ids import derived_id
from tests.conftest import put_back
from tests.fakes import World
from tests.properties.broadcasts.simulation import Simulation, simulate
from tests.unit.broadcasts.desk import Desk

PEOPLE = 11
SLICE = 3


def make_world_again(request: pytest.FixtureRequest, world: World, at: datetime) -> None:
    """Empty the tables and put back what stands in them, at the same moment."""
    request.getfixturevalue("simulated_aws").reset()
    put_back("world", lambda: None)
    world.clock.at = at
    vars(world.accounts).update(vars(AccountService(world.clock)))  # nothing is remembered
    world.queue.sent.clear()
    world.provider.sent.clear()


def played(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> tuple[Simulation, Report, Desk]:
    """Play one story, of two broadcasts that share a sender."""
    monkeypatch.setenv("GROUP_SHARDS", "2")
    settings.current.cache_clear()
    monkeypatch.setattr(plan, "CHUNK", 4)
    monkeypatch.setattr(fanout, "SLICE", SLICE)
    numbers = iter(range(1_000))
    monkeypatch.setattr(
        "tests.unit.broadcasts.desk.new_id",
        lambda prefix, at: derived_id(prefix, at, str(next(numbers))),
    )
    desk = Desk(world)
    group = world.group()
    people = [desk.person(group) for _ in range(PEOPLE)]
    simulation = simulate(desk, world.provider, seed, monkeypatch)
    simulation.stops = [one.phone for one in people[:3]]
    made = [desk.start(group), desk.start(group)]
    simulation.play()
    for one in made:
        assert desk.fresh(one).state == State.FINISHED
    reports = [progress.report(desk.fresh(one)) for one in made]
    for report in reports:
        parts = report.sent + report.failed + report.unknown + sum(report.excluded.values())
        assert report.planned == parts == PEOPLE
        assert report.unknown <= SLICE * simulation.killed
    return simulation, reports[0], desk


@pytest.mark.parametrize("seed", range(6))
def test_each_gets_one_copy_and_nobody_after_a_stop_that_could_be_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """B6, B8, B5: two broadcasts, four Lambdas, three deaths, three STOPs, doubled messages."""
    simulation, _, desk = played(world, monkeypatch, seed)
    assert simulation.broken == []
    copies = Counter((outgoing.phone, outgoing.status_url) for outgoing in desk.world.provider.sent)
    assert max(copies.values(), default=1) == 1


def test_a_seed_plays_the_same_story_again(
    world: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """What one run finds, another can look at."""
    stories = []
    began = world.clock.at
    for _ in range(2):
        make_world_again(request, world, began)
        with monkeypatch.context() as patch:
            simulation, report, _ = played(world, patch, 5)
        stories.append((simulation.trace, report))
    assert stories[0] == stories[1]
