"""What is made of a lead, also when workers end half-way and leads cross each other."""

import hashlib

import pytest

from assent.consent import service as consent_service
from assent.consent.chains import store as chain_store
from assent.consent.ledger import verify
from assent.consent.model import Channel, Consent, Standing, Status
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.model import Contact, Origin, QueueState
from assent.integrations import store
from assent.integrations.model import ProcessLead
from assent.messaging.model import SendMessage
from assent.platform.tables import Transaction
from tests.calls import Call, Died, each_call, ignore
from tests.fakes import ANN, CALLER, DISCLOSURE, World
from tests.unit.contacts import people

BODY = {"first_name": "Ann", "last_name": "Lee", "phone": ANN}


def accepted(world: World, key: str | None = None, **more: str) -> ProcessLead:
    """Take a lead at the edge, and hold it before the worker."""
    world.ingest.from_api(key or world.api_key, BODY | more, CALLER)
    [command] = world.queue.take(ProcessLead)
    return command


def other_key(world: World) -> str:
    return world.integrations.create(
        world.a.id, "Second form", DISCLOSURE + " Any time.", channels=[Channel.SMS]
    )[1]


def die_after_the_transaction(call: Call) -> None:
    if call[1] == "TransactWriteItems":
        raise Died


def test_a_lead_is_on_record_with_its_proof(world: World) -> None:
    """P1, P2: exact disclosure with its hash, address, IP and browser."""
    world.lead()
    known = world.consent()
    events = chain_store.events(world.a.id, known.subject)
    [event] = events
    assert event.evidence is not None
    named = event.evidence["disclosure_sha256"]
    assert named == hashlib.sha256(DISCLOSURE.encode()).hexdigest()
    assert store.disclosure(world.a.id, named) == DISCLOSURE
    assert event.evidence["ip"] == CALLER.ip
    assert event.evidence["url"] == CALLER.url
    assert event.actor == world.integration.id
    assert verify(world.a.id, known.subject, events, (known.sequence, known.head)) is None
    assert known.agreement(world.sender.id, Channel.SMS).standing == Standing.SUBSCRIBED


def test_a_lead_whose_worker_ended_after_the_commit_gets_its_text_on_redelivery(
    world: World,
) -> None:
    """Line 4."""
    command = accepted(world)
    with each_call(ignore, die_after_the_transaction), pytest.raises(Died):
        world.leads.process(command)
    assert world.leads.process(command) == "repeated"
    assert len(world.queue.take(SendMessage)) == 1
    assert world.leads.process(command) == "repeated"
    assert world.queue.take(SendMessage) == []


def test_another_lead_in_between_does_not_lose_the_text_that_is_still_to_be_sent(
    world: World,
) -> None:
    """Q13, line 4: the second form was filled while the first lead's worker had ended."""
    first = accepted(world)
    with each_call(ignore, die_after_the_transaction), pytest.raises(Died):
        world.leads.process(first)
    assert world.leads.process(accepted(world, other_key(world))) == "known_contact"
    world.leads.process(first)
    world.run()
    assert len(world.provider.texts_to(ANN)) == 1


def test_a_text_that_two_leads_both_send_goes_out_once(world: World) -> None:
    """Q13: the first worker sent it and ended before it could say so."""
    first = accepted(world)

    def die_before_clearing(call: Call) -> None:
        if call[1] == "UpdateItem":
            raise Died

    with each_call(die_before_clearing, ignore), pytest.raises(Died):
        world.leads.process(first)
    world.leads.process(accepted(world, other_key(world)))
    world.run()
    assert len(world.provider.texts_to(ANN)) == 1


def test_new_evidence_of_a_known_person_is_added_and_nothing_is_sent(world: World) -> None:
    """Q13."""
    world.member()
    sent = len(world.provider.sent)
    assert world.leads.process(accepted(world, other_key(world))) == "known_contact"
    world.run()
    assert len(world.provider.sent) == sent
    assert world.consent().sequence == 2


def test_the_same_lead_within_a_day_says_nothing_new(world: World) -> None:
    """Q13: one read, no write."""
    world.lead()
    assert world.leads.process(accepted(world)) == "duplicate"
    world.clock.advance(hours=25)
    assert world.leads.process(accepted(world)) == "known_contact"
    assert world.consent().sequence == 2


def test_two_workers_with_the_same_lead_make_one_contact(world: World) -> None:
    """Q13."""
    command = accepted(world)
    waiting = [lambda: world.leads.process(command)]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and waiting:
            waiting.pop()()

    with each_call(race, ignore):
        assert world.leads.process(command) == "repeated"
    world.run()
    assert len(world.provider.texts_to(ANN)) == 1
    assert world.consent().sequence == 1


def test_with_double_opt_in_the_lead_is_asked_and_pending(world: World) -> None:
    """S0."""
    key = world.integrations.create(world.a.id, "Double", DISCLOSURE, double_opt_in=True)[1]
    world.lead(key=key)
    assert world.consent().agreement(world.sender.id, Channel.SMS).standing == Standing.PENDING
    assert "reply YES" in world.provider.texts_to(ANN)[0]


def test_the_last_lead_is_noted_for_those_who_wait_for_leads(world: World) -> None:
    """Q12."""
    world.lead()
    assert world.health().last_lead_at is not None


def by_hand(world: World, **more: object) -> Contact:
    """Make a contact that nobody has told anything yet."""
    made = people.add(world, "Ann", "Lee", phone=ANN, origin=Origin.MANUAL, **more)
    before = Consent(account_id=world.a.id, subject=made.subject)
    transaction = Transaction()
    consent_service.point(transaction, before, {"contact_id": made.id})
    transaction.commit()
    return made


def test_a_contact_made_by_hand_is_a_lead_like_any_other_when_it_agrees(world: World) -> None:
    """Q1, Q13: it has had no compliance message, so it gets one and waits for review."""
    made = by_hand(world)
    lead = world.queued(ANN)
    assert (lead.id, lead.queue.state) == (made.id, QueueState.QUEUED)
    assert (lead.origin, lead.integration_id) == (Origin.MANUAL, world.integration.id)
    assert lead.mark(Channel.SMS) == Status.SUBSCRIBED
    assert len(world.provider.texts_to(ANN)) == 1
    world.clock.advance(hours=25)
    world.lead(ANN)
    assert len(world.provider.texts_to(ANN)) == 1


def test_a_lead_completes_a_contact_that_has_no_name_yet(world: World) -> None:
    """Q3, Q7: what nobody has written is taken over, and found by; what somebody has stays."""
    made = people.add(world, "", "Leigh", phone=ANN, origin=Origin.IMPORT)
    before = Consent(account_id=world.a.id, subject=made.subject)
    transaction = Transaction()
    consent_service.point(transaction, before, {"contact_id": made.id})
    transaction.commit()
    lead = world.queued(ANN)
    assert (lead.id, lead.first_name, lead.last_name) == (made.id, "Ann", "Leigh")
    for typed in ("ann", "leigh"):
        found = directory.page(world.a, Filter(queued=True, search=typed), Sort.NEWEST, None, 5)
        assert [one.id for one in found.contacts] == [made.id], typed


def test_a_contact_in_a_group_is_told_and_queued_nothing(world: World) -> None:
    """Q13: the new evidence is added to the ledger, and that is all."""
    made = by_hand(world, groups=frozenset({world.group().id}))
    lead = world.lead(ANN)
    assert lead is not None
    assert (lead.id, lead.queue.state) == (made.id, QueueState.OUTSIDE)
    assert world.provider.texts_to(ANN) == []
    assert lead.mark(Channel.SMS) == Status.SUBSCRIBED
