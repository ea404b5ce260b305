"""What people are told of one contact in one broadcast, in plain words."""

from assent.broadcasts import timing
from assent.broadcasts.model import State
from assent.broadcasts.results import EXCLUSIONS, Exclusion, Outcome
from assent.messaging.model import MessageState

OUTCOMES: dict[MessageState, tuple[Outcome, str]] = {
    MessageState.SENT: (
        Outcome.SENT,
        "The provider took the message; it has not said yet whether it arrived.",
    ),
    MessageState.DELIVERED: (Outcome.DELIVERED, "The message was delivered."),
    MessageState.FAILED: (Outcome.FAILED, "The message could not be delivered."),
    MessageState.UNKNOWN: (
        Outcome.UNKNOWN,
        "The provider gave no answer. The message may have arrived, so it is not sent again.",
    ),
    MessageState.CLAIMED: (Outcome.PLANNED, "The message is being sent."),
    MessageState.RELEASED: (Outcome.PLANNED, "The provider was busy; it is tried again by itself."),
}
UNDER_WAY: dict[MessageState, str] = {
    MessageState.CLAIMED: "being_sent",
    MessageState.RELEASED: "provider_busy",
}
"""Reasons of copies that nothing is decided of."""
COULD_NOT_START: dict[str, str] = {"unknown_sender": "This account has no such sender."}
"""Why a broadcast never began, by its code."""
CALLED_AGAIN = "It is called again, within the hours in which that is allowed."
NOT_AGAIN = "It was not called again:"
_NOT_STARTED = "The broadcast has not started, so its recipients are not chosen yet."
_NOT_YET = "The broadcast has not reached this contact yet."
_PAUSED = "The broadcast is paused, and has not reached this contact yet."
# What it means for a member of a chosen group when nothing is kept of it.
WITHOUT_A_TRACE: dict[State, tuple[Outcome, str, str]] = {
    State.DRAFT: (Outcome.PLANNED, "not_started", _NOT_STARTED),
    State.SCHEDULED: (Outcome.PLANNED, "not_started", _NOT_STARTED),
    State.PLANNING: (Outcome.PLANNED, "not_yet", _NOT_YET),
    State.RUNNING: (Outcome.PLANNED, "not_yet", _NOT_YET),
    State.PAUSED: (Outcome.PLANNED, "paused", _PAUSED),
    State.FINISHING: (Outcome.PLANNED, "not_yet", _NOT_YET),
    State.FINISHED: (
        Outcome.EXCLUDED,
        "joined_later",
        "The contact came into the group after the recipients had been chosen.",
    ),
    State.CANCELLED: (Outcome.EXCLUDED, Exclusion.CANCELLED, EXCLUSIONS[Exclusion.CANCELLED]),
    State.FAILED: (
        Outcome.EXCLUDED,
        "broadcast_failed",
        "The broadcast could not be started, so nobody was sent it.",
    ),
}
HELD: dict[timing.Hold, str] = {
    timing.Hold.QUIET_HOURS: (
        "It is not an hour at which messages may go to where the contact may be. It is sent the"
        " broadcast when the hours allow it."
    ),
    timing.Hold.CAP_REACHED: (
        "The contact has got as many broadcasts as are allowed where it may be. It is sent this"
        " one when it may get another."
    ),
    timing.Hold.LOCAL_TIME: "The time of the broadcast has not come yet where the contact is.",
}
