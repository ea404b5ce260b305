"""The bench: its stand-in for DynamoDB counts as AWS does, and the documents say what it says."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assent.contacts.queue import service as queue
from assent.messaging.claims import store as claims
from assent.platform import tables
from bench import growth, million, prices, results
from bench.__main__ import main
from bench.costs import OPERATIONS
from bench.expressions import Item, condition, updated
from bench.results import Result
from bench.town import town
from bench.units import Counting
from tests.fakes import ANN, World

DOCS = Path(__file__).parents[2] / "docs"


def _life(world: World) -> None:
    """Let a lead arrive, be moved to a group and text STOP; claim a copy for it, and again."""
    group = world.group("Regulars")
    contact = world.queued(ANN)
    assert queue.move(world.a, contact.id, group, "Olga", world.clock) is None
    world.text("STOP", ANN)
    copy = world.calling(ANN)
    told = [claims.claim_all([copy], world.clock.now()) for _ in range(2)]
    assert told[1] == [claims.Unclaimed.TAKEN]


def test_the_stand_in_counts_what_is_counted_at_botocores_door(world: World) -> None:
    """Two ways that have nothing in common but the sizes of items."""
    world.lead("+12125550177")
    world.queue.sent = []
    world.group("Regulars")
    counting = Counting()
    counting.listen(tables.client())
    with counting.measure() as outside:
        _life(world)
    with town(1) as made:
        made.world.lead("+12125550177")
        made.world.queue.sent = []
        made.world.group("Regulars")
        with made.measured() as inside:
            _life(made.world)
    of_tables = sum(n for name, n in outside.calls.items() if name.startswith("dynamodb."))
    assert (inside.write_units, inside.calls) == (outside.write_units, of_tables)
    assert inside.read_units == outside.read_units


def test_everything_that_the_bench_does_still_works() -> None:
    """It checks what came of each operation itself; here one small account is enough."""
    found = growth.measured(1)
    assert {one.measured for one in OPERATIONS} <= set(found)
    assert set(growth.BOUNDED) <= set(found)
    assert found["move from the queue to a group"].write_units == 8


def test_a_broadcast_of_the_bench_reaches_everybody_once() -> None:
    with million.campaign(60, 100.0) as under_way:
        kinds = set(under_way.steps())
        used = under_way.usage()
    assert {"PlanBroadcast", "SendChunk"} <= kinds
    assert 1 < used.write_units < 2


ITEM: Item = {
    "pk": {"S": "a"},
    "sk": {"S": "b#1"},
    "count": {"N": "3"},
    "groups": {"SS": ["x", "y"]},
    "map": {"M": {"k": {"S": "v"}}},
}
NAMES = {"#0": "sk", "#1": "count", "#2": "groups", "#3": "map", "#4": "k", "#5": "missing"}
VALUES = {":0": {"S": "b#"}, ":1": {"N": "3"}, ":2": {"S": "x"}, ":3": {"S": "v"}, ":4": {"N": "5"}}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("begins_with (#0, :0)", True),
        ("(attribute_exists (#0) AND attribute_not_exists (#5))", True),
        ("(#1 < :1 OR #1 = :1)", True),
        ("#1 BETWEEN :1 AND :4", True),
        ("#1 > :1", False),
        ("(NOT contains (#2, :2))", False),
        ("#3.#4 = :3", True),
        ("#3.#4 IN (:0, :3)", True),
        ("size (#2) = :1", False),
        ("#5 = :1", False),
        ("#5 <> :1", True),
    ],
)
def test_conditions_hold_as_they_do_at_aws(expression: str, holds: bool) -> None:
    assert condition(expression)(ITEM, NAMES, VALUES) is holds


def test_an_update_sets_adds_removes_and_takes_out_of_sets() -> None:
    values = {":0": {"S": "c"}, ":1": {"N": "2"}, ":2": {"SS": ["x"]}, ":3": {"SS": ["y"]}}
    after = updated(ITEM, "SET #3.#4 = :0 REMOVE #0 ADD #1 :1 DELETE #2 :2", NAMES, values)
    assert after["map"] == {"M": {"k": {"S": "c"}}}
    assert "sk" not in after
    assert (after["count"], after["groups"]) == ({"N": "5"}, {"SS": ["y"]})
    assert "groups" not in updated(after, "DELETE #2 :3", NAMES, values)
    assert ITEM["map"] == {"M": {"k": {"S": "v"}}}


def test_the_cost_of_each_operation_is_the_one_that_the_bench_holds() -> None:
    text = (DOCS / "cost.md").read_text(encoding="utf-8")
    for one in OPERATIONS:
        row = re.search(rf"^\| {re.escape(one.name)} \|.*$", text, re.MULTILINE)
        assert row, one.name
        assert f"| at most ${one.at_most:g} |" in row[0], one.name


def test_the_prices_in_the_document_are_those_of_the_list() -> None:
    text = (DOCS / "cost.md").read_text(encoding="utf-8")
    assert f"{prices.CHECKED:%Y-%m-%d}" in text
    for price in prices.PRICES.values():
        per = " a million" if price.of > 1 else ""
        assert f"| {price.what} | ${price.dollars:g}{per} | {price.source} |" in text, price.what


def test_the_idle_cost_is_added_up_from_the_list() -> None:
    text = (DOCS / "cost.md").read_text(encoding="utf-8")
    mappings = int(re.findall(r"\| (\d+) queue mappings", text)[0])
    alarms = int(re.findall(r"\| (\d+) alarm metrics", text)[0])
    with_free = prices.idle(mappings=mappings, alarms=alarms - 10)
    without = prices.idle(mappings=mappings, alarms=alarms)
    assert f"| **about ${with_free:.2f}** |" in text
    assert f"about ${without:.2f}" in text


def test_prices_of_a_million_operations_are_sums_of_what_each_uses() -> None:
    used = prices.Usage(write_units=2, read_units=4, sqs_requests=3)
    assert used.dollars_a_million() == pytest.approx(2 * 0.625 + 4 * 0.125 + 3 * 0.40)
    assert (used + used).write_units == 4


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[float], int]:
    """Run a bench that has one part, whose figure is given, with 10 as its goal."""
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    monkeypatch.setattr(results, "TARGET", tmp_path / "latest.json")

    def run(figure: float) -> int:
        found = [Result.at_most("speed", figure, "µs", 10)]
        monkeypatch.setattr("bench.__main__.PARTS", {"one": lambda: found})
        return main([])

    return run


def test_a_missed_budget_is_named_and_ends_the_bench_with_1(
    parts: Callable[[float], int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert parts(9.5) == 0
    assert "missed:" not in capsys.readouterr().out
    assert parts(11) == 1
    assert "missed: speed: 11 µs instead of 10" in capsys.readouterr().out
    assert '"met": false' in (tmp_path / "latest.json").read_text(encoding="utf-8")


def test_an_unknown_part_ends_the_bench_with_2() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--only", "weather"])
    assert ended.value.code == 2
