"""Who may call what: no route answers without a token, nor with an account or id of others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from local.layout import REPOSITORY
from local.testing import RunningStack
from tests.integration.scene import Scene, new_phone

UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
BROADCAST = {"name": "N", "groups": [f"gr_{UNKNOWN}"], "template": "Harbor Alerts: x"}
INTEGRATION = {"name": "N", "disclosure": "I agree to get texts from Harbor Alerts."}
MOVES = {"contact_ids": [f"ct_{UNKNOWN}"], "group_id": f"gr_{UNKNOWN}"}
OPT_OUTS = {"file_name": "stop.csv", "size": 10, "channels": ["sms"]}
ROUTES: list[tuple[str, str, object]] = [
    ("GET", "/me", None),
    ("GET", "/me/phone", None),
    ("POST", "/me/phone", {"phone": "+12025550100"}),
    ("POST", "/me/phone/verify", {"code": "123456"}),
    ("GET", "/overview", None),
    ("GET", "/account", None),
    ("PATCH", "/account", {"name": "N"}),
    ("GET", "/senders", None),
    ("GET", "/queue", None),
    ("POST", "/queue/search", {}),
    ("GET", "/queue/count", None),
    ("POST", "/queue/moves", MOVES),
    ("POST", "/queue/moves/undo", MOVES),
    ("GET", "/contacts/{contact_id}/queue-diagnosis", None),
    ("GET", "/groups", None),
    ("POST", "/groups/search", {}),
    ("GET", "/group-names", None),
    ("POST", "/groups", {"name": "N"}),
    ("GET", "/contacts", None),
    ("POST", "/contacts/search", {}),
    ("POST", "/contacts/count", {}),
    ("GET", "/groups/{group_id}", None),
    ("PATCH", "/groups/{group_id}", {"archived": True}),
    ("DELETE", "/groups/{group_id}", None),
    ("GET", "/groups/{group_id}/deletion", None),
    ("POST", "/groups/{group_id}/members", {"contact_id": f"ct_{UNKNOWN}"}),
    ("DELETE", "/groups/{group_id}/members/{contact_id}", None),
    ("GET", "/contacts/{contact_id}", None),
    ("POST", "/contacts", {"phone": "+12125550100"}),
    ("PATCH", "/contacts/{contact_id}", {"version": 1, "first_name": "N"}),
    ("PUT", "/contacts/{contact_id}/favourite", None),
    ("DELETE", "/contacts/{contact_id}/favourite", None),
    ("PUT", "/contacts/{contact_id}/labels/{label_id}", None),
    ("DELETE", "/contacts/{contact_id}/labels/{label_id}", None),
    ("POST", "/contacts/{contact_id}/notes", {"text": "N"}),
    ("PATCH", "/contacts/{contact_id}/notes/{note_id}", {"text": "N"}),
    ("DELETE", "/contacts/{contact_id}/notes/{note_id}", None),
    ("GET", "/labels", None),
    ("POST", "/labels", {"name": "N"}),
    ("PATCH", "/labels/{label_id}", {"name": "N"}),
    ("POST", "/labels/{label_id}/merge", {"into": f"lb_{UNKNOWN}"}),
    ("DELETE", "/labels/{label_id}", None),
    ("DELETE", "/contacts/{contact_id}", None),
    ("POST", "/contacts/deletions/preview", {"filter": {}}),
    ("POST", "/contacts/deletions", {"token": f"jb_{UNKNOWN}", "account_name": "x"}),
    ("GET", "/jobs", None),
    ("POST", "/jobs", {"action": "favourite", "contact_ids": [f"ct_{UNKNOWN}"]}),
    ("GET", "/jobs/{job_id}", None),
    ("GET", "/jobs/{job_id}/refused", None),
    ("POST", "/jobs/{job_id}/cancel", None),
    ("POST", "/jobs/{job_id}/undo", None),
    ("GET", "/exports", None),
    ("POST", "/exports/contacts", {}),
    ("POST", "/exports/opt-outs", {}),
    ("GET", "/exports/{export_id}", None),
    ("POST", "/exports/{export_id}/link", None),
    ("POST", "/exports/{export_id}/cancel", None),
    ("GET", "/saved-views", None),
    ("POST", "/saved-views", {"name": "Mine"}),
    ("PUT", "/saved-views/{view_id}", {"name": "Mine"}),
    ("DELETE", "/saved-views/{view_id}", None),
    ("GET", "/account/deletion-rights", None),
    ("PATCH", "/account/deletion-rights", {}),
    ("GET", "/users", None),
    ("GET", "/users/changes", None),
    ("PATCH", "/users/{user_id}", {"delete": "default"}),
    ("DELETE", "/users/{user_id}", None),
    ("GET", "/contacts/{contact_id}/timeline", None),
    ("GET", "/integrations", None),
    ("POST", "/integrations", INTEGRATION),
    ("PATCH", "/integrations/{integration_id}", {"state": "paused"}),
    ("GET", "/integrations/{integration_id}", None),
    ("POST", "/integrations/{integration_id}/key", None),
    ("POST", "/integrations/{integration_id}/form", None),
    ("DELETE", "/integrations/{integration_id}", None),
    ("GET", "/broadcasts", None),
    ("POST", "/broadcasts", BROADCAST),
    ("GET", "/broadcasts/{broadcast_id}", None),
    ("PUT", "/broadcasts/{broadcast_id}", BROADCAST),
    ("POST", "/broadcasts/preview", {"template": "Harbor Alerts: x"}),
    ("POST", "/broadcasts/{broadcast_id}/dry-run", {"cursor": None}),
    ("POST", "/broadcasts/dry-run", {"broadcast": {"groups": [f"gr_{UNKNOWN}"]}}),
    ("POST", "/broadcasts/test", {"broadcast": BROADCAST}),
    ("POST", "/broadcasts/{broadcast_id}/duplicate", None),
    ("POST", "/broadcasts/{broadcast_id}/test", {"contact_id": ""}),
    ("POST", "/broadcasts/{broadcast_id}/schedule", {"at": None}),
    ("POST", "/broadcasts/{broadcast_id}/unschedule", None),
    ("POST", "/broadcasts/{broadcast_id}/pause", None),
    ("POST", "/broadcasts/{broadcast_id}/resume", None),
    ("POST", "/broadcasts/{broadcast_id}/cancel", None),
    ("GET", "/broadcasts/{broadcast_id}/why/{contact_id}", None),
    ("PATCH", "/senders/{sender_id}", {"support_contact": "help@example.com"}),
    ("GET", "/senders/{sender_id}/join-words", None),
    ("POST", "/senders/{sender_id}/join-words", {"word": "GALA", "group_id": "gr_1"}),
    ("DELETE", "/senders/{sender_id}/join-words/{word}", None),
    ("GET", "/decisions", None),
    ("GET", "/decisions/count", None),
    ("POST", "/decisions/{decision_id}", {"opt_out": False}),
    ("POST", "/contacts/{contact_id}/put-back", None),
    ("POST", "/contacts/{contact_id}/number-reassigned", None),
    ("POST", "/contacts/{contact_id}/erase", {"confirm": "0100"}),
    ("GET", "/opt-outs", None),
    ("POST", "/opt-outs/search", {}),
    ("POST", "/opt-outs", {"phone": "+12025550100", "channels": ["sms"]}),
    ("DELETE", "/opt-outs/{opt_out_id}", None),
    ("GET", "/proof", None),
    ("GET", "/proof/check", None),
    ("POST", "/proof", {"number": "+12025550100"}),
    ("POST", "/proof/check", {"number": "+12025550100"}),
    ("GET", "/contact-imports", None),
    ("POST", "/contact-imports", {"file_name": "people.csv", "size": 10}),
    ("GET", "/contact-import-sample", None),
    ("GET", "/contact-imports/{import_id}", None),
    ("PUT", "/contact-imports/{import_id}/parts/{number}", None),
    ("GET", "/contact-imports/{import_id}/preview", None),
    ("PUT", "/contact-imports/{import_id}/options", {"existing": "skip"}),
    ("POST", "/contact-imports/{import_id}/check", None),
    ("POST", "/contact-imports/{import_id}/commit", None),
    ("POST", "/contact-imports/{import_id}/cancel", None),
    ("GET", "/contact-imports/{import_id}/errors", None),
    ("GET", "/opt-out-imports", None),
    ("POST", "/opt-out-imports", OPT_OUTS),
    ("GET", "/opt-out-imports/{import_id}", None),
    ("PUT", "/opt-out-imports/{import_id}/parts/{number}", None),
    ("POST", "/opt-out-imports/{import_id}/check", None),
    ("POST", "/opt-out-imports/{import_id}/commit", None),
    ("POST", "/opt-out-imports/{import_id}/cancel", None),
    ("GET", "/opt-out-imports/{import_id}/errors", None),
]
FOR_VIEWERS_TOO = {
    ("POST", "/contacts/count"),
    ("POST", "/contacts/search"),
    ("POST", "/groups/search"),
    ("POST", "/opt-outs/search"),
    ("POST", "/queue/search"),
    ("POST", "/broadcasts/preview"),
    ("POST", "/exports/opt-outs"),
    ("POST", "/saved-views"),
}
NOT_FOR_VIEWERS = {
    "/account/deletion-rights",
    "/contact-imports",
    "/contact-import-sample",
    "/me/phone",
    "/opt-out-imports",
    "/proof",
    "/users",
    "/users/changes",
}
OF_A_CONTACT = {("GET", "/proof"), ("GET", "/proof/check")}
"""Routes that name a contact in the query."""
OF_NOBODY = {("GET", "/proof/check"), ("POST", "/proof/check")}
"""Routes for viewers that are asked here about somebody who is not there."""
IDS = {
    "contact_id": f"ct_{UNKNOWN}",
    "integration_id": f"in_{UNKNOWN}",
    "broadcast_id": f"bc_{UNKNOWN}",
    "import_id": f"im_{UNKNOWN}",
    "group_id": f"gr_{UNKNOWN}",
    "job_id": f"jb_{UNKNOWN}",
    "export_id": f"ex_{UNKNOWN}",
    "view_id": f"vw_{UNKNOWN}",
    "label_id": f"lb_{UNKNOWN}",
    "note_id": f"nt_{UNKNOWN}",
    "user_id": "00000000-0000-4000-8000-000000000000",
    "number": "1",
    "sender_id": "sn_10000000000",
    "word": "GALA",
    "decision_id": f"2026-01-05T15:00:00.000Z~sn_10000000000~{'0' * 32}",
    "opt_out_id": f"sn_10000000000~{'0' * 32}~sms",
}
KEYED = ("/leads", "/subscriptions", "/subscriptions/status", "/unsubscriptions")
"""Routes for programs, which show an API key and no token."""
every_route = pytest.mark.parametrize(
    ("method", "path", "body"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES]
)


@dataclass(frozen=True)
class User:
    """A user of the pool with valid tokens."""

    sub: str
    id_token: str
    access_token: str


@pytest.fixture(scope="module")
def stranger(stack: RunningStack) -> User:
    """A user of the pool who is in no account."""
    return make_user(stack, "stranger")


def make_user(stack: RunningStack, name: str) -> User:
    email = f"{name}-{secrets.token_hex(4)}@assent.example"
    users = stack.client("cognito-idp")
    pool, password = stack.outputs["UserPoolId"], f"Aa1-{secrets.token_hex(12)}"
    made = users.admin_create_user(
        UserPoolId=pool,
        Username=email,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    users.admin_set_user_password(
        UserPoolId=pool, Username=email, Password=password, Permanent=True
    )
    tokens = users.initiate_auth(
        ClientId=stack.outputs["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )["AuthenticationResult"]
    attributes = {one["Name"]: one["Value"] for one in made["User"]["Attributes"]}
    return User(attributes["sub"], tokens["IdToken"], tokens["AccessToken"])


def call(
    http: httpx.Client, method: str, path: str, body: object, **headers: str
) -> httpx.Response:
    query = {"contact_id": IDS["contact_id"]} if (method, path) in OF_A_CONTACT else None
    address = f"/api/v1{path.format(**IDS)}"
    return http.request(method, address, params=query, json=body, headers=headers)


def decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def encoded(part: dict[str, Any] | bytes) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_the_list_of_routes_is_complete() -> None:
    """Every operation of the OpenAPI document that wants a token is tried below."""
    document = json.loads((REPOSITORY / "docs" / "openapi.json").read_text("utf-8"))
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in document["paths"].items()
        for method in operations
        if path.startswith("/api/v1/") and not path.removeprefix("/api/v1").startswith(KEYED)
    }
    assert described == {(method, path) for method, path, _ in ROUTES}


@every_route
def test_without_a_token_nothing_answers(
    http: httpx.Client, method: str, path: str, body: object
) -> None:
    """I5: a route without a token is 401, whatever account it names."""
    assert call(http, method, path, body).status_code == 401


@every_route
def test_a_stranger_gets_into_no_account(
    http: httpx.Client, scene: Scene, stranger: User, method: str, path: str, body: object
) -> None:
    """A signed-in person sees only the accounts of their memberships, whatever the header says."""
    headers = {"Authorization": f"Bearer {stranger.id_token}", "Assent-Account": scene.account}
    answer = call(http, method, path, body, **headers)
    if path == "/me":
        assert answer.json()["accounts"] == []
    else:
        assert answer.status_code == 403
        assert answer.json()["code"] == "not_a_member"


def test_a_forged_token_is_refused(http: httpx.Client, stack: RunningStack, stranger: User) -> None:
    """A token of another key, without a signature or with changed claims is nobody's."""
    header, payload, signature = stranger.id_token.split(".")
    claims = decoded(payload)
    owner = stack.client("cognito-idp").admin_get_user(
        UserPoolId=stack.outputs["UserPoolId"], Username=stack.demo.email
    )
    sub = next(one["Value"] for one in owner["UserAttributes"] if one["Name"] == "sub")
    as_owner = encoded(claims | {"sub": sub, "email": stack.demo.email})
    shared = encoded({"alg": "HS256", "typ": "JWT"})
    mac = hmac.new(b"guessed", f"{shared}.{as_owner}".encode(), hashlib.sha256).digest()
    forged = {
        "changed claims": f"{header}.{as_owner}.{signature}",
        "no signature": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{as_owner}.",
        "another key": f"{shared}.{as_owner}.{encoded(mac)}",
        "not a token": "demo",
        "out of date": f"{header}.{encoded(claims | {'exp': 1})}.{signature}",
    }
    for how, token in forged.items():
        answer = call(http, "GET", "/me", None, Authorization=f"Bearer {token}")
        assert answer.status_code == 401, how


