"""What a STOP does in three accounts that share a sender, and that only the contact undoes it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.demo_names import ACCOUNTS, SENDER_ADDRESS
from local.play_client import CheckFailed
from tests.integration.chains import faults
from tests.integration.scene import Scene, new_phone

DISCLOSURE = "I agree to get texts from Harbor Alerts. Reply HELP for help, STOP to end."


@pytest.fixture(scope="module")
def keys(scene: Scene) -> dict[str, str]:
    """One integration per account, by the account's id; their API keys."""
    return {
        account: scene.api(
            "POST",
            "/integrations",
            account=account,
            body={"name": "Front desk", "disclosure": DISCLOSURE, "channels": ["sms", "voice"]},
            expect=201,
        )["api_key"]
        for account in accounts(scene)
    }


def accounts(scene: Scene) -> list[str]:
    return [scene.stack.demo.accounts[name] for name in ACCOUNTS]


def known_everywhere(scene: Scene, keys: dict[str, str], phone: str) -> dict[str, str]:
    """Make one person a lead of all three accounts; returns the contact's id in each."""
    for key in keys.values():
        lead = {"first_name": "Ben", "last_name": "Brandt", "phone": phone}
        scene.browser.send_lead(key, lead)
    return {account: queued(scene, account, phone) for account in keys}


def queued(scene: Scene, account: str, phone: str) -> str:
    def found() -> str | None:
        page = scene.api("GET", "/queue", account=account)
        return next((one["contact_id"] for one in page["items"] if one["phone"] == phone), None)

    return scene.until("the lead in the opt-in queue", found)


def mark(scene: Scene, account: str, contact: str) -> dict[str, Any]:
    return dict(scene.api("GET", f"/contacts/{contact}", account=account)["channels"]["sms"])


def listed(scene: Scene, account: str, phone: str) -> list[dict[str, Any]]:
    page = scene.api(
        "POST", "/opt-outs/search", account=account, body={"filter": {"number": phone}}
    )
    return list(page["items"])


def is_listed(scene: Scene, account: str, phone: str) -> bool:
    return [one["source"] for one in listed(scene, account, phone)] == ["Keyword"]


def test_a_stop_holds_in_all_accounts_until_the_contact_texts_start(
    scene: Scene, keys: dict[str, str]
) -> None:
    """O1, O5, O8, O10, S5, K3, P2, P3: not the console, a file or a program undoes it."""
    phone, stranger = new_phone(), new_phone()
    contacts = known_everywhere(scene, keys, phone)
    before = len(scene.received(phone))
    scene.text(phone, "STOP")
    assert len(scene.receives(phone, before + 1)) == before + 1
    for account, contact in contacts.items():
        scene.until("the opt-out and its effects", partial(is_listed, scene, account, phone))
        shown = mark(scene, account, contact)
        assert (shown["status"], shown["source"]) == ("hard_opt_out", "Keyword")
        assert SENDER_ADDRESS in shown["way_back"]
        [line] = listed(scene, account, phone)
        assert (line["scope"], line["removable"]) == ("all_accounts", False)
        # By the console.
        with pytest.raises(CheckFailed, match="409") as refused:
            scene.api("DELETE", f"/opt-outs/{line['id']}", account=account)
        assert "START" in str(refused.value)
        # By the API, which may subscribe but not over the contact's will.
        answer = subscribe(scene, keys[account], phone)
        assert answer.status_code == 409
        assert "START" in answer.json()["detail"]
        # By a new lead, which is thanked and not texted.
        lead = {"first_name": "Ben", "last_name": "Brandt", "phone": phone}
        scene.browser.send_lead(keys[account], lead)
    # By a file: what stands already is not weakened.
    scene.text(stranger, "STOP")
    scene.receives(stranger, 1)
    done = imported(scene, f"phone\n{phone}\n")
    assert done["counts"]["already"] == 1
    # A number that none of the accounts knows is not shown to them.
    assert listed(scene, scene.account, stranger) == []
    assert {mark(scene, a, c)["status"] for a, c in contacts.items()} == {"hard_opt_out"}
    assert len(scene.received(phone)) == before + 1
    # Only the contact can.
    scene.text(phone, "START")
    scene.receives(phone, before + 2)
    for account, contact in contacts.items():
        assert mark(scene, account, contact)["status"] == "subscribed"
        assert listed(scene, account, phone) == []
        checked = scene.api("GET", "/proof/check", account=account, params={"contact_id": contact})
        assert {(one["ok"], one["state_matches"]) for one in checked["chains"]} == {(True, True)}
    chains, found = faults(scene.stack)
    assert chains
    assert not found


