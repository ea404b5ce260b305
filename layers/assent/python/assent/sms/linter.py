"""Checks that a message's text has what the rules require, and names what is missing.

What is required is data: each element with its pattern, its source and the advice given when it is
missing. Check the text as it will be sent, with its variables filled in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from assent.sms import plain


class TextKind(StrEnum):
    """The texts that have required elements."""

    opt_in_request = "opt_in_request"  # the compliance SMS that answers a form
    first_broadcast = "first_broadcast"
    flow_opening = "flow_opening"  # the first message of an opt-in flow
    later = "later"  # any other text: only what holds for every text


class FindingCode(StrEnum):
    """What is wrong with a text."""

    empty = "empty"
    program_name = "missing_program_name"
    frequency = "missing_frequency"
    rates = "missing_rates"
    help_hint = "missing_help"
    stop_hint = "missing_stop"
    yes_no = "missing_yes_no"
    link_shortener = "link_shortener"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to correct: what is wrong, what to do about it, and which piece it is about."""

    code: FindingCode
    message: str
    advice: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """A required element: how it is recognised, who requires it, what to say if it is missing."""

    code: FindingCode
    message: str
    advice: str
    source: str
    present: Callable[[str, str], bool]
    """Takes the text and the program name."""


_CTIA = "CTIA Messaging Principles and Best Practices, May 2023"


def _found(pattern: str, flags: re.RegexFlag = re.IGNORECASE) -> Callable[[str, str], bool]:
    compiled = re.compile(pattern, flags)
    return lambda text, _program: compiled.search(text) is not None


def _names_program(text: str, program: str) -> bool:
    wanted = plain.joined(program)
    return bool(wanted) and f" {wanted} " in f" {plain.joined(text)} "


def _says_rates(text: str, _program: str) -> bool:
    """Look for Msg&DataRatesMayApply, whatever its case, its spaces and its `and`."""
    squeezed = re.sub(r"[\s.,'-]+", "", plain.fold(text)).replace("&amp;", "&")
    return re.search(r"(?:msgs?|messages?)(?:&|and|\+)datarates?mayapply", squeezed) is not None


_KEYWORD_HINT = (
    r"(?:\b(?i:reply|text|txt|send|respond|answer)\b[^.\n]{{0,40}}?\b(?i:{word})\b|\b{capitals}\b)"
)

PROGRAM_NAME = Element(
    FindingCode.program_name,
    "The text does not say who is writing.",
    "Name the program at the beginning, exactly as the sender is registered.",
    _CTIA,
    _names_program,
)
FREQUENCY = Element(
    FindingCode.frequency,
    "The text does not say how many messages to expect.",
    'Add how often you write, such as "Up to 4 msgs/month" or "Msg frequency varies".',
    _CTIA,
    _found(
        r"\b(?:msgs?|messages?|texts?|alerts?)\.?\s*(?:/|per|a|an|each|every)\s*"
        r"(?:day|wk|week|mo|month|year|event|order|request|visit)"
        r"|\b(?:msg|message|text|alert)s?\s+frequency\b|\bfrequency\s+(?:varies|may\s+vary)"
        r"|\brecurring\s+(?:automated\s+|marketing\s+)*(?:msg|message|text|alert)s?\b"
        r"|\b(?:daily|weekly|monthly)\s+(?:msg|message|text|alert|update|reminder)s?\b"
        r"|\b(?:one|1|single)[- ]?(?:time)?\s+(?:msg|message|text)\b"
        r"|\b(?:msg|message|text|alert)s?\s+(?:daily|weekly|monthly)\b"
    ),
)
RATES = Element(
    FindingCode.rates,
    'The text does not say "Msg&DataRatesMayApply".',
    'Add "Msg & data rates may apply".',
    _CTIA,
    _says_rates,
)
HELP_HINT = Element(
    FindingCode.help_hint,
    "The text does not say how to get help.",
    'Add "Reply HELP for help".',
    _CTIA,
    _found(_KEYWORD_HINT.format(word="help", capitals="HELP"), re.NOFLAG),
)
STOP_HINT = Element(
    FindingCode.stop_hint,
    "The text does not say how to stop the messages.",
    'Add "Reply STOP to opt out".',
    _CTIA,
    _found(_KEYWORD_HINT.format(word="stop", capitals="STOP"), re.NOFLAG),
)
YES_NO = Element(
    FindingCode.yes_no,
    "The text does not ask for a clear answer.",
    'Add "Reply Y Yes N No".',
    "Behaviour F1: an invitation is answered with Y or N",
    _found(
        r"\breply\W+y\W+(?:(?:for|to|=|is)\W+)?yes\W+(?:(?:or|and|reply)\W+)*n\W+(?:for\W+)?no\b"
    ),
)

REQUIRED: dict[TextKind, tuple[Element, ...]] = {
    TextKind.opt_in_request: (PROGRAM_NAME, FREQUENCY, RATES, HELP_HINT, STOP_HINT),
    TextKind.first_broadcast: (PROGRAM_NAME, STOP_HINT),
    TextKind.flow_opening: (PROGRAM_NAME, RATES, YES_NO, HELP_HINT, STOP_HINT),
    TextKind.later: (),
}

SHORTENERS = frozenset(
    re.findall(
        r"\S+",
        """
adf.ly bit.do bit.ly bitly.com bl.ink buff.ly cutt.ly db.tt dlvr.it fb.me goo.gl goo.su gg.gg
ift.tt is.gd j.mp linktr.ee lnkd.in mcaf.ee n9.cl ow.ly po.st qr.ae rb.gy rebrand.ly s.id
short.gy short.io shorte.st shorturl.at snip.ly soo.gd t.co t.ly t2m.io tiny.cc tiny.one
tinyurl.com trib.al u.to urlz.fr v.gd wp.me x.co yourls.org zpr.io
""",
    )
)
"""Public link shorteners, which carriers filter (CTIA best practices, 5.3): use your own domain."""

_HOST = re.compile(r"(?<![\w@.-])(?:https?://)?(?:www\.)?([a-z0-9-]+\.[a-z]{2,4})(?![\w@-]|\.\w)")


def lint(text: str, kind: TextKind, *, program_name: str) -> tuple[Finding, ...]:
    """Return what is missing from or wrong with the text; empty when nothing is."""
    if not text.strip():
        return (Finding(FindingCode.empty, "The text is empty.", "Write the text of the message."),)
    findings = [
        Finding(element.code, element.message, element.advice)
        for element in REQUIRED[kind]
        if not element.present(text, program_name)
    ]
    findings += [
        Finding(
            FindingCode.link_shortener,
            f"Carriers filter messages with links of {host}.",
            "Use the full link, or a short link on your own domain.",
            host,
        )
        for host in dict.fromkeys(_HOST.findall(plain.fold(text)))
        if host in SHORTENERS
    ]
    return tuple(findings)
