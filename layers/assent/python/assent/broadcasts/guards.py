"""When a broadcast pauses itself: too many opt out after it, or too much of it fails. Pure.

The numbers are this product's own. Carriers act on less: they suspend senders whose opt-outs stand
out, so a person is asked before many more are annoyed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Threshold:
    """So many, and this share of what went out, or was tried."""

    reason: str
    message: str
    column: str
    least: int
    share: float


THRESHOLDS = (
    Threshold(
        "many_opt_outs",
        "At least 10 people, and 3 % of those it was sent to, opted out. Look at the text and the"
        " groups before you resume.",
        "opt_outs",
        least=10,
        share=0.03,
    ),
    Threshold(
        "many_failures",
        "At least 20 copies, and a fifth of those tried, failed. Look at the causes before you"
        " resume.",
        "failed",
        least=20,
        share=0.2,
    ),
)

MESSAGES: dict[str, str] = {one.reason: one.message for one in THRESHOLDS}


def tripped(counts: Mapping[str, int], off: Collection[str]) -> str | None:
    """Name the first threshold that is passed and not switched off."""
    tried = counts.get("sent", 0) + counts.get("failed", 0)
    for one in THRESHOLDS:
        found = counts.get(one.column, 0)
        if one.reason not in off and found >= one.least and found >= one.share * tried:
            return one.reason
    return None
