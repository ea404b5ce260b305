"""An account with one of everything, made through the API: what pages look like in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.demo_names import SENDER_ADDRESS
from local.play_client import Browser as Api
from local.play_client import until

_PEOPLE = (("Wanda", "Waiting"), ("Grace", "Group"), ("Stan", "Stopped"))
_DISCLOSURE = (
    "I agree to get recurring text messages from Harbor Alerts at this number. "
    "Msg&DataRatesMayApply. Reply HELP for help, STOP to stop."
)
_SECONDS = 60.0


@dataclass(frozen=True)
class LivedIn:
    """What is in the account: who waits, who is in the group, who has stopped, what was sent."""

    waiting: str
    member: str
    stopped: str
    stopped_number: str
    group: str
    broadcast: str
    form_path: str


def live_in(api: Api, account: str, numbers: list[str]) -> LivedIn:
    """Fill the account; `numbers` are those of the one who waits, the member, the one who stops."""
    integration = api.api(
        "POST",
        "/integrations",
        account=account,
        body={"name": "Front desk", "disclosure": _DISCLOSURE},
        expect=201,
    )
    for (first, last), number in zip(_PEOPLE, numbers, strict=True):
        lead = {"first_name": first, "last_name": last, "phone": number}
        api.send_lead(integration["api_key"], lead)

    def queued() -> list[str] | None:
        entries = api.api("GET", "/queue", account=account)["items"]
        found = {entry["phone"]: entry["contact_id"] for entry in entries}
        return [found[number] for number in numbers] if set(numbers) <= set(found) else None

    waiting, member, stopped = until("three leads in the queue", _SECONDS, queued)
    body = {"contact_ids": [member, stopped], "new_group_name": "Members"}
    group = api.api("POST", "/queue/moves", account=account, body=body)["group"]["id"]
    _broadcast(api, account, group, "Spring program", sent=2)
    stop = {"to": SENDER_ADDRESS, "text": "STOP"}
    api.phones("POST", f"/phones/{numbers[2]}/messages", stop)

    def opted_out() -> bool:
        shown = api.api("GET", f"/contacts/{stopped}", account=account)
        return bool(shown["channels"]["sms"]["status"] == "hard_opt_out")

    until("the STOP", _SECONDS, opted_out)
    broadcast = _broadcast(api, account, group, "Opening hours", sent=1)
    return LivedIn(waiting, member, stopped, numbers[2], group, broadcast, integration["form_path"])


def _broadcast(api: Api, account: str, group: str, name: str, *, sent: int) -> str:
    """Send a broadcast to the group now, and wait until all of it has arrived."""
    body = {
        "name": name,
        "channel": "sms",
        "groups": [group],
        "template": f"Harbor Alerts: {name.lower()} on our website. Reply STOP to stop.",
    }
    made: str = api.api("POST", "/broadcasts", account=account, body=body, expect=201)["id"]
    api.api("POST", f"/broadcasts/{made}/schedule", account=account, body={"at": None})

    def delivered() -> dict[str, Any] | None:
        shown: dict[str, Any] = api.api("GET", f"/broadcasts/{made}", account=account)
        report = shown["report"]
        done = shown["state"] == "finished" and report["delivered"] >= sent
        return shown if done else None

    until(f"the broadcast {name}", _SECONDS, delivered)
    return made
