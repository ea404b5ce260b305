"""Copies of a broadcast: claim, then read, then send, with as few writes as that needs.

What became of a copy that went out is written by whoever sends many, for ten of them at once; a
row that stays `claimed` is read together with that. Only what did not go out is written here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assent.accounts.model import Sender
from assent.consent import store as consent
from assent.consent.model import Agreement, Standing
from assent.consent.policy import Decision, Gate, Reason, may_send
from assent.messaging import store
from assent.messaging.causes import NO_PROVIDER
from assent.messaging.claims import store as claims
from assent.messaging.dispatch import Dispatcher, Outcome, TryLater
from assent.messaging.model import MessageState, SendMessage
from assent.messaging.provider_reports import Refusal, note_landline, says_opted_out
from assent.messaging.providers.base import Credentials, Refused, Unanswered
from assent.platform.errors import NotFound
from assent.platform.tables import Unavailable

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


class Contested(Exception):
    """Others came first meanwhile and left no room; nothing was sent, it may be looked at again."""


@dataclass(frozen=True)
class Line:
    """The sender of many copies, and its provider's credentials; nothing where there are none."""

    sender: Sender | None
    secret: Credentials | None


@dataclass
class Copies:
    """Sends copies, each once."""

    dispatcher: Dispatcher

    def line(self, account_id: str, sender_id: str) -> Line:
        """Look up what all copies of a broadcast are sent with; raises when that cannot be read."""
        try:
            sender = self.dispatcher.accounts.sender_for(account_id, sender_id)
        except NotFound:
            return Line(None, None)
        return Line(sender, self.dispatcher.credentials_of(sender))

    def send(
        self, line: Line, command: SendMessage, has_room: Callable[[], bool] = lambda: True
    ) -> Outcome:
        """Send one copy; one that was claimed before is reported on, and nothing is sent.

        `has_room` is asked after the claim: whether others that were claimed meanwhile leave room
        for it. Raises `Contested` when they do not, and `TryLater` when it may be tried again;
        nothing was sent then.
        """
        claimed = claims.claim(command, self.dispatcher.clock.now())
        if claimed is None:
            return self.repeated(command)
        try:
            decision = _decide(command, line.sender)
            contested = decision.allowed and not has_room()
        except Unavailable as error:
            claims.release(claimed)
            raise TryLater from error
        if line.sender is None or not decision.allowed:
            reason = decision.reason if line.sender and decision.reason else "unknown_sender"
            return _held_back(command, Outcome(MessageState.EXCLUDED, reason, decision))
        if line.secret is None:
            return _held_back(command, Outcome(MessageState.FAILED, NO_PROVIDER, decision))
        if contested:
            claims.release(claimed)
            raise Contested
        try:
            self.dispatcher.hand_over(command, line.sender, line.secret)
        except Refused as refused:
            if refused.retry:
                claims.release(claimed)
                raise TryLater from refused
            if says_opted_out(refused.code):
                refusal = Refusal(claimed, command.subject, command.phone, refused.code)
                self.dispatcher.reports.learn(refusal)
            note_landline(command.account_id, command.contact_id, refused.code)
            return _held_back(command, Outcome(MessageState.FAILED, refused.code, decision))
        except Unanswered:
            return _held_back(command, Outcome(MessageState.UNKNOWN, "no_answer", decision))
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


def _decide(command: SendMessage, sender: Sender | None) -> Decision:
    against = consent.opt_out(command.sender_id, command.subject)
    return may_send(
        command.purpose,
        command.channel,
        sender_registered=sender is not None and sender.registered,
        against=against.standing_against(command.channel, command.account_id),
        agreement=_AS_PLANNED,
    )


def _held_back(command: SendMessage, outcome: Outcome) -> Outcome:
    store.record_state(
        command.place, outcome.state, reason=outcome.reason, evidence=outcome.evidence
    )
    return outcome


def _chunk(batch: str) -> str:
    return batch.partition("@")[0]
