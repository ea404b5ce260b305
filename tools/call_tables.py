"""Writes what becomes of calls, and when they are made again, as tables for `docs/calls.md`."""

from datetime import timedelta

from assent.messaging.providers import cause_of
from assent.messaging.providers.base import Failure
from assent.messaging.providers.twilio_voice import CALL_STATES
from assent.messaging.redial import REDIALS

_FAILURES = {
    Failure.NO_ANSWER: "nobody answered",
    Failure.ENGAGED: "busy, or declined",
}


def states() -> str:
    """List the carrier's states of a call with ours, and what people read."""
    lines = ["| Twilio says | our state | what people read |", "|---|---|---|"]
    for status, state in CALL_STATES.items():
        cause = cause_of(status)
        lines.append(
            f"| `{status}` | {state.value if state else '— (says nothing new)'} |"
            f" {cause.message if cause else ''} |"
        )
    return "\n".join(lines)


def redials() -> str:
    """List after which waits a call is made again, by what ended it."""
    lines = ["| what ended the call | made again after | in force | source |", "|---|---|---|---|"]
    for policy in REDIALS:
        since = f"from {policy.from_.isoformat()}" if policy.from_ else ""
        until = f"before {policy.until.isoformat()}" if policy.until else ""
        span = " ".join(part for part in (since, until) if part) or "always"
        for failure, waits in policy.waits.items():
            after = ", then ".join(_words(wait) for wait in waits)
            lines.append(f"| {_FAILURES[failure]} | {after} | {span} | {policy.source} |")
    return "\n".join(lines)


def _words(wait: timedelta) -> str:
    minutes = round(wait.total_seconds() / 60)
    hours = minutes // 60
    return f"{minutes} minutes" if minutes % 60 else f"{hours} hour{'s' if hours > 1 else ''}"
