"""Test sends: a text or a call to the user's own verified phone, through the same gates."""

import pytest

from assent.accounts.model import OwnPhone
from assent.broadcasts.trial import trial
from assent.consent.model import Channel
from assent.consent.policy import Purpose
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.model import MessageState, SendMessage
from assent.platform.errors import Conflict
from tests.unit.broadcasts.desk import TEXT, Desk

OWN = "+12125550199"


def order(
    desk: Desk, channel: Channel, contact: Contact | None = None, text: str = TEXT
) -> SendMessage:
    """Order a test of a draft, and let the worker have it."""
    wanted = desk.wanted(desk.world.group(), text=text, channel=channel.value)
    made = desk.drafts.create(desk.world.a, wanted, by="Olga")
    phone = OwnPhone(user_id="user", phone=OWN, code_hash="", asked_at=desk.clock.now())
    subject = desk.world.pseudonyms.of(OWN)
    command = trial(made, desk.world.sender, phone, subject, contact, desk.clock)
    desk.world.queue.send(command)
    desk.world.run()
    return command


def test_a_text_is_filled_in_as_for_a_contact_or_with_usual_values(desk: Desk) -> None:
    """B1: preview as any contact, on one's own phone."""
    order(desk, Channel.SMS)
    desk.clock.advance(seconds=1)
    order(desk, Channel.SMS, desk.person(desk.world.group(), first_name="Zoë"))
    desk.clock.advance(seconds=1)
    order(desk, Channel.SMS, desk.person(desk.world.group(), first_name=""))
    assert desk.world.provider.texts_to(OWN) == [
        "Harbor Alerts: hello Alexandra.",
        "Harbor Alerts: hello Zoë.",
        "Harbor Alerts: hello friend.",
    ]


def test_a_broadcast_by_call_rings_the_phone_and_says_the_text(desk: Desk) -> None:
    """B1: as its recipients will hear it, with the key that ends the calls."""
    command = order(desk, Channel.VOICE)
    [call] = desk.world.provider.voice.to(OWN)
    assert "Harbor Alerts: hello Alexandra." in call.lines
    assert "press 9" in call.lines[0]
    assert desk.world.provider.texts_to(OWN) == []
    assert command.purpose == Purpose.TEST


def test_a_call_that_nobody_took_is_not_made_again(desk: Desk) -> None:
    """B1: a test is one attempt."""
    order(desk, Channel.VOICE)
    [call] = desk.world.provider.voice.to(OWN)
    desk.world.receipt(call.status_url.partition("ref=")[2], MessageState.FAILED, "no-answer")
    desk.world.run_delayed()
    assert len(desk.world.provider.voice.to(OWN)) == 1


@pytest.mark.parametrize(("word", "channel"), [("STOP", Channel.SMS), ("9", Channel.VOICE)])
def test_a_phone_that_opted_out_is_not_tested_on(desk: Desk, word: str, channel: Channel) -> None:
    """B1, S5: the same gates as for everybody."""
    if channel == Channel.SMS:
        desk.world.text(word, OWN)
    else:
        desk.world.press(word, OWN)
    desk.world.provider.sent.clear()
    desk.world.provider.voice.placed.clear()
    command = order(desk, channel)
    assert desk.world.provider.sent == []
    assert desk.world.provider.voice.placed == []
    row = messages.row(command.place)
    assert row is not None
    assert (row.state, row.reason) == (MessageState.EXCLUDED, "hard_opt_out")


def test_a_text_that_a_contact_could_not_get_is_refused(desk: Desk) -> None:
    """B1: as the send would leave the contact out."""
    nameless = desk.person(desk.world.group(), first_name="")
    with pytest.raises(Conflict, match="first_name"):
        order(desk, Channel.SMS, nameless, "Harbor Alerts: hello {{ first_name }}.")
