"""One line per budget: its value, its goal, and whether it is met."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

TARGET = Path(__file__).parent / "results" / "latest.json"


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


def show(results: list[Result]) -> None:
    """Print the table and write the JSON."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps([asdict(r) for r in results], indent=2) + "\n", encoding="utf-8")
    width = max(len(result.name) for result in results)
    print(f"{'budget':{width}}  {'value':>10}  {'goal':>8}  unit")
    for result in results:
        mark = "met" if result.met else "MISSED"
        figures = f"{result.value:>10g}  {result.goal:>8g}"
        print(f"{result.name:{width}}  {figures}  {result.unit:<24} {mark}")
    missed = sum(not result.met for result in results)
    print(f"\n{len(results) - missed} of {len(results)} budgets met; written to {TARGET}")
