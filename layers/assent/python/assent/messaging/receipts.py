"""Delivery receipts: what became of a message, and what that means for a lead."""

from collections.abc import Callable
from dataclasses import dataclass

from assent.accounts.service import AccountService
from assent.consent.policy import Purpose
from assent.contacts import store as contacts
from assent.contacts.model import ComplianceState, EnterQueue, WhyEnter
from assent.contacts.queue import store as queue_store
from assent.messaging import store
from assent.messaging.dispatch import compliance_state, explain
from assent.messaging.model import RANK, MessageState, RecordReceipt
from assent.messaging.provider_reports import (
    ProviderReports,
    Refusal,
    note_landline,
    says_opted_out,
)
from assent.messaging.redialing import again, put_off
from assent.platform.clock import Clock
from assent.platform.queues import Sink

_LET_IN = {
    ComplianceState.DELIVERED: WhyEnter.DELIVERED,
    # A landline is reached by calls.
    ComplianceState.NOT_TEXTABLE: WhyEnter.NOT_TEXTABLE,
}


@dataclass
class ReceiptService:
    """Applies receipts, each as often as it comes."""

    clock: Clock
    accounts: AccountService
    commands: Sink
    effects: Sink
    outbound: Sink
    # Broadcasts count deliveries; they stand above this slice, so the handler brings them in.
    count_delivery: Callable[[str, str, MessageState, str], object]

    def __post_init__(self) -> None:
        self._reports = ProviderReports(self.clock, self.effects)

    def record(self, command: RecordReceipt) -> str:
        """Note a receipt; the follow-ups are repeated with it, since each is safe to repeat."""
        before = store.row(command.place)
        if before is None or not self._is_theirs(command, before):
            return "unknown_message"
        if command.state == before.state == MessageState.SENT:
            return "known"  # the acceptance said so already, and nothing follows from it
        self._learn(command, before)
        kept = before
        if RANK[command.state] > before.rank:
            kept = (
                store.record_state(
                    command.place,
                    command.state,
                    reason=command.code,
                    provider_id=command.provider_message_id,
                )
                # An answer that was lost looks like a later state: see what stands there.
                or store.row(command.place)
                or before
            )
        if kept.state != command.state:
            return "later_state_known"
        if command.state == MessageState.FAILED:
            note_landline(kept.account_id, kept.contact_id, command.code)
        if self._calls_again(kept, command):
            return "called_again"
        if kept.broadcast_id:
            self.count_delivery(
                kept.broadcast_id, kept.contact_id, command.state, kept.reason or ""
            )
        if kept.purpose == Purpose.COMPLIANCE:
            self._follow_up(kept, command.state)
        return command.state.value

    def _learn(self, command: RecordReceipt, kept: store.MessageRecord) -> None:
        """Take an opt-out that the provider reports, or what a crash left of taking it."""
        if kept.todo:
            self._reports.follow_up(kept, kept.todo)
        if command.state != MessageState.FAILED or not says_opted_out(command.code):
            return
        if RANK[command.state] <= kept.rank:
            return
        contact = (
            contacts.contact(kept.account_id, kept.contact_id, consistent=True)
            if kept.contact_id
            else None
        )
        # An answer to a keyword is kept in the sender's thread, whose key holds the pseudonym.
        subject = contact.subject if contact else kept.pk.partition("#")[2]
        if contact is None and kept.contact_id:
            return  # the contact is gone, and whose number it was with it
        self._reports.learn(
            Refusal(
                message=kept,
                subject=subject,
                phone=contact.phone if contact else "",
                code=command.code,
                provider_id=command.provider_message_id,
            )
        )

    def _calls_again(self, kept: store.MessageRecord, command: RecordReceipt) -> bool:
        """Have a call that nobody took made again, while there are attempts left."""
        attempt = again(kept, command.received_at) if kept.state == MessageState.FAILED else None
        if attempt is None or attempt.not_before is None:
            return False
        put_off(self.outbound, attempt, attempt.not_before - self.clock.now())
        return True

    def _is_theirs(self, command: RecordReceipt, kept: store.MessageRecord) -> bool:
        """Tell whether the message went out with the credentials that signed this receipt.

        The reference comes back from outside: any tenant could write one that names a stranger's
        message, and sign it as its own.
        """
        sender = self.accounts.sender(kept.sender_id)
        return sender is not None and sender.owner_id == command.connection_id

    def _follow_up(self, kept: store.MessageRecord, state: MessageState) -> None:
        compliance = compliance_state(state, kept.reason)
        # A delivery is noted by what it leads to, in one write with it.
        if compliance and state != MessageState.DELIVERED:
            contacts.set_compliance(
                kept.account_id, kept.contact_id, compliance, explain(kept.reason), self.clock.now()
            )
        why = _LET_IN.get(compliance) if compliance else None
        if why:
            self.commands.send(
                EnterQueue(account_id=kept.account_id, contact_id=kept.contact_id, why=why)
            )
        if compliance == ComplianceState.FAILED:
            lead = contacts.contact(kept.account_id, kept.contact_id, consistent=True)
            if lead:
                queue_store.leave_queue(lead, "compliance_failed", self.clock.now())
