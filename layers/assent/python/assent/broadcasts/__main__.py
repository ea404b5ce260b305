"""Names the schedules that belong to nothing any more; with `--delete`, deletes them.

Run `python -m assent.broadcasts` with a stage's environment and credentials.
"""

import sys

from assent.broadcasts.schedules.orphans import orphans
from assent.broadcasts.schedules.scheduler import SchedulerSchedules
from assent.platform import settings


def main(arguments: list[str]) -> int:
    """Look through the schedules; 1 when some that belong to nothing are left."""
    schedules = SchedulerSchedules(settings.current())
    found = list(orphans(schedules.kept()))
    for name, reason in found:
        sys.stdout.write(f"{name}: {reason}\n")
        if "--delete" in arguments:
            schedules.delete(name)
    return 1 if found and "--delete" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
