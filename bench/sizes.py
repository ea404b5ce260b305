"""How large what is deployed is: the layers and the largest worker, unzipped."""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.results import Result

_ROOT = Path(__file__).parents[1]
_WEB = {"console_api", "form_ingest", "inbound_webhook", "delivery_webhook"}


def results() -> list[Result]:
    """Build the vendor layer for this machine, and add it all up."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 -- our own words
            ["make", "--silent", "-C", str(_ROOT / "layers/vendor"), "build-VendorLayer"],  # noqa: S607
            env=os.environ
            | {
                "ARTIFACTS_DIR": folder,
                "UV": str(Path(sys.executable).parent / "uv"),
                "VENDOR_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
                "VENDOR_PLATFORM": f"{platform.machine()}-manylinux2014",
            },
            check=True,
            capture_output=True,
        )
        layers = _size(Path(folder)) + _size(_ROOT / "layers/assent")
    workers = [one for one in (_ROOT / "functions").iterdir() if one.name not in _WEB]
    largest = max(_size(one) for one in workers if one.is_dir())
    return [Result.at_most("function and layers, unzipped", (layers + largest) / 1e6, "MB", 20)]


def _size(folder: Path) -> int:
    return sum(
        one.stat().st_size
        for one in folder.rglob("*")
        if one.is_file() and "__pycache__" not in one.parts
    )
