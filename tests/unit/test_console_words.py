"""The console has words of its own for every code that the API sends."""

import json
from typing import Any

import pytest

from assent.broadcasts.checkpoints import GateName
from assent.broadcasts.explanations import told
from assent.broadcasts.failures.model import NO_CODE, OTHER
from assent.broadcasts.guards import THRESHOLDS
from assent.broadcasts.model import Otherwise, State
from assent.broadcasts.results import EXCLUSIONS, Exclusion, Outcome
from assent.broadcasts.timing import Hold
from assent.consent.model import Channel, EventType, Kind, Source, Standing
from assent.consent.policy import Reason
from assent.contacts.groups.model import EndedBy
from assent.contacts.history.model import What
from assent.contacts.model import Origin, QueueState, Textable
from assent.contacts.profile.model import PLAIN
from assent.messaging.causes import OWN, cause
from assent.messaging.model import MessageState
from assent.messaging.providers import PROVIDERS
from assent.messaging.providers.base import Failure
from assent.sms.linter import FindingCode
from assent.sms.templates import TemplateProblem
from assent.timeline.model import Kind as TimelineKind
from assent.timeline.model import Told
from assent.timeline.words import LEFT
from local.layout import REPOSITORY

LANGUAGES = ("en", "es")
CAUSES = {
    **OWN,
    **{code: one for provider in PROVIDERS.values() for code, one in provider.causes().items()},
}
# What is said of somebody that nothing is kept of, and what holds a copy that is under way.
NO_TRACE = {reason for _, reason, _ in told.WITHOUT_A_TRACE.values()}
STANDING_OUT = {"in_opt_in_queue", "not_in_audience"}

FAMILIES: dict[str, set[str]] = {
    "broadcast": set(State),
    "outcome": set(Outcome) | set(MessageState),
    "otherwise": set(Otherwise),
    "reason": set(Exclusion) | set(Hold) | STANDING_OUT,
    "because": (
        set(EXCLUSIONS)
        | {f"held_{hold}" for hold in (Hold.QUIET_HOURS, Hold.CAP_REACHED)}
        | {Hold.LOCAL_TIME, Outcome.SENT, Outcome.DELIVERED, Outcome.FAILED, Outcome.UNKNOWN}
        | NO_TRACE
        | STANDING_OUT
        | set(told.UNDER_WAY.values())
        | told.COULD_NOT_START.keys()
    ),
    "hold": set(Hold),
    "gate": set(GateName),
    "gateAsks": set(GateName),
    "cause": CAUSES.keys() | {NO_CODE, OTHER},
    "causeNext": CAUSES.keys() | {NO_CODE, OTHER},
    "failure": set(Failure),
    "finding": set(FindingCode) | set(TemplateProblem),
    "textProblem": set(TemplateProblem),
    "channel": set(Channel),
    "kind": set(Kind),
    "source": set(Source),
    "event": set(EventType),
    "status": set(Standing),
    "queue": set(QueueState),
    "textable": set(Textable),
    "onRecord": {"none", "lifted"},
    # What a contact's timeline tells: a note is shown as it was written, an arrival by its origin,
    # a channel that was taken out of a group by what took it.
    "happened": set(What) - {What.NOTE} | set(Told) - {Told.ARRIVED, Told.CHANNEL_ENDED},
    "arrived": set(Origin),
    "takenOut": set(EndedBy),
    "leftQueue": set(LEFT),
    "profileField": set(PLAIN),
    "timeline": set(TimelineKind),
    "wayBack": set(Channel) | {"user"},
}


def words(language: str) -> dict[str, Any]:
    path = REPOSITORY / "console" / "src" / "messages" / f"{language}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_has_words(language: str, family: str) -> None:
    """Experience 21: a code that the API learns cannot be forgotten in a language."""
    known = words(language)["codes"][family]
    assert {str(code) for code in FAMILIES[family]} - known.keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_guard_has_words(language: str) -> None:
    """B5: why it paused itself, and what to do next."""
    for threshold in THRESHOLDS:
        assert words(language)["guard"][threshold.reason].keys() == {"title", "why", "next"}


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_english_says_of_a_failure_what_the_api_says(code: str) -> None:
    """Experience 21: one table of causes; the console's English is that of the API."""
    codes = words("en")["codes"]
    said = (codes["cause"][code], codes["causeNext"][code])
    found = cause(code, Channel.SMS)
    assert tuple(text.replace("’", "'") for text in said) == (found.message, found.next_step)


def test_no_language_leaves_anything_in_english() -> None:
    """Experience 21: what is the same in both is a name or a code, not a sentence."""
    english, spanish = words("en")["codes"], words("es")["codes"]
    same = {
        f"{family}.{code}"
        for family in FAMILIES
        for code, text in english[family].items()
        if spanish[family][code] == text and " " in text
    }
    assert same == set()


def test_the_reasons_of_the_policy_are_exclusions() -> None:
    """S7: an attempt that was held back is told in the words of the exclusion."""
    assert {str(reason) for reason in Reason} <= {str(one) for one in Exclusion}
