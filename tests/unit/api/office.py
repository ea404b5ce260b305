"""Requests to the console's API as its authorizer passes them on, and ids to ask for."""

import json
from dataclasses import dataclass
from typing import Any

import boto3

from tests.conftest import TABLES
from tests.unit.functions.deployment import API_KEY, Deployment, event

WEBSITE = f"in_{'W' * 26}"
OWNER_A, OWNER_B = "owner-of-a", "owner-of-b"


@dataclass(frozen=True)
class Reply:
    """A status with its body, read."""

    status: int
    body: Any
    type: str


class Office:
    """Asks the API as somebody; `ids` names one of each kind of thing of account A."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.ids = {"integration": WEBSITE}
        self.ids["contact"] = self.queued("+12125550141")
        self.ids["group"] = self.ask("POST", "/groups", {"name": "News"}).body["id"]
        draft = {"name": "Hours", "groups": [self.ids["group"]], "template": "Harbor Alerts: hi"}
        self.ids["broadcast"] = self.ask("POST", "/broadcasts", draft).body["id"]

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
        if body is not None:
            kept["body"] = json.dumps(body)
            kept["headers"]["content-type"] = "application/json"
        answer = self.deployment.call("console_api", kept)
        return Reply(
            answer["statusCode"],
            json.loads(answer["body"]) if answer.get("body") else None,
            answer["headers"]["Content-Type"],
        )

    def queued(self, phone: str) -> str:
        """Let a lead come in and into the queue; returns the contact's id."""
        sent = event("form_ingest", "lead_good")
        sent["body"] = json.dumps({"first_name": "Bob", "last_name": "Ray", "phone": phone})
        assert sent["headers"]["x-api-key"] == API_KEY
        assert self.deployment.call("form_ingest", sent)["statusCode"] == 202
        self.deployment.deliver("opt-in-requests")
        self.deployment.deliver("outbound")
        [enter] = self.deployment.waiting("commands")
        assert self.deployment.deliver("commands") == []
        return str(enter["contact_id"])

    def path(self, pattern: str) -> str:
        """Fill a route's pattern with the ids of account A."""
        return pattern.format(**self.ids)


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
