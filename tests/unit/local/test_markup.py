"""The markup that the simulated carrier reads: what the product writes, and no more."""

from __future__ import annotations

import pytest

from assent.messaging.providers.base import Turn
from assent.messaging.providers.twilio_voice import TwilioVoice
from local import markup
from local.markup import Gather, Hangup, MarkupError, Pause, Say


def test_what_the_product_says_is_read_word_for_word() -> None:
    turn = Turn(lines=["Harbor & Sons. Press 9.", "“Sí” <now>"], keys_url="http://x/keys?a=1&b=2")
    read = markup.read(TwilioVoice().say(turn).body)
    words: list[Say | Pause] = [Say(turn.lines[0]), Pause(1.0), Say(turn.lines[1])]
    assert read == [Gather("http://x/keys?a=1&b=2", 5.0, words), Hangup()]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Goodbye.",
        "<Response>",
        "<Reply/>",
        "<Response><Dial>+1</Dial></Response>",
        "<Response><Gather numDigits='1'/></Response>",
        "<Response><Gather action='x' numDigits='4'/></Response>",
        "<Response><Gather action='x' numDigits='1' input='speech'/></Response>",
        "<Response><Gather action='x' numDigits='1'><Play>x</Play></Gather></Response>",
        "<!DOCTYPE r [<!ENTITY a 'b'>]><Response><Say>&a;</Say></Response>",
    ],
)
def test_what_this_carrier_cannot_do_is_an_error(text: str) -> None:
    with pytest.raises(MarkupError):
        markup.read(text)
