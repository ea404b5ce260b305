"""Calls: one message each, claimed and read as a text is, made again when nobody took them."""

from datetime import timedelta

import pytest

from assent.accounts.model import AccountChange
from assent.consent.model import Channel, Suppression
from assent.contacts.groups.memberships import store as member_store
from assent.messaging import store
from assent.messaging.calling import NO_VOICE
from assent.messaging.dispatch import TryLater, explain
from assent.messaging.model import MessageState, SendMessage, attempt_place
from assent.messaging.providers.base import Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from assent.messaging.redial import GIVE_UP_AFTER
from assent.messaging.redialing import Wish
from tests.calls import recorded
from tests.fakes import ANN, BOB, FakeProvider, World

BUSY = Refused("429", CAUSES["30008"], retry=True)


@pytest.fixture
def ann(world: World) -> World:
    """A world in which Ann agreed to texts and calls, at a time of day at which she may be called.

    Noon in New York.
    """
    world.clock.at = world.clock.at.replace(hour=17)
    world.member(ANN)
    world.queue.sent.clear()  # the lead's wait for a receipt
    return world


def state(world: World, command: SendMessage, attempt: int = 1) -> MessageState | None:
    kept = store.row(attempt_place(command.place, attempt))
    return MessageState(kept.state) if kept and kept.state else None


def pending(world: World) -> list[SendMessage]:
    return [command for command, _ in world.queue.sent if isinstance(command, SendMessage)]


def wait(world: World, **time: int) -> list[str]:
    """Let time pass, and all that was held back for it come."""
    world.clock.at += timedelta(**time)
    return world.run_delayed()


# One call


def test_a_call_says_who_calls_then_how_to_stop_then_the_message_and_again_how(ann: World) -> None:
    """B1, S5: the key is named at the start and at the end, and the number for a voicemail."""
    assert ann.dispatcher.send(ann.calling(body="We open at nine.")).state == MessageState.SENT
    [call] = ann.provider.voice.placed
    assert call.lines == [
        "Harbor Alerts. To stop these calls, press 9 at any time.",
        "We open at nine.",
        "To stop these calls, press 9 now, or call 1, 8 8 8, 5 5 5, 0 1 0 0 and press 9.",
    ]
    assert (call.phone, call.sender_address) == (ANN, ann.sender.address)
    assert call.keys_url == f"https://api.example/webhooks/twilio/{ann.a.id}/voice/keys"
    assert f"/webhooks/twilio/{ann.a.id}/status?ref=" in call.status_url
    assert ann.provider.texts_to(ANN)[1:] == []


def test_a_call_is_claimed_then_read_then_placed_and_never_twice(ann: World) -> None:
    """B6, line 2."""
    command = ann.calling()
    with recorded() as calls:
        assert ann.dispatcher.send(command).state == MessageState.SENT
    operations = [operation for _, operation in calls]
    claim = operations.index("PutItem")
    assert operations[claim : claim + 3] == ["PutItem", "GetItem", "GetItem"]
    assert ann.dispatcher.send(command).state == MessageState.SENT
    assert len(ann.provider.voice.placed) == 1


def test_each_channel_is_asked_for_its_own_opt_out(ann: World) -> None:
    """S2, S6: out of texts, Ann is called; out of calls, she is texted."""
    ann.text("STOP")
    assert ann.dispatcher.send(ann.calling()).state == MessageState.SENT
    ann.press("9")
    outcome = ann.dispatcher.send(ann.calling())
    assert (outcome.state, outcome.reason) == (MessageState.EXCLUDED, "hard_opt_out")
    assert "pressing 1" in explain(outcome.reason, Channel.VOICE)
    ann.text("START")
    assert ann.dispatcher.send(ann.calling()).state == MessageState.EXCLUDED
    texted = ann.calling().model_copy(update={"channel": Channel.SMS})
    assert ann.dispatcher.send(texted).state == MessageState.SENT
    assert len(ann.provider.voice.placed) == 1


