"""The queue as operators look through it: order, search, filters, and what a look costs."""

import pytest

from assent.contacts import store
from assent.contacts.directory import drivers, service
from assent.contacts.directory import store as directory
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.model import Contact
from assent.contacts.queue import service as queue
from assent.platform.errors import Invalid
from assent.platform.tables import Transaction
from tests.calls import recorded
from tests.fakes import World
from tests.unit.contacts.line import wait
from tests.unit.contacts.people import add


def shown(
    world: World, sort: Sort = Sort.NEWEST, *, limit: int = 50, **asked: object
) -> list[Contact]:
    """Go through all pages of the queue."""
    found: list[Contact] = []
    cursor = None
    while True:
        wanted = Filter.model_validate({"queued": True, **asked})
        page = service.page(world.a, wanted, sort, cursor, limit)
        found += page.contacts
        cursor = page.cursor
        if cursor is None:
            return found


def names(found: list[Contact]) -> list[str]:
    return [one.first_name for one in found]


@pytest.mark.parametrize("limit", [1, 2, 50])
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEWEST, ["Dan", "Cat", "Bob", "Ann"]),
        (Sort.OLDEST, ["Ann", "Bob", "Cat", "Dan"]),
        (Sort.FAVOURITES, ["Cat", "Ann", "Dan", "Bob"]),
    ],
)
def test_the_queue_is_listed_in_the_order_asked_for(
    world: World, sort: Sort, expected: list[str], limit: int
) -> None:
    """Q7."""
    for name in ("Ann", "Bob", "Cat", "Dan"):
        wait(world, name, favourite=name in ("Ann", "Cat"))
    add(world, "Elsewhere", favourite=True)
    assert names(shown(world, sort, limit=limit)) == expected


@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_are_complete_while_leads_come_and_go(world: World, *, newest_first: bool) -> None:
    """Q7, C1."""
    there = [wait(world, f"p{number:02}") for number in range(11)]
    sort = Sort.NEWEST if newest_first else Sort.OLDEST
    first = service.page(world.a, Filter(queued=True), sort, None, 4)
    group = world.group()
    assert queue.move(world.a, first.contacts[-1].id, group, "Olga", world.clock) is None
    late = wait(world, "late")
    rest = service.page(world.a, Filter(queued=True), sort, first.cursor, 50)
    seen = [one.id for one in (*first.contacts, *rest.contacts)]
    expected = [one.id for one in there]
    if newest_first:
        assert seen == expected[::-1]
    else:
        assert seen == [*expected, late.id]


@pytest.mark.parametrize(
    "typed",
    ["2671", "555 2671", "(415) 555-2671", "+1 415-555-2671", "ém", "LÉ em", "emile@ex", "em 2671"],
)
def test_somebody_in_the_queue_is_found_by_whatever_is_typed(world: World, typed: str) -> None:
    """Q7: the last four digits, any way of writing the number, names in any order, e-mail."""
    wanted = wait(world, "Émile", "Le Roy", phone="+14155552671", email="Emile@Example.com")
    wait(world, "Anna", "Ray", phone="+14155550199")
    add(world, "Emilia", "Lee", phone="+12125552671", email="emile@example.com")
    assert [one.id for one in shown(world, search=typed)] == [wanted.id]


def test_who_was_renamed_while_waiting_is_found_by_the_new_name(world: World) -> None:
    """Q7: a place in line holds the name of the arrival, the directory that of today."""
    before = wait(world, "Wrong", "Name")
    after = before.model_copy(update={"first_name": "Right"})
    transaction = Transaction()
    transaction.update(
        "contact",
        store.ContactRecord(*store.contact_key(world.a.id, before.id)),
        [store.ContactRecord.first_name.set("Right")],
    )
    directory.add_entries(transaction, before, after)
    transaction.commit()
    assert [one.id for one in shown(world, search="right")] == [before.id]
    assert shown(world, search="wrong") == []


