"""What users are told when a broadcast cannot be what they want."""

from assent.broadcasts.model import Broadcast
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound


def unknown_broadcast() -> NotFound:
    """There is none, or it is another account's."""
    return NotFound("unknown_broadcast", "This account has no such broadcast.")


def cannot(broadcast: Broadcast, done: str) -> Conflict:
    """Its life has come too far, or not far enough."""
    return Conflict(
        f"already_{broadcast.state}",
        f"The broadcast is {broadcast.state} already, so it cannot be {done} any more.",
    )


def changed_meanwhile() -> Conflict:
    """Somebody else was faster."""
    return Conflict(
        "changed_meanwhile",
        "The broadcast has just changed. Look at it again, then decide.",
    )


def bad_time(field: str, code: str, words: str) -> Invalid:
    """Name what is wrong with a schedule."""
    return Invalid(
        "invalid_time",
        "The broadcast cannot be scheduled for this time.",
        fields=[FieldError(field=field, code=code, message=words)],
    )
