"""What every page has around it: language, colors, keyboard, narrow windows, trouble."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from assent.sms.numbers import readable
from local.demo_names import SENDER_ADDRESS
from tests.e2e.complaints import Complaints
from tests.e2e.lived_in import LivedIn
from tests.e2e.pages import CONSOLE_PAGES, address
from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e

ACCOUNT = "City Library"


def test_the_language_changes_at_once_and_is_remembered(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """English and Spanish: texts, document language, dates, and the choice after a reload."""
    page = operators(ACCOUNT, "/queue").page
    page.get_by_role("button", name="Signed in as Demo Operator").click()
    page.get_by_role("menuitemradio", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cola de altas")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.keyboard.press("Escape")
    page.goto(f"/contacts/{lived_in.stopped}")
    expect(page.get_by_role("region", name="Estado de alta")).to_contain_text("Se dio de baja")
    expect(page.get_by_role("navigation", name="Principal")).to_contain_text("Difusiones")
    # A message without its text would show the name it has in the files.
    for path in ("/", "/queue", "/broadcasts", "/integrations", "/try"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert not re.search(r"\b[a-z]+\.[a-z]+", _texts(page)), path


def test_a_spanish_browser_is_greeted_in_spanish(visitor: Callable[..., Page]) -> None:
    """The first language is the browser's own."""
    page = visitor(locale="es-MX")
    page.goto("/")
    expect(page.get_by_role("button", name="Iniciar sesión")).to_be_visible()


def test_colors_follow_the_system_until_one_is_chosen_and_the_handset_follows_the_console(
    operators: Callable[..., Operator],
) -> None:
    """Light, dark, like the system; remembered, without a flash, also in the frame."""
    page = operators(ACCOUNT, "/try", color_scheme="dark").page
    scheme = page.locator("html")
    handset = page.frame_locator("iframe[title='Simulated phone']").locator("html")
    expect(scheme).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(handset).to_have_attribute("data-scheme", "dark")
    page.get_by_role("button", name="Signed in as Demo Operator").click()
    page.get_by_role("menuitemradio", name="Light").click()
    expect(scheme).to_have_attribute("data-mantine-color-scheme", "light")
    expect(handset).to_have_attribute("data-scheme", "light")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(scheme).to_have_attribute("data-mantine-color-scheme", "light")


