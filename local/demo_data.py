"""Make the demo data with the product's own services; runs in a function's environment.

Reads what is known from standard input and writes what is there now to standard output, as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from assent.accounts import store
from assent.accounts.model import Account, Member, Role, Sender, sender_id
from assent.accounts.team import store as team_store
from assent.consent.model import Channel
from assent.contacts.groups import service as group_service
from assent.integrations.service import IntegrationService
from assent.platform.clock import SystemClock
from assent.platform.errors import Conflict
from assent.platform.ids import new_id
from assent.platform.settings import current
from local.demo_names import (
    ACCOUNTS,
    COLLEAGUE_EMAIL,
    COLLEAGUE_NAME,
    PROGRAM,
    SENDER_ADDRESS,
    USER_EMAIL,
    USER_NAME,
)

GROUPS = ("Newsletter", "Appointment reminders")
_PAGES = "https://harbor.example"
_DISCLOSURE = (
    "I agree to get text messages from Harbor Alerts about appointments and news, up to 4 a month. "
    "Msg&DataRatesMayApply. Reply HELP for help, STOP to end. Consent is not a condition of "
    "purchase."
)
_DISCLOSURE_OF_CALLS = (
    "I agree to get text messages and automated calls from Harbor Alerts about my visits to the "
    "clinic, up to 4 a month. Msg&DataRatesMayApply. Reply HELP for help, STOP to end texts; press "
    "9 in a call to end calls. Consent is not a condition of purchase."
)
_HELP = f"{PROGRAM}: appointments and news. Help: help@harbor.example. Reply STOP to end."
_STOP = f"{PROGRAM}: you are unsubscribed and will get no more messages. Reply START to return."
_START = f"{PROGRAM}: welcome back. Up to 4 msgs a month. Reply HELP for help, STOP to end."


def make(known: dict[str, Any]) -> dict[str, Any]:
    """Make what is missing; what a person changed since stays as it is."""
    current()
    clock = SystemClock()
    sender = sender_id(SENDER_ADDRESS)
    accounts: dict[str, str] = known.setdefault("accounts", {})
    for name in ACCOUNTS:
        accounts.setdefault(name, new_id("ac", clock.now()))
        store.put_account(
            Account(
                id=accounts[name],
                name=name,
                sender_id=sender,
                terms_url=f"{_PAGES}/terms",
                privacy_url=f"{_PAGES}/privacy",
                # The demo answers at any hour of the day: what it sends is told to be no
                # solicitation. A real account begins with "defer".
                quiet_hours="exempt",
                caps="exempt",
            )
        )
        for user, email, role, called in (
            (known["user"], USER_EMAIL, Role.OWNER, USER_NAME),
            (known["colleague"], COLLEAGUE_EMAIL, Role.OPERATOR, COLLEAGUE_NAME),
        ):
            team_store.put_member(
                Member(user_id=user, account_id=accounts[name], role=role, name=called, email=email)
            )
    first = accounts[ACCOUNTS[0]]
    if store.sender(sender) is None:
        store.put_sender(
            Sender(
                id=sender,
                address=SENDER_ADDRESS,
                owner_id=first,
                program_name=PROGRAM,
                help_text=_HELP,
                stop_text=_STOP,
                start_text=_START,
                support_contact="help@harbor.example",
                # What carriers allow a toll-free number.
                messages_per_second=3.0,
            )
        )
    for account in accounts.values():
        store.share(sender, account)
    _groups(first)
    _integrations(known, first)
    return known


def _groups(account_id: str) -> None:
    account = store.account(account_id)
    assert account is not None  # noqa: S101 - made above
    for name in GROUPS:
        try:
            group_service.create_group(account, name, SystemClock())
        except Conflict:
            continue


def _integrations(known: dict[str, Any], account_id: str) -> None:
    """Make the first account's integrations; a key is shown once, so it is kept at once."""
    service = IntegrationService(SystemClock())
    if "api_key" not in known:
        made, key = service.create(account_id, "Website form", _DISCLOSURE, channels=[Channel.SMS])
        known |= {"integration_id": made.id, "form_path": f"/f/{made.form_key}", "api_key": key}
    if "calls_form_path" not in known:
        made, _ = service.create(
            account_id, "Clinic form", _DISCLOSURE_OF_CALLS, channels=[Channel.SMS, Channel.VOICE]
        )
        known["calls_form_path"] = f"/f/{made.form_key}"


if __name__ == "__main__":
    json.dump(make(json.load(sys.stdin)), sys.stdout)
