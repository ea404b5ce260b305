"""Proof by contact or number: exported and checked, for those who know the number."""

import base64
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest

from assent.accounts.model import sender_id
from assent.consent import service, store
from assent.consent.ledger import Happening
from assent.consent.listing import store as listing_store
from assent.consent.model import ALL_ACCOUNTS, Channel, EventType, Source
from assent.platform.clock import SystemClock
from assent.platform.tables import Transaction
from tests.fakes import SENDER
from tests.unit.api.office import OWNER_A, OWNER_B, Office
from tests.unit.functions.deployment import A, B, C, event

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
KNOWN, STRANGER, OWN_ENTRY, STOPPED_ONLY = (f"+1212555014{n}" for n in range(5, 9))
SN = sender_id(SENDER)
FOREIGN = (B, C, "Northside Gym", "City Library", "owner-of-b", "user-of-b", "Bruno", "B’s reason")


def happening(kind: EventType, scope: str, actor: str = "", **evidence: str) -> Happening:
    now = SystemClock().now()
    return Happening(
        type=kind,
        effective_at=now,
        recorded_at=now,
        channels=[Channel.SMS],
        sender_id=SN,
        scope=scope,
        source=Source.ADMIN if actor else Source.KEYWORD,
        actor=actor,
        evidence=evidence,
    )


def lay(office: Office, phone: str, happened: Happening) -> None:
    transaction = Transaction()
    before = store.opt_out(SN, office.deployment.subject(phone))
    service.lay(transaction, before, happened, phone)
    transaction.commit()


@pytest.fixture(scope="module")
def contact(office: Office) -> str:
    """A contact of A that texted STOP, and that account B opted out as well."""
    made = office.queued(KNOWN)
    lay(office, KNOWN, happening(EventType.STOPPED, ALL_ACCOUNTS, message="STOP", message_id="I1"))
    by_b = {"user": "Bruno", "reason": "B’s reason"}
    lay(office, KNOWN, happening(EventType.OPTED_OUT_ON_REQUEST, B, "user-of-b", **by_b))
    by_a = {"user": "Olga", "reason": "A’s reason"}
    lay(office, OWN_ENTRY, happening(EventType.OPTED_OUT_BY_USER, A, OWNER_A, **by_a))
    lay(office, STOPPED_ONLY, happening(EventType.STOPPED, ALL_ACCOUNTS, message="STOP"))
    return made


def asked_for(whose: dict[str, str]) -> dict[str, Any]:
    """Say how one asks: for a contact in the address, for a number in the body."""
    if "number" in whose:
        return {"method": "POST", "body": whose}
    return {"method": "GET", "query": whose}


def download(office: Office, whose: dict[str, str], **who: str) -> dict[str, Any]:
    """Ask for a pack as a browser does; the body may be anything."""
    wanted = asked_for(whose)
    path = "/api/v1/proof"
    asked = event("console_api", "me")
    asked |= {"rawPath": path, "queryStringParameters": wanted.get("query", {})}
    if "body" in wanted:
        asked |= {"body": json.dumps(whose), "isBase64Encoded": False}
    asked["requestContext"]["http"] |= {"method": wanted["method"], "path": path}
    asked["requestContext"]["authorizer"]["jwt"]["claims"] |= {
        "sub": who.get("user", OWNER_A),
        "name": "Olga Moreno",
    }
    if "account" in who:
        asked["headers"]["assent-account"] = who["account"]
    return office.deployment.call("console_api", asked)


def unpacked(answer: dict[str, Any]) -> dict[str, bytes]:
    assert answer["statusCode"] == 200, answer
    assert answer["isBase64Encoded"] is True
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(answer["body"]))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_one_request_gives_a_pack_that_verifies_itself(
    office: Office, contact: str, tmp_path: Path
) -> None:
    """P4: one click, one API call."""
    answer = download(office, {"contact_id": contact})
    assert answer["headers"]["Content-Type"] == "application/zip"
    for name, content in unpacked(answer).items():
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout[:3]) == (0, "OK:")
    proof = json.loads((tmp_path / "proof.json").read_text("utf-8"))
    assert (proof["number"], proof["contact"]["id"]) == (KNOWN, contact)
    assert proof["exported_by"] == "Olga Moreno"
    assert [chain["owner"] for chain in proof["chains"]] == [A, SN]
    # The words that this person agreed to, not all that the account has.
    assert {one["name"] for one in proof["disclosures"]} == {"Website form"}


def test_the_name_of_the_file_holds_no_number(office: Office, contact: str) -> None:
    """Line 8."""
    answer = download(office, {"contact_id": contact})
    name = answer["headers"]["Content-Disposition"]
    assert name.startswith('attachment; filename="proof-')
    assert KNOWN[-4:] not in name.partition(office.deployment.subject(KNOWN)[:12])[0]
    assert KNOWN.removeprefix("+") not in name
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_nothing_of_another_tenant_is_in_the_pack(office: Office, contact: str) -> None:
    """P4, line 9."""
    files = unpacked(download(office, {"contact_id": contact}))
    proof = json.dumps(json.loads(files["proof.json"]), ensure_ascii=False)
    text = b"".join(files.values()).decode() + proof
    for word in FOREIGN:
        assert word not in text
    withheld = [
        e for e in json.loads(files["proof.json"])["chains"][1]["events"] if "type" not in e
    ]
    assert len(withheld) == 1


