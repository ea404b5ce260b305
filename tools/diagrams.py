"""Writes the pictures of the state machines into the documents, from the tables in the code.

Run `python -m tools.diagrams`; with `--check` it fails when a document is not what the code says.
A document marks the place with `<!-- made from the code: <name> -->` and `<!-- end -->`.
"""

import re
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from assent.broadcasts.model import TRANSITIONS, State
from assent.broadcasts.results import EXCLUSIONS
from assent.consent.model import Standing, Suppression
from assent.consent.transitions import STANDINGS, SUPPRESSIONS
from tools import call_tables, rule_tables

DOCS = Path(__file__).parents[1] / "docs"
_MARKED = re.compile(r"(<!-- made from the code: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_ADVICE = "Run: python -m tools.diagrams"

_S = TypeVar("_S", bound=StrEnum)
_E = TypeVar("_E", bound=StrEnum)


def diagram(first: _S, table: Mapping[tuple[_S, _E], _S]) -> str:
    """Draw a transition table as a Mermaid state diagram; states that nothing leaves are ends."""
    events: dict[tuple[str, str], list[str]] = {}
    for (state, event), after in table.items():
        events.setdefault((state.value, after.value), []).append(event.value)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first.value}"]
    lines += [
        f"    {before} --> {after}: {', '.join(found)}"
        for (before, after), found in sorted(events.items(), key=lambda item: _by_kind(first, item))
    ]
    left = {before for before, _ in events}
    ends = sorted({after for _, after in events} - left)
    lines += [f"    {state} --> [*]" for state in ends]
    return "\n".join([*lines, "```"])


def _by_kind(first: StrEnum, item: tuple[tuple[str, str], list[str]]) -> tuple[int, int]:
    order = [state.value for state in type(first)]
    (before, after), _ = item
    return order.index(before), order.index(after)


def grid(first: _S, table: Mapping[tuple[_S, _E], _S]) -> str:
    """Write a transition table as states by events; a dash is an event that cannot happen."""
    states = list(type(first))
    events = list(dict.fromkeys(event for _, event in table))
    lines = [
        f"| event | {' | '.join(f'from {state.value}' for state in states)} |",
        "|---" * (len(states) + 1) + "|",
    ]
    for event in events:
        cells = (table.get((state, event)) for state in states)
        lines.append(f"| `{event.value}` | {' | '.join(c.value if c else '—' for c in cells)} |")
    return "\n".join(lines)


def machine(first: _S, table: Mapping[tuple[_S, _E], _S]) -> str:
    """Show a state machine as a picture and as a table."""
    return f"{diagram(first, table)}\n\n{grid(first, table)}"


def exclusions() -> str:
    """List why a member of a group is not sent a broadcast, in the words that people see."""
    lines = ["| code | what people read |", "|---|---|"]
    lines += [f"| `{reason.value}` | {words} |" for reason, words in EXCLUSIONS.items()]
    return "\n".join(lines)


PARTS: dict[str, Callable[[], str]] = {
    "standing": lambda: machine(Standing.NONE, STANDINGS),
    "suppression": lambda: machine(Suppression.CLEAR, SUPPRESSIONS),
    "lifecycle": lambda: machine(State.DRAFT, TRANSITIONS),
    "exclusions": exclusions,
    "terms": rule_tables.terms,
    "places": rule_tables.places,
    "calls": call_tables.states,
    "redials": call_tables.redials,
}
"""What can stand between the marks, by its name."""


def render(text: str) -> str:
    """Return a document with every marked place as the code has it; an unknown name raises."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", text)


def stale(folder: Path = DOCS) -> list[Path]:
    """Find the documents that are not what the code says."""
    return [path for path in sorted(folder.glob("*.md")) if render(_read(path)) != _read(path)]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write the documents, or check them."""
    found = stale()
    if "--check" not in arguments:
        for path in found:
            path.write_text(render(_read(path)), encoding="utf-8")
        return 0
    for path in found:
        sys.stderr.write(f"docs/{path.name} is not what the code says. {_ADVICE}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
