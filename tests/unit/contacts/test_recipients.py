"""What is read of contacts by those who send to thousands."""

from datetime import UTC, datetime

import pytest

from assent.consent.model import Channel, Status
from assent.contacts import store as contacts
from assent.contacts.model import Contact, QueuePlace, QueueState, Recipient
from assent.contacts.recipients import store
from assent.platform.settings import Settings

AT = datetime(2026, 1, 5, tzinfo=UTC)
ANN = Contact(
    id="ct_ann",
    account_id="ac_a",
    phone="+12125550001",
    subject="5" * 32,
    first_name="Ann",
    last_name="Lee",
    email="ann@example.com",
    custom={"city": "Oslo"},
    created_at=AT,
    line_type="mobile",
    zone="Europe/Oslo",
    queue=QueuePlace(state=QueueState.MOVED),
    groups=frozenset({"gr_1", "gr_2"}),
    marks={Channel.SMS: Status.SUBSCRIBED, Channel.VOICE: Status.HARD_OPT_OUT},
)


@pytest.fixture(autouse=True)
def people(aws: Settings) -> None:
    contacts.put_all_new([ANN, ANN.model_copy(update={"id": "ct_bob", "groups": frozenset()})])


def read(channel: Channel, *variables: str) -> Recipient:
    found = store.recipients("ac_a", ["ct_ann", "ct_gone"], channel, variables)
    assert found.keys() == {"ct_ann"}
    return found["ct_ann"]


def test_a_recipient_is_its_contact_as_far_as_it_is_asked_for() -> None:
    """S6: the same gates see the same, whichever way it was read."""
    names = ("first_name", "last_name", "email", "custom.city")
    seen = read(Channel.SMS, *names)
    whole = contacts.contact("ac_a", "ct_ann")
    assert whole is not None
    asked = set(Recipient.model_fields) - {"marks"}
    assert seen.model_dump(include=asked) == whole.model_dump(include=asked)
    assert seen.mark(Channel.SMS) == whole.mark(Channel.SMS)
    assert read(Channel.VOICE).mark(Channel.VOICE) == whole.mark(Channel.VOICE)


def test_what_the_text_does_not_name_is_not_read() -> None:
    seen = read(Channel.SMS, "first_name")
    assert (seen.first_name, seen.last_name, seen.email, seen.custom) == ("Ann", "", "", {})


def test_a_mark_that_was_not_read_never_counts_as_subscribed() -> None:
    """S6: who is not marked as subscribed is looked up."""
    assert read(Channel.VOICE).mark(Channel.SMS) == Status.NONE


def test_an_erased_contact_is_known_as_such() -> None:
    key = contacts.contact_key("ac_a", "ct_ann")
    contacts.ContactRecord(*key).update(actions=[contacts.ContactRecord.erased_at.set(AT)])
    assert read(Channel.SMS).erased_at == AT


def test_the_groups_of_many_are_read_alone() -> None:
    """B6."""
    found = store.groups_of("ac_a", ["ct_ann", "ct_bob", "ct_gone"])
    assert found == {"ct_ann": {"gr_1", "gr_2"}, "ct_bob": frozenset()}
