"""Many histories, on all cores: `make soak`, with HISTORIES= as many as there is time for.

Every run takes other histories, by the SEED that it prints; a failure prints the shortest history
that it could find, as the calls that make it.
"""

import math
import os
import secrets
import sys
import time

import pytest

_SHARD = 250
_TESTS = "tests/properties/consent/test_histories.py"


class Progress:
    """Says after each shard how far it has come."""

    def __init__(self, wanted: int, shards: int) -> None:
        self.wanted, self.each, self.shards = wanted, wanted / shards, shards
        self.done = self.failed = 0
        self.began = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a shard, whichever process it ran in."""
        if report.when == "call":
            self.done += 1
            self.failed += report.failed
            sys.stdout.write(f"\r{self.line()}")
            sys.stdout.flush()

    def line(self) -> str:
        """Say how many histories were played, how fast, and how many shards failed."""
        played = round(self.done * self.each)
        seconds = time.monotonic() - self.began
        return (
            f"{played:,} of {self.wanted:,} histories in {seconds / 60:.1f} minutes "
            f"({played / seconds:.0f}/s), {self.failed} of {self.done} shards failed"
        )


def main() -> int:
    """Play the histories; returns what pytest does, 0 when all came out as the rules say."""
    wanted = int(os.environ.get("HISTORIES") or "100000")
    shards = max(1, math.ceil(wanted / _SHARD))
    seed = os.environ.get("SEED") or str(secrets.randbelow(10**6))
    os.environ |= {"HISTORIES": str(wanted), "SHARDS": str(shards), "SEED": seed}
    sys.stdout.write(f"SEED={seed}, {os.cpu_count()} processes\n")
    progress = Progress(wanted, shards)
    failures = pytest.main(
        ["-n", "auto", "-q", "-p", "no:cacheprovider", _TESTS], plugins=[progress]
    )
    sys.stdout.write(f"\nResult: {progress.line()}; SEED={seed}\n")
    return int(failures)


if __name__ == "__main__":
    sys.exit(main())
