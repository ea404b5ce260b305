"""Why a message failed, by its code, in plain words and with the next step: one table for all.

Codes are the providers' own, ours where nothing reached a provider, and those of the sending
policy, by which an attempt may be held back after another one failed.
"""

from assent.consent.model import Channel
from assent.consent.policy import Reason, explanation
from assent.messaging.calling import NO_VOICE, NO_VOICE_CAUSE
from assent.messaging.providers import cause_of
from assent.messaging.providers.base import Cause, Failure

NO_PROVIDER = "no_provider"
OWN: dict[str, Cause] = {
    NO_PROVIDER: Cause(
        failure=Failure.MISCONFIGURED,
        message="The sender's owner has no provider set up.",
        next_step="Store its credentials first.",
    ),
    NO_VOICE: NO_VOICE_CAUSE,
}
"""Codes of our own, of messages that no provider was asked to carry."""
# What stands where a message failed later, for no stated reason, whose sending had no answer.
_NO_CODES = frozenset({"", "no_answer"})
_REASONS = frozenset(reason.value for reason in Reason)


def cause(code: str, channel: Channel) -> Cause:
    """Return what a code means; one that no table knows is to be looked up at the provider."""
    known = OWN.get(code) or cause_of(code)
    if known:
        return known
    if code in _REASONS:
        held = explanation(Reason(code), channel)
        return Cause(failure=Failure.OTHER, message=held, next_step="")
    if code in _NO_CODES:
        return Cause(
            failure=Failure.OTHER,
            message="The provider gave no code.",
            next_step="Look one of the messages up in the provider's console.",
        )
    return Cause(
        failure=Failure.OTHER,
        message="The provider gave a code that is not known here.",
        next_step=f"Look {code} up in the provider's list of errors.",
    )
