"""The process that serves the front door, the handset and the simulated provider."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from local import sam
from local.front_door import FrontDoor
from local.headers import console_headers
from local.layout import LOOPBACK, REGION, Layout, Ports, read_json
from local.phone_api import PhoneApi
from local.phone_store import PhoneStore
from local.provider import Provider


class _Server(uvicorn.Server):
    """A server that leaves signals to this process, since two of them run in it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def _server(app: Starlette, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        host=LOOPBACK,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=2,
        server_header=False,
        lifespan="off",
    )
    return _Server(config)


async def serve(layout: Layout, ports: Ports) -> None:
    """Serve until the process is asked to end."""
    deployed = read_json(layout.deployed)
    outputs = deployed["outputs"]
    store = PhoneStore(layout.provider_store)
    provider = Provider(store)
    phones = PhoneApi(provider)
    door = FrontDoor(
        ports=ports,
        api_id=deployed["api_id"],
        console=layout.console / "dist",
        config={
            "region": REGION,
            "userPoolId": outputs["UserPoolId"],
            "clientId": outputs["UserPoolClientId"],
            "signInUrl": f"{ports.front_url}/sign-in",
            "stage": "local",
        },
        console_headers=console_headers(sam.read(layout.template)),
    )
    servers = [
        _server(door.app(phones), ports.front),
        _server(provider.app(), ports.provider),
    ]
    loop = asyncio.get_running_loop()

    def end() -> None:
        phones.close()
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    delivering = asyncio.create_task(provider.deliver_webhooks())
    delivering.add_done_callback(lambda _task: end())
    try:
        await asyncio.gather(*(server.serve() for server in servers))
    finally:
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering
        await door.close()
        store.close()


def main() -> None:
    """Serve the stack of the given state folder on the given ports."""
    parser = argparse.ArgumentParser(prog="python -m local.serve", description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--repository", type=Path, required=True)
    for port in ("front", "emulator", "provider"):
        parser.add_argument(f"--{port}", type=int, required=True)
    given = parser.parse_args()
    ports = Ports(given.front, given.emulator, given.provider)
    asyncio.run(serve(Layout.at(given.state, given.repository), ports))


if __name__ == "__main__":
    main()
