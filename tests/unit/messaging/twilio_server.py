"""A provider on this machine that answers as it is told, for tests of what is really sent."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from assent.messaging.providers import twilio_rest

PORTS = range(8500, 8600)


@dataclass
class Server:
    """Answers with what it was told, and keeps what it was sent."""

    base: str
    status: int = 201
    body: bytes = b'{"sid": "SM123", "status": "queued"}'
    hang_up: bool = False
    silent: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, dict[str, str], dict[str, list[str]]]] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A provider on this machine."""
    kept = Server(base="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            kept.requests.append((self.path, dict(self.headers), form))
            if kept.silent.is_set():
                released.wait(30)
            if kept.hang_up or kept.silent.is_set():
                self.close_connection = True
                return
            self.send_response(kept.status)
            self.send_header("Content-Length", str(len(kept.body)))
            self.end_headers()
            self.wfile.write(kept.body)

        def log_message(self, *_: object) -> None:
            return

    released = threading.Event()
    listening = listen(Handler)
    kept.base = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    twilio_rest.pool.cache_clear()
    yield kept
    released.set()
    twilio_rest.pool().clear()
    twilio_rest.pool.cache_clear()
    listening.shutdown()
    thread.join()
    listening.server_close()


def listen(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    """Listen on the first free port."""
    for port in PORTS:
        try:
            return ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError:
            continue
    raise OSError("no free port")
