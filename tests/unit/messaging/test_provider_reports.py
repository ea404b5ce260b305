"""A provider that refuses because the number opted out is believed, and nothing of it is lost."""

from contextlib import suppress
from itertools import count

import pytest

from assent.consent.chains import store as chain_store
from assent.consent.ledger import verify
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, EventType, Source, Suppression
from assent.consent.policy import Purpose
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.model import ComplianceState, QueueState
from assent.messaging import store
from assent.messaging.dispatch import explain, from_reference
from assent.messaging.incoming import store as incoming
from assent.messaging.model import Message, MessageState, SendMessage, sender_thread
from assent.messaging.providers import cause_of
from assent.messaging.providers.base import Refused
from tests.calls import Died, dying, recorded
from tests.fakes import ANN, BOB, CALLER, World

CAUSE = cause_of("21610")
assert CAUSE is not None
BLOCKED = Refused("21610", CAUSE, retry=False)


def blocked(world: World, phone: str = ANN) -> None:
    world.provider.fails[phone] = BLOCKED


def answers(world: World, phone: str = ANN) -> list[Message]:
    thread = sender_thread(world.sender.id, world.pseudonyms.of(phone))
    return store.thread(thread, before=incoming.RECEIVED)


def test_a_refused_message_opts_the_number_out_for_all_accounts(world: World) -> None:
    """S5, O4, P1: hard, source Provider, with code and message; the message says why it failed."""
    blocked(world)
    contact = world.lead()
    assert contact is not None
    for account in (world.a, world.b, world.c):
        entry = world.opt_out().opted_out(Channel.SMS, account.id)
        assert entry is not None
        assert (entry.suppression, entry.source) == (Suppression.HARD, Source.PROVIDER)
    assert contact.compliance.state == ComplianceState.FAILED
    assert "START" in contact.compliance.reason
    assert contact.queue.state == QueueState.REMOVED
    subject = world.pseudonyms.of(ANN)
    [event] = chain_store.events(world.sender.id, subject)
    assert event.type == EventType.PROVIDER_REPORTED
    assert event.evidence is not None
    assert event.evidence["code"] == "21610"
    assert event.evidence["message_id"]
    record = world.opt_out()
    assert (record.phone, record.sequence) == (ANN, 1)
    assert verify(world.sender.id, subject, [event], (record.sequence, record.head)) is None
    rows = listing_store.listed(world.a.id)
    assert len(rows) == 1


def test_a_receipt_that_says_so_is_learned_from_once(world: World) -> None:
    """S5, C9."""
    contact = world.member()
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    for _ in range(3):
        world.receipt(ref, MessageState.FAILED, "21610")
    entry = world.opt_out().opted_out(Channel.SMS, world.b.id)
    assert entry is not None
    assert entry.source == Source.PROVIDER
    assert world.opt_out().phone == ANN
    [member] = member_store.memberships(world.a.id, contact)
    assert member.channels == {Channel.VOICE}
    place = from_reference(ref)
    assert place is not None
    row = store.row(place)
    assert row is not None
    assert (row.state, row.reason) == ("failed", "21610")
    assert not row.todo
    assert len(chain_store.events(world.sender.id, contact.subject)) == 1


def test_a_receipt_about_an_answer_to_a_stranger_is_learned_from(world: World) -> None:
    """K3: the sender's own thread tells whose it is."""
    world.text("HELP", BOB)
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    world.receipt(ref, MessageState.FAILED, "21610")
    assert world.opt_out(BOB).opted_out(Channel.SMS, world.a.id) is not None


def test_what_stands_already_stays_as_it_is(world: World) -> None:
    """S5: a STOP is not written over by a provider's word."""
    world.text_only("STOP")
    blocked(world)
    world.run()
    entry = world.opt_out().opted_out(Channel.SMS, world.a.id)
    assert entry is not None
    assert entry.source == Source.KEYWORD
    assert world.opt_out().sequence == 1
    [reply] = answers(world)
    assert (reply.state, reply.reason) == (MessageState.FAILED, "21610")


def test_a_receipt_for_what_was_sent_before_a_start_changes_nothing(world: World) -> None:
    """K2: the START is newer than the refusal."""
    world.member()
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    world.clock.advance(minutes=1)
    world.text("START")
    world.receipt(ref, MessageState.FAILED, "21610")
    assert world.opt_out().opted_out(Channel.SMS, world.a.id) is None


