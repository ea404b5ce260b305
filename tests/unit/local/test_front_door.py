"""The front door: one origin, the same paths and headers as on AWS."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local import sam
from local.front_door import FrontDoor
from local.headers import console_headers
from local.layout import REPOSITORY, Ports
from local.phone_api import PhoneApi
from local.phone_store import PhoneStore
from local.provider import Provider
from tests.unit.local.conftest import Client

PORTS = Ports(8080, 4566, 4567)
CONFIG = {"region": "us-east-1", "clientId": "abc"}


class Upstream:
    """Stands for the emulator: remembers requests, answers as told."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answer = httpx.Response(200, stream=httpx.ByteStream(b"{}"))
        self.error: Exception | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.error:
            raise self.error
        return self.answer


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def client(
    tmp_path: Path, store: PhoneStore, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Client]:
    console = tmp_path / "dist"
    (console / "assets").mkdir(parents=True)
    (console / "index.html").write_text("<title>Console</title>")
    (console / "assets" / "app-1.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    original = httpx.AsyncClient

    def wired(**options: object) -> httpx.AsyncClient:
        return original(**options, transport=httpx.MockTransport(upstream))  # type: ignore[arg-type]

    monkeypatch.setattr("local.front_door.httpx.AsyncClient", wired)
    headers = console_headers(sam.read(REPOSITORY / "template.yaml"))
    door = FrontDoor(
        ports=PORTS, api_id="abcd1234", console=console, config=CONFIG, console_headers=headers
    )
    app = door.app(PhoneApi(Provider(store)))
    yield Client(app, "http://127.0.0.1:8080")
    asyncio.run(door.close())


def test_the_console_knows_its_own_paths(client: Client) -> None:
    for path in ("/", "/queue", "/contacts/ct_1"):
        page = client.get(path)
        assert "Console" in page.text
        assert page.headers["cache-control"] == "no-cache"


def test_a_missing_asset_is_no_page(client: Client) -> None:
    assert client.get("/assets/app-2.js").status_code == 404
    kept = client.get("/assets/app-1.js").headers["cache-control"]
    assert "immutable" in kept


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"])
def test_no_path_leads_out_of_the_console(client: Client, path: str) -> None:
    assert "secret" not in client.get(path).text


def test_the_console_gets_the_templates_security_headers(client: Client) -> None:
    headers = client.get("/").headers
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "https://" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_the_console_may_show_the_phones_beside_it(client: Client) -> None:
    assert "frame-src 'self'" in client.get("/").headers["content-security-policy"]
    assert "frame-ancestors 'self'" in client.get("/phone").headers["content-security-policy"]


def test_the_configuration_is_never_kept(client: Client) -> None:
    answer = client.get("/config.json")
    assert answer.json() == CONFIG
    assert answer.headers["cache-control"] == "no-store"


def test_a_request_goes_on_byte_for_byte(client: Client, upstream: Upstream) -> None:
    path = "/webhooks/twilio/ac_1/status?ref=a%2Fb&x=1+2"
    headers = {"X-Twilio-Signature": "abc=", "X-Forwarded-For": "6.6.6.6"}
    client.post(path, content=b"Body=%2B1", headers=headers)
    (request,) = upstream.requests
    assert request.url.raw_path.decode() == path
    assert request.headers["host"] == "abcd1234.execute-api.localhost"
    assert request.headers["x-twilio-signature"] == "abc="
    assert request.headers["x-forwarded-for"] != "6.6.6.6"
    assert request.content == b"Body=%2B1"


def test_an_answer_comes_back_as_it_is(client: Client, upstream: Upstream) -> None:
    upstream.answer = httpx.Response(
        303, headers={"Location": "/f/x?thanks=1"}, stream=httpx.ByteStream(b"")
    )
    answer = client.post("/f/x")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/f/x?thanks=1"


def test_an_answer_has_the_date_of_the_server_in_front_alone(
    client: Client, upstream: Upstream
) -> None:
    """The server writes its own; passed on, there would be two."""
    told = {"Date": "Thu, 26 Nov 2026 10:00:00 GMT", "Retry-After": "2"}
    upstream.answer = httpx.Response(200, headers=told, stream=httpx.ByteStream(b"{}"))
    answer = client.get("/api/v1/me")
    assert (answer.headers.get("date"), answer.headers["retry-after"]) == (None, "2")


def test_an_emulator_that_is_gone_is_a_502_in_words(client: Client, upstream: Upstream) -> None:
    upstream.error = httpx.ConnectError("refused")
    answer = client.get("/api/v1/me")
    assert answer.status_code == 502
    assert "emulator does not answer" in answer.json()["detail"]


def test_another_host_name_is_refused(client: Client) -> None:
    assert client.get("/config.json", headers={"Host": "evil.example"}).status_code == 400


def test_sign_in_stays_under_its_prefix(client: Client, upstream: Upstream) -> None:
    page = '<style>a{}</style><div class="card"><form action="/login"></form></div>\n</body>'
    upstream.answer = httpx.Response(200, headers={"Content-Type": "text/html"}, text=page)
    shown = client.get("/sign-in/oauth2/authorize?client_id=x")
    assert upstream.requests[0].url.path == "/oauth2/authorize"
    assert 'action="/sign-in/login"' in shown.text
    assert "<style" not in shown.text
    assert "unsafe" not in shown.headers["content-security-policy"]
