"""Broadcasts by voice: the same plan, pace and gates; a call in the place of a text."""

from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import Broadcast
from assent.broadcasts.progress import note_delivery
from assent.broadcasts.results import Outcome, Report, Why
from assent.broadcasts.text import preview
from assent.consent.model import Channel
from assent.contacts.model import Contact
from assent.messaging.model import MessageState
from tests.fakes import ANN, BOB
from tests.unit.broadcasts.desk import Desk
from tests.unit.contacts.profiles import Profiles


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


def called(desk: Desk) -> tuple[Broadcast, Contact]:
    """Call Ann by a broadcast, at noon; the phone rings."""
    desk.clock.at = desk.clock.now().replace(hour=17)
    ann = desk.world.member(ANN)
    desk.world.provider.voice.placed.clear()
    spoken = desk.drafts.create(
        desk.world.a, desk.wanted(desk.world.group(), channel="voice"), by="Olga"
    )
    desk.begin(spoken)
    desk.run()
    desk.world.redialer.count_delivery = note_delivery
    return desk.fresh(spoken), ann


def asked(desk: Desk, spoken: Broadcast, contact: Contact) -> Why:
    return why(spoken.account_id, spoken.id, contact.id, desk.clock)


def test_who_is_to_be_called_again_has_not_failed_yet(desk: Desk) -> None:
    """S7, B5: what is told is what the report counts."""
    spoken, ann = called(desk)
    assert desk.world.call_ends("no-answer") == "called_again"
    answer = asked(desk, spoken, ann)
    assert (answer.outcome, answer.reason) == (Outcome.SENT, "no-answer")
    assert answer.message.endswith("It is called again, within the hours in which that is allowed.")
    assert desk.report(spoken).sent == 1


def test_a_nine_in_the_second_call_counts_for_the_next_broadcast(desk: Desk) -> None:
    """S7, S5: no answer, called again, taken, and ended by key 9."""
    spoken, ann = called(desk)
    desk.world.call_ends("no-answer")
    desk.clock.advance(minutes=31)
    desk.world.run_delayed()
    assert len(desk.world.provider.voice.to(ANN)) == 2
    desk.world.press("9", ANN)
    desk.world.call_ends("completed")
    answer = asked(desk, spoken, ann)
    assert (answer.outcome, answer.evidence["attempts"]) == (Outcome.DELIVERED, "2")
    assert desk.report(spoken).delivered == 1
    following = desk.drafts.create(
        desk.world.a, desk.wanted(desk.world.group(), channel="voice"), by="Olga"
    )
    desk.begin(following)
    desk.run()
    left_out = asked(desk, following, ann)
    assert (left_out.outcome, left_out.reason) == (Outcome.EXCLUDED, "hard_opt_out")
    assert left_out.evidence["source"] == "Keypress"
    assert "pressing 1" in left_out.message


def test_a_nine_between_two_calls_is_why_the_second_was_not_made(desk: Desk) -> None:
    """S7, B8: no answer; a call to the sender, key 9; the report counts one that failed."""
    spoken, ann = called(desk)
    desk.world.call_ends("no-answer")
    desk.world.press("9", ANN, called_in=True)
    at = desk.clock.now()
    desk.clock.advance(minutes=31)
    desk.world.run_delayed()
    assert len(desk.world.provider.voice.to(ANN)) == 1
    answer = asked(desk, spoken, ann)
    assert (answer.outcome, answer.reason) == (Outcome.FAILED, "hard_opt_out")
    assert "Nobody answered the call. " in answer.message
    assert "It was not called again: The contact opted out of calls." in answer.message
    assert (answer.evidence["source"], answer.evidence["state"]) == ("Keypress", "failed")
    assert answer.evidence["effective_at"] <= at.isoformat()
    assert desk.report(spoken).failed == 1
    desk.world.press("1", ANN, called_in=True)
    assert asked(desk, spoken, ann) == answer  # it stays true of this broadcast


def test_who_could_not_be_called_again_in_time_has_failed(desk: Desk) -> None:
    """S7, B4: given up after twelve hours."""
    spoken, ann = called(desk)
    desk.world.call_ends("no-answer")
    desk.clock.advance(hours=13)
    desk.world.run_delayed()
    answer = asked(desk, spoken, ann)
    assert (answer.outcome, answer.reason) == (Outcome.FAILED, "no-answer")
    assert desk.report(spoken).failed == 1


def test_who_has_another_number_by_then_is_not_called_at_the_old_one(desk: Desk) -> None:
    """C11."""
    spoken, ann = called(desk)
    desk.world.call_ends("no-answer")
    Profiles(desk.world).edit(ann, phone="+12125550109")
    desk.clock.advance(minutes=31)
    desk.world.run_delayed()
    assert len(desk.world.provider.voice.placed) == 1
    assert asked(desk, spoken, ann).outcome == Outcome.FAILED


def test_a_call_is_shown_as_it_is_heard_and_asked_for_nothing_that_it_says_itself(
    desk: Desk,
) -> None:
    """B1: who calls and how to end the calls is said around the message, as in the call made."""
    group = desk.world.group()
    ann = desk.person(group, channels=frozenset({Channel.VOICE}), first_name="Ann")
    shown = preview("Hello {{ first_name }}.", desk.world.sender, Channel.VOICE, ann)
    assert (shown.problems, shown.warnings) == ([], [])
    wanted = desk.wanted(group, channel="voice", text="Hello {{ first_name }}.")
    desk.begin(desk.drafts.create(desk.world.a, wanted, by="Olga"))
    desk.run()
    [call] = desk.world.provider.voice.to(ann.phone)
    assert shown.said == list(call.lines)
    assert shown.said[1] == "Hello Ann."
    nothing = preview("  ", desk.world.sender, Channel.VOICE, ann)
    assert [one.code for one in nothing.problems] == ["empty"]
    assert preview("Hello.", desk.world.sender, Channel.SMS, ann).said == []
