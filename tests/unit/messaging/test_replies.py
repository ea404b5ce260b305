"""Who is answered, by whom, and where what came in is kept."""

import pytest

from assent.accounts import store as accounts
from assent.accounts.model import KeywordReplies
from assent.consent.model import Channel
from assent.messaging import store
from assent.messaging.incoming import store as incoming
from assent.messaging.model import MessageState, contact_thread, sender_thread
from tests.fakes import ANN, BOB, CAT, DISCLOSURE, World

NOBODYS = "+18885550199"


@pytest.mark.parametrize(
    ("body", "text"), [("STOP", "stop_text"), ("HELP", "help_text"), ("START", "start_text")]
)
def test_a_number_never_seen_is_answered(world: World, body: str, text: str) -> None:
    """K3."""
    world.text(body, CAT)
    assert world.provider.texts_to(CAT) == [getattr(world.sender, text)]


def test_an_opted_out_number_gets_help_and_nothing_else(world: World) -> None:
    """K3, K4."""
    world.member()
    world.text("STOP")
    before = len(world.provider.texts_to(ANN))
    for body in ("HELP", "Is there parking?", "YES", "No", "stop harbor"):
        world.text(body)
    assert world.provider.texts_to(ANN)[before:] == [world.sender.help_text]


def test_one_confirmation_a_day_for_each_number_and_sender(world: World) -> None:
    """K3."""
    for phone in (ANN, BOB, ANN, BOB):
        world.text("STOP", phone)
    assert world.provider.texts_to(ANN) == [world.sender.stop_text]
    assert world.provider.texts_to(BOB) == [world.sender.stop_text]
    world.clock.advance(hours=24)
    world.text("STOP")
    assert len(world.provider.texts_to(ANN)) == 2


@pytest.mark.parametrize("body", ["STOP", "START", "HELP"])
def test_where_the_provider_answers_by_itself_we_do_not(world: World, body: str) -> None:
    """K3: never two answers, but what it means is recorded all the same."""
    provider_answers = {"keyword_replies": KeywordReplies.PROVIDER}
    accounts.replace_sender(world.sender.model_copy(update=provider_answers))
    world.clock.advance(seconds=11)
    world.text(body)
    assert world.provider.sent == []
    assert world.opt_out().sequence == (0 if body == "HELP" else 1)


@pytest.mark.parametrize("body", ["STOP", "START", "HELP"])
def test_a_sender_that_is_not_registered_answers_nothing(world: World, body: str) -> None:
    """K3: carriers would block it; the opt-out counts at once."""
    accounts.replace_sender(world.sender.model_copy(update={"registered": False}))
    world.clock.advance(seconds=11)
    world.text(body)
    assert world.provider.sent == []
    thread = sender_thread(world.sender.id, world.pseudonyms.of(ANN))
    [reply] = store.thread(thread, before=incoming.RECEIVED)
    assert (reply.state, reply.reason) == (MessageState.EXCLUDED, "sender_not_registered")
    assert world.opt_out().sequence == (0 if body == "HELP" else 1)


def test_a_stop_to_an_address_that_nobody_owns_is_recorded_and_kept(world: World) -> None:
    """K5: should somebody own it later, the number is opted out of it."""
    assert world.text("STOP", CAT, to=NOBODYS) == "stopped"
    assert world.text("Hello?", CAT, to=NOBODYS) == "unrouted"
    assert world.text("stop harbor", CAT, to=NOBODYS) == "unrouted"
    subject = world.pseudonyms.of(CAT)
    kept = [incoming.inbound(sender_thread("sn_18885550199", subject), f"IN{n}") for n in (1, 2, 3)]
    assert [one.body for one in kept if one] == ["STOP", "Hello?", "stop harbor"]
    accounts.put_sender(
        world.sender.model_copy(update={"id": "sn_18885550199", "address": NOBODYS})
    )
    assert world.text("START", CAT, to=NOBODYS) == "started"


def test_a_start_to_an_address_that_nobody_owns_counts_as_its_stop_does(world: World) -> None:
    """K5, O10: whoever owns it later finds the number as the contact left it."""
    world.text("STOP", CAT, to=NOBODYS)
    assert world.text("START", CAT, to=NOBODYS) == "started"
    assert world.provider.sent == []


def test_what_another_tenant_signed_is_kept_once_and_changes_nothing(world: World) -> None:
    """K5."""
    at = world.clock.now()
    for _ in range(3):
        outcome = world.text("STOP", at=at, message_id="IN1", connection=world.b.id)
        assert outcome == "unrouted"
    subject = world.pseudonyms.of(ANN)
    assert incoming.inbound(f"{world.b.id}#unrouted#{subject}", "IN1") is not None
    assert world.opt_out().opted_out(Channel.SMS, world.b.id) is None


@pytest.mark.parametrize("body", ["Hello", "HELP", "YES", "No", "stop harbor", "🙂", ""])
def test_whatever_comes_in_stands_in_the_conversation(world: World, body: str) -> None:
    """K6: also what no rule understood."""
    contact = world.member()
    world.text(body)
    thread = store.thread(contact_thread(world.a.id, contact.id))
    assert [message.body for message in thread if message.inbound] == [body]


def test_free_text_goes_to_whoever_texted_last(world: World) -> None:
    """K6: B asked for it once, A's question came after it."""
    key = world.integrations.create(world.b.id, "B's form", DISCLOSURE)[1]
    world.lead(BOB, key=key)
    world.text("Who is this?", BOB)
    world.senders.add_word(world.a.id, world.sender.id, "NEWS", world.group().id)
    world.text("NEWS", BOB)
    world.text("Anybody there?", BOB)
    for account, words in ((world.b, ["Who is this?"]), (world.a, ["Anybody there?", "NEWS"])):
        contact = world.contact(BOB, account)
        assert contact is not None
        thread = store.thread(contact_thread(account.id, contact.id))
        assert [message.body for message in thread if message.inbound] == words