def test_a_refused_start_reply_shows_that_the_provider_still_blocks(world: World) -> None:
    """O10, S5: the profile shows a hard opt-out of the provider, the answer says what to do."""
    world.member()
    world.text("STOP")
    blocked(world)
    assert world.text("START") == "started"
    entry = world.opt_out().opted_out(Channel.SMS, world.a.id)
    assert entry is not None
    assert (entry.suppression, entry.source) == (Suppression.HARD, Source.PROVIDER)
    reply = answers(world)[0]
    assert (reply.purpose, reply.state) == (Purpose.START_REPLY, MessageState.FAILED)
    assert "still blocks" in explain(reply.reason)
    assert "START" in explain(reply.reason)
    world.provider.fails.clear()
    world.text("START")
    assert world.opt_out().opted_out(Channel.SMS, world.a.id) is None


def test_a_join_that_the_provider_blocks_shows_that_start_is_needed(world: World) -> None:
    """O10."""
    group = world.group()
    world.senders.add_word(world.a.id, world.sender.id, "NEWS", group.id)
    blocked(world, BOB)
    assert world.text("NEWS", BOB) == "join_requested"
    entry = world.opt_out(BOB).opted_out(Channel.SMS, world.a.id)
    assert entry is not None
    assert entry.source == Source.PROVIDER
    assert world.text("YES", BOB) == "inbox_yes"


def test_another_refusal_teaches_nothing(world: World) -> None:
    """S5."""
    cause = cause_of("30007")
    assert cause is not None
    world.provider.fails[ANN] = Refused("30007", cause, retry=False)
    world.lead()
    assert world.opt_out().sequence == 0


phones = count(2125590000)


def message(world: World, phone: str) -> SendMessage:
    """Take a lead in, and hold its compliance message back."""
    body = {"first_name": "Ann", "last_name": "Lee", "phone": phone}
    world.ingest.from_api(world.api_key, body, CALLER)
    [(command, _)] = world.queue.sent
    world.queue.sent = []
    world.handle(command)
    [sent] = world.queue.take(SendMessage)
    return sent


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_once_it_is_recorded_its_effects_follow_wherever_the_process_ends(
    world: World, *, before: bool
) -> None:
    """Line 4: either nothing was learned and the message is `unknown`, or all of it follows."""
    phone = f"+1{next(phones)}"
    blocked(world, phone)
    first = message(world, phone)
    with recorded() as calls:
        world.dispatcher.send(first)
    world.queue.sent = []
    learned = 0
    for at in range(len(calls)):
        phone = f"+1{next(phones)}"
        blocked(world, phone)
        command = message(world, phone)
        with suppress(Died), dying(at, before=before):
            world.dispatcher.send(command)
        world.dispatcher.send(command)
        world.run()
        row = store.row(command.place)
        assert row is not None
        assert not row.todo, at
        against = world.opt_out(phone).opted_out(Channel.SMS, world.a.id)
        found = world.contact(phone)
        assert found is not None
        if against is None:
            assert row.state == MessageState.UNKNOWN, at
        else:
            learned += 1
            assert (row.state, row.reason) == (MessageState.FAILED, "21610"), at
            assert found.queue.state == QueueState.REMOVED, at
        assert world.opt_out(phone).sequence == (0 if against is None else 1)
        world.queue.sent = []
    assert learned > len(calls) // 3


@pytest.mark.thorough
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_receipt_is_learned_from_wherever_the_process_ends(world: World, *, before: bool) -> None:
    """Line 4: a receipt comes again until it was handled."""

    def refused(phone: str) -> str:
        world.lead(phone)
        return world.provider.sent[-1].status_url.partition("ref=")[2]

    with recorded() as calls:
        world.receipt(refused(f"+1{next(phones)}"), MessageState.FAILED, "21610")
    for at in range(12):
        phone = f"+1{next(phones)}"
        ref = refused(phone)
        with dying(at, before=before), pytest.raises(Died):
            world.receipt(ref, MessageState.FAILED, "21610")
        world.queue.sent = [(command, delay) for command, delay in world.queue.sent if not delay]
        world.receipt(ref, MessageState.FAILED, "21610")
        assert world.opt_out(phone).sequence == 1, at
        found = world.contact(phone)
        assert found is not None
        assert found.queue.state == QueueState.REMOVED, at
        world.queue.sent = []
    assert len(calls) > 12
