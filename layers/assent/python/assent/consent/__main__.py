"""Check the ledger from the command line: `python -m assent.consent verify --help`.

Prints one line per chain, with phones as their pseudonyms, never as numbers. Ends with 0 when all
is sound, with 1 when a chain has a fault or a stored state differs from its chain.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import boto3

from assent.accounts import store as accounts
from assent.consent.check import Checked, check
from assent.consent.walk import chains
from assent.platform import pseudonyms
from assent.platform.settings import Settings
from assent.sms.numbers import InvalidNumber, parse

Say = Callable[[str], object]


def main(arguments: Sequence[str], say: Say = print) -> int:
    """Run the command; the answer is the process's exit code."""
    given = _parser().parse_args(arguments)
    names = _settings(given.stage)
    found = faulty = 0
    for owner, subject in _wanted(given, names):
        checked = check(owner, subject)
        found += 1
        faulty += not checked.ok
        say(json.dumps(_told(checked)) if given.json else _line(checked))
    if given.json:
        say(json.dumps({"chains": found, "faulty": faulty, "ok": not faulty}))
    else:
        say(f"{found} chains, {faulty} of them faulty" if faulty else f"{found} chains, all sound")
    return 1 if faulty else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m assent.consent", description=__doc__)
    commands = parser.add_subparsers(required=True)
    verify = commands.add_parser("verify", help="check chains against their heads and states")
    verify.add_argument("--account", metavar="AC", help="chains of this account and its senders")
    verify.add_argument("--number", type=_number, metavar="+1…", help="chains of this phone")
    verify.add_argument("--all", action="store_true", help="every chain there is")
    verify.add_argument("--json", action="store_true", help="one JSON document per line")
    verify.add_argument(
        "--stage", help="take the tables' names from this stage's functions, not the environment"
    )
    return parser


def _number(text: str) -> str:
    try:
        return parse(text).e164
    except InvalidNumber as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _settings(stage: str | None) -> Settings:
    variables = dict(os.environ)
    if stage:
        function = boto3.client("lambda").get_function_configuration(
            FunctionName=f"assent-{stage}-console_api"
        )
        variables |= function["Environment"]["Variables"]
    return Settings.read(variables).use()


def _wanted(given: argparse.Namespace, names: Settings) -> Iterator[tuple[str, str]]:
    """Name the chains that are asked for; one account's of one phone without reading a table."""
    if not (given.all or given.account or given.number):
        raise SystemExit("Say which chains: --account, --number, both, or --all.")
    subject = pseudonyms.stored(names.pseudonym_secret).of(given.number) if given.number else ""
    owners = {given.account, *accounts.senders_of(given.account)} if given.account else set()
    if owners and subject:
        yield from ((owner, subject) for owner in sorted(owners))
        return
    for owner, phone_key in chains(names):
        if subject in ("", phone_key) and (not owners or owner in owners):
            yield owner, phone_key


def _told(checked: Checked) -> dict[str, Any]:
    return {
        "owner": checked.owner,
        "owner_kind": checked.owner_kind.value,
        "phone_key": checked.subject,
        "events": len(checked.links),
        "ok": checked.ok,
        "fault": checked.fault.model_dump() if checked.fault else None,
        "differences": checked.differences,
    }


def _line(checked: Checked) -> str:
    name = f"{checked.owner} {checked.subject} {len(checked.links)} events"
    if checked.ok:
        return f"ok     {name}"
    lines = [f"FAULT  {name}"]
    if checked.fault:
        field = f", field {checked.fault.field}" if checked.fault.field else ""
        place = f"{checked.fault.code} at event {checked.fault.sequence}{field}"
        lines.append(f"       {place}: {checked.fault.message}")
    lines.extend(f"       state: {difference}" for difference in checked.differences)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
