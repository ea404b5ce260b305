"""What is exported can be imported again, and is what it was."""

from functools import partial
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assent.contacts import adding
from assent.contacts.directory.model import Filter
from assent.contacts.groups.model import folded
from assent.contacts.imports.headings import custom_name
from assent.contacts.imports.rows import shown
from assent.contacts.labels import cells
from assent.contacts.labels import service as labels
from assent.contacts.labels.model import Colour
from assent.contacts.model import Contact, Origin, QueuePlace, QueueState
from assent.platform.ids import new_id
from assent.platform.settings import Settings
from tests.conftest import put_back
from tests.fakes import FakeProvider, World
from tests.unit.contacts.exports.test_exports import Desk
from tests.unit.contacts.imports.people import PeopleDesk

# Every sign that means something to a spreadsheet, to CSV or to our own cells.
_LETTERS = "=+-@'\";,:\t aAéß1٣\u200e\U0001f600Ж"
_TEXT = st.text(_LETTERS, max_size=8)
_values = _TEXT.map(shown).filter(lambda text: text == shown(text))
_names = _values.map(lambda text: " ".join(text.split())).filter(
    lambda text: text.isprintable() and text == shown(text)
)
_fields = _names.filter(lambda name: name and custom_name(f"custom:{name}") == name)
_label_names = st.lists(_names.filter(bool), max_size=3, unique_by=folded)


@st.composite
def people(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Give some contacts that differ in all that a file can hold."""
    fields = draw(st.lists(_fields, max_size=3, unique=True))
    person: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "first_name": _names,
            "last_name": _names,
            "email": st.sampled_from(["", "ann@example.com"]),
            "custom": st.dictionaries(st.sampled_from(fields), _values.filter(bool))
            if fields
            else st.just({}),
            "labels": _label_names,
        }
    )
    return draw(st.lists(person, min_size=1, max_size=3))


@given(wanted=people())
@hypothesis_settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_an_export_imported_elsewhere_makes_the_same_contacts(
    aws: Settings, provider: FakeProvider, wanted: list[dict[str, Any]]
) -> None:
    """C4, C10: names, address, every own field and every label, through a spreadsheet-safe file."""
    world = World(aws, provider, partial(put_back, "world"))
    here = Desk(world)
    before = {f"+1212555{n:04}": made(world, n, one) for n, one in enumerate(wanted, 100)}
    here.labels = {one.id: one.name for one in labels.labels(world.a.id)}
    content = here.file(here.done(here.contacts(Filter())))
    there = PeopleDesk(world)
    there.account = world.b
    there.finished(content)
    names = {one.id: folded(one.name) for one in labels.labels(world.b.id)}
    for phone, contact in before.items():
        found = world.contact(phone, world.b)
        assert found is not None
        for field in ("first_name", "last_name", "email", "custom"):
            assert getattr(found, field) == getattr(contact, field), field
        of_contact = {folded(here.labels[one]) for one in contact.labels}
        assert {names[one] for one in found.labels} == of_contact


def made(world: World, number: int, values: dict[str, Any]) -> Contact:
    """Make a contact of account A, with the labels that it is to have."""
    known = {folded(one.name): one.id for one in labels.labels(world.a.id)}
    own = set()
    for name in values["labels"]:
        if folded(name) not in known:
            made = labels.create(world.a.id, name, Colour.GREY, world.clock)
            known[folded(name)] = made.id
        own.add(known[folded(name)])
    phone, now = f"+1212555{number:04}", world.clock.advance(seconds=1)
    contact = Contact(
        id=new_id("ct", now),
        account_id=world.a.id,
        phone=phone,
        subject=world.pseudonyms.of(phone),
        created_at=now,
        origin=Origin.MANUAL,
        queue=QueuePlace(state=QueueState.OUTSIDE),
        **{**values, "labels": frozenset(own)},
    )
    assert adding.put(contact)
    return contact


@given(names=st.lists(_names.filter(bool), unique=True))
def test_labels_in_a_cell_are_read_as_they_were_written(names: list[str]) -> None:
    """C10."""
    assert cells.read(cells.written(names)) == names
