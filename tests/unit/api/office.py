"""Requests to the console's API as its authorizer passes them on, and ids to ask for."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3

from assent.accounts import store as accounts
from assent.accounts.model import Sender
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Group
from assent.platform.tables import Transaction
from tests.conftest import TABLES
from tests.fakes import SENDER
from tests.unit.functions.deployment import API_KEY, A, Deployment, event

WEBSITE = f"in_{'W' * 26}"
NUMBERS = b"phone\n+12125550191\n"
NEW_IMPORT = {
    "file_name": "stop.csv",
    "size": len(NUMBERS),
    "channels": ["sms"],
    "reason": "from the old system",
}
CONTACTS = b"phone,name\n+12125550192,Dan Roe\n"
NEW_CONTACTS = {"file_name": "people.csv", "size": len(CONTACTS)}
OWNER_A, OWNER_B = "owner-of-a", "owner-of-b"


@dataclass(frozen=True)
class Reply:
    """A status with its body, read."""

    status: int
    body: Any
    type: str
    headers: dict[str, str] = field(default_factory=dict)


class Office:
    """Asks the API as somebody; `ids` names one of each kind of thing of account A."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.ids = {"integration": WEBSITE}
        spare = {"name": "Spare", "disclosure": "I agree to get texts from Harbor Alerts."}
        self.ids["idle"] = self.ask("POST", "/integrations", spare).body["id"]
        self.ids["contact"] = self.queued("+12125550141")
        self.ids["group"] = self.ask("POST", "/groups", {"name": "News"}).body["id"]
        draft = {"name": "Hours", "groups": [self.ids["group"]], "template": "Harbor Alerts: hi"}
        self.ids["broadcast"] = self.ask("POST", "/broadcasts", draft).body["id"]
        self.ids["leaver"] = self.queued("+12125550146")
        hard = {"phone": "+12125550147", "channels": ["sms"], "kind": "hard"}
        self.ids["opt_out"] = self.ask("POST", "/opt-outs", hard).body["items"][0]["id"]
        self.ids |= {"number": "1", "user": "spare-of-a"}
        for kind in ("label", "merged", "deleted"):
            self.ids[kind] = self.ask("POST", "/labels", {"name": kind}).body["id"]
        notes = f"/contacts/{self.ids['contact']}/notes"
        by_operator = "operator-of-a"
        said = self.ask("POST", notes, {"text": "Prefers calls"}, user=by_operator)
        self.ids["note"] = said.body["id"]
        self.ids["contacts"] = self.ask("POST", "/contact-imports", NEW_CONTACTS).body["id"]
        self.ids["import"] = self.ask("POST", "/opt-out-imports", NEW_IMPORT).body["id"]

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: str = OWNER_A,
        account: str | None = None,
        query: dict[str, str] | None = None,
        name: str = "Olga Moreno",
    ) -> Reply:
        """Send one request."""
        path = "/api/v1" + path
        kept = event("console_api", "me")
        kept |= {"rawPath": path, "pathParameters": {"proxy": path.removeprefix("/api/v1/")}}
        kept["requestContext"]["http"] |= {"method": method, "path": path}
        claims = kept["requestContext"]["authorizer"]["jwt"]["claims"]
        claims |= {"sub": user, "name": name}
        if account:
            kept["headers"]["assent-account"] = account
        if query:
            kept["queryStringParameters"] = query
            kept["rawQueryString"] = "&".join(f"{k}={v}" for k, v in query.items())
        if isinstance(body, bytes):
            kept |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
            kept["headers"]["content-type"] = "application/octet-stream"
        elif body is not None:
            kept["body"] = json.dumps(body)
            kept["headers"]["content-type"] = "application/json"
        answer = self.deployment.call("console_api", kept)
        content = answer.get("body") or ""
        if answer.get("isBase64Encoded"):
            content = base64.b64decode(content)
        kind = answer["headers"]["Content-Type"]
        return Reply(
            answer["statusCode"],
            json.loads(content or "null") if "json" in kind else content,
            kind,
            answer["headers"],
        )

    def found(
        self, path: str, wanted: dict[str, Any], *, user: str = OWNER_A
    ) -> list[dict[str, Any]]:
        """Search a list; returns the first page of what matches."""
        reply = self.ask("POST", f"{path}/search", {"filter": wanted}, user=user)
        items: list[dict[str, Any]] = reply.body["items"]
        return items

    def program(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str = API_KEY,
        query: dict[str, str] | None = None,
    ) -> Reply:
        """Send one request as a program with an integration's key, past the authorizer."""
        kept = event("console_api", "me")
        kept["requestContext"].pop("authorizer")
        path = "/api/v1" + path
        kept |= {"rawPath": path, "queryStringParameters": query or {}, "pathParameters": None}
        kept["requestContext"]["http"] |= {"method": method, "path": path}
        kept["headers"] = {"x-api-key": key, "content-type": "application/json"}
        if body is not None:
            kept["body"] = json.dumps(body)
        answer = self.deployment.call("console_api", kept)
        kind = answer["headers"]["Content-Type"]
        return Reply(answer["statusCode"], json.loads(answer["body"]), kind, answer["headers"])

    def queued(self, phone: str) -> str:
        """Let a lead come in and into the queue; returns the contact's id."""
        # What earlier requests left to be tidied.
        assert self.deployment.deliver("commands") == []
        sent = event("form_ingest", "lead_good")
        sent["body"] = json.dumps({"first_name": "Bob", "last_name": "Ray", "phone": phone})
        assert sent["headers"]["x-api-key"] == API_KEY
        assert self.deployment.call("form_ingest", sent)["statusCode"] == 202
        self.deployment.deliver("opt-in-requests")
        self.deployment.deliver("outbound")
        [enter] = self.deployment.waiting("commands")
        assert self.deployment.deliver("commands") == []
        return str(enter["contact_id"])

    def furnish(self) -> None:
        """Give account A what few tests need: a sender of its own, and something to decide."""
        self.ids |= own_sender()
        self.deployment.cold()
        self.ids |= self.bulk()
        self.ids["decision"] = self.doubted("+12125550142")

    def bulk(self) -> dict[str, str]:
        """Give account A a group to spare, a job, and what else belongs to doing much at once."""
        person = self.queued("+12125550149")
        moves = {"contact_ids": [person], "group_id": self.ids["group"]}
        assert self.ask("POST", "/queue/moves", moves).body["moved"] == [person]
        job = {"action": "favourite", "contact_ids": [person]}
        deletion = {"filter": {"origin": "manual"}}
        made = {
            "person": person,
            "spare": self.ask("POST", "/groups", {"name": "Spare"}).body["id"],
            "job": self.ask("POST", "/jobs", job).body["id"],
            "deletion": self.ask("POST", "/contacts/deletions/preview", deletion).body["token"],
            "export": self.ask("POST", "/exports/contacts", {}).body["id"],
            "view": self.ask("POST", "/saved-views", {"name": "All"}).body["id"],
        }
        while self.deployment.waiting("commands"):
            assert self.deployment.deliver("commands") == []
        return made

    def doubted(self, phone: str) -> str:
        """Let a phone text what may be an opt-out; returns what is to be decided."""
        received = {
            "provider": "twilio",
            "connection_id": A,
            "message_id": f"SM{phone}",
            "sender_address": SENDER,
            "phone": phone,
            "body": "stop harbor",
            "effective_at": "2026-01-05T15:00:00Z",
            "received_at": "2026-01-05T15:00:00Z",
        }
        self.deployment.put("inbound", received)
        assert self.deployment.deliver("inbound") == []
        found = self.ask("GET", "/decisions").body["items"]
        return str(next(one["id"] for one in found if one["phone"] == phone))

    def path(self, pattern: str) -> str:
        """Fill a route's pattern with the ids of account A."""
        return pattern.format(**self.ids)


def own_sender() -> dict[str, str]:
    """Give account A a sender of its own, with a group that is reached from it."""
    sender = Sender(
        id="sn_18885550177",
        address="+18885550177",
        owner_id=A,
        program_name="Harbor Events",
        help_text="Harbor Events: help at example.com. Reply STOP to opt out.",
        stop_text="Harbor Events: you are opted out.",
        start_text="Harbor Events: welcome back. Reply STOP to opt out.",
    )
    accounts.put_sender(sender)
    group = Group(
        id=f"gr_{'E' * 26}",
        account_id=A,
        name="Events",
        sender_id=sender.id,
        created_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
    transaction = Transaction()
    group_store.add_group(transaction, group)
    transaction.commit()
    return {"sender": sender.id, "events": group.id}


def stored() -> dict[str, list[str]]:
    """Show everything that the tables hold, in an order of its own."""
    client = boto3.client("dynamodb")
    return {
        name: sorted(
            json.dumps(item, sort_keys=True, default=str)
            for item in client.scan(TableName=f"assent-test-{name}")["Items"]
        )
        for name in TABLES
    }
