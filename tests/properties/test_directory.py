"""The list of contacts: whatever is asked for, its pages are what looking at everybody gives."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.accounts.model import Account
from assent.consent.model import Channel, Status
from assent.contacts.directory import service
from assent.contacts.directory.model import Filter, OptedOut, Sort
from assent.contacts.directory.words import Query, sorted_by
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Membership
from assent.contacts.model import Contact, Origin
from assent.platform.ids import new_id
from tests.fakes import World
from tests.unit.contacts.people import add

_NAMES = st.sampled_from(["Ann", "ann", "Ánne", "Bo", "Bob", "de la", "Annabel Lee", "O'Neil", ""])
_GROUP = "gr_everybody"
_LABELS = st.frozensets(st.sampled_from(["lb_1", "lb_2"]))
_PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "first": _NAMES,
            "last": _NAMES,
            "email": st.sampled_from(["", "ann@example.com", "Bob@example.com"]),
            "labels": _LABELS,
            "favourite": st.booleans(),
            "opt_in": st.sampled_from(["", "Y", "N"]),
            "origin": st.sampled_from(list(Origin)),
            "grouped": st.booleans(),
            "mark": st.sampled_from(list(Status)),
        }
    ),
    max_size=14,
)
_FILTERS = st.builds(
    Filter,
    search=st.sampled_from(["", "", "an", "bo", "ann b", "le ann", "ann@", "oneil"]),
    group_id=st.sampled_from(["", "", _GROUP]),
    label_id=st.sampled_from(["", "", "lb_1"]),
    no_group=st.sampled_from([False, False, True]),
    favourite=st.sampled_from([None, None, True, False]),
    opt_in=st.sampled_from(["", "", "Y", "none"]),
    opted_out=st.sampled_from([None, None, *OptedOut]),
    origin=st.sampled_from([None, None, Origin.JOIN]),
)


def _populate(world: World, account: Account, people: list[dict[str, Any]]) -> list[Contact]:
    made = []
    for person in people:
        fields = dict(person)
        grouped, mark = fields.pop("grouped"), fields.pop("mark")
        contact = add(
            world,
            fields.pop("first"),
            fields.pop("last"),
            account_id=account.id,
            groups=frozenset({_GROUP} if grouped else ()),
            marks={Channel.SMS: mark, Channel.VOICE: Status.NONE},
            **fields,
        )
        if grouped:
            _join(contact)
        made.append(contact)
    return made


def _join(contact: Contact) -> None:
    member = Membership(
        group_id=_GROUP,
        contact_id=contact.id,
        phone=contact.phone,
        subject=contact.subject,
        channels=frozenset(),
    )
    member_store.MembershipRecord(
        *member_store.member_key(contact.account_id, _GROUP, contact.id),
        **member.model_dump(include={"phone", "subject"}),
    ).save()


def _in_order(found: list[Contact], sort: Sort) -> list[Contact]:
    """Sort as it is promised, without any index."""
    keys = {
        Sort.NEWEST: lambda one: one.id,
        Sort.OLDEST: lambda one: one.id,
        Sort.NAME: lambda one: (sorted_by(one), one.id),
        Sort.FAVOURITES: lambda one: (one.favourite, one.id),
    }
    return sorted(found, key=keys[sort], reverse=sort in (Sort.NEWEST, Sort.FAVOURITES))


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(people=_PEOPLE, asked=_FILTERS, sort=st.sampled_from(list(Sort)), limit=st.integers(1, 6))
def test_the_pages_of_any_filter_are_all_that_match_in_order(
    world: World, people: list[dict[str, Any]], asked: Filter, sort: Sort, limit: int
) -> None:
    """C1."""
    # An account of its own is an empty table.
    account = world.a.model_copy(update={"id": new_id("ac", world.clock.advance(seconds=1))})
    made = _populate(world, account, people)
    query = Query.read(asked.search, "US") if asked.search else None
    expected = [one for one in made if asked.takes(one, query)]
    # What is found by its number comes as it arrived.
    kept = Sort.NEWEST if sort == Sort.NAME and query and query.tail else sort
    found: list[Contact] = []
    cursor = None
    while True:
        page = service.page(account, asked, sort, cursor, limit)
        found += page.contacts
        cursor = page.cursor
        if cursor is None:
            break
    assert [one.id for one in found] == [one.id for one in _in_order(expected, kept)]
    until = world.clock.now() + timedelta(seconds=1)
    if asked != Filter():
        assert service.count(account, asked, 100, until) == (len(expected), False)
    seen = [
        contact.id
        for lane in range(service.lanes(account, asked, until))
        for _, contact in service.walk(account, asked, lane, after=None, until=until)
        if contact
    ]
    assert sorted(seen) == sorted(one.id for one in expected)
