"""Labels that come with a file: made where they are missing, and never more than there may be."""

import pytest

from assent.contacts.imports.choices import Existing
from assent.contacts.labels import service as labels
from assent.contacts.labels.model import MOST_LABELS, MOST_ON_CONTACT, Colour
from tests.fakes import ANN, BOB, World
from tests.unit.contacts.imports.desk import counts
from tests.unit.contacts.imports.people import PeopleDesk, rows

HEADER = "phone,first name,labels"


@pytest.fixture
def people(world: World) -> PeopleDesk:
    return PeopleDesk(world)


def of(people: PeopleDesk, phone: str) -> set[str]:
    names = {one.id: one.name for one in labels.labels(people.account.id)}
    contact = people.world.contact(phone)
    assert contact is not None
    return {names[one] for one in contact.labels}


def test_labels_of_a_row_are_found_in_any_spelling_or_made(people: PeopleDesk) -> None:
    """C4: several in one cell, with semicolons between them."""
    labels.create(people.account.id, "VIP", Colour.RED, people.world.clock)
    file = rows((ANN, "Ann", "vip ; Spring 2026;"), (BOB, "Bob", ""), header=HEADER)
    done = people.finished(file)
    assert counts(done) == {"added": 2}
    assert of(people, ANN) == {"VIP", "Spring 2026"}
    assert of(people, BOB) == set()
    assert len(labels.labels(people.account.id)) == 2


def test_who_is_there_already_gets_the_labels_beside_its_own_if_it_is_to_be_changed(
    people: PeopleDesk,
) -> None:
    people.finished(rows((ANN, "Ann", "Old"), (BOB, "Bob", "Old"), header=HEADER))
    again = rows((ANN, "", "New"), header=HEADER)
    people.finished(again, existing=Existing.JOIN)
    assert of(people, ANN) == {"Old"}
    people.world.clock.advance(seconds=1)
    people.finished(again, existing=Existing.UPDATE)
    assert of(people, ANN) == {"Old", "New"}
    assert of(people, BOB) == {"Old"}


def test_a_row_whose_labels_cannot_be_is_told(people: PeopleDesk) -> None:
    """C4: too many in the row, a name that is too long."""
    many = "; ".join(f"L{n}" for n in range(MOST_ON_CONTACT + 1))
    job = people.checked(rows((ANN, "Ann", many), (BOB, "Bob", "x" * 51), header=HEADER))
    assert [row[3] for row in people.errors(job)] == ["too_many_labels", "too_long"]


def test_beyond_the_labels_that_an_account_may_have_rows_are_refused(people: PeopleDesk) -> None:
    """C4: the row goes to the error file, and can be imported again without the label."""
    for number in range(MOST_LABELS - 1):
        labels.create(people.account.id, f"L{number}", Colour.GREY, people.world.clock)
    file = rows((ANN, "Ann", "Last; L1"), (BOB, "Bob", "One too many"), header=HEADER)
    done = people.finished(file)
    assert counts(done) == {"added": 1, "invalid": 1}
    assert of(people, ANN) == {"Last", "L1"}
    assert people.world.contact(BOB) is None
    [row] = people.errors(done)
    assert (row[0], row[3]) == (BOB, "too_many_labels")


def test_a_contact_that_has_all_the_labels_it_can_have_is_told(people: PeopleDesk) -> None:
    full = "; ".join(f"L{n}" for n in range(MOST_ON_CONTACT))
    people.finished(rows((ANN, "Ann", full), header=HEADER))
    people.world.clock.advance(seconds=1)
    again = rows((ANN, "Ann", "More"), header=HEADER)
    done = people.finished(again, existing=Existing.UPDATE)
    assert counts(done) == {"invalid": 1}
    assert [row[3] for row in people.errors(done)] == ["too_many_labels"]


def test_columns_of_an_export_that_are_worked_out_become_no_fields(people: PeopleDesk) -> None:
    """C10: an export can be imported as it is."""
    header = "phone,labels,sms_status,voice_status,compliance_message,source,custom:City"
    people.finished(rows((ANN, "VIP", "none", "none", "sent", "lead", "Bern"), header=header))
    ann = people.world.contact(ANN)
    assert ann is not None
    assert (ann.custom, of(people, ANN)) == ({"City": "Bern"}, {"VIP"})
