"""Message templates: strict variables, fallbacks and limits (behaviour B1)."""

import re
import subprocess
import sys

import pytest

from assent.sms import templates
from assent.sms.templates import TemplateError, TemplateProblem

FIELDS = ("first_name", "last_name", "email", "custom")


def _refusal(template: str, variables: dict[str, object] | None = None) -> TemplateError:
    with pytest.raises(TemplateError) as refused:
        templates.compile(template, allowed=FIELDS).render(variables or {})
    return refused.value


def test_a_template_is_compiled_once_and_rendered_for_each_contact() -> None:
    """B1."""
    template = templates.compile("Hi {{ first_name }}, see you in {{ custom.city }}.")

    assert template.render({"first_name": "Ana", "custom": {"city": "Rye"}}) == (
        "Hi Ana, see you in Rye."
    )
    assert template.render({"first_name": "Bo", "custom": {"city": "Ely"}}) == (
        "Hi Bo, see you in Ely."
    )


@pytest.mark.parametrize("value", [None, "", "  ", "absent"])
def test_a_missing_value_takes_the_fallback(value: str | None) -> None:
    """B1."""
    variables = {} if value == "absent" else {"first_name": value}
    template = templates.compile('Hi {{ first_name | default: "there" }}!')

    assert template.render(variables) == "Hi there!"


@pytest.mark.parametrize("variables", [{}, {"first_name": None}, {"first_name": " "}])
def test_a_missing_value_without_fallback_stops_the_message(variables: dict[str, object]) -> None:
    """B1."""
    refusal = _refusal("Hi {{ first_name }}!", variables)

    assert refusal.code is TemplateProblem.missing_value
    assert refusal.variable == "first_name"
    assert "fallback" in str(refusal)


def test_a_missing_custom_field_is_named_in_full() -> None:
    assert _refusal("{{ custom.city }}", {"custom": {}}).variable == "custom.city"


def test_a_condition_may_ask_whether_a_value_is_there() -> None:
    template = templates.compile("Hi{% if first_name %} {{ first_name }}{% endif %}!")

    assert template.render({}) == "Hi!"
    assert template.render({"first_name": "Ana"}) == "Hi Ana!"


def test_a_value_is_never_a_template() -> None:
    template = templates.compile("Hi {{ first_name }}")

    assert template.render({"first_name": "{{ last_name }}{% for %}"}) == (
        "Hi {{ last_name }}{% for %}"
    )


def test_the_variables_of_a_template_are_listed_without_its_own_names() -> None:
    source = "{{ first_name }}{% for pet in custom.pets %}{{ pet }}{% endfor %}{{ email | upcase }}"

    assert templates.compile(source).variables == ("custom.pets", "email", "first_name")
    assert templates.variables_of("plain text") == ()


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("", TemplateProblem.empty),
        (" \n", TemplateProblem.empty),
        ("Hi {{ first_name", TemplateProblem.broken),
        ("Hi {% if first_name %}", TemplateProblem.broken),
        ("Hi {{ }}", TemplateProblem.broken),
        ("Hi {{ firstname }}", TemplateProblem.unknown_variable),
        ("{{ first_name | shout }}", TemplateProblem.unknown_filter),
        ("{{ first_name | replace: 'a', 'aaaaaaaaa' }}", TemplateProblem.unknown_filter),
        ("{{ first_name | date: '%99999999d' }}", TemplateProblem.unknown_filter),
        ("{% include 'other' %}", TemplateProblem.unknown_tag),
        ("{% assign a = 1 %}", TemplateProblem.unknown_tag),
        ("{% capture a %}{% endcapture %}", TemplateProblem.unknown_tag),
        ("x" * 4_001, TemplateProblem.too_long),
    ],
)
def test_a_template_that_cannot_work_is_refused_when_it_is_saved(
    template: str, code: TemplateProblem
) -> None:
    """B1."""
    with pytest.raises(TemplateError) as refused:
        templates.compile(template, allowed=FIELDS)

    assert refused.value.code is code
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{% for i in (1..101) %}x{% endfor %}", TemplateProblem.too_many_loops),
        ("{% for i in (1..99999999999999999999) %}x{% endfor %}", TemplateProblem.broken),
        (
            "{% for i in (1..50) %}{% for j in (1..50) %}x{% endfor %}{% endfor %}",
            TemplateProblem.too_many_loops,
        ),
        ("{% for i in (1..90) %}twenty characters...{% endfor %}", TemplateProblem.too_long),
        ("{{ 1 | divided_by: 0 }}", TemplateProblem.broken),
        ("{% if first_name > 3 %}x{% endif %}", TemplateProblem.broken),
    ],
)
def test_a_template_has_limits(template: str, code: TemplateProblem) -> None:
    assert _refusal(template, {"first_name": "Ana"}).code is code


