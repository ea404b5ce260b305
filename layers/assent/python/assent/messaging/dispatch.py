"""The one way to a provider: claim, then read, then send.

A message is claimed by a row that never expires; then the opt-out list is read, strongly
consistent; then the provider gets it. Whatever is redelivered, nobody is texted twice, and no
text goes out whose opt-out read began after a STOP had been committed.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from assent.accounts.model import Sender
from assent.accounts.service import AccountService
from assent.consent import store as consent
from assent.consent.model import Agreement, Channel, Entry, Standing, Suppression
from assent.consent.policy import (
    BEFORE_CONSENT,
    Decision,
    Gate,
    Purpose,
    Reason,
    explanation,
    may_send,
)
from assent.contacts import store as contacts
from assent.contacts.model import ComplianceState, EnterQueue, WhyEnter
from assent.messaging import calling, store
from assent.messaging.causes import NO_PROVIDER, OWN
from assent.messaging.claims import store as claims
from assent.messaging.credentials import credentials
from assent.messaging.model import MessageState, Place, SendMessage
from assent.messaging.provider_reports import ProviderReports, Refusal, says_opted_out
from assent.messaging.providers import PROVIDERS, cause_of, says_landline
from assent.messaging.providers.base import Credentials, Outgoing, Refused, Unanswered
from assent.platform.clock import Clock
from assent.platform.errors import NotFound
from assent.platform.queues import NotSent, Sink
from assent.platform.settings import Settings
from assent.platform.tables import Unavailable

_WORDS: dict[str, str] = {
    "no_answer": "The provider did not answer, so it is not known whether the message went out.",
    "unknown_sender": "The sender does not exist any more.",
    **calling.WORDS,
}
_REASONS = frozenset(reason.value for reason in Reason)
NO_RECEIPT_AFTER = 600
"""Seconds after which a lead enters the queue though its provider sent no receipt."""

_COMPLIANCE: dict[MessageState, ComplianceState] = {
    MessageState.SENT: ComplianceState.SENT,
    MessageState.UNKNOWN: ComplianceState.UNKNOWN,
    MessageState.FAILED: ComplianceState.FAILED,
    MessageState.EXCLUDED: ComplianceState.EXCLUDED,
    MessageState.DELIVERED: ComplianceState.DELIVERED,
}


class TryLater(Exception):
    """The provider was busy and nothing was sent; the message may be tried again."""


@dataclass(frozen=True)
class Outcome:
    """What became of a message: its state, a code for the reason, and the decision behind it."""

    state: MessageState
    reason: str = ""
    decision: Decision | None = None
    # It failed, or not, after the provider had taken it: of a copy that was claimed before.
    reached: bool = False

    @property
    def evidence(self) -> dict[str, str]:
        """Return what the closed gate saw; nothing where none was closed."""
        return self.decision.evidence if self.decision else {}


@dataclass
class Dispatcher:
    """Sends single messages."""

    settings: Settings
    clock: Clock
    accounts: AccountService
    commands: Sink
    effects: Sink

    def __post_init__(self) -> None:
        self.reports = ProviderReports(self.clock, self.effects)

    def send(self, command: SendMessage) -> Outcome:
        """Send one message, once; a repeated call reports and sends nothing."""
        sender = self.accounts.sender(command.sender_id)
        # Before the claim: what cannot be read now is tried again, and nothing is left claimed.
        secret = self.credentials_of(sender)
        claimed = claims.claim(command, self.clock.now())
        if claimed is None:
            return self._repeated(command)
        try:
            decision = self._decide(command, sender)
        except Unavailable as error:
            claims.release(claimed)
            raise TryLater from error
        if sender is None or not decision.allowed:
            reason = decision.reason or "unknown_sender"
            return self._finish(command, Outcome(MessageState.EXCLUDED, reason, decision))
        if secret is None:
            return self._finish(command, Outcome(MessageState.FAILED, NO_PROVIDER, decision))
        # Before the provider, so that a crash after it cannot lose the lead. While the queue takes
        # nothing, nothing goes out, and the claim is given back.
        try:
            self._wait_for_receipt(command)
        except NotSent as error:
            claims.release(claimed)
            raise TryLater from error
        try:
            provider_id = self.hand_over(command, sender, secret)
        except Refused as refused:
            if refused.retry:
                claims.release(claimed)
                raise TryLater from refused
            if says_opted_out(refused.code):
                self.reports.learn(Refusal(claimed, command.subject, command.phone, refused.code))
            return self._finish(command, Outcome(MessageState.FAILED, refused.code, decision))
        except Unanswered:
            return self._finish(command, Outcome(MessageState.UNKNOWN, "no_answer", decision))
        return self._finish(
            command, Outcome(MessageState.SENT, decision=decision), provider_id=provider_id
        )

    def _repeated(self, command: SendMessage) -> Outcome:
        """Say how a message stands that was claimed before; one without an answer is `unknown`."""
        store.record_state(command.place, MessageState.UNKNOWN, reason="no_answer")
        kept = store.row(command.place)
        if kept and kept.todo:
            self.reports.follow_up(kept, kept.todo)
        state = MessageState(kept.state) if kept and kept.state else MessageState.UNKNOWN
        outcome = Outcome(state, kept.reason if kept else "")
        self._report(command, outcome)
        if state == MessageState.UNKNOWN:
            # Whoever claimed it may have ended before the wait for its receipt began.
            self._wait_for_receipt(command)
        return outcome

    def _wait_for_receipt(self, command: SendMessage) -> None:
        """Let a lead into the queue after a while, should no receipt do so before."""
        if command.purpose == Purpose.COMPLIANCE:
            enter = EnterQueue(
                account_id=command.account_id,
                contact_id=command.contact_id,
                why=WhyEnter.NO_RECEIPT,
            )
            self.commands.send(enter, delay=NO_RECEIPT_AFTER)

    def credentials_of(self, sender: Sender | None) -> Credentials | None:
        """Return what a sender's owner uses its provider with, if there is anything."""
        if sender is None:
            return None
        try:
            return credentials(self.settings, sender.owner_id)
        except NotFound:
            return None

    def _decide(self, command: SendMessage, sender: Sender | None) -> Decision:
        against = consent.opt_out(command.sender_id, command.subject)
        known = consent.consent(command.account_id, command.subject)
        leads_elsewhere = bool(known.sequence) and known.contact_id != command.contact_id
        if command.purpose in BEFORE_CONSENT and leads_elsewhere:
            # The contact has another number since, or was forgotten: this one agreed to nothing.
            return _gone()
        agreement = known.agreement(command.sender_id, command.channel)
        entry = against.standing_against(command.channel, command.account_id)
        decision = may_send(
            command.purpose,
            command.channel,
            sender_registered=sender is not None and sender.registered,
            against=entry,
            agreement=agreement,
        )
        if command.purpose == Purpose.JOIN_REQUEST and decision.allowed and entry:
            return _unless_stopped_since(
                decision,
                agreement,
                entry,
                against.opted_out_at(command.channel, command.account_id),
            )
        return decision

    def hand_over(self, command: SendMessage, sender: Sender, secret: Credentials) -> str:
        """Give a message to its provider; returns its id, raises `Refused` or `Unanswered`."""
        path = f"/webhooks/{secret.provider}/{sender.owner_id}/status"
        status_url = f"{secret.webhook_base}{path}?ref={reference(command.place)}"
        if command.channel == Channel.VOICE:
            return calling.place_call(command, sender, secret, status_url)
        outgoing = Outgoing(
            sender_address=sender.address,
            phone=command.phone,
            body=command.body,
            status_url=status_url,
        )
        return PROVIDERS[secret.provider].send(secret, outgoing)

    def _finish(self, command: SendMessage, outcome: Outcome, provider_id: str = "") -> Outcome:
        store.record_state(
            command.place,
            outcome.state,
            reason=outcome.reason,
            evidence=outcome.evidence,
            provider_id=provider_id,
        )
        self._report(command, outcome)
        return outcome

    def _report(self, command: SendMessage, outcome: Outcome) -> None:
        state = compliance_state(outcome.state, outcome.reason)
        if command.purpose != Purpose.COMPLIANCE or state is None:
            return
        contacts.set_compliance(
            command.account_id, command.contact_id, state, explain(outcome.reason), self.clock.now()
        )
        if state == ComplianceState.NOT_TEXTABLE:
            self.commands.send(
                EnterQueue(
                    account_id=command.account_id,
                    contact_id=command.contact_id,
                    why=WhyEnter.NOT_TEXTABLE,
                )
            )


