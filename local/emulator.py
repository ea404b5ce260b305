"""Start and stop the AWS emulator (ministack)."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx
from botocore.config import Config

from local import processes
from local.layout import LOOPBACK, REGION
from local.progress import StepFailedError

if TYPE_CHECKING:
    from local.layout import Layout, Ports

_HEALTH = "/_ministack/health"
_START_SECONDS = 30.0
# The emulator accepts any; no credentials of the person's own may be used by accident.
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def environment(layout: Layout, ports: Ports) -> dict[str, str]:
    """Return the emulator's environment, which its functions inherit.

    Nothing that names another endpoint, profile or credential gets through, and bytecode may be
    written: each warm process imports the product.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    }
    return inherited | {
        "GATEWAY_PORT": str(ports.emulator),
        "BIND_HOST": LOOPBACK,  # the emulator's own default is every interface
        "PERSIST_STATE": "1",
        "STATE_DIR": str(layout.emulator_state / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(layout.emulator_state / "s3"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(layout.temporary),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # The packages bring their bytecode; without this, every warm process looks for changes.
        "PYTHONUNBUFFERED": "1",
    }


def start(layout: Layout, ports: Ports) -> processes.Child:
    """Start the emulator and wait until it answers."""
    remove_leftovers(layout)
    child = processes.start(
        "emulator",
        [sys.executable, "-P", str(Path(__file__).with_name("emulator_process.py"))],
        env=environment(layout, ports),
        log=layout.logs / "emulator.log",
        cwd=layout.state,
    )
    try:
        _wait_until_healthy(child, ports)
    except BaseException:
        child.stop(grace=2)
        raise
    return child


def _wait_until_healthy(child: processes.Child, ports: Ports) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if child.ended() is not None:
            raise StepFailedError(
                f"The emulator ended with status {child.ended()}.",
                advice="Read the end of its log; `make reset` starts afresh.",
                log=child.log,
            )
        try:
            if httpx.get(ports.emulator_url + _HEALTH, timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise StepFailedError(
        f"The emulator did not answer within {_START_SECONDS:.0f} s.",
        advice="Try again; `make reset` starts afresh.",
        log=child.log,
    )


def remove_leftovers(layout: Layout) -> None:
    """Remove what the functions' processes leave in the emulator's own temporary folder."""
    shutil.rmtree(layout.temporary, ignore_errors=True)
    layout.temporary.mkdir(parents=True, exist_ok=True)


def stop(child: processes.Child, layout: Layout) -> None:
    """Let the emulator write its state, then end it with its functions."""
    child.stop()
    remove_leftovers(layout)


def client(service: str, ports: Ports) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
    """Return a boto3 client of the emulator."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=ports.emulator_url,
        region_name=REGION,
        config=Config(retries={"max_attempts": 2, "mode": "standard"}),
        **CREDENTIALS,
    )
