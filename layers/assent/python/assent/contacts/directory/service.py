"""Pages of contacts, counts of them, and walks over all that match."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice

from assent.accounts.model import Account
from assent.contacts import store as contacts
from assent.contacts.directory import drivers, store
from assent.contacts.directory.drivers import Candidate, Driver, in_batches
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.directory.words import Query
from assent.contacts.model import Contact
from assent.platform.errors import FieldError, Invalid

MOST_READ = 58
"""Read units that a page may cost before it is given as it is, with a cursor to go on from."""
OF_SHOWN = 0.5
"""Read units of showing a contact: what stands against it is on record, and always read."""
_BATCH, _LEAST = 50, 10  # contacts that are looked at together
_LINE = "line:"  # how the part of a listing is called that goes along the line alone
MOST_COUNTED = 2_000
"""Read units that a count may cost before it says “at least”: some two seconds of reading."""


@dataclass(frozen=True)
class Page:
    """Contacts in order; `cursor` is where the next page begins, nothing at the end.

    A page can be short, even empty, and have a cursor: rare matches are looked for step by step.
    """

    contacts: list[Contact]
    cursor: str | None
    complete: bool = True  # False: more matched than a search looks through


@dataclass(frozen=True)
class _Wanted:
    """What a page is to hold, and what showing a contact of it costs in read units."""

    account_id: str
    asked: Filter
    query: Query | None
    limit: int
    of_shown: float


def page(
    account: Account,
    asked: Filter,
    sort: Sort,
    cursor: str | None,
    limit: int,
    *,
    of_shown: float = OF_SHOWN,
) -> Page:
    """Return a page of the contacts that a filter takes; raises `Invalid` for a spoilt cursor.

    `of_shown` is what whoever asks will read for each of them, in read units.
    """
    wanted = _Wanted(account.id, asked, _query(account, asked), limit, of_shown)
    if sort == Sort.FAVOURITES:
        return _favourites_first(wanted, cursor)
    line_only = cursor is not None and _read_cursor(cursor)[0] == _LINE + sort
    driver = drivers.choose(account.id, asked, wanted.query, sort, limit, line_only=line_only)
    after = _position(cursor, _LINE + sort if line_only else sort.value)
    part = _LINE + sort if line_only or driver.line_only else sort.value
    return _page(wanted, driver, part, after)


def _favourites_first(wanted: _Wanted, cursor: str | None) -> Page:
    """List the favourites, and then all others, each part newest first."""
    asked, limit = wanted.asked, wanted.limit

    def part(name: str, *, favourite: bool, cursor: str | None, limit: int) -> Page:
        of_part = asked.model_copy(update={"favourite": favourite})
        # Along the favourites, whatever else is asked: they are few.
        along = (Filter(favourite=True), None) if favourite else (of_part, wanted.query)
        driver = drivers.choose(wanted.account_id, *along, Sort.NEWEST, limit)
        after = _position(cursor, name)
        return _page(replace(wanted, asked=of_part, limit=limit), driver, name, after)

    first = Page([], None)
    if asked.favourite is not False and (cursor is None or _read_cursor(cursor)[0] != "others"):
        first = part("favourites", favourite=True, cursor=cursor, limit=limit)
        if first.cursor or asked.favourite:
            return first
        cursor = None
        if len(first.contacts) == limit:
            return Page(first.contacts, _cursor("others", ""))
    rest = part("others", favourite=False, cursor=cursor, limit=limit - len(first.contacts))
    return Page(first.contacts + rest.contacts, rest.cursor, rest.complete)


def _page(wanted: _Wanted, driver: Driver, part: str, after: str | None) -> Page:
    walk, last = driver.walk(after), after
    found: list[Contact] = []
    spent, dearest = driver.spent, driver.cost + wanted.of_shown
    while True:
        affordable = int((MOST_READ - spent) / dearest) if dearest else _BATCH
        # Few more than are still wanted: whoever is read for nothing has been paid for.
        size = min(_BATCH, max(_LEAST, wanted.limit - len(found)), max(1, affordable))
        batch = list(islice(walk, size))
        if not batch:
            return Page(found, None, driver.complete)
        loaded = _load(wanted.account_id, batch)
        for one in batch:
            last = one.position
            spent += drivers.OF_PLACE if one.passed else driver.cost
            contact = loaded.get(one.contact_id)
            if contact and wanted.asked.takes(contact, wanted.query):
                found.append(contact)
                spent += wanted.of_shown
                if len(found) == wanted.limit:
                    return Page(found, _cursor(part, last), driver.complete)
        if spent + dearest > MOST_READ:
            return Page(found, _cursor(part, last or ""), driver.complete)


def _load(account_id: str, batch: list[Candidate]) -> dict[str, Contact]:
    read = {one.contact_id: one.contact for one in batch if one.contact}
    missing = [one.contact_id for one in batch if one.contact is None and not one.passed]
    return read | (contacts.contacts(account_id, missing) if missing else {})


def count(account: Account, asked: Filter, bound: int, at: datetime) -> tuple[int, bool]:
    """Count the contacts that a filter takes; True when there are at least so many.

    It stops at `bound`, and where it has cost as much as a count may.
    """
    if asked == Filter():
        total = store.contacts_count(account.id, bound + 1)
        return min(total, bound), total > bound
    query = _query(account, asked)
    walks = drivers.lanes(account.id, asked, query, at)
    cost = drivers.cost(asked, query)
    total, spent = 0, 0.0
    for batch in in_batches(chain.from_iterable(walk(None) for walk in walks), _BATCH):
        total += sum(asked.takes(one, query) for one in _load(account.id, batch).values())
        spent += sum(drivers.OF_PLACE if one.passed else cost for one in batch)
        if total > bound or spent >= MOST_COUNTED:
            return min(total, bound), True
    return total, False


def lanes(account: Account, asked: Filter, at: datetime) -> int:
    """Say into how many parts a walk over all that match falls; they can be walked side by side.

    Raises `Invalid` when a search matches more than can be looked through.
    """
    query = _query(account, asked)
    # The opt-in queue is walked whole, whatever is looked for in it.
    if query and not asked.queued and not _all_found(account.id, asked, query):
        most = drivers.MOST_MATCHES
        message = f"More than {most:,} contacts match this search. Type more of it."
        field = FieldError(field="search", code="too_many", message=message)
        raise Invalid("search_too_broad", message, fields=[field])
    return len(drivers.lanes(account.id, asked, query, at))


def _all_found(account_id: str, asked: Filter, query: Query) -> bool:
    return drivers.choose(account_id, asked, query, Sort.OLDEST, 1).complete


def walk(
    account: Account, asked: Filter, lane: int, *, after: str | None, until: datetime
) -> Iterator[tuple[str, Contact | None]]:
    """Walk one part of all that match, the oldest first, of those that were there at a moment.

    Yields positions to go on from, each with the contact where it is one that matches.
    """
    query = _query(account, asked)
    chosen = drivers.lanes(account.id, asked, query, until)[lane]
    for batch in in_batches(chosen(after), _BATCH):
        loaded = _load(account.id, batch)
        for one in batch:
            contact = loaded.get(one.contact_id)
            taken = contact is not None and asked.takes(contact, query)
            yield one.position, contact if taken else None


def _query(account: Account, asked: Filter) -> Query | None:
    return Query.read(asked.search, account.default_region) if asked.search.strip() else None


# Cursors: a part of the listing, and a position in it. The account is no part of them.


def _cursor(part: str, position: str) -> str:
    return urlsafe_b64encode(json.dumps([part, position]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[str, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        part, position = json.loads(urlsafe_b64decode(padded.encode()))
    except (binascii.Error, ValueError, TypeError):
        raise _spoilt() from None
    if not isinstance(part, str) or not isinstance(position, str) or not _is_text(position):
        raise _spoilt()
    return part, position


def _is_text(position: str) -> bool:
    """Tell whether a position can be a key: JSON can hold half of a surrogate pair."""
    return not any("\ud800" <= character <= "\udfff" for character in position)


def _position(cursor: str | None, part: str) -> str | None:
    if cursor is None:
        return None
    of_part, position = _read_cursor(cursor)
    if of_part != part:
        raise _spoilt()
    return position or None


def _spoilt() -> Invalid:
    message = "This cursor belongs to another list, or was changed. Ask for the first page again."
    return Invalid(
        "invalid_cursor",
        message,
        fields=[FieldError(field="cursor", code="invalid", message=message)],
    )
