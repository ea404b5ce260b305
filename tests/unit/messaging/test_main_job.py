"""The main job on moto: what the transcript plays, with every step looked at."""

from assent.consent import store as consent_store
from assent.consent.model import Channel, Standing
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.model import ComplianceState, QueueState
from assent.contacts.queue import store as queue_store
from assent.messaging import store as messages
from assent.messaging.model import MessageState, contact_thread
from assent.messaging.providers.base import Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from tests.fakes import ANN, BOB, World


def test_a_lead_gets_one_compliance_text_and_waits_for_its_receipt(world: World) -> None:
    """Q1: the lead is stored, and is not in the queue before its text was received."""
    contact = world.lead()
    assert contact is not None
    assert len(world.provider.texts_to(ANN)) == 1
    assert "STOP" in world.provider.texts_to(ANN)[0]
    assert contact.compliance.state == ComplianceState.SENT
    assert contact.queue.state == QueueState.WAITING
    assert queue_store.size(world.a.id) == 0


def test_the_receipt_lets_the_lead_into_the_queue(world: World) -> None:
    """Q1: entry on the delivered receipt."""
    contact = world.queued()
    assert contact.queue.state == QueueState.QUEUED
    assert contact.compliance.state == ComplianceState.DELIVERED
    assert [contact_id for contact_id, _ in world.line()] == [contact.id]


def test_without_a_receipt_the_lead_enters_after_ten_minutes(world: World) -> None:
    """Q1: a delayed message, sent before the provider is called, lets it in."""
    world.lead()
    [(_, delay)] = world.queue.sent
    assert delay == 600
    assert world.run_delayed() == ["entered"]
    found = world.contact()
    assert found is not None
    assert found.queue.state == QueueState.QUEUED


def test_a_failed_compliance_text_never_queues_the_lead(world: World) -> None:
    """Q1: the contact stays visible with the message's error."""
    world.provider.fails[ANN] = Refused("30007", CAUSES["30007"], retry=False)
    contact = world.lead()
    assert contact is not None
    assert contact.compliance.state == ComplianceState.FAILED
    assert "filtered" in contact.compliance.reason
    assert world.run_delayed() == ["no_longer_waiting"]


def test_a_late_failure_takes_the_lead_out_of_the_queue(world: World) -> None:
    """Q1: a failure receipt that comes later removes a lead that is still queued."""
    contact = world.queued()
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    world.receipt(ref, MessageState.FAILED, "30003")
    found = world.contact()
    assert found is not None
    assert found.queue.state == QueueState.REMOVED
    assert found.queue.left_reason == "compliance_failed"
    assert queue_store.size(world.a.id) == 0
    assert contact.id == found.id


def test_an_unanswered_send_is_unknown_and_never_repeated(world: World) -> None:
    """B6: the outcome is unknown, so nobody sends it again; the lead enters after ten minutes."""
    world.provider.fails[ANN] = Unanswered("timeout")
    contact = world.lead()
    assert contact is not None
    assert contact.compliance.state == ComplianceState.UNKNOWN
    assert world.provider.sent == []
    assert world.run_delayed() == ["entered"]


def test_the_same_person_twice_is_one_contact_and_one_text(world: World) -> None:
    """Q13."""
    first = world.lead()
    world.lead(phone="(212) 555-0101")
    again = world.contact()
    assert first is not None
    assert again is not None
    assert first.id == again.id
    assert len(world.provider.texts_to(ANN)) == 1


def test_stop_ends_everything_for_every_account(world: World) -> None:
    """O8, O4, Q9, S5: one STOP, one confirmation, all accounts, membership and queue."""
    contact = world.member()
    assert world.text("Stop") == "stopped"
    assert world.provider.texts_to(ANN)[-1] == world.sender.stop_text
    for account in (world.a, world.b, world.c):
        entry = world.opt_out().standing_against(Channel.SMS, account.id)
        assert entry is not None
        assert entry.source == "Keyword"
    [membership] = member_store.memberships(world.a.id, contact)
    assert membership.channels == {Channel.VOICE}


