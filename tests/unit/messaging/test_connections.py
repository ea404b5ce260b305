"""Connections to a provider: kept while they are used, and not used again after a pause."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import urllib3

from assent.messaging.providers import connections, twilio_rest
from assent.messaging.providers.connections import IDLE

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Listener:
    """A server that keeps its connections; the numbers say which of them each request came by."""

    url: str
    came_by: list[int] = field(default_factory=list)
    opened: list[socket.socket] = field(default_factory=list)

    def end(self) -> None:
        """End what is open, as servers do with what is idle."""
        for one in self.opened:
            one.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server on this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    kept = Listener(f"http://127.0.0.1:{listening.getsockname()[1]}/")

    def serve(number: int, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as asked:
            while line := asked.readline():
                while line.strip():
                    line = asked.readline()
                kept.came_by.append(number)
                connection.sendall(ANSWER)

    def accept() -> None:
        number = 0
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            kept.opened.append(connection)
            threading.Thread(target=serve, args=(number, connection), daemon=True).start()
            number += 1

    threading.Thread(target=accept, daemon=True).start()
    yield kept
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


@pytest.mark.parametrize(
    ("paused", "came_by"), [(IDLE / 2, [0, 0, 0]), (IDLE + 0.1, [0, 1, 2])], ids=["busy", "idle"]
)
def test_a_connection_that_was_idle_is_not_used_again(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, paused: float, came_by: list[int]
) -> None:
    """B6: who writes into a connection that the other side has ended cannot know what was taken."""
    now = [0.0]
    monkeypatch.setattr(connections, "monotonic", lambda: now[0])
    pool = connections.connections(retries=False, timeout=urllib3.Timeout(5))
    for _ in range(3):
        assert pool.request("POST", listener.url).status == 201
        now[0] += paused
    assert listener.came_by == came_by
    pool.clear()


def test_a_connection_that_was_ended_by_the_other_side_is_not_used_again(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with urllib3's own: the limit is one more reason, not the only one."""
    monkeypatch.setattr(connections, "monotonic", lambda: 0.0)
    pool = connections.connections(retries=False, timeout=urllib3.Timeout(5))
    pool.request("POST", listener.url)
    listener.end()
    assert pool.request("POST", listener.url).status == 201
    assert listener.came_by == [0, 1]
    pool.clear()


def test_calls_to_a_provider_go_by_such_connections() -> None:
    """Secure ones as well, as providers have them."""
    twilio_rest.pool.cache_clear()
    pool = twilio_rest.pool()
    for url in ("https://api.twilio.com", "http://127.0.0.1"):
        made = pool.connection_from_url(url).ConnectionCls
        assert issubclass(made, connections._Fresh)
