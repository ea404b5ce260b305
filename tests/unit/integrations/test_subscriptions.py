"""The subscribe API: the person is asked, once, and decides."""

import pytest

from assent.consent.chains import store as chain_store
from assent.consent.check import check
from assent.consent.model import Channel, EventType, Kind, Standing
from assent.contacts.groups.service import create_group
from assent.contacts.model import QueueState
from assent.contacts.opt_outs import Filters
from assent.contacts.queue import store as queue_store
from assent.integrations.model import IntegrationState, Subscription
from assent.integrations.subscriptions import Asked, SubscriptionService
from assent.messaging.model import SendMessage
from assent.platform.errors import Conflict, Invalid
from tests.calls import Call, Died, each_call, ignore
from tests.fakes import ANN, BOB, CALLER, World
from tests.unit.contacts.lists import BOTH, Lists

ASKED, SUBSCRIBED = Asked.CONFIRMATION_REQUESTED, Asked.SUBSCRIBED


@pytest.fixture
def lists(world: World) -> Lists:
    return Lists(world)


def subscribe(world: World, **wanted: object) -> Asked:
    service = SubscriptionService(world.clock, world.accounts, world.pseudonyms, world.queue)
    wish = Subscription.model_validate({"phone": ANN, **wanted})
    return service.subscribe(world.integrations.get(world.a.id, world.integration.id), wish, CALLER)


def asked(world: World, **wanted: object) -> Asked:
    """Subscribe, a second later, and let what follows be sent."""
    world.clock.advance(seconds=1)
    outcome = subscribe(world, **wanted)
    world.run()
    return outcome


def standing(world: World, channel: Channel = Channel.SMS, phone: str = ANN) -> Standing:
    return world.consent(phone).agreement(world.sender.id, channel).standing


def test_somebody_new_is_asked_and_joins_with_yes(world: World, lists: Lists) -> None:
    """I3, S0: pending until the YES; a contact, but no lead for the queue."""
    group = world.group()
    assert asked(world, first_name="Ann", group_id=group.id) == ASKED
    assert "reply YES" in world.provider.texts_to(ANN)[0]
    assert standing(world) == Standing.PENDING
    contact = world.contact()
    assert contact is not None
    assert (contact.first_name, contact.queue.state) == ("Ann", QueueState.OUTSIDE)
    assert contact.groups == frozenset()
    assert world.text("Yes please") == "confirmed"
    assert standing(world) == standing(world, Channel.VOICE) == Standing.SUBSCRIBED
    assert lists.channels(group) == set(BOTH)
    assert queue_store.size(world.a.id) == 0
    assert check(world.a.id, contact.subject).ok


def test_the_event_says_who_asked_and_with_which_words(world: World) -> None:
    """P1."""
    asked(world)
    [event] = chain_store.events(world.a.id, world.consent().subject)
    assert (event.type, event.actor) == (EventType.CONFIRMATION_REQUESTED, world.integration.id)
    assert event.evidence is not None
    assert event.evidence["disclosure_sha256"] == world.integration.disclosure_sha256


def test_the_same_request_again_asks_no_second_time(world: World) -> None:
    """I3: while the question is open; after that it may be asked again."""
    world.clock.advance(microseconds=654321)
    for _ in range(3):
        assert asked(world) == ASKED
    assert len(world.provider.texts_to(ANN)) == 1
    assert world.consent().sequence == 1
    world.clock.advance(days=31)
    assert asked(world) == ASKED
    assert len(world.provider.texts_to(ANN)) == 2
    assert check(world.a.id, world.consent().subject).ok


def test_another_group_is_another_question(world: World, lists: Lists) -> None:
    first, second = world.group("News"), world.group("Offers")
    asked(world, group_id=first.id)
    asked(world, group_id=second.id)
    assert len(world.provider.texts_to(ANN)) == 2
    world.text("YES")
    contact = world.contact()
    assert contact is not None
    assert contact.groups == {second.id}


def test_who_is_subscribed_is_not_asked_and_joins_at_once(world: World, lists: Lists) -> None:
    """I3: 200."""
    world.queued()
    sent = len(world.provider.sent)
    assert asked(world) == SUBSCRIBED
    group = world.group()
    assert asked(world, group_id=group.id) == SUBSCRIBED
    assert lists.channels(group) == set(BOTH)
    assert len(world.provider.sent) == sent


def test_a_soft_opt_out_asks_once_and_yes_removes_it(world: World, lists: Lists) -> None:
    """O10: the entry goes with the YES, not before, and nothing else is asked."""
    group = world.group()
    world.member(ANN, group)
    lists.add(channels=BOTH)
    sent = len(world.provider.sent)
    assert [asked(world), asked(world)] == [ASKED, ASKED]
    assert len(world.provider.sent) == sent + 1
    assert len(lists.page()) == 2
    assert world.text("YES") == "confirmed"
    assert lists.page() == []
    assert lists.channels(group) == set(BOTH)
    for owner in (world.a.id, world.sender.id):
        assert check(owner, world.consent().subject).ok


