"""Forgetting a person: nothing personal is left, opt-outs and chains are."""

import json
from collections.abc import Callable

import boto3
import pytest

from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.chains import store as chain_store
from assent.consent.check import check
from assent.consent.model import Channel, EventType, Kind, Standing, Suppression
from assent.contacts import erasure, joining, put_back, reassigned, store
from assent.contacts.erasure import ErasureService
from assent.contacts.model import Contact, EraseContact, QueueState
from assent.contacts.queue import store as queue_store
from assent.messaging import store as messages
from assent.messaging.decisions import store as decisions
from assent.messaging.forgetting import Conversations
from assent.messaging.model import contact_thread
from assent.platform.errors import Conflict
from assent.platform.tables import Contention
from tests.calls import Call, Died, dying, each_call, ignore
from tests.conftest import TABLES
from tests.fakes import ANN, CALLER, World
from tests.unit.contacts.lists import Lists

NAMES = {"first_name": "Annabel", "last_name": "Lighthouse", "email": "annabel@example.com"}
WORDS = "Please stop texting me"


@pytest.fixture
def lists(world: World) -> Lists:
    return Lists(world)


def service(world: World) -> ErasureService:
    return ErasureService(world.clock, world.accounts, Conversations(), CopiesUnderWay())


def command(world: World, contact: Contact) -> EraseContact:
    return EraseContact(account_id=world.a.id, contact_id=contact.id, actor="user-1", by="Olga")


def erase(world: World, contact: Contact) -> str:
    world.clock.advance(seconds=1)
    erasure.begin(world.a, contact.id, "user-1", "Olga", world.clock, CopiesUnderWay())
    return service(world).erase(command(world, contact))


def person(world: World, phone: str = ANN) -> Contact:
    """Make somebody who is in a group and in conversations, and who then opts out."""
    world.lead(phone, **NAMES)
    world.deliver()
    found = world.contact(phone)
    assert found is not None
    assert joining.join(world.a.id, found.id, world.group().id, world.clock)
    world.text("Is Annabel Lighthouse on your list?", phone)
    world.text(WORDS, phone)
    found = world.contact(phone)
    assert found is not None
    return found


def everything() -> str:
    """Show all that the tables hold."""
    client = boto3.client("dynamodb")
    return json.dumps(
        [client.scan(TableName=f"assent-test-{name}")["Items"] for name in TABLES],
        default=str,
        ensure_ascii=False,
    )


PERSONAL = (*NAMES.values(), ANN, CALLER.ip, WORDS, "Is Annabel")


def test_nothing_personal_is_left_anywhere(world: World, lists: Lists) -> None:
    """P5: names, number, address, words and evidence."""
    contact = person(world)
    lists.add(kind=Kind.HARD, channels=[Channel.VOICE])
    before = everything()
    for word in PERSONAL:
        assert word in before, word
    assert erase(world, contact) == "erased"
    left = everything()
    for word in (*PERSONAL, "moved away"):
        assert word not in left, word
    assert erase(world, contact) == "already_erased"


def test_what_stands_against_sending_stands_on(world: World, lists: Lists) -> None:
    """P5, O11: under the pseudonym; the state still equals the chain."""
    contact = person(world)
    lists.add(kind=Kind.HARD, channels=[Channel.VOICE])
    erase(world, contact)
    record = world.opt_out()
    for channel in Channel:
        entry = record.standing_against(channel, world.a.id)
        assert entry is not None
        assert entry.suppression == Suppression.HARD
    kinds = {(line.channel, line.kind, line.phone) for line in lists.page()}
    assert kinds == {(Channel.SMS, Kind.HARD, ""), (Channel.VOICE, Kind.HARD, "")}
    for owner in (world.a.id, world.sender.id):
        assert check(owner, contact.subject).ok, owner
    [*others, last] = chain_store.events(world.a.id, contact.subject)
    assert last.type == EventType.ERASED
    assert last.evidence == {"user": "Olga"}
    assert {event.evidence for event in others} == {None}


def test_the_contact_is_blank_and_has_left_everything(world: World) -> None:
    """P5: the rows of its messages stay, since they claim what was sent."""
    contact = world.queued()
    erase(world, contact)
    found = store.contact(world.a.id, contact.id)
    assert found is not None
    assert (found.phone, found.first_name, found.email, found.custom) == ("", "", "", {})
    assert found.erased_at == world.clock.now()
    assert (found.erase_through, found.groups) == (None, frozenset())
    assert (found.queue.state, found.queue.left_reason) == (QueueState.REMOVED, "erased")
    assert queue_store.size(world.a.id) == 0
    thread = messages.thread(contact_thread(world.a.id, contact.id))
    assert [message.body for message in thread] == [""]
    assert {one.standing for one in world.consent().agreements.values()} == {Standing.NONE}


def test_stop_and_start_of_an_erased_number_still_work(world: World) -> None:
    """P5, O8, O10: both are answered, and nothing of the old contact comes back."""
    contact = person(world)
    erase(world, contact)
    sent = len(world.provider.sent)
    assert world.text("START") == "started"
    assert world.text("STOP") == "stopped"
    assert len(world.provider.sent) == sent + 2
    found = store.contact(world.a.id, contact.id)
    assert found is not None
    assert found.phone == ""
    assert check(world.sender.id, contact.subject).ok


