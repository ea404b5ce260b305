"""Zip functions and the product's layer for the emulator, named by what is in them."""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import sys
import zipfile
from pathlib import Path

from local.progress import StepFailedError

_SKIPPED = {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
# A fixed time makes the same sources the same zip.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def package(source: Path, into: Path) -> Path:
    """Zip `source` into the folder `into`; an unchanged source gives the file that is there.

    Modules go in with their bytecode: each warm process unpacks and imports them afresh.
    """
    files = _files(source)
    if not files:
        raise StepFailedError(
            f"{source} holds nothing to deploy, but template.yaml names it.",
            advice="Check CodeUri and ContentUri in template.yaml.",
        )
    target = into / f"{source.name}-{_fingerprint(source, files)}.zip"
    if target.exists():
        return target
    fresh = target.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files:
            name = file.relative_to(source)
            _add(archive, str(name), file.read_bytes())
            if file.suffix == ".py":
                bytecode = importlib.util.cache_from_source(str(name))
                _add(archive, bytecode, _compiled(file, name))
    for older in into.glob(f"{source.name}-*.zip"):
        older.unlink()
    return fresh.replace(target)


def _files(source: Path) -> list[Path]:
    # A layer's build files stay out: only what Lambda would see under /opt goes in.
    root = source / "python" if (source / "python").is_dir() else source
    return sorted(
        file
        for file in root.rglob("*")
        if file.is_file() and not _SKIPPED & set(file.parts) and file.suffix != ".pyc"
    )


def _fingerprint(source: Path, files: list[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(source)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _compiled(file: Path, name: Path) -> bytes:
    """Return bytecode that is valid whatever time the unpacked source gets (PEP 552)."""
    source = file.read_bytes()
    try:
        code = compile(source, str(name), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise StepFailedError(f"{file}: {error}", advice="Correct the line it names.") from error
    unchecked = 0b01
    header = importlib.util.MAGIC_NUMBER + unchecked.to_bytes(4, "little")
    return header + importlib.util.source_hash(source) + marshal.dumps(code)
