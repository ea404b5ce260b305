"""Broadcasts as the API asks for them: make, list, schedule, cancel, report, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.broadcasts import store
from assent.broadcasts.model import (
    TRANSITIONS,
    Broadcast,
    Event,
    IllegalTransition,
    NewBroadcast,
    PlanBroadcast,
    State,
)
from assent.broadcasts.schedules import Schedules
from assent.broadcasts.text import problem
from assent.consent.model import Channel
from assent.contacts.groups import store as group_store
from assent.platform.clock import Clock, stamp
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound
from assent.platform.ids import new_id
from assent.platform.queues import Sink

GRACE = timedelta(seconds=60)
HORIZON = timedelta(days=366)
MOST_GROUPS = 50
_NAME_LENGTH = 100
# A start "now" is scheduled as well, in case the process ends before the queue has the command.
_SAFETY_NET = timedelta(seconds=60)


@dataclass
class BroadcastService:
    """Makes broadcasts and steers them; planner and fan-out do the work."""

    clock: Clock
    accounts: AccountService
    plans: Sink
    schedules: Schedules

    def create(self, account: Account, wanted: NewBroadcast, by: str) -> Broadcast:
        """Make a draft; everything that is wrong with it is named in one answer."""
        sender_id = wanted.sender_id or account.sender_id
        name = " ".join(wanted.name.split())
        fields = self._problems(account, wanted, name, sender_id)
        if fields:
            raise Invalid(
                "invalid_broadcast", "The broadcast cannot be made like this.", fields=fields
            )
        now = self.clock.now()
        made = Broadcast(
            id=new_id("bc", now),
            account_id=account.id,
            name=name,
            channel=Channel.SMS,
            sender_id=sender_id,
            groups=list(dict.fromkeys(wanted.groups)),
            minus_groups=list(dict.fromkeys(wanted.minus_groups)),
            template=wanted.template.strip(),
            state=State.DRAFT,
            created_by=by,
            created_at=now,
        )
        store.put_broadcast(made)
        return made

    def _problems(
        self, account: Account, wanted: NewBroadcast, name: str, sender_id: str
    ) -> list[FieldError]:
        found: list[tuple[str, str, str]] = []
        if not name or len(name) > _NAME_LENGTH:
            found.append(("name", "length", f"Give it a name of 1 to {_NAME_LENGTH} characters."))
        if wanted.channel != Channel.SMS:
            found.append(("channel", "not_supported", "Only sms can be sent so far."))
        if not wanted.groups:
            found.append(("groups", "missing", "Choose at least one group."))
        known = {group.id for group in group_store.groups(account.id)}
        for field, chosen in (("groups", wanted.groups), ("minus_groups", wanted.minus_groups)):
            if len(chosen) > MOST_GROUPS:
                found.append((field, "too_many", f"Choose at most {MOST_GROUPS} groups."))
            if not known.issuperset(chosen):
                found.append((field, "unknown_group", "This account has no such group."))
        program_name = ""
        try:
            program_name = self.accounts.sender_for(account.id, sender_id).program_name
        except NotFound as missing:
            found.append(("sender_id", missing.code, missing.message))
        wrong = problem(wanted.template, program_name)
        if wrong:
            found.append(("template", *wrong))
        return [FieldError(field=f, code=code, message=words) for f, code, words in found]

    def listed(self, account_id: str, after: str | None, limit: int) -> list[Broadcast]:
        """List an account's broadcasts, newest first, beyond the id `after`."""
        return store.broadcasts(account_id, after, limit)

    def get(self, account_id: str, broadcast_id: str) -> Broadcast:
        """Return a broadcast of this account, or raise `NotFound`."""
        found = store.broadcast(account_id, broadcast_id)
        if found is None:
            raise NotFound("unknown_broadcast", "This account has no such broadcast.")
        return found

    def schedule(self, account_id: str, broadcast_id: str, at: datetime | None) -> Broadcast:
        """Have a broadcast sent now (no time given) or at a time; it may be given another later."""
        before = self.get(account_id, broadcast_id)
        now = self.clock.now()
        when = self._accepted(at, now)
        run = stamp(when)
        command = PlanBroadcast(account_id=account_id, broadcast_id=broadcast_id, run=run)
        if (before.state, Event.SCHEDULED) not in TRANSITIONS:
            raise _cannot(before, "scheduled")
        # The schedule first: one whose run never becomes the broadcast's is out of date and does
        # nothing, while a broadcast that waits for a schedule never made would wait for ever.
        self.schedules.put(command, now + _SAFETY_NET if when <= now else when)
        after = self._advance(before, Event.SCHEDULED, "scheduled", schedule_at=when, run=run)
        if when <= now:
            self.plans.send(command)
        if before.run and before.run != run:
            self.schedules.remove(broadcast_id, before.run)
        return after

    @staticmethod
    def _accepted(at: datetime | None, now: datetime) -> datetime:
        if at is None:
            return now
        if at.tzinfo is None:
            raise _bad_time("no_zone", "Give the time with its zone, such as 2026-01-05T15:00Z.")
        if at < now - GRACE:
            raise _bad_time("in_the_past", "This time is past. Choose a later one, or send now.")
        if at > now + HORIZON:
            raise _bad_time("too_far", "Choose a time within the next twelve months.")
        return max(at, now)

    def cancel(self, account_id: str, broadcast_id: str) -> Broadcast:
        """Stop a broadcast: before its start, or at the next ten recipients of each chunk."""
        before = self.get(account_id, broadcast_id)
        after = before
        if before.state != State.CANCELLED:
            after = self._advance(
                before, Event.CANCELLED, "cancelled", finished_at=self.clock.now()
            )
        if before.run:
            self.schedules.remove(broadcast_id, before.run)
        return after

    @staticmethod
    def _advance(
        before: Broadcast, event: Event, done: str, **changes: datetime | str
    ) -> Broadcast:
        try:
            after = store.advance(before, event, **changes)
        except IllegalTransition:
            raise _cannot(before, done) from None
        if after is None:
            raise Conflict(
                "changed_meanwhile",
                "The broadcast has just changed. Look at it again, then decide.",
            )
        return after


def _cannot(broadcast: Broadcast, done: str) -> Conflict:
    return Conflict(
        f"already_{broadcast.state}",
        f"The broadcast is {broadcast.state} already, so it cannot be {done} any more.",
    )


def _bad_time(code: str, words: str) -> Invalid:
    return Invalid(
        "invalid_time",
        "The broadcast cannot be scheduled for this time.",
        fields=[FieldError(field="at", code=code, message=words)],
    )
