"""Calls on the stack: placed, answered, ended for good by a key, and allowed again by another."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from local.demo_names import SENDER_ADDRESS
from tests.integration.chains import faults
from tests.integration.scene import Scene, new_phone
from tests.voice import Voice


@pytest.fixture(scope="module")
def voice(scene: Scene) -> Voice:
    return Voice(scene.stack, scene.browser, scene.account)


def channels(scene: Scene, account: str, contact: str) -> tuple[str, str]:
    shown = scene.api("GET", f"/contacts/{contact}", account=account)["channels"]
    return str(shown["sms"]["status"]), str(shown["voice"]["status"])


def has(scene: Scene, account: str, contact: str, sms: str, voice: str) -> tuple[str, str] | None:
    found = channels(scene, account, contact)
    return found if found == (sms, voice) else None


def called(scene: Scene, account: str, contact: str) -> list[dict[str, Any]]:
    items = scene.api("GET", f"/contacts/{contact}/timeline", account=account)["items"]
    return [item["detail"] for item in reversed(items) if item["kind"] == "call_out"]


def left_out(scene: Scene, account: str, contact: str) -> bool:
    calls = called(scene, account, contact)
    return bool(calls) and calls[-1]["state"] == "excluded" and "pressing 1" in calls[-1]["reason"]


def test_nine_in_a_call_ends_calls_in_every_account_until_the_contact_calls_and_presses_one(
    scene: Scene, voice: Voice
) -> None:
    """S2, S5, S6, O1, O8, O10, B8, P2: texts stay as they are, and nobody is called again."""
    number = new_phone()
    other = Voice(scene.stack, scene.browser, scene.other_account)
    contact, known_there = voice.agreed(number), other.agreed(number)
    texts = len(scene.received(number))
    # Called, answered, told how to end it, ended.
    voice.place(contact, number, "The clinic opens at nine tomorrow.")
    sid = voice.rings(number)
    voice.act(sid, "answer")
    voice.hears(number, "press 9 at any time")
    voice.hears(number, "The clinic opens at nine")
    voice.press(sid, "9")
    call = voice.hears(number, "will not call you any more")
    assert [line["text"] for line in call["said"] if line["who"] == "phone"] == ["9"]
    for account, one in ((scene.account, contact), (scene.other_account, known_there)):
        probe = partial(has, scene, account, one, "subscribed", "hard_opt_out")
        scene.until("the opt-out", probe)
        mark = scene.api("GET", f"/contacts/{one}", account=account)["channels"]["voice"]
        assert (mark["source"], mark["scope"]) == ("Keypress", "all_accounts")
        assert mark["way_back"] == f"The contact presses 1 when calling {SENDER_ADDRESS}."

        def listed(account: str = account) -> bool:
            wanted = {"filter": {"number": number}}
            page = scene.api("POST", "/opt-outs/search", account=account, body=wanted)
            return [(e["channel"], e["source"]) for e in page["items"]] == [("voice", "Keypress")]

        scene.until("its line on the opt-out list", listed)
    voice.ends(number)
    # Neither account calls again.
    for who, one in ((voice, contact), (other, known_there)):
        who.place(one, number, "Again.")
        scene.until("the call left out", partial(left_out, scene, who.account, one))
    assert len(voice.calls(number)) == 1
    # The way back: calling the sender, and pressing 1.
    voice.browser.phones("POST", f"/phones/{number}/calls", {"to": SENDER_ADDRESS})
    sid = voice.rings(number, 2)
    voice.hears(number, "is an automated service")
    voice.press(sid, "1")
    voice.hears(number, "may call you again")
    for account, one in ((scene.account, contact), (scene.other_account, known_there)):
        scene.until("calls again", partial(has, scene, account, one, "subscribed", "subscribed"))
    voice.place(contact, number, "Welcome back.")
    voice.act(voice.rings(number, 3), "decline")
    voice.ends(number, "busy")
    assert len(scene.received(number)) == texts  # what was done in calls was confirmed in calls
    chains, found = faults(scene.stack)
    assert chains
    assert not found


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        ("person", "delivered", ""),
        ("voicemail", "delivered", "A voicemail took the call"),
        ("no_answer", "failed", "Nobody answered the call."),
        ("busy", "failed", "The line was busy"),
        ("failed", "failed", "The call could not be connected."),
    ],
)
def test_what_became_of_a_call_is_told_in_plain_words(
    scene: Scene, voice: Voice, kind: str, state: str, reason: str
) -> None:
    """B5, S7: by the carrier's receipts."""
    number = new_phone()
    contact = voice.agreed(number)
    voice.takes_calls(number, kind)
    voice.place(contact, number, "We open at nine.")

    def told() -> bool:
        calls = called(scene, scene.account, contact)
        return bool(calls) and calls[-1]["state"] == state

    scene.until(f"the call to be {state}", told)
    assert called(scene, scene.account, contact)[-1].get("reason", "").startswith(reason)
    [call] = voice.calls(number)
    said = [line["text"] for line in call["said"]]
    # A voicemail is told the same: who called, and the number to call to end the calls.
    assert any("press 9" in line for line in said) is (state == "delivered")


def test_a_key_that_is_not_signed_ends_nothing(scene: Scene, voice: Voice) -> None:
    """K5: 403, and no change."""
    number = new_phone()
    contact = voice.agreed(number)
    fields = {
        "CallSid": "CA0",
        "Direction": "outbound-api",
        "From": SENDER_ADDRESS,
        "To": number,
        "Digits": "9",
    }
    assert scene.webhook(fields, "voice/keys", token="guessed").status_code == 403
    assert channels(scene, scene.account, contact) == ("subscribed", "subscribed")
    answer = scene.webhook(fields, "voice/keys")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml")
    probe = partial(has, scene, scene.account, contact, "subscribed", "hard_opt_out")
    scene.until("the opt-out", probe)
