"""Twilio Lookup v2: which kind of line a number is today, at a price per answer.

Source: Twilio, Lookup v2 API, "Line Type Intelligence".
"""

import json

import urllib3

from assent.messaging.providers.base import Credentials, NoAnswer
from assent.messaging.providers.twilio_rest import authorization, pool
from assent.sms.numbers import LineType

_BASE = "https://lookups.twilio.com"
# A lead's worker waits for it, with nine more leads behind it.
_TIMEOUT = urllib3.Timeout(connect=1, read=2)
_OK = 200
_UNKNOWN_NUMBER = 404

_TYPES: dict[str, LineType] = {
    "landline": LineType.fixed_line,
    "mobile": LineType.mobile,
    "fixedVoip": LineType.voip,
    "nonFixedVoip": LineType.voip,
    "personal": LineType.personal_number,
    "tollFree": LineType.toll_free,
    "premium": LineType.premium_rate,
    "sharedCost": LineType.shared_cost,
    "uan": LineType.uan,
    "voicemail": LineType.voicemail,
    "pager": LineType.pager,
}


class TwilioLookUp:
    """The adapter. It keeps nothing: credentials come with each call."""

    def line_type(self, credentials: Credentials, phone: str) -> LineType:
        """Ask for a number in E.164, which Twilio wants in the address."""
        base = credentials.look_up_base or _BASE
        try:
            response = pool().request(
                "GET",
                f"{base}/v2/PhoneNumbers/{phone}?Fields=line_type_intelligence",
                headers={"Authorization": authorization(credentials)},
                timeout=_TIMEOUT,
            )
        except urllib3.exceptions.HTTPError as error:
            # Not chained: its words hold the number.
            raise NoAnswer(type(error).__name__) from None
        if response.status == _UNKNOWN_NUMBER:
            return LineType.unknown
        if response.status != _OK:
            raise NoAnswer(f"status {response.status}")
        return _read(response.data)


def _read(data: bytes) -> LineType:
    try:
        answer = json.loads(data)
    except ValueError as error:
        raise NoAnswer("an answer that is not JSON") from error
    said = answer.get("line_type_intelligence") if isinstance(answer, dict) else None
    kind = said.get("type") if isinstance(said, dict) else None
    return _TYPES.get(kind, LineType.unknown) if isinstance(kind, str) else LineType.unknown
