"""Run the bench: `python -m bench [--only PART …]`.

Ends with 0 when every budget is met, 1 when one is missed, 2 when it was called wrongly. The whole
run writes `bench/results/latest.json`; a part of it only prints.
"""

import argparse
import sys
import time
from collections.abc import Callable

from bench import costs, counted, growth, importing, sending, sizes, speed
from bench.results import Result, show

PARTS: dict[str, Callable[[], list[Result]]] = {
    "counted": counted.results,
    "importing": importing.results,
    "broadcast": sending.counted,
    "sending": sending.timed,
    "growth": growth.results,
    "speed": speed.results,
    "starting": speed.starting,
    "sizes": sizes.results,
    "costs": costs.results,
}


def main(arguments: list[str]) -> int:
    """Count, compare, show."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        choices=PARTS,
        metavar="PART",
        help="run a part: " + ", ".join(PARTS),
    )
    chosen = parser.parse_args(arguments).only or list(PARTS)
    results: list[Result] = []
    for name in chosen:
        began = time.monotonic()
        results += PARTS[name]()
        print(f"· {name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    missed = show(results, whole=set(chosen) == set(PARTS))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
