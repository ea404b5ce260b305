"""Ports are chosen so that a busy one is named and stored addresses stay true."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.layout import Layout, PortBusyError, choose_ports, is_free, read_json, write_json
from local.testing import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_busy_front_port_is_named_with_another_one(tmp_path: Path, taken: int) -> None:
    with pytest.raises(PortBusyError, match=rf"{taken} is in use.*PORT={taken + 10}"):
        choose_ports(Layout.at(tmp_path), taken)


def test_the_three_ports_differ_and_are_free(tmp_path: Path) -> None:
    ports = choose_ports(Layout.at(tmp_path), free_port())
    assert len({ports.front, ports.emulator, ports.provider}) == 3
    assert all(is_free(port) for port in (ports.front, ports.emulator, ports.provider))


def test_the_inner_ports_are_kept_when_the_front_moves(tmp_path: Path) -> None:
    layout = Layout.at(tmp_path)
    base = free_port()
    first = choose_ports(layout, base)
    second = choose_ports(layout, base + 5)
    assert (first.emulator, first.provider) == (second.emulator, second.provider)


def test_an_inner_port_that_is_taken_moves(tmp_path: Path, taken: int) -> None:
    layout = Layout.at(tmp_path)
    write_json(layout.state / "ports.json", {"emulator": taken, "provider": taken})
    ports = choose_ports(layout, free_port())
    assert taken not in {ports.emulator, ports.provider}


def test_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    write_json(path, {"password": "x"}, secret=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_json(path) == {"password": "x"}


@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_a_broken_file_counts_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    assert read_json(path) == {}
    assert read_json(tmp_path / "missing.json") == {}
