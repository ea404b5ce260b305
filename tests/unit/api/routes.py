"""Every route of the console's API, the least role that may use it, and a good body for it."""

import re
from dataclasses import dataclass
from typing import Any

from assent.accounts.model import Role
from tests.unit.api.office import CONTACTS, NEW_CONTACTS, NEW_IMPORT, NUMBERS

ANYBODY, VIEWER, OPERATOR, ADMIN = None, Role.VIEWER, Role.OPERATOR, Role.ADMIN
DISCLOSURE = "I agree to get texts from Harbor Alerts. Reply STOP to end them."


@dataclass(frozen=True)
class Route:
    """One route."""

    method: str
    pattern: str
    least: Role | None
    body: dict[str, Any] | bytes | None = None
    query: dict[str, str] | None = None
    # What was done by somebody before cannot be done once more: there is nothing left to do it to.
    once: bool = False
    own: bool = False  # what it names is one person's, and not there for others

    @property
    def names_something(self) -> bool:
        values = self.body.values() if isinstance(self.body, dict) else ()
        named = self.pattern + str([*values, *(self.query or {}).values()])
        return re.search(r"\{[a-z_]+\}", named) is not None

    def asked(self, ids: dict[str, str]) -> dict[str, str]:
        """Put ids into the query."""
        return {name: value.format(**ids) for name, value in (self.query or {}).items()}


_DRAFT = {"name": "Draft", "groups": ["{group}"], "template": "Harbor Alerts: hello"}
_UNDO = {"contact_ids": ["{contact}"], "group_id": "{group}"}
_WHY = "/broadcasts/{broadcast}/why/{contact}"

