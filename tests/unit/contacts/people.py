"""Contacts of the small world, made in a blink and without consent."""

from itertools import count as count_from

from assent.contacts import adding, store
from assent.contacts.directory import store as directory
from assent.contacts.model import Compliance, ComplianceState, Contact, QueuePlace, QueueState
from assent.platform.ids import new_id
from tests.fakes import World

_numbers = count_from(1)
_AT_ONCE = 500


def crowd(world: World, count: int) -> None:
    """Add many contacts at once, each a millisecond after the one before."""
    made = [_made(world, f"Ann{number}", "") for number in range(count)]
    for start in range(0, count, _AT_ONCE):
        some = made[start : start + _AT_ONCE]
        store.put_all_new(some)
        directory.put_entries(some)


def add(world: World, first: str = "", last: str = "", **more: object) -> Contact:
    """Add a contact, a millisecond after the one before."""
    contact = _made(world, first, last, **more)
    adding.put(contact)
    stored = store.contact(contact.account_id, contact.id)
    assert stored is not None
    return stored


def _made(world: World, first: str, last: str, **more: object) -> Contact:
    at = world.clock.advance(milliseconds=1)
    phone = str(more.pop("phone", f"+1415{2_000_000 + next(_numbers)}"))
    return Contact(
        id=new_id("ct", at),
        account_id=world.a.id,
        phone=phone,
        subject=world.pseudonyms.of(phone),
        first_name=first,
        last_name=last,
        created_at=at,
        compliance=Compliance(state=ComplianceState.NOT_SENT),
        queue=QueuePlace(state=QueueState.OUTSIDE),
    ).model_copy(update=more)
