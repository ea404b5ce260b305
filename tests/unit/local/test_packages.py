"""Packages are named by their content and bring bytecode that is valid anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local.packages import package
from local.progress import StepFailedError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "greeter"
    folder.mkdir()
    (folder / "app.py").write_text("def greet() -> str:\n    return 'hello'\n")
    return folder


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "packages"
    folder.mkdir()
    return folder


def test_the_same_source_gives_the_same_package(source: Path, into: Path) -> None:
    first = package(source, into)
    os.utime(source / "app.py", (0, 0))
    assert package(source, into) == first


def test_a_change_gives_another_and_the_old_one_goes(source: Path, into: Path) -> None:
    first = package(source, into)
    (source / "app.py").write_text("def greet() -> str:\n    return 'hi'\n")
    second = package(source, into)
    assert first.name != second.name
    assert list(into.iterdir()) == [second]


def test_the_bytecode_is_used_where_it_is_unpacked(
    source: Path, into: Path, tmp_path: Path
) -> None:
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(package(source, into)).extractall(unpacked)
    # If the bytecode were not valid, this source would be read instead of it.
    (unpacked / "app.py").write_text("raise RuntimeError('compiled again')\n")
    done = subprocess.run(
        [sys.executable, "-c", "import app; print(app.greet())"],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "hello", done.stderr


def test_of_a_layer_only_what_lambda_sees_goes_in(tmp_path: Path, into: Path) -> None:
    layer = tmp_path / "layer"
    (layer / "python" / "product").mkdir(parents=True)
    (layer / "python" / "product" / "__init__.py").write_text("")
    (layer / "Makefile").write_text("build:\n")
    names = zipfile.ZipFile(package(layer, into)).namelist()
    assert all(name.startswith("python/product/") for name in names)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, into: Path) -> None:
    with pytest.raises(StepFailedError, match="nowhere"):
        package(tmp_path / "nowhere", into)


def test_a_module_that_does_not_compile_is_named(source: Path, into: Path) -> None:
    (source / "app.py").write_text("def greet(:\n")
    with pytest.raises(StepFailedError, match=r"app\.py"):
        package(source, into)
