"""From the accepted lead to the opt-in queue, a process may end before or after any call to AWS."""

import json
from collections.abc import Iterator
from itertools import count

import pytest
from moto.core.models import MockAWS

from assent.consent import store as consent
from assent.consent.chains import store as chain_store
from assent.consent.ledger import verify
from assent.contacts import store as contacts
from assent.contacts.model import ComplianceState, Contact, QueueState
from assent.contacts.queue import store as queue_store
from assent.messaging import store as messages
from assent.messaging.dispatch import from_reference
from assent.messaging.model import MessageState, RecordReceipt, contact_thread
from assent.platform.clock import SystemClock
from tests.calls import Died, dying, recorded
from tests.unit.functions.deployment import A, Deployment, deployed, event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
QUEUES = ("opt-in-requests", "outbound", "receipts", "commands")
phones = count(2125570000)


@pytest.fixture(scope="module")
def deployment(simulated_aws: MockAWS) -> Iterator[Deployment]:
    with deployed(simulated_aws) as made:
        yield made


def accept(deployment: Deployment) -> str:
    """Let a lead with a number of its own be accepted; returns the number."""
    phone = f"+1{next(phones)}"
    lead = event("form_ingest", "lead_good")
    lead["body"] = json.dumps({"first_name": "Bob", "last_name": "Ray", "phone": phone})
    assert deployment.call("form_ingest", lead)["statusCode"] == 202
    return phone


def work(deployment: Deployment, phone: str) -> None:
    """Deliver what is in the queues until nothing is left; a process that ended is a new one."""
    told = False
    while True:
        for queue in QUEUES:
            try:
                deployment.deliver(queue)
            except Died:
                deployment.cold()
        if not told and (sent := deployment.twilio.texts_to(phone)):
            told = True
            place = from_reference(sent[0].status_url.partition("ref=")[2])
            assert place is not None
            receipt = RecordReceipt(
                place=place,
                connection_id=A,
                provider_message_id="SM1",
                state=MessageState.DELIVERED,
                received_at=SystemClock().now(),
            )
            deployment.put("receipts", receipt.model_dump(mode="json"))
        if not any(deployment.waiting(queue) for queue in QUEUES):
            return


def contact(deployment: Deployment, phone: str) -> Contact:
    known = consent.consent(A, deployment.subject(phone))
    events = chain_store.events(A, known.subject)
    assert len(events) == 1
    assert verify(A, known.subject, events, (known.sequence, known.head)) is None
    assert not known.todo
    found = contacts.contact(A, known.contact_id or "", consistent=True)
    assert found is not None
    return found


def calls_without_a_crash(deployment: Deployment) -> int:
    deployment.cold()
    with recorded() as calls:
        work(deployment, accept(deployment))
    return len(calls)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_lead_reaches_the_queue_wherever_a_process_ends(
    deployment: Deployment, *, before: bool
) -> None:
    """Q1, Q13, B6, line 4: one compliance text at most, no lead lost, everything else the same."""
    many = calls_without_a_crash(deployment)
    assert many > 15
    unsent = 0
    waiting = queue_store.size(A)
    for at in range(many):
        phone = accept(deployment)
        deployment.cold()
        with dying(at, before=before):
            work(deployment, phone)
        found = contact(deployment, phone)
        assert found.queue.state == QueueState.QUEUED, at
        thread = messages.thread(contact_thread(A, found.id))
        assert len(thread) == 1
        sent = deployment.twilio.texts_to(phone)
        assert len(sent) <= 1, at
        if sent:
            assert found.compliance.state == ComplianceState.DELIVERED, at
            assert thread[0].state == MessageState.DELIVERED, at
        else:
            # It ended between the claim and the provider: nobody knows, so nobody repeats it.
            unsent += 1
            assert found.compliance.state == ComplianceState.UNKNOWN, at
            assert thread[0].state == MessageState.UNKNOWN, at
        waiting += 1
        assert queue_store.size(A) == min(waiting, queue_store.COUNT_BOUND + 1)
    assert unsent <= 5
