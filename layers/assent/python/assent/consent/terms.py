"""The rules of the field on words, opting out, opting in and keeping: dated data.

The words that are matched are in `sms.words`, and are only referred to here. Not legal advice.
"""

from collections.abc import Iterable
from datetime import date

from assent.consent.rulebook import Rule, Subject, Unit
from assent.sms import words
from assent.sms.words import WordSet

POLICY = words.POLICY
_REVOKING = "47 CFR 64.1200(a)(10)-(11)"
_CONFIRMING = "47 CFR 64.1200(a)(12)"
_CTIA = "CTIA Messaging Principles and Best Practices, May 2023"
_IN_FORCE = date(2025, 4, 11)
_EXTENDED = date(2027, 1, 31)


def _of(source: str, sets: Iterable[WordSet]) -> tuple[str, ...]:
    return tuple(word for each in sets if each.source == source for word in each.words)


def _words(name: str, source: str, *, from_: date | None = None, note: str = "") -> Rule:
    found = _of(source, words.OPT_OUT)
    return Rule(
        f"opt_out_words_{name}", Subject.WORDS, value=found, source=source, note=note, from_=from_
    )


_WORDS = (
    _words(
        "regulator",
        words.REGULATOR,
        from_=_IN_FORCE,
        note="Revoke consent by themselves. Other wording counts when a reasonable person would "
        "understand it, and no exclusive means may be demanded.",
    ),
    _words("twilio", words.TWILIO, note="The provider's default words."),
    _words("aws", words.AWS, note="Required of every sender."),
    _words("telnyx", words.TELNYX, note="The provider's default words."),
    _words("canada", words.CANADA, note="Carriers demand an answer in English and French."),
    _words("toll_free", words.TOLL_FREE, note="The network itself answers."),
    _words("product", words.POLICY, note="Other languages and spellings, by the test above."),
    Rule(
        "opt_in_words",
        Subject.WORDS,
        value=_of(words.TWILIO, words.OPT_IN),
        source=words.TWILIO,
        note="Lift a stop.",
    ),
    Rule(
        "yes_lifts_hard_stop",
        Subject.WORDS,
        value=False,
        source=POLICY,
        note="At some providers YES resumes; here it only answers a question that was asked.",
    ),
    Rule(
        "help_words",
        Subject.WORDS,
        value=_of(words.TWILIO, words.HELP),
        source=words.TWILIO,
        note="Ask who writes.",
    ),
)

_OPT_OUT = (
    Rule(
        "stop_confirmation_within",
        Subject.OPT_OUT,
        value=5,
        source=_CONFIRMING,
        note="One confirmation, without marketing. It may ask for the scope; silence means all.",
        unit=Unit.MINUTES,
        from_=date(2024, 4, 4),
    ),
    Rule(
        "stop_confirmation_once_per",
        Subject.OPT_OUT,
        value=24,
        source=POLICY,
        note="Of a sender and a phone; after a START the next STOP is a new decision.",
        unit=Unit.HOURS,
    ),
    Rule(
        "honour_opt_out_within",
        Subject.OPT_OUT,
        value=10,
        source=_REVOKING,
        note="At the latest. This product honours it at once.",
        unit=Unit.BUSINESS_DAYS,
        from_=_IN_FORCE,
    ),
    Rule(
        "opt_out_ends_all_programs",
        Subject.OPT_OUT,
        value=False,
        source="DA-26-12A1",
        note="That one opt-out ends all of a caller's programs was put off.",
        from_=_IN_FORCE,
        until=_EXTENDED,
    ),
    Rule(
        "opt_out_ends_all_programs",
        Subject.OPT_OUT,
        value=True,
        source="47 CFR 64.1200(a)(10), put off by DA-26-12A1; FCC 26-67",
        note="A further order is reported to change the scope; its final text was not seen.",
        from_=_EXTENDED,
        confirmed=False,
    ),
    Rule(
        "opt_out_order_reported",
        Subject.OPT_OUT,
        value="changes the scope of an opt-out",
        source="FCC 26-67",
        note="Reported only. Stopping the whole sender satisfies either reading.",
        from_=date(2026, 9, 30),
        confirmed=False,
    ),
    Rule(
        "stop_covers",
        Subject.OPT_OUT,
        value="the sender, in every account that shares it",
        source=POLICY,
        note="Satisfies the rule with and without its extension to all programs.",
    ),
    Rule(
        "stop_ends_calls",
        Subject.OPT_OUT,
        value=False,
        source=POLICY,
        note="The default; an account can choose that STOP also ends calls.",
    ),
    Rule(
        "keywords_answered_to_anybody",
        Subject.OPT_OUT,
        value=True,
        source=POLICY,
        note="STOP and HELP are answered even to people who never subscribed.",
    ),
)

_OPT_IN = (
    Rule(
        "opt_in_text_elements",
        Subject.OPT_IN,
        value=(
            "missing_program_name",
            "missing_frequency",
            "missing_rates",
            "missing_help",
            "missing_stop",
        ),
        source=f"{_CTIA}; Twilio registration error 30513",
        note="What the check of a text that asks people in finds, by its codes.",
    ),
    Rule(
        "opt_in_box_pre_ticked",
        Subject.OPT_IN,
        value=False,
        source="Twilio registration error 30475",
        note="The person ticks the box.",
    ),
    Rule(
        "opt_in_form_links",
        Subject.OPT_IN,
        value=("terms", "privacy"),
        source="AWS registration checklist",
        note="Stand beside the box.",
    ),
    Rule(
        "public_link_shorteners",
        Subject.OPT_IN,
        value=False,
        source=_CTIA,
        note="Carriers filter them: own domain only.",
    ),
    Rule(
        "confirmation_lapses",
        Subject.OPT_IN,
        value=30,
        source=POLICY,
        note="A request that nobody answered asks no longer.",
        unit=Unit.DAYS,
    ),
)

_KEEPING = (
    Rule(
        "proof_elements",
        Subject.KEEPING,
        value=(
            "time",
            "medium",
            "wording",
            "action",
            "campaign",
            "IP address",
            "phone",
            "identity",
        ),
        source=POLICY,
        note="Kept with each agreement. Consent is not transferable.",
    ),
    Rule(
        "keep_proof",
        Subject.KEEPING,
        value=5,
        source=POLICY,
        note="After the account has sent for the last time.",
        unit=Unit.YEARS,
    ),
    Rule(
        "opt_outs_expire",
        Subject.KEEPING,
        value=False,
        source=POLICY,
        note="Here an opt-out is kept for good.",
    ),
    Rule(
        "keep_opt_outs_at_least",
        Subject.KEEPING,
        value=10,
        source="Virginia Telephone Privacy Protection Act (SB 1339 of 2025)",
        note="An opt-out by text is honoured for that long.",
        unit=Unit.YEARS,
        place="VA",
        from_=date(2026, 1, 1),
    ),
)

TERMS = (*_WORDS, *_OPT_OUT, *_OPT_IN, *_KEEPING)
"""Every rule that is no matter of hours, in the order in which documents list them."""
