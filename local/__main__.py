"""``python -m local up|down|reset|status``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from local.layout import REPOSITORY, Layout

_ON = frozenset({"1", "true", "yes", "on"})


def main(arguments: list[str] | None = None) -> int:
    """Run one command; PORT and ONCE may come from the environment, as `make up` passes them."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The local stack.")
    parser.add_argument("command", choices=("up", "down", "reset", "status"))
    parser.add_argument("--port", type=int, help="front door's port (default: PORT or 8080)")
    parser.add_argument("--once", action="store_true", help="play the main job, then end")
    parser.add_argument("--no-play", action="store_true", help="start without playing")
    parser.add_argument("--no-console", action="store_true", help="do not build the console")
    parser.add_argument("--state", type=Path, help="folder for all state (default: .local)")
    parser.add_argument("--repository", type=Path, default=REPOSITORY, help=argparse.SUPPRESS)
    parser.add_argument("--until-pid", type=int, help="end when this process has ended")
    given = parser.parse_args(arguments)
    # Imported late, so that Ctrl-C in the first second ends this quietly too.
    from local import up  # noqa: PLC0415

    layout = Layout.at(given.state, given.repository.resolve())
    if given.command != "up":
        return {"down": up.down, "reset": up.reset, "status": up.status}[given.command](layout)
    try:
        port = given.port or int(os.environ.get("PORT") or 0) or None
    except ValueError:
        parser.error(f"PORT must be a number, it is {os.environ['PORT']!r}")
    return up.up(
        layout,
        port=port,
        once=given.once or os.environ.get("ONCE", "").lower() in _ON,
        play=not given.no_play,
        until_pid=given.until_pid,
        build_console=not given.no_console,
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
