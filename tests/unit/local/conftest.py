"""A simulated provider in memory, spoken to without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from local.phone_store import PhoneStore
from local.provider import Provider

ACCOUNT = "AC" + "1" * 32
TOKEN = "secret-token"
SENDER = "+18885550100"
PHONE = "+12025550100"
INBOUND = "http://product/webhooks/twilio/ac_1/inbound"
STATUS = "http://product/webhooks/twilio/ac_1/status?ref=abc"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PhoneStore]:
    """A provider's memory with one account and one sender."""
    made = PhoneStore(tmp_path / "provider.sqlite")
    made.set_accounts([(ACCOUNT, TOKEN)])
    made.set_senders([(SENDER, "Harbor Alerts", ACCOUNT, INBOUND)])
    yield made
    made.close()


_CLIENT = httpx.AsyncClient


class Client:
    """Calls an application in memory; the answers are those of httpx."""

    def __init__(self, app: Starlette, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Call the application and return its answer."""

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with _CLIENT(transport=transport, base_url=self._base_url) as client:
                return await client.request(method, path, **options)

        return asyncio.run(call())

    def get(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Get a page."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Post something."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Put something."""
        return self.request("PUT", path, **options)

    def delete(self, path: str) -> httpx.Response:
        """Delete something."""
        return self.request("DELETE", path)


@dataclass
class Product:
    """Stands for the product's webhooks: remembers what came, answers as told."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    came: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    async def take(self, request: Request) -> Response:
        """Take one webhook."""
        form = dict(httpx.QueryParams((await request.body()).decode()))
        self.got.append((str(request.url), form, request.headers["x-twilio-signature"]))
        self.came.put_nowait(None)
        return PlainTextResponse("", self.answers.pop(0) if self.answers else 204)

    def app(self) -> Starlette:
        """Return the product as an application."""
        return Starlette(routes=[Route("/{path:path}", self.take, methods=["POST"])])


@dataclass
class World:
    """A provider with its product, and a way to let them work."""

    provider: Provider
    product: Product

    def run(
        self, act: Callable[[httpx.AsyncClient], Awaitable[object]], webhooks: int = 0
    ) -> object:
        """Do something with the provider's REST API, then wait for so many webhooks."""
        return asyncio.run(self._run(act, webhooks))

    async def _run(
        self, act: Callable[[httpx.AsyncClient], Awaitable[object]], webhooks: int
    ) -> object:
        transport = httpx.ASGITransport(self.provider.app())
        async with _CLIENT(transport=transport, base_url="http://provider") as rest:
            delivering = asyncio.create_task(self.provider.deliver_webhooks())
            done = await act(rest)
            for _ in range(webhooks):
                await asyncio.wait_for(self.product.came.get(), 20)
            await asyncio.sleep(0.1)
            delivering.cancel()
            with suppress(asyncio.CancelledError):
                await delivering
            return done


@pytest.fixture
def world(store: PhoneStore, monkeypatch: pytest.MonkeyPatch) -> World:
    """Wire the provider's webhooks to a product in memory."""
    product = Product()

    def wired(**options: object) -> httpx.AsyncClient:
        options.setdefault("transport", httpx.ASGITransport(product.app()))
        return _CLIENT(**options)  # type: ignore[arg-type]

    monkeypatch.setattr("local.provider.httpx.AsyncClient", wired)
    return World(Provider(store), product)
