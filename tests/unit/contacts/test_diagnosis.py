"""Why is this contact not in the queue? A plain answer with its evidence."""

from collections.abc import Callable

import pytest

from assent.accounts import store as accounts
from assent.consent.model import Channel, Kind
from assent.contacts.history.model import Person
from assent.contacts.model import Origin
from assent.contacts.queue import service as queue
from assent.contacts.queue.diagnosis import Diagnosis, diagnose
from assent.messaging.dispatch import TryLater
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from tests.fakes import ANN, World
from tests.unit.contacts.lists import Lists
from tests.unit.contacts.people import add

OMAR = Person(id="user-2", name="Omar")


def asked(world: World) -> Diagnosis:
    contact = world.contact()
    assert contact is not None
    names = {group.id: group.name for group in [world.group()]}
    return diagnose(world.a, contact, names, world.clock.now())


def facts(found: Diagnosis) -> set[str]:
    return {one.what for one in found.evidence}


def busy(world: World) -> None:
    world.provider.fails[ANN] = Refused("429", CAUSES["30008"], retry=True)
    with pytest.raises(TryLater):
        world.lead()


def fail(world: World) -> None:
    world.lead()
    world.receipt(world.provider.sent[-1].status_url.partition("ref=")[2], MessageState.FAILED, "1")


def unanswered(world: World) -> None:
    world.provider.fails[ANN] = Unanswered("nothing")
    world.lead()


def refused(world: World) -> None:
    world.provider.fails[ANN] = Refused("30003", CAUSES["30003"], retry=False)
    world.lead()


def excluded(world: World) -> None:
    accounts.put_sender(world.sender.model_copy(update={"registered": False}))
    world.lead()


def late(world: World) -> None:
    world.lead()
    world.clock.advance(minutes=13)


def undone(world: World) -> None:
    contact = world.member(ANN)
    assert queue.undo(world.a, contact.id, world.group().id, OMAR, world.clock) is None


def stopped(world: World) -> None:
    world.queued()
    world.text("STOP")


CASES: list[tuple[str, Callable[[World], object], set[str]]] = [
    ("in_queue", lambda world: world.queued(), {"entered", "compliance_message"}),
    ("in_queue", undone, {"entered", "undone"}),
    ("waits_for_receipt", lambda world: world.lead(), {"compliance_message"}),
    ("message_queued", busy, set()),
    ("outcome_unknown", unanswered, {"compliance_message"}),
    ("compliance_failed", fail, {"left", "compliance_message"}),
    ("compliance_failed", refused, {"compliance_message"}),
    ("compliance_excluded", excluded, {"compliance_message"}),
    ("late", late, {"compliance_message"}),
    ("moved", lambda world: world.member(), {"entered", "left"}),
    ("opted_out", stopped, {"opt_out", "left"}),
]


@pytest.mark.parametrize(
    ("code", "act", "shown"), CASES, ids=[f"{c}-{i}" for i, (c, *_) in enumerate(CASES)]
)
def test_each_way_of_not_being_in_the_queue_has_its_answer(
    world: World, code: str, act: Callable[[World], object], shown: set[str]
) -> None:
    """Q11, Q1: from what is stored, with the evidence it rests on."""
    act(world)
    found = asked(world)
    assert (found.code, found.in_queue) == (code, code == "in_queue")
    assert shown <= facts(found)
    assert found.answer.endswith(".")


def test_a_landline_that_opted_out_of_calls_is_explained(world: World) -> None:
    """Q2, Q9, Q11."""
    world.lead()
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    world.receipt(ref, MessageState.FAILED, "30006")
    assert {"line_type"} <= facts(asked(world))
    Lists(world).add(channels=[Channel.VOICE], kind=Kind.SOFT)
    found = asked(world)
    assert found.code == "opted_out"
    assert "opted out of calls" in str([one.text for one in found.evidence])


def test_a_mover_is_named_with_the_group(world: World) -> None:
    """Q11."""
    world.member()
    assert asked(world).answer == "Olga moved it to “News”."


def test_a_repeated_lead_is_explained(world: World) -> None:
    """Q13, Q11: known already, so only evidence was added."""
    world.member()
    world.clock.advance(days=2)
    world.lead()
    found = asked(world)
    assert found.code == "moved"
    assert "again" in str([one.text for one in found.evidence])


@pytest.mark.parametrize("origin", [one for one in Origin if one != Origin.LEAD])
def test_who_never_was_a_lead_is_told_why(world: World, origin: Origin) -> None:
    """Q4, Q11."""
    contact = add(world, "Ann", origin=origin)
    found = diagnose(world.a, contact, {}, world.clock.now())
    assert (found.code, found.in_queue) == ("never_a_lead", False)
