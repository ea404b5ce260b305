"""Copies of a broadcast: claim, then read, then send, with as few calls and writes as that needs.

They go out by the ten: one call claims them all, the next reads all that stands against them, and
the provider is given them at the same time, by threads that do nothing else. What became of a copy
that went out is written by whoever sends many, for ten of them at once; a row that stays `claimed`
is read together with that. Only what did not go out is written here.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, partial
from typing import TypeVar

from assent.accounts.model import Sender
from assent.consent import store as consent
from assent.consent.model import Agreement, OptOut, Standing
from assent.consent.policy import Decision, Gate, Reason, may_send
from assent.messaging import store
from assent.messaging.causes import NO_PROVIDER
from assent.messaging.claims import store as claims
from assent.messaging.claims.store import Unclaimed
from assent.messaging.dispatch import Dispatcher, Outcome
from assent.messaging.model import MessageState, SendMessage
from assent.messaging.provider_reports import Refusal, note_landline, says_opted_out
from assent.messaging.providers.base import Credentials, Refused, Unanswered
from assent.messaging.providers.connections import AT_ONCE
from assent.platform.errors import NotFound
from assent.platform.tables import Unavailable

_T = TypeVar("_T")
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a value of one recipient can do; tables and queues that fail raise other errors."""

TWICE = "planned_twice"
# Whether somebody is subscribed was judged when the recipients were chosen. What has ended it
# since then stands in the opt-out record, which is read for every copy.
_AS_PLANNED = Agreement(standing=Standing.SUBSCRIBED)

# The place of the copy was taken along with the contact's new number, which agreed to nothing.
_RENUMBERED = Decision(
    allowed=False,
    reason=Reason.NO_CONSENT,
    gates=[
        Gate(
            name="consent",
            passed=False,
            evidence={"standing": Standing.NONE.value, "because": "number_changed"},
        )
    ],
)


class Unsent(Enum):
    """Why nothing was sent that may be tried again."""

    BUSY = "busy"  # the provider, or a table, takes nothing at the moment
    CONTESTED = "contested"  # others came first meanwhile and left no room


Result = Outcome | Unsent | Exception
"""What became of a copy; an exception where it could not be handled, or that not be recorded."""


@dataclass(frozen=True)
class Line:
    """The sender of many copies, and its provider's credentials; nothing where there are none."""

    sender: Sender | None
    secret: Credentials | None


@dataclass(frozen=True)
class Copy:
    """One copy to be sent.

    `has_room` is asked after its claim: whether others that were claimed meanwhile leave room.
    """

    command: SendMessage
    has_room: Callable[[], bool] | None = None


