"""`python -m assent.consent verify`: finds, names, compares, and never shows a number."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assent.accounts import store as accounts
from assent.accounts.model import Account, Sender
from assent.consent.__main__ import main
from assent.platform.pseudonyms import Pseudonyms
from tests.unit.consent import chains
from tests.unit.consent.chains import PHONE, SENDER, SUBJECT, A, B

pytestmark = pytest.mark.thorough

PACKAGE = Path(__file__).parents[3] / "layers" / "assent" / "python" / "assent"


@pytest.fixture(autouse=True)
def _chains(aws: object, monkeypatch: pytest.MonkeyPatch) -> None:
    # The chains' phone is the one whose number can be asked for.
    monkeypatch.setattr(Pseudonyms, "of", lambda _, phone: SUBJECT if phone == PHONE else "f" * 32)
    accounts.put_account(Account(id=A, name="Harbor Health", sender_id=SENDER))
    sender = Sender(
        id=SENDER,
        address="+18885550100",
        owner_id=A,
        program_name="Harbor Alerts",
        help_text="help",
        stop_text="stop",
        start_text="start",
    )
    accounts.put_sender(sender)
    chains.make()


def run(*arguments: str) -> tuple[int, list[str]]:
    said: list[str] = []
    code = main(["verify", *arguments], said.append)
    return code, "\n".join(said).splitlines()


def test_sound_chains_are_told_one_a_line() -> None:
    """P2, P3."""
    code, lines = run("--all")
    assert code == 0
    assert sorted(lines[:-1]) == [
        f"ok     {A} {SUBJECT} 4 events",
        f"ok     {B} {SUBJECT} 1 events",
        f"ok     {SENDER} {SUBJECT} 6 events",
    ]
    assert lines[-1] == "3 chains, all sound"


@pytest.mark.parametrize(
    ("arguments", "owners"),
    [
        (("--account", A), {A, SENDER}),
        (("--account", B), {B}),
        (("--number", "(212) 555-0101"), {A, B, SENDER}),
        (("--account", A, "--number", PHONE), {A, SENDER}),
        (("--number", "+12125550199"), set()),
    ],
)
def test_chains_can_be_chosen(arguments: tuple[str, ...], owners: set[str]) -> None:
    code, lines = run(*arguments)
    assert code == 0
    assert {line.split()[1] for line in lines[:-1]} == owners


def test_a_fault_is_named_and_the_command_fails() -> None:
    """P2."""
    chains.put(chains.changed(chains.items(SENDER)[0], {"source": "Provider"}))
    code, lines = run("--account", A, "--number", PHONE)
    assert code == 1
    assert lines[-1] == "2 chains, 1 of them faulty"
    assert "       changed at event 1, field source: " in lines[2]
    assert 'its source was "Keyword"' in lines[2]


def test_a_state_that_differs_from_its_chain_is_named() -> None:
    """P3: a STOP that somebody took out of the record."""
    record = chains.head(SENDER)
    cleared = record["entries"]["S"].replace('"hard"', '"clear"')
    chains.put(record | {"entries": {"S": cleared}}, "consent")
    code, lines = run("--all")
    assert code == 1
    assert "       state: sms for *: the record says clear, the chain says hard" in lines


def test_a_chain_without_a_head_and_a_head_without_a_chain_are_found() -> None:
    """P2: also when nothing leads there any more."""
    chains.delete(chains.head(B), "consent")
    for item in chains.items(A):
        chains.delete(item)
    code, lines = run("--all", "--json")
    told = {one["owner"]: one["fault"] for one in map(json.loads, lines[:-1])}
    assert code == 1
    assert (told[B]["code"], told[B]["sequence"]) == ("head_differs", 1)
    assert (told[A]["code"], told[A]["sequence"]) == ("cut_off", 1)
    assert told[SENDER] is None
    assert json.loads(lines[-1]) == {"chains": 3, "faulty": 2, "ok": False}


def test_a_head_that_cannot_be_read_is_found_and_the_walk_goes_on() -> None:
    """P2."""
    chains.put(chains.head(A) | {"agreements": {"S": "{"}}, "consent")
    code, lines = run("--all")
    assert code == 1
    assert lines[-1] == "3 chains, 1 of them faulty"


def test_no_number_is_ever_printed() -> None:
    """Line 8."""
    chains.put(chains.changed(chains.items(A)[0], {"source": "junk"}))
    for arguments in (("--all",), ("--all", "--json"), ("--number", PHONE)):
        _, lines = run(*arguments)
        assert PHONE.removeprefix("+1") not in "\n".join(lines)


def test_it_must_be_said_what_is_wanted() -> None:
    with pytest.raises(SystemExit, match="Say which chains"):
        run()
    with pytest.raises(SystemExit):
        run("--number", "12")


def test_the_stage_names_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Docs: operations.md."""
    variables = {k: v for k, v in os.environ.items() if k.endswith(("_TABLE", "_QUEUE", "BUCKET"))}
    variables |= {k: os.environ[k] for k in ("STAGE", "PSEUDONYM_SECRET", "PROVIDER_PARAMETERS")}
    for name in variables:
        monkeypatch.delenv(name)
    asked: list[str] = []

    class Functions:
        def get_function_configuration(self, FunctionName: str) -> dict[str, object]:  # noqa: N803
            asked.append(FunctionName)
            return {"Environment": {"Variables": variables}}

    monkeypatch.setattr("assent.consent.__main__.boto3.client", lambda _: Functions())
    assert run("--all", "--stage", "dev")[0] == 0
    assert asked == ["assent-dev-console_api"]


def test_it_can_be_run_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assent.consent", "verify", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "--account" in done.stdout


def test_nothing_but_this_command_walks_whole_tables() -> None:
    """Line 5: no scan on a request path."""
    importing = re.compile(r"consent\.walk|consent import [^\n]*\bwalk\b|[\"']scan[\"']")
    found = {
        path.name for path in PACKAGE.rglob("*.py") if importing.search(path.read_text("utf-8"))
    }
    assert found == {"__main__.py", "walk.py"}