def _gone() -> Decision:
    gate = Gate(name="consent", passed=False, evidence={"standing": Standing.NONE.value})
    return Decision(allowed=False, reason=Reason.NO_CONSENT, gates=[gate])


def _unless_stopped_since(
    decision: Decision, agreement: Agreement, entry: Entry, out_at: datetime | None
) -> Decision:
    """Ask nobody who opted out after the JOIN: the answer would have no power (B8)."""
    asked = agreement.asked_at
    if out_at is None or (asked and out_at < asked):
        return decision
    hard = entry.suppression == Suppression.HARD
    evidence = {"asked_at": asked.isoformat() if asked else "", "kind": entry.suppression.value}
    return Decision(
        allowed=False,
        reason=Reason.HARD_OPT_OUT if hard else Reason.SOFT_OPT_OUT,
        gates=[*decision.gates, Gate(name="opt_out", passed=False, evidence=evidence)],
    )


def explain(reason: str, channel: Channel = Channel.SMS) -> str:
    """Say a reason code in plain words; a provider's code keeps its number."""
    if reason in _REASONS:
        return explanation(Reason(reason), channel)
    if reason in _WORDS:
        return _WORDS[reason]
    own = OWN.get(reason)
    if own:
        return f"{own.message} {own.next_step}"
    cause = cause_of(reason)
    return f"{cause.message} {cause.next_step} ({reason})" if cause else reason


def compliance_state(state: MessageState, code: str) -> ComplianceState | None:
    """Say what a message's state, with its code, means for the contact's compliance message."""
    if state == MessageState.FAILED and says_landline(code):
        return ComplianceState.NOT_TEXTABLE
    return _COMPLIANCE.get(state)


def reference(place: Place) -> str:
    """Write a place as text for a web address; the provider signs it along with the address."""
    return base64.urlsafe_b64encode(f"{place.thread}|{place.sort}".encode()).decode().rstrip("=")


def from_reference(text: str) -> Place | None:
    """Read what `reference` wrote; nothing when it is not ours."""
    try:
        padded = text + "=" * (-len(text) % 4)
        thread, bar, sort = base64.urlsafe_b64decode(padded).decode().partition("|")
    except ValueError:
        return None
    return Place(thread=thread, sort=sort) if bar and thread and sort else None
