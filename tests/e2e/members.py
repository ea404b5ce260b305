"""People who have come in and are in a group: where most that concerns consent begins."""

from __future__ import annotations

from local.play_client import Browser as Api
from local.play_client import until
from tests.e2e.people import Phone

_SECONDS = 60.0


def member(api: Api, key: str, account: str, phone: Phone, last_name: str, group: str) -> str:
    """Send a lead, wait for it in the queue and move it to a new group; returns the contact."""
    api.send_lead(key, {"first_name": phone.name, "last_name": last_name, "phone": phone.number})

    def queued() -> str | None:
        entries = api.api("GET", "/queue", account=account)["items"]
        found = (entry["contact_id"] for entry in entries if entry["phone"] == phone.number)
        return next(found, None)

    contact = until(f"{phone.name} in the queue", _SECONDS, queued)
    body = {"contact_ids": [contact], "new_group_name": group}
    api.api("POST", "/queue/moves", account=account, body=body)
    return contact
