"""The main job, played once with three phones, over HTTP alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from local import function_logs, phone_numbers
from local.demo_names import ACCOUNTS, PROGRAM, SENDER_ADDRESS
from local.layout import read_json, write_json
from local.play import Play
from local.play_client import Browser, CheckFailed, PageFields
from local.progress import Progress
from local.seed import Demo
from local.stack import Stack

_PEOPLE = (("Ana", "Alvarez"), ("Ben", "Brandt"), ("Chloe", "Chen"))
# Cold functions, a queue's poll, the provider: seconds each, so be patient once.
_QUEUES = 60.0
_SCHEDULE = 60.0
_AHEAD = timedelta(seconds=3)


def play(stack: Stack, demo: Demo, progress: Progress) -> bool:
    """Play the main job; prints the transcript and returns whether every check held."""
    layout = stack.layout
    number = read_json(layout.state / "play.json").get("plays", 0) + 1
    write_json(
        layout.state / "play.json", read_json(layout.state / "play.json") | {"plays": number}
    )
    last = phone_numbers.COUNT - 1
    phones = [phone_numbers.fictional(last - 3 * (number - 1) - i) for i in range(3)]
    browser = Browser(stack.ports.front_url)
    the_play = Play(browser, demo, layout, progress, number, phones)
    progress.say()
    progress.say("  The main job, played with three phones")
    began = time.monotonic()
    try:
        for part in _PARTS:
            part(the_play)
    except (CheckFailed, httpx.HTTPError, KeyError) as error:
        _explain(error, stack, progress)
        return False
    finally:
        browser.close()
    held = stack.memory()
    memory = f", the stack holds {held / 1e6:.0f} MB" if held else ""
    progress.say(
        f"\n  ✓ All {the_play.steps} steps hold. {time.monotonic() - began:.1f} s{memory}."
    )
    return True


def _explain(error: Exception, stack: Stack, progress: Progress) -> None:
    """Say what did not hold, what the functions said, and where more is written."""
    name = "" if isinstance(error, CheckFailed) else f"{type(error).__name__}: "
    progress.say(f"     ✗ {name}{error}")
    told = function_logs.collect(stack.layout, stack.ports)
    for line in told[-5:]:
        progress.say(f"  | {line[:400]}")
    progress.say(f"  Functions' logs: {stack.layout.logs / 'functions.log'}")
    progress.say(f"  Webhooks:        {stack.ports.front_url}/phone/api/webhooks")


def _sign_in(the: Play) -> None:
    with the.step("The operator signs in (authorization code + PKCE)"):
        the.browser.sign_in(the.demo.email, the.demo.password)
        me = the.browser.api("GET", "/me")
        names = {account["name"]: account["role"] for account in me["accounts"]}
        the.check(
            all(names.get(name) == "owner" for name in ACCOUNTS),
            f"{me['user']['email']} is owner in {len(names)} accounts that share one sender",
            names,
        )


def _phones(the: Play) -> None:
    with the.step("Three people switch on their phones"):
        for index, ((name, _), number) in enumerate(zip(_PEOPLE, the.phones, strict=True)):
            body: dict[str, str] = {"number": number, "name": name, "kind": "play"}
            if index == 0:
                body["replaces"] = "play"
            the.browser.phones("POST", "/phones", body)
            the.say(f"{name:6} {phone_numbers.readable(number)}")


def _form(the: Play) -> None:
    (first, last), number = _PEOPLE[0], the.phones[0]
    with the.step(f"{first} fills in the hosted form"):
        page = PageFields(the.browser.page(the.demo.form_path))
        the.check("consent" in page.values, "the form asks for consent")
        the.check("consent" not in page.ticked, "its box is not ticked beforehand")
        fields = page.values | {
            "first_name": first,
            "last_name": last,
            "phone": phone_numbers.national(number),
            "consent": page.values["consent"] or "yes",
        }
        target = the.browser.send_form(the.demo.form_path, fields)
        the.say(f"accepted with 303 to {target}")


def _leads(the: Play) -> None:
    with the.step("Ben and Chloe come in by the opt-in API"):
        for (first, last), number in zip(_PEOPLE[1:], the.phones[1:], strict=True):
            lead = {"first_name": first, "last_name": last, "phone": number}
            receipt = the.browser.send_lead(the.demo.api_key, lead)
            the.say(f"{first}: 202 {receipt}")
        (first, last), number = _PEOPLE[1], the.phones[1]
        lead = {"first_name": first, "last_name": last, "phone": number}
        the.browser.send_lead(the.other_key(), lead)
        the.say(f"{first} is a lead of {ACCOUNTS[1]} too")


def _compliance(the: Play) -> None:
    expected = [1, 2, 1]
    with the.step("The compliance SMS arrives and is receipted"):
        for (name, _), number, count in zip(_PEOPLE, the.phones, expected, strict=True):

            def delivered(number: str = number, count: int = count) -> list[dict[str, Any]] | None:
                got = the.browser.received(number)
                done = [message for message in got if message["status"] == "delivered"]
                return got if len(done) >= count else None

            got = the.until(f"{count} delivered message(s) on {name}'s phone", _QUEUES, delivered)
            text = got[0]["body"]
            the.check(len(got) == count, f"{name} has {count}, delivered: “{text}”", got)
            named = all(word in text for word in (PROGRAM, "STOP", "HELP"))
            the.check(named, "it names the program, STOP and HELP", text)


def _queue(the: Play) -> None:
    with the.step("Each lead is in the opt-in queue"):

        def queued() -> dict[str, str] | None:
            page = the.browser.api("GET", "/queue", account=the.account)
            found = {entry["phone"]: entry["contact_id"] for entry in page["items"]}
            return found if set(the.phones) <= set(found) else None

        found = the.until("three leads in the opt-in queue", _QUEUES, queued)
        the.contacts = {number: found[number] for number in the.phones}
        count = the.browser.api("GET", "/queue/count", account=the.account)
        the.check(count["count"] >= len(_PEOPLE), f"the badge says {count['count']}", count)

        def other() -> str | None:
            page = the.browser.api("GET", "/queue", account=the.other_account)
            found = {entry["phone"]: entry["contact_id"] for entry in page["items"]}
            return found.get(the.phones[1])

        the.elsewhere = the.until(f"Ben in the queue of {ACCOUNTS[1]}", _QUEUES, other)
        the.say(f"Ben waits in the queue of {ACCOUNTS[1]} as well, as a contact of its own")


def _move(the: Play) -> None:
    with the.step("The operator moves all three to a group, made in the same step"):
        answer = the.browser.api(
            "POST",
            "/queue/moves",
            account=the.account,
            body={
                "contact_ids": list(the.contacts.values()),
                "new_group_name": f"Newsletter {the.number}",
            },
        )
        the.group = answer["group"]
        the.check(
            set(answer["moved"]) == set(the.contacts.values()) and not answer["refused"],
            f"three moved to “{the.group['name']}”",
            answer,
        )
        page = the.browser.api("GET", "/queue", account=the.account)
        left = {entry["phone"] for entry in page["items"]} & set(the.phones)
        the.check(not left, "none of them is in the queue any more", left)


def _first_broadcast(the: Play) -> None:
    text = f"Our autumn hours start Monday (note {the.number}A)."
    with the.step("Broadcast 1, scheduled 3 s ahead, reaches all three exactly once"):
        at = datetime.now(UTC) + _AHEAD
        broadcast = the.broadcast(f"Hours {the.number}", f"{PROGRAM}: {text}", at)
        shown = the.finished(broadcast, len(_PEOPLE), _SCHEDULE)
        report = shown["report"]
        the.check(report["sent"] == len(_PEOPLE), f"report: {_short(report)}", report)
        started = datetime.fromisoformat(shown["started_at"])
        late = (started - at).total_seconds()
        the.check(late > -1, f"started {late:.1f} s after its time", shown)
        arrived = the.arrivals(text)
        the.check(arrived == [1, 1, 1], "one copy on each phone", arrived)


def _stop(the: Play) -> None:
    number = the.phones[1]
    with the.step("Ben texts STOP"):
        before = len(the.browser.received(number))
        the.browser.phones(
            "POST", f"/phones/{number}/messages", {"to": SENDER_ADDRESS, "text": "STOP"}
        )
        the.until(
            "the confirmation of the STOP",
            _QUEUES,
            lambda: len(the.browser.received(number)) > before,
        )
        confirmation = the.browser.received(number)[before]["body"]
        the.say(f"confirmed: “{confirmation}”")
        for name, account, contact in (
            (ACCOUNTS[0], the.account, the.contacts[number]),
            (ACCOUNTS[1], the.other_account, the.elsewhere),
        ):
            shown = the.until(
                f"Ben's hard opt-out in {name}, out of queue and group",
                _QUEUES,
                lambda account=account, contact=contact: the.opted_out(account, contact),  # type: ignore[misc]
            )
            sms = shown["channels"]["sms"]
            the.say(f"{name}: {sms['status']}, source {sms['source']}, not in group or queue")


def _second_broadcast(the: Play) -> None:
    text = f"The pool opens at nine (note {the.number}B)."
    number = the.phones[1]
    with the.step("Broadcast 2 reaches Ana and Chloe, and says why it skipped Ben"):
        broadcast = the.broadcast(f"Pool {the.number}", f"{PROGRAM}: {text}", None)
        shown = the.finished(broadcast, len(_PEOPLE) - 1, _SCHEDULE)
        the.say(f"report: {_short(shown['report'])}")
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
        before = len(the.browser.received(number))
        the.browser.phones(
            "POST", f"/phones/{number}/messages", {"to": SENDER_ADDRESS, "text": "START"}
        )
        the.until(
            "the confirmation of the START",
            _QUEUES,
            lambda: len(the.browser.received(number)) > before,
        )
        for name, account, one in (
            (ACCOUNTS[0], the.account, contact),
            (ACCOUNTS[1], the.other_account, the.elsewhere),
        ):
            shown = the.browser.api("GET", f"/contacts/{one}", account=account)
            status = shown["channels"]["sms"]["status"]
            the.check(status == "subscribed", f"Ben texts START: {status} in {name}", shown)


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


def _count_again(the: Play) -> None:
    with the.step("Nothing arrives afterwards that should not"):
        time.sleep(1)
        counts = [len(the.browser.received(number)) for number in the.phones]
        # Compliance and two broadcasts; Ben: two compliance messages, a broadcast, two answers.
        the.check(counts == [3, 5, 3], "3, 5 and 3 messages in all, each accounted for", counts)


def _short(report: dict[str, Any]) -> str:
    parts = [f"{name} {report[name]}" for name in ("planned", "sent", "delivered")]
    parts += [f"{reason} {count}" for reason, count in report["excluded"].items()]
    return ", ".join(parts)


_PARTS: tuple[Callable[[Play], None], ...] = (
    _sign_in,
    _phones,
    _form,
    _leads,
    _compliance,
    _queue,
    _move,
    _first_broadcast,
    _stop,
    _second_broadcast,
    _only_ben_himself,
    _proof,
    _count_again,
)
