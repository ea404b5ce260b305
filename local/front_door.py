"""One address for everything, as CloudFront is on AWS: console, API, forms, webhooks, sign-in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from local.layout import Ports
from local.phone_api import PhoneApi

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# Headers of one connection, not of the message (RFC 9110, 7.6.1), and those that we set.
_HOP = frozenset(
    {
        "connection", "content-length", "host", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "x-forwarded-for",
    }
)  # fmt: skip
_SIGN_IN = "/sign-in"
_SIGN_IN_STYLE = Path(__file__).parent / "handset" / "sign-in.css"
_SIGN_IN_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_INLINE_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_NOT_BUILT = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>The console is not built</title></head><body><main><h1>The console is not built</h1>
<p>Run <code>make up</code> again: it builds the console when it can. Meanwhile there are the
<a href="/phone">simulated phones</a>.</p></main></body></html>"""


class FrontDoor:
    """The proxy to the emulator's HTTP API, and the files that CloudFront would serve."""

    def __init__(
        self,
        *,
        ports: Ports,
        api_id: str,
        console: Path,
        config: Mapping[str, str],
        console_headers: Mapping[str, str],
    ) -> None:
        self._ports = ports
        # The emulator tells an HTTP API by the host name, as AWS does.
        self._api_host = f"{api_id}.execute-api.localhost"
        self._console = console.resolve()
        self._config = dict(config)
        self._headers = dict(console_headers)
        self._upstream = httpx.AsyncClient(
            base_url=ports.emulator_url,
            timeout=httpx.Timeout(60),
            limits=httpx.Limits(max_connections=200),
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close the connections to the emulator."""
        await self._upstream.aclose()

    def app(self, phones: PhoneApi) -> Starlette:
        """Return the whole front door."""
        routes = [
            Route("/config.json", self._configuration),
            Route("/api/{rest:path}", self._api, methods=_METHODS),
            Route("/f/{rest:path}", self._api, methods=_METHODS),
            Route("/webhooks/{rest:path}", self._api, methods=_METHODS),
            Route(_SIGN_IN + "/style.css", self._sign_in_style),
            Route(_SIGN_IN + "/{rest:path}", self._sign_in, methods=["GET", "POST"]),
            *phones.routes(),
            Route("/{path:path}", self._file),
        ]
        # Other names for this address would let a page elsewhere read it (DNS rebinding).
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        handlers: dict[Any, Any] = {HTTPException: _problem}
        return Starlette(routes=routes, middleware=[hosts], exception_handlers=handlers)

    async def _configuration(self, _request: Request) -> Response:
        headers = self._headers | {"Cache-Control": "no-store"}
        return JSONResponse(self._config, headers=headers)

    async def _file(self, request: Request) -> Response:
        """Serve a built file, else the console's page, which knows its own paths."""
        path = request.path_params["path"]
        wanted = (self._console / path).resolve()
        if wanted.is_relative_to(self._console) and wanted.is_file():
            kept = "public, max-age=31536000, immutable" if path.startswith("assets/") else ""
            headers = self._headers | {"Cache-Control": kept or "no-cache"}
            return FileResponse(wanted, headers=headers)
        if path.startswith("assets/"):
            raise HTTPException(404, "There is no such file.")
        page = self._console / "index.html"
        if not page.is_file():
            return HTMLResponse(_NOT_BUILT, 503, headers=self._headers)
        return FileResponse(page, headers=self._headers | {"Cache-Control": "no-cache"})

    async def _api(self, request: Request) -> Response:
        upstream = await self._forward(request, _raw_path(request), self._api_host)
        return _streamed(upstream)

    async def _sign_in(self, request: Request) -> Response:
        """Show the emulator's sign-in pages under a prefix, in our own style."""
        path = _raw_path(request).removeprefix(_SIGN_IN)
        host = f"localhost:{self._ports.emulator}"
        upstream = await self._forward(request, path, host)
        if not upstream.headers.get("content-type", "").startswith("text/html"):
            return _streamed(upstream)
        page = (await upstream.aread()).decode("utf-8", errors="replace")
        await upstream.aclose()
        link = f'<link rel="stylesheet" href="{_SIGN_IN}/style.css">'
        page = _INLINE_STYLE.sub(link, page)
        page = page.replace('action="/login"', f'action="{_SIGN_IN}/login"')
        page = page.replace('<div class="card">', '<main class="card">')
        page = re.sub(r"</div>\s*</body>", "</main></body>", page)
        page = re.sub(r'<div class="footer">.*?</div>', _SIGN_IN_HINT, page)
        return HTMLResponse(page, upstream.status_code, headers=_SIGN_IN_HEADERS)

    async def _sign_in_style(self, _request: Request) -> Response:
        return FileResponse(_SIGN_IN_STYLE, media_type="text/css", headers=_SIGN_IN_HEADERS)

    async def _forward(self, request: Request, path: str, host: str) -> httpx.Response:
        headers = [(name, value) for name, value in request.headers.items() if name not in _HOP]
        client = request.client.host if request.client else "127.0.0.1"
        headers += [("host", host), ("x-forwarded-for", client)]
        try:
            content = await request.body()
            outgoing = self._upstream.build_request(
                request.method, path, headers=headers, content=content
            )
            return await self._upstream.send(outgoing, stream=True)
        except ClientDisconnect:
            raise HTTPException(499, "The caller has gone.") from None
        except httpx.TimeoutException:
            raise HTTPException(504, "The API did not answer within 60 s.") from None
        except httpx.HTTPError as error:
            raise HTTPException(
                502, f"The emulator does not answer ({type(error).__name__}). Is it running?"
            ) from None


_SIGN_IN_HINT = (
    '<p class="hint">Local stack: sign in with the demo user. Its e-mail and password were '
    "printed at the start and are in <code>.local/demo.json</code>.</p>"
)


def _raw_path(request: Request) -> str:
    """Return path and query as they came, since signatures cover every byte of them."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope.get("query_string", b"")
    return raw.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")


def _streamed(upstream: httpx.Response) -> Response:
    async def content() -> AsyncIterator[bytes]:
        try:
            async for part in upstream.aiter_raw():
                yield part
        finally:
            await upstream.aclose()

    response = StreamingResponse(content(), upstream.status_code)
    # The emulator's length stays, so that a HEAD says the same as a GET; the date is the server's.
    left_out = _HOP - {"content-length"} | {"date"}
    kept = [
        (name, value)
        for name, value in upstream.headers.raw
        if name.lower().decode() not in left_out
    ]
    response.raw_headers = kept
    return response


async def _problem(_request: Request, error: HTTPException) -> Response:
    if error.status_code == httpx.codes.NOT_FOUND and not error.detail:
        return PlainTextResponse("Not found", 404)
    body = {"type": "about:blank", "status": error.status_code, "detail": error.detail}
    return JSONResponse(body, error.status_code, media_type="application/problem+json")