def test_a_problem_in_a_longer_template_names_its_line() -> None:
    refusal = _refusal("Hello\nHi {{ first_name }}")

    assert refusal.line == 2
    assert str(refusal).startswith("Line 2: ")


def test_the_template_library_is_loaded_only_when_a_template_is_compiled() -> None:
    code = "import sys, assent.sms.templates; assert 'liquid' not in sys.modules"
    path = next(p for p in sys.path if p.endswith("layers/assent/python"))

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})


LINES = "Hello\n{}\nBye"


@pytest.mark.parametrize(
    ("bad", "code", "named"),
    [
        ("{% assign a = 1 %}", TemplateProblem.unknown_tag, "assign"),
        ("{% unless %}{% endunless %}", TemplateProblem.broken, "Check the braces"),
        ("{{ first_name }}", TemplateProblem.missing_value, "first_name"),
        ("{{ 1 | divided_by: 0 }}", TemplateProblem.broken, "Correct the template"),
        (
            "{% for i in (1..101) %}x{% endfor %}",
            TemplateProblem.too_many_loops,
            "more than 100 times",
        ),
    ],
)
def test_a_refusal_names_the_thing_and_its_line(
    bad: str, code: TemplateProblem, named: str
) -> None:
    """B1."""
    refusal = _refusal(LINES.format(bad))

    assert (refusal.code, refusal.line) == (code, 2)
    assert str(refusal).startswith("Line 2: ")
    assert named in str(refusal)
    assert _refusal(bad).line is None
    assert "Line" not in str(_refusal(bad))


@pytest.mark.parametrize(
    "template",
    [
        "",
        "x" * 4_001,
        "{{ firstname }}",
        "{{ first_name | shout }}",
        "{% assign a = 1 %}",
        "{{ }}",
        "{{ first_name }}",
        "{% for i in (1..90) %}twenty characters...{% endfor %}",
        "{% for i in (1..101) %}x{% endfor %}",
    ],
)
def test_every_refusal_is_in_sentences(template: str) -> None:
    """B1."""
    words = str(_refusal(template))

    assert all(part[0].isupper() or part[0] == "{" for part in words.split(". "))
    assert words[1:] != words[1:].upper()
    assert words.endswith(".")
    assert ".." not in words
    assert "XX" not in words


def test_what_may_be_used_is_listed() -> None:
    """B1."""
    unknown = _refusal("{{ firstname }}")

    assert unknown.variable == "firstname"
    assert str(unknown).endswith("Use one of: custom, email, first_name, last_name.")
    assert "no filter shout. Use one of: append, capitalize, ceil, default" in str(
        _refusal("{{ first_name | shout }}")
    )
    assert "Use if, unless, case or for, each" in str(_refusal("{% assign a = 1 %}"))
    assert str(_refusal("x" * 4_001)).endswith(" 4000 are allowed. Shorten it.")
    assert re.match(
        r"The template cannot be read: expected tag endif.*[^.]\. Check the braces: ",
        str(_refusal("{% if first_name %}")),
    )


def test_only_the_fields_of_an_allowed_name_are_allowed() -> None:
    """B1."""
    template = templates.compile("{{ custom.city }}{{ email }}", allowed=FIELDS)

    assert template.variables == ("custom.city", "email")
    assert template.source == "{{ custom.city }}{{ email }}"
    assert _refusal("{{ customs.city }}").variable == "customs.city"


def test_a_message_and_a_template_may_be_as_long_as_their_limits() -> None:
    """B1."""
    assert len(templates.compile("x" * 1_600).render({})) == 1_600
    with pytest.raises(TemplateError) as refused:
        templates.compile("x" * 1_601).render({})
    assert refused.value.code is TemplateProblem.too_long
    assert "1600 characters" in str(refused.value)
    assert templates.compile("x" * 4_000).source
