"""What a key pressed in a call means. The law asks for a key that ends calls at any time.

Source: 47 CFR 64.1200(b)(3); that 1 allows calls again is this product's own choice (S5).
"""

from assent.messaging.model import KeyOfCall
from assent.sms.keywords import Intent

STOP_KEY = "9"
START_KEY = "1"


def intent_of(key: str, call: KeyOfCall) -> Intent:
    """Say what a key means: 9 in any call, 1 only where the phone itself called the sender."""
    if key == STOP_KEY:
        return Intent.opt_out
    if key == START_KEY and call.called_in:
        return Intent.opt_in
    return Intent.other
