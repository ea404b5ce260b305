"""Twilio's calls: placed by its REST dialect, told what to say in its markup (TwiML).

What is said is sent along with the call, so that nothing has to be read while somebody waits on
the line. The call listens for keys from the first word to the last.
"""

import re
from collections.abc import Mapping

# Markup is written here and nothing is parsed.
from xml.sax.saxutils import escape, quoteattr  # nosec B406

from assent.messaging.model import MessageState
from assent.messaging.providers.base import (
    VOICEMAIL,
    Cause,
    Credentials,
    Document,
    Failure,
    IncomingCall,
    KeyPressed,
    OutgoingCall,
    Receipt,
    Refused,
    Turn,
    Webhook,
)
from assent.messaging.providers.twilio_rest import create, pairs, required

_FAX = "fax"
_TOO_LONG = "twiml_too_long"
_MOST_MARKUP = 4000
"""Characters of markup that Twilio takes with a call."""
_KEY_SECONDS = 5
"""Seconds for which a key is waited for after the last word."""

# Source: Twilio, Call resource (status values), and its error and warning dictionary.
CALL_CAUSES: dict[str, Cause] = {
    "no-answer": Cause(
        failure=Failure.NO_ANSWER,
        message="Nobody answered the call.",
        next_step="It was called again by itself, without success. Try another time of day.",
    ),
    "busy": Cause(
        failure=Failure.ENGAGED,
        message="The line was busy, or the call was declined.",
        next_step="It was called again by itself, without success. Try another time of day.",
    ),
    "failed": Cause(
        failure=Failure.UNREACHABLE,
        message="The call could not be connected.",
        next_step="Check the contact's number.",
    ),
    "canceled": Cause(
        failure=Failure.OTHER,
        message="The call was cancelled at the provider before anybody answered.",
        next_step="Look the call up in the provider's console.",
    ),
    _FAX: Cause(
        failure=Failure.BAD_NUMBER,
        message="A fax machine answered.",
        next_step="Correct the contact's number.",
    ),
    _TOO_LONG: Cause(
        failure=Failure.OTHER,
        message="What is to be said is longer than the provider takes.",
        next_step="Make the text shorter.",
    ),
    "13224": Cause(
        failure=Failure.BAD_NUMBER,
        message="The provider says that this number cannot be called.",
        next_step="Correct the contact's number.",
    ),
    "21214": Cause(
        failure=Failure.UNREACHABLE,
        message="The provider cannot reach this number by a call.",
        next_step="Check the contact's number.",
    ),
    "21215": Cause(
        failure=Failure.MISCONFIGURED,
        message="The provider may not place calls to this country.",
        next_step="Allow calls to it in the provider's console.",
    ),
    "13227": Cause(
        failure=Failure.MISCONFIGURED,
        message="The provider may not place calls to this country.",
        next_step="Allow calls to it in the provider's console.",
    ),
    "21210": Cause(
        failure=Failure.MISCONFIGURED,
        message="The sender's number may not place calls.",
        next_step="Buy or verify it with the provider, with calls enabled.",
    ),
}

# What stands where a number is hidden: a word, or its letters as they lie on the keys.
# Source: Twilio, "Why am I getting calls from these strange numbers?"
_WITHHELD = frozenset(
    {
        *("anonymous", "restricted", "unknown", "unavailable", "blocked"),
        *("266696687", "7378742833", "8656696", "86282452253", "2562533"),
    }
)
# Characters that XML has no way to write.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

CALL_STATES: dict[str, MessageState | None] = {
    # Nothing that placing the call did not say.
    "queued": None,
    "initiated": None,
    "ringing": None,
    # Answered: how it ends is told next, and by whom it was answered.
    "in-progress": None,
    "completed": MessageState.DELIVERED,
    "no-answer": MessageState.FAILED,
    "busy": MessageState.FAILED,
    "failed": MessageState.FAILED,
    "canceled": MessageState.FAILED,
}
"""The states of a call, as ours; nothing where it tells nothing new."""


def call_receipt(fields: Mapping[str, str]) -> Receipt | None:
    """Read a call's status callback: what became of it, and by what it was answered."""
    call_id = required(fields, "CallSid")
    status = required(fields, "CallStatus")
    state, code = CALL_STATES.get(status), ""
    if state is None:
        return None
    if state == MessageState.FAILED:
        # The more exact of the two, where we know what it means.
        given = fields.get("ErrorCode", "")
        code = given if given in CALL_CAUSES else status
    answered_by = fields.get("AnsweredBy", "")
    if state == MessageState.DELIVERED and answered_by.startswith("machine"):
        code = VOICEMAIL
    elif state == MessageState.DELIVERED and answered_by == _FAX:
        state, code = MessageState.FAILED, _FAX
    return Receipt(provider_message_id=call_id, state=state, code=code)


class TwilioVoice:
    """The adapter for calls. It keeps nothing."""

    def call(self, credentials: Credentials, outgoing: OutgoingCall) -> str:
        """Create a Call resource and return its SID."""
        markup = _markup(outgoing.lines, outgoing.keys_url)
        if len(markup) > _MOST_MARKUP:
            raise Refused(_TOO_LONG, CALL_CAUSES[_TOO_LONG], retry=False)
        fields = {
            "To": outgoing.phone,
            "From": outgoing.sender_address,
            "Twiml": markup,
            "StatusCallback": outgoing.status_url,
            "StatusCallbackEvent": "completed",
            "Timeout": str(outgoing.ring_seconds),
            # Speaks at once to a person, and to a voicemail after its tone.
            "MachineDetection": "DetectMessageEnd",
        }
        return create(credentials, "Calls", fields, CALL_CAUSES)

    def incoming(self, webhook: Webhook) -> IncomingCall:
        """Read the webhook of a call that came in."""
        fields = dict(pairs(webhook))
        return IncomingCall(
            call_id=required(fields, "CallSid"),
            sender_address=required(fields, "To"),
            phone=_number(required(fields, "From")),
        )

    def pressed(self, webhook: Webhook) -> KeyPressed:
        """Read what `Gather` found; in calls that we placed, the phone is the one called."""
        fields = dict(pairs(webhook))
        called_in = required(fields, "Direction") == "inbound"
        sender, phone = ("To", "From") if called_in else ("From", "To")
        return KeyPressed(
            call_id=required(fields, "CallSid"),
            sender_address=required(fields, sender),
            phone=_number(required(fields, phone)),
            key=required(fields, "Digits"),
            called_in=called_in,
            attestation=fields.get("StirVerstat", ""),
        )

    def say(self, turn: Turn) -> Document:
        """Write TwiML."""
        return Document(content_type="text/xml", body=_markup(turn.lines, turn.keys_url))


def _number(given: str) -> str:
    """Return the caller's number, nothing where it is withheld."""
    return "" if given.removeprefix("+").lower() in _WITHHELD else given


def _markup(lines: list[str], keys_url: str) -> str:
    said = '<Pause length="1"/>'.join(
        f'<Say language="en-US">{escape(_UNWRITABLE.sub(" ", line))}</Say>' for line in lines
    )
    if keys_url:
        said = (
            f'<Gather input="dtmf" numDigits="1" timeout="{_KEY_SECONDS}" method="POST"'
            f" action={quoteattr(keys_url)}>{said}</Gather>"
        )
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}<Hangup/></Response>'
