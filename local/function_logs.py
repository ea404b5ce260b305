"""The functions' logs: kept by the emulator as CloudWatch keeps them, copied to a file here."""

from __future__ import annotations

from local import emulator
from local.layout import Layout, Ports

_MOST = 2000
_SIGNS = ("ERROR", "Traceback", "Exception", "errorMessage", "Task timed out")


def collect(layout: Layout, ports: Ports) -> list[str]:
    """Write all functions' log lines to `logs/functions.log`; return those that tell of errors."""
    logs = emulator.client("logs", ports)
    lines: list[tuple[int, str]] = []
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/assent-local-")["logGroups"]
    for group in groups:
        name = group["logGroupName"]
        events = logs.filter_log_events(logGroupName=name, limit=_MOST)["events"]
        function = name.rpartition("-")[2]
        lines += [(event["timestamp"], f"{function}: {event['message']}") for event in events]
    lines.sort()
    written = "\n".join(text.rstrip() for _, text in lines)
    (layout.logs / "functions.log").write_text(written + "\n", "utf-8")
    told = [text for _, text in lines if any(sign in text for sign in _SIGNS)]
    # A function that cannot even be imported has no log of its own.
    emulated = (layout.logs / "emulator.log").read_text("utf-8", errors="replace")
    return [line for line in emulated.splitlines() if " ERROR [lambda" in line] + told