@cache
def threads() -> Executor:
    """Return the process's threads, in which copies wait for their provider."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="copies")


@dataclass
class Copies:
    """Sends copies, each once."""

    dispatcher: Dispatcher
    executor: Executor = field(default_factory=threads)

    def line(self, account_id: str, sender_id: str) -> Line:
        """Look up what all copies of a broadcast are sent with; raises when that cannot be read."""
        try:
            sender = self.dispatcher.accounts.sender_for(account_id, sender_id)
        except NotFound:
            return Line(None, None)
        return Line(sender, self.dispatcher.credentials_of(sender))

    def send(self, line: Line, copies: Sequence[Copy]) -> list[Result]:
        """Send up to 25 copies, each once; says of each, in their order, what became of it.

        One that was claimed before is reported on, and nothing is sent. Raises when the claims
        failed: nothing was sent then, and all is given back. Whatever goes wrong from then on is
        the result of one copy, so that what became of the others is known.
        """
        commands = [copy.command for copy in copies]
        claimed = dict(enumerate(claims.claim_all(commands, self.dispatcher.clock.now())))
        rows = {at: row for at, row in claimed.items() if not isinstance(row, Unclaimed)}
        against = _against([commands[at] for at in rows])
        # All that is read is read before the first of them is handed over.
        verdicts = {
            at: _guarded(partial(_verdict, line, copies[at], found))
            for at, found in zip(rows, against, strict=True)
        }
        under_way = {
            at: self._start(commands[at], rows[at], verdict)
            for at, verdict in verdicts.items()
            if isinstance(verdict, _Allowed)
        }
        # Meanwhile those are written down that did not go: by this thread, as all that is written.
        ends: dict[int, Callable[[], Result]] = {}
        for at, verdict in verdicts.items():
            if not isinstance(verdict, _Allowed):
                ends[at] = partial(_held_back, commands[at], rows[at], verdict)
        for at, claim in claimed.items():
            if isinstance(claim, Unclaimed):
                ends[at] = partial(self._unclaimed, commands[at], claim)
        ends |= {at: partial(self._answered, one) for at, one in under_way.items()}
        results = {at: _guarded(end) for at, end in ends.items()}
        return [results[at] for at in claimed]

    def _unclaimed(self, command: SendMessage, why: Unclaimed) -> Result:
        return self.repeated(command) if why == Unclaimed.TAKEN else Unsent.BUSY

    def _start(
        self, command: SendMessage, row: store.MessageRecord, allowed: "_Allowed"
    ) -> "_UnderWay":
        """Have a thread hand a copy over: the call to the provider, and nothing else."""
        answer = self.executor.submit(
            self.dispatcher.hand_over, command, allowed.sender, allowed.secret
        )
        return _UnderWay(command, row, allowed.decision, answer)

    def _answered(self, one: "_UnderWay") -> Result:
        command, row, decision = one.command, one.row, one.decision
        try:
            one.answer.result()
        except Refused as refused:
            if refused.retry:
                return _held_back(command, row, Unsent.BUSY)
            if says_opted_out(refused.code):
                refusal = Refusal(row, command.subject, command.phone, refused.code)
                self.dispatcher.reports.learn(refusal)
            note_landline(command.account_id, command.contact_id, refused.code)
            return _held_back(command, row, Outcome(MessageState.FAILED, refused.code, decision))
        except Unanswered:
            return _held_back(command, row, Outcome(MessageState.UNKNOWN, "no_answer", decision))
        return Outcome(MessageState.SENT, decision=decision)

    def repeated(self, command: SendMessage) -> Outcome:
        """Say how a copy stands that was claimed before; one without an answer is `unknown`.

        Whoever claimed it ended before its outcome was written down: it had the chunk alone.
        """
        kept = store.row(command.place)
        if kept and kept.state == MessageState.EXCLUDED and not kept.batch:
            renumbered = kept.reason == Reason.NO_CONSENT
            return Outcome(MessageState.EXCLUDED, kept.reason, _RENUMBERED if renumbered else None)
        if kept and _chunk(kept.batch or "") != _chunk(command.batch):
            return Outcome(MessageState.EXCLUDED, TWICE)
        store.record_state(command.place, MessageState.UNKNOWN, reason="no_answer")
        kept = store.row(command.place)
        if kept and kept.todo:
            self.dispatcher.reports.follow_up(kept, kept.todo)
        state = MessageState(kept.state) if kept and kept.state else MessageState.UNKNOWN
        reached = bool(kept and kept.provider_id)
        return Outcome(state, kept.reason if kept else "", reached=reached)


@dataclass(frozen=True)
class _Allowed:
    """A copy may go out, by this decision, with this sender."""

    decision: Decision
    sender: Sender
    secret: Credentials


@dataclass(frozen=True)
class _UnderWay:
    """A claimed copy that its provider is given."""

    command: SendMessage
    row: store.MessageRecord
    decision: Decision
    answer: Future[str]


def _guarded(act: Callable[[], _T]) -> _T | Exception:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 -- told as the result of this one copy
        return error


def _against(commands: Sequence[SendMessage]) -> list[OptOut | Exception]:
    """Read what stands against copies, strongly consistent, and after all of them were claimed."""
    keys = [(command.sender_id, command.subject) for command in commands]
    try:
        found = consent.opt_outs(keys, consistent=True)
    except Unavailable as error:
        return [error for _ in keys]
    except ODD:
        # One of the records cannot be read: by itself each tells whether it is that one.
        return [_guarded(partial(consent.opt_out, *key)) for key in keys]
    return [found.get(key) or OptOut(sender_id=key[0], subject=key[1]) for key in keys]


def _verdict(line: Line, copy: Copy, against: OptOut | Exception) -> _Allowed | Result:
    """Say that a copy may go out, or else what becomes of it."""
    if isinstance(against, Exception):
        return Unsent.BUSY if isinstance(against, Unavailable) else against
    command, sender = copy.command, line.sender
    decision = may_send(
        command.purpose,
        command.channel,
        sender_registered=sender is not None and sender.registered,
        against=against.standing_against(command.channel, command.account_id),
        agreement=_AS_PLANNED,
    )
    if sender is None or not decision.allowed:
        reason = decision.reason if sender and decision.reason else "unknown_sender"
        return Outcome(MessageState.EXCLUDED, reason, decision)
    if line.secret is None:
        return Outcome(MessageState.FAILED, NO_PROVIDER, decision)
    try:
        contested = copy.has_room is not None and not copy.has_room()
    except Unavailable:
        return Unsent.BUSY
    return Unsent.CONTESTED if contested else _Allowed(decision, sender, line.secret)


def _held_back(command: SendMessage, row: store.MessageRecord, result: Result) -> Result:
    """Write down why a claimed copy did not go out, or give its claim back."""
    if isinstance(result, Unsent):
        claims.release(row)
    elif isinstance(result, Outcome):
        store.record_state(
            command.place, result.state, reason=result.reason, evidence=result.evidence
        )
    return result


def _chunk(batch: str) -> str:
    return batch.partition("@")[0]
