"""Whom a job concerns, lane by lane, each from a position on."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

from assent.accounts.model import Account
from assent.contacts import store as contacts
from assent.contacts.bulk.lanes import store as lane_store
from assent.contacts.bulk.model import Action, Candidate, Job
from assent.contacts.directory import service as directory
from assent.contacts.directory.model import Filter
from assent.contacts.groups.memberships import store as member_store
from assent.platform import settings
from assent.platform.tables import Stretch

_T = TypeVar("_T")
_PER_LANE = 100  # of contacts that are named one by one
_BATCH = 50


def lanes_of_ids(contact_ids: Sequence[str]) -> int:
    """Say into how many lanes contacts that are named one by one fall."""
    return max(1, -(-len(contact_ids) // _PER_LANE))


def walk(account: Account, job: Job, lane: int, after: str | None) -> Iterator[Candidate]:
    """Walk one lane from beyond a position; contacts that do not match are passed over as gone."""
    if job.action == Action.UNDO:
        return _undone(job, lane, after)
    if job.action == Action.DELETE_GROUP:
        return _members(job, lane, after)
    if job.filter is None:
        return _named(job, lane, after)
    return _matching(account, job, job.filter, lane, after)


def is_named(job: Job) -> bool:
    """Tell whether each contact of a job was asked for, so that a missing one is refused."""
    return job.filter is None


def _matching(
    account: Account, job: Job, asked: Filter, lane: int, after: str | None
) -> Iterator[Candidate]:
    found = directory.walk(account, asked, lane, after=after, until=job.until)
    for position, contact in found:
        yield Candidate(position, contact.id if contact else "", contact)


def _named(job: Job, lane: int, after: str | None) -> Iterator[Candidate]:
    first = int(after) + 1 if after else 0
    mine = list(enumerate(job.contact_ids[lane :: job.lanes]))[first:]
    for some in _batches(iter(mine)):
        loaded = contacts.contacts(job.account_id, {contact_id for _, contact_id in some})
        for number, contact_id in some:
            yield Candidate(f"{number}", contact_id, loaded.get(contact_id))


def _members(job: Job, lane: int, after: str | None) -> Iterator[Candidate]:
    """Walk a group's members, also those whose contact is gone."""
    ids = member_store.member_ids(job.account_id, job.group_id, lane, Stretch(_BATCH, after=after))
    for some in _batches(ids):
        loaded = contacts.contacts(job.account_id, some)
        for contact_id in some:
            yield Candidate(contact_id, contact_id, loaded.get(contact_id))


def member_lanes() -> int:
    """Say into how many lanes a group's members fall."""
    return settings.current().group_shards


def _undone(job: Job, lane: int, after: str | None) -> Iterator[Candidate]:
    """Walk what the lane of another job changed; a position is its step and the place in it."""
    step, _, place = (after or "").partition("#")
    for number, at, ids in lane_store.steps(job.account_id, job.undoes, lane, step or None):
        first = int(place) + 1 if number == step else 0
        loaded = contacts.contacts(job.account_id, ids[first:])
        for index, contact_id in enumerate(ids[first:], first):
            yield Candidate(f"{number}#{index}", contact_id, loaded.get(contact_id), at)


def _batches(found: Iterator[_T]) -> Iterator[list[_T]]:
    while batch := list(islice(found, _BATCH)):
        yield batch
