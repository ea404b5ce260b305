"""Texts and calls, each by itself: who is out of one is still reached by the other (S2, S6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from local.demo_names import PROGRAM
from local.play import QUEUES, SCHEDULE, Play, short
from local.play_proof import Proof

_ANA, _BEN = 0, 1
_NAMES = ("Ana", "Ben")


def _agree_to_calls(the: Play) -> None:
    with the.step("Ana and Ben sign up once more, with a form that asks for calls as well"):
        before = [len(the.browser.received(number)) for number in the.phones]
        for person in (_ANA, _BEN):
            the.sign_up(the.demo.calls_form_path, person)
        for person in (_ANA, _BEN):
            _status(the, person, sms="subscribed", voice="subscribed")
        after = [len(the.browser.received(number)) for number in the.phones]
        the.check(before == after, "known already, so no second compliance message", after)
        the.group = the.browser.api(
            "POST",
            "/groups",
            account=the.account,
            body={"name": f"Clinic {the.number}"},
            expect=201,
        )
        for person in (_ANA, _BEN):
            the.browser.api(
                "POST",
                f"/groups/{the.group['id']}/members",
                account=the.account,
                body={"contact_id": _contact(the, person)},
            )
        the.say(f"both are put into the group “{the.group['name']}”")


def _press_nine(the: Play) -> None:
    text = f"The clinic moves to Pier 4 (note {the.number}C)."
    with the.step("Broadcast 3 is spoken: both phones ring, and Ben presses 9"):
        broadcast = the.broadcast(f"Pier {the.number}", text, channel="voice")
        ana, ben = (the.calls(the.phones[person]) for person in (_ANA, _BEN))
        for phone in (ana, ben):
            phone.act(phone.rings(), "answer")
        heard = ben.hears("press 9")
        first = heard["said"][0]["text"]
        the.check(PROGRAM in first and "press 9" in first, f"Ben hears: “{first}”", heard)
        ben.press(heard["sid"], "9")
        confirmed = ben.hears("will not call you any more")
        the.say(f"Ben presses 9, and hears: “{confirmed['said'][-1]['text']}”")
        heard = ana.hears(text)
        the.say(f"Ana hears: “{text}”")
        ana.act(heard["sid"], "hang-up")
        shown = the.finished(broadcast, 2, SCHEDULE)
        the.say(f"report: {short(shown['report'])}")
        the.until(
            "Ben's hard opt-out from calls",
            QUEUES,
            lambda: the.opted_out(the.account, _contact(the, _BEN), "voice", "Keypress"),
        )
        _status(the, _BEN, sms="subscribed", voice="hard_opt_out")


def _stop_texts(the: Play) -> None:
    with the.step("Ana texts STOP"):
        the.say(f"confirmed: “{the.texts(the.phones[_ANA], 'STOP')}”")
        the.until(
            "Ana's hard opt-out from texts",
            QUEUES,
            lambda: the.opted_out(the.account, _contact(the, _ANA), "sms", "Keyword"),
        )
        _status(the, _ANA, sms="hard_opt_out", voice="subscribed")


def _each_by_itself(the: Play) -> None:
    text = f"The clinic is closed on Monday (note {the.number}D)."
    with the.step("Both are in the group: a text reaches Ben only, a call Ana only"):
        by_text = the.broadcast(f"Closed {the.number}", f"{PROGRAM}: {text}")
        spoken = the.broadcast(f"Closed {the.number}, spoken", text, channel="voice")
        ana, ben = (the.calls(the.phones[person]) for person in (_ANA, _BEN))
        ana.act(ana.rings(2), "answer")
        ana.act(ana.hears(text)["sid"], "hang-up")
        for broadcast, what in ((by_text, "text"), (spoken, "call")):
            report = the.finished(broadcast, 1, SCHEDULE)["report"]
            as_it_is = (report["planned"], report["sent"], report["excluded"])
            the.check(as_it_is == (2, 1, {"hard_opt_out": 1}), f"{what}: {short(report)}", report)
        arrived = the.arrivals(text)
        the.check(arrived == [0, 1, 0], "the text is on Ben's phone, on no other", arrived)
        rung = [len(phone.all()) for phone in (ana, ben)]
        the.check(rung == [2, 1], f"Ana's phone rang and said “{text}”, Ben's did not ring", rung)
        _why_not(the, by_text, _ANA, "Keyword", ("message", "STOP"), "texting START")
        _why_not(the, spoken, _BEN, "Keypress", ("key", "9"), "pressing 1")


def _why_not(
    the: Play, broadcast: str, person: int, source: str, said: tuple[str, str], way_back: str
) -> None:
    """Ask why somebody was left out, and look at the proof of what the answer rests on."""
    contact = _contact(the, person)
    why = the.browser.api("GET", f"/broadcasts/{broadcast}/why/{contact}", account=the.account)
    evidence = why["evidence"]
    expected = ("excluded", "hard_opt_out", "hard", source)
    found = (why["outcome"], why["reason"], evidence.get("kind"), evidence.get("source"))
    the.check(
        found == expected and way_back in why["message"],
        f"why not {_NAMES[person]}: {why['message']}",
        why,
    )
    pack = the.browser.download("/proof", account=the.account, params={"contact_id": contact})
    proof = Proof.of(pack)
    event = proof.event(source, evidence["effective_at"])
    quoted = event["evidence"] if event else {}
    at = datetime.fromisoformat(evidence["effective_at"])
    what, words = said
    the.check(
        proof.holds and quoted.get(what) == words,
        f"its proof: the {what} “{words}” of {at:%H:%M:%S} UTC; checked by the program in it: "
        f"{proof.verdict}",
        (proof.verdict, quoted),
    )


def _status(the: Play, person: int, *, sms: str, voice: str) -> None:
    """Wait until somebody stands like this towards texts and calls."""
    wanted = {"sms": sms, "voice": voice}
    found: dict[str, str] = {}

    def reached() -> bool:
        marks = the.shown(the.account, _contact(the, person))["channels"]
        found.update({channel: marks[channel]["status"] for channel in wanted})
        return found == wanted

    the.until(f"{_NAMES[person]} to be {wanted}", QUEUES, reached)
    the.say(f"{_NAMES[person]}: texts {found['sms']}, calls {found['voice']}")


def _contact(the: Play, person: int) -> str:
    return the.contacts[the.phones[person]]


SCENES: tuple[Callable[[Play], None], ...] = (
    _agree_to_calls,
    _press_nine,
    _stop_texts,
    _each_by_itself,
)