def subscribe(scene: Scene, key: str, phone: str) -> httpx.Response:
    return httpx.post(
        f"{scene.stack.url}/api/v1/subscriptions",
        json={"phone": phone},
        headers={"X-Api-Key": key},
        timeout=65,
    )


def imported(scene: Scene, text: str, **options: object) -> dict[str, Any]:
    """Import an opt-out list through its dry run; returns the finished import."""
    body = {"file_name": "list.csv", "size": len(text), "kind": "soft", "channels": ["sms"]}
    made = scene.api("POST", "/opt-out-imports", body=body | options, expect=201)
    path = f"/opt-out-imports/{made['id']}"
    scene.browser.upload(f"{path}/parts/1", text.encode(), account=scene.account)
    scene.api("POST", f"{path}/check", expect=202)
    waiting(scene, path, "checked")
    scene.api("POST", f"{path}/commit", expect=202)
    return waiting(scene, path, "finished")


def waiting(scene: Scene, path: str, state: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        shown: dict[str, Any] = scene.api("GET", path)
        assert shown["state"] not in {"failed", "cancelled"}, shown
        return shown if shown["state"] == state else None

    return scene.until(f"the import to be {state}", reached)


def test_a_user_opts_out_softly_for_one_account_and_takes_it_back(
    scene: Scene, keys: dict[str, str]
) -> None:
    """S4, O3, O4, O9: the memberships that it took come back, and no other account notices."""
    phone = new_phone()
    contacts = known_everywhere(scene, keys, phone)
    mine, theirs = contacts[scene.account], contacts[scene.other_account]
    moved = scene.api(
        "POST",
        "/queue/moves",
        body={"contact_ids": [mine], "new_group_name": f"Softly {phone[-4:]}"},
    )
    assert moved["refused"] == []
    made = scene.api(
        "POST",
        "/opt-outs",
        body={"contact_id": mine, "channels": ["sms"], "kind": "soft", "reason": "moved away"},
        expect=201,
    )
    [line] = made["items"]
    assert (line["kind"], line["scope"], line["removable"]) == ("soft", "this_account", True)
    shown = scene.api("GET", f"/contacts/{mine}")
    assert shown["channels"]["sms"]["status"] == "soft_opt_out"
    assert shown["groups"][0]["channels"] == ["voice"]
    assert mark(scene, scene.other_account, theirs)["status"] == "subscribed"
    back = scene.api("DELETE", f"/opt-outs/{line['id']}")
    assert [one["name"] for one in back["restored"]] == [f"Softly {phone[-4:]}"]
    shown = scene.api("GET", f"/contacts/{mine}")
    assert shown["channels"]["sms"]["status"] == "subscribed"
    assert sorted(shown["groups"][0]["channels"]) == ["sms", "voice"]


def test_the_proof_of_a_number_checks_itself(
    scene: Scene, keys: dict[str, str], tmp_path: Path
) -> None:
    """P4: one call, readable and machine-checkable, with nothing of another tenant."""
    phone = new_phone()
    contacts = known_everywhere(scene, keys, phone)
    scene.text(phone, "STOP")
    scene.until("the STOP", lambda: mark(scene, *next(iter(contacts.items())))["kind"] == "hard")
    pack = scene.browser.download(
        "/proof", account=scene.account, params={"contact_id": contacts[scene.account]}
    )
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert set(archive.namelist()) == {"proof.html", "proof.json", "verify.py"}
        archive.extractall(tmp_path)
    for name in ("proof.html", "proof.json"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert scene.other_account not in text
    run = [sys.executable, "verify.py"]
    assert subprocess.run(run, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    proof = tmp_path / "proof.json"
    document = json.loads(proof.read_text(encoding="utf-8"))
    proof.write_text(json.dumps(document).replace("stopped", "started"), encoding="utf-8")
    assert subprocess.run(run, cwd=tmp_path, check=False, capture_output=True).returncode == 1