def test_an_access_token_is_no_id_token(http: httpx.Client, stranger: User) -> None:
    """The console sends the ID token; another kind of token of the same pool is refused."""
    answer = call(http, "GET", "/me", None, Authorization=f"Bearer {stranger.access_token}")
    assert answer.status_code == 401


def test_ids_of_another_account_are_unknown(scene: Scene) -> None:
    """A member of both accounts finds each account's things in that account only."""
    group, (contact,) = scene.group_of(f"Ours {UNKNOWN[-6:]}", new_phone())
    broadcast = scene.draft(group, "Harbor Alerts: for our own people.")
    integration = scene.api("GET", "/integrations")["items"][0]["id"]
    there = {"account": scene.other_account}
    for path in (
        f"/contacts/{contact}",
        f"/contacts/{contact}/timeline",
        f"/contacts/{contact}/queue-diagnosis",
        f"/integrations/{integration}",
        f"/broadcasts/{broadcast}",
        f"/broadcasts/{broadcast}/why/{contact}",
    ):
        scene.api("GET", path, expect=404, **there)
    scene.api("POST", f"/broadcasts/{broadcast}/schedule", body={"at": None}, expect=404, **there)
    scene.api("POST", f"/broadcasts/{broadcast}/cancel", expect=404, **there)
    scene.api(
        "PATCH", f"/integrations/{integration}", body={"state": "paused"}, expect=404, **there
    )
    for last in ("key", "form"):
        scene.api("POST", f"/integrations/{integration}/{last}", expect=404, **there)
    scene.api("DELETE", f"/integrations/{integration}", expect=404, **there)
    moves = {"contact_ids": [contact], "group_id": group}
    scene.api("POST", "/queue/moves/undo", body=moves, expect=404, **there)
    scene.api("POST", "/queue/moves", body=moves, expect=404, **there)
    moves = {"contact_ids": [contact], "new_group_name": f"Theirs {group[-6:]}"}
    answer = scene.api("POST", "/queue/moves", body=moves, **there)
    assert [one["code"] for one in answer["refused"]] == ["unknown_contact"]
    made = BROADCAST | {"groups": [group]}
    refused = scene.api("POST", "/broadcasts", body=made, expect=422, **there)
    assert refused["errors"][0]["field"] == "groups"
    assert scene.api("GET", f"/broadcasts/{broadcast}")["state"] == "draft"


