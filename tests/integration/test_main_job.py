"""The product's main job, on the real template, from a form to the second broadcast."""

from __future__ import annotations

from pathlib import Path

from local import function_logs
from local.demo_names import ACCOUNTS
from local.play_client import Browser
from local.testing import RunningStack
from tests.integration.scene import new_phone
from tests.integration.stacks import play_main_job, private_stack
from tests.voice import Voice

# Who is out of texts is called, who is out of calls is texted, and each is told why, with proof.
EACH_CHANNEL_BY_ITSELF = (
    "Ana: texts hard_opt_out, calls subscribed",
    "Ben: texts subscribed, calls hard_opt_out",
    "text: planned 2, sent 1, delivered 1, hard_opt_out 1",
    "call: planned 2, sent 1, delivered 1, hard_opt_out 1",
    "the text is on Ben's phone, on no other",
    "Ben's did not ring",
    "why not Ana: ",
    "its proof: the message “STOP” of ",
    "why not Ben: ",
    "its proof: the key “9” of ",
)


def played(stack: RunningStack, log: Path) -> None:
    held, transcript = play_main_job(stack, log)
    assert held, transcript
    assert "steps hold" in transcript
    assert [line for line in EACH_CHANNEL_BY_ITSELF if line not in transcript] == []


def test_the_main_job_holds(stack: RunningStack, tmp_path: Path) -> None:
    """I1, Q1, Q3, Q5, Q6, Q13, O4, O8, K3, S2, S5, S6, S7, B2, P4: each step holds."""
    played(stack, tmp_path / "play.log")


def test_the_main_job_needs_no_more_than_the_functions_roles(tmp_path: Path) -> None:
    """Each function does its part, of calls too, with its own role's permissions alone."""
    with private_stack(tmp_path, lambda _ports: {"AUTH": "true"}) as stack:
        played(stack, tmp_path / "play.log")
        _call(stack)
        told = function_logs.collect(stack.layout, stack.ports)
    assert [line for line in told if "AccessDenied" in line] == []


def _call(stack: RunningStack) -> None:
    """Let a call go unanswered, and another be answered and ended by a key."""
    browser = Browser(stack.url)
    browser.sign_in(stack.demo.email, stack.demo.password)
    voice = Voice(stack, browser, stack.demo.accounts[ACCOUNTS[0]])
    number = new_phone()
    contact = voice.agreed(number)
    voice.takes_calls(number, "no_answer")
    voice.place(contact, number, "We open at nine.")
    voice.rings(number)
    voice.ends(number, "no-answer")
    voice.put_off()
    voice.takes_calls(number, "rings")
    voice.place(contact, number, "We open at nine.")
    sid = voice.rings(number, 2)
    voice.act(sid, "answer")
    voice.hears(number, "Harbor Alerts")
    voice.press(sid, "9")
    voice.hears(number, "Harbor Alerts will not call you any more.")
    voice.has_status(contact, "hard_opt_out")
    browser.close()
