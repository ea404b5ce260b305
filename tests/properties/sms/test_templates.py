"""A template that was filled in before says the same as one that was not."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from assent.sms import templates

SOURCES = (
    "Hi.",
    "Hi {{ first_name }}!",
    'Hi {{ first_name | default: "there" }}, {{ custom.city | upcase }}.',
    "{% if custom %}{{ custom.city }}{% else %}nowhere{% endif %} {{ last_name }}",
    "{% for one in custom %}{{ one[0] }}{% endfor %}{{ first_name.size }}",
    '{{ custom["home town"] | default: "-" }}{{ custom.city.first }}{{ custom.city }}',
    "{% case first_name %}{% when 'Ann' %}A{% else %}{{ custom.city }}{% endcase %}",
)
text = st.sampled_from(["Ann", "Bob", "", " ", "custom"])
value = st.none() | text
people = st.fixed_dictionaries(
    {},
    optional={
        "first_name": value,
        "last_name": value,
        "custom": st.dictionaries(st.sampled_from(["city", "home town", "size"]), value),
    },
)


def said(template: templates.Template, person: Mapping[str, object]) -> tuple[str, object]:
    try:
        return template.render(person), None
    except templates.TemplateError as error:
        return error.code, error.variable


@settings(deadline=None)  # the first one loads the library
@given(st.sampled_from(SOURCES), st.lists(people, min_size=2, max_size=6))
def test_nobody_gets_the_text_of_somebody_else(source: str, many: list[dict[str, object]]) -> None:
    """B1: texts are kept for others with the same values, and only for those."""
    kept = templates.compile(source)
    for person in many:
        assert said(kept, person) == said(templates.compile(source), person)


def test_what_is_kept_for_others_has_an_end() -> None:
    template = templates.compile("Hi {{ first_name }}!")
    for number in range(2_500):
        assert template.render({"first_name": f"Ann{number}"}) == f"Hi Ann{number}!"
    assert len(template._again) <= 1_000
