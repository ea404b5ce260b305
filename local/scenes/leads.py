"""Leads come in with their agreement, are told, wait in the queue, are moved to a group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local import phone_numbers
from local.demo_names import ACCOUNTS, PROGRAM
from local.play import PEOPLE, QUEUES, Play


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
        for index, ((name, _), number) in enumerate(zip(PEOPLE, the.phones, strict=True)):
            body: dict[str, str] = {"number": number, "name": name, "kind": "play"}
            if index == 0:
                body["replaces"] = "play"
            the.browser.phones("POST", "/phones", body)
            the.say(f"{name:6} {phone_numbers.readable(number)}")


def _form(the: Play) -> None:
    with the.step("Ana fills in the hosted form"):
        target = the.sign_up(the.demo.form_path, 0, checked=True)
        the.say(f"accepted with 303 to {target}")


def _leads(the: Play) -> None:
    with the.step("Ben and Chloe come in by the opt-in API"):
        for (first, last), number in zip(PEOPLE[1:], the.phones[1:], strict=True):
            lead = {"first_name": first, "last_name": last, "phone": number}
            receipt = the.browser.send_lead(the.demo.api_key, lead)
            the.say(f"{first}: 202 {receipt}")
        (first, last), number = PEOPLE[1], the.phones[1]
        lead = {"first_name": first, "last_name": last, "phone": number}
        the.browser.send_lead(the.other_key(), lead)
        the.say(f"{first} is a lead of {ACCOUNTS[1]} too")


def _compliance(the: Play) -> None:
    expected = [1, 2, 1]  # Ben: one from each account
    texts: set[str] = set()
    with the.step("The compliance SMS arrives and is receipted"):
        for (name, _), number, count in zip(PEOPLE, the.phones, expected, strict=True):

            def delivered(number: str = number, count: int = count) -> list[dict[str, Any]] | None:
                got = the.browser.received(number)
                done = [message for message in got if message["status"] == "delivered"]
                return got if len(done) >= count else None

            got = the.until(f"{count} delivered message(s) on {name}'s phone", QUEUES, delivered)
            the.check(len(got) == count, f"{name}: {count} delivered", got)
            texts |= {message["body"] for message in got}
        for text in texts:
            named = all(word in text for word in (PROGRAM, "STOP", "HELP"))
            the.check(named, f"“{text}” names the program, STOP and HELP", text)


def _queue(the: Play) -> None:
    with the.step("Each lead is in the opt-in queue"):

        def queued() -> dict[str, str] | None:
            page = the.browser.api("GET", "/queue", account=the.account)
            found = {entry["phone"]: entry["contact_id"] for entry in page["items"]}
            return found if set(the.phones) <= set(found) else None

        found = the.until("three leads in the opt-in queue", QUEUES, queued)
        the.contacts = {number: found[number] for number in the.phones}
        count = the.browser.api("GET", "/queue/count", account=the.account)
        the.check(count["count"] >= len(PEOPLE), f"the badge says {count['count']}", count)

        def other() -> str | None:
            page = the.browser.api("GET", "/queue", account=the.other_account)
            found = {entry["phone"]: entry["contact_id"] for entry in page["items"]}
            return found.get(the.phones[1])

        the.elsewhere = the.until(f"Ben in the queue of {ACCOUNTS[1]}", QUEUES, other)
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


SCENES: tuple[Callable[[Play], None], ...] = (
    _sign_in,
    _phones,
    _form,
    _leads,
    _compliance,
    _queue,
    _move,
)
