"""Where the local stack keeps its things, and which ports it uses."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

REPOSITORY = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8080
DEFAULT_EMULATOR_PORT = 4566
REGION = "us-east-1"


class PortBusyError(RuntimeError):
    """A port the stack must have is in use by another program."""


@dataclass(frozen=True)
class Ports:
    """The three loopback ports of one stack."""

    front: int
    emulator: int
    provider: int

    @property
    def front_url(self) -> str:
        """The address people and webhooks use."""
        return f"http://{LOOPBACK}:{self.front}"

    @property
    def emulator_url(self) -> str:
        """The address of the AWS emulator."""
        return f"http://{LOOPBACK}:{self.emulator}"

    @property
    def provider_url(self) -> str:
        """The address of the simulated provider's REST API."""
        return f"http://{LOOPBACK}:{self.provider}"


@dataclass(frozen=True)
class Layout:
    """The folders and files of one stack; `state` holds everything that it writes."""

    state: Path
    repository: Path = REPOSITORY

    @classmethod
    def at(cls, state: Path | None = None, repository: Path = REPOSITORY) -> Self:
        """Make the folders below `state` (default: `.local` in the repository)."""
        layout = cls((state or repository / ".local").resolve(), repository)
        for folder in (layout.logs, layout.temporary, layout.packages, layout.emulator_state):
            folder.mkdir(parents=True, exist_ok=True)
        return layout

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.state / "logs"

    @property
    def temporary(self) -> Path:
        """The emulator's temporary folder, so that its leftovers are ours alone to remove."""
        return self.state / "tmp"

    @property
    def packages(self) -> Path:
        """Zip files of functions and layers, named by their content."""
        return self.state / "packages"

    @property
    def emulator_state(self) -> Path:
        """What the emulator keeps between two starts."""
        return self.state / "emulator"

    @property
    def provider_store(self) -> Path:
        """Phones, threads and webhooks of the simulated provider."""
        return self.state / "provider.sqlite"

    @property
    def demo(self) -> Path:
        """The demo user's password and the ids of the demo data."""
        return self.state / "demo.json"

    @property
    def deployed(self) -> Path:
        """The outputs of the deployed stack."""
        return self.state / "deployed.json"

    @property
    def run(self) -> Path:
        """What runs now: ports, addresses, process ids."""
        return self.state / "run.json"

    @property
    def lock(self) -> Path:
        """Held by the running stack for as long as it lives."""
        return self.state / "run.lock"

    @property
    def console(self) -> Path:
        """The console's source folder."""
        return self.repository / "console"

    @property
    def template(self) -> Path:
        """The template that is deployed, here and on AWS."""
        return self.repository / "template.yaml"


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file, or an empty one where there is no such file."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any], *, secret: bool = False) -> None:
    """Write a JSON file in one step; a secret one is readable by its owner only."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600 if secret else 0o644)
    fresh.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", "utf-8")
    fresh.replace(path)


def is_free(port: int) -> bool:
    """Tell whether `port` can be listened on at the loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # A port in TIME_WAIT after a restart counts as free, as it does for the servers.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose_ports(layout: Layout, front: int | None) -> Ports:
    """Choose the ports of this start.

    The front door's port is the caller's choice (default 8080) and must be free. The emulator's
    and the provider's are kept from the last start where they are free: addresses of queues and of
    the provider's API are part of the stored state.
    """
    front = front or DEFAULT_PORT
    if not is_free(front):
        message = (
            f"Port {front} is in use by another program. "
            f"Stop that program, or choose another port: PORT={front + 10} make up"
        )
        raise PortBusyError(message)
    kept = read_json(layout.state / "ports.json")
    default_emulator = DEFAULT_EMULATOR_PORT if front == DEFAULT_PORT else front + 1
    taken = {front}
    emulator = _first_free((kept.get("emulator"), default_emulator), front + 1, taken)
    taken.add(emulator)
    provider = _first_free((kept.get("provider"),), front + 2, taken)
    ports = Ports(front, emulator, provider)
    write_json(layout.state / "ports.json", asdict(ports))
    return ports


def _first_free(preferred: tuple[object, ...], start: int, taken: set[int]) -> int:
    """Return the first free port of the preferred ones, else the next one from `start`."""
    for port in (*preferred, *range(start, start + 50)):
        if isinstance(port, int) and port not in taken and is_free(port):
            return port
    message = f"No free port between {start} and {start + 49}. Choose another one with PORT="
    raise PortBusyError(message)