def test_a_search_that_half_the_account_matches_misses_nobody_in_the_queue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q7: the index is cut in an account of millions; the queue is walked whole."""
    monkeypatch.setattr(drivers, "MOST_MATCHES", 5)
    for _ in range(20):
        add(world, "Ann", "Lee")
    waiting = [wait(world, "Ann", "Lee").id for _ in range(3)]
    for _ in range(20):
        add(world, "Ann", "Lee")
    assert [one.id for one in shown(world, Sort.OLDEST, search="ann")] == waiting


def test_filters_of_the_queue_combine(world: World) -> None:
    """Q7: label, favourites, integration."""
    both = wait(world, "Ann", labels=frozenset({"lb_1"}), integration_id="in_1", favourite=True)
    wait(world, "Bob", labels=frozenset({"lb_1"}), integration_id="in_2")
    wait(world, "Cat", integration_id="in_1", favourite=True)
    assert names(shown(world, label_id="lb_1")) == ["Bob", "Ann"]
    assert names(shown(world, integration_id="in_1")) == ["Cat", "Ann"]
    assert names(shown(world, favourite=True)) == ["Cat", "Ann"]
    assert names(shown(world, favourite=False)) == ["Bob"]
    found = shown(world, label_id="lb_1", integration_id="in_1", favourite=True, search="ann")
    assert [one.id for one in found] == [both.id]


def test_a_search_reads_those_whom_it_finds_and_no_others(world: World) -> None:
    """Q7: fast for thousands who wait, in an account of millions."""
    for number in range(60):
        wait(world, f"Person{number}")
    wait(world, "Zoe")
    with recorded() as calls:
        assert names(shown(world, search="zoe")) == ["Zoe"]
    operations = [operation for _, operation in calls]
    assert operations.count("BatchGetItem") == 1
    # One for each shard of the line, and two for each of the names' and words'.
    shards = world.settings.queue_shards + 2 * world.settings.contact_shards
    assert operations.count("Query") <= shards


def test_a_place_that_outlived_its_contact_is_not_shown(world: World) -> None:
    gone = wait(world, "Gone")
    store.ContactRecord(*store.contact_key(world.a.id, gone.id)).delete()
    assert shown(world) == []


def test_all_that_match_in_the_queue_can_be_counted_and_walked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q5: what a job over all that match goes through, however broad the search is."""
    monkeypatch.setattr(drivers, "MOST_MATCHES", 2)
    expected = {wait(world, "Ann").id for _ in range(5)}
    wait(world, "Bob")
    asked = Filter(queued=True, search="ann")
    now = world.clock.now()
    assert service.count(world.a, asked, 100, now) == (5, False)
    walked = {
        contact.id
        for lane in range(service.lanes(world.a, asked, now))
        for _, contact in service.walk(world.a, asked, lane, after=None, until=now)
        if contact
    }
    assert walked == expected


@pytest.mark.parametrize(
    "bounds",
    [
        {},
        {"_FEW": 0},
        {"_FEW": 0, "_LINE_PAGE": 2},
        {"MOST_MATCHES": 3},
        {"MOST_MATCHES": 3, "_LINE_PAGE": 1},
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 50])
@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_however_many_match_a_search_shows_each_once_in_the_order_of_arrival(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    bounds: dict[str, int],
    sort: Sort,
    limit: int,
) -> None:
    """Q7: few are asked where they stand, many are met in line, in short pages."""
    for name, value in bounds.items():
        monkeypatch.setattr(drivers, name, value)
    monkeypatch.setattr(service, "MOST_READ", 12)
    waiting = [
        wait(world, name, "Lee").id for name in ("Ann", "Bob", "Anna", "Cat", "Ann", "Annie")
    ]
    for _ in range(3):
        add(world, "Ann", "Lee")
    expected = [waiting[at] for at in (0, 2, 4, 5)]
    if sort == Sort.NEWEST:
        expected.reverse()
    assert [one.id for one in shown(world, sort, limit=limit, search="ann lee")] == expected


def test_the_names_are_looked_through_once_where_they_do_not_tell_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q7: where too many match, further pages go along the line alone."""
    monkeypatch.setattr(drivers, "MOST_MATCHES", 3)
    for _ in range(4):
        wait(world, "Ann")
    asked = Filter(queued=True, search="ann")
    first = service.page(world.a, asked, Sort.OLDEST, None, 2)
    with recorded() as calls:
        rest = service.page(world.a, asked, Sort.OLDEST, first.cursor, 2)
    assert (len(first.contacts), len(rest.contacts)) == (2, 2)
    assert calls.count(("dynamodb", "Query")) == world.settings.queue_shards
    with pytest.raises(Invalid):
        service.page(world.a, asked, Sort.NEWEST, first.cursor, 2)
