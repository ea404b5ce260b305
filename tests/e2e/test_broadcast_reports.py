"""Broadcasts that do not go as they should: what the report says, and what is to be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import expect

from local.demo_names import ACCOUNTS, SENDER_ADDRESS
from local.play_client import Browser as Api
from local.play_client import until
from local.testing import RunningStack
from tests.e2e.people import Operator, Phone
from tests.e2e.subscribers import import_group

pytestmark = pytest.mark.e2e

ACCOUNT = ACCOUNTS[1]
IN_FLORIDA = "+14075550190"
_SECONDS = 90.0


def _send(api: Api, account: str, groups: list[str], name: str, caps: str = "exempt") -> str:
    body = {
        "name": name,
        "groups": groups,
        "template": f"Harbor Alerts: {name.lower()}. Reply STOP to stop.",
        "caps": caps,
    }
    made = str(api.api("POST", "/broadcasts", account=account, body=body, expect=201)["id"])
    api.api("POST", f"/broadcasts/{made}/schedule", account=account, body={})
    return made


def _sent(api: Api, account: str, broadcast: str) -> int:
    shown = api.api("GET", f"/broadcasts/{broadcast}", account=account)
    return int(shown["report"]["sent"])


def test_a_failure_is_told_with_its_code_its_cause_and_what_to_do(
    operators: Callable[..., Operator],
    operator: Api,
    stack: RunningStack,
    phones: Callable[[str], Phone],
) -> None:
    """B5, experience 21: of two phones one is switched off; in Spanish it is said in Spanish."""
    account = stack.demo.accounts[ACCOUNT]
    on, off = phones("Nora"), phones("Odin")
    operator.phones("PUT", f"/phones/{off.number}/behaviour", {"kind": "undelivered"})
    group = import_group(operator, account, "Switched on and off", [on.number, off.number])
    made = _send(operator, account, [group], "Sauna closed")
    someone = operators(ACCOUNT, f"/broadcasts/{made}")
    report = someone.section("Report")
    failures = report.get_by_role("list", name="Why it failed")
    expect(failures.get_by_role("listitem")).to_have_count(1)
    expect(failures).to_contain_text("The phone is switched off or out of reach.")
    expect(failures).to_contain_text("30003")
    expect(failures).to_contain_text("Try again later.")
    expect(failures.locator("strong")).to_have_text("1")
    for name, figure in (("Planned", "2"), ("Delivered", "1"), ("Failed", "1"), ("Excluded", "0")):
        part = someone.page.get_by_role("term").filter(has_text=name)
        value = report.locator("dl > div").filter(has=part).locator("dd")
        expect(value).to_have_text(figure)
    why = someone.section("Why did this contact get it, or not?")
    why.get_by_role("combobox", name="Contact").fill(off.national)
    someone.page.get_by_role("option", name="Sub Scriber1").click()
    expect(why.get_by_role("status")).to_contain_text("The phone is switched off")
    gates = why.get_by_role("list", name="The gates it came to, in order").get_by_role("listitem")
    expect(gates.last).to_contain_text("Provider stopped here")

    someone.page.evaluate("localStorage['assent.language'] = 'es'")
    someone.page.reload()
    report = someone.section("Informe")
    expect(report).to_contain_text("El teléfono está apagado o fuera de alcance.")
    expect(report).not_to_contain_text("Try again later")
    why = someone.section("¿Por qué lo recibió este contacto, o por qué no?")
    expect(why.get_by_role("status")).to_contain_text("El teléfono está apagado")
    expect(why.get_by_role("list").get_by_role("listitem").last).to_contain_text("Proveedor")


def test_a_broadcast_that_many_opt_out_of_pauses_itself_and_says_what_to_do(
    operators: Callable[..., Operator],
    operator: Api,
    stack: RunningStack,
    phones: Callable[[str], Phone],
) -> None:
    """B4, B5: ten text STOP while one waits, who has had enough for today; a person decides."""
    account = stack.demo.accounts[ACCOUNT]
    # Three broadcasts a day are the most in Florida.
    regulars = import_group(operator, account, "Regulars", [IN_FLORIDA])
    for name in ("First", "Second", "Third"):
        made = _send(operator, account, [regulars], name)
        until(f"the {name} one", _SECONDS, partial(_sent, operator, account, made))
    numbers = [phones(f"Guest {index}").number for index in range(10)]
    guests = import_group(operator, account, "Guests", numbers)
    made = _send(operator, account, [regulars, guests], "Loud music", caps="defer")
    someone = operators(ACCOUNT, f"/broadcasts/{made}")
    page = someone.page
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute(
        "aria-valuetext", "10 of 11 done"
    )
    for number in numbers:
        until("the text", _SECONDS, partial(operator.received, number))
        stop = {"to": SENDER_ADDRESS, "text": "STOP"}
        operator.phones("POST", f"/phones/{number}/messages", stop)

    notice = page.get_by_role("main").get_by_role("alert")
    expect(notice).to_contain_text("Paused itself: many opted out", timeout=_SECONDS * 1000)
    expect(notice).to_contain_text("10 of the 10 people")
    expect(notice).to_contain_text("does not pause itself again")
    expect(notice.get_by_role("link", name="See the opt-outs")).to_be_visible()
    page.keyboard.press("p")
    expect(notice).to_have_count(0)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Cancel broadcast").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel for good").click()
    expect(page.get_by_text("Canceled", exact=True)).to_be_visible()
