"""Planning: who gets a broadcast, who does not and why, cut into chunks that are sent one by one.

The plan's progress is one item. Each step writes its chunk, its counts and the progress in one
transaction, so a plan that is redelivered, doubled or cut off anywhere goes on where it was: no
member is counted twice, whatever happened to the groups meanwhile.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assent.accounts.service import AccountService
from assent.broadcasts import store
from assent.broadcasts.model import (
    CHUNK,
    Broadcast,
    Counts,
    Cursor,
    Event,
    Excluded,
    Exclusion,
    PlanBroadcast,
    SendChunk,
    State,
    excluded_column,
    exclusion,
)
from assent.broadcasts.progress import finish_if_done
from assent.consent import store as consent
from assent.consent.policy import Purpose, may_send
from assent.contacts import store as contacts
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Membership
from assent.platform import settings
from assent.platform.clock import Clock
from assent.platform.errors import NotFound
from assent.platform.queues import MAX_DELAY, Sink

RESERVE = 20_000
"""Milliseconds that must be left for another step; with less, the plan hands itself on."""

_ANNOUNCE = 10  # chunks sent on together: one request to the queue


@dataclass
class _Page:
    """One step's members, sorted out."""

    taken: list[str] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)

    def counts(self) -> Counts:
        counts: Counts = {"planned": len(self.taken) + len(self.excluded)}
        for one in self.excluded:
            column = excluded_column(one.reason)
            counts[column] = counts.get(column, 0) + 1
        return counts


@dataclass
class Planner:
    """Plans broadcasts."""

    clock: Clock
    accounts: AccountService
    plans: Sink
    chunks: Sink

    def plan(self, command: PlanBroadcast, remaining: Callable[[], int]) -> str:
        """Plan as much as `remaining` milliseconds allow, then hand on; says how it ended."""
        broadcast = store.broadcast(command.account_id, command.broadcast_id)
        if broadcast is None:
            return "no_broadcast"
        if broadcast.run != command.run:
            return "outdated"
        if broadcast.state == State.SCHEDULED:
            return self._start(broadcast, command, remaining)
        if broadcast.state == State.PLANNING:
            return self._walk(broadcast, command, remaining)
        if broadcast.state == State.CANCELLED:
            # What was planned before must still end, so that the report adds up.
            self._announce(broadcast, store.cursor(broadcast.id))
        finish_if_done(broadcast.account_id, broadcast.id, self.clock)
        return f"already_{broadcast.state}"

    def _start(
        self, broadcast: Broadcast, command: PlanBroadcast, remaining: Callable[[], int]
    ) -> str:
        try:
            self.accounts.sender_for(broadcast.account_id, broadcast.sender_id)
        except NotFound as missing:
            store.advance(
                broadcast, Event.FAILED, reason=missing.message, finished_at=self.clock.now()
            )
            return "failed"
        store.advance(broadcast, Event.STARTED, started_at=self.clock.now())
        # Started here or by another worker, or cancelled: look again.
        return self.plan(command, remaining)

    def _walk(
        self, broadcast: Broadcast, command: PlanBroadcast, remaining: Callable[[], int]
    ) -> str:
        homes = {group.id: group.sender_id for group in group_store.groups(broadcast.account_id)}
        cursor = store.cursor(broadcast.id)
        while not cursor.done:
            if cursor.chunks - cursor.announced >= _ANNOUNCE:
                cursor = self._announce(broadcast, cursor)
                if self._is_cancelled(broadcast):
                    return "cancelled"
            if remaining() < RESERVE:
                self._announce(broadcast, cursor)
                self.plans.send(command)
                return "continued"
            cursor = self._step(broadcast, homes, cursor)
        self._announce(broadcast, cursor)
        complete = store.advance(broadcast, Event.PLANNED, chunks=cursor.chunks)
        finish_if_done(broadcast.account_id, broadcast.id, self.clock)
        return "planned" if complete else "changed_meanwhile"

    @staticmethod
    def _is_cancelled(broadcast: Broadcast) -> bool:
        now = store.broadcast(broadcast.account_id, broadcast.id)
        return now is None or now.state == State.CANCELLED

    def _announce(self, broadcast: Broadcast, cursor: Cursor) -> Cursor:
        """Send on the chunks that may not have been sent yet; a chunk sent twice is sent once."""
        sender = self.accounts.sender(broadcast.sender_id)
        start = broadcast.started_at or self.clock.now()
        seconds = CHUNK / sender.messages_per_second if sender else 0
        waiting = (
            SendChunk(
                account_id=broadcast.account_id,
                broadcast_id=broadcast.id,
                chunk=number,
                due_at=start + timedelta(seconds=seconds * number),
            )
            for number in range(cursor.announced, cursor.chunks)
        )
        self.chunks.send_all((one, delay_until(one.due_at, self.clock)) for one in waiting)
        return cursor.model_copy(update={"announced": cursor.chunks})

    def _step(self, broadcast: Broadcast, homes: dict[str, str], cursor: Cursor) -> Cursor:
        members, beyond = _read(broadcast, cursor)
        page = self._sort_out(broadcast, homes, members)
        store.put_excluded(broadcast.id, page.excluded)
        after = beyond.model_copy(
            update={"step": cursor.step + 1, "chunks": cursor.chunks + bool(page.taken)}
        )
        if store.commit_step(broadcast.id, cursor, after, page.taken, page.counts()):
            return after
        # Another worker plans as well. Each step is done once; go on from wherever it is.
        return store.cursor(broadcast.id)

    def _sort_out(
        self, broadcast: Broadcast, homes: dict[str, str], members: list[tuple[int, Membership]]
    ) -> _Page:
        page = _Page()
        belongs = _belongs(broadcast, members)
        seen: set[str] = set()
        for position, member in members:
            groups = belongs.get(member.contact_id, frozenset())
            # A contact is taken with the first chosen group that it is in.
            if member.contact_id in seen or groups.intersection(broadcast.groups[:position]):
                continue
            seen.add(member.contact_id)
            left_out = self._left_out(broadcast, homes, member, groups)
            if left_out:
                page.excluded.append(left_out)
            else:
                page.taken.append(member.contact_id)
        return page

    def _left_out(
        self,
        broadcast: Broadcast,
        homes: dict[str, str],
        member: Membership,
        groups: frozenset[str],
    ) -> Excluded | None:
        now = self.clock.now()
        minus = groups.intersection(broadcast.minus_groups)
        if minus:
            return Excluded(
                contact_id=member.contact_id,
                reason=Exclusion.MINUS_GROUP,
                evidence={"group": min(minus)},
                at=now,
            )
        at_home = homes.get(member.group_id) == broadcast.sender_id
        if at_home and broadcast.channel in member.channels:
            return None
        reason, evidence = self._why_unreachable(broadcast, member)
        if reason is None and not at_home:
            return None  # the membership's channels are those of another sender
        return Excluded(
            contact_id=member.contact_id,
            reason=reason or Exclusion.NOT_BACK_IN_GROUP,
            evidence=evidence if reason else {"group": member.group_id},
            at=now,
        )

    def _why_unreachable(
        self, broadcast: Broadcast, member: Membership
    ) -> tuple[Exclusion | None, dict[str, str]]:
        sender = self.accounts.sender(broadcast.sender_id)
        against = consent.opt_out(broadcast.sender_id, member.subject)
        known = consent.consent(broadcast.account_id, member.subject)
        decision = may_send(
            Purpose.BROADCAST,
            broadcast.channel,
            sender_registered=sender is not None and sender.registered,
            against=against.standing_against(broadcast.channel, broadcast.account_id),
            agreement=known.agreement(broadcast.sender_id, broadcast.channel),
        )
        closed = next((gate for gate in decision.gates if not gate.passed), None)
        return exclusion(decision.reason) if decision.reason else None, (
            {**closed.evidence, "sender_id": broadcast.sender_id} if closed else {}
        )