def test_no_leaves_a_soft_opt_out_where_it_is(world: World, lists: Lists) -> None:
    world.member()
    lists.add()
    asked(world, channels=["sms"])
    assert world.text("NO") == "declined"
    assert len(lists.page()) == 1


@pytest.mark.parametrize("by_stop", [True, False])
def test_a_hard_opt_out_is_refused_with_the_way_back(
    world: World, lists: Lists, *, by_stop: bool
) -> None:
    """O10, S5: 409, nothing sent, counted; the account that tried sees it on its list."""
    if by_stop:
        world.text("STOP")
    else:
        lists.add(kind=Kind.HARD)
    sent = len(world.provider.sent)
    before = world.opt_out()
    with pytest.raises(Conflict) as refused:
        asked(world)
    assert refused.value.code == "hard_opt_out"
    assert f"text START to {world.sender.address}" in refused.value.message
    assert (len(world.provider.sent), world.opt_out()) == (sent, before)
    assert world.health().listed == 1
    assert len(lists.page(Filters(number=ANN))) == 1
    assert world.consent().contact_id is None


def test_who_refused_calls_may_still_subscribe_to_texts(world: World, lists: Lists) -> None:
    """S2."""
    lists.add(kind=Kind.HARD, channels=[Channel.VOICE])
    with pytest.raises(Conflict, match="presses 1 when calling"):
        asked(world)
    assert asked(world, channels=["sms"]) == ASKED


def test_an_opt_out_after_the_question_takes_its_power(world: World, lists: Lists) -> None:
    """K1, O10."""
    world.lead()
    lists.add()
    asked(world, channels=["sms"])
    world.text("STOP")
    assert world.text("YES") != "confirmed"
    assert lists.line().kind == Kind.HARD


@pytest.mark.parametrize(
    ("wanted", "field", "code"),
    [
        ({"phone": "555"}, "phone", "too_short"),
        ({"group_id": "gr_none"}, "group_id", "unknown_group"),
    ],
)
def test_a_bad_field_is_named(world: World, wanted: dict[str, str], field: str, code: str) -> None:
    """I7."""
    with pytest.raises(Invalid) as refused:
        subscribe(world, **wanted)
    [problem] = refused.value.fields
    assert problem.field == field
    assert world.queue.sent == []


def test_a_channel_that_the_disclosure_does_not_cover_is_refused(world: World) -> None:
    """S0."""
    made, _ = world.integrations.create(world.a.id, "Texts", "I agree to get texts from you.")
    service = SubscriptionService(world.clock, world.accounts, world.pseudonyms, world.queue)
    with pytest.raises(Invalid) as refused:
        service.subscribe(made, Subscription(phone=ANN, channels=BOTH), CALLER)
    assert [problem.field for problem in refused.value.fields] == ["channels"]


def test_another_accounts_group_is_no_group(world: World) -> None:
    """Line 9."""
    theirs = create_group(world.b, "Theirs", world.clock)
    with pytest.raises(Invalid):
        subscribe(world, group_id=theirs.id)


def test_a_paused_integration_subscribes_nobody(world: World) -> None:
    """Q10."""
    world.integrations.change(world.a.id, world.integration.id, state=IntegrationState.PAUSED)
    with pytest.raises(Conflict) as refused:
        subscribe(world)
    assert refused.value.code == "integration_paused"


def test_a_process_that_ended_after_the_commit_is_made_up_for_by_a_repeat(world: World) -> None:
    """I3, line 4: the question is sent then, and once."""

    def die(call: Call) -> None:
        if call[1] == "TransactWriteItems":
            raise Died

    with each_call(ignore, die), pytest.raises(Died):
        subscribe(world)
    assert world.queue.take(SendMessage) == []
    assert asked(world) == ASKED
    assert len(world.provider.texts_to(ANN)) == 1
    assert world.consent().sequence == 1


def test_two_at_once_ask_once(world: World) -> None:
    """I3."""
    waiting = [lambda: subscribe(world)]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        assert subscribe(world) == ASKED
    world.run()
    assert len(world.provider.texts_to(ANN)) == 1
    assert world.consent().sequence == 1


def test_a_lead_in_the_queue_stays_there_while_it_is_asked(world: World) -> None:
    """Q4: neither in nor out by an API call."""
    made = world.integrations.create(world.a.id, "Texts", "I agree to get texts from you, yes.")
    world.lead(BOB, key=made[1])
    world.deliver()
    assert asked(world, phone=BOB) == ASKED
    found = world.contact(BOB)
    assert found is not None
    assert found.queue.state == QueueState.QUEUED
    assert standing(world, Channel.SMS, BOB) == Standing.SUBSCRIBED
    assert standing(world, Channel.VOICE, BOB) == Standing.PENDING
