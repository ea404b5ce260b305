"""The commands, as far as they need no stack."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from local import processes, up
from local.__main__ import main
from local.layout import Layout, write_json
from local.progress import Progress


def test_a_second_up_says_that_one_is_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = Layout.at(tmp_path)
    write_json(layout.run, {"pid": 4711, "url": "http://127.0.0.1:8080", "ready": True})
    with processes.only_one(layout.lock):
        assert main(["up", "--state", str(tmp_path)]) == 1
        told = capsys.readouterr().out
        assert "already running at http://127.0.0.1:8080" in told
        assert "4711" in told
        assert main(["status", "--state", str(tmp_path)]) == 0


def test_down_with_nothing_running_is_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert up.down(Layout.at(tmp_path)) == 0
    assert "Nothing is running" in capsys.readouterr().out
    assert up.status(Layout.at(tmp_path)) == 3


def test_reset_forgets_everything(tmp_path: Path) -> None:
    layout = Layout.at(tmp_path / "state")
    write_json(layout.demo, {"password": "x"}, secret=True)
    assert up.reset(layout) == 0
    assert not layout.state.exists()


def test_a_port_that_is_no_number_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(SystemExit):
        main(["up", "--state", str(tmp_path)])
    assert "PORT must be a number" in capsys.readouterr().err


def test_steps_show_their_mark_and_time() -> None:
    out = io.StringIO()
    progress = Progress(out)
    with progress.step("Deploying"):
        progress.note("3 of 4")
    with pytest.raises(ValueError, match="no"), progress.step("Seeding"):
        raise ValueError("no")
    shown = out.getvalue()
    assert "Deploying 3 of 4\n" in shown
    assert "✓ Deploying" in shown
    assert "✗ Seeding" in shown
