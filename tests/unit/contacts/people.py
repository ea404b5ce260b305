"""Contacts of the small world, made in a blink and without consent."""

from itertools import count

from assent.contacts import adding, store
from assent.contacts.model import Compliance, ComplianceState, Contact, QueuePlace, QueueState
from assent.platform.ids import new_id
from tests.fakes import World

_numbers = count(1)


def add(world: World, first: str = "", last: str = "", **more: object) -> Contact:
    """Add a contact, a millisecond after the one before."""
    at = world.clock.advance(milliseconds=1)
    phone = str(more.pop("phone", f"+1415{2_000_000 + next(_numbers)}"))
    contact = Contact(
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
    adding.put(contact)
    stored = store.contact(contact.account_id, contact.id)
    assert stored is not None
    return stored
