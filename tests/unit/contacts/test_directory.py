"""The list of contacts: its orders, filters, cursors and counts, without a scan."""

import json
from base64 import urlsafe_b64encode

import pytest

from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.model import Channel, Status
from assent.contacts import erasure, store
from assent.contacts.directory import drivers, service
from assent.contacts.directory.model import Filter, OptedOut, Overall, Sort
from assent.contacts.directory.store import entries
from assent.contacts.model import Compliance, ComplianceState, Contact, Origin
from assent.platform.errors import Invalid
from assent.platform.ids import derived_id, new_id
from tests.calls import recorded
from tests.fakes import ANN, World
from tests.unit.contacts.people import add

ELSEWHERE = urlsafe_b64encode(b'["name","a"]').decode()
BOTH_OUT = {Channel.SMS: Status.HARD_OPT_OUT, Channel.VOICE: Status.SOFT_OPT_OUT}


def listed(
    world: World, asked: Filter | None = None, sort: Sort = Sort.NEWEST, limit: int = 50
) -> list[Contact]:
    """Go through all pages."""
    found: list[Contact] = []
    cursor = None
    while True:
        page = service.page(world.a, asked or Filter(), sort, cursor, limit)
        found += page.contacts
        cursor = page.cursor
        if cursor is None:
            return found


def names(found: list[Contact]) -> list[str]:
    return [one.first_name for one in found]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEWEST, ["", "Zed", "ann", "Émile", "Bob"]),
        (Sort.OLDEST, ["Bob", "Émile", "ann", "Zed", ""]),
        (Sort.NAME, ["ann", "Bob", "Émile", "Zed", ""]),
        (Sort.FAVOURITES, ["Zed", "Émile", "", "ann", "Bob"]),
    ],
)
def test_contacts_are_listed_in_the_order_asked_for(
    world: World, sort: Sort, expected: list[str], limit: int
) -> None:
    """C1: each order pages to its end, whatever the pages' size."""
    for name in ("Bob", "Émile", "ann", "Zed", ""):
        add(world, name, favourite=name in ("Émile", "Zed"))
    assert names(listed(world, sort=sort, limit=limit)) == expected


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.NAME])
def test_a_cursor_stays_right_while_contacts_come_and_go(world: World, sort: Sort) -> None:
    """C1: nobody who was there all the time is left out or shown twice."""
    stayed = [add(world, f"p{number:02}") for number in range(12)]
    first = service.page(world.a, Filter(), sort, None, 5)
    gone = first.contacts[-1]
    store.ContactRecord(*store.contact_key(gone.account_id, gone.id)).delete()
    for number in range(6):
        add(world, f"q{number}")
        add(world, f"a{number}")
    rest = service.page(world.a, Filter(), sort, first.cursor, 50)
    seen = [one.id for one in (*first.contacts, *rest.contacts)]
    assert len(seen) == len(set(seen))
    assert {one.id for one in stayed} <= set(seen)


