"""What people text: one place decides what a message means and what follows from it.

Precedence: opt-out words, then the answer to a pending confirmation, then START words, HELP
words, and at last the inbox. Each message is kept once, with what follows from it still to do;
a redelivery finds it there and only repeats the follow-ups, each of which is safe to repeat.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assent.accounts import store as accounts_store
from assent.accounts.model import KeywordReplies, Sender, sender_id
from assent.accounts.service import AccountService
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.ledger import Happening
from assent.consent.model import Channel, Consent, EventType, OptOut, Source, Standing
from assent.consent.policy import Purpose
from assent.contacts.service import apply_agreement
from assent.messaging import store
from assent.messaging.model import (
    ApplyEffects,
    HandleInbound,
    Place,
    SendMessage,
    contact_thread,
    sender_thread,
)
from assent.platform.clock import Clock, stamp
from assent.platform.ids import derived_id
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.queues import Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.sms.keywords import Intent, classify

_ATTEMPTS = 5
_PAGE = 100


@dataclass
class InboundService:
    """Handles messages received, each exactly once."""

    clock: Clock
    accounts: AccountService
    pseudonyms: Pseudonyms
    outbound: Sink
    effects: Sink

    def handle(self, command: HandleInbound) -> str:
        """Handle one message and return its outcome as a word."""
        subject = self.pseudonyms.of(command.phone)
        address = sender_id(command.sender_address)
        sender = self.accounts.sender(address)
        if sender and sender.owner_id != command.connection_id:
            # Signed, but by somebody whom this sender does not belong to: kept, and no more.
            thread = f"{command.connection_id}#unrouted#{subject}"
            return self._keep(command, thread, "unrouted").outcome
        thread = sender_thread(address, subject)
        kept = store.inbound(thread, command.message_id)
        if kept is None:
            kept = self._decide(command, address, subject, sender)
        self._follow_up(kept, command, sender)
        return kept.outcome

    def _keep(self, command: HandleInbound, thread: str, outcome: str) -> store.InboundRecord:
        transaction = Transaction()
        kept = store.add_inbound(transaction, thread, command, "unrouted", outcome, [])
        try:
            transaction.commit()
        except ConditionFailed:
            return store.inbound(thread, command.message_id) or kept
        return kept

    def _decide(
        self, command: HandleInbound, address: str, subject: str, sender: Sender | None
    ) -> store.InboundRecord:
        """Commit the message with what it changes; tries again when somebody else wrote first."""
        thread = sender_thread(address, subject)
        for _ in range(_ATTEMPTS):
            transaction = Transaction()
            intent = classify(command.body)
            outcome, todo = self._meaning(transaction, command, intent, address, subject, sender)
            kept = store.add_inbound(transaction, thread, command, intent.value, outcome, todo)
            try:
                transaction.commit()
            except (ConditionFailed, Contention):
                repeated = store.inbound(thread, command.message_id)
                if repeated:
                    return repeated
                continue
            return kept
        raise Contention

    def _meaning(
        self,
        transaction: Transaction,
        command: HandleInbound,
        intent: Intent,
        address: str,
        subject: str,
        sender: Sender | None,
    ) -> tuple[str, list[str]]:
        """Put what the message changes into the transaction; return outcome and follow-ups."""
        if intent == Intent.opt_out:
            return self._stop(transaction, command, consent_store.opt_out(address, subject))
        if sender is None:
            return "unrouted", []
        if intent in (Intent.yes, Intent.no):
            pending = self._pending(address, subject)
            if pending:
                return self._answer(transaction, command, intent, address, pending)
        if intent == Intent.opt_in:
            return self._start(transaction, command, consent_store.opt_out(address, subject))
        if intent == Intent.help:
            return "help", ["reply:help_reply", "route"]
        return f"inbox_{intent}", ["route"]

    def _stop(
        self, transaction: Transaction, command: HandleInbound, before: OptOut
    ) -> tuple[str, list[str]]:
        happening = self._happening(command, EventType.STOPPED, [Channel.SMS], before.sender_id)
        after = consent.stop(transaction, before, happening, command.phone)
        if after is None:
            return "outdated_stop", ["route"]
        first = after.replied_at != before.replied_at
        return "stopped", ["effects:stopped", *(["reply:stop_reply"] if first else [])]

    def _start(
        self, transaction: Transaction, command: HandleInbound, before: OptOut
    ) -> tuple[str, list[str]]:
        happening = self._happening(command, EventType.STARTED, [Channel.SMS], before.sender_id)
        after = consent.start(transaction, before, happening, command.phone)
        if after is None:
            return "outdated_start", ["route"]
        return "started", ["effects:started", "reply:start_reply"]

    def _pending(self, address: str, subject: str) -> Consent | None:
        """Find the account that asked this phone for a confirmation last."""
        waiting = [
            known
            for known in self._known(address, subject)
            if known.agreement(address, Channel.SMS).standing == Standing.PENDING
        ]
        return max(waiting, key=lambda k: stamp_of(k, address), default=None)

    def _answer(
        self,
        transaction: Transaction,
        command: HandleInbound,
        intent: Intent,
        address: str,
        pending: Consent,
    ) -> tuple[str, list[str]]:
        yes = intent == Intent.yes
        channels = [
            channel
            for channel in Channel
            if pending.agreement(address, channel).standing == Standing.PENDING
        ]
        event = EventType.CONFIRMED if yes else EventType.DECLINED
        consent.agree(transaction, pending, self._happening(command, event, channels, address))
        follow = [f"confirmed:{pending.account_id}"] if yes else []
        return ("confirmed" if yes else "declined"), [*follow, "route"]

    def _happening(
        self,
        command: HandleInbound,
        event: EventType,
        channels: list[Channel],
        address: str,
    ) -> Happening:
        return Happening(
            type=event,
            effective_at=command.effective_at,
            recorded_at=self.clock.now(),
            channels=channels,
            sender_id=address,
            source=Source.KEYWORD,
            evidence={
                "message": command.body,
                "message_id": command.message_id,
                "provider": command.provider,
                "to": command.sender_address,
                "received_at": stamp(command.received_at),
            },
        )

    def _follow_up(
        self, kept: store.InboundRecord, command: HandleInbound, sender: Sender | None
    ) -> None:
        """Do what is still to do, then say that it is done."""
        if not kept.todo:
            return
        for item in kept.todo:
            what, _, detail = item.partition(":")
            if what == "reply" and sender:
                self._reply(kept, Purpose(detail), sender)
            elif what == "effects":
                self._spread(kept, EventType(detail), command)
            elif what == "confirmed" and sender:
                self._confirmed(kept, detail, sender)
            elif what == "route" and sender:
                self._route(kept, command, sender)
        store.clear_todo(kept)

    def _reply(self, kept: store.InboundRecord, purpose: Purpose, sender: Sender) -> None:
        if sender.keyword_replies == KeywordReplies.PROVIDER:
            return
        texts = {
            Purpose.STOP_REPLY: sender.stop_text,
            Purpose.START_REPLY: sender.start_text,
            Purpose.HELP_REPLY: sender.help_text,
        }
        message_id = derived_id("ms", kept.received_at, kept.sk, purpose)
        self.outbound.send(
            SendMessage(
                place=Place(thread=kept.pk, sort=f"{stamp(kept.received_at)}#{message_id}"),
                account_id=sender.owner_id,
                sender_id=sender.id,
                phone=kept.phone,
                subject=_subject(kept),
                purpose=purpose,
                body=texts[purpose],
                created_at=self.clock.now(),
            )
        )

    def _spread(self, kept: store.InboundRecord, event: EventType, command: HandleInbound) -> None:
        self.effects.send(
            ApplyEffects(
                sender_id=sender_id(command.sender_address),
                subject=_subject(kept),
                channel=Channel.SMS,
                event=event,
                body=kept.body,
                effective_at=kept.effective_at,
                message_id=command.message_id,
            )
        )

    def _confirmed(self, kept: store.InboundRecord, account_id: str, sender: Sender) -> None:
        known = consent_store.consent(account_id, _subject(kept))
        if known.contact_id:
            for channel in Channel:
                if known.agreement(sender.id, channel).standing == Standing.SUBSCRIBED:
                    apply_agreement(account_id, known.contact_id, sender.id, channel)

    def _route(self, kept: store.InboundRecord, command: HandleInbound, sender: Sender) -> None:
        """Show the message to the account that texted this phone last."""
        threads = {
            known.account_id: contact_thread(known.account_id, known.contact_id)
            for known in self._known(sender.id, _subject(kept))
            if known.contact_id
        }
        sent = {account: store.last_sent(thread) for account, thread in threads.items()}
        latest = max(
            (account for account in threads if sent[account]),
            key=lambda account: str(sent[account]),
            default=sender.owner_id if sender.owner_id in threads else None,
        )
        if latest is None:
            return  # it stays in the sender's own thread, where its owner sees it
        store.put_copy(
            threads[latest],
            account_id=latest,
            contact_id=threads[latest].partition("#")[2],
            sender_id=sender.id,
            message_id=command.message_id,
            body=kept.body,
            intent=kept.intent,
            at=kept.effective_at,
        )

    def _known(self, address: str, subject: str) -> Iterator[Consent]:
        """Walk the accounts that share a sender and have this phone on record."""
        after: str | None = None
        while page := accounts_store.sharing(address, after, _PAGE):
            for account_id in page:
                known = consent_store.consent(account_id, subject)
                if known.sequence:
                    yield known
            after = page[-1]


def stamp_of(known: Consent, address: str) -> str:
    """Say when an account's standing took effect, as sortable text."""
    at = known.agreement(address, Channel.SMS).effective_at
    return stamp(at) if at else ""


def _subject(kept: store.InboundRecord) -> str:
    return kept.pk.rpartition("#")[2]
