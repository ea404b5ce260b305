"""How a broadcast fares: its report, what receipts and opt-outs change in it, and its end."""

from collections import Counter

from assent.broadcasts.counters import store as counters
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.failures.store import counted_as
from assent.broadcasts.guards import tripped
from assent.broadcasts.model import SENDS, Broadcast, Event, State
from assent.broadcasts.outcomes import store as outcomes
from assent.broadcasts.plans import store as plans
from assent.broadcasts.receipts import store as receipts
from assent.broadcasts.results import Counts, Report
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
    return by_now(broadcast)[0]


def by_now(broadcast: Broadcast) -> tuple[Report, Counts]:
    """Add up what came of a broadcast by now, and the codes of failures not counted by code yet."""
    if broadcast.started_at is None:
        return Report(), {}
    totals, codes = _totals(broadcast)
    for column, number in plans.cursor(broadcast.id).counts.items():
        totals[column] = totals.get(column, 0) + number
    return Report.of(totals, cancelled=broadcast.state == State.CANCELLED), codes


def _totals(broadcast: Broadcast) -> tuple[Counts, Counts]:
    """Add the counters up, and what a slow sender's chunks under way have recorded besides.

    When a chunk was counted meanwhile, all is read again: nobody is counted twice, or left out who
    was counted before.
    """
    if broadcast.state == State.FINISHED:
        return counters.totals(broadcast.id), {}
    before = outcomes.recorded(broadcast.id)
    while True:
        totals, codes = counters.totals(broadcast.id), Counter[str]()
        if not before:
            return totals, codes
        after = outcomes.recorded(broadcast.id)
        if all(key in after and after[key].counted == one.counted for key, one in before.items()):
            for key in before:
                for column, number in after[key].more.items():
                    totals[column] = totals.get(column, 0) + number
                codes.update(after[key].codes)
            return totals, codes
        before = after


def note_delivery(broadcast_id: str, contact_id: str, state: MessageState, code: str = "") -> bool:
    """Count what a receipt says of one recipient; true when that changed the report.

    Safe to repeat, and receipts may come in any order: a recipient is only ever counted in a
    state of higher rank. One that nothing is noted of yet is counted as sent by its chunk. A
    failure is counted under its code as well, in the same transaction.
    """
    if state not in _COUNTED_AS:
        return False
    while True:
        before = receipts.delivery(broadcast_id, contact_id)
        counted = before or MessageState.SENT
        if RANK[state] <= RANK[counted]:
            return False
        change = {column: -number for column, number in _COUNTED_AS[counted].items()}
        for column, number in _COUNTED_AS[state].items():
            change[column] = change.get(column, 0) + number
        failed = counted_as(broadcast_id, code) if state == MessageState.FAILED else ""
        if receipts.move_delivery(broadcast_id, contact_id, before, state, change, failed):
            return True


def note_opt_out(account_id: str, broadcast_id: str, contact_id: str, clock: Clock) -> bool:
    """Count a recipient's opt-out as an answer to a broadcast, once; pauses one that annoys."""
    if not receipts.put_opted_out(broadcast_id, contact_id, clock.now()):
        return False
    now = definitions.broadcast(account_id, broadcast_id)
    if now and now.state in SENDS:
        guard(now, counters.totals(broadcast_id))
    return True


def guard(broadcast: Broadcast, totals: Counts) -> bool:
    """Pause a broadcast that has passed a threshold, each of them once."""
    reason = tripped(totals, broadcast.unguarded)
    if reason is None:
        return False
    unguarded = [*broadcast.unguarded, reason]
    return bool(definitions.advance(broadcast, Event.PAUSED, reason=reason, unguarded=unguarded))


def guard_chunk(broadcast: Broadcast, totals: Counts) -> bool:
    """Pause a broadcast that passed a threshold within a chunk alone, by what was read before it.

    Only then is it read again: thresholds that are switched off meanwhile are seen there.
    """
    if tripped(totals, broadcast.unguarded) is None:
        return False
    now = definitions.broadcast(broadcast.account_id, broadcast.id)
    return now is not None and guard(now, totals)


def finish_if_done(account_id: str, broadcast_id: str, clock: Clock) -> bool:
    """Finish a broadcast whose plan is complete and whose chunks have all ended.

    Whoever ends a chunk or a plan asks this afterwards. The last of them sees all the others, and
    where two are last at once, the condition on the state lets one of them through. While some
    are deferred, it only waits for them.
    """
    now = definitions.broadcast(account_id, broadcast_id)
    if now is None or now.state not in SENDS:
        return False
    totals = counters.totals(broadcast_id)
    if now.chunks is None or totals["ended"] < now.chunks:
        guard(now, totals)
        return False
    if totals["deferred"] <= 0:
        if now.state == State.PLANNING:
            return False
        ended = definitions.advance(now, Event.ENDED, finished_at=clock.now())
        return ended is not None
    if not guard(now, totals) and now.state == State.RUNNING:
        definitions.advance(now, Event.WAITING)
    return False
