"""What may be an opt-out: broadcasts wait, a person decides, and everything is proven."""

from contextlib import suppress
from dataclasses import replace

import pytest

from assent.accounts.model import Account
from assent.consent.chains import store as chain_store
from assent.consent.ledger import verify
from assent.consent.model import Channel, EventType, Source, Suppression
from assent.consent.policy import Purpose, Reason
from assent.contacts.groups.memberships import store as member_store
from assent.messaging import store
from assent.messaging.decisions.service import Doubt, Verdict
from assent.messaging.model import Place, SendMessage, contact_thread
from assent.platform.clock import stamp
from assent.platform.errors import Conflict, NotFound
from tests.calls import Died, dying, recorded
from tests.fakes import ANN, BOB, DISCLOSURE, World

UNSURE = "stop harbor"
YES = Verdict(opt_out=True, actor="user", by="Olga", reason="they mean it")
NO = Verdict(opt_out=False, actor="user", by="Olga")


def doubts(world: World, account: Account | None = None) -> list[Doubt]:
    return world.decisions.page(account or world.a, None, 50)[0]


def doubted(world: World, phone: str = ANN, body: str = UNSURE) -> Doubt:
    assert world.text(body, phone) == "doubted"
    return doubts(world)[0]


def broadcast(world: World, phone: str = ANN) -> Reason | str:
    """Send one message of a broadcast to a contact; returns why it was held, or `sent`."""
    contact = world.contact(phone)
    assert contact is not None
    outcome = world.dispatcher.send(
        SendMessage(
            place=Place(
                thread=contact_thread(world.a.id, contact.id),
                sort=f"{stamp(world.clock.advance(seconds=1))}#ms_1",
            ),
            account_id=world.a.id,
            contact_id=contact.id,
            sender_id=world.sender.id,
            phone=phone,
            subject=contact.subject,
            purpose=Purpose.BROADCAST,
            body="Harbor Alerts: hi",
            created_at=world.clock.now(),
        )
    )
    return outcome.reason or outcome.state


def test_broadcasts_hold_the_number_until_a_person_has_decided(world: World) -> None:
    """K7: with the reason; nothing else is held, and nobody is opted out."""
    contact = world.member()
    one = doubted(world)
    assert broadcast(world) == Reason.NEEDS_DECISION
    assert world.opt_out().opted_out(Channel.SMS, world.a.id) is None
    [member] = member_store.memberships(world.a.id, contact)
    assert member.channels == {Channel.SMS, Channel.VOICE}
    assert (one.phone, one.body, one.sender_id) == (ANN, UNSURE, world.sender.id)
    thread = store.thread(contact_thread(world.a.id, contact.id))
    assert [message.body for message in thread if message.inbound] == [UNSURE]


def test_deciding_that_it_is_none_sets_the_number_free(world: World) -> None:
    """K7."""
    world.member()
    one = doubted(world)
    world.decisions.decide(world.a, one.id, NO)
    assert (doubts(world), world.decisions.count(world.a)) == ([], 0)
    assert broadcast(world) == "sent"
    subject = world.pseudonyms.of(ANN)
    event = chain_store.events(world.sender.id, subject)[-1]
    assert (event.type, event.source) == (EventType.DOUBT_DISMISSED, Source.ADMIN)


def test_deciding_that_it_is_one_is_a_stop_with_everything_that_follows(world: World) -> None:
    """K7, O4, O8, P1: for all accounts, confirmed once, with the words and who decided why."""
    contact = world.member()
    one = doubted(world)
    world.decisions.decide(world.a, one.id, YES)
    world.run()
    for account in (world.a, world.b, world.c):
        entry = world.opt_out().opted_out(Channel.SMS, account.id)
        assert entry is not None
        assert (entry.suppression, entry.source) == (Suppression.HARD, Source.ADMIN)
        assert (entry.by, entry.reason) == ("Olga", "they mean it")
    [member] = member_store.memberships(world.a.id, contact)
    assert member.channels == {Channel.VOICE}
    assert world.provider.texts_to(ANN)[-1] == world.sender.stop_text
    subject = world.pseudonyms.of(ANN)
    events = chain_store.events(world.sender.id, subject)
    assert [event.type for event in events] == [EventType.DOUBTED, EventType.STOPPED]
    assert events[1].actor == "user"
    assert events[1].evidence is not None
    assert events[1].evidence["message"] == UNSURE
    assert events[1].evidence["message_id"] == "IN1"
    record = world.opt_out()
    assert verify(world.sender.id, subject, events, (record.sequence, record.head)) is None
    assert doubts(world) == []


def test_only_the_contact_undoes_what_was_decided(world: World) -> None:
    """S5, O10."""
    one = doubted(world)
    world.decisions.decide(world.a, one.id, YES)
    world.text("START")
    assert world.opt_out().standing_against(Channel.SMS, world.a.id) is None


def test_one_confirmation_in_a_day_also_for_a_decision(world: World) -> None:
    """K3: a STOP right after it is confirmed already."""
    one = doubted(world)
    world.decisions.decide(world.a, one.id, YES)
    world.text("STOP")
    assert world.provider.texts_to(ANN) == [world.sender.stop_text]