@pytest.mark.parametrize("spelling", [KNOWN, "(212) 555-0145", KNOWN.replace("+", " ")])
def test_a_number_in_any_spelling_gives_the_same_proof(
    office: Office, contact: str, spelling: str
) -> None:
    """P4."""
    by_number = json.loads(unpacked(download(office, {"number": spelling}))["proof.json"])
    by_contact = json.loads(unpacked(download(office, {"contact_id": contact}))["proof.json"])
    assert by_number["chains"] == by_contact["chains"]
    assert by_number["contact"] == by_contact["contact"]


def test_a_number_that_the_account_only_opted_out_is_known_to_it(
    office: Office, contact: str
) -> None:
    """P4, O1."""
    proof = json.loads(unpacked(download(office, {"number": OWN_ENTRY}))["proof.json"])
    assert proof["contact"] is None
    assert "A’s reason" in json.dumps(proof, ensure_ascii=False)


def test_a_stop_to_a_shared_sender_is_shown_to_those_on_whose_list_it_is(
    office: Office, contact: str
) -> None:
    """O1, line 9: not to an account that never met the number."""
    assert download(office, {"number": STOPPED_ONLY})["statusCode"] == 404
    subject = office.deployment.subject(STOPPED_ONLY)
    entry = store.opt_out(SN, subject).standing_against(Channel.SMS, A)
    assert entry is not None
    listing_store.put_listed(A, SN, subject, Channel.SMS, entry.effective_at)
    assert download(office, {"number": STOPPED_ONLY})["statusCode"] == 200
    assert download(office, {"number": STOPPED_ONLY}, user=OWNER_B)["statusCode"] == 404


@pytest.mark.parametrize("path", ["/proof", "/proof/check"])
def test_what_the_account_does_not_know_is_not_found(
    office: Office, contact: str, path: str
) -> None:
    """Line 9: neither another account's contact, nor a number known to others only."""
    for whose, code in (
        ({"contact_id": contact}, "unknown_contact"),
        ({"number": OWN_ENTRY}, "unknown_number"),
        ({"number": STRANGER}, "unknown_number"),
    ):
        reply = office.ask(path=path, user=OWNER_B, **asked_for(whose))
        assert (reply.status, reply.body["code"]) == (404, code)
    # B opted this one out itself, so B may ask, and learns nothing of A.
    reply = office.ask("POST", "/proof/check", {"number": "2125550145"}, user=OWNER_B)
    assert reply.status == 200
    assert A not in json.dumps(reply.body)
    assert reply.body["chains"][0]["events"] == 0


@pytest.mark.parametrize("path", ["/proof", "/proof/check"])
@pytest.mark.parametrize(
    ("method", "body", "field"),
    [
        ("GET", None, "query.contact_id"),
        ("POST", {}, "number"),
        ("POST", {"number": "12"}, "number"),
        ("POST", {"number": "junk"}, "number"),
        ("POST", {"number": KNOWN, "contact_id": "ct_1"}, "contact_id"),
    ],
)
def test_a_bad_question_is_named(
    office: Office, path: str, method: str, body: dict[str, str] | None, field: str
) -> None:
    """I7: whose proof is asked for has to be said, and a number be one."""
    reply = office.ask(method, path, body)
    assert (reply.status, reply.type) == (422, "application/problem+json")
    assert [problem["field"] for problem in reply.body["errors"]] == [field]


def test_a_viewer_may_check_and_not_export(office: Office, contact: str) -> None:
    """I5."""
    query = {"contact_id": contact}
    assert office.ask("GET", "/proof/check", query=query, user="viewer-of-a").status == 200
    reply = office.ask("GET", "/proof", query=query, user="viewer-of-a")
    assert (reply.status, reply.body["code"]) == (403, "not_permitted")
    assert download(office, query, user="operator-of-a")["statusCode"] == 200


def test_a_sound_number_is_checked_and_found_so(office: Office, contact: str) -> None:
    """P2, P3."""
    body = office.ask("GET", "/proof/check", query={"contact_id": contact}).body
    assert body["phone_key"] == office.deployment.subject(KNOWN)
    own, shared = body["chains"]
    assert own == {
        "owner": A,
        "owner_kind": "account",
        "title": "Harbor Health",
        "events": 1,
        "ok": True,
        "fault": None,
        "state_matches": True,
    }
    assert (shared["title"], shared["events"]) == (f"Harbor Alerts, {SENDER}", 2)
    assert (shared["ok"], shared["state_matches"]) == (True, True)


def test_a_changed_event_is_named_and_nothing_of_another_tenant(
    office: Office, contact: str
) -> None:
    """P2, line 9: the same fault is told with less in a sender's chain."""
    subject = office.deployment.subject(KNOWN)
    client = boto3.client("dynamodb")
    for owner, sequence in ((A, 1), (SN, 2)):
        key = {"pk": {"S": f"{owner}#{subject}"}, "sk": {"S": f"{sequence:010d}"}}
        item = client.get_item(TableName="assent-test-ledger", Key=key)["Item"]
        text = item["event"]["S"].replace('"Form"', '"API"').replace('"API"', '"Keypress"')
        text = text.replace('"Admin"', '"Provider"')
        client.put_item(TableName="assent-test-ledger", Item=item | {"event": {"S": text}})
        body = office.ask("GET", "/proof/check", query={"contact_id": contact}).body
        client.put_item(TableName="assent-test-ledger", Item=item)
        [fault] = [chain["fault"] for chain in body["chains"] if chain["owner"] == owner]
        assert (fault["sequence"], fault["code"], fault["field"]) == (sequence, "changed", "source")
        for word in FOREIGN:
            assert word not in json.dumps(body, ensure_ascii=False)
        assert ("its source was" in fault["message"]) is (owner == A)