def test_filters_combine(world: World) -> None:
    """C1."""
    group, other = world.group("One"), world.group("Two")
    both = add(world, "Ann", groups=frozenset({group.id}), labels=frozenset({"lb_1"}))
    add(world, "Bob", groups=frozenset({other.id}), labels=frozenset({"lb_1"}))
    add(world, "Cat", groups=frozenset({group.id}))
    alone = add(world, "Dan", labels=frozenset({"lb_1"}), favourite=True)
    label = Filter(label_id="lb_1")
    assert names(listed(world, label)) == ["Dan", "Bob", "Ann"]
    assert listed(world, label.model_copy(update={"no_group": True})) == [alone]
    assert names(listed(world, label.model_copy(update={"favourite": False}))) == ["Bob", "Ann"]
    assert listed(world, Filter(label_id="lb_1", search="an", no_group=False)) == [both]
    assert listed(world, Filter(favourite=True)) == [alone]
    assert listed(world, Filter(search="ann bob")) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Filter(sms=Status.SUBSCRIBED), {"in"}),
        (Filter(voice=Status.SOFT_OPT_OUT), {"out"}),
        (Filter(opted_out=OptedOut.ANY), {"out", "half"}),
        (Filter(opted_out=OptedOut.SMS), {"out", "half"}),
        (Filter(opted_out=OptedOut.VOICE), {"out"}),
        (Filter(opted_out=OptedOut.BOTH), {"out"}),
        (Filter(opted_out=OptedOut.NEITHER), {"in", "mute", "yes"}),
        (Filter(status=Overall.ACTIVE), {"in", "half", "yes"}),
        (Filter(status=Overall.OPTED_OUT), {"out"}),
        (Filter(status=Overall.UNREACHABLE), {"mute"}),
        (Filter(status=Overall.ERASED), {""}),
        (Filter(compliance=ComplianceState.FAILED), {"mute"}),
        (Filter(opt_in="Y"), {"yes"}),
        (Filter(opt_in="none"), {"in", "out", "half", "mute"}),
        (Filter(origin=Origin.JOIN), {"half"}),
        (Filter(integration_id="in_1"), {"in"}),
        (Filter(), {"in", "out", "half", "mute", "yes"}),
    ],
)
def test_each_filter_takes_whom_it_names(world: World, asked: Filter, expected: set[str]) -> None:
    """C1, C9: and who was erased is in nobody's way."""
    subscribed = {Channel.SMS: Status.SUBSCRIBED}
    add(world, "in", marks=subscribed, integration_id="in_1")
    add(world, "out", marks=BOTH_OUT)
    add(world, "half", marks={Channel.SMS: Status.HARD_OPT_OUT}, origin=Origin.JOIN)
    add(world, "mute", compliance=Compliance(state=ComplianceState.FAILED))
    add(world, "yes", opt_in="Y")
    gone = add(world, "gone")
    erasure.begin(world.a, gone.id, "user", "Olga", world.clock, CopiesUnderWay())
    assert set(names(listed(world, asked))) == expected
    assert service.count(world.a, asked, 100, world.clock.now()) == (len(expected), False)


def test_a_search_leads_along_an_index_whatever_is_typed(world: World) -> None:
    """C1: name in any order, e-mail, number in any notation."""
    ada = add(world, "Ada", "Lane", phone="+14155550123", email="ada@example.com")
    add(world, "Lana", "Adams", phone="+14155559876")
    for typed in ("lane ad", "0123", "(415) 555-0123", "ADA@ex", "ada 0123"):
        assert listed(world, Filter(search=typed)) == [ada], typed
    assert names(listed(world, Filter(search="la ad"), Sort.NAME)) == ["Ada", "Lana"]
    assert names(listed(world, Filter(search="la ad"), Sort.NEWEST)) == ["Lana", "Ada"]
    assert names(listed(world, Filter(search="la ad"), Sort.NAME, limit=1)) == ["Ada", "Lana"]


def test_whatever_an_address_is_written_in_it_fits_into_a_key(world: World) -> None:
    """C2, bad input: letters of which each becomes three when case is folded."""
    address = "\N{GREEK SMALL LETTER IOTA WITH DIALYTIKA AND TONOS}" * 240 + "@example.com"
    made = add(world, "Ann", email=address)
    assert max(len(one.sk.encode()) for one in entries(made)) <= 1024
    assert listed(world, Filter(search="ann")) == [made]


def test_a_search_that_means_too_many_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: and a job over it is refused rather than done by half."""
    monkeypatch.setattr(drivers, "MOST_MATCHES", 5)
    for _ in range(7):
        add(world, "Ann")
    page = service.page(world.a, Filter(search="an"), Sort.NEWEST, None, 50)
    assert (len(page.contacts), page.complete) == (5, False)
    with pytest.raises(Invalid, match="Type more of it"):
        service.lanes(world.a, Filter(search="an"), world.clock.now())


def test_a_whole_number_is_found_among_any_count_of_the_same_last_digits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: where four digits mean too many, more of them lead to the one that is meant."""
    monkeypatch.setattr(drivers, "MOST_MATCHES", 5)
    people = [add(world, f"p{n}", phone=f"+1415{200 + n}0123") for n in range(9)]
    page = service.page(world.a, Filter(search="0123"), Sort.NEWEST, None, 50)
    assert (len(page.contacts), page.complete) == (5, False)
    for person in people:
        for typed in (person.phone, person.phone[-7:], f"({person.phone[2:5]}) {person.phone[5:]}"):
            page = service.page(world.a, Filter(search=typed), Sort.NEWEST, None, 50)
            assert (page.contacts, page.complete) == ([person], True), typed
    assert service.lanes(world.a, Filter(search=people[0].phone), world.clock.now()) == 1