def test_nobody_is_called_without_consent_to_calls(world: World) -> None:
    """S0."""
    _, key = world.integrations.create(
        world.a.id, "Texts", "I agree to get texts.", channels=[Channel.SMS]
    )
    world.lead(BOB, key=key)
    outcome = world.dispatcher.send(world.calling(BOB))
    assert (outcome.state, outcome.reason) == (MessageState.EXCLUDED, "no_consent")


def test_a_provider_without_calls_fails_in_plain_words(
    ann: World, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "voice", None)
    outcome = ann.dispatcher.send(ann.calling())
    assert (outcome.state, outcome.reason) == (MessageState.FAILED, NO_VOICE)
    assert "places no calls" in explain(outcome.reason)


def test_a_call_without_an_answer_of_the_provider_is_unknown_and_not_repeated(ann: World) -> None:
    """B6."""
    ann.provider.voice.fails[ANN] = Unanswered("reset")
    command = ann.calling()
    assert ann.dispatcher.send(command).state == MessageState.UNKNOWN
    ann.provider.voice.fails.clear()
    assert ann.dispatcher.send(command).state == MessageState.UNKNOWN
    assert ann.provider.voice.placed == []


def test_a_busy_provider_gives_the_claim_back(ann: World) -> None:
    ann.provider.voice.fails[ANN] = BUSY
    command = ann.calling()
    with pytest.raises(TryLater):
        ann.dispatcher.send(command)
    ann.provider.voice.fails.clear()
    assert ann.dispatcher.send(command).state == MessageState.SENT


# How it ended


@pytest.mark.parametrize(
    ("answered_by", "words"),
    [("human", ""), ("machine_end_beep", "A voicemail took the call")],
)
def test_a_call_that_was_taken_is_delivered_and_says_by_whom(
    ann: World, answered_by: str, words: str
) -> None:
    """B5."""
    command = ann.calling().model_copy(update={"broadcast_id": "bc_1"})
    ann.dispatcher.send(command)
    ann.receipts.count_delivery = ann._count
    assert ann.call_ends("completed", AnsweredBy=answered_by) == "delivered"
    kept = store.row(command.place)
    assert kept is not None
    assert explain(kept.reason).startswith(words)
    assert bool(kept.reason) is bool(words)
    assert ann.counted == [("bc_1", MessageState.DELIVERED)]
    assert pending(ann) == []


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_failure_that_trying_again_does_not_help_is_final(ann: World, status: str) -> None:
    command = ann.calling().model_copy(update={"broadcast_id": "bc_1"})
    ann.dispatcher.send(command)
    ann.receipts.count_delivery = ann._count
    assert ann.call_ends(status) == "failed"
    assert ann.counted == [("bc_1", MessageState.FAILED)]
    assert pending(ann) == []


# Calling again


def unanswered(world: World, status: str = "no-answer") -> SendMessage:
    """Let a call of a broadcast go unanswered."""
    world.receipts.count_delivery = world._count
    command = world.calling().model_copy(update={"broadcast_id": "bc_1"})
    assert world.dispatcher.send(command).state == MessageState.SENT
    assert world.call_ends(status) == "called_again"
    return command


def test_a_call_that_nobody_took_is_made_again_and_has_not_failed_until_the_last(
    ann: World,
) -> None:
    """B5, B6: three attempts, each its own message; the report hears of the last."""
    command = unanswered(ann)
    assert state(ann, command) == MessageState.FAILED
    assert wait(ann, minutes=29) == ["early"]
    assert wait(ann, minutes=1) == ["sent"]
    assert ann.call_ends("no-answer") == "called_again"
    assert wait(ann, hours=1) == ["early"]
    assert len(ann.provider.voice.to(ANN)) == 2
    assert wait(ann, hours=1) == ["sent"]
    assert ann.counted == []
    assert ann.call_ends("no-answer") == "failed"
    assert ann.counted == [("bc_1", MessageState.FAILED)]
    assert pending(ann) == []
    assert [state(ann, command, n) for n in (1, 2, 3)] == [MessageState.FAILED] * 3
    assert len({call.status_url for call in ann.provider.voice.to(ANN)}) == 3


