"""The documents are true as far as a machine can tell: diagrams, settings, commands, links."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from assent.platform.settings import Settings
from tools import diagrams

ROOT = Path(__file__).parents[2]
ARCHITECTURE = ROOT / "docs" / "architecture.md"
README = ROOT / "README.md"
# Spelt in two halves, so that this file does not hold them.
FORBIDDEN = re.compile(r"\bTO" + r"DO\b|\bFIX" + r"ME\b|/(?:home|root|work|Users)" + r"/[a-z]")
# Hashes may spell anything.
_LOCKED = {"package-lock.json"}


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the repository, without what .gitignore leaves out."""
    ignored = [
        line.strip("/").split("/")[-1]
        for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()
        if line.endswith("/")
    ]
    return tuple(_walk(ROOT, {".git", *ignored}))


def _walk(folder: Path, ignored: set[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in ignored:  # in a linked worktree .git is a file
            continue
        if path.is_dir() and not path.is_symlink():
            if not path.name.endswith(".egg-info"):
                yield from _walk(path, ignored)
        elif path.is_file():
            yield path


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def markdown() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


# What is made from the code


def test_the_diagrams_are_what_the_code_says() -> None:
    assert diagrams.stale() == []
    assert diagrams.main(["--check"]) == 0


def test_a_stale_diagram_is_found_and_mended(tmp_path: Path) -> None:
    document = ROOT / "docs" / "consent.md"
    spoiled = tmp_path / "consent.md"
    spoiled.write_text(text_of(document).replace("hard --> clear", "hard --> soft"), "utf-8")
    assert diagrams.stale(tmp_path) == [spoiled]
    assert diagrams.render(text_of(spoiled)) == text_of(document)


def test_every_state_machine_is_shown_somewhere() -> None:
    documents = "".join(text_of(path) for path in markdown())
    assert [n for n in diagrams.PARTS if f"<!-- made from the code: {n} -->" not in documents] == []


# Settings


def test_every_setting_is_documented() -> None:
    document = text_of(ARCHITECTURE)
    assert [n for n in Settings.model_fields if f"| `{n.upper()}` | " not in document] == []


# Commands, links, words


def commands(document: str) -> set[str]:
    """Return the targets of every `make …` that stands in code."""
    parts = re.split(r"^ *```.*$", document, flags=re.MULTILINE)
    code = [line.strip() for block in parts[1::2] for line in block.splitlines()]
    code += [span for text in parts[::2] for span in re.findall(r"`([^`\n]+)`", text)]
    calls = (re.match(r"(?:[A-Z]+=\S+ )*make ([a-z0-9-]+)", one) for one in code)
    return {call[1] for call in calls if call}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))


@pytest.mark.parametrize("document", markdown(), ids=lambda path: path.name)
def test_every_make_command_in_a_document_exists(document: Path) -> None:
    assert commands(text_of(document)) - targets() == set()


def test_the_readme_names_the_two_commands() -> None:
    assert {"up", "test"} <= commands(text_of(README))
    assert commands("`make nothing`") - targets() == {"nothing"}


def broken_links(document: Path) -> list[str]:
    """Return the relative links whose file or heading is not there."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, heading = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        missing = not target.exists() or (heading and heading not in _headings(target))
        if missing:
            found.append(link)
    return found


def _headings(document: Path) -> set[str]:
    lines = re.findall(r"^#+ (.+)$", text_of(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("document", markdown(), ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("# One\n[a](page.md#one) [b](gone.md) [c](#two) [d](https://x.example)\n")
    assert broken_links(document) == ["gone.md", "#two"]


def test_no_forbidden_word_stands_in_the_repository() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files()
        if path.name not in _LOCKED
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


def test_forbidden_words_are_recognised() -> None:
    assert FORBIDDEN.search("# TO" + "DO: later")
    assert FORBIDDEN.search("see /home" + "/ada/notes")
    assert not FORBIDDEN.search("todo = ListAttribute(); the way home")
