"""Finds a Chromium for the browser tests, and installs one where there is none.

A Chromium of the system comes first; as root on Debian it comes through apt; otherwise it is
Playwright's own. Without any, the browser tests fail.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def system_browser() -> str | None:
    """Return the path of a browser that the system has, or nothing."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def playwright_browser() -> str | None:
    """Return the path of Playwright's own browser if it is installed, or nothing."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- slow to import

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    """Return the path of any browser that is here."""
    return system_browser() or playwright_browser()


def install() -> str | None:
    """Install a browser by the way that is open here; returns its path, or nothing."""
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        print("· installing Chromium with apt (once)", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            done = subprocess.run(  # noqa: S603 -- fixed words
                [apt, *arguments], env=environment, stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode:
                print(f"apt-get {arguments[0]} failed", file=sys.stderr)
        if found := system_browser():
            return found
    print("· installing Playwright's Chromium (once)", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


def main() -> int:
    """Make sure that there is a browser; fails when there cannot be one."""
    if find() or install():
        return 0
    print(
        "No Chromium here and none could be installed: the browser tests cannot run.\n"
        "Install one (on Debian: apt install chromium) and run `make e2e`.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