def test_stop_takes_a_waiting_lead_out_of_the_queue(world: World) -> None:
    """Q9."""
    world.queued()
    world.text("STOP")
    found = world.contact()
    assert found is not None
    assert found.queue.state == QueueState.REMOVED
    assert found.queue.left_reason == "opted_out"
    assert queue_store.size(world.a.id) == 0


def test_a_second_stop_gets_no_second_confirmation(world: World) -> None:
    """K3: one STOP confirmation in 24 hours."""
    world.member()
    world.text("STOP")
    world.text("STOP")
    assert world.provider.texts_to(ANN).count(world.sender.stop_text) == 1
    world.clock.advance(hours=25)
    world.text("STOP")
    assert world.provider.texts_to(ANN).count(world.sender.stop_text) == 2


def test_a_repeated_stop_webhook_changes_nothing(world: World) -> None:
    """K2: handled once, by the provider's message id."""
    at = world.clock.now()
    world.text("STOP", at=at, message_id="IN-same")
    before = world.opt_out()
    world.text("STOP", at=at, message_id="IN-same")
    assert world.opt_out() == before
    assert world.provider.texts_to(ANN).count(world.sender.stop_text) == 1


def test_a_stop_that_comes_late_loses_to_a_later_start(world: World) -> None:
    """K2: effective time decides, not the order of arrival."""
    world.member()
    early = world.clock.now()
    late = world.clock.advance(minutes=5)
    assert world.text("START", at=late) == "started"
    assert world.text("STOP", at=early) == "outdated_stop"
    assert world.opt_out().standing_against(Channel.SMS, world.a.id) is None


def test_a_tie_between_stop_and_start_goes_to_stop(world: World) -> None:
    """K2."""
    at = world.clock.now()
    world.text("STOP", at=at)
    assert world.text("START", at=at) == "outdated_start"
    assert world.opt_out().standing_against(Channel.SMS, world.a.id) is not None


def test_start_lifts_the_stop_with_one_confirmation(world: World) -> None:
    """O10: each account returns to the state before; the standing was never lost."""
    world.member()
    world.text("STOP")
    world.text("START")
    assert world.opt_out().standing_against(Channel.SMS, world.a.id) is None
    assert world.consent().agreement(world.sender.id, Channel.SMS).standing == Standing.SUBSCRIBED
    assert world.provider.texts_to(ANN)[-1] == world.sender.start_text


def test_help_is_answered_even_to_a_stranger(world: World) -> None:
    """K3."""
    world.text("HELP", phone=BOB)
    assert world.provider.texts_to(BOB) == [world.sender.help_text]


def test_stop_from_a_number_never_seen_is_recorded_and_confirmed(world: World) -> None:
    """K3."""
    world.text("stop", phone=BOB)
    assert world.opt_out(BOB).standing_against(Channel.SMS, world.b.id) is not None
    assert world.provider.texts_to(BOB) == [world.sender.stop_text]


def test_a_stop_for_a_sender_that_nobody_owns_is_still_recorded(world: World) -> None:
    """K5."""
    assert world.text("STOP", to="+18885550199") == "stopped"
    kept = consent_store.opt_out("sn_18885550199", world.pseudonyms.of(ANN))
    assert kept.standing_against(Channel.SMS, world.a.id) is not None
    assert world.provider.sent == []


def test_another_tenants_signature_cannot_stop_this_sender(world: World) -> None:
    """K5, line 9: validly signed, but not by the account that owns the sender."""
    assert world.text("STOP", connection=world.b.id) == "unrouted"
    assert world.opt_out().standing_against(Channel.SMS, world.a.id) is None


def test_a_listed_number_gets_nothing_when_it_comes_in_again(world: World) -> None:
    """O10, Q12: neutral, nothing sent, counted."""
    world.text("STOP")
    before = len(world.provider.sent)
    assert world.lead() is None
    assert len(world.provider.sent) == before
    assert world.health().listed == 1


def test_ordinary_words_are_kept_in_the_conversation(world: World) -> None:
    """K6."""
    contact = world.member()
    world.text("Stop by tomorrow at 5?")
    assert world.opt_out().entries == {}
    thread = messages.thread(contact_thread(world.a.id, contact.id))
    assert any(m.inbound and m.body == "Stop by tomorrow at 5?" for m in thread)
