"""Broadcasts of texts reach who agreed; a STOP holds until the person takes it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from local.demo_names import ACCOUNTS, PROGRAM
from local.play import PEOPLE, QUEUES, SCHEDULE, Play, short

_AHEAD = timedelta(seconds=3)


def _first_broadcast(the: Play) -> None:
    text = f"Our autumn hours start Monday (note {the.number}A)."
    with the.step("Broadcast 1, scheduled 3 s ahead, reaches all three exactly once"):
        at = datetime.now(UTC) + _AHEAD
        broadcast = the.broadcast(f"Hours {the.number}", f"{PROGRAM}: {text}", at)
        shown = the.finished(broadcast, len(PEOPLE), SCHEDULE)
        report = shown["report"]
        the.check(report["sent"] == len(PEOPLE), f"report: {short(report)}", report)
        started = datetime.fromisoformat(shown["started_at"])
        late = (started - at).total_seconds()
        the.check(late > -1, f"started {late:.1f} s after its time", shown)
        arrived = the.arrivals(text)
        the.check(arrived == [1, 1, 1], "one copy on each phone", arrived)


def _stop(the: Play) -> None:
    number = the.phones[1]
    with the.step("Ben texts STOP"):
        the.say(f"confirmed: “{the.texts(number, 'STOP')}”")
        for name, account, contact in (
            (ACCOUNTS[0], the.account, the.contacts[number]),
            (ACCOUNTS[1], the.other_account, the.elsewhere),
        ):
            the.until(
                f"Ben's hard opt-out in {name}, out of queue and group",
                QUEUES,
                partial(the.opted_out, account, contact, "sms", "Keyword"),
            )
            the.say(f"{name}: hard opt-out, source Keyword, not in group or queue")


def _second_broadcast(the: Play) -> None:
    text = f"The pool opens at nine (note {the.number}B)."
    number = the.phones[1]
    with the.step("Broadcast 2 reaches Ana and Chloe, and says why it skipped Ben"):
        broadcast = the.broadcast(f"Pool {the.number}", f"{PROGRAM}: {text}")
        shown = the.finished(broadcast, len(PEOPLE) - 1, SCHEDULE)
        the.say(f"report: {short(shown['report'])}")
        arrived = the.arrivals(text)
        the.check(arrived == [1, 0, 1], "one copy for Ana, one for Chloe, none for Ben", arrived)
        contact = the.contacts[number]
        why = the.browser.api("GET", f"/broadcasts/{broadcast}/why/{contact}", account=the.account)
        the.check(
            why["outcome"] == "excluded" and bool(why["message"]),
            f"why not Ben: {why['reason']}: {why['message']}",
            why,
        )


def _only_ben_himself(the: Play) -> None:
    number = the.phones[1]
    with the.step("Nobody but Ben brings Ben back"):
        contact = the.contacts[number]
        line = the.opt_out(the.account, contact)
        told = the.browser.refused("DELETE", f"/opt-outs/{line}", account=the.account)
        the.check("START" in told, f"the console is refused: “{told}”", told)
        told = the.browser.subscribe(the.demo.api_key, number)
        the.check("START" in told, f"the API is refused: “{told}”", told)
        answer = the.texts(number, "START")
        the.say(f"Ben texts START: “{answer}”")
        for name, account, one in (
            (ACCOUNTS[0], the.account, contact),
            (ACCOUNTS[1], the.other_account, the.elsewhere),
        ):
            the.until(f"Ben subscribed in {name}", QUEUES, partial(the.is_reached, account, one))
            the.say(f"subscribed in {name} again")


def _proof(the: Play) -> None:
    with the.step("The proof of Ben's consent holds"):
        contact = the.contacts[the.phones[1]]
        checked = the.browser.api(
            "GET", "/proof/check", account=the.account, params={"contact_id": contact}
        )
        events = sum(chain["events"] for chain in checked["chains"])
        the.check(
            all(chain["ok"] and chain["state_matches"] for chain in checked["chains"]),
            f"{len(checked['chains'])} chains, {events} events: nothing changed, missing or moved, "
            "and the status is what they add up to",
            checked,
        )


SCENES: tuple[Callable[[Play], None], ...] = (
    _first_broadcast,
    _stop,
    _second_broadcast,
    _only_ben_himself,
    _proof,
)
