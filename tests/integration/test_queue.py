"""The opt-in queue on the emulator: credentials that die, landlines, moves and their undo."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.integration.scene import Scene, new_phone

WORDS = "I agree to get texts and calls from Harbor Alerts. Reply STOP to end them."
IN_FORCE = 10.0
"""Seconds after which a change of an integration holds everywhere."""


def made(scene: Scene, name: str, **more: object) -> dict[str, Any]:
    body = {"name": name, "disclosure": WORDS, "channels": ["sms", "voice"], **more}
    found: dict[str, Any] = scene.api("POST", "/integrations", body=body, expect=201)
    return found


def fields(phone: str) -> dict[str, str]:
    return {"first_name": "Test", "last_name": "Person", "phone": phone}


def by_api(http: httpx.Client, key: str, phone: str) -> httpx.Response:
    return http.post("/api/v1/leads", json=fields(phone), headers={"X-Api-Key": key})


def by_form(http: httpx.Client, path: str, phone: str) -> httpx.Response:
    return http.post(path, data=fields(phone) | {"consent": "yes"})


def entry(scene: Scene, phone: str) -> dict[str, Any]:
    """Wait until a lead is in the queue, found by its last four digits."""

    def found() -> dict[str, Any] | None:
        page = scene.api("POST", "/queue/search", body={"filter": {"search": phone[-4:]}})
        return next((one for one in page["items"] if one["phone"] == phone), None)

    return scene.until("the lead in the opt-in queue", found)


def test_replaced_credentials_are_dead_within_ten_seconds(http: httpx.Client, scene: Scene) -> None:
    """Q10: on warm processes that had just used them; leads from before still arrive."""
    one = made(scene, "Replaced")
    early_api, early_form = new_phone(), new_phone()
    assert by_api(http, one["api_key"], early_api).status_code == 202
    assert by_form(http, one["form_path"], early_form).status_code == 303
    key = scene.api("POST", f"/integrations/{one['id']}/key", expect=201)["api_key"]
    form = scene.api("POST", f"/integrations/{one['id']}/form", expect=201)["form_path"]
    replaced_at = time.monotonic()
    time.sleep(max(0.0, IN_FORCE - (time.monotonic() - replaced_at)))
    answer = by_api(http, one["api_key"], new_phone())
    assert (answer.status_code, answer.json()["code"]) == (401, "key_replaced")
    answer = by_form(http, one["form_path"], new_phone())
    assert (answer.status_code, answer.json()["code"]) == (410, "form_replaced")
    late_api, late_form = new_phone(), new_phone()
    assert by_api(http, key, late_api).status_code == 202
    assert by_form(http, form, late_form).status_code == 303
    for phone in (early_api, early_form, late_api, late_form):
        assert entry(scene, phone)["integration_name"] == "Replaced"


@pytest.mark.parametrize("look_up", [True, False])
def test_a_landline_waits_in_the_queue_for_calls(
    http: httpx.Client, scene: Scene, *, look_up: bool
) -> None:
    """Q2: known by the carrier's look-up, without a text; else by the error of the text."""
    one = made(scene, f"Landlines {look_up}", line_look_up=look_up)
    phone = new_phone()
    scene.browser.phones("PUT", f"/phones/{phone}/behaviour", {"kind": "landline"})
    assert by_api(http, one["api_key"], phone).status_code == 202
    found = entry(scene, phone)
    assert found["compliance"]["state"] == "not_textable"
    assert found["textable"] == ("no" if look_up else "suspect")
    assert found["line_type"] == ("fixed_line" if look_up else "fixed_line_or_mobile")
    assert found["voice"]["status"] == "subscribed"
    assert len(scene.received(phone)) == (0 if look_up else 1)


def test_a_move_and_its_undo(scene: Scene) -> None:
    """Q4, Q5, Q11: the same entry comes back, and the profile says what happened."""
    phone = new_phone()
    scene.lead(phone)
    before = entry(scene, phone)
    contact = before["contact_id"]
    body = {"contact_ids": [contact], "new_group_name": f"Undone {phone[-6:]}"}
    moved = scene.api("POST", "/queue/moves", body=body)
    path = f"/contacts/{contact}/queue-diagnosis"
    assert scene.api("GET", path)["code"] == "moved"
    body = {"contact_ids": [contact], "group_id": moved["group"]["id"]}
    assert scene.api("POST", "/queue/moves/undo", body=body)["undone"] == [contact]
    after = entry(scene, phone)
    assert (after["contact_id"], after["arrived_at"]) == (contact, before["arrived_at"])
    shown = scene.api("GET", f"/contacts/{contact}")
    assert shown["groups"] == []
