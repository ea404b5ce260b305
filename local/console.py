"""Build the console when its sources have changed, with the environment's own Node.js."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from local import processes
from local.layout import Layout
from local.progress import Progress, StepFailedError

_SOURCES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
_FOLDERS = ("src", "public", "scripts")


def build(layout: Layout, progress: Progress) -> bool:
    """Bring `console/dist` to what the sources are; return whether there was anything to do."""
    console = layout.console
    if not (console / "package.json").is_file():
        return False
    # Beside what was built: a build empties its folder, so the mark goes with it.
    mark = console / "dist" / ".sources"
    wanted = _fingerprint(console)
    built = (console / "dist" / "index.html").is_file()
    if built and mark.is_file() and mark.read_text("utf-8") == wanted:
        return False
    if _stale_packages(console):
        progress.note("installing packages")
        _run(["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"], layout)
    progress.note("building")
    _run(["npm", "run", "build"], layout)
    mark.write_text(wanted, "utf-8")
    return True


def _sources(console: Path) -> Iterator[Path]:
    yield from (console / name for name in _SOURCES if (console / name).is_file())
    for folder in _FOLDERS:
        yield from sorted(path for path in (console / folder).rglob("*") if path.is_file())


def _fingerprint(console: Path) -> str:
    digest = hashlib.sha256()
    for path in _sources(console):
        digest.update(f"{path.relative_to(console)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stale_packages(console: Path) -> bool:
    """Tell whether `npm ci` has to run: npm keeps a copy of the lock file it last installed."""
    lock, installed = console / "package-lock.json", console / "node_modules/.package-lock.json"
    return not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime


def _run(command: list[str], layout: Layout) -> None:
    tools = Path(sys.executable).parent
    child = processes.start(
        "npm",
        [str(tools / command[0]), *command[1:]],
        # npm looks for `node` on the path, and it must be the one that came with it.
        env=os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"},
        log=layout.logs / f"console-{command[1]}.log",
        cwd=layout.console,
    )
    try:
        status = child.process.wait()
    finally:
        child.stop(grace=2)
    if status:
        raise StepFailedError(
            f"`{' '.join(command)}` in console/ ended with status {status}.",
            advice="Read the end of the log; npm needs its registry the first time.",
            log=child.log,
        )
