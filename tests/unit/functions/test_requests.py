"""The edge: what a request costs, what is taken while tables do not answer, what is kept out."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from assent.platform import observability
from assent.platform.http import MAX_BODY
from tests.calls import recorded, throttled_tables
from tests.unit.functions.deployment import Deployment, event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
ANN, BOB = "+12125550101", "+12125550102"
WEBSITE = f"in_{'W' * 26}"
QUEUE = "opt-in-requests"


@pytest.fixture(autouse=True)
def empty(shared: Deployment) -> Iterator[None]:
    shared.take(QUEUE)
    shared.take("outbound")
    shared.cold()
    yield
    observability.metrics.clear_metrics()


def with_body(kept: dict[str, Any], body: bytes) -> dict[str, Any]:
    kept["body"] = base64.b64encode(body).decode() if kept["isBase64Encoded"] else body.decode()
    return kept


@pytest.mark.parametrize("case", ["form_good", "lead_good"])
def test_an_accepted_lead_is_one_call_on_the_request_path(shared: Deployment, case: str) -> None:
    """The budget: configuration is held for 10 s, so a lead costs one message."""
    shared.call("form_ingest", event("form_ingest", case))
    with recorded() as calls:
        shared.call("form_ingest", event("form_ingest", case))
    assert calls == [("sqs", "SendMessage")]


def test_a_stop_is_one_call_on_the_request_path(shared: Deployment) -> None:
    """The budget: credentials are held for a minute."""
    stop = event("inbound_webhook", "stop")
    shared.call("inbound_webhook", stop)
    with recorded() as calls:
        shared.call("inbound_webhook", stop)
    assert calls == [("sqs", "SendMessage")]
    shared.take("inbound")


def test_a_form_that_wants_another_page_is_thanked_here_while_tables_throttle(
    shared: Deployment,
) -> None:
    """Where it may go on to is not known then, and that is no reason to fail a lead it took."""
    with throttled_tables():
        answer = shared.call("form_ingest", event("form_ingest", "form_good_from_another_site"))
    assert answer["statusCode"] == 303
    assert answer["headers"]["Location"].endswith("?thanks=1")
    assert len(shared.take(QUEUE)) == 1


def test_whoever_sent_a_form_is_thanked_while_tables_throttle(shared: Deployment) -> None:
    """The lead is in the queue by then, so an error would only make people send it twice."""
    shared.cold()
    with throttled_tables():
        answer = shared.call("form_ingest", event("form_ingest", "page_thanks"))
    assert answer["statusCode"] == 200
    assert "Thank you" in answer["body"]


def test_a_page_that_needs_a_table_says_when_to_come_back_while_tables_throttle(
    shared: Deployment,
) -> None:
    shared.cold()
    with throttled_tables():
        answer = shared.call("form_ingest", event("form_ingest", "page"))
    assert answer["statusCode"] == 503
    assert json.loads(answer["body"])["code"] == "busy"
    assert answer["headers"]["Retry-After"] == "5"


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://www.example.com", True), ("https://evil.example", False)]
)
def test_a_script_on_an_allowed_site_may_read_the_answer(
    shared: Deployment, origin: str, allowed: bool
) -> None:
    sent = event("form_ingest", "form_good_from_another_site")
    sent["headers"]["origin"] = origin
    answer = shared.call("form_ingest", sent)
    shown = answer["headers"].get("Access-Control-Allow-Origin")
    assert (shown == origin) is allowed


def test_a_lead_with_a_wrong_key_taken_blindly_is_refused_by_the_worker(
    shared: Deployment,
) -> None:
    """The worker checks again what the edge could not."""
    with throttled_tables():
        answer = shared.call("form_ingest", event("form_ingest", "lead_wrong_key"))
    assert answer["statusCode"] == 202
    assert shared.deliver(QUEUE) == []
    assert shared.take("outbound") == []


@pytest.mark.parametrize("size", [MAX_BODY + 1, 1_000_000])
@pytest.mark.parametrize("case", ["form_good", "lead_good"])
def test_too_much_text_is_refused_before_it_is_read(
    shared: Deployment, case: str, size: int
) -> None:
    kept = with_body(event("form_ingest", case), b"a" * size)
    answer = shared.call("form_ingest", kept)
    assert answer["statusCode"] == 413
    assert json.loads(answer["body"])["code"] == "too_large"
    assert shared.take(QUEUE) == []


def test_a_robot_is_thanked_and_counted_as_nothing(
    shared: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    shared.call("form_ingest", event("form_ingest", "form_honeypot_filled"))
    assert "LeadsAccepted" not in capsys.readouterr().out
    shared.call("form_ingest", event("form_ingest", "form_good"))
    assert "LeadsAccepted" in capsys.readouterr().out
