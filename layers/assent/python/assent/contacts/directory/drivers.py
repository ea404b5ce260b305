"""Ways to walk contacts in an order, each along an index that leaves most others out.

A driver yields candidates with their positions; a position, given back, is where the walk goes
on, whatever came and went meanwhile. Whether a candidate is asked for is not the driver's affair.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import islice, takewhile

from assent.contacts import store as contacts
from assent.contacts.directory import store
from assent.contacts.directory.model import TIME_LENGTH, Filter, Sort, first_id_after
from assent.contacts.directory.words import Query
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.model import Contact
from assent.contacts.queue import store as queue
from assent.platform import settings
from assent.platform.clock import stamp
from assent.platform.tables import Stretch

MOST_MATCHES = 1000
"""Contacts that a search looks through: with more, what was typed tells too little."""

MOST_OF_A_JOB = 5 * MOST_MATCHES
"""A job that was begun with fewer matches goes on when some more have come meanwhile."""

_PAGE = 100

OF_CONTACT = 0.08
"""Read units of a contact that is read along a shard: some seven fit into half a unit."""
OF_ENTRY = 0.5
"""Read units of a contact that an entry leads to."""
OF_PLACE = 0.03
"""Read units of a place in line that is passed over: some thirty fit into one."""
_OF_MATCH = 0.016  # read units of an entry that a search gathers
_OF_SHARD = 0.75  # read units of a shard in which it gathers few or none
_FEW = 30  # matches that are asked where they stand in line, instead of walking the line
_LINE_PAGE = 125  # places read at a time by a walk that passes most of them over


@dataclass(frozen=True)
class Candidate:
    """A contact on the way: its position, and itself where the walk read it anyway."""

    position: str
    contact_id: str
    contact: Contact | None = None
    passed: bool = False  # the index tells that it is not asked for, so it need not be read


Walk = Callable[[str | None], Iterator[Candidate]]
"""Goes along an index from beyond a position, or from its beginning."""


@dataclass(frozen=True)
class Driver:
    """A walk, and what each candidate costs in read units."""

    cost: float
    walk: Walk
    complete: bool = True  # False: more matched than a search looks through
    spent: float = 0.0  # read units that the choice itself has cost
    # Another page of it can be walked without the choice: along the line alone.
    line_only: bool = False


def choose(
    account_id: str,
    asked: Filter,
    query: Query | None,
    sort: Sort,
    limit: int,
    *,
    line_only: bool = False,
) -> Driver:
    """Choose the driver for a page; `sort` is an order that it can keep.

    `line_only` is what the driver of the page before it was.
    """
    newest = sort != Sort.OLDEST
    if asked.queued and sort != Sort.NAME:
        if query and not line_only:
            return _searched_in_line(account_id, asked, query, newest_first=newest, limit=limit)
        return _in_line(account_id, asked, query, newest_first=newest, limit=limit)
    if query:
        return _searched(account_id, query, sort, MOST_MATCHES)
    if sort == Sort.NAME:
        return Driver(OF_ENTRY, lambda after: _by_name(account_id, after, limit))
    lanes = _lanes(account_id, asked, newest_first=newest, page_size=_share(limit))

    def walk(after: str | None) -> Iterator[Candidate]:
        found = [lane(after) for lane in lanes]
        return merge(*found, key=lambda one: one.position, reverse=newest)

    return Driver(cost(asked, query), walk)


def cost(asked: Filter, query: Query | None) -> float:
    """Say what each candidate costs in read units, walked in the order of arrival."""
    return OF_ENTRY if query or not _is_plain(asked) else OF_CONTACT


def lanes(account_id: str, asked: Filter, query: Query | None, until: datetime) -> list[Walk]:
    """Choose the walk of a job: all that were there at a moment, the oldest first, in parts."""
    if query and not asked.queued:
        found = _searched(account_id, query, Sort.OLDEST, MOST_OF_A_JOB)
        return [_up_to(found.walk, first_id_after(until))]
    last = f"{stamp(until)}~" if asked.queued else first_id_after(until)
    chosen = _lanes(account_id, asked, newest_first=False, page_size=_PAGE)
    return [_up_to(walk, last) for walk in chosen]


def _searched_in_line(
    account_id: str, asked: Filter, query: Query, *, newest_first: bool, limit: int
) -> Driver:
    """Search the opt-in queue: few who match are asked where they stand, many are met in line.

    A place tells what its lead was called when it arrived. Who was renamed since is found along the
    index, which an account of millions does not always give whole: then the line has to do.
    """
    index = _searched(account_id, query, Sort.OLDEST, MOST_MATCHES)
    matching = [one.contact_id for one in index.walk(None)]
    if index.complete and len(matching) <= _FEW:
        return _standing(account_id, matching, index.spent, newest_first=newest_first)
    renamed = frozenset(matching if index.complete else ())
    line = _in_line(
        account_id, asked, query, newest_first=newest_first, limit=limit, renamed=renamed
    )
    return replace(line, spent=line.spent + index.spent, line_only=not index.complete)


def _standing(
    account_id: str, contact_ids: list[str], spent: float, *, newest_first: bool
) -> Driver:
    """Put contacts in the order in which they stand in line, as far as they do."""
    found = contacts.contacts(account_id, contact_ids) if contact_ids else {}
    came = [one for one in found.values() if one.queue.arrived_at]
    places = [Candidate(queue.position(one), one.id, one) for one in came]
    places.sort(key=lambda place: place.position, reverse=newest_first)

    def walk(after: str | None) -> Iterator[Candidate]:
        return (one for one in places if _is_beyond(one.position, after, newest_first=newest_first))

    return Driver(0.0, walk, spent=spent + OF_ENTRY * len(contact_ids))


def _is_beyond(position: str, after: str | None, *, newest_first: bool) -> bool:
    return after is None or (position < after if newest_first else position > after)


def _in_line(
    account_id: str,
    asked: Filter,
    query: Query | None,
    *,
    newest_first: bool,
    limit: int,
    renamed: Collection[str] = (),
) -> Driver:
    """Walk the opt-in queue; those whom a search does not mean are passed over unread."""

    def candidate(place: queue.Place) -> Candidate:
        meant = (
            query is None
            or place.contact_id in renamed
            or query.takes_place(place.words, place.email, place.digits)
        )
        wanted = asked.integration_id in ("", place.integration_id)
        return Candidate(place.key, place.contact_id, passed=not (meant and wanted))

    shards = settings.current().queue_shards
    picky = query is not None or asked.integration_id
    page_size = _LINE_PAGE if picky else limit // shards + 8

    def walk(after: str | None) -> Iterator[Candidate]:
        stretch = Stretch(page_size, newest_first=newest_first, after=after)
        line = [
            map(candidate, queue.places(account_id, number, stretch)) for number in range(shards)
        ]
        return merge(*line, key=lambda one: one.position, reverse=newest_first)

    # A page of places is read from each shard, and some of them for nothing.
    return Driver(OF_ENTRY, walk, spent=shards * page_size * OF_PLACE if picky else 0.0)


def _up_to(walk: Walk, last: str) -> Walk:
    return lambda after: takewhile(lambda one: one.position <= last, walk(after))


def _share(limit: int) -> int:
    """Say how many contacts a shard is asked for at a time: its part of a page, and some more."""
    return limit // settings.current().contact_shards + 8


def _is_plain(asked: Filter) -> bool:
    """Tell whether no index but the contacts themselves leads along what is asked for."""
    return not (asked.queued or asked.group_id or asked.label_id or asked.favourite)


def _lanes(account_id: str, asked: Filter, *, newest_first: bool, page_size: int) -> list[Walk]:
    names = settings.current()
    if asked.queued:
        along, shards = partial(_line, account_id), names.queue_shards
    elif asked.group_id:
        along, shards = (
            partial(member_store.member_ids, account_id, asked.group_id),
            names.group_shards,
        )
    elif asked.label_id:
        along = partial(store.labelled, account_id, asked.label_id)
        shards = names.contact_shards
    elif asked.favourite:
        along, shards = partial(store.favourites, account_id), names.contact_shards
    else:
        return [
            _stored(account_id, asked.import_id, shard, newest_first, page_size)
            for shard in range(names.contact_shards)
        ]
    return [_along(partial(along, shard), newest_first, page_size) for shard in range(shards)]


def _line(account_id: str, shard: int, stretch: Stretch) -> Iterator[str]:
    return (place.key for place in queue.places(account_id, shard, stretch))


def _along(index: Callable[[Stretch], Iterator[str]], newest_first: bool, page_size: int) -> Walk:
    """Go along an index whose positions end in the contact's id."""

    def walk(after: str | None) -> Iterator[Candidate]:
        found = index(Stretch(page_size, newest_first=newest_first, after=after))
        return (Candidate(one, one.rpartition("#")[2]) for one in found)

    return walk


