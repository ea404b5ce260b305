"""The whole report of a broadcast: its figures, and its failures by code with what they mean."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from assent.accounts.model import Sender
from assent.broadcasts import forecast, progress
from assent.broadcasts.costs import Cost, cost, units_of
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.failures import store
from assent.broadcasts.failures.model import NO_CODE, OTHER
from assent.broadcasts.model import SENDS, Broadcast, State
from assent.broadcasts.pacing import store as pacing
from assent.broadcasts.pacing.model import pace_for
from assent.broadcasts.results import FailureCount, Report
from assent.broadcasts.text import usual_text
from assent.consent.model import Channel
from assent.messaging.causes import cause
from assent.messaging.prices import country_of


def report(broadcast: Broadcast) -> Report:
    """Add up what came of a broadcast by now, and explain what failed."""
    if broadcast.started_at is None:
        return Report()
    # Before the sum that they are parts of, so that they are never more than it.
    codes = Counter(store.failures(broadcast.id))
    found, more = progress.by_now(broadcast)
    codes.update(more)
    failures = explained(codes, found.failed, broadcast.channel)
    return found.model_copy(update={"failures": failures})


def spent(broadcast: Broadcast, found: Report, sender: Sender | None) -> Cost | None:
    """Estimate what the copies cost that were sent, as if all went to the sender's own country.

    Nothing where nothing has been sent, or the sender is gone. Carriers may charge for copies that
    failed as well, and for each attempt at a call.
    """
    if broadcast.started_at is None or sender is None:
        return None
    body = usual_text(broadcast.template)
    each = units_of(sender, broadcast.channel, body, broadcast.segments)
    units = {country_of(sender.address): found.sent * each}
    return cost(sender, broadcast.channel, units, broadcast.started_at.date())


def expected_end(
    broadcast: Broadcast, found: Report, sender: Sender | None, zone: str, now: datetime
) -> datetime | None:
    """Estimate when the last of those is sent to who need not wait; while it is known and sent.

    Other broadcasts of its pace take their turns meanwhile, and where it waits for hours, nothing
    goes out while they are closed in the account's zone.
    """
    runs = broadcast.state == State.RUNNING and broadcast.chunks is not None
    if not runs or sender is None:
        return None
    messages = found.to_come * broadcast.segments
    hours = forecast.usual_hours(broadcast, sender, zone)
    work = [(now, messages + _in_between(broadcast, sender, messages))]
    return forecast.ends_at(now, work, forecast.pace(sender, now, hours))


def _in_between(broadcast: Broadcast, sender: Sender, messages: int) -> int:
    """Return how many messages of others go out before so many of a broadcast: they take turns."""
    lanes = pacing.lease(pace_for(broadcast, sender)).lanes if messages else []
    others = {(one.account_id, one.broadcast_id) for one in lanes if not one.paused}
    total = 0
    for account_id, broadcast_id in others - {(broadcast.account_id, broadcast.id)}:
        other = definitions.broadcast(account_id, broadcast_id)
        if other and other.state in SENDS:
            total += min(messages, progress.report(other).to_come * other.segments)
    return total


def explained(counts: Mapping[str, int], failed: int, channel: Channel) -> list[FailureCount]:
    """Explain failures by code, most frequent first; they add up to `failed`.

    What is missing from the sum failed since `counts` was read, or before codes were counted, and
    stands with the `other` ones.
    """
    found = {code: number for code, number in counts.items() if number > 0}
    missing = failed - sum(found.values())
    if missing > 0:
        found[OTHER] = found.get(OTHER, 0) + missing
    in_order = sorted(found.items(), key=lambda one: (one[0] == OTHER, -one[1], one[0]))
    return [_explained(code, number, channel) for code, number in in_order]


def _explained(code: str, number: int, channel: Channel) -> FailureCount:
    if code == OTHER:
        return FailureCount(
            code=code,
            count=number,
            message="Other reasons, which are not counted apart.",
            next_step="Ask of one of these contacts why it was not reached.",
        )
    known = cause("" if code == NO_CODE else code, channel)
    return FailureCount(
        code=code,
        count=number,
        kind=known.failure,
        message=known.message,
        next_step=known.next_step,
    )
