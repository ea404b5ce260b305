"""People who agreed, in a group of their own, in seconds: a file of them is imported."""

from __future__ import annotations

from typing import Any

from local.play_client import Browser as Api
from local.play_client import until

_SECONDS = 90.0


def import_group(api: Api, account: str, group: str, numbers: list[str]) -> str:
    """Import numbers with proof of consent into a new group; returns the group's id."""
    lines = [f"{number},Sub,Scriber{index}" for index, number in enumerate(numbers)]
    raw = "\n".join(["phone,first,last", *lines, ""]).encode()
    body: dict[str, Any] = {"file_name": "subscribers.csv", "size": len(raw)}
    made = api.api("POST", "/contact-imports", account=account, body=body, expect=201)
    path = f"/contact-imports/{made['id']}"
    api.upload(f"{path}/parts/1", raw, account=account)
    proof = {"text": "They ticked our form.", "attested_by": "Olga Moreno", "channels": ["sms"]}
    options = {"new_group_name": group, "proof": proof}
    api.api("PUT", f"{path}/options", account=account, body=options)

    def reached(state: str) -> dict[str, Any]:
        def probe() -> dict[str, Any] | None:
            shown: dict[str, Any] = api.api("GET", path, account=account)
            return shown if shown["state"] == state else None

        return until(f"the import to be {state}", _SECONDS, probe)

    api.api("POST", f"{path}/check", account=account, expect=202)
    reached("checked")
    api.api("POST", f"{path}/commit", account=account, expect=202)
    reached("finished")
    groups = api.api("GET", "/groups", account=account)["items"]
    return str(next(one["id"] for one in groups if one["name"] == group))