def test_an_account_in_the_body_is_not_believed(scene: Scene) -> None:
    """No route takes an account's id from the body."""
    body = {"name": "Smuggled", "account_id": scene.other_account}
    refused = scene.api("POST", "/groups", body=body, expect=422)
    assert refused["errors"][0]["field"] == "account_id"


def test_a_viewer_looks_and_changes_nothing(http: httpx.Client, scene: Scene) -> None:
    """I5: the role in the account decides, from the one table of permissions."""
    viewer = make_user(scene.stack, "viewer")
    scene.stack.client("dynamodb").put_item(
        TableName="assent-local-accounts",
        Item={
            "pk": {"S": f"user#{viewer.sub}"},
            "sk": {"S": f"account#{scene.account}"},
            "role": {"S": "viewer"},
        },
    )
    headers = {"Authorization": f"Bearer {viewer.id_token}"}
    for method, path, body in ROUTES:
        if "{" in path:
            continue
        answer = call(http, method, path, body, **headers)
        if (method, path) in OF_NOBODY:
            assert answer.status_code == 404, path
        elif method == "GET" and path not in NOT_FOR_VIEWERS:
            assert answer.status_code == 200, path
        elif (method, path) in FOR_VIEWERS_TOO:
            assert answer.status_code in (200, 201, 202), path
        else:
            assert answer.status_code == 403, path
            assert answer.json()["code"] == "not_permitted"
