"""Thousands of histories on the real services: a STOP is never undone except by the contact."""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.consent.machine import Histories
from tests.properties.consent.scene import Scene

HISTORIES = int(os.environ.get("HISTORIES", "2000"))
SHARDS = int(os.environ.get("SHARDS", "8"))
STEPS = (5, 8, 12, 18)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_history_comes_out_as_the_rules_say(scene: Scene, shard: int) -> None:
    """S0, S4, S5, S6, O1, O4, O8, O9, O10, K2, K4, K7, B6, B8, P2, P3, Q13, C11."""

    @seed(int(os.environ.get("SEED", "1")) * 1000 + shard)
    class Shard(Histories):
        pass

    Shard.scene = scene
    run_state_machine_as_test(
        Shard,
        settings=settings(
            max_examples=HISTORIES // SHARDS,
            stateful_step_count=STEPS[shard % len(STEPS)],
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