def test_the_queue_is_listed_by_arrival_and_searched(world: World) -> None:
    """Q7."""
    contact = world.queued(ANN)
    add(world, "Ann")
    assert [one.id for one in listed(world, Filter(queued=True))] == [contact.id]
    found = listed(world, Filter(queued=True, search=ANN[-4:]))
    assert [one.id for one in found] == [contact.id]


def test_a_page_that_finds_little_ends_with_a_cursor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: a rare match costs no scan of everything in one request."""
    monkeypatch.setattr(service, "MOST_READ", 1)
    rare = add(world, "rare", opt_in="Y")
    for number in range(60):
        add(world, f"p{number}")
    page = service.page(world.a, Filter(opt_in="Y"), Sort.NEWEST, None, 50)
    assert page.contacts == []
    assert page.cursor is not None
    assert listed(world, Filter(opt_in="Y")) == [rare]


def test_another_accounts_contacts_are_never_among_them(world: World) -> None:
    """I7: a cursor carries no account, so one from elsewhere only moves the position."""
    for _ in range(3):
        add(world, "Ann", email="ann@example.com")
    cursor = service.page(world.a, Filter(), Sort.NEWEST, None, 1).cursor
    for asked in (Filter(), Filter(search="ann"), Filter(search="ann@"), Filter(queued=True)):
        assert service.page(world.b, asked, Sort.NEWEST, None, 50).contacts == []
    assert service.page(world.b, Filter(), Sort.NEWEST, cursor, 50).contacts == []


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!!",
        "bm90IGpzb24",
        "W10",
        "WzEsMl0",
        "é",
        urlsafe_b64encode(b'["name","a"]').decode(),
        urlsafe_b64encode(b'["newest","\\ud800"]').decode(),
    ],
)
def test_a_spoilt_cursor_is_refused_in_plain_words(world: World, cursor: str) -> None:
    """Bad input: cursors tampered with."""
    add(world, "Ann")
    with pytest.raises(Invalid, match="Ask for the first page again") as refused:
        service.page(world.a, Filter(), Sort.NEWEST, cursor, 50)
    assert refused.value.code == "invalid_cursor"


def test_a_cursor_with_any_position_gives_a_page(world: World) -> None:
    """Bad input: a position that was made up is a position."""
    add(world, "Ann")
    for position in ("~", "0", "ct_", "\x00", "ac_2#contacts#0"):
        made = urlsafe_b64encode(json.dumps(["newest", position]).encode()).decode()
        assert len(service.page(world.a, Filter(), Sort.NEWEST, made, 50).contacts) <= 1


def test_a_walk_in_parts_takes_all_that_were_there_and_nobody_else(world: World) -> None:
    """C7: all that match, as they were when the job began; each part can be gone on with."""
    there = {add(world, f"p{number}", opt_in="Y" if number % 3 else "").id for number in range(30)}
    began = world.clock.now()
    add(world, "later", opt_in="Y")
    seen: list[str] = []
    for lane in range(service.lanes(world.a, Filter(opt_in="Y"), began)):
        after: str | None = None
        while True:
            walk = service.walk(world.a, Filter(opt_in="Y"), lane, after=after, until=began)
            step = next(iter(walk), None)
            if step is None:
                break
            after, contact = step
            seen += [contact.id] if contact else []
    expected = {one.id for one in listed(world, Filter(opt_in="Y"))} & there
    assert sorted(seen) == sorted(expected)
    assert len(expected) == 20


def test_what_an_import_made_lies_together(world: World) -> None:
    """C7: all that one import made, without looking at the others."""
    at = world.clock.advance(seconds=1)
    job = new_id("im", at)
    mine = [
        add(world, f"p{n}", import_id=job, id=derived_id("ct", at, job, str(n)), created_at=at)
        for n in range(5)
    ]
    for _ in range(5):
        add(world, "other")
    with recorded() as calls:
        found = listed(world, Filter(import_id=job))
    assert {one.id for one in found} == {one.id for one in mine}
    assert len(calls) <= world.settings.contact_shards


@pytest.mark.thorough
@pytest.mark.parametrize("sort", list(Sort))
def test_a_page_of_fifty_reads_no_more_than_its_share(world: World, sort: Sort) -> None:
    """Budget: one query a shard, and the contacts that it leads to in one go."""
    for number in range(80):
        add(world, f"p{number}", favourite=not number % 2)
    with recorded() as calls:
        service.page(world.a, Filter(), sort, None, 50)
    operations = [operation for _, operation in calls]
    assert "Scan" not in operations
    # The favourites, then the others.
    assert len(operations) <= 3 * world.settings.contact_shards


def test_a_count_that_has_cost_enough_says_at_least(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: what it came past until then is counted, and that there may be more is said."""
    monkeypatch.setattr(service, "_BATCH", 5)
    for number in range(20):
        add(world, f"Ann{number}", favourite=True, opt_in="Y")
    for asked, cost in (
        (Filter(opt_in="Y"), drivers.OF_CONTACT),
        (Filter(favourite=True), drivers.OF_ENTRY),
    ):
        monkeypatch.setattr(service, "MOST_COUNTED", 8 * cost)
        found, capped = service.count(world.a, asked, 100, world.clock.now())
        assert (found, capped) == (10, True)
        monkeypatch.setattr(service, "MOST_COUNTED", 21 * cost)
        assert service.count(world.a, asked, 100, world.clock.now()) == (20, False)


