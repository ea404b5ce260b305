"""The text of a broadcast: variables with fallbacks, and nothing that could do more."""

import pytest

from assent.broadcasts.text import fill_in, problem
from assent.contacts.model import Contact, QueuePlace, QueueState
from assent.platform.clock import FixedClock
from assent.sms import templates

PROGRAM = "Harbor Alerts"
NOW = FixedClock().now()


def someone(first_name: str = "Ann", **custom: str) -> Contact:
    return Contact(
        id="ct_1",
        account_id="ac_1",
        phone="+12125550101",
        subject="s",
        first_name=first_name,
        last_name="Lee",
        custom=custom,
        created_at=NOW,
        queue=QueuePlace(state=QueueState.MOVED),
    )


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi {{ first_name }} {{last_name}}!", "Hi Ann Lee!"),
        ('Hi {{ email | default: "you" }}', "Hi you"),
        ("Hi {{ email | default: 'you' }}", "Hi you"),
        ('Hi {{ first_name | default: "you" }}', "Hi Ann"),
        ("Size {{ custom.size }}.", "Size XL."),
        ("No variables", "No variables"),
    ],
)
def test_variables_take_the_contact_or_the_fallback(template: str, text: str) -> None:
    """B1."""
    assert problem(template, PROGRAM) is None
    assert fill_in(templates.compile(template), someone(size="XL")) == text


def test_a_name_that_looks_like_a_variable_stays_a_name() -> None:
    template = templates.compile("Hi {{ first_name }}")
    assert fill_in(template, someone("{{ email }}")) == "Hi {{ email }}"


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("  ", "empty"),
        ("x" * 5000, "too_long"),
        ("Hi {{ phone }}", "unknown_variable"),
        ("Hi {{ first_name", "broken"),
        ("{% include 'x' %}", "unknown_tag"),
        ("See https://bit.ly/x", "link_shortener"),
    ],
)
def test_a_bad_template_is_refused_with_its_reason(template: str, code: str) -> None:
    found = problem(template, PROGRAM)
    assert found is not None
    assert found.code == code
