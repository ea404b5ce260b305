"""S7: why a contact was, or was not, sent a broadcast."""

import pytest

from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import PlanBroadcast
from assent.broadcasts.results import Outcome
from assent.consent.model import Standing
from assent.contacts.queue import service as queue
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from assent.platform.errors import NotFound
from tests.fakes import ANN
from tests.unit.broadcasts.desk import Desk


def test_who_stopped_before_is_told_with_kind_source_and_time(desk: Desk) -> None:
    """S7: the gate that was closed, with what it saw."""
    contact = desk.world.member()
    desk.world.text("STOP")
    at = desk.clock.now()
    done = desk.send(desk.world.group())
    answer = why(done.account_id, done.id, contact.id, desk.clock)
    assert (answer.outcome, answer.reason) == (Outcome.EXCLUDED, "hard_opt_out")
    assert "START" in answer.message
    assert answer.evidence == {
        "kind": "hard",
        "source": "Keyword",
        "effective_at": at.isoformat(),
        "sender_id": desk.world.sender.id,
    }


def test_who_stopped_after_planning_is_told_the_same(desk: Desk) -> None:
    """S7, S6."""
    contact = desk.world.member()
    started = desk.start(desk.world.group())
    [command] = desk.queue.take(PlanBroadcast)
    desk.handle(command)
    desk.world.text("STOP")
    desk.run()
    answer = why(started.account_id, started.id, contact.id, desk.clock)
    assert (answer.outcome, answer.reason) == (Outcome.EXCLUDED, "hard_opt_out")
    assert answer.evidence["source"] == "Keyword"
    # It stays true of this broadcast after the contact has come back.
    desk.world.text("START")
    assert why(started.account_id, started.id, contact.id, desk.clock) == answer


def test_without_consent_is_told(desk: Desk) -> None:
    """S7, S0."""
    group = desk.world.group()
    contact = desk.person(group, standing=Standing.NONE)
    done = desk.send(group)
    answer = why(done.account_id, done.id, contact.id, desk.clock)
    assert (answer.outcome, answer.reason) == (Outcome.EXCLUDED, "no_consent")
    assert answer.evidence["standing"] == "none"


def test_the_minus_group_is_told(desk: Desk) -> None:
    """S7."""
    news, staff = desk.world.group("News"), desk.world.group("Staff")
    contact = desk.person(news, staff)
    done = desk.send(news, minus=(staff,))
    answer = why(done.account_id, done.id, contact.id, desk.clock)
    assert (answer.reason, answer.evidence) == ("minus_group", {"group": staff.id})


def test_a_contact_in_no_chosen_group_is_told_so(desk: Desk) -> None:
    """S7."""
    contact = desk.person(desk.world.group("Other"))
    done = desk.send(desk.world.group("News"))
    assert why(done.account_id, done.id, contact.id, desk.clock).reason == "not_in_audience"


def test_a_queued_contact_is_told_that_it_waits_in_the_queue(desk: Desk) -> None:
    """S7, Q8."""
    contact = desk.world.queued(ANN)
    done = desk.send(desk.world.group())
    answer = why(done.account_id, done.id, contact.id, desk.clock)
    assert (answer.outcome, answer.reason) == (Outcome.EXCLUDED, "in_opt_in_queue")


def test_who_came_into_the_group_later_is_told_so(desk: Desk) -> None:
    """S7."""
    contact = desk.world.queued(ANN)
    group = desk.world.group()
    done = desk.send(group)
    queue.move(desk.world.a, contact.id, group, "Olga", desk.clock)
    assert why(done.account_id, done.id, contact.id, desk.clock).reason == "joined_later"


@pytest.mark.parametrize(
    ("raised", "outcome", "words"),
    [
        (None, Outcome.SENT, "provider took"),
        (Unanswered("timeout"), Outcome.UNKNOWN, "not sent again"),
        (Refused("21211", CAUSES["21211"], retry=False), Outcome.FAILED, "not a phone number"),
    ],
)
def test_what_became_of_a_recipient_is_told(
    desk: Desk, raised: Exception | None, outcome: Outcome, words: str
) -> None:
    """S7, B6."""
    group = desk.world.group()
    contact = desk.person(group)
    if raised:
        desk.world.provider.fails[contact.phone] = raised
    done = desk.send(group)
    answer = why(done.account_id, done.id, contact.id, desk.clock)
    assert answer.outcome == outcome
    assert words in answer.message


def test_a_delivered_message_is_told_with_its_time(desk: Desk) -> None:
    """S7."""
    group = desk.world.group()
    contact = desk.person(group)
    done = desk.send(group)
    desk.handle(desk.receipt_for(done, contact, MessageState.DELIVERED))
    answer = why(done.account_id, done.id, contact.id, desk.clock)
    assert answer.outcome == Outcome.DELIVERED
    assert answer.at is not None
    assert answer.evidence["provider_message_id"] == "SM1"


def test_before_its_turn_a_member_is_planned(desk: Desk) -> None:
    """S7."""
    group = desk.world.group()
    contact = desk.person(group)
    made = desk.draft(group)
    assert why(made.account_id, made.id, contact.id, desk.clock).outcome == Outcome.PLANNED
    started = desk.start(group)
    assert desk.chunks()
    assert why(started.account_id, started.id, contact.id, desk.clock).outcome == Outcome.PLANNED
    desk.service.cancel(started.account_id, started.id)
    assert why(started.account_id, started.id, contact.id, desk.clock).reason == "cancelled"


def test_nothing_is_told_of_another_accounts_broadcast_or_contact(desk: Desk) -> None:
    group = desk.world.group()
    contact = desk.person(group)
    done = desk.send(group)
    with pytest.raises(NotFound):
        why(desk.world.b.id, done.id, contact.id, desk.clock)
    with pytest.raises(NotFound):
        why(done.account_id, done.id, "ct_other", desk.clock)
