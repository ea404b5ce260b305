"""How a broadcast fares: its report, what receipts change in it, and its end."""

from assent.broadcasts import store
from assent.broadcasts.model import Broadcast, Counts, Event, Report, State
from assent.messaging.model import RANK, MessageState
from assent.platform.clock import Clock

_COUNTED_AS: dict[MessageState, Counts] = {
    MessageState.UNKNOWN: {"unknown": 1},
    MessageState.SENT: {"sent": 1},
    MessageState.DELIVERED: {"sent": 1, "delivered": 1},
    # The carrier's last word counts, also when it took the message first.
    MessageState.FAILED: {"failed": 1},
}


def report(broadcast: Broadcast) -> Report:
    """Add up what came of a broadcast by now."""
    if broadcast.started_at is None:
        return Report()
    return Report.of(store.totals(broadcast.id))


def note_delivery(broadcast_id: str, contact_id: str, state: MessageState) -> bool:
    """Count what a receipt says of one recipient; true when that changed the report.

    Safe to repeat, and receipts may come in any order: a recipient is only ever counted in a
    state of higher rank. One that nothing is noted of yet is counted as sent by its chunk.
    """
    if state not in _COUNTED_AS:
        return False
    while True:
        before = store.delivery(broadcast_id, contact_id)
        counted = before or MessageState.SENT
        if RANK[state] <= RANK[counted]:
            return False
        change = {column: -number for column, number in _COUNTED_AS[counted].items()}
        for column, number in _COUNTED_AS[state].items():
            change[column] = change.get(column, 0) + number
        if store.move_delivery(broadcast_id, contact_id, before, state, change):
            return True


def finish_if_done(account_id: str, broadcast_id: str, clock: Clock) -> bool:
    """Finish a broadcast whose plan is complete and whose chunks have all ended.

    Whoever ends a chunk or a plan asks this afterwards. The last of them sees all the others, and
    where two are last at once, the condition on the state lets one of them through.
    """
    now = store.broadcast(account_id, broadcast_id)
    if now is None or now.state != State.RUNNING or now.chunks is None:
        return False
    if store.totals(broadcast_id)["ended"] < now.chunks:
        return False
    return store.advance(now, Event.ENDED, finished_at=clock.now()) is not None
