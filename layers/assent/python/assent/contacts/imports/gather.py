"""Gathers the numbers of a group's members, in slices, as a file's would be."""

from collections.abc import Callable

from pydantic import BaseModel
from ulid import ULID

from assent.contacts.groups.memberships import store as member_store
from assent.contacts.imports.files import Files, Numbers
from assent.contacts.imports.model import Import
from assent.platform import settings

_SLICE = 500


class Walk(BaseModel):
    """How far the members were gathered."""

    # Each walk that begins afresh has names of its own: the group may change between two.
    name: str
    shard: int = 0
    after: str | None = None
    slices: int = 0
    rows: int = 0
    done: bool = False


def gather(job: Import, files: Files, may_go_on: Callable[[], bool]) -> Walk:
    """Gather the members, or as many as there is time for; goes on where it stopped."""
    kept = files.walk()
    walk = Walk.model_validate_json(kept) if kept else Walk(name=f"members-{ULID()}")
    while not walk.done:
        _shard(job, files, walk)
        if walk.shard == settings.current().group_shards:
            walk.done = True
        if walk.done or not may_go_on():
            files.put_walk(walk.model_dump_json())
            break
    return walk


def _shard(job: Import, files: Files, walk: Walk) -> None:
    """Gather one slice of one shard."""
    found = member_store.members(
        job.account_id, job.group_id, walk.shard, after=walk.after, limit=_SLICE
    )
    members = list(found)
    phones = [member.phone for member in members if member.phone]
    if phones:
        files.put_numbers(walk.name, walk.slices, Numbers(phones, [], []))
        walk.slices += 1
        walk.rows += len(phones)
    if len(members) < _SLICE:
        walk.shard, walk.after = walk.shard + 1, None
    else:
        walk.after = members[-1].contact_id
