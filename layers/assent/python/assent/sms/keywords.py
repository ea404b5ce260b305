"""What a person's answer means: opt-out, opt-in, help, yes, no, or an ordinary message.

The whole message is compared, never a part of it: "Stop by tomorrow at 5?" is ordinary. What is
neither sure nor ordinary is `Intent.maybe_opt_out`, for a person to decide. Pure functions.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from assent.sms import phrases, plain, vocabulary, words
from assent.sms.phrases import Piece


class Intent(StrEnum):
    """The meaning of a whole message."""

    opt_out = "opt_out"
    opt_in = "opt_in"
    help = "help"
    yes = "yes"
    no = "no"
    maybe_opt_out = "maybe_opt_out"
    other = "other"


# No text message is longer (ten parts or so); an e-mail gateway's tail says nothing new.
_LONGEST = 2_000
# A chain of phrases with more words than this is a letter, not an answer.
_MOST_WORDS = 60
# Answers without any of the trigger words below have at most this many words.
_SHORT = 8
# A signature is a first name, perhaps with a last name.
_NAMES = 2


def _table() -> dict[str, Intent]:
    """Return every word and phrase that is a whole answer; the first meaning given wins."""
    table: dict[str, Intent] = {}
    for intent, sets in (
        (Intent.opt_out, words.OPT_OUT),
        (Intent.opt_in, words.OPT_IN),
        (Intent.help, words.HELP),
        (Intent.yes, words.YES),
        (Intent.no, words.NO),
        (Intent.maybe_opt_out, words.MAYBE),
    ):
        for each in sets:
            for word in each.words:
                table.setdefault(plain.joined(word), intent)
    return table


_WHOLE = _table()
_KEYWORDS = frozenset(word for word, intent in _WHOLE.items() if intent is Intent.opt_out)
# Words that mean the same in every context; the others ("end", "cancel") are everyday language.
_SURE = re.compile(r"\b(?:stop|unsub|un sub|opt|arret|des(?:abon|inscri|uscri|ub))")
_SAME_LETTERS = re.compile(r"(.)\1{2,}")
_COURTESY = re.compile(
    r"\b(?:please+|pls+|plz+|thank (?:you|u)(?: (?:so|very) much)?"
    r"|thanks(?: (?:so much|a lot|again))?|thx|thanx|ty|tks|tysm|por favor|porfa"
    r"|(?:muchas )?gracias|merci(?: beaucoup| bien)?|svp|stp"
    r"|s?il (?:vous|te) plait|s il vous plait|sir|maam|ok|okay|kindly|(?:right )?now|hi|hello|hey"
    r"|hola|bonjour|immediately|asap|bitte|danke|god bless(?: you)?"
    r"|have a (?:nice|good|great) day)\b ?",
)
_TAPBACK = re.compile(
    r"\s*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,12} to"
    r"|removed an? .{1,20}from|le gusto|le encanto|a aime|a adore) [\"\u201c\u201d\u00ab]",
)
_SIGNATURE = re.compile(
    r"\b(?:sent (?:from|via|with|using) (?:my|the|a|outlook|yahoo|gmail|mail|proton|samsung"
    r"|email|att)\b"
    r"|get outlook for|envoye (?:de|depuis|a partir de) mon|enviado desde mi"
    r"|von meinem \w+ gesendet)"
    r"|\n[ \t]{0,9}(?:-{2,}|_{2,}|>|={3,}|on [^\n]{4,100} wrote:|begin forwarded|from: )",
)
# A name under the message: on its own line, or after a dash.
_NAME = re.compile(
    r"(?:[\r\n]\s{0,8}(?:[-\u2013\u2014~]{1,3}\s{0,3})?|\s[-\u2013\u2014~]{1,3}\s{0,3})"
    r"((?:[A-Z][\w.\u2019'-]*)(?:[ ]+[A-Z][\w.\u2019'-]*){0,2})[\s.!]{0,20}\Z",
)
_CLOSING = re.compile(
    r"(?:thanks|thank you|thx|regards|sincerely|best|gracias|merci|cordialement) $"
)
_STOP_BY_ITSELF = re.compile(
    r"[.!?\n]\W{0,9}(?:(?:please|pls|just|so|no|ok) )?(?:stop|unsubscribe)(?: please| now)?[^\S\n]*"
    r"(?:[.!?\n]|$)",
)
_SHOUTED = re.compile(r"\A\W*STOP\b|\bSTOP\W*\Z")


def _one_slip(word: str, target: str) -> bool:
    """Tell whether one letter added, dropped, changed or swapped makes `word` the `target`."""
    if len(word) > len(target):
        word, target = target, word
    at = 0
    for one, other in zip(word, target, strict=False):
        if one != other:
            break
        at += 1
    if len(word) < len(target):
        return word[at:] == target[at + 1 :]
    rest, wanted = word[at:], target[at:]
    return rest[1:] == wanted[1:] or (rest[2:] == wanted[2:] and rest[:2] == wanted[1::-1])


def _forgive(word: str) -> Intent | None:
    """Return what a single misspelt word means; a real word is never a misspelling."""
    if word in vocabulary.REAL_WORDS or word.isdigit():
        return None
    size = len(word)
    for intent, forgiven in (
        (Intent.opt_out, words.FORGIVEN_OPT_OUT),
        (Intent.help, words.FORGIVEN_HELP),
    ):
        for target in forgiven:
            if -1 <= len(target) - size <= 1 and _one_slip(word, target):
                return intent
    return None


def _short_answer(line: str) -> Intent | None:
    """Return the meaning of a short line: a known answer with courtesies around it, or a slip."""
    core = _COURTESY.sub("", line + " ").rstrip() if " " in line else line
    if core != line and (found := _WHOLE.get(core)) is not None:
        return found
    if " " in core:
        head, _, number = core.partition(" ")
        return Intent.help if number.isdecimal() and _WHOLE.get(head) is Intent.help else None
    once = _SAME_LETTERS.sub(r"\1", core)
    return _WHOLE.get(once) or _forgive(core) or _forgive(once)


def _chain(line: str) -> tuple[Intent | None, str]:
    """Read the line as a chain of phrases; return its meaning so far and the words left over."""
    piece = phrases.grammar(_KEYWORDS)
    at, end = 0, len(line)
    seen: set[str] = set()
    leads: list[str] = []
    keywords: list[str] = []
    extra: list[str] = []
    while at < end:
        match = piece.match(line, at)
        if match is None:
            break
        kind = match.lastgroup or ""
        text = match.group().rstrip()
        seen.add(kind)
        if kind == Piece.keyword:
            keywords.append(text)
        elif kind == Piece.lead:
            leads.append(text)
        elif kind == Piece.polite:
            extra.append(text)
        at = match.end()
    rest = line[at:]
    if rest and _CLOSING.search(line, 0, at) and len(rest.split()) <= _NAMES:
        rest = ""
    if Piece.out in seen:
        return Intent.opt_out, rest
    if not keywords:
        return None, rest
    return _keyword_chain(keywords, leads, extra), rest


def _keyword_chain(keywords: list[str], leads: list[str], extra: list[str]) -> Intent:
    sure = [word for word in keywords if _SURE.search(word)]
    if not sure:
        plain_enough = vocabulary.PLAIN_COURTESY.issuperset(" ".join(extra).split())
        return Intent.opt_out if plain_enough and not leads else Intent.maybe_opt_out
    if leads and set(sure) <= {"stop"} and all(lead in vocabulary.WEAK_LEADS for lead in leads):
        return Intent.maybe_opt_out
    return Intent.opt_out


def _signed_with_a_name(text: str) -> Intent | None:
    """Return the meaning of an opt-out with a name under it: `STOP - John`."""
    match = _NAME.search(text)
    if match is None:
        return None
    names = plain.words(plain.fold(match.group(1)))
    if not vocabulary.NOT_NAMES.isdisjoint(names):
        return None
    head = plain.joined(text[: match.start()])
    found = _WHOLE.get(head)
    if found is None:
        found, rest = _chain(head + " ")
        if rest:
            return None
    return found


def _suspicion(text: str, folded: str, tokens: list[str], line: str) -> Intent:
    """Tell what might be an opt-out from what is plainly something else."""
    if _TAPBACK.match(folded):
        return Intent.other
    first, *others = tokens
    if first == "stop" and len(others) == 1:  # "stop harbor", but not "stop sign"
        other = others[0]
        if other not in vocabulary.AFTER_STOP and not other.endswith("ing"):
            return Intent.maybe_opt_out
    shouted = "STOP" in text and _SHOUTED.search(text) and not text.isupper()
    if (
        (shouted and len(tokens) <= _SHORT and others[:1] != ["by"])
        or phrases.suspect().search(f" {line} ")
        or _STOP_BY_ITSELF.search("\n" + folded)
    ):
        return Intent.maybe_opt_out
    return Intent.other


def classify(text: str) -> Intent:
    """Return what the whole message means; never raises, whatever the text."""
    if len(text) > _LONGEST:
        text = text.strip()[:_LONGEST]
    folded = _without_signature(plain.fold(text))
    tokens = plain.words(folded)
    if not tokens:
        return Intent.maybe_opt_out if "\U0001f6d1" in text else Intent.other
    if len(tokens) > 1 and sum(map(len, tokens)) < 2 * len(tokens) + 6:  # perhaps S T O P
        tokens = plain.close_letters(" ".join(tokens)).split()
    line = " ".join(tokens)
    found = _WHOLE.get(line)
    if found is None and len(tokens) <= _SHORT:
        found = _short_answer(line) or _signed_with_a_name(text)
    if found is not None:
        return found
    if len(tokens) == 1 or (
        vocabulary.TRIGGERS.isdisjoint(tokens) and _KEYWORDS.isdisjoint(tokens)
    ):
        return Intent.other
    return _longer_request(text, folded, tokens, line)


def _without_signature(folded: str) -> str:
    """Return the text without the lines that an e-mail program or a phone adds under it."""
    if "\n" in folded or " my " in folded or "outlook" in folded:
        cut = _SIGNATURE.search(folded)
        if cut and folded[: cut.start()].strip():
            return folded[: cut.start()]
    return folded


def _longer_request(text: str, folded: str, tokens: list[str], line: str) -> Intent:
    found, rest = _chain(line + " ") if len(tokens) <= _MOST_WORDS else (None, line)
    if found is not None and not rest:
        return found
    return _signed_with_a_name(text) or _suspicion(text, folded, tokens, line)


def match_word(text: str, candidates: Iterable[str]) -> str | None:
    """Return the one of the account's words that is the whole message, as the account wrote it.

    Courtesies, case, accents, punctuation and spaced-out letters do not matter; misspellings do.
    """
    if len(text) > _LONGEST:
        return None
    line = plain.joined(text)
    core = _COURTESY.sub("", line + " ").rstrip()
    for word in candidates:
        wanted = plain.joined(word)
        if wanted and wanted in (line, core):
            return word
    return None
