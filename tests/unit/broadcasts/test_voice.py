"""Broadcasts by voice: the same plan, pace and gates; a call in the place of a text."""

from assent.broadcasts.results import Outcome, Report
from assent.broadcasts.why import why
from assent.consent.model import Channel
from assent.contacts.model import Contact
from assent.messaging.model import MessageState
from tests.fakes import ANN, BOB
from tests.unit.broadcasts.desk import Desk


def two(desk: Desk) -> tuple[Contact, Contact]:
    """A is out of SMS, B out of voice; both are in the group."""
    ann, bob = desk.world.member(ANN), desk.world.member(BOB)
    desk.world.text("STOP", ANN)
    desk.world.press("9", BOB)
    desk.world.provider.sent.clear()
    desk.world.provider.voice.placed.clear()
    return ann, bob


def test_each_channel_reaches_who_is_subscribed_to_it(desk: Desk) -> None:
    """S6: A (out of SMS) and B (out of voice), both in the group, with no manual filter."""
    ann, bob = two(desk)
    group = desk.world.group()
    by_text = desk.send(group)
    assert [sent.phone for sent in desk.world.provider.sent] == [bob.phone]
    assert desk.world.provider.voice.placed == []
    assert desk.report(by_text) == Report(planned=2, sent=1, excluded={"hard_opt_out": 1})

    spoken = desk.drafts.create(desk.world.a, desk.wanted(group, channel="voice"), by="Olga")
    assert (spoken.channel, spoken.segments) == (Channel.VOICE, 1)
    desk.begin(spoken)
    desk.run()
    assert [call.phone for call in desk.world.provider.voice.placed] == [ann.phone]
    assert len(desk.world.provider.sent) == 1
    assert desk.report(spoken) == Report(planned=2, sent=1, excluded={"hard_opt_out": 1})
    left_out = why(spoken.account_id, spoken.id, bob.id, desk.clock)
    assert (left_out.outcome, left_out.reason) == (Outcome.EXCLUDED, "hard_opt_out")
    assert "by calling the sender and pressing 1" in left_out.message
    assert "by texting START" in why(by_text.account_id, by_text.id, ann.id, desk.clock).message


def test_a_call_that_was_taken_is_told(desk: Desk) -> None:
    """S7."""
    ann = desk.world.member(ANN)
    desk.world.provider.voice.placed.clear()
    group = desk.world.group()
    spoken = desk.drafts.create(desk.world.a, desk.wanted(group, channel="voice"), by="Olga")
    desk.begin(spoken)
    desk.run()
    desk.handle(desk.receipt_for(spoken, ann, MessageState.DELIVERED))
    assert desk.report(spoken) == Report(planned=1, sent=1, delivered=1)
    answer = why(spoken.account_id, spoken.id, ann.id, desk.clock)
    assert answer.outcome == Outcome.DELIVERED
