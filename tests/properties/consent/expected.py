"""What must come of a history: the rules once more, each in a few lines, from what happened alone.

It knows nothing of how the product keeps or computes anything. Of opt-outs it keeps all that was
ever said, with its times, so the order in which it learns of them cannot matter.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

EVERYBODY = "*"
LAPSES, REPEATS, TICK = timedelta(days=30), timedelta(days=1), timedelta(microseconds=1)
WORST_FIRST = ("hard", "soft", "held")
Moment = datetime
Place = tuple[str, str]
"""A scope and a channel."""


@dataclass
class Standing:
    """An account's agreement with a phone on one channel."""

    state: str = "none"
    asked_at: Moment | None = None
    joining: str = ""  # the group that a YES leads to, when a JOIN asked
    ended_at: Moment | None = None

    def is_open(self, at: Moment) -> bool:
        """Tell whether a question had been asked by then, and is still waited for."""
        return self.asked_at is not None and self.asked_at <= at < self.asked_at + LAPSES

    def shown(self, now: Moment) -> str:
        """What people read: an unanswered question counts for thirty days."""
        waits = self.asked_at is not None and now < self.asked_at + LAPSES
        return "none" if self.state == "pending" and not waits else self.state


@dataclass
class Expected:
    """All that happened to one phone on one sender."""

    laid: dict[tuple[str, str, str], list[Moment]] = field(default_factory=dict)
    taken_back: dict[tuple[str, str, str], Moment] = field(default_factory=dict)
    lifted: dict[Place, Moment] = field(default_factory=dict)
    standings: dict[Place, Standing] = field(default_factory=dict)
    last_lead: dict[tuple[str, str], Moment] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    # What stands against sending

    def lay(self, kind: str, scope: str, channel: str, at: Moment) -> None:
        """Something was said against sending: it counts from its own time on."""
        self.laid.setdefault((scope, channel, kind), []).append(at)

    def lift(self, scope: str, channel: str, at: Moment) -> None:
        """The contact came back: what is older no longer counts, a tie stays."""
        self.lifted[scope, channel] = max(at, self.lifted.get((scope, channel), at))

    def take_back(self, kind: str, scope: str, channel: str, now: Moment) -> None:
        """A user took back what was there to be seen, of one kind."""
        self.taken_back[scope, channel, kind] = now + TICK

    def stands(self, account: str, channel: str, kind: str) -> list[Moment]:
        """Since when, each time it was said, a kind stands against an account."""
        back = [at for s in (EVERYBODY, account) if (at := self.lifted.get((s, channel)))]
        return [
            at
            for scope in (EVERYBODY, account)
            for at in self.laid.get((scope, channel, kind), [])
            if all(at >= one for one in back) and self._is_left(scope, channel, kind, at)
        ]

    def _is_left(self, scope: str, channel: str, kind: str, at: Moment) -> bool:
        undone = self.taken_back.get((scope, channel, kind))
        return undone is None or at > undone

    def worst(self, account: str, channel: str) -> str:
        """The worst that stands, or nothing."""
        return next((k for k in WORST_FIRST if self.stands(account, channel, k)), "")

    def opted_out(self, account: str, channel: str) -> list[Moment]:
        """Since when an opt-out stands, hard or soft; a doubt is none."""
        return self.stands(account, channel, "hard") + self.stands(account, channel, "soft")

    # What the contact agreed to

    def standing(self, account: str, channel: str) -> Standing:
        """What an account has on record."""
        return self.standings.setdefault((account, channel), Standing())

    def knows(self, account: str) -> bool:
        """Tell whether an account has anything on record."""
        return any(of == account for of, _ in self.standings)

    def status(self, account: str, channel: str, now: Moment) -> str:
        """What people read."""
        worst = self.worst(account, channel)
        if worst in ("hard", "soft"):
            return f"{worst}_opt_out"
        kept = self.standings.get((account, channel), Standing())
        return kept.shown(now)

    def _lapse(self, account: str, channels: list[str], at: Moment) -> None:
        """Questions that nobody answered in time are over when something else happens."""
        due = {
            channel: asked + LAPSES
            for channel in channels
            if (asked := self.standing(account, channel).asked_at) and asked + LAPSES <= at
        }
        for channel in due:
            kept = self.standing(account, channel)
            if kept.ended_at is None or kept.ended_at < max(due.values()):
                kept.ended_at = max(due.values())
                kept.state = "none" if kept.state == "pending" else kept.state
                kept.asked_at = None

    def lead(self, account: str, channels: list[str], at: Moment, *, ask: bool) -> None:
        """A form was sent: consent, or with double opt-in a question."""
        self._lapse(account, channels, at)
        for channel in channels:
            self._agree(self.standing(account, channel), at, "", ask=ask)

    @staticmethod
    def _agree(kept: Standing, at: Moment, group: str, *, ask: bool) -> None:
        if kept.ended_at and at <= kept.ended_at:
            return  # it is older than the end of all consent
        agreed = not ask or kept.state == "subscribed"
        kept.state = "subscribed" if agreed else "pending"
        if kept.asked_at is None or at >= kept.asked_at:  # else a question was asked since
            kept.asked_at, kept.joining = (at, group) if ask else (None, "")

    def is_repeat(self, account: str, integration: str, at: Moment) -> bool:
        """The same lead within a day says nothing new."""
        last = self.last_lead.get((account, integration))
        return last is not None and at - last < REPEATS

    def join(self, account: str, group: str, at: Moment) -> None:
        """A JOIN word: one question, unless it was asked just now or is outdated."""
        kept = self.standings.get((account, "sms"), Standing())
        out = self.opted_out(account, "sms")
        if (kept.ended_at and kept.ended_at >= at) or any(since >= at for since in out):
            return
        asked = kept.asked_at if kept.joining == group else None
        if asked and at - asked < REPEATS and all(since < asked for since in out):
            return
        self._lapse(account, ["sms"], at)
        self._agree(self.standing(account, "sms"), at, group, ask=True)

    def _answers(self, account: str, at: Moment) -> list[str]:
        """The channels whose question is open: no opt-out since, and a hard one only for a JOIN."""
        kept = {c: self.standings.get((account, c), Standing()) for c in ("sms", "voice")}
        for channel, one in kept.items():
            if one.asked_at and any(o >= one.asked_at for o in self.opted_out(account, channel)):
                return []
        return [
            channel
            for channel, one in kept.items()
            if one.is_open(at) and (one.joining or not self.stands(account, channel, "hard"))
        ]

    def answer(self, accounts: list[str], at: Moment, *, yes: bool) -> None:
        """YES or NO answers the question asked last, of those that are open."""
        waiting = {a: channels for a in accounts if (channels := self._answers(a, at))}
        if not waiting:
            return

        def asked(account: str) -> Moment:
            found = (self.standing(account, channel).asked_at for channel in waiting[account])
            return max(one for one in found if one)

        account = max(waiting, key=asked)
        for channel in waiting[account]:
            kept = self.standing(account, channel)
            since = kept.asked_at
            kept.asked_at = None
            if not yes:
                kept.state = "none" if kept.state == "pending" else kept.state
                kept.ended_at = at
                continue
            kept.state = "subscribed"
            if since and self.opted_out(account, channel):
                self.lift(account, channel, since)

    def reassign(self, account: str, now: Moment) -> None:
        """Somebody else has the number: what was agreed to is over, opt-outs stay."""
        kept = [self.standing(account, channel) for channel in ("sms", "voice")]
        if any(one.state != "none" or one.asked_at for one in kept):
            for one in kept:
                one.state, one.asked_at, one.ended_at = "none", None, now

    def opt_out(self, kind: str, account: str, channels: list[str], now: Moment) -> None:
        """A user opts a number out for the own account; what is worse already stays as it is."""
        for channel in channels:
            worst = self.worst(account, channel)
            if worst not in ("hard", kind):
                self.lay(kind, account, channel, now)