def _stored(
    account_id: str, import_id: str, shard: int, newest_first: bool, page_size: int
) -> Walk:
    def walk(after: str | None) -> Iterator[Candidate]:
        stretch = Stretch(page_size, newest_first=newest_first, after=after)
        if import_id:
            # What an import made carries the import's time in its ids, so that it lies together.
            made_at = "ct_" + import_id.removeprefix("im_")[:TIME_LENGTH]
            found = contacts.contacts_within(account_id, shard, made_at, stretch)
        else:
            found = contacts.contacts_of_shard(account_id, shard, stretch)
        return (Candidate(one.id, one.id, one) for one in found)

    return walk


def _by_name(account_id: str, after: str | None, limit: int) -> Iterator[Candidate]:
    found = store.ordered(account_id, Stretch(_share(limit), after=after))
    return (Candidate(position, position.rpartition("#")[2]) for position in found)


def _searched(account_id: str, query: Query, sort: Sort, most: int) -> Driver:
    """Gather what a search finds along its surest index, and put it in order.

    Entries tell the name, so that of two words typed only those are read who have both.
    """
    if query.tail:
        found = store.ending(account_id, query.endings, most)
        shards = 1
    else:
        surest = query.email or max(query.words, key=len)
        found = store.beginning(account_id, surest, most)
        shards = settings.current().contact_shards
    by_name = sort == Sort.NAME and not query.tail
    newest = sort != Sort.OLDEST and not by_name
    positions = {
        (f"{one.name}#{one.contact_id}" if by_name else one.contact_id): one.contact_id
        for one in found
        if query.tail or query.may_mean(one.name)
    }
    ordered = sorted(positions, reverse=newest)

    def walk(after: str | None) -> Iterator[Candidate]:
        return (
            Candidate(position, positions[position])
            for position in ordered
            if _is_beyond(position, after, newest_first=newest)
        )

    spent = _OF_SHARD * shards + _OF_MATCH * len(found)
    return Driver(OF_ENTRY, walk, complete=len(found) < most, spent=spent)


def in_batches(found: Iterable[Candidate], size: int) -> Iterator[list[Candidate]]:
    """Take a walk a batch at a time."""
    walk = iter(found)
    while batch := list(islice(walk, size)):
        yield batch
