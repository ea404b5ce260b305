"""Required elements of texts (behaviours B1 and F1)."""

import pytest

from assent.sms.linter import REQUIRED, SHORTENERS, FindingCode, TextKind, lint

PROGRAM = "Harbor Alerts"
OPT_IN = (
    "Harbor Alerts: you are signed up for reminders. Up to 4 msgs/month. Msg & data rates may"
    " apply. Reply HELP for help, STOP to opt out."
)
FLOW = (
    "Harbor Alerts: get our reminders? Reply Y Yes N No. Msg&DataRatesMayApply."
    " Reply HELP for help, STOP to end."
)


def _codes(text: str, kind: TextKind) -> set[str]:
    return {finding.code.value for finding in lint(text, kind, program_name=PROGRAM)}


def test_a_complete_text_has_no_findings() -> None:
    """B1, F1."""
    assert lint(OPT_IN, TextKind.opt_in_request, program_name=PROGRAM) == ()
    assert lint(OPT_IN, TextKind.first_broadcast, program_name=PROGRAM) == ()
    assert lint(FLOW, TextKind.flow_opening, program_name=PROGRAM) == ()


@pytest.mark.parametrize(
    ("cut", "code"),
    [
        ("Harbor Alerts: ", "missing_program_name"),
        ("Up to 4 msgs/month. ", "missing_frequency"),
        ("Msg & data rates may apply. ", "missing_rates"),
        ("Reply HELP for help, ", "missing_help"),
        (", STOP to opt out", "missing_stop"),
    ],
)
def test_each_missing_element_of_an_opt_in_request_is_named(cut: str, code: str) -> None:
    assert cut in OPT_IN
    assert _codes(OPT_IN.replace(cut, ""), TextKind.opt_in_request) == {code}


@pytest.mark.parametrize(
    ("cut", "code"),
    [
        ("Harbor Alerts: ", "missing_program_name"),
        ("Reply Y Yes N No. ", "missing_yes_no"),
        ("Msg&DataRatesMayApply.", "missing_rates"),
        ("Reply HELP for help, ", "missing_help"),
        (", STOP to end", "missing_stop"),
    ],
)
def test_no_element_of_a_flows_opening_can_be_removed(cut: str, code: str) -> None:
    """F1."""
    assert cut in FLOW
    assert _codes(FLOW.replace(cut, ""), TextKind.flow_opening) == {code}


@pytest.mark.parametrize(
    "rates",
    [
        "Msg&DataRatesMayApply",
        "msg&dataratesmayapply",
        "Msg & Data Rates May Apply",
        "MSG AND DATA RATES MAY APPLY",
        "Msg and data rates may apply",
        "Msg&amp;data rates may apply",
        "Message and data rates may apply",
    ],
)
def test_the_rates_are_known_whatever_case_spaces_and_ampersand(rates: str) -> None:
    """F1."""
    assert _codes(FLOW.replace("Msg&DataRatesMayApply", rates), TextKind.flow_opening) == set()


@pytest.mark.parametrize(
    "rates", ["Data rates may apply", "Msg rates may apply", "Msg&DataRatesApply", "free"]
)
def test_half_of_the_rates_is_not_enough(rates: str) -> None:
    """F1."""
    assert _codes(FLOW.replace("Msg&DataRatesMayApply", rates), TextKind.flow_opening) == {
        "missing_rates"
    }


@pytest.mark.parametrize(
    "frequency",
    [
        "4 msgs/month",
        "1 msg per week",
        "Msg frequency varies",
        "Message frequency may vary",
        "Recurring messages",
        "Recurring automated marketing messages",
        "2 messages a day",
        "Weekly reminders",
        "One-time message",
    ],
)
def test_frequency_is_known_in_its_usual_wordings(frequency: str) -> None:
    text = OPT_IN.replace("Up to 4 msgs/month", frequency)

    assert _codes(text, TextKind.opt_in_request) == set()


@pytest.mark.parametrize(
    "answer",
    ["Reply Y Yes N No", "Reply Y for Yes, N for No", "reply Y=Yes N=No", "REPLY Y YES N NO"],
)
def test_the_question_is_known_in_its_usual_wordings(answer: str) -> None:
    """F1."""
    assert _codes(FLOW.replace("Reply Y Yes N No", answer), TextKind.flow_opening) == set()


def test_everyday_words_are_no_hints() -> None:
    text = "Harbor Alerts: we help you stop smoking. Never stop learning."

    assert _codes(text, TextKind.first_broadcast) == {"missing_stop"}


def test_a_hint_may_be_written_in_small_letters() -> None:
    assert _codes("Harbor Alerts: hi! Text stop to end.", TextKind.first_broadcast) == set()


def test_the_program_must_be_named_in_whole_words() -> None:
    assert _codes("Harbor: hello. STOP to end", TextKind.first_broadcast) == {
        "missing_program_name"
    }
    assert _codes("HARBOR  ALERTS - hello. STOP to end", TextKind.first_broadcast) == set()


@pytest.mark.parametrize(
    "link",
    ["https://bit.ly/3xY", "bit.ly/abc", "HTTP://TinyURL.com/x", "see t.co/a.", "www.ow.ly/x"],
)
def test_a_public_link_shortener_is_found_in_any_text(link: str) -> None:
    findings = lint(f"Look: {link}", TextKind.later, program_name=PROGRAM)

    assert [finding.code for finding in findings] == [FindingCode.link_shortener]


@pytest.mark.parametrize(
    "text",
    [
        "https://harbor.example/bit.ly.html",
        "mail me@bit.ly.example",
        "rabbit.ly",
        "not.co",
        "go.bit.ly.org",
    ],
)
def test_own_domains_are_no_shorteners(text: str) -> None:
    assert _codes(text, TextKind.later) == set()


def test_an_empty_text_is_one_finding() -> None:
    assert _codes("  ", TextKind.opt_in_request) == {"empty"}


def test_every_finding_says_what_to_do() -> None:
    for kind in TextKind:
        for finding in lint("bit.ly/x", kind, program_name=PROGRAM):
            assert finding.message.endswith(".")
            assert finding.advice.endswith((".", '".'))
    assert all(element.source for elements in REQUIRED.values() for element in elements)
    assert "bit.ly" in SHORTENERS


def test_every_finding_is_in_sentences() -> None:
    texts = [(text, kind) for text in ("", "see bit.ly/x") for kind in TextKind]
    findings = [f for text, kind in texts for f in lint(text, kind, program_name=PROGRAM)]

    assert {finding.code for finding in findings} == set(FindingCode)
    for finding in findings:
        for words in (finding.message, finding.advice):
            assert words[0].isupper()
            assert words[1:] != words[1:].upper()
            assert "XX" not in words


def test_a_finding_of_a_link_names_its_host() -> None:
    [finding] = lint("see bit.ly/x", TextKind.later, program_name=PROGRAM)

    assert finding.message == "Carriers filter messages with links of bit.ly."


def test_an_element_is_missing_where_its_pattern_is_not_found() -> None:
    assert _codes("nothing of all that", TextKind.flow_opening) == {
        "missing_program_name",
        "missing_rates",
        "missing_yes_no",
        "missing_help",
        "missing_stop",
    }
