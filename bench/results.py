"""One line per budget: its value, its goal, and whether it is met."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
TARGET = RESULTS / "latest.json"


@dataclass(frozen=True)
class Result:
    """A figure against its goal; smaller is better for all of them."""

    name: str
    value: float
    unit: str
    goal: float
    met: bool

    @classmethod
    def at_most(cls, name: str, value: float, unit: str, goal: float) -> "Result":
        """Compare a figure with the most that it may be."""
        return cls(name=name, value=round(value, 3), unit=unit, goal=goal, met=value <= goal)


def show(results: list[Result], *, whole: bool) -> int:
    """Print the table, and name what was missed; returns how many budgets were.

    Writes the JSON too, but for a part of the budgets: it would look like the whole.
    """
    width = max(len(result.name) for result in results)
    print(f"{'budget':{width}}  {'value':>10}  {'goal':>8}  unit")
    for result in results:
        mark = "met" if result.met else "MISSED"
        figures = f"{result.value:>10g}  {result.goal:>8g}"
        print(f"{result.name:{width}}  {figures}  {result.unit:<24} {mark}")
    missed = [result for result in results if not result.met]
    print(f"\n{len(results) - len(missed)} of {len(results)} budgets met")
    for one in missed:
        print(f"missed: {one.name}: {one.value:g} {one.unit} instead of {one.goal:g}")
    if whole:
        RESULTS.mkdir(exist_ok=True)
        content = json.dumps([asdict(r) for r in results], indent=2)
        TARGET.write_text(content + "\n", encoding="utf-8")
        print(f"written to {TARGET}")
    return len(missed)