def test_of_two_words_only_those_are_read_who_have_both(world: World) -> None:
    """C1: entries tell the whole name."""
    both = add(world, "Ann", "Featherstonehaugh")
    for _ in range(60):
        add(world, "Bob", "Featherstonehaugh")
    with recorded() as calls:
        page = service.page(world.a, Filter(search="featherst ann"), Sort.NEWEST, None, 50)
    assert page.contacts == [both]
    assert calls.count(("dynamodb", "BatchGetItem")) == 1


def test_a_name_that_its_entry_holds_in_part_is_looked_at_whole(world: World) -> None:
    """C1: a name is sorted by its first 64 characters."""
    long = add(world, " ".join(["Guadalupe"] * 7), "Zuleta")
    assert listed(world, Filter(search="zuleta guada")) == [long]
    assert listed(world, Filter(search="guada zul")) == [long]


def test_a_page_whose_search_was_dear_is_shorter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: what was gathered, read and shown together is what a page may cost."""
    monkeypatch.setattr(service, "MOST_READ", 12)
    made = [add(world, "Ann") for _ in range(12)]
    page = service.page(world.a, Filter(search="ann"), Sort.OLDEST, None, 50)
    # Shards, entries, and half a unit each to read and to show somebody.
    gathered = 0.75 * world.settings.contact_shards + 0.016 * len(made)
    assert page.contacts == made[: int(12 - gathered)]
    assert listed(world, Filter(search="ann"), Sort.OLDEST) == made


def test_who_shows_nobody_gets_longer_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """C6: an export looks nobody up on the opt-out list."""
    monkeypatch.setattr(service, "MOST_READ", 2)
    for number in range(30):
        add(world, f"p{number}")
    lengths = [
        len(service.page(world.a, Filter(), Sort.NEWEST, None, 500, **cost).contacts)
        for cost in ({"of_shown": 0.0}, {})
    ]
    assert lengths == [25, 3]
