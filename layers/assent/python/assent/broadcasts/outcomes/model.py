"""How chunks stand: what is recorded of their recipients, and what of that is counted. Pure."""

from dataclasses import dataclass
from datetime import datetime

from assent.broadcasts.results import Counts


@dataclass(frozen=True)
class Standing:
    """How far a chunk is that nobody has, or somebody else, or that has ended."""

    letters: str = ""
    ended: bool = False
    counted: bool = True  # all that is recorded stands in the counters
    rests: datetime | None = None


@dataclass(frozen=True)
class Settling:
    """What ends a visit to a chunk: whose members were counted as deferred, and how many."""

    woken: bool
    size: int
    rests: datetime | None = None


@dataclass(frozen=True)
class Recorded:
    """What of a slow sender's chunk is recorded and not counted yet, and what is counted."""

    counted: Counts
    more: Counts
    codes: Counts


def change(before: Counts, after: Counts, settling: Settling) -> Counts:
    """Return what the counters change by when a chunk's outcomes are counted again."""
    counts = difference(before, after)
    if settling.woken:
        # Whoever has an outcome now was counted as deferred until now.
        counts["deferred"] = counts.get("deferred", 0) - sum(counts.values())
    return counts


def difference(before: Counts, after: Counts) -> Counts:
    """Return by how much each count changed."""
    return {name: after.get(name, 0) - before.get(name, 0) for name in {*before, *after}}
