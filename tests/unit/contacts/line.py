"""People who wait in the opt-in queue, put there in a blink."""

from assent.contacts import store
from assent.contacts.model import Compliance, ComplianceState, Contact, QueuePlace, QueueState
from assent.contacts.queue import store as queue_store
from assent.platform.tables import Transaction
from tests.fakes import World
from tests.unit.contacts.people import add

CAME = Compliance(state=ComplianceState.DELIVERED)


def wait(world: World, first: str = "", last: str = "", **more: object) -> Contact:
    """Let somebody wait in the queue, a second after the one before."""
    made = add(
        world,
        first,
        last,
        compliance=CAME,
        queue=QueuePlace(state=QueueState.WAITING),
        **more,
    )
    transaction = Transaction()
    queue_store.add_queue_entry(transaction, made, world.clock.advance(seconds=1), delivered=False)
    transaction.commit()
    found = store.contact(world.a.id, made.id, consistent=True)
    assert found is not None
    return found
