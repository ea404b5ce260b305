"""Changes the pure rules in many small ways and asks whether a test notices (mutation testing).

Run `make mutate`, `make mutate SLICE=consent`, or for some of it `MUTANTS='assent.sms.segments.*'`.
mutmut wants the package in `src`, so a copy is laid out for it in `build/mutation/<slice>`. What
survived is printed and, as changes to the code, written to `survivors.diff` beside the copy; what
that means stands in `docs/mutation.md`.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PACKAGE = ROOT / "layers" / "assent" / "python" / "assent"
# A test of speed says nothing under a changed code that also counts its calls.
_ASKED = ("-k", "not microseconds", "--hypothesis-seed=0", "-p", "no:cacheprovider")
# What is found today is found tomorrow.
_SEED = {"PYTHONHASHSEED": "0"}
# Enough to meet a change. No search for the smallest example: that one fails is all that is asked.
_EXAMPLES = 'max_examples=25, phases=[__import__("hypothesis").Phase.generate]'
_CAUGHT = frozenset({"killed", "timeout", "segfault", "suspicious"})
_RESULT = re.compile(r"^ +(\S+): ([a-z ]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Slice:
    """Modules whose rules are changed, and the tests that are asked: files or whole folders.

    `later` are tests that are asked only about what survived the others, with all their fixtures.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    later: tuple[str, ...] = ()


def _slice(modules: str, tests: str, later: str = "") -> Slice:
    return Slice(*(tuple(re.findall(r"\S+", text)) for text in (modules, tests, later)))


SLICES = {
    "sms": _slice(
        "plain keywords phrases segments numbers line_types templates linter",
        "tests/unit/sms tests/properties/sms",
    ),
    # Tests that need tables take too long to be asked a thousand times.
    "consent": _slice(
        "model transitions policy history ledger service rules rulebook terms places holidays",
        """
tests/unit/consent/test_state_machine.py tests/unit/consent/test_policy.py
tests/unit/consent/test_gates.py
tests/unit/consent/test_history.py tests/unit/consent/test_ledger.py
tests/unit/consent/test_service.py tests/unit/consent/test_rules.py
tests/unit/consent/test_holidays.py tests/properties/test_ledger.py
tests/properties/test_history.py
""",
        "tests/unit/consent/test_tampering.py",
    ),
}
"""What can be asked for."""
_FIXTURES = (
    "tests/conftest.py",
    "tests/fakes.py",
    "tests/calls.py",
    "tests/unit/consent/chains.py",
)


def lay_out(name: str, folder: Path) -> None:
    """Copy the package and its tests to where mutmut expects them, with settings for this slice."""
    shutil.rmtree(folder, ignore_errors=True)
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_PACKAGE, folder / "src" / "assent", ignore=unwanted)
    wanted = SLICES[name]
    _copy(wanted.tests, folder)
    for path in (folder / "tests" / "properties").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"max_examples=[\d_]+", _EXAMPLES, text), encoding="utf-8")
    (folder / "pyproject.toml").write_text(_settings(name, wanted), encoding="utf-8")


def _copy(paths: Sequence[str], folder: Path) -> None:
    for path in paths:
        if (ROOT / path).is_dir():
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / path, folder / path, ignore=unwanted)
        else:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)


def _settings(name: str, wanted: Slice) -> str:
    modules = [f"src/assent/{name}/{module}.py" for module in wanted.modules]
    return f"""[tool.mutmut]
source_paths = ["src"]
only_mutate = {modules}
pytest_add_cli_args_test_selection = {list(wanted.tests)}
pytest_add_cli_args = {list(_ASKED)}
timeout_multiplier = 4.0
timeout_constant = 3.0

[tool.pytest.ini_options]
pythonpath = ["."]
addopts = ["--import-mode=importlib"]
"""


def outcomes(listing: str) -> dict[str, str]:
    """Read mutmut's list of results: what became of each mutant, by its name."""
    return dict(_RESULT.findall(listing))


def report(found: dict[str, str]) -> str:
    """Say how many mutants of each module were caught, and name the others."""
    asked = {name: result for name, result in found.items() if result != "not checked"}
    total, caught = Counter[str](), Counter[str]()
    for name, result in asked.items():
        module = re.split(r"\.x(?:_|ǁ)", name)[0]
        total[module] += 1
        caught[module] += result in _CAUGHT
    lines = [_line(module, caught[module], total[module]) for module in sorted(total)]
    lines.append(_line("together", caught.total(), total.total()))
    lines += [f"  {result}: {name}" for name, result in asked.items() if result not in _CAUGHT]
    return "\n".join(lines)


def _line(name: str, caught: int, total: int) -> str:
    return f"{name:28} {caught:5} of {total:5} caught  {100 * caught / max(total, 1):5.1f} %"


def main(arguments: Sequence[str]) -> int:
    """Change the rules of one slice; the arguments are its name and which mutants, if not all."""
    name, *wanted = arguments or ["sms"]
    if name not in SLICES:
        sys.stderr.write(f"There is no slice {name}. Choose one of: {', '.join(SLICES)}\n")
        return 2
    folder = ROOT / "build" / "mutation" / name
    lay_out(name, folder)
    if _run(folder, wanted):
        return 1
    found = _results(folder)
    if SLICES[name].later:
        _copy((*SLICES[name].later, *_FIXTURES), folder / "mutants")
    for mutant in [one for one, result in found.items() if result in {"survived", "no tests"}]:
        if _caught_anew(folder, mutant, SLICES[name]):
            found[mutant] = "killed"
    print(report(found))
    lost = [mutant for mutant, result in found.items() if result == "survived"]
    shown = [_mutmut(folder, "show", mutant).stdout for mutant in lost]
    (folder / "survivors.diff").write_text("\n".join(shown), encoding="utf-8")
    return 0


def _run(folder: Path, wanted: Sequence[str]) -> int:
    """Let mutmut ask the tests; its own progress goes to the terminal."""
    return _mutmut(folder, "run", "--max-children", "1", *wanted, shown=True).returncode


def _caught_anew(folder: Path, mutant: str, wanted: Slice) -> bool:
    """Ask every test in a process of its own.

    What runs while modules are loaded had run before mutmut put the change in its place, and is
    known to it as used by hardly a test.
    """
    mutants = folder / "mutants"
    command = [sys.executable, "-m", "pytest", "-x", "-q", *_ASKED, *wanted.tests, *wanted.later]
    paths = {"MUTANT_UNDER_TEST": mutant, "PYTHONPATH": str(mutants / "src")}
    environment = {**os.environ, **_SEED, **paths}
    return subprocess.run(  # noqa: S603
        command, cwd=mutants, env=environment, check=False, capture_output=True
    ).returncode not in {0, 4}


def _results(folder: Path) -> dict[str, str]:
    return outcomes(_mutmut(folder, "results", "--all", "true").stdout)


def _mutmut(folder: Path, *arguments: str, shown: bool = False) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mutmut", *arguments]
    environment = {**os.environ, **_SEED}
    return subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, check=False, capture_output=not shown, text=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
