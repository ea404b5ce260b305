"""Every page that there is, by a name, so that no rule for all pages forgets one."""

from __future__ import annotations

from tests.e2e.lived_in import LivedIn

# Behind the sign-in, in the account that is lived in.
CONSOLE_PAGES = (
    "overview",
    "queue",
    "contacts",
    "members of a group",
    "imports",
    "jobs and exports",
    "labels",
    "users",
    "danger zone",
    "opt-out list",
    "opt-out imports",
    "decisions",
    "senders",
    "groups",
    "contact with an opt-out",
    "contact in a group",
    "broadcasts",
    "new broadcast",
    "broadcast and why",
    "integrations",
    "first run",
    "no such page",
)


def address(name: str, lived_in: LivedIn) -> str:
    """Return where a page is."""
    addresses = {
        "overview": "/",
        "queue": "/queue",
        "contacts": "/contacts",
        "members of a group": f"/groups/{lived_in.group}",
        "imports": "/settings/imports",
        "jobs and exports": "/settings/jobs",
        "labels": "/settings/labels",
        "users": "/settings/users",
        "danger zone": "/settings/danger",
        "opt-out list": "/opt-outs",
        "opt-out imports": "/opt-outs/imports",
        "decisions": "/decisions",
        "senders": "/senders",
        "groups": "/groups",
        "contact with an opt-out": f"/contacts/{lived_in.stopped}",
        "contact in a group": f"/contacts/{lived_in.member}",
        "broadcasts": "/broadcasts",
        "new broadcast": "/broadcasts/new",
        "broadcast and why": f"/broadcasts/{lived_in.broadcast}?contact={lived_in.stopped}",
        "integrations": "/integrations",
        "first run": "/try",
        "no such page": "/nowhere",
        "form": lived_in.form_path,
        "phones": "/phone",
    }
    return addresses[name]
