"""Properties of the pure rules: what holds for every text."""

import re
from itertools import pairwise

import phonenumbers
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from assent.sms import templates
from assent.sms.keywords import Intent, classify
from assent.sms.linter import TextKind, lint
from assent.sms.numbers import InvalidNumber, PhoneNumber, parse
from assent.sms.segments import Encoding, segment

GSM_7 = "abc XYZ09@£é\n"
EXTENDED = "^{}\\[~]|€\f"
TEXTS = st.one_of(
    st.text(alphabet=GSM_7 + EXTENDED, min_size=100, max_size=400),
    st.text(alphabet=EXTENDED, min_size=70, max_size=250),
    st.text(alphabet="aç😀é€" + EXTENDED, min_size=30, max_size=250),
    st.text(alphabet="😀\ud83d\ude00ç", min_size=30, max_size=200),
    st.text(max_size=300),
)


def _units(text: str, encoding: str) -> int:
    """Count septets or UTF-16 units the slow, plain way."""
    if encoding == Encoding.gsm_7:
        return sum(2 if character in EXTENDED else 1 for character in text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _limit(parts: int, encoding: str) -> int:
    alone, joined = (160, 153) if encoding == Encoding.gsm_7 else (70, 67)
    return alone if parts <= 1 else joined


def _fewest(text: str, encoding: str) -> int:
    """Find the fewest parts of any valid cut, by trying every border."""
    if _units(text, encoding) <= _limit(1, encoding):
        return 1 if text else 0
    best = [0] + [10**9] * len(text)
    for end in range(1, len(text) + 1):
        if 0 < end < len(text) and _halves(text[end - 1 : end + 1]):
            continue
        for start in range(end - 1, -1, -1):
            if _units(text[start:end], encoding) > _limit(2, encoding):
                break
            best[end] = min(best[end], best[start] + 1)
    return best[-1]


def _halves(pair: str) -> bool:
    return "\ud800" <= pair[0] <= "\udbff" and "\udc00" <= pair[1] <= "\udfff"


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_parts_rejoin_and_none_is_over_its_limit(text: str) -> None:
    """B1."""
    found = segment(text)

    assert "".join(found.parts) == text
    assert all(found.parts)
    assert all(_units(part, found.encoding) <= found.per_part for part in found.parts)
    assert found.per_part == _limit(len(found.parts), found.encoding)
    assert found.units == _units(text, found.encoding)
    last = found.parts[-1] if found.parts else ""
    assert found.left == found.per_part - _units(last, found.encoding)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_no_pair_is_cut(text: str) -> None:
    """B1: a part never ends with half of a character, so each part stands on its own."""
    parts = segment(text).parts

    for one, other in pairwise(parts):
        assert not _halves(one[-1] + other[0])


@given(TEXTS.filter(lambda text: len(text) <= 250))
@settings(max_examples=60, deadline=None)
def test_no_valid_cut_has_fewer_parts(text: str) -> None:
    """B1."""
    found = segment(text)

    assert len(found.parts) == _fewest(text, found.encoding)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_the_encoding_is_ucs_2_exactly_when_a_character_forces_it(text: str) -> None:
    found = segment(text)

    assert (found.encoding == Encoding.ucs_2) == bool(found.forced_by)
    assert all(segment(character).encoding == Encoding.ucs_2 for character in found.forced_by)


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_classify_answers_for_every_text(text: str) -> None:
    assert isinstance(classify(text), Intent)


KEYWORDS = st.sampled_from(
    ["stop", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret"]
)
NOISE = st.text(alphabet=" .!?*\"'“”…\u200b\ufeff\u200e😀🙏\t", max_size=6)


@given(KEYWORDS, NOISE, NOISE, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_a_keyword_opts_out_in_any_case_and_wrapping(
    word: str, before: str, after: str, random: object
) -> None:
    """K1."""
    choose = getattr(random, "choice")  # noqa: B009 - the type is Hypothesis's own
    mixed = "".join(choose((c.lower(), c.upper())) for c in word)

    assert classify(before + mixed + after) is Intent.opt_out


ORDINARY = st.sampled_from(
    re.findall(
        r"\w+",
        """
the bus will be late shall see at home for dinner with my sister Maria tomorrow
evening after work two tickets
""",
    )
)


@given(KEYWORDS, st.lists(ORDINARY, min_size=2, max_size=8), st.integers(0, 8))
@settings(max_examples=300, deadline=None)
def test_a_keyword_inside_a_sentence_never_opts_out(
    word: str, sentence: list[str], place: int
) -> None:
    """K1, K7."""
    sentence.insert(place % len(sentence), word)

    assert classify(" ".join(sentence)) is not Intent.opt_out


@given(
    st.from_regex(r"(\+1|1)?[ (]?[2-9][0-9]{2}[) .-]{0,2}[0-9]{3}[ .-]?[0-9]{4}", fullmatch=True)
)
@settings(max_examples=300, deadline=None)
def test_the_short_way_for_north_america_agrees_with_phonenumbers(raw: str) -> None:
    number = phonenumbers.parse(raw, "US")
    kind = phonenumbers.number_type(number)
    found = _outcome(raw)

    if isinstance(found, InvalidNumber):
        assert kind in {PhoneNumberType.UNKNOWN, PhoneNumberType.PREMIUM_RATE}
    else:
        expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert found.e164 == expected
        assert found.region == phonenumbers.region_code_for_number(number)
        assert found.line_type == PhoneNumberType.to_string(kind).lower()
        assert parse(found.e164) == found


@given(st.one_of(st.text(max_size=80), st.text(alphabet="0123456789+-() .,;/xeE#'", max_size=90)))
@settings(max_examples=400, deadline=None)
def test_a_number_is_parsed_or_refused_with_a_code(raw: str) -> None:
    """Q3."""
    found = _outcome(raw)

    if isinstance(found, InvalidNumber):
        assert found.code
        assert str(found)
    else:
        assert parse(found.e164) == found
        assert all("/" in zone for zone in found.zones)


def _outcome(raw: str) -> PhoneNumber | InvalidNumber:
    try:
        return parse(raw)
    except InvalidNumber as refused:
        return refused


SOURCES = st.lists(
    st.sampled_from([
        "{{", "}}", "{%", "%}", " first_name ", " | default: 'x'", " if ", " endif ", " for i in ",
        " endfor ", "(1..9)", " | times: 99999", " | append: first_name", "{{ first_name }}",
        "text", "'", '"', " | ", ":", "{% if first_name %}", "{% endif %}", " | truncate: 999 ",
        "{% for i in (1..99) %}", "{% endfor %}", " | divided_by: 0", " | round: 99 ", "9" * 40,
    ]),
    max_size=12,
).map("".join)  # fmt: skip


@given(st.one_of(SOURCES, st.text(max_size=60)), st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_a_template_renders_within_its_limit_or_is_refused(source: str, name: str) -> None:
    """B1."""
    try:
        text = templates.compile(source).render({"first_name": name})
    except templates.TemplateError as refused:
        assert refused.code  # noqa: PT017 - both outcomes are right
    else:
        assert len(text) <= templates.LONGEST_MESSAGE


@given(st.text(max_size=200), st.sampled_from(TextKind), st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_the_linter_judges_every_text(text: str, kind: TextKind, program: str) -> None:
    findings = lint(text, kind, program_name=program)

    assert len({finding.code for finding in findings if finding.code != "link_shortener"}) <= 6
