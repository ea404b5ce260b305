"""Which broadcasts wait for their sender: they join its lease, and the pacer lets them go."""

from collections.abc import Callable
from dataclasses import dataclass

from assent.accounts.model import Sender
from assent.accounts.service import AccountService
from assent.broadcasts.model import Broadcast, ReleaseWork
from assent.broadcasts.pacing import store
from assent.broadcasts.pacing.model import Lane, pace_for, pace_of
from assent.broadcasts.plans.model import PLANNED
from assent.platform.queues import Sink
from assent.platform.tables import Contention

_ATTEMPTS = 8
_LEFT = "left"  # begins no chunk's key


@dataclass
class Lanes:
    """Puts broadcasts in line, and has a turn taken for them."""

    accounts: AccountService
    plans: Sink

    def join(self, broadcast: Broadcast, prefix: str = PLANNED) -> None:
        """Have a broadcast's chunks let go whose keys begin so; safe to repeat."""
        lane = lane_for(broadcast, prefix)
        self._change(broadcast, lambda lanes: _joined(lanes, lane))

    def resume(self, broadcast: Broadcast) -> None:
        """Take up a paused broadcast's lanes where they were."""
        self._change(broadcast, lambda lanes: _resumed(lanes, broadcast))

    def look_again(self, sender: Sender) -> None:
        """Have a turn taken at once: what was changed of a sender may leave more room, or less."""
        lease = store.lease(pace_of(sender))
        if lease.lanes:
            self.plans.send(ReleaseWork(pace=lease.pace, turn=lease.turn))

    def _change(self, broadcast: Broadcast, change: Callable[[list[Lane]], list[Lane]]) -> None:
        # Its lanes are where it began, also when its sender is gone or shares another rate now.
        pace = broadcast.pace or pace_for(broadcast, self.accounts.sender(broadcast.sender_id))
        for _ in range(_ATTEMPTS):
            before = store.lease(pace)
            lanes = change(before.lanes)
            if lanes == before.lanes or store.replace(
                before, before.model_copy(update={"lanes": lanes})
            ):
                self.plans.send(ReleaseWork(pace=pace, turn=before.turn))
                return
        raise Contention


def _joined(lanes: list[Lane], lane: Lane) -> list[Lane]:
    return lanes if any(one.key == lane.key for one in lanes) else [*lanes, lane]


def _resumed(lanes: list[Lane], broadcast: Broadcast) -> list[Lane]:
    own = [lane for lane in lanes if lane.broadcast_id == broadcast.id]
    awake = [lane.model_copy(update={"paused": False, "resumed": True}) for lane in own]
    # Without lanes, all was let go before the pause; what met it is still to be taken up.
    awake = awake or [lane_for(broadcast, _LEFT).model_copy(update={"resumed": True})]
    return [*(lane for lane in lanes if lane.broadcast_id != broadcast.id), *awake]


def lane_for(broadcast: Broadcast, prefix: str) -> Lane:
    """Return the lane of a broadcast's chunks whose keys begin so."""
    return Lane(
        account_id=broadcast.account_id,
        broadcast_id=broadcast.id,
        sender_id=broadcast.sender_id,
        prefix=prefix,
        segments=broadcast.segments,
        sorts=bool(broadcast.local_at) and prefix == PLANNED,
    )