def _read(broadcast: Broadcast, cursor: Cursor) -> tuple[list[tuple[int, Membership]], Cursor]:
    """Read the next members, each with its group's position, and the cursor beyond them."""
    shards = settings.current().group_shards
    group, shard, after = cursor.group, cursor.shard, cursor.after
    found: list[tuple[int, Membership]] = []
    while len(found) < CHUNK and group < len(broadcast.groups):
        wanted = CHUNK - len(found)
        page = list(
            group_store.members(
                broadcast.account_id, broadcast.groups[group], shard, after=after, limit=wanted
            )
        )
        found.extend((group, member) for member in page)
        if len(page) == wanted:
            after = page[-1].contact_id
            break
        shard, after = shard + 1, None
        if shard == shards:
            group, shard = group + 1, 0
    done = group == len(broadcast.groups)
    place = {"group": group, "shard": shard, "after": after, "done": done}
    return found, cursor.model_copy(update=place)


def _belongs(
    broadcast: Broadcast, members: list[tuple[int, Membership]]
) -> dict[str, frozenset[str]]:
    """Say which groups the members are in, where an earlier or a left-out group matters."""
    asked = {m.contact_id for at, m in members if at or broadcast.minus_groups}
    if not asked:
        return {}
    found = contacts.contacts(broadcast.account_id, asked)
    return {contact_id: contact.groups for contact_id, contact in found.items()}


def delay_until(due_at: datetime, clock: Clock) -> int:
    """Return the seconds until a moment, no more than a queue can hold a message back."""
    wait = (due_at - clock.now()).total_seconds()
    return max(0, min(MAX_DELAY, round(wait)))
