"""One feed out of all sources: newest first, page by page, nothing twice and nothing left out.

Each source is read back in its own order from where the page before ended; the cursor holds how
far each has come, so that equal times, and what comes in meanwhile, move nothing.
"""

from collections.abc import Iterable, Iterator
from heapq import merge

from assent.contacts.groups import store as group_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.imports import store as imports
from assent.contacts.model import Contact
from assent.integrations import store as integrations
from assent.timeline.model import Cursor, Item, Step
from assent.timeline.sources import Scene, Walk, sources

_MOST_STEPS = 500
"""Steps of one page: past these it is given as it is, with a cursor to go on from."""


def scene(contact: Contact, senders: Iterable[str]) -> Scene:
    """Read what the sources need to know of a contact; `senders` are those of its account."""
    account_id = contact.account_id
    return Scene(
        contact=contact,
        senders=tuple(senders),
        # One who was erased is in no group any more, whatever is still to be cleared away.
        memberships=()
        if contact.erased_at
        else tuple(member_store.memberships(account_id, contact)),
        groups={one.id: one.name for one in group_store.groups(account_id)},
        arrived_by=origin_name(contact),
    )


def origin_name(contact: Contact) -> str:
    """Name the integration, or the import's file, by which a contact came in; empty for others."""
    if contact.integration_id:
        integration = integrations.integration(contact.account_id, contact.integration_id)
        return integration.name if integration else ""
    if contact.import_id:
        job = imports.find(contact.account_id, contact.import_id)
        return job.file_name if job else ""
    return ""


def page(scene: Scene, cursor: str | None, limit: int) -> tuple[list[Item], str | None]:
    """Return a page of a contact's timeline, and the cursor of the next one, if there is more.

    Reads at most `limit` items and a page of each source, of which a sender has two.
    """
    start = Cursor.parse(cursor) if cursor else None
    read = dict(start.read) if start else {}
    walks = (
        _named(name, walk, read.get(name), start.at if start else None)
        for name, walk in sources(scene).items()
    )
    items: list[Item] = []
    at, steps = "", 0
    for name, step in merge(*walks, key=lambda one: (one[1].at, one[0]), reverse=True):
        if len(items) == limit or steps == _MOST_STEPS:
            return items, str(Cursor(at=at, read=read))
        read[name] = step.position
        at, steps = step.at, steps + 1
        if step.item:
            items.append(step.item)
    return items, None


def _named(
    name: str, walk: Walk, position: str | None, since: str | None
) -> Iterator[tuple[str, Step]]:
    for step in walk(position, since):
        # What came in since is newer than all that was shown: it is on top, for who looks again.
        if since is None or step.at <= since:
            yield name, step
