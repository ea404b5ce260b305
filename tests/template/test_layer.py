"""Every handler starts on what the layers and the runtime hold, and on nothing else."""

import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANDLERS = sorted((ROOT / "functions").glob("*/app.py"))
# What AWS puts into every Python runtime.
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six")
_IMPORT = "import runpy, sys; runpy.run_path(sys.argv[1])"


@pytest.fixture(scope="session")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the vendor layer for this machine, and lay the runtime's own packages beside it."""
    folder = tmp_path_factory.mktemp("layers")
    uv = Path(sys.executable).parent / "uv"
    subprocess.run(
        ["make", "--silent", "-C", str(ROOT / "layers/vendor"), "build-VendorLayer"],
        env=os.environ
        | {
            "ARTIFACTS_DIR": str(folder),
            "UV": str(uv),
            "VENDOR_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
            "VENDOR_PLATFORM": f"{platform.machine()}-manylinux2014",
        },
        check=True,
    )
    runtime = folder / "runtime"
    runtime.mkdir()
    for name in RUNTIME:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin)
        target = runtime / (source.parent.name if source.name == "__init__.py" else source.name)
        target.symlink_to(source.parent if source.name == "__init__.py" else source)
    return folder


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda path: path.parent.name)
def test_a_handler_starts_on_the_layers_alone(handler: Path, layers: Path, tmp_path: Path) -> None:
    path = (layers / "python", ROOT / "layers/assent/python", layers / "runtime")
    shutil.copy(handler, tmp_path / "app.py")
    done = subprocess.run(
        # -S: without this environment's packages, as a fresh Lambda process is.
        [sys.executable, "-S", "-c", _IMPORT, str(tmp_path / "app.py")],
        env={
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "AWS_DEFAULT_REGION": "us-east-1",
            "POWERTOOLS_METRICS_NAMESPACE": "Assent",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_package_that_no_layer_holds_is_missed(layers: Path, tmp_path: Path) -> None:
    handler = tmp_path / "app.py"
    handler.write_text("import moto")
    done = subprocess.run(
        [sys.executable, "-S", "-c", _IMPORT, str(handler)],
        env={"PYTHONPATH": str(layers / "python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No module named 'moto'" in done.stderr
