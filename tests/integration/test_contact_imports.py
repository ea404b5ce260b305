"""A file of contacts, from the upload to people who are written to, or left out, on a stack."""

from __future__ import annotations

from typing import Any

from tests.integration.scene import Scene, new_phone


def test_a_file_becomes_contacts_of_a_group_and_the_rest_is_told(scene: Scene) -> None:
    """C4, C5, C6, O7, S0: the functions' own roles do it, on the tables as they are deployed."""
    ann, bob, cat = new_phone(), new_phone(), new_phone()
    scene.text(cat, "STOP")
    scene.receives(cat, 1)
    content = f"phone;first;last;city\n{ann};Ann;Lee;Köln\n{bob};Bob;Ray;\n{cat};Cat;Doe;\nx;X;X;\n"
    raw = content.encode("utf-16")
    made = scene.api(
        "POST", "/contact-imports", body={"file_name": "people.csv", "size": len(raw)}, expect=201
    )
    path = f"/contact-imports/{made['id']}"
    scene.browser.upload(f"{path}/parts/1", raw, account=scene.account)
    seen = scene.api("GET", f"{path}/preview")
    assert (seen["encoding"], seen["delimiter"]) == ("utf-16-le", "semicolon")
    assert seen["rows"][0]["custom"] == {"city": "Köln"}
    proof = {"text": "They ticked our form.", "attested_by": "Olga Moreno", "channels": ["sms"]}
    name = f"Imported {ann[-4:]}"
    scene.api("PUT", f"{path}/options", body={"new_group_name": name, "proof": proof})
    scene.api("POST", f"{path}/check", expect=202)
    reached(scene, path, "checked")
    scene.api("POST", f"{path}/commit", expect=202)
    done = reached(scene, path, "finished")
    counts = {outcome: number for outcome, number in done["counts"].items() if number}
    assert counts == {"added": 2, "opted_out": 1, "invalid": 1}
    errors = scene.browser.download(f"{path}/errors", account=scene.account, params={})
    assert [line.split(";")[4] for line in errors.decode().splitlines()[1:]] == [
        "opted_out", "invalid_phone",
    ]  # fmt: skip
    [contact] = scene.api("POST", "/contacts/search", body={"filter": {"search": ann}})["items"]
    shown = scene.api("GET", f"/contacts/{contact['id']}")
    assert shown["channels"]["sms"]["status"] == "subscribed"
    assert shown["groups"][0]["channels"] == ["sms"]
    checked = scene.api("GET", "/proof/check", params={"contact_id": contact["id"]})
    assert {(one["ok"], one["state_matches"]) for one in checked["chains"]} == {(True, True)}


def reached(scene: Scene, path: str, state: str) -> dict[str, Any]:
    def probe() -> dict[str, Any] | None:
        shown: dict[str, Any] = scene.api("GET", path)
        assert shown["state"] not in {"failed", "cancelled"}, shown
        return shown if shown["state"] == state else None

    return scene.until(f"the import to be {state}", probe)
