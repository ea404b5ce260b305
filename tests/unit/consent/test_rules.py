"""The dated rules: what held on which day, and in which place."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from assent.consent import rules
from assent.consent.places import ELSEWHERE, EXEMPTIONS, HOURS, STATES, UNKNOWN, place_of
from assent.consent.rulebook import Cap, Rule, Subject, Unit, Week, Window
from assent.consent.rules import RULES, NoRule, quiet_hours
from assent.sms import words
from assent.sms.area_codes import STATES_OF_AREA
from assent.sms.keywords import Intent, classify
from assent.sms.linter import REQUIRED, TextKind
from assent.sms.numbers import parse

DAY = date(2026, 3, 2)
A_DAY = timedelta(days=1)
MONDAY, SATURDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 7), date(2026, 3, 8)

# As the documents of each provider and regulator have them.
DOCUMENTED = {
    "regulator": "stop, quit, end, revoke, opt out, cancel, unsubscribe",
    "twilio": "STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE, OPTOUT",
    "aws": "ARRET, CANCEL, END, OPT-OUT, OPTOUT, QUIT, REMOVE, STOP, TD, UNSUBSCRIBE",
    "telnyx": "STOP, STOPALL, STOP ALL, UNSUBSCRIBE, CANCEL, END, QUIT",
    "canada": "STOP, ARRET",
    "toll_free": "STOP",
    "product": "PARAR, ALTO, BAJA, CANCELAR",
}
OTHER_WORDS = {
    Intent.opt_in: "START, UNSTOP",
    Intent.help: "HELP, INFO, AIDE",
    Intent.yes: "YES",
}


def dated(what: str) -> list[Rule]:
    return [rule for rule in RULES if rule.id == what]


def spans(hours: rules.Hours) -> list[str]:
    return [f"{w.start:%H}-{w.end:%H}" if w else "-" for w in hours.windows]


# What holds of all rules


@pytest.mark.parametrize("name", sorted({rule.id for rule in RULES}))
def test_no_two_rules_of_one_id_hold_on_the_same_day(name: str) -> None:
    in_order = sorted(dated(name), key=lambda rule: rule.from_ or date.min)

    assert all(rule.from_ < rule.until for rule in in_order if rule.from_ and rule.until)
    for one, other in pairwise(in_order):
        assert one.until == other.from_, "an overlap or a gap"
        assert one.until


@pytest.mark.parametrize(
    ("rule", "edge"),
    [(r, e) for r in RULES for e in (r.from_, r.until) if e],
    ids=lambda value: value.id if isinstance(value, Rule) else value.isoformat(),
)
def test_a_rule_begins_on_its_first_day_and_ends_before_its_last(rule: Rule, edge: date) -> None:
    begins = edge == rule.from_

    assert rule.in_force(edge) is begins
    assert rule.in_force(edge - A_DAY) is not begins
    assert (rule in rules.in_force(edge)) is begins
    assert (rule in rules.in_force(edge - A_DAY)) is not begins


def test_every_rule_says_where_it_comes_from() -> None:
    for rule in RULES:
        assert rule.source
        assert rule.note or isinstance(rule.value, Week)
        assert rule.note == "" or rule.note.endswith(".")
        counted = type(rule.value) is int
        assert counted is (rule.unit is not None)
        assert (rule.subject is Subject.TIMES) is (rule in EXEMPTIONS or rule in HOURS)


def test_a_rule_of_words_is_listed_under_words() -> None:
    found = {rule.id for rule in RULES if rule.subject is Subject.WORDS}

    assert found == {
        *(f"opt_out_words_{name}" for name in DOCUMENTED),
        "opt_in_words",
        "help_words",
        "yes_lifts_hard_stop",
    }


def test_the_unconfirmed_rules_are_exactly_those_whose_text_was_not_seen() -> None:
    doubtful = {rule.id for rule in RULES if not rule.confirmed}

    assert doubtful == {
        "opt_out_ends_all_programs",
        "opt_out_order_reported",
        *(f"hours_{state}" for state in ("nv", "ky", "al", "la", "ms", "ri")),
        *(f"holidays_{state}" for state in ("al", "la", "ms", "ri")),
    }
    assert all("secondary" in r.source.lower() for r in HOURS if not r.confirmed)


# Words and elements of texts


@pytest.mark.parametrize(
    ("name", "word"),
    [(name, word) for name, line in DOCUMENTED.items() for word in line.split(", ")],
)
def test_every_documented_opt_out_word_is_listed_and_understood(name: str, word: str) -> None:
    """K1."""
    assert word in rules.listed(f"opt_out_words_{name}", DAY)
    assert classify(word) is Intent.opt_out


@pytest.mark.parametrize(
    ("intent", "word"), [(i, word) for i, line in OTHER_WORDS.items() for word in line.split(", ")]
)
def test_every_other_documented_word_is_understood(intent: Intent, word: str) -> None:
    """K1, K3."""
    assert classify(word) is intent


def test_every_word_that_a_rule_lists_is_understood() -> None:
    """K1, K3."""
    for rule in RULES:
        if rule.id.startswith("opt_out_words_"):
            assert {classify(w) for w in rules.listed(rule.id, DAY)} == {Intent.opt_out}
    assert {classify(w) for w in rules.listed("opt_in_words", DAY)} == {Intent.opt_in}
    assert {classify(w) for w in rules.listed("help_words", DAY)} == {Intent.help}


def test_each_source_has_its_own_words() -> None:
    for name, line in DOCUMENTED.items():
        found = rules.listed(f"opt_out_words_{name}", DAY)
        assert name == "product" or list(found) == line.split(", ")
    assert rules.rule("opt_out_words_product", DAY).source == words.POLICY


def test_the_elements_of_the_rule_are_those_that_the_linter_asks_for() -> None:
    asked = [element.code.value for element in REQUIRED[TextKind.opt_in_request]]

    assert list(rules.listed("opt_in_text_elements", DAY)) == asked


# Single rules and their days


@pytest.mark.parametrize(
    ("day", "extended", "confirmed"),
    [
        (date(2025, 4, 11), False, True),
        (date(2027, 1, 30), False, True),
        (date(2027, 1, 31), True, False),
        (date(2030, 1, 1), True, False),
    ],
)
def test_the_extension_to_all_programs_was_put_off(
    day: date, extended: bool, confirmed: bool
) -> None:
    assert rules.is_so("opt_out_ends_all_programs", day) is extended
    assert rules.rule("opt_out_ends_all_programs", day).confirmed is confirmed


def test_the_reported_order_is_kept_as_unconfirmed() -> None:
    with pytest.raises(NoRule):
        rules.rule("opt_out_order_reported", date(2026, 9, 29))
    assert not rules.rule("opt_out_order_reported", date(2026, 9, 30)).confirmed


def test_the_spans_are_those_of_the_rules() -> None:
    """K3, S0."""
    assert rules.minutes("stop_confirmation_within", DAY) == timedelta(minutes=5)
    assert rules.hours("stop_confirmation_once_per", DAY) == timedelta(hours=24)
    assert rules.business_days("honour_opt_out_within", DAY) == 10
    assert rules.days("confirmation_lapses", DAY) == timedelta(days=30)
    assert rules.minutes("compliance_exempt_from_quiet_hours", DAY) == timedelta(minutes=15)
    assert rules.years("keep_proof", DAY) == 5
    assert rules.years("keep_opt_outs_at_least", DAY) == 10
    assert rules.rule("keep_opt_outs_at_least", DAY).place == "VA"


def test_the_rules_of_yes_or_no() -> None:
    """O8, O10, O11, I1."""
    said = {r.id: r.value for r in rules.in_force(DAY) if isinstance(r.value, bool)}

    assert said == {
        "yes_lifts_hard_stop": False,
        "opt_out_ends_all_programs": False,
        "stop_ends_calls": False,
        "keywords_answered_to_anybody": True,
        "opt_in_box_pre_ticked": False,
        "public_link_shorteners": False,
        "opt_outs_expire": False,
        "answers_exempt_from_quiet_hours": True,
    }


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("opt_out_words_regulator", date(2025, 4, 11)),
        ("honour_opt_out_within", date(2025, 4, 11)),
        ("opt_out_ends_all_programs", date(2025, 4, 11)),
        ("stop_confirmation_within", date(2024, 4, 4)),
        ("keep_opt_outs_at_least", date(2026, 1, 1)),
        ("opt_out_order_reported", date(2026, 9, 30)),
        ("hours_fl", date(2021, 7, 1)),
        ("hours_ok", date(2022, 11, 1)),
        ("hours_ct", date(2023, 10, 1)),
        ("hours_md", date(2024, 1, 1)),
        ("hours_tx", date(2025, 9, 1)),
        ("hours_or", date(2026, 1, 1)),
    ],
)
def test_a_rule_does_not_hold_before_its_first_day(name: str, first: date) -> None:
    assert rules.rule(name, first).from_ == first
    with pytest.raises(NoRule, match=f"{name} .* {first - A_DAY}"):
        rules.rule(name, first - A_DAY)


def test_what_has_no_known_beginning_holds_on_every_day() -> None:
    for day in (date.min, DAY, date.max):
        assert rules.days("confirmation_lapses", day) == timedelta(days=30)


def test_an_unknown_rule_or_a_wrong_unit_is_refused() -> None:
    with pytest.raises(NoRule, match="nothing_such"):
        rules.rule("nothing_such", DAY)
    with pytest.raises(NoRule, match="does not count hours"):
        rules.hours("confirmation_lapses", DAY)
    with pytest.raises(NoRule, match="does not count days"):
        rules.days("opt_outs_expire", DAY)
    with pytest.raises(NoRule, match="not one of yes or no"):
        rules.is_so("keep_proof", DAY)
    with pytest.raises(NoRule, match="no list"):
        rules.listed("keep_proof", DAY)


@pytest.mark.parametrize("name", ["keep_proof", "stop_confirmation_within", "confirmation_lapses"])
def test_a_number_is_read_in_its_own_unit_only(name: str) -> None:
    readers = {
        Unit.MINUTES: rules.minutes,
        Unit.HOURS: rules.hours,
        Unit.DAYS: rules.days,
        Unit.BUSINESS_DAYS: rules.business_days,
        Unit.YEARS: rules.years,
    }
    for unit, read in readers.items():
        if unit == rules.rule(name, DAY).unit:
            assert read(name, DAY)
        else:
            with pytest.raises(NoRule):
                read(name, DAY)


def test_a_moment_is_no_day() -> None:
    with pytest.raises(TypeError):
        rules.rule("stop_confirmation_within", datetime(2026, 3, 2))  # noqa: DTZ001


# Places


@pytest.mark.parametrize(
    ("state", "expected", "cap"),
    [
        ("NY", "08-21 08-21 08-21 08-21 08-21 08-21 08-21", None),
        ("PR", "08-21 08-21 08-21 08-21 08-21 08-21 08-21", None),
        ("FL", "08-20 08-20 08-20 08-20 08-20 08-20 08-20", Cap(3, 24, per_subject=True)),
        ("OK", "08-20 08-20 08-20 08-20 08-20 08-20 08-20", Cap(3, 24)),
        ("OR", "08-20 08-20 08-20 08-20 08-20 08-20 08-20", Cap(3, 24)),
        ("MD", "08-20 08-20 08-20 08-20 08-20 08-20 08-20", Cap(3, 24)),
        ("WA", "08-20 08-20 08-20 08-20 08-20 08-20 08-20", Cap(3, 24)),
        ("CT", "09-20 09-20 09-20 09-20 09-20 09-20 09-20", None),
        ("TX", "09-21 09-21 09-21 09-21 09-21 09-21 12-21", None),
        ("NV", "09-20 09-20 09-20 09-20 09-20 09-20 09-20", None),
        ("KY", "10-21 10-21 10-21 10-21 10-21 10-21 10-21", None),
        ("AL", "08-20 08-20 08-20 08-20 08-20 08-20 -", None),
        ("LA", "08-20 08-20 08-20 08-20 08-20 08-20 -", None),
        ("MS", "08-20 08-20 08-20 08-20 08-20 08-20 -", None),
        ("RI", "09-18 09-18 09-18 09-18 09-18 10-17 -", None),
        (None, "09-20 09-20 09-20 09-20 09-20 09-20 12-20", Cap(3, 24)),
        (UNKNOWN, "09-20 09-20 09-20 09-20 09-20 09-20 12-20", Cap(3, 24)),
        (ELSEWHERE, "09-20 09-20 09-20 09-20 09-20 09-20 09-20", Cap(3, 24)),
        ("ON", "09-20 09-20 09-20 09-20 09-20 09-20 09-20", Cap(3, 24)),
    ],
)
def test_each_place_has_its_hours_and_its_cap(
    state: str | None, expected: str, cap: Cap | None
) -> None:
    """B4."""
    found = quiet_hours(state, DAY)

    assert spans(found) == expected.split()
    assert found.cap == cap


def test_a_place_names_the_rules_that_it_was_judged_by() -> None:
    assert quiet_hours("TX", DAY).rules == ("hours_us", "hours_tx")
    assert quiet_hours("AL", DAY).rules == ("hours_us", "hours_al", "holidays_al")
    assert quiet_hours(None, DAY).rules == ("hours_unknown",)
    assert quiet_hours(ELSEWHERE, DAY).rules == ("hours_elsewhere",)


@pytest.mark.parametrize(
    ("state", "first"),
    [
        ("FL", date(2021, 7, 1)),
        ("OK", date(2022, 11, 1)),
        ("CT", date(2023, 10, 1)),
        ("MD", date(2024, 1, 1)),
        ("TX", date(2025, 9, 1)),
        ("OR", date(2026, 1, 1)),
    ],
)
def test_a_day_before_a_state_had_its_rule_is_judged_by_the_federal_one(
    state: str, first: date
) -> None:
    """B4."""
    before, since = quiet_hours(state, first - A_DAY), quiet_hours(state, first)

    assert before == quiet_hours("NY", first)
    assert since != before


@pytest.mark.parametrize("off", [rule.id for rule in HOURS if not rule.confirmed])
def test_each_unconfirmed_rule_can_be_switched_off(off: str) -> None:
    """B4."""
    state = off.rpartition("_")[2].upper()
    found = quiet_hours(state, DAY, switched_off={off})

    assert off in quiet_hours(state, DAY).rules
    assert set(quiet_hours(state, DAY).rules) - set(found.rules) == {off}


def test_what_was_switched_off_leaves_the_federal_rule() -> None:
    off = frozenset({"hours_al", "holidays_al", "hours_ky"})

    assert quiet_hours("AL", DAY, switched_off=off) == quiet_hours("NY", DAY)
    assert quiet_hours("KY", DAY, switched_off=off) == quiet_hours("NY", DAY)
    assert quiet_hours("TX", DAY, switched_off=off) == quiet_hours("TX", DAY)


def test_a_confirmed_rule_cannot_be_switched_off() -> None:
    with pytest.raises(ValueError, match="cannot be switched off: hours_tx, hours_us"):
        quiet_hours("TX", DAY, switched_off={"hours_us", "hours_tx", "hours_nv"})


def test_no_place_and_no_day_is_wider_than_the_federal_rule() -> None:
    """B4."""
    for state in (*sorted(STATES), None, ELSEWHERE):
        for day in (date(2020, 1, 1), DAY, date(2030, 1, 1)):
            for window in quiet_hours(state, day).windows:
                assert window is None or time(8) <= window.start < window.end <= time(21)


def test_a_window_is_open_from_its_first_minute_until_before_its_last() -> None:
    window = quiet_hours("TX", DAY).on(SUNDAY)

    assert window == Window(time(12), time(21))
    assert not window.holds(time(11, 59, 59))
    assert window.holds(time(12))
    assert window.holds(time(20, 59, 59))
    assert not window.holds(time(21))


def test_each_day_has_its_own_window() -> None:
    hours = quiet_hours("RI", DAY)

    assert hours.on(MONDAY) == Window(time(9), time(18))
    assert hours.on(SATURDAY) == Window(time(10), time(17))
    assert hours.on(SUNDAY) is None


def test_windows_that_do_not_meet_leave_no_time() -> None:
    morning, evening = Window(time(8), time(12)), Window(time(12), time(20))

    assert rules._strictest((morning, evening)) is None
    assert rules._strictest((morning, None)) is None
    assert rules._strictest((None, None)) is None
    assert rules._strictest((Window(time(8), time(13)), evening)) == Window(time(12), time(13))


@pytest.mark.parametrize(
    ("other", "lowest"),
    [
        (Cap(1, 24), Cap(1, 24)),
        (Cap(4, 24), Cap(3, 24)),
        (Cap(5, 48), Cap(5, 48)),
        (Cap(2, 8), Cap(3, 24)),
        (None, Cap(3, 24)),
    ],
)
def test_of_several_caps_the_one_that_lets_the_fewest_pass_counts(
    monkeypatch: pytest.MonkeyPatch, other: Cap | None, lowest: Cap
) -> None:
    """B4."""
    week = Week((Window(time(10), time(12)),) * 7, other)
    added = Rule("hours_ok_more", Subject.TIMES, value=week, source="a law to come", place="OK")
    monkeypatch.setattr(rules, "HOURS", (*HOURS, added))

    found = quiet_hours("OK", DAY)

    assert found.cap == lowest
    assert spans(found) == ["10-12"] * 7
    assert found.rules == ("hours_us", "hours_ok", "hours_ok_more")


# Holidays


def test_some_places_want_nothing_on_public_holidays() -> None:
    """B4."""
    independence = date(2029, 7, 4)  # a Wednesday
    hours = quiet_hours("AL", DAY)

    assert not hours.holidays
    assert hours.on(independence) is None
    assert hours.on(independence + A_DAY)
    assert quiet_hours("NY", DAY).holidays
    assert quiet_hours("NY", DAY).on(independence) == Window(time(8), time(21))
    assert quiet_hours("AL", DAY, switched_off={"holidays_al"}).on(independence)


# Where a number belongs


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("+1 512 555 0123", "TX"),
        ("+1 305 555 0123", "FL"),
        ("+1 787 555 0123", "PR"),
        ("+1 800 555 0123", UNKNOWN),  # toll-free
        ("+1 416 555 0123", ELSEWHERE),  # Ontario
        ("+1 867 555 0123", ELSEWHERE),  # three territories of Canada
        ("+1 876 555 0123", UNKNOWN),  # a North American number of a place not listed
        ("+44 20 7946 0018", ELSEWHERE),
    ],
)
def test_a_number_belongs_to_the_place_of_its_area(number: str, place: str) -> None:
    """B4."""
    assert place_of(parse(number)) == place


def test_every_area_of_a_state_leads_to_its_rules() -> None:
    american = {states[0] for states in STATES_OF_AREA.values() if not STATES.isdisjoint(states)}

    assert american == STATES
