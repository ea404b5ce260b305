"""The hosted form: what a person sees, and what a hostile value cannot do."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from assent.accounts.model import Account, Sender
from assent.consent.model import Channel
from assent.integrations.model import Integration
from assent.integrations.page import form_page
from assent.messaging.keys import START_KEY

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 | times: 7 }}{% raw %}"
SENDER = Sender(
    id="sn_1",
    address="+18885550100",
    owner_id="ac_A",
    program_name="Harbor Alerts",
    help_text="",
    stop_text="",
    start_text="",
)
ACCOUNT = Account(
    id=f"ac_{'A' * 26}",
    name="Harbor Health",
    sender_id="sn_1",
    terms_url="https://example.com/terms",
    privacy_url="https://example.com/privacy",
)


def integration(disclosure: str = "I agree to get texts. Reply STOP to end them.") -> Integration:
    return Integration(
        id="in_1",
        account_id=ACCOUNT.id,
        name="Website",
        disclosure=disclosure,
        form_secret="bcdfghjkmn",
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
    )


class Page(HTMLParser):
    """The elements of a page, with its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def input(self, name: str) -> dict[str, str | None]:
        [found] = [one for one in self.all("input") if one.get("name") == name]
        return found


def page(**changes: object) -> Page:
    return Page(form_page(integration(), ACCOUNT, SENDER, **changes))  # type: ignore[arg-type]


def test_it_says_what_one_signs_up_for_and_each_way_back() -> None:
    """I1, O10, S5: texts alone, or calls too; who ended calls calls the sender and presses 1."""
    texts = page().text
    assert "Get texts from Harbor Health." in texts
    assert "Stopped our texts before? Text START to +1 888 555 0100." in texts
    assert "calls" not in texts
    again = (
        "Text START to +1 888 555 0100. Stopped our calls? "
        f"Call +1 888 555 0100 and press {START_KEY}."
    )
    both = integration("I agree to texts and calls.").model_copy(update={"channels": [*Channel]})
    for shown in (form_page(both, ACCOUNT, SENDER), form_page(both, ACCOUNT, SENDER, thanks=True)):
        assert again in shown
    assert "Get texts and calls from Harbor Health." in form_page(both, ACCOUNT, SENDER)


def test_every_field_has_a_label() -> None:
    shown = page()
    labelled = {label["for"] for label in shown.all("label")}
    assert labelled == {one["id"] for one in shown.all("input") if one["type"] != "hidden"}
    assert {"first_name", "last_name", "phone", "email", "consent"} <= labelled


def test_the_box_is_not_ticked_before_a_person_ticks_it() -> None:
    """I1: not even after a mistake."""
    for values in ({}, {"consent": "yes", "phone": "555"}):
        box = page(values=values, problems={"phone": "is wrong"}).input("consent")
        assert box["type"] == "checkbox"
        assert "checked" not in box


def test_the_disclosure_and_the_links_stand_on_the_page() -> None:
    """I1, O10."""
    shown = page()
    assert integration().disclosure in shown.text
    assert {link["href"] for link in shown.all("a")} == {ACCOUNT.terms_url, ACCOUNT.privacy_url}
    assert "Text START to +1 888 555 0100" in shown.text


def test_links_that_are_not_set_are_not_shown() -> None:
    bare = ACCOUNT.model_copy(update={"terms_url": "", "privacy_url": ""})
    assert Page(form_page(integration(), bare, SENDER)).all("a") == []


def test_a_robots_field_is_out_of_a_persons_way() -> None:
    trap = page().input("website")
    assert (trap["tabindex"], trap["autocomplete"], trap["type"]) == ("-1", "off", "text")


def test_what_was_typed_stays_and_what_is_wrong_is_said_beside_it() -> None:
    shown = page(values={"phone": "555", "first_name": "Ann"}, problems={"phone": "is too short"})
    phone = shown.input("phone")
    assert (phone["value"], phone["aria-invalid"]) == ("555", "true")
    assert phone["aria-describedby"] == "phone-problem"
    assert "phone-problem" in {one.get("id") for one in shown.all("p")}
    assert "aria-invalid" not in shown.input("first_name")
    assert shown.input("first_name")["value"] == "Ann"


@pytest.mark.parametrize("field", ["first_name", "last_name", "phone", "email"])
def test_a_hostile_value_stays_a_value(field: str) -> None:
    shown = page(values={field: HOSTILE}, problems={field: HOSTILE})
    assert shown.input(field)["value"] == HOSTILE
    assert shown.all("script") == []
    assert shown.all("img") == []


def test_hostile_settings_stay_text() -> None:
    account = ACCOUNT.model_copy(update={"name": HOSTILE})
    sender = SENDER.model_copy(update={"program_name": HOSTILE, "address": HOSTILE})
    for thanks in (True, False):
        shown = Page(form_page(integration(HOSTILE), account, sender, thanks=thanks))
        assert shown.all("script") == []
        assert shown.all("img") == []
        assert "49" not in shown.text


def test_the_thank_you_promises_nothing_of_the_number() -> None:
    """O10: neutral, so that nobody learns who is on the opt-out list."""
    shown = page(thanks=True)
    assert "If the number can get our texts" in shown.text
    assert "Text START to +1 888 555 0100" in shown.text
    assert shown.all("form") == []


def test_the_page_needs_no_script_and_sends_itself() -> None:
    """I1."""
    shown = page()
    [form] = shown.all("form")
    assert (form["method"], form["action"]) == ("post", f"/f/{integration().form_key}")
    assert shown.all("script") == []