def test_a_later_lead_makes_a_new_contact_that_starts_from_nothing(world: World) -> None:
    """P5, C11: and its own evidence is there, though the erasure ends after it."""
    contact = world.queued()
    erasure.begin(world.a, contact.id, "user-1", "Olga", world.clock, CopiesUnderWay())
    known = world.consent()
    assert known.contact_id is None
    assert {one.standing for one in known.agreements.values()} == {Standing.NONE}
    world.clock.advance(minutes=1)
    fresh = world.lead()
    assert fresh is not None
    assert fresh.id != contact.id
    assert len(world.provider.texts_to(ANN)) == 2
    assert service(world).erase(command(world, contact)) == "erased"
    evidence = [event.evidence for event in chain_store.events(world.a.id, contact.subject)]
    assert [one is None for one in evidence] == [True, False, False]
    assert world.contact() == fresh
    known = world.consent()
    assert known.agreement(world.sender.id, Channel.SMS).standing == Standing.SUBSCRIBED
    assert check(world.a.id, contact.subject).ok


def test_what_another_account_holds_of_the_person_stays(world: World, lists: Lists) -> None:
    """P5, line 9: the sender's chain and its messages are theirs as well."""
    contact = person(world)
    world.text("START")
    key = world.integrations.create(world.b.id, "Form", "I agree to get texts from B, any time.")[1]
    world.lead(ANN, key=key)
    lists.add()
    erase(world, contact)
    theirs = world.consent(ANN, world.b)
    assert theirs.contact_id is not None
    assert [
        event.evidence is not None for event in chain_store.events(world.b.id, theirs.subject)
    ] == [True]
    chain = chain_store.events(world.sender.id, contact.subject)
    kept = {event.scope: event.evidence is not None for event in chain}
    assert kept == {"*": True, world.a.id: False}
    record = world.opt_out()
    assert record.phone == ANN
    mine = record.standing_against(Channel.SMS, world.a.id)
    assert mine is not None
    assert (mine.by, mine.reason) == ("", "")
    assert check(world.sender.id, contact.subject).ok


def test_the_last_account_to_forget_erases_the_senders_part(world: World) -> None:
    """P5."""
    contact = person(world)
    world.text("START")
    key = world.integrations.create(world.b.id, "Form", "I agree to get texts from B, any time.")[1]
    world.lead(ANN, key=key)
    erase(world, contact)
    assert WORDS in everything()
    theirs = world.contact(ANN, world.b)
    assert theirs is not None
    erasure.begin(world.b, theirs.id, "user-9", "Bea", world.clock, CopiesUnderWay())
    last = EraseContact(account_id=world.b.id, contact_id=theirs.id, actor="user-9", by="Bea")
    assert service(world).erase(last) == "erased"
    left = everything()
    assert WORDS not in left
    assert ANN not in left


def test_a_doubt_about_the_person_goes_with_its_words(world: World) -> None:
    """P5, K7."""
    contact = world.queued()
    world.text("Stop. I'll be there at 5")
    assert decisions.decisions_count(world.a.id) == 1
    erase(world, contact)
    assert decisions.decisions_count(world.a.id) == 0
    assert "be there at 5" not in everything()


def test_a_message_that_is_not_answered_yet_is_waited_for(world: World) -> None:
    """Line 4: its number is needed for the answer."""
    contact = world.queued()

    def die(call: Call) -> None:
        if call[1] == "TransactWriteItems":
            raise Died

    # The process that took the STOP ended before it could answer.
    with each_call(ignore, die), pytest.raises(Died):
        world.text_only("STOP", message_id="IN-late")
    with pytest.raises(Contention):
        erase(world, contact)
    world.text_only("STOP", message_id="IN-late")
    assert service(world).erase(command(world, contact)) == "erased"


@pytest.mark.thorough
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_an_erasure_that_ends_anywhere_is_finished_by_its_command(
    world: World, lists: Lists, *, before: bool
) -> None:
    """P5: between any two calls; each time the rest is done, and the chains verify."""
    at, died = 0, True
    while died:
        contact = person(world, f"+12125554{at:03}")
        died = False
        try:
            with dying(at, before=before):
                service(world).erase(command(world, contact))
        except Died:
            died = True
        for owner in (world.a.id, world.sender.id):
            assert check(owner, contact.subject).fault is None, (at, owner)
        assert service(world).erase(command(world, contact)) in ("erased", "already_erased")
        for owner in (world.a.id, world.sender.id):
            assert check(owner, contact.subject).ok, (at, owner)
        at += 1
    assert at > 20
    left = everything()
    for word in (*PERSONAL, "+12125554"):
        assert word not in left, word


def test_nothing_is_done_with_an_erased_contact(world: World) -> None:
    """P5."""
    contact = world.queued()
    erase(world, contact)
    acts: list[Callable[[], object]] = [
        lambda: put_back.put_back(world.a, contact.id, world.clock),
        lambda: reassigned.reassign(world.a, contact.id, "user-1", "Olga", world.clock),
    ]
    for act in acts:
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "contact_erased"
    group = world.group()
    assert joining.join(world.a.id, contact.id, group.id, world.clock) is False


def test_a_contact_that_is_not_there_is_no_trouble(world: World) -> None:
    nobody = EraseContact(account_id=world.a.id, contact_id="ct_x", actor="u", by="O")
    assert service(world).erase(nobody) == "no_contact"
