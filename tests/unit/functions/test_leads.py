"""The edge of leads: what it costs, what it takes while tables do not answer, what it keeps out."""

import pytest

from assent.consent import store as consent
from assent.contacts import store as contacts
from assent.integrations.health import store as health_store
from assent.integrations.model import IntegrationState
from assent.integrations.service import IntegrationService
from assent.platform.clock import SystemClock
from tests.calls import throttled_tables
from tests.unit.functions.deployment import A, Deployment, event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
ANN, BOB = "+12125550101", "+12125550102"
WEBSITE = f"in_{'W' * 26}"
QUEUE = "opt-in-requests"


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize(
    ("case", "status", "phone"), [("form_good", 303, ANN), ("lead_good", 202, BOB)]
)
def test_a_lead_is_taken_while_tables_throttle_and_processed_later(
    deployment: Deployment, case: str, status: int, phone: str, *, warm: bool
) -> None:
    """Accepted on a cold process too; the worker fails, and makes a contact once tables answer."""
    if warm:
        deployment.call("form_ingest", event("form_ingest", case))
        deployment.take(QUEUE)
    with throttled_tables():
        assert deployment.call("form_ingest", event("form_ingest", case))["statusCode"] == status
        assert len(deployment.deliver(QUEUE)) == 1
    deployment.cold()
    assert deployment.deliver(QUEUE) == []
    known = consent.consent(A, deployment.subject(phone))
    assert contacts.contact(A, known.contact_id or "") is not None
    assert len(deployment.take("outbound")) == 1


def test_a_refused_lead_leaves_nothing_but_the_names_of_its_bad_fields(
    deployment: Deployment,
) -> None:
    """Q3, Q12."""
    deployment.call("form_ingest", event("form_ingest", "lead_without_fields"))
    health = health_store.health(A, WEBSITE, SystemClock().now().date())
    assert health.refusals == {"email": 1, "first_name": 1, "last_name": 1, "phone": 1}
    assert health.last_error == "fields_refused"
    assert "nobody" not in str([dict(r.attribute_values) for r in health_store.CountRecord.scan()])


def test_the_same_idempotency_key_gives_the_same_receipt_and_one_contact(
    deployment: Deployment,
) -> None:
    """I2."""
    kept = event("form_ingest", "lead_with_idempotency_key")
    answers = [deployment.call("form_ingest", kept)["body"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert deployment.deliver(QUEUE) == []
    assert len(deployment.take("outbound")) == 1
    other = event("form_ingest", "lead_with_idempotency_key")
    other["headers"]["idempotency-key"] = "order-4712"
    assert deployment.call("form_ingest", other)["body"] != answers[0]


def test_a_lead_taken_before_the_pause_is_processed_and_one_after_it_is_refused(
    deployment: Deployment,
) -> None:
    """Q10: leads accepted before are still processed; a pause counts within 10 s."""
    good = event("form_ingest", "form_good")
    deployment.call("form_ingest", good)
    IntegrationService(SystemClock()).change(A, WEBSITE, state=IntegrationState.PAUSED)
    deployment.cold()
    assert deployment.call("form_ingest", good)["statusCode"] == 409
    assert deployment.deliver(QUEUE) == []
    assert len(deployment.take("outbound")) == 1


def test_a_person_sees_in_words_that_a_form_is_paused(deployment: Deployment) -> None:
    """Q10: nobody fills in a form for nothing, and nobody is shown what is meant for programs."""
    for case in ("form_paused", "page"):
        asked = event("form_ingest", "form_paused")
        if case == "page":
            asked["requestContext"]["http"]["method"] = "GET"
            asked["body"] = ""
        asked["headers"]["accept"] = "text/html"
        answer = deployment.call("form_ingest", asked)
        assert answer["statusCode"] == (409 if case == "form_paused" else 200)
        assert "This form is paused" in answer["body"]
        assert "<form" not in answer["body"]