def test_a_later_attempt_that_is_taken_is_what_counts(ann: World) -> None:
    command = unanswered(ann, "busy")
    assert wait(ann, minutes=5) == ["sent"]
    assert ann.call_ends("completed", AnsweredBy="human") == "delivered"
    assert ann.counted == [("bc_1", MessageState.DELIVERED)]
    assert state(ann, command, 2) == MessageState.DELIVERED


def test_nobody_is_called_twice_by_a_repeated_receipt_or_a_repeated_attempt(ann: World) -> None:
    """B6: receipts and attempts come twice, and late."""
    unanswered(ann)
    ann.call_ends("no-answer")
    ann.call_ends("no-answer")
    again = pending(ann)
    assert len(again) == 3
    assert sorted(wait(ann, minutes=31)) == ["sent", "sent", "sent"]
    assert len(ann.provider.voice.to(ANN)) == 2
    ann.call_ends("no-answer")
    for command in again:
        ann.queue.send(command)
    ann.run()
    assert len(ann.provider.voice.to(ANN)) == 2
    assert ann.counted == []


def test_a_wait_is_sent_anew_within_what_a_queue_can_hold_back(ann: World) -> None:
    unanswered(ann)
    [(_, delay)] = ann.queue.sent
    assert delay == 900
    assert wait(ann, minutes=29, seconds=50) == ["early"]
    [(_, delay)] = ann.queue.sent
    assert delay == 10


def test_who_ended_calls_between_two_attempts_is_not_called(ann: World) -> None:
    """B8: each attempt looks at the opt-out list again; the first one's failure is what remains."""
    command = unanswered(ann)
    ann.press("9", called_in=True)
    assert wait(ann, minutes=31) == ["excluded"]
    assert len(ann.provider.voice.to(ANN)) == 1
    assert state(ann, command, 2) == MessageState.EXCLUDED
    assert ann.counted == [("bc_1", MessageState.FAILED)]


def test_an_attempt_waits_for_the_hours_of_the_person(ann: World) -> None:
    """B4: quiet hours hold for attempts too."""
    ann.clock.at += timedelta(hours=8, minutes=40)  # 20:40 in New York
    unanswered(ann)
    assert wait(ann, minutes=31) == ["put_off"]
    assert wait(ann, hours=9) == ["put_off"]
    assert len(ann.provider.voice.to(ANN)) == 1
    assert wait(ann, hours=2) == ["sent"]  # 08:11 in New York


def test_an_attempt_that_waits_for_too_long_is_given_up(ann: World) -> None:
    """B5: the last failure is what is reported then."""
    unanswered(ann)
    ann.clock.at += timedelta(minutes=30) + GIVE_UP_AFTER
    assert ann.run_delayed() == ["given_up"]
    assert ann.counted == [("bc_1", MessageState.FAILED)]
    assert pending(ann) == []


def test_a_cancelled_broadcast_calls_nobody_again(ann: World) -> None:
    """B5."""
    unanswered(ann)
    ann.wish = Wish.NO
    assert wait(ann, minutes=31) == ["given_up"]
    assert ann.counted == [("bc_1", MessageState.FAILED)]
    assert len(ann.provider.voice.to(ANN)) == 1


def test_a_paused_broadcast_calls_again_when_it_goes_on(ann: World) -> None:
    """B5."""
    unanswered(ann)
    ann.wish = Wish.LATER
    assert wait(ann, minutes=31) == ["put_off"]
    ann.wish = Wish.YES
    assert wait(ann, minutes=15) == ["sent"]


def test_an_attempt_that_was_made_is_not_given_up_when_it_is_delivered_again(ann: World) -> None:
    unanswered(ann)
    [again] = pending(ann)
    assert wait(ann, minutes=31) == ["sent"]
    ann.wish = Wish.NO
    assert ann.handle(again) == "made_already"
    assert ann.counted == []