@pytest.mark.parametrize(
    ("verdict", "says"),
    [(YES, "Olga decided on 2026-01-05"), (NO, "that it is no opt-out")],
    ids=["opt-out", "none"],
)
def test_deciding_twice_tells_who_was_faster(world: World, verdict: Verdict, says: str) -> None:
    """K7: 409 with who and when."""
    one = doubted(world)
    world.decisions.decide(world.a, one.id, verdict)
    for again in (YES, NO):
        with pytest.raises(Conflict) as refused:
            world.decisions.decide(world.a, one.id, replace(again, by="Omar"))
        assert refused.value.code == "already_decided"
        assert says in refused.value.message
    assert len(chain_store.events(world.sender.id, world.pseudonyms.of(ANN))) == 2


@pytest.mark.parametrize(
    ("body", "says"), [("STOP", "The contact opted out"), ("START", "came back with START")]
)
def test_the_contacts_own_word_settles_it(world: World, body: str, says: str) -> None:
    """K7."""
    one = doubted(world)
    world.text(body)
    assert (doubts(world), world.decisions.count(world.a)) == ([], 0)
    with pytest.raises(Conflict, match=says):
        world.decisions.decide(world.a, one.id, NO)


def test_an_angry_word_after_a_stop_needs_no_decision(world: World) -> None:
    """K7: it is opted out already."""
    world.text("STOP")
    assert world.text(UNSURE) == "doubted"
    assert (doubts(world), world.decisions.count(world.a)) == ([], 0)


def test_a_late_start_lets_a_newer_doubt_stand_again(world: World) -> None:
    """K2, K7: STOP, START, then the doubt, however they arrive."""
    first = world.clock.now()
    late = world.clock.advance(minutes=1)
    world.text("STOP", at=first)
    world.text(UNSURE, at=world.clock.advance(minutes=1))
    assert doubts(world) == []
    assert world.text("START", at=late) == "started"
    assert [one.body for one in doubts(world)] == [UNSURE]


def test_a_doubt_that_arrives_after_a_later_start_is_outdated(world: World) -> None:
    """K2."""
    early = world.clock.now()
    world.clock.advance(minutes=1)
    world.text("START")
    assert world.text(UNSURE, at=early) == "outdated_doubt"
    assert doubts(world) == []


def test_writing_again_leaves_one_decision_about_the_latest_words(world: World) -> None:
    """K7: what nobody has read is dismissed by nobody."""
    one = doubted(world)
    world.text("stop cityline")
    [latest] = doubts(world)
    assert latest.body == "stop cityline"
    with pytest.raises(Conflict) as refused:
        world.decisions.decide(world.a, one.id, NO)
    assert refused.value.code == "wrote_again"
    world.decisions.decide(world.a, latest.id, NO)
    assert doubts(world) == []


def test_whoever_texted_the_phone_last_decides(world: World) -> None:
    """K6, K7: and nobody else, though the sender is shared."""
    world.member()
    key = world.integrations.create(world.b.id, "B's form", DISCLOSURE)[1]
    world.clock.advance(minutes=1)
    world.lead(ANN, key=key)
    world.text(UNSURE)
    [one] = doubts(world, world.b)
    assert doubts(world) == []
    for stranger in (world.a, world.c):
        with pytest.raises(NotFound):
            world.decisions.decide(stranger, one.id, YES)


@pytest.mark.parametrize("doubt_id", ["", "x", "~~", "a~b~c", "2026~sn_18885550100~x"])
def test_an_id_that_is_none_is_not_found(world: World, doubt_id: str) -> None:
    """Line 8."""
    with pytest.raises(NotFound):
        world.decisions.decide(world.a, doubt_id, YES)


def test_a_stranger_is_decided_about_by_the_senders_owner(world: World) -> None:
    """K6, K7: also when the owner does not know the phone."""
    one = doubted(world, BOB)
    assert world.contact(BOB) is None
    world.decisions.decide(world.a, one.id, YES)
    world.run()
    assert world.provider.texts_to(BOB) == [world.sender.stop_text]


def test_the_list_is_newest_first_and_comes_in_pages(world: World) -> None:
    """K7: over all shards."""
    phones = [f"+121255502{n:02}" for n in range(9)]
    for phone in phones:
        world.text(UNSURE, phone)
    listed, cursor = [], None
    while True:
        page, cursor = world.decisions.page(world.a, cursor, 4)
        listed += [one.phone for one in page]
        if cursor is None:
            break
    assert listed == phones[::-1]
    assert world.decisions.count(world.a) == 9


@pytest.mark.thorough
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_decision_is_taken_whole_wherever_the_process_ends(world: World, *, before: bool) -> None:
    """Line 4: the next look at the list does what was left."""
    one = doubted(world, "+12125550400")
    with recorded() as calls:
        world.decisions.decide(world.a, one.id, YES)
    world.run()
    for at in range(len(calls)):
        phone = f"+121255503{at:02}"
        contact = world.member(phone)
        one = doubted(world, phone)
        with suppress(Died), dying(at, before=before):
            world.decisions.decide(world.a, one.id, YES)
        for left in doubts(world):
            world.decisions.decide(world.a, left.id, YES)
        world.run()
        assert doubts(world) == []
        assert world.provider.texts_to(phone).count(world.sender.stop_text) == 1, at
        [member] = member_store.memberships(world.a.id, contact)
        assert Channel.SMS not in member.channels, at
        assert len(chain_store.events(world.sender.id, world.pseudonyms.of(phone))) == 2