def test_what_happened_to_a_contact_is_told_in_the_language_of_the_console(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """S5, Q11: each thing by its code; the way back with the number as it is read."""
    page = operators(ACCOUNT, "/").page
    page.evaluate("localStorage['assent.language'] = 'es'")
    page.goto(address("contact with an opt-out", lived_in))
    timeline = page.get_by_role("region", name="Cronología")
    for said in (
        "Llegó por un formulario o la API: “Front desk”",
        "Entró en la cola de altas",
        "Pasó de la cola de altas a «Members»",
        "SMS: fuera de «Members», el contacto se dio de baja",
        "Se dio de baja con STOP",
    ):
        expect(timeline.get_by_text(said)).to_be_visible()
    consent = page.get_by_role("region", name="Estado de alta")
    back = f"El contacto envía START al {readable(SENDER_ADDRESS)}."
    expect(consent.get_by_text(back)).to_be_visible()


def test_nothing_is_cut_off_at_the_width_of_a_phone(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """390 px: no page scrolls sideways; the menu, the badge and the queue are at hand."""
    someone = operators(ACCOUNT, "/", viewport={"width": 390, "height": 844})
    page = someone.page

    def is_narrow(name: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name

    for name in (*CONSOLE_PAGES, "phones", "form"):
        page.goto(address(name, lived_in))
        expect(page.get_by_role("heading", level=1).first).to_be_attached()
        is_narrow(name)
    for language, selected in (("en", "Selected"), ("es", "Selección")):
        page.evaluate("language => localStorage['assent.language'] = language", language)
        for name in ("queue", "contacts"):
            page.goto(address(name, lived_in))
            page.locator("[data-row]").first.get_by_role("checkbox").check()
            expect(page.get_by_role("region", name=selected)).to_be_visible()
            is_narrow(f"{name} with a selection, {language}")
    page.evaluate("delete localStorage['assent.language']")
    page.goto("/")
    expect(page.get_by_role("link", name="Opt-in queue 1 waiting").first).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    menu = page.get_by_role("dialog", name="Menu")
    menu.get_by_role("link", name="Groups").click()
    expect(someone.heading("Groups")).to_be_visible()
    expect(menu).to_have_count(0)


def test_everything_can_be_reached_by_keyboard(
    operators: Callable[..., Operator], lived_in: LivedIn
) -> None:
    """Experience 29: skip link, palette, single keys, help; the focus is never lost or caught."""
    someone = operators(ACCOUNT, "/")
    page = someone.page
    keyboard = page.keyboard
    page.reload()
    expect(someone.heading("Overview")).to_be_visible()
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    keyboard.press("?")
    helping = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(helping).to_contain_text("Move to a group")
    keyboard.press("Escape")
    expect(helping).to_have_count(0)

    keyboard.press("g")
    keyboard.press("q")
    expect(someone.heading("Opt-in queue")).to_be_visible()
    expect(someone.lead("Wanda Waiting")).to_be_visible()
    keyboard.press("ArrowDown")
    expect(someone.lead("Wanda Waiting")).to_be_focused()
    keyboard.press("m")
    expect(page.get_by_role("combobox", name="Group")).to_be_focused()
    keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(someone.lead("Wanda Waiting")).to_be_focused()
    keyboard.press("Enter")
    expect(someone.heading("Wanda Waiting")).to_be_visible()

    keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Type a command or a page")
    expect(field).to_be_focused()
    keyboard.type("broad")
    expect(page.get_by_role("option", selected=True)).to_have_text("Go to Broadcasts")
    keyboard.press("Enter")
    expect(someone.heading("Broadcasts")).to_be_visible()
    keyboard.press("Control+k")
    keyboard.type("no such thing")
    expect(page.get_by_text("Nothing found. Try another word.")).to_be_visible()
    keyboard.press("Escape")

    keyboard.press("?")
    helping.get_by_role("switch", name="Single-key shortcuts").focus()
    keyboard.press("Space")
    keyboard.press("Escape")
    expect(helping).to_have_count(0)
    keyboard.press("g")
    keyboard.press("q")
    expect(someone.heading("Broadcasts")).to_be_visible()


def test_an_api_that_does_not_answer_is_told_with_its_cause_and_a_way_on(
    operators: Callable[..., Operator], complaints: Complaints
) -> None:
    """Experience 32: what failed, why, what to do; it recovers without a reload."""
    complaints.expect("net::ERR_FAILED")
    someone = operators(ACCOUNT, "/")
    page = someone.page
    expect(someone.heading("Overview")).to_be_visible()
    page.route("**/api/v1/**", lambda route: route.abort())
    someone.go("Groups")
    told = page.get_by_role("main").get_by_role("alert")
    expect(told).to_contain_text("No answer from the server")
    expect(told).to_contain_text("Check your connection, then try again.")
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    page.unroute("**/api/v1/**")
    told.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("All groups")).to_be_visible()
    expect(told).to_have_count(0)
    expect(page.get_by_text("The server does not answer.")).to_have_count(0)


def test_a_fault_of_the_server_keeps_what_was_typed(
    operators: Callable[..., Operator], complaints: Complaints
) -> None:
    """A form that the server failed on stays as it was, and says what to do."""
    complaints.expect("503")
    page = operators(ACCOUNT, "/groups").page
    page.get_by_role("button", name="New group").click()
    page.route(
        "**/api/v1/groups",
        lambda route: route.fulfill(status=503, json={"code": "unavailable"}),
    )
    name = page.get_by_role("textbox", name="Name")
    name.fill("Night owls")
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_text("Try again in a moment")).to_be_visible()
    expect(name).to_have_value("Night owls")
    page.unroute("**/api/v1/groups")
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_role("cell", name="Night owls", exact=True)).to_be_visible()


def test_a_group_name_that_exists_is_refused_at_its_field(
    operators: Callable[..., Operator], lived_in: LivedIn, complaints: Complaints
) -> None:
    """Two groups of one name cannot be told apart: 409, in words."""
    complaints.expect("409")
    page = operators(ACCOUNT, "/groups").page
    page.get_by_role("button", name="New group").click()
    name = page.get_by_role("textbox", name="Name")
    name.fill("members")
    page.get_by_role("button", name="Create group").click()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(re.compile("exists|already"))


def _texts(page: Page) -> str:
    """Return what the shell and the page say, without what people have typed."""
    parts = page.locator("h1, h2, th, dt, nav a, main button").all_inner_texts()
    return "\n".join(parts)
