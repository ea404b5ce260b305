"""Every route of the console's API, the least role that may use it, and a good body for it."""

from dataclasses import dataclass
from typing import Any

from assent.accounts.model import Role

ANYBODY, VIEWER, OPERATOR, ADMIN = None, Role.VIEWER, Role.OPERATOR, Role.ADMIN
DISCLOSURE = "I agree to get texts from Harbor Alerts. Reply STOP to end them."


@dataclass(frozen=True)
class Route:
    """One route."""

    method: str
    pattern: str
    least: Role | None
    body: dict[str, Any] | None = None

    @property
    def names_something(self) -> bool:
        return "{" in self.pattern + str((self.body or {}).values())


_DRAFT = {"name": "Draft", "groups": ["{group}"], "template": "Harbor Alerts: hello"}
_WHY = "/broadcasts/{broadcast}/why/{contact}"

ROUTES = (
    Route("GET", "/me", ANYBODY),
    Route("GET", "/account", VIEWER),
    Route("PATCH", "/account", ADMIN, {"terms_url": "https://example.com/terms"}),
    Route("GET", "/senders", VIEWER),
    Route("GET", "/overview", VIEWER),
    Route("GET", "/queue", VIEWER),
    Route("GET", "/queue/count", VIEWER),
    Route("POST", "/queue/moves", OPERATOR, {"contact_ids": ["{contact}"], "group_id": "{group}"}),
    Route("GET", "/groups", VIEWER),
    Route("POST", "/groups", OPERATOR, {"name": "Friends"}),
    Route("GET", "/contacts/{contact}", VIEWER),
    Route("GET", "/contacts/{contact}/timeline", VIEWER),
    Route("GET", "/integrations", VIEWER),
    Route("POST", "/integrations", ADMIN, {"name": "CRM", "disclosure": DISCLOSURE}),
    Route("PATCH", "/integrations/{integration}", ADMIN, {"state": "active"}),
    Route("GET", "/broadcasts", VIEWER),
    Route("POST", "/broadcasts", OPERATOR, _DRAFT),
    Route("GET", "/broadcasts/{broadcast}", VIEWER),
    Route("GET", _WHY, VIEWER),
    Route("POST", "/broadcasts/{broadcast}/schedule", OPERATOR, {"at": None}),
    Route("POST", "/broadcasts/{broadcast}/cancel", OPERATOR),
)
RANKS = (Role.VIEWER, Role.OPERATOR, Role.ADMIN, Role.OWNER)


def may(role: Role, route: Route) -> bool:
    """Tell whether a role is at least the least that the route asks for."""
    return route.least is None or RANKS.index(role) >= RANKS.index(route.least)


def filled(body: dict[str, Any] | None, ids: dict[str, str]) -> dict[str, Any] | None:
    """Put ids into a body."""

    def fill(value: object) -> object:
        if isinstance(value, list):
            return [fill(one) for one in value]
        return value.format(**ids) if isinstance(value, str) else value

    return {name: fill(value) for name, value in body.items()} if body is not None else None
