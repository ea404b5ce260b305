"""Counts of members for people to look at.

A group of up to `EXACT` members is counted at once, by keys alone. Of a larger one a count is kept;
who looks at one that is too old has it counted anew in the background. See docs/adr/0016.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.contacts.groups.counting import store as counts
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import CountGroup, Group, KeptCount
from assent.platform import settings
from assent.platform.clock import Clock
from assent.platform.queues import Sink

EXACT = 999
"""The most members that are counted while somebody waits."""
_LEASE = timedelta(minutes=10)
"""How long a count may go without an end before somebody else begins another."""
_PER_MEMBER = timedelta(minutes=1) / 10_000
_YOUNGEST, _OLDEST = timedelta(minutes=1), timedelta(hours=12)
_PAGE = 20_000  # members that one query looks at, unless a megabyte is less
_RESERVE = 5_000  # milliseconds that are left to hand a count on


@dataclass(frozen=True)
class Members:
    """How many members a group has; `at` when that was, for one too large to be counted at once."""

    count: int
    exact: bool
    at: datetime | None = None


def interval(members: int) -> timedelta:
    """Say how old a count of so many may be: the larger, the older, so that looking stays cheap."""
    return min(max(members * _PER_MEMBER, _YOUNGEST), _OLDEST)


@dataclass
class CountService:
    """Counts groups and keeps what takes long to count."""

    clock: Clock
    commands: Sink

    def of_groups(self, account_id: str, groups: Sequence[Group]) -> dict[str, Members]:
        """Count the members of a page of groups, or say what was last counted of the large ones."""
        kept = counts.kept_counts(account_id, (one.id for one in groups))
        return {
            one.id: self._members(account_id, one.id, *kept.get(one.id, (None, None)))
            for one in groups
        }

    def of_group(self, group: Group) -> Members:
        """Count the members of one group."""
        return self.of_groups(group.account_id, [group])[group.id]

    def _members(
        self, account_id: str, group_id: str, kept: KeptCount | None, counting: datetime | None
    ) -> Members:
        if kept is None or kept.members <= EXACT:
            found = member_store.members_count(account_id, group_id, EXACT)
            if found <= EXACT:
                return Members(found, exact=True)
        now = self.clock.now()
        is_stale = kept is None or now - kept.at >= interval(kept.members)
        if is_stale and (counting is None or counting < now - _LEASE):
            self._begin(account_id, group_id, now)
        if kept is None:
            return Members(EXACT, exact=False)
        return Members(kept.members, exact=False, at=kept.at)

    def _begin(self, account_id: str, group_id: str, now: datetime) -> None:
        if counts.claim_count(account_id, group_id, now, now - _LEASE):
            # Should the process end before this, the claim runs out.
            command = CountGroup(account_id=account_id, counted_group_id=group_id, since=now)
            self.commands.send(command)

    def count(self, command: CountGroup, remaining: Callable[[], int]) -> str:
        """Go on with a count; safe to repeat, since what was counted so far is in the command."""
        shard, after, members = command.shard, command.after, command.members
        while shard < settings.current().group_shards:
            if remaining() < _RESERVE:
                further = {"shard": shard, "after": after, "members": members}
                self.commands.send(command.model_copy(update=further))
                return "continued"
            counted, after = member_store.count_members(
                command.account_id, command.counted_group_id, shard, after, _PAGE
            )
            members += counted
            if after is None:
                shard += 1
        now = self.clock.now()
        kept = counts.keep_count(
            command.account_id, command.counted_group_id, members, now, command.since
        )
        return "counted" if kept else "out_of_date"