def test_an_attempt_waits_while_the_provider_is_busy(ann: World) -> None:
    unanswered(ann)
    ann.provider.voice.fails[ANN] = BUSY
    assert wait(ann, minutes=31) == ["provider_busy"]
    ann.provider.voice.fails.clear()
    assert wait(ann, minutes=1) == ["sent"]


def test_a_text_that_failed_is_not_called_after(ann: World) -> None:
    """Only calls are made again, whatever code a provider gives."""
    command = ann.calling().model_copy(update={"channel": Channel.SMS, "broadcast_id": "bc_1"})
    ann.dispatcher.send(command)
    ann.receipts.count_delivery = ann._count
    ref = ann.provider.sent[-1].status_url.partition("ref=")[2]
    ann.receipt(ref, MessageState.FAILED, "busy")
    assert ann.counted == [("bc_1", MessageState.FAILED)]
    assert pending(ann) == []


# Keys


def test_nine_ends_calls_in_every_account_of_the_sender_and_leaves_texts_alone(ann: World) -> None:
    """S2, S5, O8, K3: hard, source Keypress; confirmed in the call, so no text is sent."""
    before = len(ann.provider.texts_to(ANN))
    assert ann.press("9", call="CA7") == "stopped"
    against = ann.opt_out()
    for account in (ann.a, ann.b, ann.c):
        entry = against.opted_out(Channel.VOICE, account.id)
        assert entry is not None
        assert (entry.suppression, entry.source) == (Suppression.HARD, "Keypress")
        assert against.opted_out(Channel.SMS, account.id) is None
    assert len(ann.provider.texts_to(ANN)) == before


def test_the_first_stop_by_text_after_a_nine_is_confirmed(ann: World) -> None:
    """K3: the call was its own confirmation, and is none for texts."""
    ann.press("9")
    assert ann.text("STOP") == "stopped"
    assert ann.provider.texts_to(ANN)[-1] == ann.sender.stop_text
    ann.press("1", called_in=True)
    before = len(ann.provider.texts_to(ANN))
    assert ann.text("STOP") == "stopped"
    assert len(ann.provider.texts_to(ANN)) == before


def test_one_allows_calls_again_only_for_who_calls_the_sender(ann: World) -> None:
    """S5, O10: in a call that we placed, 1 means nothing."""
    ann.press("9")
    assert ann.press("1", called_in=False) == "key_without_meaning"
    assert ann.opt_out().opted_out(Channel.VOICE, ann.a.id)
    assert ann.press("1", called_in=True) == "started"
    for account in (ann.a, ann.b, ann.c):
        assert ann.opt_out().opted_out(Channel.VOICE, account.id) is None


def test_the_same_key_of_the_same_call_counts_once(ann: World) -> None:
    """K2, K5."""
    assert ann.press("9", call="CA7") == "stopped"
    ann.press("1", call="CA8", called_in=True)
    record = ann.opt_out()
    assert ann.press("9", call="CA7") == "stopped"
    assert ann.opt_out() == record


def test_a_key_signed_by_somebody_else_changes_nothing(ann: World) -> None:
    """K5, line 9: kept, and no more."""
    assert ann.press("9", connection=ann.b.id) == "unrouted"
    assert ann.opt_out().entries == {}


def test_a_nine_to_a_sender_that_nobody_owns_is_recorded(ann: World) -> None:
    """K5."""
    assert ann.press("9", to="+18885550177") == "stopped"


def test_the_account_may_let_start_by_text_allow_calls_again(ann: World) -> None:
    """S5: with the option that couples the channels."""
    ann.press("9")
    ann.accounts.change(ann.a.id, AccountChange(stop_ends_calls=True))
    ann.text("STOP")
    ann.text("START")
    assert ann.opt_out().opted_out(Channel.VOICE, ann.a.id) is None
    assert ann.opt_out().opted_out(Channel.VOICE, ann.b.id)


def test_a_nine_takes_the_voice_out_of_groups_and_leaves_texts_in(ann: World) -> None:
    """O4."""
    ann.press("9")
    contact = ann.contact()
    assert contact is not None
    [member] = member_store.memberships(ann.a.id, contact)
    assert member.channels == {Channel.SMS}
