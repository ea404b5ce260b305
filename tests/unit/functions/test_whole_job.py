"""The main job through the handlers alone: from the form to the opt-in queue, and out with STOP."""

import json
from urllib.parse import urlsplit

import pytest
from twilio.request_validator import RequestValidator

from assent.consent import store as consent
from assent.consent.model import Channel
from assent.contacts import store as contacts
from assent.contacts.model import ComplianceState, Contact, QueueState
from tests.unit.functions.deployment import A, B, Deployment, event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
ANN = "+12125550101"
PIECES = (ANN, ANN[1:], ANN[2:], "(212) 555-0101", "555-0101", "5550101")


def receipt(deployment: Deployment, state: str) -> int:
    """Let the provider call back about the latest text; returns the answer's status."""
    address = urlsplit(deployment.twilio.sent[-1].status_url)
    kept = event("delivery_webhook", "delivered")
    fields = {"MessageSid": "SM1", "MessageStatus": state, "To": ANN}
    kept |= {"rawPath": address.path, "rawQueryString": address.query, "isBase64Encoded": False}
    kept["body"] = "&".join(f"{k}={v.replace('+', '%2B')}" for k, v in fields.items())
    kept["queryStringParameters"] = {"ref": address.query.removeprefix("ref=")}
    kept["requestContext"]["http"]["path"] = address.path
    signer = RequestValidator(f"token of {A}")
    kept["headers"]["x-twilio-signature"] = signer.compute_signature(address.geturl(), fields)
    return int(deployment.call("delivery_webhook", kept)["statusCode"])


def ann(deployment: Deployment) -> Contact:
    known = consent.consent(A, deployment.subject(ANN))
    found = contacts.contact(A, known.contact_id or "", consistent=True)
    assert found is not None
    return found


def play(deployment: Deployment) -> None:
    """Send the form, deliver the compliance text, and let the lead into the queue."""
    deployment.call("form_ingest", event("form_ingest", "form_good"))
    for queue in ("opt-in-requests", "outbound"):
        assert deployment.deliver(queue) == []
    assert receipt(deployment, "delivered") == 204
    for queue in ("receipts", "commands"):
        assert deployment.deliver(queue) == []


def stop(deployment: Deployment) -> None:
    """Text STOP, and let all that follows happen."""
    assert deployment.call("inbound_webhook", event("inbound_webhook", "stop"))["statusCode"] == 200
    for queue in ("inbound", "effects", "outbound"):
        assert deployment.deliver(queue) == []


def test_a_form_ends_in_the_queue_and_a_stop_takes_it_out(deployment: Deployment) -> None:
    """Q1, Q9, K3, O8."""
    play(deployment)
    assert ann(deployment).queue.state == QueueState.QUEUED
    assert ann(deployment).compliance.state == ComplianceState.DELIVERED
    stop(deployment)
    assert ann(deployment).queue.left_reason == "opted_out"
    assert [outgoing.body[:30] for outgoing in deployment.twilio.sent] == [
        "Harbor Alerts: thanks for sign",
        "Harbor Alerts: you are opted o",
    ]
    against = consent.opt_out("sn_18885550100", deployment.subject(ANN))
    assert all(against.standing_against(Channel.SMS, account) for account in (A, B))


def test_no_phone_number_is_logged_or_measured(
    deployment: Deployment, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Line 8: logs and metrics carry no numbers, not even where something is refused."""
    play(deployment)
    stop(deployment)
    for case in ("form_impossible_phone", "lead_unknown_field", "lead_broken_json"):
        deployment.call("form_ingest", event("form_ingest", case))
    broken = event("queue_router", "leads_beside_what_no_schema_matches")
    broken["Records"][1]["body"] = json.dumps({"phone": ANN})
    deployment.call("queue_router", broken)
    logged = deployment.log.getvalue()
    printed = capsys.readouterr().out
    assert '"outcome":"new_contact"' in logged
    assert "StopLatency" in printed
    records = " ".join(str(vars(record)) for record in caplog.records if record.name != "botocore")
    for piece in PIECES:
        assert piece not in logged + printed + records
