"""What is said in calls: who calls, how to stop the calls, the message, and once more how.

Who calls comes first, and how to stop within two seconds of it; a message left on a voicemail names
the number to call for that. Source: 47 CFR 64.1200(b)(1)-(3).
"""

from collections.abc import Callable

from assent.accounts.model import Sender
from assent.messaging.keys import START_KEY, STOP_KEY

_NOBODY = "This number"


def message(sender: Sender, body: str) -> list[str]:
    """Say a message to a person, or to a voicemail: one wording fits both."""
    first = f"{sender.program_name}. To stop these calls, press {STOP_KEY} at any time."
    number = digits(sender.address)
    last = f"To stop these calls, press {STOP_KEY} now, or call {number} and press {STOP_KEY}."
    return [first, body, last]


def menu(sender: Sender | None) -> list[str]:
    """Tell a caller what it has reached, and what its keys do."""
    what = "is an automated service that sends texts and calls to people who asked for them."
    lines = [f"{_name(sender)} {what}" if sender else f"{_NOBODY} is not in use."]
    if sender and sender.support_contact:
        lines.append(f"For help, contact {sender.support_contact}.")
    return [*lines, f"To get no more calls, press {STOP_KEY}. {_again()}"]


def _again() -> str:
    return f"To get calls again after you stopped them, press {START_KEY}."


def stopped(sender: Sender | None) -> list[str]:
    """Confirm that calls have ended; nothing else is said after that."""
    return [f"{_name(sender)} will not call you any more. Goodbye."]


def started(sender: Sender | None) -> list[str]:
    """Confirm that calls are allowed again."""
    how = f"To stop the calls, press {STOP_KEY} in any of them."
    return [f"{_name(sender)} may call you again. {how} Goodbye."]


def not_understood(sender: Sender | None) -> list[str]:
    """Answer another key in a call that we placed."""
    return [f"To get no more calls from {_name(sender, start=False)}, press {STOP_KEY}."]


def try_again(key: str) -> list[str]:
    """Ask for the key once more, when it could not be taken down."""
    return [f"That did not work. Please press {key} once more."]


def unknown_caller(sender: Sender | None) -> list[str]:
    """Tell somebody who withholds the number why a key cannot count."""
    why = "cannot see which number you call from"
    return [f"{_name(sender)} {why}. Call again without hiding it. Goodbye."]


Words = Callable[[Sender | None], list[str]]


def _name(sender: Sender | None, *, start: bool = True) -> str:
    nobody = _NOBODY if start else _NOBODY.lower()
    return sender.program_name if sender else nobody


def digits(address: str) -> str:
    """Spell a number so that it is read digit by digit, North American ones in their groups."""
    found = "".join(character for character in address if character.isdigit())
    grouped = len(found) == len("18885550100") and found.startswith("1")
    groups = (found[:1], found[1:4], found[4:7], found[7:]) if grouped else (found,)
    return ", ".join(" ".join(group) for group in groups)