ROUTES = (
    Route("GET", "/me", ANYBODY),
    Route("GET", "/me/phone", OPERATOR),
    Route("POST", "/me/phone", OPERATOR, {"phone": "+12125550149"}),
    Route("POST", "/me/phone/verify", OPERATOR, {"code": "12345"}),
    Route("GET", "/account", VIEWER),
    Route("PATCH", "/account", ADMIN, {"terms_url": "https://example.com/terms"}),
    Route("GET", "/senders", VIEWER),
    Route("PATCH", "/senders/{sender}", ADMIN, {"support_contact": "help@example.com"}),
    Route("GET", "/senders/{sender}/join-words", ADMIN),
    Route("POST", "/senders/{sender}/join-words", ADMIN, {"word": "GALA", "group_id": "{events}"}),
    Route("DELETE", "/senders/{sender}/join-words/{events}", ADMIN),
    Route("GET", "/decisions", VIEWER),
    Route("GET", "/decisions/count", VIEWER),
    Route("POST", "/decisions/{decision}", OPERATOR, {"opt_out": False}),
    Route("GET", "/overview", VIEWER),
    Route("GET", "/queue", VIEWER),
    Route("POST", "/queue/search", VIEWER, {"filter": {"search": "0141"}}),
    Route("GET", "/queue/count", VIEWER),
    Route("POST", "/queue/moves", OPERATOR, {"contact_ids": ["{contact}"], "group_id": "{group}"}),
    Route("POST", "/queue/moves/undo", OPERATOR, _UNDO),
    Route("GET", "/contacts/{contact}/queue-diagnosis", VIEWER),
    Route("GET", "/groups", VIEWER),
    Route("POST", "/groups/search", VIEWER, {"search": "f"}),
    Route("GET", "/group-names", VIEWER),
    Route("POST", "/groups", OPERATOR, {"name": "Friends"}),
    Route("GET", "/contacts", VIEWER),
    Route("POST", "/contacts/search", VIEWER, {"filter": {"search": "0141"}}),
    Route("POST", "/contacts/count", VIEWER, {}),
    Route("GET", "/groups/{group}", VIEWER),
    Route("PATCH", "/groups/{group}", OPERATOR, {"archived": False}),
    Route("GET", "/groups/{group}/deletion", OPERATOR),
    Route("DELETE", "/groups/{spare}", OPERATOR),
    Route("POST", "/groups/{group}/members", OPERATOR, {"contact_id": "{person}"}),
    Route("DELETE", "/groups/{group}/members/{person}", OPERATOR),
    Route("GET", "/contacts/{contact}", VIEWER),
    Route("DELETE", "/contacts/{person}", OPERATOR),
    Route("POST", "/contacts/deletions/preview", ADMIN, {"filter": {"favourite": True}}),
    Route(
        "POST",
        "/contacts/deletions",
        ADMIN,
        {"token": "{deletion}", "account_name": "Harbor Health"},
        own=True,
    ),
    Route("GET", "/jobs", VIEWER),
    Route("POST", "/jobs", OPERATOR, {"action": "favourite", "contact_ids": ["ct_1"]}),
    Route(
        "POST",
        "/jobs",
        OPERATOR,
        {"action": "move", "contact_ids": ["ct_1"], "group_id": "{group}"},
    ),
    Route(
        "POST",
        "/jobs",
        OPERATOR,
        {"action": "opt_out", "contact_ids": ["ct_1"], "opt_out": {"channels": ["sms"]}},
    ),
    Route("GET", "/jobs/{job}", VIEWER),
    Route("GET", "/jobs/{job}/refused", VIEWER),
    Route("POST", "/jobs/{job}/cancel", OPERATOR),
    Route("POST", "/jobs/{job}/undo", OPERATOR),
    Route("GET", "/exports", VIEWER),
    Route("POST", "/exports/contacts", ADMIN, {}),
    Route("POST", "/exports/opt-outs", VIEWER, {}),
    Route("GET", "/exports/{export}", ADMIN),
    Route("POST", "/exports/{export}/link", ADMIN),
    Route("POST", "/exports/{export}/cancel", ADMIN),
    Route("GET", "/saved-views", VIEWER),
    Route("POST", "/saved-views", VIEWER, {"name": "Mine"}),
    Route("PUT", "/saved-views/{view}", VIEWER, {"name": "Mine"}, own=True),
    Route("DELETE", "/saved-views/{view}", VIEWER, own=True),
    Route("GET", "/account/deletion-rights", ADMIN),
    Route("PATCH", "/account/deletion-rights", ADMIN, {"account": {}}),
    Route("GET", "/users", ADMIN),
    Route("GET", "/users/changes", ADMIN),
    Route("PATCH", "/users/{user}", ADMIN, {"delete": "default"}),
    Route("DELETE", "/users/{user}", ADMIN, once=True),
    Route("GET", "/contacts/{contact}/timeline", VIEWER),
    Route("GET", "/integrations", VIEWER),
    Route("POST", "/integrations", ADMIN, {"name": "CRM", "disclosure": DISCLOSURE}),
    Route("PATCH", "/integrations/{integration}", ADMIN, {"state": "active"}),
    Route("GET", "/integrations/{integration}", VIEWER),
    Route("POST", "/integrations/{idle}/key", ADMIN),
    Route("POST", "/integrations/{idle}/form", ADMIN),
    Route("DELETE", "/integrations/{idle}", ADMIN),
    Route("GET", "/broadcasts", VIEWER),
    Route("POST", "/broadcasts", OPERATOR, _DRAFT),
    Route("GET", "/broadcasts/{broadcast}", VIEWER),
    Route("GET", _WHY, VIEWER),
    Route("PUT", "/broadcasts/{broadcast}", OPERATOR, _DRAFT),
    Route("POST", "/broadcasts/preview", VIEWER, {"template": "Harbor Alerts: hello"}),
    Route("POST", "/broadcasts/{broadcast}/dry-run", VIEWER, {"cursor": None}),
    Route("POST", "/broadcasts/dry-run", OPERATOR, {"broadcast": {"groups": ["{group}"]}}),
    Route("POST", "/broadcasts/test", OPERATOR, {"broadcast": _DRAFT}),
    Route("POST", "/broadcasts/{broadcast}/duplicate", OPERATOR),
    Route("POST", "/broadcasts/{broadcast}/test", OPERATOR, {"contact_id": ""}),
    Route("POST", "/broadcasts/{broadcast}/schedule", OPERATOR, {"at": None}),
    Route("POST", "/broadcasts/{broadcast}/unschedule", OPERATOR),
    Route("POST", "/broadcasts/{broadcast}/pause", OPERATOR),
    Route("POST", "/broadcasts/{broadcast}/resume", OPERATOR),
    Route("POST", "/broadcasts/{broadcast}/cancel", OPERATOR),
    Route("POST", "/contacts/{contact}/put-back", OPERATOR),
    Route("POST", "/contacts/{leaver}/number-reassigned", OPERATOR),
    Route("POST", "/contacts/{leaver}/erase", ADMIN, {"confirm": "0146"}),
    Route("POST", "/contacts", OPERATOR, {"phone": "+12125550149", "group_id": "{group}"}),
    Route("PATCH", "/contacts/{contact}", OPERATOR, {"version": 1, "zone": "America/Chicago"}),
    Route("PUT", "/contacts/{contact}/favourite", OPERATOR),
    Route("DELETE", "/contacts/{contact}/favourite", OPERATOR),
    Route("PUT", "/contacts/{contact}/labels/{label}", OPERATOR),
    Route("DELETE", "/contacts/{contact}/labels/{label}", OPERATOR),
    Route("POST", "/contacts/{contact}/notes", OPERATOR, {"text": "Call after six"}),
    Route("PATCH", "/contacts/{contact}/notes/{note}", OPERATOR, {"text": "Call after seven"}),
    Route("DELETE", "/contacts/{contact}/notes/{note}", OPERATOR),
    Route("GET", "/labels", VIEWER),
    Route("POST", "/labels", OPERATOR, {"name": "Regulars"}),
    Route("PATCH", "/labels/{label}", OPERATOR, {"colour": "blue"}),
    Route("POST", "/labels/{merged}/merge", OPERATOR, {"into": "{label}"}, once=True),
    Route("DELETE", "/labels/{deleted}", OPERATOR),
    Route("GET", "/opt-outs", VIEWER),
    Route("POST", "/opt-outs/search", VIEWER, {"filter": {"kind": "soft"}}),
    Route("POST", "/opt-outs", OPERATOR, {"phone": "+12125550148", "channels": ["sms"]}),
    Route("POST", "/opt-outs", OPERATOR, {"contact_id": "{contact}", "channels": ["voice"]}),
    Route("POST", "/opt-outs", OPERATOR, {"group_id": "{group}", "channels": ["sms"]}),
    Route("DELETE", "/opt-outs/{opt_out}", OPERATOR),
    Route("GET", "/proof", OPERATOR, query={"contact_id": "{contact}"}),
    Route("GET", "/proof/check", VIEWER, query={"contact_id": "{contact}"}),
    Route("POST", "/proof", OPERATOR, {"number": "+12125550141"}),
    Route("POST", "/proof/check", VIEWER, {"number": "+12125550141"}),
    Route("GET", "/contact-imports", OPERATOR),
    Route("POST", "/contact-imports", OPERATOR, NEW_CONTACTS),
    Route("GET", "/contact-import-sample", OPERATOR),
    Route("GET", "/contact-imports/{contacts}", OPERATOR),
    Route("PUT", "/contact-imports/{contacts}/parts/{number}", OPERATOR, CONTACTS),
    Route("GET", "/contact-imports/{contacts}/preview", OPERATOR),
    Route("PUT", "/contact-imports/{contacts}/options", OPERATOR, {"group_id": "{group}"}),
    Route("POST", "/contact-imports/{contacts}/check", OPERATOR),
    Route("GET", "/contact-imports/{contacts}/errors", OPERATOR),
    Route("POST", "/contact-imports/{contacts}/commit", OPERATOR),
    Route("POST", "/contact-imports/{contacts}/cancel", OPERATOR),
    Route("GET", "/opt-out-imports", ADMIN),
    Route("POST", "/opt-out-imports", ADMIN, NEW_IMPORT),
    Route("GET", "/opt-out-imports/{import}", OPERATOR),
    Route("PUT", "/opt-out-imports/{import}/parts/{number}", ADMIN, NUMBERS),
    Route("POST", "/opt-out-imports/{import}/check", ADMIN),
    Route("GET", "/opt-out-imports/{import}/errors", ADMIN),
    Route("POST", "/opt-out-imports/{import}/commit", ADMIN),
    Route("POST", "/opt-out-imports/{import}/cancel", ADMIN),
)
RANKS = (Role.VIEWER, Role.OPERATOR, Role.ADMIN, Role.OWNER)


def may(role: Role, route: Route) -> bool:
    """Tell whether a role is at least the least that the route asks for."""
    return route.least is None or RANKS.index(role) >= RANKS.index(route.least)


def filled(
    body: dict[str, Any] | bytes | None, ids: dict[str, str]
) -> dict[str, Any] | bytes | None:
    """Put ids into a body."""

    def fill(value: object) -> object:
        if isinstance(value, list):
            return [fill(one) for one in value]
        if isinstance(value, dict):
            return {name: fill(one) for name, one in value.items()}
        return value.format(**ids) if isinstance(value, str) else value

    if not isinstance(body, dict):
        return body
    return {name: fill(value) for name, value in body.items()}
